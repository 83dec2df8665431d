/* Bytes from one end of a stream to the other, and how it ends. */
#include <signal.h>
#include <stdlib.h>

#include "tools/testing/allocations.h"
#include "tools/testing/stream_rig.h"

/* --- Bytes --- */

static void what_is_sent_arrives(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		unsigned sum = 0;
		size_t at = 0;

		s->server.at_bytes = DO_ECHO;
		join(s, tls);
		CHECK_EQ(tls, stream_is_tls(s->client.stream), "as asked");
		CHECK_EQ(tls, s->server.opened, "on_open for accepted TLS");
		/* Chunks of 1, 2, 4 … bytes, then what is left. */
		for (size_t n = 1; at < sizeof(block); n *= 2) {
			if (n > sizeof(block) - at)
				n = sizeof(block) - at;
			say(&s->client, block + at, n);
			at += n;
		}
		sum = checksum(0, block, sizeof(block));
		WAIT_FOR(&s->loop, s->client.bytes == sizeof(block), "all");
		CHECK_EQ(sum, s->server.sum, "there");
		CHECK_EQ(sum, s->client.sum, "and back");
		CHECK_EQ(0, stream_waiting(s->client.stream), "nothing waits");
		stream_finish(s->client.stream, 500);
		wait_both_closed(s);
		CHECK_EQ(0, s->client.status, "in order");
		CHECK_EQ(0, s->server.status, "for both");
		CHECK_STR("closed", s->client.why, "we did");
		CHECK_STR("peer closed the connection", s->server.why,
			  "the peer did");
	}
}

static void bytes_wait_until_open(void **state)
{
	struct stage *s = *state;

	s->accept_tls = contexts.server;
	dial(s, "localhost", s->port, contexts.client);
	say(&s->client, "early", 5);
	CHECK_EQ(5, stream_waiting(s->client.stream), "before the handshake");
	WAIT_FOR(&s->loop, s->server.bytes, "they leave by themselves");
	CHECK_STR("early", s->server.last, "as they were");
}

static void peers_have_names(void **state)
{
	struct stage *s = *state;
	char server[64];

	dial(s, "127.0.0.1", s->port, NULL);
	CHECK_STR("unknown", stream_peer(s->client.stream), "not yet");
	WAIT_FOR(&s->loop, s->client.opened && s->server.stream, "joined");
	snprintf(server, sizeof(server), "127.0.0.1:%u", s->port);
	CHECK_STR(server, stream_peer(s->client.stream), "the listener");
	CHECK(strncmp(stream_peer(s->server.stream), "127.0.0.1:", 10) == 0,
	      "the client");
	CHECK(stream_peer_is_loopback(s->server.stream), "from here");
}

static void pause_and_resume(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		join(s, tls);
		stream_pause(s->server.stream);
		say(&s->client, "x", 1);
		raw_socket_turn_for(&s->loop, 30);
		CHECK_EQ(0, s->server.bytes, "paused");
		stream_resume(s->server.stream);
		WAIT_FOR(&s->loop, s->server.bytes, "resumed");
		stream_close(s->client.stream);
		wait_both_closed(s);
	}
}

static void a_new_owner(void **state)
{
	struct stage *s = *state;
	struct end heir = { 0 };

	join(s, false);
	heir.stream = s->server.stream;
	stream_rebind(s->server.stream, &events, &heir);
	say(&s->client, "x", 1);
	WAIT_FOR(&s->loop, heir.bytes, "bytes go to the heir");
	stream_close(s->client.stream);
	WAIT_FOR(&s->loop, heir.closed, "and the end");
	CHECK_EQ(0, s->server.bytes + s->server.closed, "not to the first");
	s->server.stream = NULL;
}

static void exchange(struct stage *s, unsigned messages)
{
	for (unsigned i = 0; i < messages; i++) {
		say(&s->client, block, 800);
		for (int turn = 0; turn < 3; turn++)
			uv_run(&s->loop, UV_RUN_NOWAIT);
	}
}

