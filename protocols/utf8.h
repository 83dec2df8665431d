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

/* utf8_copy: as much of well-formed text as fits, and no part of a character;
 * of other text nothing.
 *
 * out  cap bytes, 1 at least; always NUL-terminated
 * Returns the length without the NUL. */
size_t utf8_copy(char *out, size_t cap, const char *text);

/* utf8_character: bytes of the well-formed character at the front of n, 1 to 4;
 * 0 when there is none. */
size_t utf8_character(const uint8_t *bytes, size_t n);

/* utf8_write: the character code (below 0x110000) into out. Returns its length,
 * 1 to 4. */
size_t utf8_write(char out[4], uint32_t code);

#endif
