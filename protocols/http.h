/* HTTP/1.1 messages, by http-parser (RFC 9110, RFC 9112).
 *
 * A reader is fed bytes in any split and gives one whole message at a time,
 * within limits. Nothing here knows a socket or a clock: how long a peer may
 * take is the caller's business. */
#ifndef PROTOCOLS_HTTP_H
#define PROTOCOLS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

#define HTTP_HEADERS_MAX 64    /* more: 431 */
#define HTTP_HEAD_MAX    16384 /* request line and headers, bytes; more: 431 */
#define HTTP_TARGET_MAX  8192  /* more: 414 */

struct http_header {
	const char *name;  /* NUL-terminated, as received */
	const char *value; /* NUL-terminated, trimmed */
};

/* A whole message. Valid until the reader is fed or reset. */
struct http_message {
	const char *method; /* "GET"; NULL in a response */
	const char *target; /* raw, undecoded; NULL in a response */
	unsigned status;    /* 0 in a request */
	bool keep_alive;
	bool is_upgrade; /* asks for, or grants, a protocol switch */
	struct http_header header[HTTP_HEADERS_MAX];
	size_t headers;
	char *body; /* may be changed in place; body[body_len] is 0 */
	size_t body_len;
};

enum http_kind { HTTP_READ_REQUESTS, HTTP_READ_RESPONSES };

enum http_progress { HTTP_NEEDS_MORE = 0, HTTP_COMPLETE = 1 };

struct http_reader;

/* http_reader_new: body_max is the largest body taken, in bytes (more: 413).
 * Returns NULL when out of memory. Free with http_reader_free. */
struct http_reader *http_reader_new(enum http_kind kind, size_t body_max);
void http_reader_free(struct http_reader *r);

/* http_reader_feed: take bytes up to the end of the current message.
 *
 * used  how many were taken; the rest belongs to what follows (the next
 *       message, or another protocol after an upgrade)
 * Returns an http_progress; or, for a request, the negated status to answer
 * with before closing (-400, -413, -414, -431, -501, -503 out of memory, -505);
 * for a response -400 or -413. After an error the reader takes nothing more. */
int http_reader_feed(struct http_reader *r, const uint8_t *bytes, size_t n,
		     size_t *used);

/* http_reader_finish: the peer closed: a response without a length ends here.
 * Returns HTTP_COMPLETE; HTTP_NEEDS_MORE when no message had begun; or -400
 * when it was cut. */
int http_reader_finish(struct http_reader *r);

/* http_reader_message: the message after HTTP_COMPLETE. A response whose head
 * was taken (status is then not 0) has status and headers already, and keeps
 * them when its body fails; body is NULL. */
struct http_message *http_reader_message(struct http_reader *r);

/* http_reader_next: forget the message and begin the next one. */
void http_reader_next(struct http_reader *r);

/* http_header_value: the first header of that name, compared without case, or
 * NULL. http_header_count: how often it occurs. */
const char *http_header_value(const struct http_message *m, const char *name);
size_t http_header_count(const struct http_message *m, const char *name);

/* http_header_has: whether a comma-separated header lists a token, compared
 * without case (Connection: keep-alive, Upgrade). */
bool http_header_has(const struct http_message *m, const char *name,
		     const char *token);

/* http_write_response: status line, Content-Type when type is not NULL,
 * Content-Length, Connection: close unless keep_alive, the extra header lines
 * (each ending in CRLF, or NULL), body. Returns 0 or -ENOBUFS. */
int http_write_response(struct buffer *out, unsigned status, bool keep_alive,
			const char *type, const char *extra, const void *body,
			size_t body_len);

/* http_write_endless: the same head without a length: what follows is its body,
 * whose end is the connection's. */
int http_write_endless(struct buffer *out, unsigned status, const char *type,
		       const char *extra);

/* http_write_request: request line, Host, the extra header lines, and with a
 * type Content-Type, Content-Length and the body. Returns 0 or -ENOBUFS. */
int http_write_request(struct buffer *out, const char *method,
		       const char *target, const char *host, const char *extra,
		       const char *type, const void *body, size_t body_len);

/* http_reason: "Not Found" for 404; "" for a status this program never uses. */
const char *http_reason(unsigned status);

#endif
