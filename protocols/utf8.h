/* UTF-8 as text from a peer must be (Unicode 15, table 3-7; RFC 3629). */
#ifndef PROTOCOLS_UTF8_H
#define PROTOCOLS_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* utf8_is_valid: n bytes are well-formed: no overlong forms, no surrogates,
 * nothing above U+10FFFF, nothing cut. */
bool utf8_is_valid(const uint8_t *bytes, size_t n);

/* utf8_cut: the largest length <= max that does not split a character of
 * well-formed text. */
size_t utf8_cut(const char *text, size_t len, size_t max);

#endif
