/* Words of a peer, made fit to stand in somebody else's line. */
#ifndef GATEWAY_AGENTS_PLAIN_TEXT_H
#define GATEWAY_AGENTS_PLAIN_TEXT_H

#include <stddef.h>

/* plain_text_length: how much of UTF-8 text to take: at most n bytes, and no
 * part of a character. */
size_t plain_text_length(const char *text, size_t n);

/* plain_text_copy: as much as fits, between characters; control characters
 * become spaces. cap: 1 at least. Returns the length. */
size_t plain_text_copy(char *out, size_t cap, const char *text);

#endif
