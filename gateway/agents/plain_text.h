/* Words of a peer, made fit to stand in somebody else's line. */
#ifndef GATEWAY_AGENTS_PLAIN_TEXT_H
#define GATEWAY_AGENTS_PLAIN_TEXT_H

#include <stddef.h>

/* plain_text_copy: as utf8_copy, but control characters become spaces. */
size_t plain_text_copy(char *out, size_t cap, const char *text);

#endif
