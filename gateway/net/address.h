/* Socket addresses in words. */
#ifndef GATEWAY_NET_ADDRESS_H
#define GATEWAY_NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

struct sockaddr;

#define ADDRESS_TEXT_LEN 64 /* "[2001:db8::1]:65535" with NUL, and to spare */

/* address_text: "127.0.0.1:51234", "[::1]:8080"; an IPv4 address mapped into
 * IPv6 is written as IPv4. Returns out. */
char *address_text(const struct sockaddr *address, char out[ADDRESS_TEXT_LEN]);

/* address_is_loopback: 127/8, ::1, and 127/8 mapped into IPv6. */
bool address_is_loopback(const struct sockaddr *address);

#endif
