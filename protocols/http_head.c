#include "protocols/http_head.h"

#include <string.h>

#include "protocols/http.h"

#define METHOD_MAX  32 /* bytes; longer than any method that exists */
#define VERSION_LEN 8  /* "HTTP/1.1" */
#define LINE_MAX    (METHOD_MAX + 1 + HTTP_TARGET_MAX + 1 + VERSION_LEN)

void http_head_init(struct http_head *h, bool is_request)
{
	memset(h, 0, sizeof *h);
	h->is_request = is_request;
	buffer_init(&h->bytes, HTTP_HEAD_MAX);
}

void http_head_free(struct http_head *h)
{
	buffer_free(&h->bytes);
}

void http_head_next(struct http_head *h)
{
	buffer_consume(&h->bytes, h->bytes.used);
	h->scanned = 0;
	h->line_start = 0;
	h->lines = 0;
}

/* tchar (RFC 9110, 5.6.2) */
static bool is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_token_char(text[i]))
			return false;
	return len > 0;
}

static int check_target(const char *text, size_t len)
{
	if (len > HTTP_TARGET_MAX)
		return -414;
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return -400;
	return len ? 0 : -400;
}

static int check_version(const char *text, size_t len)
{
	if (len != VERSION_LEN || memcmp(text, "HTTP/", 5) != 0 ||
	    text[6] != '.')
		return -400;
	if (text[5] < '0' || text[5] > '9' || text[7] < '0' || text[7] > '9')
		return -400;
	return text[5] == '1' ? 0 : -505;
}

static int check_request_line(const char *line, size_t len)
{
	const char *end = line + len;
	const char *target = memchr(line, ' ', len);
	const char *version = memrchr(line, ' ', len);

	if (!target || target == version)
		return -400;
	size_t method_len = (size_t)(target - line);
	target++;
	if (method_len > METHOD_MAX || !is_token(line, method_len))
		return -400;
	int err = check_target(target, (size_t)(version - target));
	if (err)
		return err;
	version++;
	return check_version(version, (size_t)(end - version));
}

/* HTTP-version SP 3DIGIT [SP reason]; many servers leave the last SP out. */
static int check_status_line(const char *line, size_t len)
{
	const char *code = line + VERSION_LEN + 1;

	if (len < VERSION_LEN + 4 || check_version(line, VERSION_LEN) ||
	    line[VERSION_LEN] != ' ')
		return -400;
	if (code[0] < '1' || code[0] > '5' || strspn(code, "0123456789") != 3)
		return -400;
	return len == VERSION_LEN + 4 || code[3] == ' ' ? 0 : -400;
}

static int check_header_line(const char *line, size_t len, unsigned lines)
{
	const char *colon = memchr(line, ':', len);

	if (!colon || !is_token(line, (size_t)(colon - line)))
		return -400;
	return lines > HTTP_HEADERS_MAX ? -431 : 0;
}

/* A line without its CRLF. Returns as http_head_feed. */
static int take_line(struct http_head *h, const char *line, size_t len)
{
	if (len == 0 && h->lines > 0)
		return 1;
	/* One empty line ahead of a message is forgiven (RFC 9112, 2.2). */
	if (len == 0)
		return h->line_start == 0 ? 0 : -400;
	if (h->lines++ > 0)
		return check_header_line(line, len, h->lines - 1);
	return h->is_request ? check_request_line(line, len)
			     : check_status_line(line, len);
}

static bool is_control(uint8_t c)
{
	return (c < ' ' && c != '\t' && c != '\r') || c == 0x7f;
}

/* What may follow what: CR only before LF, LF only behind CR, no control
 * characters, and no line that begins with a blank (a folded header). */
static bool is_allowed(const struct http_head *h, uint8_t c, size_t at)
{
	const uint8_t *bytes = h->bytes.bytes + h->bytes.start;
	uint8_t before = at ? bytes[at - 1] : 0;

	if (before == '\r' || c == '\n')
		return before == '\r' && c == '\n';
	if (at == h->line_start && (c == ' ' || c == '\t'))
		return false;
	return !is_control(c);
}

static int scan_byte(struct http_head *h, size_t at)
{
	const uint8_t *bytes = h->bytes.bytes + h->bytes.start;
	const char *line = (const char *)bytes + h->line_start;

	if (!is_allowed(h, bytes[at], at))
		return -400;
	if (h->lines == 0 && at - h->line_start > LINE_MAX + 1)
		return h->is_request ? -414 : -400;
	if (bytes[at] != '\n')
		return 0;
	int result = take_line(h, line, at - 1 - h->line_start);
	h->line_start = at + 1;
	return result;
}

static int scan(struct http_head *h)
{
	int result = 0;

	while (result == 0 && h->scanned < h->bytes.used)
		result = scan_byte(h, h->scanned++);
	return result;
}

int http_head_feed(struct http_head *h, const uint8_t *bytes, size_t n,
		   size_t *used)
{
	size_t before = h->bytes.used;
	size_t room = HTTP_HEAD_MAX - before;
	size_t taken = n < room ? n : room;

	*used = 0;
	if (buffer_append(&h->bytes, bytes, taken))
		return -503;
	int result = scan(h);
	*used = h->scanned - before;
	h->bytes.used = h->scanned;
	if (result == 0 && h->bytes.used == HTTP_HEAD_MAX)
		return -431;
	return result;
}
