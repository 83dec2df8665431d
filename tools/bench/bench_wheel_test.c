#include "tools/testing/check.h"

#include <string.h>

#include "tools/bench/bench_wheel.h"

#define SLOT BENCH_WHEEL_SLOT_NS

static struct bench_wheel w;
static struct bench_timer t[4];
static unsigned ran[4];
static uint64_t ran_ns[4];

static void on_due(struct bench_timer *timer, uint64_t now_ns)
{
	ran[timer - t]++;
	ran_ns[timer - t] = now_ns;
}

static int begin(void **state)
{
	(void)state;
	bench_wheel_init(&w, 1000 * (uint64_t)SLOT);
	for (unsigned i = 0; i < ARRAY_LEN(t); i++)
		t[i] = (struct bench_timer){ .on_due = on_due };
	memset(ran, 0, sizeof(ran));
	return 0;
}

static uint64_t at(uint64_t slots)
{
	return (1000 + slots) * SLOT;
}

static void test_never_early(void **state)
{
	(void)state;
	bench_wheel_set(&w, &t[0], at(3) + SLOT / 2);
	bench_wheel_run(&w, at(3) + SLOT / 2 - 1);
	CHECK_EQ(0, ran[0], "not before it is due");
	bench_wheel_run(&w, at(4));
	CHECK_EQ(1, ran[0], "once its slot is over");
	CHECK_EQ(at(4), ran_ns[0], "told the time");
	bench_wheel_run(&w, at(10));
	CHECK_EQ(1, ran[0], "once");
	CHECK_EQ(0, w.set, "and it is unset");
}

static void test_past(void **state)
{
	(void)state;
	bench_wheel_set(&w, &t[0], 5);
	bench_wheel_run(&w, at(1));
	CHECK_EQ(1, ran[0], "what is long past runs at once");
}

static void test_later_round(void **state)
{
	(void)state;
	bench_wheel_set(&w, &t[0], at(5));
	bench_wheel_set(&w, &t[1], at(5 + BENCH_WHEEL_SLOTS));
	bench_wheel_set(&w, &t[2], at(5 + 3 * BENCH_WHEEL_SLOTS));
	bench_wheel_run(&w, at(6));
	CHECK_EQ(1, ran[0], "due in this round");
	CHECK_EQ(0, ran[1] + ran[2], "the same slot, later");
	bench_wheel_run(&w, at(6 + BENCH_WHEEL_SLOTS));
	CHECK_EQ(1, ran[1], "in the next round");
	bench_wheel_run(&w, at(6 + 3 * BENCH_WHEEL_SLOTS));
	CHECK_EQ(1, ran[2], "in the third");
}

static void clear_others(struct bench_timer *timer, uint64_t now_ns)
{
	on_due(timer, now_ns);
	for (unsigned i = 0; i < ARRAY_LEN(t); i++)
		bench_wheel_clear(&w, &t[i]);
}

static void test_cleared_while_running(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
		t[i].on_due = clear_others;
		bench_wheel_set(&w, &t[i], at(2) + i);
	}
	bench_wheel_run(&w, at(5));
	CHECK_EQ(1, ran[0] + ran[1] + ran[2] + ran[3],
		 "the first one stops the rest of its slot");
	CHECK_EQ(0, w.set, "none is left");
	bench_wheel_clear(&w, &t[0]);
}

static void test_moved(void **state)
{
	(void)state;
	bench_wheel_set(&w, &t[0], at(2));
	bench_wheel_set(&w, &t[0], at(9));
	bench_wheel_run(&w, at(5));
	CHECK_EQ(0, ran[0], "set anew, the old time is forgotten");
	bench_wheel_run(&w, at(10));
	CHECK_EQ(1, ran[0], "the new one is kept");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_never_early, begin),
		cmocka_unit_test_setup(test_past, begin),
		cmocka_unit_test_setup(test_later_round, begin),
		cmocka_unit_test_setup(test_cleared_while_running, begin),
		cmocka_unit_test_setup(test_moved, begin),
	};

	return cmocka_run_group_tests_name("bench_wheel", tests, NULL, NULL);
}
