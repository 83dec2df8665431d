#include "gateway/ops/lines.h"

#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

#define THREADS 4
#define ROUNDS  20000
#define COUNT   3

static struct lines lines;
static struct lines_limits limit;
static atomic_uint held;
static atomic_uint most;
static atomic_uint got;

static void begin(void)
{
	lines_free(&lines);
	CHECK_EQ(0, lines_init(&lines, &limit), "memory");
}

static enum lines_refusal take(const char *number, const char *source,
			       struct lines_seat *seat)
{
	return lines_take(&lines, number, source, seat);
}

static void one_after_the_other(void **state)
{
	(void)state;
	struct lines_seat a, b, c;

	limit = (struct lines_limits){ .calls = 2 };
	begin();
	CHECK(!lines_are_busy(&lines), "both are free");
	CHECK_EQ(LINES_FREE, take("1", "2", &a), "one");
	CHECK_EQ(LINES_FREE, take("1", "2", &b), "two");
	CHECK(lines_are_busy(&lines), "none is left");
	CHECK_EQ(LINES_CALLS, take("1", "2", &c), "not three");
	CHECK(!c.is_taken, "nor a seat");
	lines_give(&lines, &c);
	CHECK_EQ(2, atomic_load(&lines.busy), "no seat gives nothing back");
	lines_give(&lines, &a);
	lines_give(&lines, &a);
	CHECK_EQ(1, atomic_load(&lines.busy), "once");
	CHECK_EQ(LINES_FREE, take("1", "2", &c), "one came back");
}

static void each_number_has_its_own(void **state)
{
	(void)state;
	struct lines_seat seat[6];

	limit = (struct lines_limits){ .calls = 5, .per_number = 2 };
	begin();
	CHECK_EQ(LINES_FREE, take("+1", "a", &seat[0]), "one");
	CHECK_EQ(LINES_FREE, take("+1", "b", &seat[1]), "two");
	CHECK_EQ(LINES_PER_NUMBER, take("+1", "c", &seat[2]), "no third");
	CHECK_EQ(LINES_FREE, take("+2", "c", &seat[2]), "of another, yes");
	CHECK_EQ(LINES_FREE, take("", "c", &seat[3]), "of none");
	CHECK_EQ(LINES_FREE, take(NULL, "c", &seat[4]), "nor this");
	CHECK_EQ(LINES_CALLS, take("+3", "c", &seat[5]), "five in all");
	lines_give(&lines, &seat[0]);
	CHECK_EQ(LINES_FREE, take("+1", "c", &seat[0]), "one came back");
}

static void each_source_has_its_own(void **state)
{
	(void)state;
	struct lines_seat seat[8];

	limit = (struct lines_limits){ .calls = 8,
				       .per_source = 1,
				       .anonymous = 2 };
	begin();
	CHECK_EQ(LINES_FREE, take("+1", "+9", &seat[0]), "one");
	CHECK_EQ(LINES_PER_SOURCE, take("+2", "+9", &seat[1]),
		 "wherever it calls");
	CHECK_EQ(LINES_FREE, take("+1", "anonymous", &seat[1]), "anonymous");
	CHECK_EQ(LINES_FREE, take("+1", "+266696687", &seat[2]), "a second");
	CHECK_EQ(LINES_ANONYMOUS, take("+1", "", &seat[3]), "no third");
	CHECK_EQ(LINES_FREE, take("+1", NULL, &seat[3]), "not known yet");
	CHECK_EQ(LINES_PER_SOURCE, lines_add_source(&lines, &seat[3], "+9"),
		 "now it is: one too many");
	CHECK(seat[3].is_taken, "still to be given back");
	CHECK_EQ(LINES_FREE, lines_add_source(&lines, &seat[3], "+8"), "a new");
	CHECK_EQ(LINES_FREE, lines_add_source(&lines, &seat[3], "+9"),
		 "it has one");
	CHECK_EQ(LINES_PER_SOURCE, take("+1", "+8", &seat[4]), "it counts");
	lines_give(&lines, &seat[3]);
	CHECK_EQ(LINES_FREE, take("+1", "+8", &seat[4]), "and comes back");
	limit.anonymous = 0;
	begin();
	for (int i = 0; i < 8; i++)
		CHECK_EQ(LINES_FREE, take("+1", "anonymous", &seat[i]),
			 "no limit of their own: not one person's either");
}

/* A number and a source of one spelling are two; as many names as calls. */
static void names_come_and_go(void **state)
{
	(void)state;
	struct lines_seat seat[16];
	char name[LINES_NAME_MAX];

	limit = (struct lines_limits){ .calls = 16,
				       .per_number = 1,
				       .per_source = 1 };
	begin();
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 16; i++) {
			snprintf(name, sizeof(name), "+%d", round * 7 + i);
			CHECK_EQ(LINES_FREE, take(name, name, &seat[i]), name);
		}
		for (int i = 0; i < 16; i++)
			lines_give(&lines, &seat[(i * 5) % 16]);
	}
	CHECK_EQ(0, atomic_load(&lines.busy), "all came back");
	for (uint32_t i = 0; i < lines.buckets; i++)
		CHECK_EQ(0, lines.bucket[i], "nobody is remembered");
}

static void who_is_anonymous(void **state)
{
	(void)state;
	static const char *const yes[] = { "",
					   "anonymous",
					   "Anonymous",
					   "Restricted",
					   "UNAVAILABLE",
					   "+266696687",
					   "+7378742833",
					   "sip:anonymous@anonymous.invalid",
					   "anonymous@host" };
	static const char *const no[] = { "+15551234567", "sip:ann@host",
					  "anonymous1", "+2666966871" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		CHECK(lines_is_anonymous(yes[i]), yes[i]);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		CHECK(!lines_is_anonymous(no[i]), no[i]);
}

static void come_and_go(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		struct lines_seat seat;
		if (take("+1", i & 1 ? "a" : "b", &seat) != LINES_FREE)
			continue;
		unsigned now = atomic_fetch_add(&held, 1) + 1;
		unsigned before = atomic_load(&most);
		while (now > before &&
		       !atomic_compare_exchange_weak(&most, &before, now))
			;
		atomic_fetch_sub(&held, 1);
		lines_give(&lines, &seat);
	}
}

/* Nobody gives back: as many as there are get one. */
static void take_only(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		struct lines_seat seat;
		atomic_fetch_add(&got, take("+1", "a", &seat) == LINES_FREE);
	}
}

static void run(uv_thread_cb act)
{
	uv_thread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		CHECK_EQ(0, uv_thread_create(&thread[i], act, NULL), "thread");
	for (int i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
}

static void all_at_once(void **state)
{
	(void)state;
	static const struct lines_limits at[] = {
		{ .calls = 1000 },
		{ .calls = 2000, .per_number = 1000 },
		{ .calls = 2000, .per_source = 1000 },
	};

	limit = (struct lines_limits){ .calls = COUNT, .per_source = COUNT };
	begin();
	run(come_and_go);
	CHECK(atomic_load(&most) <= COUNT, "never more than there are");
	CHECK_EQ(0, atomic_load(&lines.busy), "all came back");
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		limit = at[i];
		begin();
		atomic_store(&got, 0);
		run(take_only);
		CHECK_EQ(1000, atomic_load(&got), "exactly as many");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(each_number_has_its_own),
		cmocka_unit_test(each_source_has_its_own),
		cmocka_unit_test(names_come_and_go),
		cmocka_unit_test(who_is_anonymous),
		cmocka_unit_test(all_at_once),
	};
	int failed = cmocka_run_group_tests_name("lines", tests, NULL, NULL);
	lines_free(&lines);
	return failed;
}
