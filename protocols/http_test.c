#include "tools/testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/http.h"

#define BODY_MAX 64

/* Feed text in steps of `step` bytes from exact-size blocks. Returns the last
 * result; *taken counts what was used. */
static int feed(struct http_reader *r, const char *text, size_t len,
		size_t step, size_t *taken)
{
	int result = HTTP_NEEDS_MORE;

	*taken = 0;
	while (*taken < len && result == HTTP_NEEDS_MORE) {
		size_t n = len - *taken < step ? len - *taken : step, used;
		uint8_t *block = malloc(n);
		memcpy(block, text + *taken, n);
		result = http_reader_feed(r, block, n, &used);
		CHECK(used <= n, "never more than was given");
		if (result == HTTP_NEEDS_MORE)
			CHECK_EQ(n, used, "all is taken while it needs more");
		*taken += used;
		free(block);
	}
	return result;
}

static const size_t steps[] = { 1 << 20, 1, 2, 3, 7 };

#define HOST "Host: a\r\n"

static void test_requests(void **state)
{
	static const struct {
		const char *text;
		int result;
		const char *rest, *why;
	} row[] = {
		{ "GET / HTTP/1.1\r\n" HOST "\r\n", 1, "", "smallest" },
		{ "GET / HTTP/1.1\r\n" HOST "\r\nGET", 1, "GET", "pipelined" },
		{ "\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 1, "",
		  "one empty line ahead is forgiven" },
		{ "\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", -400, NULL,
		  "two are not" },
		{ "GET / HTTP/1.0\r\n\r\n", 1, "", "1.0 without a host" },
		{ "GET / HTTP/1.1\r\n\r\n", -400, NULL, "1.1 without a host" },
		{ "GET / HTTP/1.1\r\n" HOST "Host: b\r\n\r\n", -400, NULL,
		  "two hosts" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabcd", 1,
		  "d", "a body and what follows" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 1, "",
		  "empty body" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 64\r\n\r\n", 0,
		  "", "largest body" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 65\r\n\r\n", -413,
		  NULL, "too large by one" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Content-Length: 18446744073709551615\r\n\r\n",
		  -400, NULL, "length at the end of 64 bits" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Content-Length: 99999999999999999999\r\n\r\n",
		  -400, NULL, "length beyond 64 bits" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", -400,
		  NULL, "negative length" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\nx",
		  -400, NULL, "signed length" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 1 1\r\n\r\n",
		  -400, NULL, "two numbers" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\n",
		  -400, NULL, "a list of lengths" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
		  -400, NULL, "two lengths, even equal" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		  -400, NULL, "length and chunked" },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
		  "Content-Length: 1\r\n\r\n0\r\n\r\n",
		  -400, NULL, "chunked and length" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nX",
		  1, "X", "chunked" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\n"
		  "3;ext=1\r\nabc\r\n0\r\nTrailer: x\r\n\r\nX",
		  1, "X", "chunk extension and trailer" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\n41\r\n"
		  "0123456789012345678901234567890123456789"
		  "0123456789012345678901234\r\n0\r\n\r\n",
		  -413, NULL, "chunked and too large" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
		  -400, NULL, "chunk size no number" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\n"
		  "ffffffffffffffffff\r\n",
		  -400, NULL, "chunk size beyond 64 bits" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\n3\rXabc\r\n0\r\n\r\n",
		  -400, NULL, "CR without LF behind a chunk size" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n",
		  -400, NULL, "no CRLF behind a chunk" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n",
		  -400, NULL, "LF alone behind a chunk" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
		  -400, NULL, "chunked twice" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		  -501, NULL, "a coding nobody decodes" },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n",
		  -400, NULL, "no chunked at the end" },
		{ "POST / HTTP/1.1\r\n" HOST
		  "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n",
		  -400, NULL, "disguised chunked" },
		{ "POST / HTTP/1.0\r\n" HOST
		  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		  -400, NULL, "chunked from 1.0" },
		{ "GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n", -400, NULL,
		  "folded header" },
		{ "GET / HTTP/1.1\r\n" HOST "A: b\r\n\tc\r\n\r\n", -400, NULL,
		  "folded by a tab" },
		{ "GET / HTTP/1.1\r\n A: b\r\n" HOST "\r\n", -400, NULL,
		  "blank before the first header" },
		{ "GET / HTTP/1.1\r\nHost : a\r\n\r\n", -400, NULL,
		  "blank before the colon" },
		{ "GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n", -400, NULL,
		  "no header name" },
		{ "GET / HTTP/1.1\r\n" HOST "Ab\r\n\r\n", -400, NULL,
		  "no colon" },
		{ "GET / HTTP/1.1\r\n" HOST "A(b: c\r\n\r\n", -400, NULL,
		  "header name no token" },
		{ "GET / HTTP/1.1\r\n" HOST "A: \x01\r\n\r\n", -400, NULL,
		  "control character" },
		{ "GET / HTTP/1.1\r\n" HOST "A: \x7f\r\n\r\n", -400, NULL,
		  "DEL" },
		{ "GET / HTTP/1.1\n" HOST "\r\n", -400, NULL, "LF alone" },
		{ "GET / HTTP/1.1\r\nHost: a\n\r\n", -400, NULL, "LF alone" },
		{ "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", -400, NULL,
		  "CR alone" },
		{ " GET / HTTP/1.1\r\n" HOST "\r\n", -400, NULL,
		  "blank first" },
		{ "GET  / HTTP/1.1\r\n" HOST "\r\n", -400, NULL, "two blanks" },
		{ "GET / x HTTP/1.1\r\n" HOST "\r\n", -400, NULL,
		  "blank in the target" },
		{ "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", -400, NULL,
		  "target not ASCII" },
		{ "GET HTTP/1.1\r\n" HOST "\r\n", -400, NULL, "no target" },
		{ "GET /\r\n" HOST "\r\n", -400, NULL, "HTTP/0.9" },
		{ "GET / HTTP/1.1 \r\n" HOST "\r\n", -400, NULL,
		  "blank behind the version" },
		{ "GET / http/1.1\r\n" HOST "\r\n", -400, NULL,
		  "small letters" },
		{ "GET / HTTP/2.0\r\n" HOST "\r\n", -505, NULL, "version 2" },
		{ "GET / HTTP/11.1\r\n" HOST "\r\n", -400, NULL,
		  "version 11.1" },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", -505, NULL,
		  "HTTP/2 preface" },
		{ "FETCH / HTTP/1.1\r\n" HOST "\r\n", -501, NULL,
		  "unknown method" },
		{ "CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n", -501, NULL,
		  "tunnel" },
		{ "G@T / HTTP/1.1\r\n" HOST "\r\n", -400, NULL,
		  "method no token" },
		{ "\x16\x03\x01\x02", -400, NULL, "TLS on the plain port" },
		{ "GET / HTTP/1.1\r\nHost:", 0, "", "cut" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row) * ARRAY_LEN(steps); i++) {
		size_t k = i / ARRAY_LEN(steps), taken;
		size_t len = strlen(row[k].text);
		struct http_reader *r =
			http_reader_new(HTTP_READ_REQUESTS, BODY_MAX);
		int result = feed(r, row[k].text, len,
				  steps[i % ARRAY_LEN(steps)], &taken);
		CHECK_EQ(row[k].result, result, row[k].why);
		if (row[k].rest)
			CHECK_EQ(len - strlen(row[k].rest), taken, row[k].why);
		if (result < 0) {
			size_t used = 9;
			CHECK_EQ(result,
				 http_reader_feed(r, (const uint8_t *)"x", 1,
						  &used),
				 "stays failed");
			CHECK_EQ(0, used, "takes nothing more");
		}
		http_reader_free(r);
	}
}

