#include "gateway/inbox.h"

#include <errno.h>
#include <string.h>

#include "tools/testing/check.h"
#include "tools/testing/raw_socket.h"

#define SENDERS 4
#define ROUNDS  5000

static uv_loop_t loop;
static struct inbox inbox;
static unsigned wakes;
static unsigned taken;
static unsigned last[SENDERS]; /* number taken of each, in order */
static bool drains;

static void on_wake(void *owner)
{
	struct inbox_item item;

	CHECK(owner == &loop, "its owner");
	wakes++;
	while (drains && inbox_take(&inbox, &item)) {
		unsigned sender = (unsigned)item.fd / ROUNDS;
		CHECK_EQ(last[sender] + 1, item.fd % ROUNDS + 1, "in order");
		last[sender]++;
		taken++;
		inbox_done(&inbox);
	}
}

static int setup(void **state)
{
	(void)state;
	wakes = taken = 0;
	memset(last, 0, sizeof(last));
	drains = false;
	CHECK_EQ(0, uv_loop_init(&loop), "loop");
	return inbox_open(&inbox, &loop, on_wake, &loop);
}

static int teardown(void **state)
{
	(void)state;
	drains = true;
	on_wake(&loop);
	CHECK(inbox_shut(&inbox), "empty");
	inbox_wake(&inbox); /* of no consequence */
	inbox_close(&inbox, NULL);
	raw_socket_close_loop(&loop);
	inbox_free(&inbox);
	return 0;
}

static int put_connection(int number)
{
	const struct inbox_item item = { .fd = number };

	return inbox_put(&inbox, &item);
}

static void it_is_bounded(void **state)
{
	const struct inbox_item socket = {
		.fd = -1,
		.socket = (struct audiocodes_socket *)&loop, /* any pointer */
	};
	struct inbox_item out;

	(void)state;
	for (int i = 0; i < INBOX_CONNECTIONS_MAX; i++)
		CHECK_EQ(0, put_connection(i), "room");
	CHECK_EQ(-ENOBUFS, put_connection(0), "no more connections");
	for (int i = INBOX_CONNECTIONS_MAX; i < INBOX_MAX; i++)
		CHECK_EQ(0, inbox_put(&inbox, &socket),
			 "sockets have the rest");
	CHECK_EQ(-ENOBUFS, inbox_put(&inbox, &socket), "full");
	CHECK_EQ(INBOX_MAX, inbox_pending(&inbox), "all are pending");
	CHECK(!inbox_shut(&inbox), "nor can it be shut");
	for (int i = 0; i < INBOX_CONNECTIONS_MAX; i++) {
		CHECK(inbox_take(&inbox, &out), "the oldest first");
		CHECK_EQ(i, out.fd, "in order");
	}
	CHECK_EQ(0, inbox_put(&inbox, &socket), "room again");
	while (inbox_take(&inbox, &out))
		CHECK(out.socket == socket.socket, "the sockets");
	CHECK_EQ(INBOX_MAX + 1, inbox_pending(&inbox), "pending until done");
}

static void it_wakes_once_for_many(void **state)
{
	(void)state;
	drains = true;
	for (int i = 0; i < 3; i++)
		put_connection(i);
	inbox_wake(&inbox);
	WAIT_FOR(&loop, taken == 3, "all are taken");
	raw_socket_turn_for(&loop, 10);
	CHECK_EQ(1, wakes, "in one wake-up");
	CHECK_EQ(0, inbox_pending(&inbox), "and done");
}

static void shut_it_takes_nothing(void **state)
{
	(void)state;
	CHECK(inbox_shut(&inbox), "empty");
	CHECK_EQ(-ESHUTDOWN, put_connection(0), "the sender keeps it");
}

static void send_all(void *number)
{
	int from = (int)(intptr_t)number * ROUNDS;

	for (int i = 0; i < ROUNDS; i++)
		while (put_connection(from + i) == -ENOBUFS)
			uv_sleep(0);
}

static void many_senders(void **state)
{
	uv_thread_t thread[SENDERS];

	(void)state;
	drains = true;
	for (intptr_t i = 0; i < SENDERS; i++)
		CHECK_EQ(0, uv_thread_create(&thread[i], send_all, (void *)i),
			 "thread");
	WAIT_FOR(&loop, taken == SENDERS * ROUNDS, "nothing is lost");
	for (int i = 0; i < SENDERS; i++)
		uv_thread_join(&thread[i]);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(it_is_bounded),
		TEST(it_wakes_once_for_many),
		TEST(shut_it_takes_nothing),
		TEST(many_senders),
	};
	return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
}
