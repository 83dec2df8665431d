#include "protocols/http.h"

#include <http_parser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/buffer.h"
#include "protocols/http_head.h"

/* Chunk sizes and trailers may cost this many times the largest body: enough
 * for chunks of one byte, too little to keep a connection busy for ever. */
#define CHUNK_OVERHEAD 8

enum stage { IN_HEAD, IN_BODY, IS_COMPLETE, HAS_FAILED };

/* A part of the head. */
struct slice {
	size_t at, len;
};

struct http_reader {
	size_t body_max;
	enum stage stage;
	int status; /* negated, once it has failed */
	struct http_head head;
	struct buffer body;
	struct http_parser parser;
	struct http_message message;
	struct slice target;
	struct slice name[HTTP_HEADERS_MAX];
	struct slice value[HTTP_HEADERS_MAX];
	bool is_chunked;     /* the library's flag changes with trailers */
	const char *framing; /* end of the last body bytes fed */
	char framing_last;   /* 0 right behind body bytes */
	size_t body_wire;    /* bytes of the body on the wire */
	char no_body[1];
};

static struct slice slice_of_head(const struct http_reader *r, const char *at,
				  size_t len)
{
	const char *head = (const char *)buffer_head(&r->head.bytes);

	return (struct slice){ (size_t)(at - head), len };
}

static int on_url(struct http_parser *p, const char *at, size_t len)
{
	struct http_reader *r = p->data;

	r->target = slice_of_head(r, at, len);
	return 0;
}

/* Trailers behind a chunked body come here too, and are dropped. */
static int on_header_field(struct http_parser *p, const char *at, size_t len)
{
	struct http_reader *r = p->data;

	if (r->stage != IN_HEAD)
		return 0;
	if (r->message.headers == HTTP_HEADERS_MAX)
		return 1;
	r->name[r->message.headers] = slice_of_head(r, at, len);
	r->value[r->message.headers++] = slice_of_head(r, at + len, 0);
	return 0;
}

static int on_header_value(struct http_parser *p, const char *at, size_t len)
{
	struct http_reader *r = p->data;

	if (r->stage != IN_HEAD || r->message.headers == 0)
		return 0;
	while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
		len--;
	if (len > 0)
		r->value[r->message.headers - 1] = slice_of_head(r, at, len);
	return 0;
}

/* The library lets any byte stand for the CR or LF around a chunk. */
static bool is_framing_sound(struct http_reader *r, const char *end)
{
	bool is_sound = true;

	for (const char *c = r->framing; c < end; c++) {
		char last = r->framing_last;
		if (*c == '\n' || last == '\r')
			is_sound &= *c == '\n' && last == '\r';
		else if (last == 0)
			is_sound &= *c == '\r';
		r->framing_last = *c;
	}
	return is_sound;
}

static int on_body(struct http_parser *p, const char *at, size_t len)
{
	struct http_reader *r = p->data;

	if (r->is_chunked && !is_framing_sound(r, at))
		return 1;
	r->framing = at + len;
	r->framing_last = 0;
	if (len > r->body_max - r->body.used) {
		r->status = -413;
		return 1;
	}
	if (buffer_append(&r->body, at, len)) {
		r->status = -503;
		return 1;
	}
	return 0;
}

static int on_message_complete(struct http_parser *p)
{
	struct http_reader *r = p->data;

	r->stage = IS_COMPLETE;
	http_parser_pause(p, 1); /* what follows is not ours to read */
	return 0;
}

