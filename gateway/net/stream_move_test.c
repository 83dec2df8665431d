/* A stream that goes to another loop, and one whose owner decides at the first
 * byte what it is. */
#include <signal.h>

#include "tools/testing/allocations.h"
#include "tools/testing/stream_rig.h"

static void on_left(void *owner)
{
	((struct end *)owner)->left = true;
}

/* Another loop goes on: what is written and read meanwhile is not lost. */
static void go_to_another_loop(struct stage *s, bool with_tls)
{
	uv_loop_t other = { .data = NULL };

	join(s, with_tls);
	CHECK_EQ(0, uv_loop_init(&other), "loop");
	unsigned fds = raw_socket_count();
	CHECK_EQ(0, buffer_append(stream_out(s->server.stream), "before", 6),
		 "not flushed");
	CHECK_EQ(0, stream_leave(s->server.stream, on_left), "it may");
	say(&s->client, "on its way", 10);
	WAIT_FOR(&s->loop, s->server.left, "nothing holds it here");
	raw_socket_turn_for(&s->loop, 20);
	CHECK_EQ(0, s->server.bytes, "nothing is read here");
	CHECK_EQ(fds, raw_socket_count(), "it has one descriptor, as before");
	stream_arrive(s->server.stream, &other);
	WAIT_FOR(&other, s->server.bytes == 10, "what came arrives there");
	WAIT_FOR(&s->loop, s->client.bytes == 6, "what waited has left");
	CHECK(strncmp(stream_peer(s->server.stream), "127.0.0.1:", 10) == 0,
	      "it is the same peer");
	stream_close(s->client.stream);
	WAIT_FOR(&s->loop, s->client.closed, "the end here");
	WAIT_FOR(&other, s->server.closed, "and there");
	raw_socket_close_loop(&other);
}

static void from_loop_to_loop(void **state)
{
	go_to_another_loop(*state, false);
}

static void from_loop_to_loop_with_tls(void **state)
{
	go_to_another_loop(*state, true);
}

/* A connection whose owner offers TLS, and whose peer is us. */
static int call_on(struct stage *s)
{
	s->accept_tls = contexts.server;
	int fd = raw_socket_connect(s->port, 0);
	WAIT_FOR(&s->loop, s->server.stream, "accepted");
	return fd;
}

static void hang_up(struct stage *s, int fd)
{
	close(fd);
	WAIT_FOR(&s->loop, s->server.closed, "the end");
}

static void silence_costs_no_tls(void **state)
{
	struct stage *s = *state;
	int fd = call_on(s);

	allocations_watch();
	size_t before = allocations_count();

	CHECK(stream_is_tls(s->server.stream), "it is offered");
	CHECK_EQ(-EBUSY, stream_leave(s->server.stream, on_left), "not open");
	raw_socket_turn_for(&s->loop, 20);
	CHECK_EQ(before, allocations_count(), "nothing is set up for nothing");
	CHECK_EQ(0, s->server.met, "the owner is not asked");
	hang_up(s, fd);
	CHECK_EQ(UV_ECONNRESET, s->server.status, "it went without a word");

	s->server.stream = NULL;
	fd = call_on(s);
	raw_socket_send(fd, "\x16", 1);
	WAIT_FOR(&s->loop, s->server.met, "a byte");
	raw_socket_turn_for(&s->loop, 20);
	CHECK(allocations_count() > before, "now it is");
	CHECK_EQ(1, s->server.met, "asked once");
	CHECK_EQ(0x16, s->server.first, "with what it was");
	hang_up(s, fd);
}

static void the_owner_decides_at_the_first_byte(void **state)
{
	struct stage *s = *state;

	s->server.at_first = STREAM_GO_AWAY;
	int fd = call_on(s);
	raw_socket_send(fd, "\x16", 1);
	WAIT_FOR(&s->loop, s->server.closed, "sent away");
	CHECK_EQ(0, s->server.opened, "before anything");
	close(fd);

	s->server.stream = NULL;
	s->server.at_first = STREAM_USE_PLAIN;
	s->server.at_open = DO_ECHO; /* says "open" */
	fd = call_on(s);
	raw_socket_send(fd, "\x16plain", 6);
	WAIT_FOR(&s->loop, s->server.bytes == 6, "every byte of it");
	CHECK_EQ(1, s->server.opened, "open");
	CHECK(!stream_is_tls(s->server.stream), "and plain");
	CHECK_STR("\x16plain", s->server.last, "as it was sent");
	char got[16];
	CHECK_EQ(4, raw_socket_read_until(&s->loop, fd, "open", got, 16),
		 "so is what it says");
	hang_up(s, fd);
}

static void who_may_not_leave(void **state)
{
	struct stage *s = *state;

	join(s, false);
	stream_pause(s->client.stream);
	for (int i = 0; i < 16 && !stream_waiting(s->server.stream); i++)
		say(&s->server, block, sizeof(block));
	CHECK(stream_waiting(s->server.stream), "more than the kernel takes");
	CHECK_EQ(-EBUSY, stream_leave(s->server.stream, on_left), "it writes");
	stream_close(s->server.stream);
	CHECK_EQ(-EBUSY, stream_leave(s->server.stream, on_left), "it ends");
	stream_close(s->client.stream);
	wait_both_closed(s);
	CHECK(!s->server.left, "nobody left");
}

int main(void)
{
/* Each once on a bare loop, once where writes leave together and handshakes are
 * made elsewhere. */
#define TEST(f)                                              \
	cmocka_unit_test_setup_teardown(f, setup, teardown), \
		cmocka_unit_test_setup_teardown(f, setup_together, teardown)
	const struct CMUnitTest tests[] = {
		TEST(from_loop_to_loop),
		TEST(from_loop_to_loop_with_tls),
		TEST(silence_costs_no_tls),
		TEST(the_owner_decides_at_the_first_byte),
		TEST(who_may_not_leave),
	};

	signal(SIGPIPE, SIG_IGN); /* as the programs do */
	return cmocka_run_group_tests(tests, make_contexts, free_contexts);
}
