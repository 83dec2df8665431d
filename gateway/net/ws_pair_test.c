/* Both of our own ends: ws_connect against http_server and http_upgrade, plain
 * and over TLS. */
#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/net/http_client.h"
#include "gateway/net/http_server.h"
#include "gateway/net/stream.h"
#include "gateway/net/ws.h"
#include "protocols/http.h"
#include "protocols/tls.h"
#include "protocols/websocket.h"
#include "tools/testing/allocations.h"
#include "tools/testing/raw_socket.h"
#include "tools/testing/tls_contexts.h"

#define MESSAGE_MAX (400u << 10)

struct end {
	struct ws *ws;
	bool echoes;
	unsigned opened, texts, closed;
	size_t last_len;
	bool is_whole; /* the last text was what was sent */
	struct ws_end end;
};

struct stage {
	uv_loop_t loop;
	struct http_server *server;
	bool with_tls;
	struct end here, there;
	unsigned fetched;
	unsigned refused, refused_status;
	char body[64];
};

static struct tls_contexts contexts;
static char block[MESSAGE_MAX];

static void on_open(void *owner)
{
	((struct end *)owner)->opened++;
}

static void on_text(void *owner, char *text, size_t len)
{
	struct end *e = owner;

	e->texts++;
	e->last_len = len;
	e->is_whole = memcmp(text, block, len) == 0;
	if (e->echoes)
		CHECK_EQ(0, ws_send_text(e->ws, text, len), "echo");
}

static void on_closed(void *owner, const struct ws_end *end)
{
	struct end *e = owner;

	e->end = *end;
	e->closed++;
}

static const struct ws_events events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_closed = on_closed,
};

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *request)
{
	char accept[WEBSOCKET_ACCEPT_LEN];
	struct stage *s = owner;

	CHECK_EQ(s->with_tls, http_is_tls(c), "as it was opened");
	if (strcmp(request->target, "/no") == 0)
		http_respond_text(c, 403, "not you");
	else if (websocket_check_request(request, accept))
		http_respond_text(c, 200, "hello");
	else
		s->there.ws = http_upgrade(c, accept, "X-Extra: 1\r\n",
					   MESSAGE_MAX, &events, &s->there);
}

static void on_refused(void *owner, const char *peer, unsigned status,
		       const char *why)
{
	struct stage *s = owner;

	CHECK(peer[0] && why[0], "who and why");
	s->refused_status = status;
	s->refused++;
}

static const struct http_server_events server_events = {
	.on_request = on_request,
	.on_refused = on_refused,
};

static int make(void **state)
{
	(void)state;
	tls_contexts_make(&contexts, "localhost");
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (char)('a' + i * 7919 % 26);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	tls_contexts_free(&contexts);
	return 0;
}

static struct stage *begin(bool with_tls)
{
	static struct stage s;

	memset(&s, 0, sizeof(s));
	s.with_tls = with_tls;
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	CHECK_EQ(0,
		 http_server_open(&s.server, &s.loop, "127.0.0.1", 0,
				  with_tls ? contexts.server : NULL, NULL,
				  &server_events, &s),
		 "a server");
	return &s;
}

static void end(struct stage *s)
{
	http_server_close(s->server, NULL);
	raw_socket_close_loop(&s->loop);
}

static void dial(struct stage *s, const char *path)
{
	char url[64];
	struct ws_target target = {
		.url = url,
		.tls = s->with_tls ? contexts.client : NULL,
		.timeout_ms = 2000,
		.message_max = MESSAGE_MAX,
	};

	snprintf(url, sizeof(url), "%s://localhost:%u%s",
		 s->with_tls ? "wss" : "ws", http_server_port(s->server), path);
	s->here.ws = ws_connect(&s->loop, &target, &events, &s->here);
	CHECK(s->here.ws, "a good target");
	WAIT_FOR(&s->loop, s->here.opened || s->here.closed, "an answer");
}

static void wait_both_closed(struct stage *s)
{
	WAIT_FOR(&s->loop, s->here.closed && s->there.closed, "both end");
	CHECK_EQ(1, s->here.closed, "each once");
	CHECK_EQ(1, s->there.closed, "each once");
}