static void test_message(void **state)
{
	static const char text[] = "POST /twilio/voice?x=%20y HTTP/1.1\r\n"
				   "Host: gw.example.com\r\n"
				   "Empty:\r\n"
				   "Blank:  \t \r\n"
				   "X-Value: \t a  b \t\r\n"
				   "x-value: second\r\n"
				   "Connection: Keep-Alive ,Foo\r\n"
				   "Content-Length: 5\r\n\r\nhello";
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		size_t taken;
		struct http_reader *r =
			http_reader_new(HTTP_READ_REQUESTS, BODY_MAX);
		CHECK_EQ(1, feed(r, text, strlen(text), steps[i], &taken),
			 "whole");
		struct http_message *m = http_reader_message(r);
		CHECK_STR("POST", m->method, "method");
		CHECK_STR("/twilio/voice?x=%20y", m->target, "raw target");
		CHECK_EQ(0, m->status, "no status");
		CHECK(m->keep_alive && !m->is_upgrade, "an ordinary request");
		CHECK_EQ(7, m->headers, "headers");
		CHECK_STR("Host", m->header[0].name, "name as received");
		CHECK_STR("", http_header_value(m, "empty"), "empty value");
		CHECK_STR("", http_header_value(m, "BLANK"), "only blanks");
		CHECK_STR("a  b", http_header_value(m, "X-VALUE"), "trimmed");
		CHECK_STR("second", m->header[4].value, "the second stays");
		CHECK_EQ(2, http_header_count(m, "X-Value"), "twice");
		CHECK(http_header_value(m, "X-Val") == NULL, "no prefix match");
		CHECK(http_header_has(m, "connection", "foo"), "listed");
		CHECK(http_header_has(m, "connection", "keep-alive"), "listed");
		CHECK(!http_header_has(m, "connection", "keep"), "not listed");
		CHECK(!http_header_has(m, "connection", "oo"), "not listed");
		CHECK_EQ(5, m->body_len, "body");
		CHECK_STR("hello", m->body, "body with its NUL");
		http_reader_next(r);
		CHECK_EQ(1,
			 feed(r, "GET /2 HTTP/1.0\r\n\r\n", 19, steps[i],
			      &taken),
			 "the next");
		m = http_reader_message(r);
		CHECK_STR("/2", m->target, "its target");
		CHECK(!m->keep_alive, "1.0 closes");
		CHECK_EQ(0, m->headers + m->body_len, "nothing left over");
		CHECK_STR("", m->body, "an empty body is text too");
		http_reader_free(r);
	}
}

