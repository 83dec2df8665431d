#include "tools/testing/check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/http.h"
#include "protocols/websocket.h"
#include "tools/testing/allocations.h"

#define MESSAGE_MAX 20
#define OUT_MAX     4096

/* One end, which writes down what happens to it. */
struct end {
	struct websocket *ws;
	struct buffer out;
	char log[2000];
};

static void note(struct end *e, const char *what, const void *bytes, size_t len)
{
	size_t at = strlen(e->log);

	snprintf(e->log + at, sizeof e->log - at, "%s[%.*s]", what, (int)len,
		 (const char *)bytes);
}

static void on_text(void *owner, char *text, size_t len)
{
	CHECK_EQ(0, text[len], "a NUL behind the text");
	note(owner, "text", text, len);
	memset(text, 'x', len); /* may be changed */
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	note(owner, "binary", bytes, len);
}

static void on_ping(void *owner, const uint8_t *bytes, size_t len)
{
	note(owner, "ping", bytes, len);
}

static void on_pong(void *owner, const uint8_t *bytes, size_t len)
{
	note(owner, "pong", bytes, len);
}

static void on_close(void *owner, unsigned code, const char *reason, size_t len)
{
	char what[20];

	snprintf(what, sizeof what, "close%u", code);
	note(owner, what, reason, len);
}

/* The mask of the RFC's examples. */
static void rfc_mask(void *owner, uint8_t *out, size_t n)
{
	static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };

	(void)owner;
	CHECK_EQ(4, n, "a mask is four bytes");
	memcpy(out, mask, 4);
}

static const struct websocket_events events = { on_text, on_binary, on_ping,
						on_pong, on_close };

static void begin(struct end *e, enum websocket_role role, size_t message_max)
{
	memset(e, 0, sizeof *e);
	buffer_init(&e->out, OUT_MAX);
	e->ws = websocket_new(role, message_max, &events, rfc_mask, e, &e->out);
	CHECK(e->ws != NULL, "made");
}

static void finish(struct end *e)
{
	websocket_free(e->ws);
	buffer_free(&e->out);
}

static size_t from_hex(uint8_t *out, const char *hex)
{
	size_t n = 0;
	unsigned byte;

	for (; *hex; hex += *hex == ' ' ? 1 : 2)
		if (*hex != ' ' && sscanf(hex, "%2x", &byte) == 1)
			out[n++] = (uint8_t)byte;
	return n;
}

static int receive(struct end *e, const uint8_t *bytes, size_t n, size_t step)
{
	int result = 0;

	for (size_t at = 0; at < n; at += step) {
		size_t part = n - at < step ? n - at : step;
		uint8_t *block = malloc(part);
		memcpy(block, bytes + at, part);
		result = websocket_receive(e->ws, block, part);
		free(block);
	}
	return result;
}

static const size_t steps[] = { 1 << 20, 1, 2, 3, 5 };

#define S WEBSOCKET_SERVER
#define C WEBSOCKET_CLIENT
#define M "00000000" /* a mask that changes nothing */

