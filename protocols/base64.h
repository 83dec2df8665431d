/* Base64, no line breaks: the standard alphabet with padding (RFC 4648, 4), and
 * the alphabet of URLs without padding (RFC 4648, 5; RFC 7515, 2).
 *
 * The standard alphabet goes through the widest registers the CPU has
 * (base64_simd.h); the results are the same on all. */
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

/* base64_url_encode: as base64_encode; text needs BASE64_ENCODED(n), too. */
size_t base64_url_encode(char *text, const uint8_t *bytes, size_t n);

/* base64_url_decode: strict: '-' and '_' for '+' and '/', no padding, unused
 * bits zero. bytes has room for n / 4 * 3 + 2, and may be the same memory as
 * text. Returns the bytes written, or -EBADMSG (bytes is then undefined). */
ssize_t base64_url_decode(uint8_t *bytes, const char *text, size_t n);

#endif