static void test_keep_alive_and_upgrade(void **state)
{
	static const struct {
		enum http_kind kind;
		const char *text;
		bool keep_alive, is_upgrade;
		size_t rest;
	} row[] = {
		{ HTTP_READ_REQUESTS, "GET / HTTP/1.1\r\n" HOST "\r\n", true,
		  false, 0 },
		{ HTTP_READ_REQUESTS,
		  "GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", false,
		  false, 0 },
		{ HTTP_READ_REQUESTS,
		  "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true,
		  false, 0 },
		{ HTTP_READ_REQUESTS,
		  "GET / HTTP/1.1\r\n" HOST
		  "Connection: x, Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x80",
		  true, true, 2 },
		{ HTTP_READ_RESPONSES,
		  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
		  "Upgrade: websocket\r\n\r\n\x81\x01x",
		  true, true, 3 },
		{ HTTP_READ_RESPONSES,
		  "HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade\r\n"
		  "Upgrade: websocket\r\nContent-Length: 0\r\n\r\n",
		  true, false, 0 },
		{ HTTP_READ_RESPONSES, "HTTP/1.1 204 No Content\r\n\r\nH", true,
		  false, 1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t taken, len = strlen(row[i].text);
		struct http_reader *r = http_reader_new(row[i].kind, BODY_MAX);
		CHECK_EQ(1, feed(r, row[i].text, len, 1 << 20, &taken),
			 row[i].text);
		const struct http_message *m = http_reader_message(r);
		CHECK_EQ(row[i].keep_alive, m->keep_alive, row[i].text);
		CHECK_EQ(row[i].is_upgrade, m->is_upgrade, row[i].text);
		CHECK_EQ(row[i].rest, len - taken, row[i].text);
		http_reader_free(r);
	}
}

/* What a trailer says comes too late to count (RFC 9110, 6.5.1). */
static void test_trailers_change_nothing(void **state)
{
	static const char text[] =
		"POST / HTTP/1.1\r\n" HOST
		"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
		"Connection: close\r\nTransfer-Encoding: chunked\r\n"
		"Host: evil\r\n\r\n";
	(void)state;
	for (size_t step = 1; step < sizeof text; step++) {
		struct http_reader *r =
			http_reader_new(HTTP_READ_REQUESTS, BODY_MAX);
		size_t taken;
		CHECK_EQ(1, feed(r, text, strlen(text), step, &taken), "whole");
		const struct http_message *m = http_reader_message(r);
		CHECK(m->keep_alive, "not closed by a trailer");
		CHECK_EQ(2, m->headers, "no header from a trailer");
		CHECK_STR("a", http_header_value(m, "Host"), "the host stays");
		CHECK_STR("abc", m->body, "the body");
		http_reader_free(r);
	}
}

static void test_responses(void **state)
{
	static const struct {
		const char *text;
		int fed, finished;
		unsigned status;
		const char *body, *why;
	} row[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 1, 1, 200,
		  "hi", "with a length" },
		{ "HTTP/1.1 200 OK\r\n\r\nuntil the end", 0, 1, 200,
		  "until the end", "ended by the close" },
		{ "HTTP/1.0 503\r\n\r\n", 0, 1, 503, "", "no reason phrase" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "2\r\nhi\r\n0\r\n\r\n",
		  1, 1, 200, "hi", "chunked" },
		{ "HTTP/1.1 100 Continue\r\n\r\n", 1, 1, 100, "", "interim" },
		{ "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n\r\nhi", 0,
		  -400, 0, NULL, "cut in the body" },
		{ "HTTP/1.1 200 OK\r\nContent-", 0, -400, 0, NULL,
		  "cut in the head" },
		{ "", 0, 0, 0, NULL, "nothing had begun" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n", -413, -413,
		  0, NULL, "too large" },
		{ "HTTP/1.1 20 OK\r\n\r\n", -400, -400, 0, NULL, "bad status" },
		{ "HTTP/1.1 2000 OK\r\n\r\n", -400, -400, 0, NULL,
		  "bad status" },
		{ "HTTP/1.1 600 OK\r\n\r\n", -400, -400, 0, NULL,
		  "bad status" },
		{ "HTTP/1.1  200 OK\r\n\r\n", -400, -400, 0, NULL,
		  "two blanks" },
		{ "HTTP/1.1\r\n\r\n", -400, -400, 0, NULL, "no status" },
		{ "ICY 200 OK\r\n\r\n", -400, -400, 0, NULL, "not HTTP" },
		{ "HTTP/2.0 200 OK\r\n\r\n", -400, -400, 0, NULL, "HTTP/2" },
		{ "SSH-2.0-OpenSSH\r\n", -400, -400, 0, NULL,
		  "another protocol" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx", -400,
		  -400, 0, NULL, "a coding nobody decodes" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row) * ARRAY_LEN(steps); i++) {
		size_t k = i / ARRAY_LEN(steps), taken;
		struct http_reader *r =
			http_reader_new(HTTP_READ_RESPONSES, BODY_MAX);
		CHECK_EQ(row[k].fed,
			 feed(r, row[k].text, strlen(row[k].text),
			      steps[i % ARRAY_LEN(steps)], &taken),
			 row[k].why);
		CHECK_EQ(row[k].finished, http_reader_finish(r), row[k].why);
		const struct http_message *m = http_reader_message(r);
		if (row[k].finished == 1) {
			CHECK_EQ(row[k].status, m->status, row[k].why);
			CHECK_STR(row[k].body, m->body, row[k].why);
			CHECK(m->method == NULL && m->target == NULL,
			      "a response has neither");
		}
		http_reader_free(r);
	}
}