/* RFC 6455, 5.7 and the rules of 5.4 and 5.5. Frames by hand. */
static void test_good_frames(void **state)
{
	static const struct {
		enum websocket_role role;
		const char *in, *log, *out, *why;
	} row[] = {
		{ C, "8105 48656c6c6f", "text[Hello]", "", "5.7 text" },
		{ S, "8185 37fa213d 7f9f4d5158", "text[Hello]", "",
		  "5.7 masked text" },
		{ C, "0103 48656c 8002 6c6f", "text[Hello]", "",
		  "5.7 fragmented text" },
		{ C, "8905 48656c6c6f", "ping[Hello]",
		  "8a85 37fa213d 7f9f4d5158", "5.7 ping and its masked pong" },
		{ S, "8985" M "48656c6c6f", "ping[Hello]", "8a05 48656c6c6f",
		  "ping and its pong" },
		{ C, "8a00", "pong[]", "", "empty pong" },
		{ C, "8203 414243", "binary[ABC]", "", "binary" },
		{ C, "8100", "text[]", "", "empty text" },
		{ C, "0100 0000 8000", "text[]", "", "empty fragments" },
		{ C, "0101 61 8901 62 0001 63 8a01 64 8001 65",
		  "ping[b]pong[d]text[ace]", "8a81 37fa213d 55",
		  "control frames between fragments" },
		{ C, "0102 c3a9 8000 8101 62", "text[\xc3\xa9]text[b]", "",
		  "two messages" },
		{ C, "0101 c3 8001 a9", "text[\xc3\xa9]", "",
		  "a character across fragments" },
		{ C, "8114 3031323334353637383930313233343536373839",
		  "text[01234567890123456789]", "", "exactly the largest" },
		{ S, "8882" M "03e8", "close1000[]", "8802 03e8", "close" },
		{ S, "8885" M "03e9 627965", "close1001[bye]", "8802 03e9",
		  "close with a reason" },
		{ S, "8880" M, "close1005[]", "8800", "close without a code" },
		{ S, "8882" M "0bb8", "close3000[]", "8802 0bb8",
		  "registered code" },
		{ S, "8882" M "1387", "close4999[]", "8802 1387",
		  "private code" },
		{ S, "8882" M "03e8 8181" M "61", "close1000[]", "8802 03e8",
		  "data behind a close is ignored" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row) * ARRAY_LEN(steps); i++) {
		size_t k = i / ARRAY_LEN(steps);
		uint8_t in[100], out[100];
		struct end e;
		begin(&e, row[k].role, MESSAGE_MAX);
		size_t n = from_hex(in, row[k].in);
		CHECK_EQ(0, receive(&e, in, n, steps[i % ARRAY_LEN(steps)]),
			 row[k].why);
		CHECK_STR(row[k].log, e.log, row[k].why);
		n = from_hex(out, row[k].out);
		CHECK_EQ(n, e.out.used, row[k].why);
		if (n)
			CHECK(!memcmp(out, buffer_head(&e.out), n), row[k].why);
		finish(&e);
	}
}

static void test_breaches(void **state)
{
	static const struct {
		enum websocket_role role;
		const char *in, *log;
		int result;
		const char *why;
	} row[] = {
		{ S, "8101 61", "", -EPROTO, "unmasked to a server" },
		{ S, "8100", "", -EPROTO, "unmasked and empty" },
		{ C, "8181" M "61", "", -EPROTO, "masked to a client" },
		{ C, "c101 61", "", -EPROTO, "RSV1" },
		{ C, "a101 61", "", -EPROTO, "RSV2" },
		{ C, "9101 61", "", -EPROTO, "RSV3" },
		{ C, "8300", "", -EPROTO, "opcode 3" },
		{ C, "8700", "", -EPROTO, "opcode 7" },
		{ C, "8b00", "", -EPROTO, "opcode 11" },
		{ C, "8f00", "", -EPROTO, "opcode 15" },
		{ C, "8001 61", "", -EPROTO, "continuation of nothing" },
		{ C, "0101 61 8101 62", "", -EPROTO, "text inside a message" },
		{ C, "0101 61 8201 62", "", -EPROTO,
		  "binary inside a message" },
		{ C, "8101 61 8001 62", "text[a]", -EPROTO,
		  "continuation behind a whole message" },
		{ C, "0900", "", -EPROTO, "fragmented ping" },
		{ C, "0800", "", -EPROTO, "fragmented close" },
		{ C, "897e 007e", "", -EPROTO, "ping of 126 bytes" },
		{ C, "817e 0001 61", "", -EPROTO, "length in a longer form" },
		{ C, "817f 0000000000000001 61", "", -EPROTO,
		  "length in the longest form" },
		{ C, "817f 8000000000000000 61", "", -EPROTO,
		  "length with its top bit" },
		{ C, "8801 03", "", -EPROTO, "close of one byte" },
		{ C, "8802 03e7", "", -EPROTO, "code 999" },
		{ C, "8802 03ec", "", -EPROTO, "code 1004" },
		{ C, "8802 03ed", "", -EPROTO, "code 1005 on the wire" },
		{ C, "8802 03ee", "", -EPROTO, "code 1006 on the wire" },
		{ C, "8802 03f7", "", -EPROTO, "code 1015 on the wire" },
		{ C, "8802 0bb7", "", -EPROTO, "code 2999" },
		{ C, "8802 1388", "", -EPROTO, "code 5000" },
		{ C, "8804 03e8 c328", "", -EILSEQ, "reason not UTF-8" },
		{ C, "8802 0000", "", -EPROTO, "code 0" },
		{ C, "8102 c328", "", -EILSEQ, "text not UTF-8" },
		{ C, "8101 c3", "", -EILSEQ, "text cut in a character" },
		{ C, "8103 eda080", "", -EILSEQ, "surrogate" },
		{ C, "8115 303132333435363738393031323334353637383930", "",
		  -E2BIG, "larger by one" },
		{ C,
		  "010a 30313233343536373839 000a 30313233343536373839 8001 30",
		  "", -E2BIG, "too large in fragments" },
		{ C, "827f 7fffffffffffffff 61", "", -E2BIG, "enormous" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row) * ARRAY_LEN(steps); i++) {
		size_t k = i / ARRAY_LEN(steps);
		unsigned code = row[k].result == -EPROTO   ? 1002
				: row[k].result == -EILSEQ ? 1007
							   : 1009;
		uint8_t in[100];
		struct end e;
		begin(&e, row[k].role, MESSAGE_MAX);
		size_t n = from_hex(in, row[k].in);
		/* Something must still come for the last row to be noticed. */
		in[n++] = 0;
		CHECK_EQ(row[k].result,
			 receive(&e, in, n, steps[i % ARRAY_LEN(steps)]),
			 row[k].why);
		CHECK_STR(row[k].log, e.log, row[k].why);
		struct end peer;
		char expected[20];
		begin(&peer, row[k].role == C ? S : C, 200);
		CHECK_EQ(0, receive(&peer, buffer_head(&e.out), e.out.used, 99),
			 "our close is well-formed");
		snprintf(expected, sizeof expected, "close%u[", code);
		CHECK(!strncmp(expected, peer.log, strlen(expected)),
		      row[k].why);
		size_t used = e.out.used;
		CHECK_EQ(row[k].result, receive(&e, in, n, 99), "stays failed");
		CHECK_EQ(used, e.out.used, "and silent");
		CHECK_EQ(-EPIPE, websocket_send_text(e.ws, "x", 1),
			 "both ways");
		finish(&peer);
		finish(&e);
	}
}

