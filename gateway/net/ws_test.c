/* Clients of ws.c against a server played by hand, so that what it gets is
 * known byte for byte; ws_tls_test.c has both of our ends. */
#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/stream.h"
#include "gateway/net/ws.h"
#include "protocols/websocket.h"
#include "tools/testing/raw_socket.h"

enum deed { DO_NOTHING, DO_CLOSE, DO_ABORT, DO_RESET, DO_SEND };

struct stage {
	uv_loop_t loop;
	int listening;
	int fd; /* the server's end */
	unsigned port;
	struct ws *ws;
	enum deed at_open, at_text;
	unsigned opened, texts, binaries, pings, pongs, closed;
	char last[64];
	char server[32]; /* the Server header of the 101 */
	struct ws_end end;
	char all[70000];
};

static void act(struct stage *s, enum deed deed)
{
	switch (deed) {
	case DO_CLOSE:
		ws_close(s->ws, 1000, "enough");
		ws_close(s->ws, 1001, "twice");
		break;
	case DO_ABORT:
		ws_abort(s->ws);
		ws_abort(s->ws);
		break;
	case DO_RESET:
		ws_reset(s->ws);
		break;
	case DO_SEND:
		ws_send_text(s->ws, "one", 3);
		ws_send_text(s->ws, "two", 3);
		break;
	case DO_NOTHING:
		break;
	}
}

static void on_open(void *owner)
{
	struct stage *s = owner;
	const char *server = ws_header(s->ws, "server");

	s->opened++;
	snprintf(s->server, sizeof(s->server), "%s", server ? server : "");
	act(s, s->at_open);
}

static void on_text(void *owner, char *text, size_t len)
{
	struct stage *s = owner;

	CHECK_EQ(strlen(text), len, "NUL-terminated beyond its length");
	s->texts++;
	snprintf(s->last, sizeof(s->last), "%s", text);
	act(s, s->at_text);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	struct stage *s = owner;

	s->binaries++;
	snprintf(s->last, sizeof(s->last), "%.*s", (int)len,
		 (const char *)bytes);
}

static void on_ping(void *owner, const uint8_t *payload, size_t len)
{
	(void)payload;
	(void)len;
	((struct stage *)owner)->pings++;
}

static void on_pong(void *owner, const uint8_t *payload, size_t len)
{
	struct stage *s = owner;

	s->pongs++;
	snprintf(s->last, sizeof(s->last), "%.*s", (int)len,
		 (const char *)payload);
}

static void on_closed(void *owner, const struct ws_end *end)
{
	struct stage *s = owner;

	s->end = *end;
	s->closed++;
	/* Everything may still be called, for the last time. */
	ws_close(s->ws, 1000, "");
	ws_abort(s->ws);
	ws_flush(s->ws);
	CHECK_EQ(-EPIPE, ws_send_text(s->ws, "x", 1), "nothing can be sent");
	CHECK_EQ(0, ws_waiting(s->ws), "nothing waits");
	s->ws = NULL;
}

static const struct ws_events events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_binary = on_binary,
	.on_ping = on_ping,
	.on_pong = on_pong,
	.on_closed = on_closed,
};

static int setup(void **state)
{
	static struct stage s;

	memset(&s, 0, sizeof(s));
	s.fd = -1;
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	s.listening = raw_socket_listen(&s.port);
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	if (s->fd >= 0)
		close(s->fd);
	close(s->listening);
	if (s->ws)
		ws_abort(s->ws);
	raw_socket_close_loop(&s->loop);
	CHECK_EQ(1, s->closed, "on_closed comes exactly once");
	return 0;
}

/* --- By hand --- */

static void dial(struct stage *s)
{
	char url[64];
	struct ws_target target = {
		.url = url,
		.extra = "X-Mine: yes\r\n",
		.timeout_ms = 300,
		.message_max = 1000,
	};

	snprintf(url, sizeof(url), "ws://127.0.0.1:%u/path?q=1", s->port);
	s->ws = ws_connect(&s->loop, &target, &events, s);
	CHECK(s->ws != NULL, "a good target");
	CHECK_EQ(0, s->closed, "nothing is called from inside");
	s->fd = raw_socket_accept(&s->loop, s->listening);
	raw_socket_read_until(&s->loop, s->fd, "\r\n\r\n", s->all,
			      sizeof(s->all));
}

