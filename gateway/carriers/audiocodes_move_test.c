/* A socket whose conversation another host has: it goes there. */
#include <errno.h>

#include "tools/testing/audiocodes_fakes.h"

#define REFUSED(why) "> {\"type\":\"session.error\",\"reason\":\"" why "\"}\n"

static const char *passed_on; /* the conversation another host has */
static struct audiocodes_socket *left;

static bool on_pass_on(void *owner, struct audiocodes_socket *s,
		       const char *conversation)
{
	(void)owner;
	if (!passed_on || strcmp(passed_on, conversation) != 0)
		return false;
	int err = audiocodes_socket_leave(s);
	if (err)
		audiocodes_socket_refuse(
			s, err == -ELOOP ? "in circles" : "it cannot",
			fake.now_ns);
	return true;
}

static void on_left_host(void *owner, struct audiocodes_socket *s)
{
	(void)owner;
	left = s;
}

static void with_another_host(const char *conversation)
{
	passed_on = conversation;
	left = NULL;
	fake.host.pass_on = on_pass_on;
	fake.host.on_left = on_left_host;
	dial();
}

/* The loop lets go of it. */
static void lets_go(void)
{
	fake.on_left(fake.socket[0]);
	CHECK(left == fake.socket[0], "handed over");
	CHECK_EQ(0, fake.host.count, "not in the list any more");
}

static void test_moves_with_what_it_read(void **state)
{
	(void)state;
	with_another_host("c1");
	says(0, INITIATE("c1"));
	heard("ws leaves\n", "the other one has this conversation");
	says(0, "{\"type\":\"userStream.start\",\"conversationId\":\"c1\"}");
	audiocodes_socket_close_all(&fake.host);
	audiocodes_socket_abort_all(&fake.host);
	wait_ms(12000);
	heard("", "nothing is said, nor closed, on the way");
	lets_go();
	passed_on = NULL; /* it is the other host now */
	audiocodes_socket_arrive(left, &fake.host, NULL, NULL);
	heard("ws arrives\n> " ACCEPTED(
		      "raw/lpcm16_24") "call caller=+33170000001\n"
				       "> {\"type\":\"userStream.started\"}\n",
	      "what came is taken there, in order");
	CHECK_EQ(1, fake.host.count, "in its list");
	wait_ms(20);
	CHECK_EQ(0, left->carried.used, "and let go of");
}

static void test_others_stay(void **state)
{
	(void)state;
	with_another_host("c1");
	says(0, INITIATE("c2"));
	heard("> " ACCEPTED("raw/lpcm16_24") "call caller=+33170000001\n",
	      "nobody has this one");
	CHECK_EQ(0, fake.socket[0]->carried.used, "no copy is kept");
}

static void test_arrives_in_vain(void **state)
{
	(void)state;
	with_another_host("c1");
	says(0, RESUME("c1"));
	lets_go();
	forget();
	audiocodes_socket_arrive(left, &fake.host, NULL, "not now");
	heard("ws arrives\n" REFUSED("not now"), "the answer is stated");
	wait_ms(2000);
	heard("ws close 1000\n", "2.2");
}

static void test_not_in_circles(void **state)
{
	(void)state;
	with_another_host("c1");
	says(0, RESUME("c1"));
	for (int i = 0; i < AUDIOCODES_MOVES_MAX; i++) {
		lets_go();
		forget();
		audiocodes_socket_arrive(left, &fake.host, NULL, NULL);
	}
	heard("ws arrives\n" REFUSED("in circles"), "three times, not four");
}

static void test_cannot_leave(void **state)
{
	(void)state;
	with_another_host("c1");
	fake.leave_error = -EBUSY;
	says(0, RESUME("c1"));
	heard(REFUSED("it cannot"), "the answer is stated");
}

static void test_ends_on_the_way(void **state)
{
	(void)state;
	with_another_host("c1");
	says(0, RESUME("c1"));
	heard("ws leaves\n", "on its way");
	lose(0);
	CHECK_EQ(0, fake.host.count, "gone");
	CHECK(!fake.socket[0], "and freed");
}

static void test_overladen(void **state)
{
	static char much[700000];

	(void)state;
	with_another_host("c1");
	says(0, RESUME("c1"));
	memset(much, ' ', sizeof(much) - 1);
	for (int i = 0; i < 4; i++)
		says(0, much);
	CHECK(fake.socket[0]->carried.used <= AUDIOCODES_CARRIED_MAX, "bound");
	lets_go();
	forget();
	passed_on = NULL;
	audiocodes_socket_arrive(left, &fake.host, NULL, NULL);
	heard("ws arrives\n" REFUSED(
		      "too much before the session was accepted"),
	      "2 MiB");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		TEST(test_moves_with_what_it_read),
		TEST(test_others_stay),
		TEST(test_arrives_in_vain),
		TEST(test_not_in_circles),
		TEST(test_cannot_leave),
		TEST(test_ends_on_the_way),
		TEST(test_overladen),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