/* Where it leaves from, with room to spare. */
static int write_text(struct ws *w, size_t len)
{
	char *text;
	int err = ws_text_begin(w, len + 200, &text);

	if (err)
		return err;
	memcpy(text, block, len);
	return ws_text_end(w, len);
}

static void messages_of_every_size(void **state)
{
	static const size_t sizes[] = {
		0, 1, 125, 126, 127, 65535, 65536, 70000, 300000, MESSAGE_MAX
	};

	(void)state;
	for (int tls = 0; tls <= 1; tls++) {
		struct stage *s = begin(tls);

		dial(s, "/ws");
		s->there.echoes = true;
		for (size_t i = 0; i < 2 * ARRAY_LEN(sizes); i++) {
			size_t len = sizes[i / 2];
			CHECK_EQ(0,
				 i % 2 ? write_text(s->here.ws, len)
				       : ws_send_text(s->here.ws, block, len),
				 "sent");
			ws_flush(s->here.ws);
			WAIT_FOR(&s->loop, s->here.texts == i + 1, "its echo");
			CHECK_EQ(len, s->here.last_len, "as long");
			CHECK(s->here.is_whole, "and the same");
		}
		ws_close(s->here.ws, 1000, "done");
		CHECK_EQ(-EPIPE, write_text(s->here.ws, 1), "too late");
		wait_both_closed(s);
		CHECK_EQ(1000, s->there.end.code, "the code");
		CHECK_STR("done", s->there.end.reason, "the reason");
		CHECK(s->there.end.by_peer && !s->here.end.by_peer, "who");
		CHECK_EQ(0, s->here.end.status + s->there.end.status, "clean");
		end(s);
	}
}

/* Both write at once, more than the kernel holds: nobody deadlocks. */
static void floods_in_both_directions(void **state)
{
	(void)state;
	for (int tls = 0; tls <= 1; tls++) {
		struct stage *s = begin(tls);

		dial(s, "/ws");
		for (int i = 0; i < 9; i++) {
			ws_send_text(s->here.ws, block, MESSAGE_MAX);
			ws_send_text(s->there.ws, block, MESSAGE_MAX);
		}
		ws_flush(s->here.ws);
		ws_flush(s->there.ws);
		WAIT_FOR(&s->loop, s->here.texts == 9 && s->there.texts == 9,
			 "3.6 MB each way");
		ws_close(s->there.ws, 1001, "");
		wait_both_closed(s);
		CHECK_EQ(1001, s->here.end.code, "a server may close, too");
		end(s);
	}
}

static void both_close_at_once(void **state)
{
	(void)state;
	for (int tls = 0; tls <= 1; tls++) {
		struct stage *s = begin(tls);
		uint64_t from;

		dial(s, "/ws");
		from = uv_hrtime();
		ws_close(s->here.ws, 1000, "");
		ws_close(s->there.ws, 1001, "");
		wait_both_closed(s);
		CHECK((uv_hrtime() - from) / 1000000 < 800, "no waiting");
		CHECK(!s->here.end.by_peer && !s->there.end.by_peer,
		      "each says it was itself");
		end(s);
	}
}

static void reset_and_abort(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct stage *s = begin(i % 2);

		dial(s, "/ws");
		if (i < 2)
			ws_reset(s->there.ws);
		else
			ws_abort(s->there.ws);
		wait_both_closed(s);
		CHECK_EQ(1006, s->here.end.code, "no close frame");
		CHECK(s->here.end.by_peer, "the network");
		CHECK(s->here.end.was_open, "it was open");
		if (i < 2)
			CHECK_EQ(UV_ECONNRESET, s->here.end.status, "RST");
		end(s);
	}
}

static void a_refusal_over_tls(void **state)
{
	struct stage *s = begin(true);

	(void)state;
	dial(s, "/no");
	CHECK_EQ(403, s->here.end.http_status, "the status");
	CHECK_STR("HTTP 403 Forbidden: not you", s->here.end.why, "the words");
	end(s);
}