static int result_of(const char *text, size_t len, size_t step)
{
	struct http_reader *r = http_reader_new(HTTP_READ_REQUESTS, BODY_MAX);
	size_t taken;
	int result = feed(r, text, len, step, &taken);

	http_reader_free(r);
	return result;
}

static void test_limits(void **state)
{
	static char text[40000];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		size_t step = steps[i];
		int n = sprintf(text, "GET /%0*d HTTP/1.1\r\n" HOST "\r\n",
				HTTP_TARGET_MAX - 1, 0);
		CHECK_EQ(1, result_of(text, (size_t)n, step), "target of 8192");
		n = sprintf(text, "GET /%0*d HTTP/1.1\r\n" HOST "\r\n",
			    HTTP_TARGET_MAX, 0);
		CHECK_EQ(-414, result_of(text, (size_t)n, step),
			 "target of 8193");
		n = sprintf(text, "GET /%020000d", 0);
		CHECK_EQ(-414, result_of(text, (size_t)n, step),
			 "refused before it ends");

		n = sprintf(text, "GET / HTTP/1.1\r\n" HOST "A: ");
		int pad = HTTP_HEAD_MAX - n - 4;
		n += sprintf(text + n, "%0*d\r\n\r\n", pad, 0);
		CHECK_EQ(HTTP_HEAD_MAX, n, "the test's own sum");
		CHECK_EQ(1, result_of(text, (size_t)n, step), "head of 16384");
		n = sprintf(text, "GET / HTTP/1.1\r\n" HOST "A: %0*d\r\n\r\n",
			    pad + 1, 0);
		CHECK_EQ(-431, result_of(text, (size_t)n, step),
			 "head of 16385");

		for (int headers = 64; headers <= 65; headers++) {
			n = sprintf(text, "GET / HTTP/1.1\r\n" HOST);
			for (int h = 1; h < headers; h++)
				n += sprintf(text + n, "H%d: x\r\n", h);
			n += sprintf(text + n, "\r\n");
			CHECK_EQ(headers == 64 ? 1 : -431,
				 result_of(text, (size_t)n, step), "headers");
		}
	}
}

