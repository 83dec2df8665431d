#include "tools/testing/check.h"

#include <string.h>

#include "gateway/net/metronome.h"

#define MS 1000000ull

struct player {
	struct metronome_member member;
	struct metronome *m;
	unsigned ticks;
	uint64_t last_ns;
	struct player *removes; /* inside on_tick */
	struct player *adds;
	bool closes;
};

static void on_tick(struct metronome_member *member, uint64_t now_ns)
{
	struct player *p = (struct player *)member;

	p->ticks++;
	p->last_ns = now_ns;
	if (p->removes)
		metronome_remove(p->m, &p->removes->member);
	if (p->adds)
		metronome_add(p->m, &p->adds->member);
	if (p->closes)
		metronome_close(p->m, NULL);
}

struct stage {
	uv_loop_t loop;
	struct metronome m;
	struct player p[9];
};

/* Only the real-time test runs the loop; the others pass their own time. */
static int setup(void **state)
{
	static struct stage s;

	memset(&s, 0, sizeof(s));
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	CHECK_EQ(0, metronome_init(&s.m, &s.loop), "metronome");
	for (size_t i = 0; i < ARRAY_LEN(s.p); i++) {
		s.p[i].m = &s.m;
		s.p[i].member.on_tick = on_tick;
	}
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	metronome_close(&s->m, NULL);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	CHECK_EQ(0, uv_loop_close(&s->loop), "nothing is left on the loop");
	return 0;
}

static void add(struct stage *s, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		metronome_add(&s->m, &s->p[i].member);
	s->m.tick = 0; /* however long the machine took to come here */
}

static void at(struct stage *s, double ms)
{
	metronome_advance(&s->m, s->m.origin_ns + (uint64_t)(ms * MS));
}

static unsigned ticks(const struct stage *s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < ARRAY_LEN(s->p); i++)
		sum += s->p[i].ticks;
	return sum;
}

static void members_spread_over_phases(void **state)
{
	struct stage *s = *state;

	add(s, 0, 8);
	for (unsigned step = 1; step <= 4; step++) {
		at(s, step * 5);
		CHECK_EQ(2 * step, ticks(s), "eight members, two per step");
	}
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(1, s->p[i].ticks, "each once in 20 ms");
}

static void what_is_due_follows_from_the_time(void **state)
{
	static const struct {
		double at_ms;
		unsigned ticks;
		const char *why;
	} row[] = {
		{ 4.9, 0, "before the first step" },
		{ 5, 1, "the first step to the nanosecond" },
		{ 9.9, 1, "within it nothing more" },
		{ 12, 2, "late by 2 ms: still the second step" },
		{ 15, 3, "and lateness does not move the grid" },
		{ 14, 3, "time that stands still calls nobody" },
		{ 20, 4, "the fourth" },
		{ 35, 7, "three steps at once: three phases" },
		{ 40, 8, "the grid goes on" },
		{ 1000, 12, "960 ms late: each member once" },
		{ 1005, 13, "and from there one by one" },
	};
	struct stage *s = *state;

	add(s, 0, 4);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		at(s, row[i].at_ms);
		CHECK_EQ(row[i].ticks, ticks(s), row[i].why);
	}
	for (unsigned i = 0; i < 4; i++)
		CHECK(s->p[i].ticks >= 3, "nobody is starved");
	CHECK_EQ(955 * MS, s->m.late_ns_max, "due at 45, run at 1000");
}

static void late_members_see_one_time(void **state)
{
	struct stage *s = *state;

	add(s, 0, 4);
	at(s, 33);
	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(1, s->p[i].ticks, "once");
		CHECK_EQ(s->m.origin_ns + 33 * MS, s->p[i].last_ns,
			 "the time that was passed");
	}
}

static void removal_inside_a_tick(void **state)
{
	struct stage *s = *state;

	/* 0, 4, 8 share a phase; the head of the list is the youngest, 8. */
	add(s, 0, 9);
	s->p[8].removes = &s->p[4];
	at(s, 20);
	CHECK_EQ(0, s->p[4].ticks, "removed by its neighbour before its turn");
	CHECK_EQ(1, s->p[0].ticks, "the one behind it still comes");
	s->p[8].removes = &s->p[8];
	at(s, 40);
	CHECK_EQ(2, s->p[0].ticks, "a member may remove itself");
	at(s, 60);
	CHECK_EQ(2, s->p[8].ticks, "and is gone");
	metronome_remove(&s->m, &s->p[8].member);
	CHECK_EQ(7, s->m.members, "removing twice counts once");
}

static void adding_inside_a_tick(void **state)
{
	struct stage *s = *state;

	add(s, 0, 4);
	s->p[0].adds = &s->p[4]; /* joins the phase being walked */
	at(s, 20);
	CHECK_EQ(0, s->p[4].ticks, "not in the tick that added it");
	at(s, 40);
	CHECK_EQ(1, s->p[4].ticks, "but in the next; adding again is nothing");
	CHECK_EQ(5, s->m.members, "one more member, once");
}

static void closing_inside_a_tick(void **state)
{
	struct stage *s = *state;

	add(s, 0, 8);
	s->p[5].closes = true;
	at(s, 20);
	CHECK_EQ(1, s->p[5].ticks, "it was called");
	CHECK_EQ(0, s->m.members, "nobody stays");
	CHECK(ticks(s) < 8, "and nobody is called after the close");
	metronome_add(&s->m, &s->p[0].member);
	CHECK_EQ(0, s->m.members, "a closed metronome takes no member");
}

static void stop_the_loop(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

/* Real time: the count is exact because the grid is anchored; the timer may be
 * late by the machine's load, never early. */
static void real_time_keeps_the_grid(void **state)
{
	struct stage *s = *state;
	uv_timer_t stop;
	uint64_t periods;

	uv_timer_init(&s->loop, &stop);
	uv_update_time(&s->loop);
	for (unsigned i = 0; i < 4; i++)
		metronome_add(&s->m, &s->p[i].member);
	uint64_t from = s->m.tick;

	uv_timer_start(&stop, stop_the_loop, 400, 0);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	periods = (s->m.tick - from) / METRONOME_PHASES;
	CHECK(periods >= 18, "400 ms hold at least 18 whole periods");
	for (unsigned i = 0; i < 4; i++) {
		CHECK(s->p[i].ticks <= periods + 1, "never ahead of time");
		CHECK(s->p[i].ticks > 0, "every phase runs");
	}
	uv_close((uv_handle_t *)&stop, NULL);
	for (unsigned i = 0; i < 4; i++)
		metronome_remove(&s->m, &s->p[i].member);
	uv_run(&s->loop, UV_RUN_DEFAULT); /* returns: idle when empty */
	CHECK(!uv_is_active((uv_handle_t *)&s->m.timer), "no members, no tick");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(members_spread_over_phases),
		TEST(what_is_due_follows_from_the_time),
		TEST(late_members_see_one_time),
		TEST(removal_inside_a_tick),
		TEST(adding_inside_a_tick),
		TEST(closing_inside_a_tick),
		TEST(real_time_keeps_the_grid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
