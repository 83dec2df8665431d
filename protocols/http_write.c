#include "protocols/http.h"

#include <http_parser.h>
#include <string.h>

#include "protocols/buffer.h"

const char *http_reason(unsigned status)
{
	const char *reason = http_status_str((enum http_status)status);

	return reason[0] == '<' ? "" : reason; /* "<unknown>" */
}

/* 1xx and 204 have no body and must not say how long it is (RFC 9110, 8.6). */
static bool has_length(unsigned status)
{
	return status >= 200 && status != 204;
}

static int write_content(struct buffer *out, const char *type, bool has_body,
			 size_t body_len)
{
	int err = 0;

	if (type)
		err = buffer_printf(out, "Content-Type: %s\r\n", type);
	if (!err && has_body)
		err = buffer_printf(out, "Content-Length: %zu\r\n", body_len);
	return err;
}

static int finish(struct buffer *out, const char *extra, const void *body,
		  size_t body_len)
{
	int err = buffer_printf(out, "%s\r\n", extra ? extra : "");

	return err ? err : buffer_append(out, body, body_len);
}

/* A message goes out whole or not at all. */
static int undo_if(struct buffer *out, size_t used, int err)
{
	if (err)
		out->used = used;
	return err;
}

static int write_status(struct buffer *out, unsigned status)
{
	return buffer_printf(out, "HTTP/1.1 %u %s\r\n", status,
			     http_reason(status));
}

static int write_close(struct buffer *out)
{
	return buffer_printf(out, "Connection: close\r\n");
}

int http_write_response(struct buffer *out, unsigned status, bool keep_alive,
			const char *type, const char *extra, const void *body,
			size_t body_len)
{
	size_t used = out->used;
	int err = write_status(out, status);

	if (!err)
		err = write_content(out, type, has_length(status), body_len);
	if (!err && !keep_alive)
		err = write_close(out);
	if (!err)
		err = finish(out, extra, body,
			     has_length(status) ? body_len : 0);
	return undo_if(out, used, err);
}

int http_write_endless(struct buffer *out, unsigned status, const char *type,
		       const char *extra)
{
	size_t used = out->used;
	int err = write_status(out, status);

	if (!err)
		err = write_content(out, type, false, 0);
	if (!err)
		err = write_close(out);
	if (!err)
		err = finish(out, extra, NULL, 0);
	return undo_if(out, used, err);
}

int http_write_request(struct buffer *out, const char *method,
		       const char *target, const char *host, const char *extra,
		       const char *type, const void *body, size_t body_len)
{
	size_t used = out->used;
	int err = buffer_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n", method,
				target, host);

	if (!err)
		err = write_content(out, type, type != NULL, body_len);
	if (!err)
		err = finish(out, extra, body, type ? body_len : 0);
	return undo_if(out, used, err);
}
