#include "tools/testing/check.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/listen_socket.h"
#include "gateway/net/net_loop.h"
#include "gateway/net/stream.h"
#include "protocols/buffer.h"
#include "tools/testing/raw_socket.h"

/* One stream whose other end is a bare socket, on a loop with everything. */
struct stage {
	uv_loop_t loop;
	struct net_loop net;
	struct stream *stream;
	unsigned opened, closed, flushed;
	int fd;
};

static void on_open(void *owner)
{
	((struct stage *)owner)->opened++;
}

static void on_closed(void *owner, int status, const char *why)
{
	(void)status;
	(void)why;
	((struct stage *)owner)->closed++;
}

static void on_flushed(void *owner)
{
	((struct stage *)owner)->flushed++;
}

static const struct stream_events events = { .on_open = on_open,
					     .on_closed = on_closed };

static int setup(void **state)
{
	static struct stage s;
	int listening;

	memset(&s, 0, sizeof(s));
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	CHECK(!net_loop_of(&s.loop), "nothing is attached");
	CHECK_EQ(0, net_loop_open(&s.net, &s.loop), "net loop");
	CHECK(net_loop_of(&s.loop) == &s.net, "attached");
	s.net.on_flushed = on_flushed;
	s.net.owner = &s;
	listening = listen_socket_open(&s.loop, "127.0.0.1", 0, 4);
	CHECK(listening >= 0, "a listener");
	s.stream = stream_connect(&s.loop, "127.0.0.1",
				  listen_socket_port(listening), NULL, 1000,
				  &events, &s);
	s.fd = raw_socket_accept(&s.loop, listening);
	WAIT_FOR(&s.loop, s.opened, "open");
	close(listening);
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	stream_close(s->stream);
	WAIT_FOR(&s->loop, s->closed, "gone");
	net_loop_close(&s->net);
	CHECK(!net_loop_of(&s->loop), "detached");
	raw_socket_close_loop(&s->loop);
	close(s->fd);
	return 0;
}

static void say(struct stage *s, const char *text)
{
	buffer_append(stream_out(s->stream), text, strlen(text));
	stream_flush(s->stream);
}

static ssize_t hear(const struct stage *s, char *out, size_t cap)
{
	ssize_t n = recv(s->fd, out, cap - 1, MSG_DONTWAIT);

	out[n > 0 ? n : 0] = '\0';
	return n;
}

static void writes_leave_together(void **state)
{
	struct stage *s = *state;
	char heard[64];

	say(s, "one ");
	say(s, "two ");
	say(s, "three");
	CHECK_EQ(-1, hear(s, heard, sizeof(heard)), "not before the turn ends");
	CHECK_EQ(0, s->flushed, "nobody was told");
	uv_run(&s->loop, UV_RUN_NOWAIT);
	hear(s, heard, sizeof(heard));
	CHECK_STR("one two three", heard, "all of it");
	CHECK_EQ(1, s->flushed, "by one flush");
	uv_run(&s->loop, UV_RUN_NOWAIT);
	CHECK_EQ(1, s->flushed, "and no other");
}

static void a_burst_does_not_wait(void **state)
{
	static char burst[(64u << 10) + 1];
	struct stage *s = *state;
	char heard[64];

	memset(burst, 'b', sizeof(burst));
	buffer_append(stream_out(s->stream), burst, sizeof(burst));
	stream_flush(s->stream);
	CHECK(hear(s, heard, sizeof(heard)) > 0, "it has left");
}

static void the_end_takes_along_what_waits(void **state)
{
	struct stage *s = *state;
	char heard[64];

	say(s, "bye");
	stream_finish(s->stream, 100);
	CHECK_EQ(3, hear(s, heard, sizeof(heard)), "said before the end");
	CHECK_STR("bye", heard, "whole");
}

static void who_is_gone_is_not_flushed(void **state)
{
	struct stage *s = *state;

	say(s, "x");
	stream_close(s->stream);
	CHECK(!s->net.unflushed, "it is off the list");
}

static void turn_with_reads(struct stage *s, unsigned reads)
{
	for (unsigned i = 0; i < reads; i++)
		net_loop_has_read(&s->loop);
	uv_sleep(NET_LOOP_WINDOW_MS + 1);
	uv_run(&s->loop, UV_RUN_NOWAIT);
}

static void rests_under_load_only(void **state)
{
	struct stage *s = *state;

	turn_with_reads(s, NET_LOOP_BUSY - 1);
	CHECK(!s->net.is_busy, "few reads");
	turn_with_reads(s, NET_LOOP_BUSY);
	CHECK(s->net.is_busy, "many reads");
	turn_with_reads(s, 0);
	CHECK(!s->net.is_busy, "and quiet again");
}

/* On the grid, whatever the time is. */
static void a_rest_ends_on_the_grid(void **state)
{
	struct stage *s = *state;
	uint64_t tick_ns = NET_LOOP_TICK_US * 1000ull;

	raw_socket_turn_for(&s->loop, 5); /* what dialling left is closed */
	for (int i = 0; i < 20; i++) {
		uint64_t before = uv_hrtime(), after;
		s->net.is_busy = true;
		s->net.window_ns = before;
		uv_run(&s->loop, UV_RUN_NOWAIT);
		after = uv_hrtime();
		CHECK(after / tick_ns > before / tick_ns,
		      "the next line was reached");
	}
	CHECK(s->net.rests >= 20, "each time");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(writes_leave_together),
		TEST(a_burst_does_not_wait),
		TEST(the_end_takes_along_what_waits),
		TEST(who_is_gone_is_not_flushed),
		TEST(rests_under_load_only),
		TEST(a_rest_ends_on_the_grid),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("net_loop", tests, NULL, NULL);
}
