#include "tools/testing/check.h"

#include "tools/bench/bench_position.h"

static struct bench_position p;
static struct bench_piece piece;

static int begin(void **state)
{
	(void)state;
	p = (struct bench_position){ 0 };
	return 0;
}

static void test_whole_pieces(void **state)
{
	(void)state;
	bench_position_send(&p, 960, 1000, 0);
	bench_position_send(&p, 960, 2000, 5);
	CHECK_EQ(0, bench_position_arrive(&p, 959, &piece), "one byte short");
	CHECK_EQ(1, bench_position_arrive(&p, 1, &piece), "now it is whole");
	CHECK_EQ(1000, piece.sent_ns, "the first");
	bench_position_send(&p, 960, 3000, 0);
	CHECK_EQ(2, bench_position_arrive(&p, 1920, &piece), "two in one");
	CHECK_EQ(3000, piece.sent_ns, "the last of them is told");
	CHECK_EQ(0, bench_position_arrive(&p, 0, &piece), "nothing came");
}

/* Bytes nobody sent are never a piece. */
static void test_more_than_sent(void **state)
{
	(void)state;
	CHECK_EQ(0, bench_position_arrive(&p, 5000, &piece), "none was sent");
	bench_position_send(&p, 960, 1000, 0);
	CHECK_EQ(1, bench_position_arrive(&p, 0, &piece),
		 "it had come before it was sent");
}

/* Two clocks are never quite one. */
static void test_delay(void **state)
{
	(void)state;
	bench_position_send(&p, 960, 1000, 0);
	bench_position_arrive(&p, 960, &piece);
	CHECK_EQ(500, bench_piece_delay(&piece, 1500), "under way");
	CHECK_EQ(0, bench_piece_delay(&piece, 999), "never less than nothing");
}

static void test_drop(void **state)
{
	(void)state;
	bench_position_send(&p, 960, 1000, 0);
	bench_position_send(&p, 960, 2000, 0);
	bench_position_arrive(&p, 1000, &piece);
	bench_position_drop(&p);
	CHECK_EQ(0, bench_position_arrive(&p, 0, &piece), "it will not come");
	bench_position_send(&p, 960, 3000, 0);
	CHECK_EQ(0, bench_position_arrive(&p, 959, &piece),
		 "what is sent next is counted from there");
	CHECK_EQ(1, bench_position_arrive(&p, 1, &piece), "to the byte");
	CHECK_EQ(3000, piece.sent_ns, "the new one");
}

static void test_bound(void **state)
{
	(void)state;
	for (unsigned i = 0; i < BENCH_PIECES + 10; i++)
		bench_position_send(&p, 1, i, 0);
	CHECK_EQ(10, p.forgotten, "the oldest are forgotten");
	CHECK_EQ(1, bench_position_arrive(&p, 11, &piece),
		 "what follows has its place still");
	CHECK_EQ(10, piece.sent_ns, "the eleventh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_whole_pieces, begin),
		cmocka_unit_test_setup(test_more_than_sent, begin),
		cmocka_unit_test_setup(test_delay, begin),
		cmocka_unit_test_setup(test_drop, begin),
		cmocka_unit_test_setup(test_bound, begin),
	};

	return cmocka_run_group_tests_name("bench_position", tests, NULL, NULL);
}