/* A 101 for the request in all, with more behind it. */
static void grant(struct stage *s, const char *more, size_t n)
{
	char accept[WEBSOCKET_ACCEPT_LEN], key[WEBSOCKET_KEY_LEN], answer[1024];
	const char *at = strstr(s->all, "Sec-WebSocket-Key: ");
	int head;

	CHECK(at != NULL, "the request has a key");
	snprintf(key, sizeof(key), "%.24s", at + 19);
	websocket_accept_key(accept, key);
	head = snprintf(answer, sizeof(answer),
			"HTTP/1.1 101 Switching Protocols\r\n"
			"Upgrade: websocket\r\nConnection: Upgrade\r\n"
			"Server: by hand\r\n"
			"Sec-WebSocket-Accept: %s\r\n\r\n",
			accept);
	memcpy(answer + head, more, n);
	raw_socket_send(s->fd, answer, (size_t)head + n);
}

static void open_up(struct stage *s)
{
	dial(s);
	grant(s, "", 0);
	WAIT_FOR(&s->loop, s->opened || s->closed, "the upgrade");
}

/* The next frame of the client, unmasked into all; returns its first byte. */
static unsigned read_frame(struct stage *s, size_t *len)
{
	uint8_t head[6];
	ssize_t n;

	WAIT_FOR(&s->loop,
		 (n = recv(s->fd, head, 6, MSG_PEEK | MSG_DONTWAIT)) == 6 ||
			 n == 0,
		 "a frame");
	CHECK_EQ(6, recv(s->fd, head, 6, 0), "a frame before the end");
	CHECK(head[1] & 0x80, "RFC 6455, 5.3: a client masks");
	*len = head[1] & 0x7f;
	CHECK(*len < 126, "short in these tests");
	CHECK_EQ(*len, recv(s->fd, s->all, *len, 0), "its payload");
	for (size_t i = 0; i < *len; i++)
		s->all[i] ^= (char)head[2 + i % 4];
	s->all[*len] = '\0';
	return head[0];
}

static void wait_closed(struct stage *s)
{
	WAIT_FOR(&s->loop, s->closed, "the end is told");
}

/* --- The handshake --- */

static void the_request_says_what_it_must(void **state)
{
	static const char *const lines[] = {
		"GET /path?q=1 HTTP/1.1\r\n",
		"\r\nUpgrade: websocket\r\n",
		"\r\nConnection: Upgrade\r\n",
		"\r\nSec-WebSocket-Version: 13\r\n",
		"\r\nX-Mine: yes\r\n",
	};
	struct stage *s = *state;
	char host[40];

	dial(s);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		CHECK(strcasestr(s->all, lines[i]), lines[i]);
	snprintf(host, sizeof(host), "\r\nHost: 127.0.0.1:%u\r\n", s->port);
	CHECK(strstr(s->all, host), "a port that is not the default is named");
	CHECK(!strcasestr(s->all, "Sec-WebSocket-Extensions"), "none offered");
}

static void bytes_behind_the_101_are_not_lost(void **state)
{
	struct stage *s = *state;

	dial(s);
	grant(s, "\x81\x05hello\x82\x03raw\x89\x02hi", 16);
	WAIT_FOR(&s->loop, s->pings, "all three frames");
	CHECK_EQ(1, s->opened, "open first");
	CHECK_EQ(1, s->texts, "the text");
	CHECK_EQ(1, s->binaries, "the binary");
	CHECK_STR("raw", s->last, "in order");
	CHECK_STR("by hand", s->server, "headers can be read inside on_open");
	CHECK(!ws_header(s->ws, "server"), "and not later");
}