static const struct http_parser_settings settings = {
	.on_url = on_url,
	.on_header_field = on_header_field,
	.on_header_value = on_header_value,
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

struct http_reader *http_reader_new(enum http_kind kind, size_t body_max)
{
	struct http_reader *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->body_max = body_max;
	http_head_init(&r->head, kind == HTTP_READ_REQUESTS);
	buffer_init(&r->body, body_max);
	http_reader_next(r);
	return r;
}

void http_reader_free(struct http_reader *r)
{
	if (!r)
		return;
	http_head_free(&r->head);
	buffer_free(&r->body);
	free(r);
}

void http_reader_next(struct http_reader *r)
{
	http_head_next(&r->head);
	buffer_consume(&r->body, r->body.used);
	memset(&r->message, 0, sizeof r->message);
	http_parser_init(&r->parser,
			 r->head.is_request ? HTTP_REQUEST : HTTP_RESPONSE);
	r->parser.data = r;
	r->stage = IN_HEAD;
	r->status = 0;
	r->framing_last = '\n';
	r->body_wire = 0;
}

static int fail(struct http_reader *r, int status)
{
	/* A response is not answered: it is too large or it is bad. */
	if (!r->head.is_request && status != -413)
		status = -400;
	r->stage = HAS_FAILED;
	r->status = status;
	return status;
}

static char *text_of(const struct http_reader *r, struct slice s)
{
	char *text = (char *)buffer_head(&r->head.bytes) + s.at;

	text[s.len] = 0;
	return text;
}

/* Only now: an end of text written earlier would stand in the parser's way. */
static void publish(struct http_reader *r)
{
	struct http_message *m = &r->message;

	for (size_t i = 0; i < m->headers; i++) {
		m->header[i].name = text_of(r, r->name[i]);
		m->header[i].value = text_of(r, r->value[i]);
	}
	if (r->head.is_request) {
		m->method = http_method_str((enum http_method)r->parser.method);
		m->target = text_of(r, r->target);
	} else {
		m->status = r->parser.status_code;
	}
	m->is_upgrade = r->parser.upgrade;
	m->keep_alive = http_should_keep_alive(&r->parser) != 0;
	r->is_chunked = r->parser.flags & F_CHUNKED;
}

/* RFC 9112, 6.1: only plain chunked is understood, and not from HTTP/1.0. */
static int check_transfer_encoding(const struct http_reader *r)
{
	const struct http_message *m = &r->message;
	const char *coding = http_header_value(m, "Transfer-Encoding");

	if (!coding)
		return 0;
	if (r->parser.http_minor == 0)
		return -400;
	if (http_header_count(m, "Transfer-Encoding") > 1 ||
	    strcasecmp(coding, "chunked") != 0)
		return -501;
	return 0;
}

/* RFC 9112, 3.2: exactly one Host, which HTTP/1.0 may omit. */
static bool has_sound_host(const struct http_reader *r)
{
	size_t hosts = http_header_count(&r->message, "Host");

	return hosts == 1 || (hosts == 0 && r->parser.http_minor == 0);
}

static bool is_announced_too_large(const struct http_reader *r)
{
	uint64_t length = r->parser.content_length;

	return r->stage == IN_HEAD && !r->is_chunked && length != UINT64_MAX &&
	       length > r->body_max;
}

static int check_head(const struct http_reader *r)
{
	if (r->head.is_request && !has_sound_host(r))
		return -400;
	if (r->head.is_request && r->parser.method == HTTP_CONNECT)
		return -501;
	int err = check_transfer_encoding(r);
	if (err)
		return err;
	return is_announced_too_large(r) ? -413 : 0;
}

static int complete(struct http_reader *r)
{
	struct http_message *m = &r->message;

	r->stage = IS_COMPLETE;
	http_parser_pause(&r->parser, 0);
	m->body_len = r->body.used;
	m->body = r->body.used ? (char *)buffer_head(&r->body) : r->no_body;
	m->body[m->body_len] = 0;
	return HTTP_COMPLETE;
}

/* What the library says of what it was fed last. */
static int parser_result(struct http_reader *r)
{
	enum http_errno err = HTTP_PARSER_ERRNO(&r->parser);

	if (err == HPE_INVALID_METHOD)
		return -501;
	if (err == HPE_OK || err == HPE_PAUSED)
		return 0;
	return r->status ? r->status : -400;
}

static int read_head(struct http_reader *r)
{
	const char *head = (const char *)buffer_head(&r->head.bytes);

	http_parser_execute(&r->parser, &settings, head, r->head.bytes.used);
	int err = parser_result(r);
	if (err)
		return fail(r, err);
	publish(r);
	err = check_head(r);
	if (err)
		return fail(r, err);
	if (r->stage == IS_COMPLETE)
		return complete(r);
	r->stage = IN_BODY;
	return HTTP_NEEDS_MORE;
}

static int check_chunking(struct http_reader *r, const char *end)
{
	size_t wire = r->body_wire;

	if (!is_framing_sound(r, end))
		return -400;
	if (wire > HTTP_HEAD_MAX &&
	    (wire - HTTP_HEAD_MAX) / CHUNK_OVERHEAD > r->body_max)
		return -413;
	return 0;
}

static int read_body(struct http_reader *r, const uint8_t *bytes, size_t n,
		     size_t *used)
{
	r->framing = (const char *)bytes;
	*used = http_parser_execute(&r->parser, &settings, (const char *)bytes,
				    n);
	r->body_wire += *used;
	int err = parser_result(r);
	if (!err && r->is_chunked)
		err = check_chunking(r, (const char *)bytes + *used);
	if (err)
		return fail(r, err);
	return r->stage == IS_COMPLETE ? complete(r) : HTTP_NEEDS_MORE;
}

int http_reader_feed(struct http_reader *r, const uint8_t *bytes, size_t n,
		     size_t *used)
{
	*used = 0;
	if (r->stage == HAS_FAILED)
		return r->status;
	if (r->stage == IS_COMPLETE)
		return HTTP_COMPLETE;
	if (r->stage == IN_HEAD) {
		int result = http_head_feed(&r->head, bytes, n, used);
		if (result < 0)
			return fail(r, result);
		if (result > 0)
			result = read_head(r);
		if (r->stage != IN_BODY)
			return result;
	}
	if (*used == n)
		return HTTP_NEEDS_MORE;
	size_t body_used = 0;
	int result = read_body(r, bytes + *used, n - *used, &body_used);
	*used += body_used;
	return result;
}

int http_reader_finish(struct http_reader *r)
{
	if (r->stage == IS_COMPLETE)
		return HTTP_COMPLETE;
	if (r->stage == HAS_FAILED)
		return r->status;
	if (r->stage == IN_HEAD)
		return r->head.bytes.used ? fail(r, -400) : HTTP_NEEDS_MORE;
	http_parser_execute(&r->parser, &settings, NULL, 0);
	return r->stage == IS_COMPLETE ? complete(r) : fail(r, -400);
}

struct http_message *http_reader_message(struct http_reader *r)
{
	return &r->message;
}