/* Frame lengths on both sides of every form (RFC 6455, 5.2), there and back. */
static void test_lengths(void **state)
{
	static const struct {
		size_t len, head;
	} row[] = {
		{ 0, 2 },      { 1, 2 },       { 125, 2 },   { 126, 4 },
		{ 127, 4 },    { 4096, 4 },    { 65535, 4 }, { 65536, 10 },
		{ 70001, 10 }, { 300000, 10 },
	};
	char *text = malloc(300000);
	(void)state;
	memset(text, 'u', 300000);
	for (size_t i = 0; i < ARRAY_LEN(row) * 2; i++) {
		size_t len = row[i / 2].len;
		enum websocket_role role = i % 2 ? C : S;
		struct end from, to;
		begin(&from, role, 0);
		begin(&to, role == S ? C : S, 300000);
		from.out.limit = 600000;
		CHECK_EQ(0, websocket_send_text(from.ws, text, len), "sent");
		CHECK_EQ(row[i / 2].head + (role == C ? 4 : 0) + len,
			 from.out.used, "shortest form");
		CHECK_EQ(0, websocket_send_frame(from.ws, 2, true, "end", 3),
			 "sent");
		CHECK_EQ(0,
			 receive(&to, buffer_head(&from.out), from.out.used,
				 1000),
			 "received");
		if (len < 100)
			CHECK(strstr(to.log, "binary[end]") != NULL, to.log);
		CHECK(!strncmp(to.log, "text[", 5), "text came");
		size_t shown = strspn(to.log + 5, "u");
		CHECK_EQ(len < sizeof to.log ? len : sizeof to.log - 6, shown,
			 "all of it, unmasked");
		finish(&from);
		finish(&to);
	}
	free(text);
}