/* A body in chunks of one byte passes; one that is nearly all extension does
 * not, however long it goes on. */
static void test_chunk_overhead(void **state)
{
	static char text[40000];

	(void)state;
	int head = sprintf(text, "POST / HTTP/1.1\r\n" HOST
				 "Transfer-Encoding: chunked\r\n\r\n");
	int n = head;
	for (int i = 0; i < BODY_MAX; i++)
		n += sprintf(text + n, "1\r\nx\r\n");
	n += sprintf(text + n, "0\r\n\r\n");
	CHECK_EQ(1, result_of(text, (size_t)n, 1 << 20), "one byte each");
	n = head;
	for (int i = 0; i < 20; i++)
		n += sprintf(text + n, "1;%01000d\r\nx\r\n", 0);
	CHECK_EQ(-413, result_of(text, (size_t)n, 1 << 20), "extensions");
	CHECK_EQ(-413, result_of(text, (size_t)n, 1), "byte by byte");
}

static void test_nul(void **state)
{
	static const char in_value[] = "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n";
	static const char in_target[] = "GET /\0x HTTP/1.1\r\nHost: a\r\n\r\n";

	(void)state;
	CHECK_EQ(-400, result_of(in_value, sizeof in_value - 1, 99), "value");
	CHECK_EQ(-400, result_of(in_target, sizeof in_target - 1, 1), "target");
}

static void check_text(struct buffer *b, const char *expected, const char *why)
{
	buffer_append(b, "", 1);
	CHECK_STR(expected, (const char *)buffer_head(b), why);
	buffer_consume(b, b->used);
}

static void test_write(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 200);
	http_write_response(&b, 200, true, "text/xml", NULL, "<a/>", 4);
	check_text(&b,
		   "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
		   "Content-Length: 4\r\n\r\n<a/>",
		   "response with a body");
	http_write_response(&b, 403, false, NULL, "X: y\r\nZ: 1\r\n", NULL, 0);
	check_text(&b,
		   "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n"
		   "Connection: close\r\nX: y\r\nZ: 1\r\n\r\n",
		   "refusal");
	http_write_response(&b, 204, true, NULL, NULL, NULL, 0);
	check_text(&b, "HTTP/1.1 204 No Content\r\n\r\n", "no content");
	http_write_endless(&b, 200, "text/event-stream", "X: y\r\n");
	check_text(&b,
		   "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
		   "Connection: close\r\nX: y\r\n\r\n",
		   "a body without an end");
	http_write_request(&b, "POST", "/x", "a:1", "X: y\r\n", "text/plain",
			   "hi", 2);
	check_text(&b,
		   "POST /x HTTP/1.1\r\nHost: a:1\r\nContent-Type: text/plain"
		   "\r\nContent-Length: 2\r\nX: y\r\n\r\nhi",
		   "request with a body");
	http_write_request(&b, "GET", "/", "a", NULL, NULL, NULL, 0);
	check_text(&b, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "request");
	buffer_append(&b, "before", 6);
	char body[200] = { 0 }, extra[200];
	memset(extra, 'x', sizeof(extra) - 1);
	extra[sizeof(extra) - 1] = '\0';
	CHECK(http_write_response(&b, 200, true, "a/b", NULL, body, 180) < 0,
	      "no room for the body");
	CHECK(http_write_endless(&b, 200, body + 1, extra) < 0,
	      "nor for a long header");
	check_text(&b, "before", "half a message is not left behind");
	buffer_free(&b);
}

static void test_reasons(void **state)
{
	static const struct {
		unsigned status;
		const char *reason;
	} row[] = {
		{ 101, "Switching Protocols" },
		{ 200, "OK" },
		{ 401, "Unauthorized" },
		{ 404, "Not Found" },
		{ 408, "Request Timeout" },
		{ 426, "Upgrade Required" },
		{ 429, "Too Many Requests" },
		{ 503, "Service Unavailable" },
		{ 299, "" },
		{ 0, "" },
		{ 999, "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_STR(row[i].reason, http_reason(row[i].status), "reason");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_keep_alive_and_upgrade),
		cmocka_unit_test(test_trailers_change_nothing),
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_chunk_overhead),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_reasons),
	};
	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
