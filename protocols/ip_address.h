/* Internet addresses, and blocks of them, as text. */
#ifndef PROTOCOLS_IP_ADDRESS_H
#define PROTOCOLS_IP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IP_ADDRESS_TEXT_LEN \
	64 /* "[2001:db8::1]:65535" with NUL, and to spare */

struct ip_address {
	uint8_t bytes[16]; /* an IPv4 address mapped into IPv6 */
	unsigned port;     /* 0: none was said */
};

/* A network: addresses that begin with the same bits. */
struct ip_block {
	uint8_t bytes[16];
	unsigned bits; /* 0 to 128; of an IPv4 block at least 96 */
};

/* ip_address_parse: "192.0.2.1", "192.0.2.1:80", "2001:db8::1",
 * "[2001:db8::1]", "[2001:db8::1]:80"; no names, no zones, no blanks.
 * Returns 0 or -EINVAL. */
int ip_address_parse(struct ip_address *a, const char *text, size_t len);

/* ip_address_print: "192.0.2.1:80", "[2001:db8::1]:80"; mapped ones as IPv4.
 * Returns out. */
char *ip_address_print(const struct ip_address *a,
		       char out[IP_ADDRESS_TEXT_LEN]);

/* ip_block_parse: "192.0.2.0/24", "2001:db8::/32", or an address alone. Bits
 * behind the prefix must be 0. Returns 0 or -EINVAL. */
int ip_block_parse(struct ip_block *b, const char *text, size_t len);
bool ip_block_holds(const struct ip_block *b, const struct ip_address *a);

#endif