static void test_sending(void **state)
{
	static const uint8_t expected[] = { 0x01, 0x03, 'H',  'e',  'l',
					    0x89, 0x01, '?',  0x80, 0x02,
					    'l',  'o',  0x88, 0x05, 0x03,
					    0xe9, 'b',  'y',  'e' };
	struct end e;

	(void)state;
	begin(&e, S, MESSAGE_MAX);
	CHECK_EQ(0, websocket_send_frame(e.ws, 1, false, "Hel", 3), "first");
	CHECK_EQ(0, websocket_ping(e.ws, "?", 1), "ping between");
	CHECK_EQ(0, websocket_send_frame(e.ws, 0, true, "lo", 2), "last");
	CHECK_EQ(-EINVAL, websocket_send_frame(e.ws, 8, true, "", 0),
		 "not a data opcode");
	CHECK_EQ(-EINVAL, websocket_ping(e.ws, expected, 126), "too long");
	CHECK_EQ(0, websocket_close(e.ws, 1001, "bye"), "close");
	CHECK_EQ(0, websocket_close(e.ws, 1002, "again"), "once only");
	CHECK_EQ(-EPIPE, websocket_ping(e.ws, "", 0), "nothing behind a close");
	CHECK_EQ(sizeof expected, e.out.used, "and no more");
	CHECK(!memcmp(expected, buffer_head(&e.out), sizeof expected), "bytes");
	CHECK(!websocket_is_closed(e.ws), "the peer has not answered");
	uint8_t data_then_close[] = { 0x81, 0x81, 0, 0, 0, 0, 'x',
				      0x89, 0x80, 0, 0, 0, 0, 0x88,
				      0x82, 0,    0, 0, 0, 3, 0xe9 };
	CHECK_EQ(0, receive(&e, data_then_close, sizeof data_then_close, 99),
		 "data may still come");
	CHECK_STR("text[x]ping[]close1001[]", e.log, "is still delivered");
	CHECK_EQ(sizeof expected, e.out.used, "but not answered");
	CHECK(websocket_is_closed(e.ws), "both ways");
	finish(&e);
}

static void test_long_reason_is_cut(void **state)
{
	char reason[200];
	struct end e;

	(void)state;
	memset(reason, 'r', sizeof reason);
	memcpy(reason + 121, "\xe2\x82\xac", 4); /* bytes 121..123, then NUL */
	begin(&e, S, MESSAGE_MAX);
	CHECK_EQ(0, websocket_close(e.ws, 1000, reason), "closed");
	CHECK_EQ(2 + 2 + 121, e.out.used, "no split character");
	CHECK_EQ(2 + 121, buffer_head(&e.out)[1], "length");
	finish(&e);
}

static void test_full_output(void **state)
{
	uint8_t ping[2 + 4 + 100] = { 0x89, 0x80 | 100 };
	char text[100] = { 0 };
	struct end e;
	int pings = 0, result = 0;

	(void)state;
	begin(&e, S, MESSAGE_MAX);
	while (!result && pings++ < 1000)
		result = receive(&e, ping, sizeof ping, 999);
	CHECK_EQ(-ENOBUFS, result, "a flood of pings meets the limit");
	CHECK_EQ(OUT_MAX / 102 + 1, pings, "every pong before it was written");
	CHECK_EQ(-ENOBUFS, websocket_send_text(e.ws, text, 100), "full");
	CHECK_EQ(0, e.out.used % 102, "no half frames");
	finish(&e);
}

static void test_callbacks_may_be_absent(void **state)
{
	static const struct websocket_events none;
	uint8_t in[] = { 0x81, 1,   'a',  0x82, 1,   'b',  0x89,
			 1,    'c', 0x8a, 1,    'd', 0x88, 0 };
	struct buffer out;

	(void)state;
	buffer_init(&out, OUT_MAX);
	struct websocket *ws =
		websocket_new(C, MESSAGE_MAX, &none, rfc_mask, NULL, &out);
	CHECK_EQ(0, websocket_receive(ws, in, sizeof in), "taken");
	CHECK(websocket_is_closed(ws), "and closed");
	websocket_free(ws);
	buffer_free(&out);
}

/* A call's worth of messages of about the size of 20 ms of audio, both ways,
 * with control frames between: after the first nothing is allocated. */