static void refusals_are_told(void **state)
{
	static const struct {
		const char *answer;
		unsigned status;
		unsigned retry_after_s;
		int err;
		const char *why;
	} row[] = {
		{ "HTTP/1.1 401 Unauthorized\r\nContent-Length: 49\r\n\r\n"
		  "{\"error\":{\"message\":\"Incorrect API\\nkey \\u00e4\"}}",
		  401, 0, 0, "HTTP 401 Unauthorized: Incorrect API key ??" },
		{ "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 17\r\n"
		  "Content-Length: 0\r\n\r\n",
		  503, 17, 0, "HTTP 503 Service Unavailable" },
		{ "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\nnot you",
		  403, 0, 0, "HTTP 403 Forbidden: not you" },
		{ "HTTP/1.1 302 Found\r\nLocation: /x\r\n"
		  "Content-Length: 0\r\n\r\n",
		  302, 0, 0, "HTTP 302" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", 200, 0,
		  0, "HTTP 200 OK" },
		{ "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		  "Connection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n",
		  101, 0, -EPROTO, "the answer to the upgrade breaks" },
		{ "SSH-2.0-OpenSSH_9.2\r\n", 0, 0, -EPROTO,
		  "the answer to the upgrade is not HTTP" },
		{ "HTTP/1.1 500 Inter", 0, 0, UV_ECONNRESET,
		  "peer closed before it answered the upgrade" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		dial(s);
		raw_socket_say(s->fd, row[i].answer);
		shutdown(s->fd, SHUT_WR);
		wait_closed(s);
		CHECK(!s->end.was_open && s->end.by_peer, row[i].why);
		CHECK_EQ(row[i].status, s->end.http_status, row[i].why);
		CHECK_EQ(row[i].retry_after_s, s->end.retry_after_s,
			 row[i].why);
		CHECK_EQ(row[i].err, s->end.status, row[i].why);
		CHECK_EQ(1006, s->end.code, row[i].why);
		if (strncmp(s->end.why, row[i].why, strlen(row[i].why)) != 0)
			fail_msg("%s, got %s", row[i].why, s->end.why);
		CHECK_EQ(1, s->closed, row[i].why);
		s->closed = 0;
		close(s->fd);
	}
	s->fd = -1;
	s->closed = 1;
}

/* The status is known as soon as the head is: the rest may be anything. */
static void refusals_with_a_bad_body(void **state)
{
	static const char head[] = "HTTP/1.1 502 Bad Gateway\r\n"
				   "Retry-After: 3\r\n";
	struct stage *s = *state;

	for (int i = 0; i < 4; i++) {
		dial(s);
		raw_socket_say(s->fd, head);
		if (i == 0) /* announced too large */
			raw_socket_say(s->fd, "Content-Length: 9000\r\n\r\n");
		if (i == 1) /* too large, and not announced */
			snprintf(s->all, sizeof(s->all), "\r\n%09000d", 0);
		if (i == 2) /* never ends: the time-out ends it */
			snprintf(s->all, sizeof(s->all), "\r\nhalf");
		if (i == 3) /* cut by a RST */
			snprintf(s->all, sizeof(s->all), "\r\nhalf");
		if (i > 0)
			raw_socket_say(s->fd, s->all);
		if (i == 3) {
			raw_socket_turn_for(&s->loop, 20);
			raw_socket_reset(s->fd);
		}
		wait_closed(s);
		CHECK_EQ(502, s->end.http_status, "known");
		CHECK_EQ(3, s->end.retry_after_s, "with its headers");
		CHECK(strstr(s->end.why, "HTTP 502 Bad Gateway") == s->end.why,
		      "in words");
		s->closed = 0;
		if (i != 3)
			close(s->fd);
	}
	s->fd = -1;
	s->closed = 1;
}

static void what_nobody_offered_fails(void **state)
{
	static const char *const row[] = {
		"Sec-WebSocket-Protocol: realtime\r\n",
		"Sec-WebSocket-Extensions: permessage-deflate\r\n",
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char accept[WEBSOCKET_ACCEPT_LEN], key[WEBSOCKET_KEY_LEN];
		char answer[512];

		dial(s);
		snprintf(key, sizeof(key), "%.24s",
			 strstr(s->all, "Sec-WebSocket-Key: ") + 19);
		websocket_accept_key(accept, key);
		snprintf(answer, sizeof(answer),
			 "HTTP/1.1 101 Switching Protocols\r\n"
			 "Upgrade: websocket\r\nConnection: Upgrade\r\n"
			 "Sec-WebSocket-Accept: %s\r\n%s\r\n",
			 accept, row[i]);
		raw_socket_say(s->fd, answer);
		wait_closed(s);
		CHECK_EQ(0, s->opened, row[i]);
		CHECK_EQ(-EPROTO, s->end.status, row[i]);
		s->closed = 0;
		close(s->fd);
	}
	s->fd = -1;
	s->closed = 1;
}

static void a_silent_server_times_out(void **state)
{
	struct stage *s = *state;
	uint64_t from = uv_hrtime();

	dial(s);
	wait_closed(s);
	CHECK_EQ(UV_ETIMEDOUT, s->end.status, "no 101");
	CHECK_STR("no answer to the upgrade within 300 ms", s->end.why,
		  "in words");
	CHECK((uv_hrtime() - from) / 1000000 >= 290, "not before its time");
}

static void close_before_the_101(void **state)
{
	struct stage *s = *state;

	dial(s);
	ws_close(s->ws, 1000, "");
	CHECK_EQ(0, s->closed, "not from inside");
	wait_closed(s);
	CHECK(!s->end.by_peer && !s->end.was_open, "it was us");
	CHECK_EQ(0, s->end.status, "and no failure");
}

static void nobody_listens(void **state)
{
	struct stage *s = *state;
	struct ws_target target = { .url = s->all,
				    .timeout_ms = 1000,
				    .message_max = 100 };
	unsigned port;
	int fd = raw_socket_listen(&port);

	close(fd);
	snprintf(s->all, sizeof(s->all), "ws://127.0.0.1:%u/", port);
	s->ws = ws_connect(&s->loop, &target, &events, s);
	wait_closed(s);
	CHECK_EQ(UV_ECONNREFUSED, s->end.status, "refused");
	CHECK(strstr(s->end.why, "connection refused (127.0.0.1:") ==
		      s->end.why,
	      "in words, with the address");
}

static void unusable_targets(void **state)
{
	static const struct {
		const char *url;
		const char *why;
	} row[] = {
		{ "wss://localhost/", "wss without a TLS context" },
		{ "http://localhost/", "not a WebSocket URL" },
		{ "localhost:80", "no scheme" },
		{ "ws://", "no host" },
		{ "", "nothing" },
	};
	uv_loop_t loop = { .data = NULL };

	(void)state;
	uv_loop_init(&loop);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct ws_target target = { .url = row[i].url,
					    .timeout_ms = 1,
					    .message_max = 1 };

		CHECK(!ws_connect(&loop, &target, &events, NULL), row[i].why);
	}
	raw_socket_close_loop(&loop);
}