static void a_plain_client_on_a_tls_port(void **state)
{
	struct stage *s = begin(true);
	int fd = raw_socket_connect(http_server_port(s->server), 0);

	(void)state;
	raw_socket_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	WAIT_FOR(&s->loop, s->refused, "the log hears of it");
	CHECK_EQ(400, s->refused_status, "it is told");
	raw_socket_read_end(&s->loop, fd);
	close(fd);
	end(s);
}

static void try(struct stage *s, struct end *e, struct tls_context *tls)
{
	char url[64];
	const struct ws_target target = { .url = url,
					  .tls = tls,
					  .timeout_ms = 2000,
					  .message_max = MESSAGE_MAX };

	snprintf(url, sizeof(url), "wss://localhost:%u/no",
		 http_server_port(s->server));
	memset(e, 0, sizeof(*e));
	e->ws = ws_connect(&s->loop, &target, &events, e);
	WAIT_FOR(&s->loop, e->closed, "not let in");
}

/* A reload: new connections get the new certificate, and no other connection
 * notices. */
static void another_certificate(void **state)
{
	struct stage *s = begin(true);
	struct tls_contexts renewed;
	struct end late;

	(void)state;
	dial(s, "/ws");
	s->there.echoes = true;
	tls_contexts_make(&renewed, "localhost");
	http_server_set_tls(s->server, renewed.server);
	tls_context_free(renewed.server); /* the server holds it */
	renewed.server = NULL;
	try(s, &late, contexts.client);
	CHECK_EQ(-EACCES, late.end.status, "the new one is not known to all");
	try(s, &late, renewed.client);
	CHECK_EQ(403, late.end.http_status, "who knows it is answered");
	ws_send_text(s->here.ws, block, 100);
	ws_flush(s->here.ws);
	WAIT_FOR(&s->loop, s->here.texts == 1, "and this one goes on");
	ws_close(s->here.ws, 1000, "");
	wait_both_closed(s);
	tls_contexts_free(&renewed);
	end(s);
}

static void on_done(void *owner, int status, const char *why,
		    struct http_message *answer)
{
	struct stage *s = owner;

	CHECK_EQ(0, status, why);
	snprintf(s->body, sizeof(s->body), "%s", answer->body);
	s->fetched++;
}

static void a_fetch_over_tls(void **state)
{
	struct stage *s = begin(true);
	char url[64];
	struct http_fetch_request r = { .method = "GET",
					.url = url,
					.tls = contexts.client,
					.timeout_ms = 2000,
					.body_max = 100 };

	(void)state;
	snprintf(url, sizeof(url), "https://localhost:%u/",
		 http_server_port(s->server));
	CHECK(http_fetch_start(&s->loop, &r, on_done, s), "started");
	WAIT_FOR(&s->loop, s->fetched, "answered");
	CHECK_STR("hello", s->body, "the body");
	end(s);
}

/* What the media path does: a message each way per turn. */
static void steady_messages_take_no_memory(void **state)
{
	(void)state;
	for (int tls = 0; tls <= 1; tls++) {
		struct stage *s = begin(tls);
		size_t before = 0;

		dial(s, "/ws");
		s->there.echoes = true;
		for (unsigned i = 0; i < 300; i++) {
			if (i == 100) {
				allocations_watch();
				before = allocations_count();
			}
			ws_send_text(s->here.ws, block, 900);
			ws_flush(s->here.ws);
			while (s->here.texts <= i)
				uv_run(&s->loop, UV_RUN_NOWAIT);
		}
		CHECK_EQ(before, allocations_count(), "200 there and back");
		ws_close(s->here.ws, 1000, "");
		wait_both_closed(s);
		end(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_of_every_size),
		cmocka_unit_test(floods_in_both_directions),
		cmocka_unit_test(both_close_at_once),
		cmocka_unit_test(reset_and_abort),
		cmocka_unit_test(a_refusal_over_tls),
		cmocka_unit_test(a_plain_client_on_a_tls_port),
		cmocka_unit_test(another_certificate),
		cmocka_unit_test(a_fetch_over_tls),
		cmocka_unit_test(steady_messages_take_no_memory),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
