/* The head of an HTTP/1.1 message, gathered and held to the strict grammar
 * before http-parser sees it (RFC 9112, 2 to 5).
 *
 * The installed http-parser is built to be lenient (blanks in header names,
 * folded lines, any byte in a target); what it would let pass is refused here,
 * because proxies and servers that read such things differently are how
 * requests are smuggled. Used by http_reader only. */
#ifndef PROTOCOLS_HTTP_HEAD_H
#define PROTOCOLS_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"

struct http_head {
	bool is_request;
	struct buffer bytes; /* the head so far, with its empty line */
	size_t scanned;
	size_t line_start;
	unsigned lines; /* complete ones */
};

void http_head_init(struct http_head *h, bool is_request);
void http_head_free(struct http_head *h);

/* http_head_next: forget this head, keep its memory. */
void http_head_next(struct http_head *h);

/* http_head_feed: take bytes up to the end of the head.
 * used  how many were taken
 * Returns 0 when it needs more, 1 when the head is whole, or the negated
 * status to answer with. */
int http_head_feed(struct http_head *h, const uint8_t *bytes, size_t n,
		   size_t *used);

#endif