/* --- Messages --- */

static void messages_leave_together(void **state)
{
	struct stage *s = *state;
	size_t len;

	s->at_text = DO_SEND; /* two messages, no flush by the owner */
	open_up(s);
	raw_socket_send(s->fd, "\x81\x02go", 4);
	CHECK_EQ(0x81, read_frame(s, &len), "a whole text frame");
	CHECK_STR("one", s->all, "at the end of the callback");
	CHECK_EQ(0x81, read_frame(s, &len), "the second");
	CHECK_STR("two", s->all, "behind it");
	ws_send_text(s->ws, "three", 5);
	raw_socket_turn_for(&s->loop, 20);
	CHECK_EQ(-1, recv(s->fd, s->all, 1, MSG_DONTWAIT),
		 "outside a callback nothing leaves");
	ws_flush(s->ws);
	read_frame(s, &len);
	CHECK_STR("three", s->all, "until ws_flush");
}

static void pings_and_pongs(void **state)
{
	struct stage *s = *state;
	size_t len;

	open_up(s);
	raw_socket_send(s->fd, "\x89\x04ping", 6);
	CHECK_EQ(0x8a, read_frame(s, &len), "a pong");
	CHECK_STR("ping", s->all, "with the same payload");
	CHECK_EQ(1, s->pings, "and the owner hears of it");
	CHECK_EQ(0, ws_ping(s->ws, "mine", 4), "our own");
	ws_flush(s->ws);
	CHECK_EQ(0x89, read_frame(s, &len), "a ping");
	raw_socket_send(s->fd, "\x8a\x04mine", 6);
	WAIT_FOR(&s->loop, s->pongs, "its answer");
	CHECK_STR("mine", s->last, "ours");
}

