#include "gateway/admin_events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/live_events.h"
#include "gateway/net/http_server.h"
#include "tools/testing/check.h"
#include "tools/testing/raw_socket.h"

#define ASK "GET /api/events HTTP/1.1\r\nHost: tandem\r\n\r\n"

static uv_loop_t loop;
static struct log quiet;
static struct live_events events;
static struct admin_events admin;
static struct http_server *server;
static bool is_open;
static char text[65536];

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *m)
{
	(void)m;
	admin_events_take(owner, c);
}

static const struct http_server_events server_events = {
	.on_request = on_request,
};

static int setup(void **state)
{
	(void)state;
	log_open(&quiet, -1, LOG_ERROR);
	CHECK_EQ(0, uv_loop_init(&loop), "loop");
	CHECK_EQ(0, live_events_init(&events), "events");
	CHECK_EQ(0, admin_events_open(&admin, &loop, &events, &quiet), "open");
	CHECK_EQ(0,
		 http_server_open(&server, &loop, "127.0.0.1", 0, NULL, NULL,
				  &server_events, &admin),
		 "server");
	is_open = true;
	return 0;
}

static void close_all(void)
{
	if (!is_open)
		return;
	is_open = false;
	http_server_close(server, NULL);
	admin_events_close(&admin);
}

static int teardown(void **state)
{
	(void)state;
	close_all();
	raw_socket_close_loop(&loop);
	CHECK_EQ(0, admin.count, "nobody is left");
	live_events_free(&events);
	return 0;
}

static int ask(int receive_bytes)
{
	int fd = raw_socket_connect(http_server_port(server), receive_bytes);

	raw_socket_say(fd, ASK);
	return fd;
}

static int watch(void)
{
	int fd = ask(0);

	raw_socket_read_until(&loop, fd, "from now on\n\n", text, sizeof(text));
	return fd;
}

static void test_told(void **state)
{
	(void)state;
	live_events_tell(&events, "form.saved", "{\"before\":true}");
	raw_socket_turn_for(&loop, 10);
	int one = watch();
	CHECK_STR("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
		  "Connection: close\r\nCache-Control: no-store\r\n\r\n"
		  "retry: 2000\n: what happens from now on\n\n",
		  text, "how it begins");
	int other = watch();
	CHECK_EQ(2, admin.count, "two watch");
	live_events_tell(&events, "form.saved", "{\"a\":1}");
	live_events_tell(&events, "form.updated", "{\"a\":2}");
	for (int i = 0; i < 2; i++) {
		raw_socket_read_until(&loop, i ? one : other, "2}\n\n", text,
				      sizeof(text));
		CHECK_STR("id: 2\nevent: form.saved\ndata: {\"a\":1}\n\n"
			  "id: 3\nevent: form.updated\ndata: {\"a\":2}\n\n",
			  text, "what is told");
	}
	raw_socket_say(one, "GET / HTTP/1.1\r\n\r\n"); /* not listened to */
	close(other);
	WAIT_FOR(&loop, admin.count == 1, "one has left");
	live_events_tell(&events, "form.saved", "{\"last\":1}");
	close_all();
	raw_socket_read_until(&loop, one, NULL, text, sizeof(text));
	CHECK_STR("id: 4\nevent: form.saved\ndata: {\"last\":1}\n\n", text,
		  "what was told before the end");
	close(one);
}

static void test_lost(void **state)
{
	char id[64];

	(void)state;
	int fd = watch();
	for (unsigned i = 0; i < LIVE_EVENTS_MAX + 2; i++)
		live_events_tell(&events, "form.saved", "{}");
	raw_socket_read_until(&loop, fd, "{\"count\":2}\n\n", text,
			      sizeof(text));
	snprintf(id, sizeof(id),
		 "id: %d\nevent: form.saved\ndata: {}\n\nevent: lost",
		 LIVE_EVENTS_MAX);
	CHECK(strstr(text, id), "behind those that were not");
	live_events_tell(&events, "form.saved", "{}");
	raw_socket_read_until(&loop, fd, "{}\n\n", text, sizeof(text));
	snprintf(id, sizeof(id), "id: %d\n", LIVE_EVENTS_MAX + 3);
	CHECK_EQ(0, strncmp(id, text, strlen(id)), "the gap");
	close(fd);
}

static void test_too_many(void **state)
{
	int fd[ADMIN_EVENTS_MAX];

	(void)state;
	for (int i = 0; i < ADMIN_EVENTS_MAX; i++)
		fd[i] = watch();
	int more = ask(0);
	raw_socket_read_until(&loop, more, "too many watch", text,
			      sizeof(text));
	CHECK_EQ(0, strncmp(text, "HTTP/1.1 503 ", 13), "refused");
	CHECK(strstr(text, "\r\nRetry-After: 15\r\n"), "until when");
	close(fd[0]);
	WAIT_FOR(&loop, admin.count == ADMIN_EVENTS_MAX - 1, "one leaves");
	fd[0] = watch();
	close(more);
	for (int i = 0; i < ADMIN_EVENTS_MAX; i++)
		close(fd[i]);
}

/* One that does not read is cut off; the other is told everything. */
static void test_slow(void **state)
{
	static char json[32768];
	unsigned told = 0;

	(void)state;
	memset(json, '1', sizeof(json) - 1);
	int slow = ask(4096), good = watch();
	WAIT_FOR(&loop, admin.count == 2, "both watch");
	while (admin.count == 2 && told < 1000) {
		live_events_tell(&events, "form.saved", json);
		raw_socket_read_until(&loop, good, "1\n\n", text, sizeof(text));
		told++;
	}
	CHECK_EQ(1, admin.count, "cut off");
	CHECK(told * sizeof(json) > ADMIN_EVENTS_WAITING, "but not at once");
	CHECK_EQ(0, live_events_lost(&events), "nothing is lost for others");
	live_events_tell(&events, "form.saved", "{\"then\":1}");
	raw_socket_read_until(&loop, good, "{\"then\":1}\n\n", text,
			      sizeof(text));
	close(slow);
	close(good);
}

static void test_dismissed(void **state)
{
	(void)state;
	int fd = watch();
	admin_events_dismiss(&admin);
	live_events_tell(&events, "form.saved", "{}");
	raw_socket_read_until(&loop, fd, NULL, text, sizeof(text));
	CHECK_STR("", text, "told nothing more");
	close(fd);
	WAIT_FOR(&loop, admin.count == 0, "gone");
	fd = watch();
	live_events_tell(&events, "form.saved", "{\"new\":1}");
	raw_socket_read_until(&loop, fd, "{\"new\":1}\n\n", text, sizeof(text));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dismissed, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