static void a_steady_stream_takes_no_memory(void **state)
{
	struct stage *s = *state;
	size_t before;

	for (int tls = 0; tls <= 1; tls++) {
		join(s, tls);
		s->server.at_bytes = DO_ECHO;
		exchange(s, 100); /* what it needs, it has now */
		allocations_watch();
		before = allocations_count();
		exchange(s, 200);
		CHECK_EQ(before, allocations_count(), "200 messages there");
		WAIT_FOR(&s->loop, s->client.bytes == 300 * 800, "and back");
		stream_close(s->client.stream);
		wait_both_closed(s);
	}
}

/* --- Ends --- */

static void finish_delivers_what_waits(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		join(s, tls);
		stream_pause(s->server.stream);
		for (int i = 0; i < 3; i++) /* more than the kernel takes */
			say(&s->client, block, sizeof(block));
		stream_finish(s->client.stream, 3000);
		raw_socket_turn_for(&s->loop, 20);
		stream_resume(s->server.stream);
		wait_both_closed(s);
		CHECK_EQ(3 * sizeof(block), s->server.bytes, "every byte");
		CHECK_EQ(0, s->server.status, "then an orderly end");
	}
}

static void finish_does_not_wait_for_ever(void **state)
{
	struct stage *s = *state;
	uint64_t from = uv_hrtime();
	unsigned port;
	int listening = raw_socket_listen(&port);
	int fd = join_by_hand(s, listening, port);

	stream_finish(s->client.stream, 150);
	WAIT_FOR(&s->loop, s->client.closed, "the peer never closes");
	CHECK_NEAR(150, (double)(uv_hrtime() - from) / 1e6, 100, "in time");
	close(fd);
	close(listening);
}

static void a_half_closed_peer_gets_the_rest(void **state)
{
	struct stage *s = *state;
	static char got[2 * sizeof(block)];
	unsigned port;
	int listening = raw_socket_listen(&port);
	int fd = join_by_hand(s, listening, port);
	size_t n;

	say(&s->client, block, sizeof(block));
	shutdown(fd, SHUT_WR);
	raw_socket_turn_for(&s->loop, 20);
	n = raw_socket_read_until(&s->loop, fd, NULL, got, sizeof(got));
	CHECK_EQ(sizeof(block), n, "what was on its way arrives");
	CHECK(memcmp(got, block, n) == 0, "unchanged");
	WAIT_FOR(&s->loop, s->client.closed, "then it ends");
	CHECK_EQ(0, s->client.status, "in order");
	close(fd);
	close(listening);
}

static void a_reset_is_an_error(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		join(s, tls);
		stream_reset(s->server.stream);
		wait_both_closed(s);
		CHECK_EQ(0, s->server.status, "our own end");
		CHECK_EQ(UV_ECONNRESET, s->client.status, "the peer's RST");
		CHECK_STR("connection reset by peer", s->client.why, "words");
	}
}

static void tls_without_goodbye_is_an_error(void **state)
{
	struct stage *s = *state;

	join(s, true);
	stream_close(s->server.stream); /* FIN, no close_notify */
	wait_both_closed(s);
	CHECK_EQ(UV_ECONNRESET, s->client.status, "it may be cut short");
	CHECK_STR("peer closed without a TLS end", s->client.why, "in words");
}