static void fragments(void **state)
{
	struct stage *s = *state;
	size_t len;

	open_up(s);
	ws_send_frame(s->ws, 1, false, "ab", 2);
	ws_send_frame(s->ws, 0, true, "cd", 2);
	ws_flush(s->ws);
	CHECK_EQ(0x01, read_frame(s, &len), "text, not final");
	CHECK_EQ(0x80, read_frame(s, &len), "continuation, final");
	raw_socket_send(s->fd,
			"\x01\x03"
			"abc",
			5);
	raw_socket_send(s->fd,
			"\x80\x03"
			"def",
			5);
	WAIT_FOR(&s->loop, s->texts, "one message");
	CHECK_STR("abcdef", s->last, "put together");
}

/* --- Ends --- */

static void a_close_frame_with_code_and_reason(void **state)
{
	struct stage *s = *state;
	size_t len;

	open_up(s);
	raw_socket_send(s->fd, "\x88\x08\x03\xe9go \xc3\xa9\x07", 10);
	CHECK_EQ(0x88, read_frame(s, &len), "our close frame");
	CHECK_EQ(0x03, s->all[0], "echoes");
	CHECK_EQ(0xe9, (uint8_t)s->all[1], "the code");
	CHECK_EQ(0, raw_socket_read_end(&s->loop, s->fd), "then FIN");
	close(s->fd);
	s->fd = -1;
	wait_closed(s);
	CHECK(s->end.by_peer && s->end.was_open, "the peer ended it");
	CHECK_EQ(1001, s->end.code, "its code");
	CHECK_STR("go ?\?\?", s->end.reason, "its reason, made printable");
	CHECK_STR("closed by peer (1001 go ?\?\?)", s->end.why, "in words");
	CHECK_EQ(0, s->end.status, "no failure");
}

static void our_close(void **state)
{
	struct stage *s = *state;
	uint64_t from;
	size_t len;

	s->at_open = DO_CLOSE;
	open_up(s);
	CHECK_EQ(0x88, read_frame(s, &len), "a close frame, once");
	CHECK_STR("enough", s->all + 2, "the first reason counts");
	raw_socket_send(s->fd, "\x81\x04late", 6);
	from = uv_hrtime();
	raw_socket_send(s->fd, "\x88\x02\x03\xe8", 4);
	CHECK_EQ(0, raw_socket_read_end(&s->loop, s->fd), "FIN at its answer");
	close(s->fd);
	s->fd = -1;
	wait_closed(s);
	CHECK((uv_hrtime() - from) / 1000000 < 500, "without waiting");
	CHECK_EQ(0, s->texts, "nothing is delivered after our close");
	CHECK(!s->end.by_peer, "we ended it");
	CHECK_EQ(1000, s->end.code, "with our code");
	CHECK_STR("closed by us (1000)", s->end.why, "in words");
}

static void our_close_is_not_answered(void **state)
{
	struct stage *s = *state;
	uint64_t from = uv_hrtime();

	s->at_open = DO_CLOSE;
	open_up(s);
	wait_closed(s);
	CHECK_NEAR(WS_CLOSE_WAIT_MS, (double)(uv_hrtime() - from) / 1e6, 400,
		   "waits a second for the answer, not longer");
	CHECK_EQ(1000, s->end.code, "still our close");
}

static void breaches_get_their_codes(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		unsigned code;
		const char *why;
	} row[] = {
		{ "\x81\x85mask\0\0\0\0\0", 11, 1002, "a server that masks" },
		{ "\xc1\x01x", 3, 1002, "a reserved bit" },
		{ "\x83\x01x", 3, 1002, "a reserved opcode" },
		{ "\x81\x02\xc3\x28", 4, 1007, "not UTF-8" },
		{ "\x81\x7e\x03\xe9x", 5, 1009, "1001 bytes are too many" },
	};
	struct stage *s = *state;
	size_t len;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		open_up(s);
		raw_socket_send(s->fd, row[i].bytes, row[i].n);
		CHECK_EQ(0x88, read_frame(s, &len), row[i].why);
		CHECK_EQ(row[i].code,
			 (uint8_t)s->all[0] << 8 | (uint8_t)s->all[1],
			 row[i].why);
		close(s->fd);
		wait_closed(s);
		CHECK_EQ(row[i].code, s->end.code, row[i].why);
		CHECK(!s->end.by_peer && s->end.why[0], row[i].why);
		s->closed = 0;
		s->opened = 0;
	}
	s->fd = -1;
	s->closed = 1;
}

