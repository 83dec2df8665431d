/* A text, cut into pieces that can be found and told.
 *
 * Markdown (.md, .markdown) is cut at its headings, ATX and setext, but not
 * those in fenced code; a piece knows the headings above it. Every other text
 * has none. Paragraphs stay whole and together up to KNOWLEDGE_CHUNK_MAX;
 * longer ones are cut at a line, a sentence or a word.
 *
 * Source: CommonMark 0.31.2, 4.2 (ATX), 4.3 (setext), 4.5 (fences). */
#ifndef GATEWAY_AGENTS_KNOWLEDGE_CHUNK_H
#define GATEWAY_AGENTS_KNOWLEDGE_CHUNK_H

#include <stddef.h>

#define KNOWLEDGE_CHUNK_MAX   1200 /* bytes of text in one piece */
#define KNOWLEDGE_HEADING_MAX 320  /* bytes of its headings, with NUL */

/* Both texts live for the call they are told in; UTF-8, no control characters
 * but newlines in text. */
struct knowledge_chunk {
	const char *heading; /* "Handbook > Opening hours", or "" */
	const char *text;    /* never empty, 1..KNOWLEDGE_CHUNK_MAX bytes */
};

/* Returns 0 to go on. */
typedef int knowledge_chunk_fn(void *owner, const struct knowledge_chunk *c);

/* knowledge_chunk_each: every piece, in order.
 *
 * name  of the file, which tells what it holds
 * text  len bytes of UTF-8 without NUL; not kept
 * Returns 0, or what each returned when that was not 0. */
int knowledge_chunk_each(const char *name, const char *text, size_t len,
			 knowledge_chunk_fn *each, void *owner);

#endif