static void test_steady_stream_allocates_nothing(void **state)
{
	char text[1400];
	struct end from, to;
	size_t before = 0;

	(void)state;
	memset(text, 'u', sizeof text);
	allocations_watch();
	begin(&from, C, 0);
	begin(&to, S, 16384);
	for (int i = 0; i < 3000; i++) {
		to.log[0] = 0;
		if (i == 10)
			before = allocations_count();
		websocket_send_frame(from.ws, 1, false, text, sizeof text);
		websocket_ping(from.ws, "?", 1);
		websocket_send_frame(from.ws, 0, true, text, 7);
		websocket_receive(to.ws, buffer_head(&from.out), from.out.used);
		buffer_consume(&from.out, from.out.used);
		websocket_send_text(to.ws, text, sizeof text);
		buffer_consume(&to.out, to.out.used);
	}
	CHECK_EQ(before, allocations_count(), "steady state");
	CHECK(!strncmp(to.log, "ping[?]text[uuu", 15), "messages did come");
	finish(&from);
	finish(&to);
}

/* --- Handshake --- */

static void test_accept_key(void **state)
{
	char accept[WEBSOCKET_ACCEPT_LEN];

	(void)state;
	websocket_accept_key(accept, "dGhlIHNhbXBsZSBub25jZQ==");
	CHECK_STR("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", accept, "RFC 6455, 1.3");
}

static struct http_reader *read_http(enum http_kind kind, const char *text)
{
	struct http_reader *r = http_reader_new(kind, 1000);
	size_t used;

	CHECK_EQ(HTTP_COMPLETE,
		 http_reader_feed(r, (const uint8_t *)text, strlen(text),
				  &used),
		 text);
	return r;
}

#define KEY        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION    "Sec-WebSocket-Version: 13\r\n"
#define UPGRADE    "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"

