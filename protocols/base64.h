/* Base64, standard alphabet with padding, no line breaks (RFC 4648, 4). */
#ifndef PROTOCOLS_BASE64_H
#define PROTOCOLS_BASE64_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BASE64_ENCODED(n)     (((n) + 2) / 3 * 4) /* characters for n bytes */
#define BASE64_DECODED_MAX(n) ((n) / 4 * 3)       /* bytes for n characters */

/* base64_encode: write BASE64_ENCODED(n) characters, not NUL-terminated; text
 * and bytes may not overlap. Returns the characters written. */
size_t base64_encode(char *text, const uint8_t *bytes, size_t n);

/* base64_decode: strict: a multiple of four characters, padding only at the
 * end, unused bits zero, nothing else.
 *
 * bytes  room for BASE64_DECODED_MAX(n); may be the same memory as text, so a
 *        message can be decoded where it stands
 * Returns the bytes written, or -EBADMSG (bytes is then undefined). */
ssize_t base64_decode(uint8_t *bytes, const char *text, size_t n);

#endif