static void ends_inside_callbacks(void **state)
{
	static const struct {
		enum deed at_open, at_bytes;
		const char *why;
	} row[] = {
		{ DO_CLOSE, DO_NOTHING, "close in on_open" },
		{ DO_RESET, DO_NOTHING, "reset in on_open" },
		{ DO_FINISH, DO_NOTHING, "finish in on_open" },
		{ DO_NOTHING, DO_CLOSE, "close in on_bytes" },
		{ DO_NOTHING, DO_RESET, "reset in on_bytes" },
		{ DO_NOTHING, DO_FINISH, "finish in on_bytes" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < 2 * ARRAY_LEN(row); i++) {
		size_t at = i / 2;

		s->client.at_open = row[at].at_open;
		s->client.at_bytes = row[at].at_bytes;
		join(s, i % 2);
		if (row[at].at_bytes) {
			say(&s->server, "x", 1);
			WAIT_FOR(&s->loop, s->client.bytes, row[at].why);
		}
		wait_both_closed(s);
		CHECK_EQ(1, s->client.closed, row[at].why);
		CHECK_EQ(0, s->client.status, row[at].why);
		if (row[at].at_open == DO_FINISH ||
		    row[at].at_bytes == DO_FINISH)
			CHECK_STR("bye", s->server.last, row[at].why);
	}
}

static void close_while_connecting(void **state)
{
	struct stage *s = *state;

	for (int turns = 0; turns < 6; turns++) {
		dial(s, "localhost", s->port, NULL);
		for (int i = 0; i < turns; i++)
			raw_socket_turn(&s->loop);
		stream_close(s->client.stream);
		WAIT_FOR(&s->loop, s->client.closed, "at any moment");
		CHECK_EQ(0, s->client.status, "our own end");
		CHECK_EQ(1, s->client.closed, "once");
		WAIT_FOR(&s->loop, !s->server.stream || s->server.closed,
			 "the other side, too");
	}
}

static void a_slow_reader_is_bounded(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		size_t most = 0;

		join(s, tls);
		stream_pause(s->server.stream);
		for (int i = 0; i < 400 && !s->client.closed; i++) {
			size_t waiting;

			buffer_append(stream_out(s->client.stream), block,
				      100000);
			stream_flush(s->client.stream);
			waiting = stream_waiting(s->client.stream);
			most = waiting > most ? waiting : most;
			raw_socket_turn(&s->loop);
		}
		CHECK(s->client.closed, "40 MB are refused");
		CHECK_EQ(-ENOBUFS, s->client.status, "as too slow");
		CHECK(strstr(s->client.why, "peer is too slow") ==
			      s->client.why,
		      "in words");
		CHECK(most > STREAM_OUT_MAX / 2, "not before the bound");
		CHECK(most < STREAM_OUT_MAX + 2 * 100000, "nor much behind it");
		stream_resume(s->server.stream);
		wait_both_closed(s);
	}
}

/* --- Many --- */

static void many_connections_leave_nothing(void **state)
{
	struct stage *s = *state;

	for (int i = 0; i < 200; i++) {
		s->client.at_open = (enum deed)(i % 5);
		join(s, i % 20 == 0);
		if (!s->client.closed && i % 3)
			say(&s->client, "x", 1);
		if (!s->client.closed && i % 2)
			stream_close(s->client.stream);
		if (!s->server.closed)
			stream_close(s->server.stream);
		wait_both_closed(s);
	}
	CHECK_EQ(s->fds, raw_socket_count(), "no descriptor stays");
	CHECK_EQ(1, s->client.closed, "each told once");
}

int main(void)
{
/* Each once on a bare loop, once where writes leave together and handshakes are
 * made elsewhere. */
#define TEST(f)                                              \
	cmocka_unit_test_setup_teardown(f, setup, teardown), \
		cmocka_unit_test_setup_teardown(f, setup_together, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_sent_arrives),
		TEST(bytes_wait_until_open),
		TEST(peers_have_names),
		TEST(pause_and_resume),
		TEST(a_new_owner),
		TEST(a_steady_stream_takes_no_memory),
		TEST(finish_delivers_what_waits),
		TEST(finish_does_not_wait_for_ever),
		TEST(a_half_closed_peer_gets_the_rest),
		TEST(a_reset_is_an_error),
		TEST(tls_without_goodbye_is_an_error),
		TEST(ends_inside_callbacks),
		TEST(close_while_connecting),
		TEST(a_slow_reader_is_bounded),
		TEST(many_connections_leave_nothing),
	};

	signal(SIGPIPE, SIG_IGN); /* as the programs do */
	return cmocka_run_group_tests(tests, make_contexts, free_contexts);
}