static void a_reset_by_the_peer(void **state)
{
	struct stage *s = *state;

	open_up(s);
	raw_socket_reset(s->fd);
	s->fd = -1;
	wait_closed(s);
	CHECK_EQ(UV_ECONNRESET, s->end.status, "RST");
	CHECK_EQ(1006, s->end.code, "no close frame");
	CHECK(s->end.by_peer, "the network");
	CHECK_STR("connection reset by peer", s->end.why, "in words");
}

static void a_fin_without_a_close_frame(void **state)
{
	struct stage *s = *state;

	open_up(s);
	close(s->fd);
	s->fd = -1;
	wait_closed(s);
	CHECK_EQ(1006, s->end.code, "no close frame");
	CHECK_EQ(0, s->end.status, "but in order for TCP");
	CHECK_STR("peer closed the connection", s->end.why, "in words");
}

static void ending_inside_callbacks(void **state)
{
	static const struct {
		enum deed at_open, at_text;
		int seen_by_peer; /* errno of its read */
		const char *why;
	} row[] = {
		{ DO_ABORT, DO_NOTHING, 0, "abort in on_open" },
		{ DO_RESET, DO_NOTHING, ECONNRESET, "reset in on_open" },
		{ DO_NOTHING, DO_ABORT, ECONNRESET, "abort in on_text" },
		{ DO_NOTHING, DO_RESET, ECONNRESET, "reset in on_text" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		s->at_open = row[i].at_open;
		s->at_text = row[i].at_text;
		s->texts = 0;
		dial(s);
		/* Two messages in one segment: the second never comes. */
		grant(s, "\x81\x01x\x81\x01y", 6);
		wait_closed(s);
		CHECK_EQ(row[i].at_open ? 0 : 1, s->texts, row[i].why);
		int seen = raw_socket_read_end(&s->loop, s->fd);

		if (row[i].at_open == DO_RESET || row[i].at_text == DO_RESET)
			CHECK_EQ(row[i].seen_by_peer, seen, row[i].why);
		CHECK(!s->end.by_peer, row[i].why);
		s->closed = 0;
		close(s->fd);
	}
	s->fd = -1;
	s->closed = 1;
}

static void a_peer_that_does_not_read(void **state)
{
	static char block[60000];
	struct stage *s = *state;
	int err = 0;

	memset(block, 'x', sizeof(block));
	open_up(s);
	for (int i = 0; i < 1000 && !err && !s->closed; i++) {
		err = ws_send_text(s->ws, block, sizeof(block));
		CHECK(ws_waiting(s->ws) <= STREAM_OUT_MAX + 65536,
		      "what waits is bounded");
		if (i % 10 == 0)
			raw_socket_turn(&s->loop);
	}
	CHECK(err == -ENOBUFS || err == -EPIPE || s->closed, "60 MB refused");
	wait_closed(s);
	CHECK_EQ(-ENOBUFS, s->end.status, "too slow");
	CHECK(!s->end.by_peer, "we ended it");
	CHECK(strstr(s->end.why, "peer is too slow"), "in words");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_request_says_what_it_must),
		TEST(bytes_behind_the_101_are_not_lost),
		TEST(refusals_are_told),
		TEST(refusals_with_a_bad_body),
		TEST(what_nobody_offered_fails),
		TEST(a_silent_server_times_out),
		TEST(close_before_the_101),
		TEST(nobody_listens),
		cmocka_unit_test(unusable_targets),
		TEST(messages_leave_together),
		TEST(pings_and_pongs),
		TEST(fragments),
		TEST(a_close_frame_with_code_and_reason),
		TEST(our_close),
		TEST(our_close_is_not_answered),
		TEST(breaches_get_their_codes),
		TEST(a_reset_by_the_peer),
		TEST(a_fin_without_a_close_frame),
		TEST(ending_inside_callbacks),
		TEST(a_peer_that_does_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