static void test_check_request(void **state)
{
	static const struct {
		const char *line, *headers;
		int result;
		const char *why;
	} row[] = {
		{ "GET", UPGRADE CONNECTION KEY VERSION, 0, "as the RFC" },
		{ "GET",
		  "upgrade: h2c, WebSocket\r\nconnection: keep-alive, upgrade\r\n" KEY
			  VERSION,
		  0, "lists and letter case" },
		{ "GET", CONNECTION KEY VERSION, -426, "no upgrade" },
		{ "GET", "Upgrade: h2c\r\n" CONNECTION KEY VERSION, -426,
		  "another protocol" },
		{ "POST", UPGRADE CONNECTION KEY VERSION, -405, "POST" },
		{ "GET", UPGRADE KEY VERSION, -400, "no Connection" },
		{ "GET", UPGRADE CONNECTION KEY, -426, "no version" },
		{ "GET", UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 8\r\n",
		  -426, "an old version" },
		{ "GET", UPGRADE CONNECTION VERSION, -400, "no key" },
		{ "GET", UPGRADE CONNECTION KEY KEY VERSION, -400, "two keys" },
		{ "GET",
		  UPGRADE CONNECTION VERSION "Sec-WebSocket-Key: abcd\r\n",
		  -400, "short key" },
		{ "GET",
		  UPGRADE CONNECTION VERSION
		  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=x\r\n",
		  -400, "key not base64" },
		{ "GET",
		  UPGRADE CONNECTION VERSION
		  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSEh\r\n",
		  -400, "key of 18 bytes" },
		{ "GET", UPGRADE CONNECTION KEY VERSION "Content-Length: 0\r\n",
		  0, "an empty body is none" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char text[500], accept[WEBSOCKET_ACCEPT_LEN];
		snprintf(text, sizeof text,
			 "%s / HTTP/1.1\r\nHost: a\r\n%s\r\n", row[i].line,
			 row[i].headers);
		struct http_reader *r = read_http(HTTP_READ_REQUESTS, text);
		CHECK_EQ(row[i].result,
			 websocket_check_request(http_reader_message(r),
						 accept),
			 row[i].why);
		if (!row[i].result)
			CHECK_STR("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", accept,
				  row[i].why);
		http_reader_free(r);
	}
}

#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

static void test_check_response(void **state)
{
	static const struct {
		const char *text;
		int result;
		const char *why;
	} row[] = {
		{ "101 Ok\r\n" UPGRADE CONNECTION ACCEPT, 0, "granted" },
		{ "101 Ok\r\nupgrade: WebSocket\r\nconnection: upgrade\r\n" ACCEPT,
		  0, "letter case" },
		{ "401 No\r\nContent-Length: 0\r\n", -ECONNREFUSED, "refused" },
		{ "200 Ok\r\nContent-Length: 0\r\n" UPGRADE CONNECTION ACCEPT,
		  -ECONNREFUSED, "200 is no grant" },
		{ "101 Ok\r\n" CONNECTION ACCEPT, -EPROTO, "no Upgrade" },
		{ "101 Ok\r\n" UPGRADE ACCEPT, -EPROTO, "no Connection" },
		{ "101 Ok\r\n" UPGRADE CONNECTION, -EPROTO, "no accept" },
		{ "101 Ok\r\n" UPGRADE CONNECTION ACCEPT ACCEPT, -EPROTO,
		  "accept twice" },
		{ "101 Ok\r\n" UPGRADE CONNECTION
		  "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
		  -EPROTO, "wrong accept" },
		{ "101 Ok\r\n" UPGRADE CONNECTION ACCEPT
		  "Sec-WebSocket-Protocol: x\r\n",
		  -EPROTO, "a subprotocol nobody offered" },
		{ "101 Ok\r\n" UPGRADE CONNECTION ACCEPT
		  "Sec-WebSocket-Extensions: permessage-deflate\r\n",
		  -EPROTO, "an extension nobody offered" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char text[500];
		snprintf(text, sizeof text, "HTTP/1.1 %s\r\n", row[i].text);
		struct http_reader *r = read_http(HTTP_READ_RESPONSES, text);
		CHECK_EQ(row[i].result,
			 websocket_check_response(http_reader_message(r),
						  "dGhlIHNhbXBsZSBub25jZQ=="),
			 row[i].why);
		http_reader_free(r);
	}
}

/* Our request passes our check, and our answer passes ours. */
static void test_handshake_both_ways(void **state)
{
	char key[WEBSOCKET_KEY_LEN], accept[WEBSOCKET_ACCEPT_LEN];
	struct buffer b;

	(void)state;
	buffer_init(&b, 2000);
	CHECK_EQ(0,
		 websocket_write_request(&b, "a:1", "/x?y=z",
					 (const uint8_t *)"the sample nonce",
					 "User-Agent: u\r\n",
					 "X-Twilio-Signature: s\r\n", key),
		 "written");
	buffer_append(&b, "", 1);
	CHECK_STR("dGhlIHNhbXBsZSBub25jZQ==", key, "RFC 6455, 1.3");
	CHECK_STR("GET /x?y=z HTTP/1.1\r\nHost: a:1\r\n"
		  "User-Agent: u\r\n" CONNECTION UPGRADE KEY VERSION
		  "X-Twilio-Signature: s\r\n\r\n",
		  (char *)buffer_head(&b), "the request, in Twilio's order");
	struct http_reader *r =
		read_http(HTTP_READ_REQUESTS, (char *)buffer_head(&b));
	CHECK_EQ(0, websocket_check_request(http_reader_message(r), accept),
		 "accepted");
	CHECK(http_reader_message(r)->is_upgrade, "an upgrade");
	http_reader_free(r);
	buffer_consume(&b, b.used);
	CHECK_EQ(0, websocket_write_accept(&b, accept, NULL), "written");
	buffer_append(&b, "", 1);
	r = read_http(HTTP_READ_RESPONSES, (char *)buffer_head(&b));
	CHECK_EQ(0, websocket_check_response(http_reader_message(r), key),
		 "granted");
	http_reader_free(r);
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_frames),
		cmocka_unit_test(test_breaches),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_sending),
		cmocka_unit_test(test_long_reason_is_cut),
		cmocka_unit_test(test_full_output),
		cmocka_unit_test(test_callbacks_may_be_absent),
		cmocka_unit_test(test_steady_stream_allocates_nothing),
		cmocka_unit_test(test_accept_key),
		cmocka_unit_test(test_check_request),
		cmocka_unit_test(test_check_response),
		cmocka_unit_test(test_handshake_both_ways),
	};
	return cmocka_run_group_tests_name("websocket", tests, NULL, NULL);
}
