#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/call/phone_playout.h"

/* What came out, in words: "p100+160" played, "m:name" reached, "x:name"
 * flushed. */
static char story[4096];

static void on_played(void *owner, uint64_t sample, const uint8_t *ulaw,
		      size_t n)
{
	uint8_t *next = owner;

	for (size_t i = 0; i < n; i++)
		CHECK_EQ((*next)++, ulaw[i], "bytes come out in order");
	snprintf(story + strlen(story), sizeof(story) - strlen(story),
		 "p%llu+%zu ", (unsigned long long)sample, n);
}

static void on_mark(void *owner, const char *name, bool was_played)
{
	(void)owner;
	snprintf(story + strlen(story), sizeof(story) - strlen(story), "%c:%s ",
		 was_played ? 'm' : 'x', name);
}

static const struct phone_playout_events events = { on_played, on_mark };

static struct phone_playout p;
static uint8_t sent, played;

static int begin(void **state)
{
	(void)state;
	phone_playout_init(&p);
	sent = played = 0;
	story[0] = 0;
	return 0;
}

static int finish(void **state)
{
	(void)state;
	phone_playout_free(&p);
	return 0;
}

static void add(uint64_t now, size_t n)
{
	uint8_t bytes[4096];

	for (size_t i = 0; i < n; i++)
		bytes[i] = sent++;
	CHECK_EQ(0, phone_playout_add(&p, now, bytes, n), "there is room");
}

static void advance(uint64_t now, const char *expected, const char *why)
{
	story[0] = 0;
	phone_playout_advance(&p, now, &events, &played);
	CHECK_STR(expected, story, why);
}

static void test_drains_in_real_time(void **state)
{
	(void)state;
	advance(1000, "", "an empty buffer plays nothing");
	add(1000, 320);
	advance(1000, "", "no time has passed");
	advance(1080, "p1000+80 ", "10 ms: 80 bytes, from when it arrived");
	add(1080, 160);
	advance(1240, "p1080+160 ", "what was added queues behind");
	CHECK_EQ(30, phone_playout_ms(&p), "240 bytes are 30 ms");
	advance(2000, "p1240+240 ", "it runs dry at 1480");
	add(2000, 8);
	advance(3000, "p2000+8 ", "after a hole it begins on arrival");
}

static void test_marks(void **state)
{
	(void)state;
	phone_playout_mark(&p, 500, "empty");
	CHECK_EQ(500, phone_playout_next_mark(&p), "due at once");
	advance(500, "m:empty ", "in an empty buffer the echo is immediate");
	add(500, 160);
	phone_playout_mark(&p, 500, "a");
	phone_playout_mark(&p, 500, "b");
	add(500, 160);
	phone_playout_mark(&p, 500, "c");
	CHECK_EQ(660, phone_playout_next_mark(&p), "behind 160 bytes");
	advance(659, "p500+159 ", "one sample before the mark");
	advance(660, "p659+1 m:a m:b ", "reached, in order");
	advance(900, "p660+160 m:c ", "the last at its place, 820");
	CHECK(phone_playout_next_mark(&p) == PHONE_PLAYOUT_NEVER, "none left");
}

static void test_clear(void **state)
{
	(void)state;
	add(0, 800);
	phone_playout_mark(&p, 0, "a");
	add(0, 800);
	phone_playout_mark(&p, 0, "b");
	advance(400, "p0+400 ", "50 ms played");
	story[0] = 0;
	CHECK_EQ(1200, phone_playout_clear(&p, &events, &played),
		 "what was not played is dropped");
	CHECK_STR("x:a x:b ", story, "pending marks come back, FIFO");
	sent = played;
	add(480, 80);
	phone_playout_mark(&p, 480, "c");
	advance(1000, "p480+80 m:c ", "and it starts anew");
	CHECK_EQ(0, phone_playout_clear(&p, &events, &played), "nothing left");
}

static void test_bound(void **state)
{
	static uint8_t second[8000];

	(void)state;
	for (int i = 0; i < 600; i++)
		CHECK_EQ(0, phone_playout_add(&p, 0, second, sizeof(second)),
			 "600 s fit");
	CHECK_EQ(-ENOBUFS, phone_playout_add(&p, 0, second, 1),
		 "not one byte more (31931)");
	CHECK_EQ(600000, phone_playout_ms(&p), "full");
}

static void test_many_marks(void **state)
{
	char name[16];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 50; i++) {
			add((uint64_t)round * 10000, 80);
			snprintf(name, sizeof(name), "%d", i);
			CHECK_EQ(0,
				 phone_playout_mark(&p, (uint64_t)round * 10000,
						    name),
				 "room for every mark");
		}
		story[0] = 0;
		phone_playout_advance(&p, (uint64_t)round * 10000 + 9000,
				      &events, &played);
		CHECK(strstr(story, "m:0 p") && strstr(story, "m:49 "),
		      "each is echoed between its pieces");
	}
	while (p.marks < PHONE_PLAYOUT_MARKS_MAX)
		CHECK_EQ(0, phone_playout_mark(&p, 50000, "x"),
			 "up to the max");
	CHECK_EQ(-ENOBUFS, phone_playout_mark(&p, 50000, "x"), "bounded");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_drains_in_real_time, begin,
						finish),
		cmocka_unit_test_setup_teardown(test_marks, begin, finish),
		cmocka_unit_test_setup_teardown(test_clear, begin, finish),
		cmocka_unit_test_setup_teardown(test_bound, begin, finish),
		cmocka_unit_test_setup_teardown(test_many_marks, begin, finish),
	};

	return cmocka_run_group_tests_name("phone_playout", tests, NULL, NULL);
}
