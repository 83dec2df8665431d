#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "gateway/net/gate.h"
#include "protocols/ip_address.h"

#define THREADS 4
#define ROUNDS  20000

static int enter(struct gate *g, const char *address, int *place)
{
	struct ip_address a;

	CHECK_EQ(0, ip_address_parse(&a, address, strlen(address)), address);
	return gate_enter(g, &a, false, place);
}

static struct gate *open_gate(unsigned connections, unsigned per_address)
{
	const struct gate_limits limits = { connections, per_address };
	struct gate *g;

	CHECK_EQ(0, gate_open(&g, &limits), "opens");
	return g;
}

static void in_all(void **state)
{
	struct gate *g = open_gate(2, 0);
	int first, second, third;

	(void)state;
	CHECK_EQ(0, enter(g, "192.0.2.1", &first), "one");
	CHECK_EQ(0, enter(g, "192.0.2.1", &second), "two of the same");
	CHECK_EQ(-ENOSPC, enter(g, "192.0.2.2", &third), "not three");
	gate_leave(g, first);
	CHECK_EQ(0, enter(g, "192.0.2.2", &third), "one has left");
	gate_leave(g, second);
	gate_leave(g, third);
	gate_free(g);
}

static void of_one_address(void **state)
{
	struct gate *g = open_gate(10, 2);
	struct ip_address a;
	int place[5];

	(void)state;
	CHECK_EQ(0, enter(g, "192.0.2.1:1", &place[0]), "one");
	CHECK_EQ(0, enter(g, "192.0.2.1:2", &place[1]), "two");
	CHECK_EQ(-EDQUOT, enter(g, "192.0.2.1:3", &place[2]), "not three");
	CHECK_EQ(0, enter(g, "192.0.2.2", &place[2]), "another may");
	CHECK_EQ(0, ip_address_parse(&a, "192.0.2.1", 9), "parses");
	CHECK_EQ(0, gate_enter(g, &a, true, &place[3]), "one who is exempt");
	CHECK_EQ(GATE_UNCOUNTED, place[3], "has no place");
	gate_leave(g, place[0]);
	CHECK_EQ(0, enter(g, "192.0.2.1", &place[0]), "one has left");
	for (int i = 0; i < 4; i++)
		gate_leave(g, place[i]);
	gate_free(g);
}

static void of_one_network(void **state)
{
	struct gate *g = open_gate(10, 1);
	int here, there;

	(void)state;
	CHECK_EQ(0, enter(g, "2001:db8:0:1::1", &here), "one");
	CHECK_EQ(-EDQUOT, enter(g, "2001:db8:0:1:ffff::2", &there),
		 "the same network");
	CHECK_EQ(0, enter(g, "2001:db8:0:2::1", &there), "the next one");
	gate_leave(g, here);
	gate_leave(g, there);
	gate_free(g);
}

/* Every place taken by another address, in any order, again and again. */
static void many_addresses(void **state)
{
	enum { N = 300 };
	struct gate *g = open_gate(N, 1);
	int place[N], extra;
	char text[32];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < N; i++) {
			snprintf(text, sizeof(text), "10.%d.%d.%d", round,
				 i / 256, i % 256);
			CHECK_EQ(0, enter(g, text, &place[i]), text);
		}
		CHECK_EQ(-ENOSPC, enter(g, "192.0.2.1", &extra), "full");
		for (int i = 0; i < N; i++)
			gate_leave(g, place[i * 7 % N]); /* 7 and N: coprime */
	}
	CHECK_EQ(0, enter(g, "10.0.0.1", &place[0]), "all are forgotten");
	CHECK_EQ(-EDQUOT, enter(g, "10.0.0.1", &extra), "and counted anew");
	gate_leave(g, place[0]);
	gate_free(g);
}

static struct gate *shared;

static void come_and_go(void *unused)
{
	int place;

	(void)unused;
	for (int i = 0; i < ROUNDS; i++)
		if (enter(shared, i % 2 ? "192.0.2.1" : "192.0.2.2", &place) ==
		    0)
			gate_leave(shared, place);
}

static void from_several_threads(void **state)
{
	uv_thread_t thread[THREADS];
	int place[4], fifth;

	(void)state;
	shared = open_gate(4, 2);
	for (int i = 0; i < THREADS; i++)
		CHECK_EQ(0, uv_thread_create(&thread[i], come_and_go, NULL),
			 "thread");
	for (int i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(0,
			 enter(shared, i % 2 ? "192.0.2.1" : "192.0.2.2",
			       &place[i]),
			 "nothing was lost");
	CHECK_EQ(-ENOSPC, enter(shared, "192.0.2.3", &fifth), "nor gained");
	for (int i = 0; i < 4; i++)
		gate_leave(shared, place[i]);
	gate_free(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_all),
		cmocka_unit_test(of_one_address),
		cmocka_unit_test(of_one_network),
		cmocka_unit_test(many_addresses),
		cmocka_unit_test(from_several_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
