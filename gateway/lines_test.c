#include "gateway/lines.h"

#include <uv.h>

#include "tools/testing/check.h"

#define THREADS 4
#define ROUNDS  20000
#define COUNT   3

static struct lines lines;
static atomic_uint held;
static atomic_uint most;
static atomic_uint got;

static void one_after_the_other(void **state)
{
	(void)state;
	lines_init(&lines, 2);
	CHECK(!lines_are_busy(&lines), "both are free");
	CHECK(lines_take(&lines) && lines_take(&lines), "two");
	CHECK(lines_are_busy(&lines), "none is left");
	CHECK(!lines_take(&lines), "not three");
	lines_give(&lines);
	CHECK(lines_take(&lines), "one came back");
}

static void come_and_go(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		if (!lines_take(&lines))
			continue;
		unsigned now = atomic_fetch_add(&held, 1) + 1;
		unsigned before = atomic_load(&most);
		while (now > before &&
		       !atomic_compare_exchange_weak(&most, &before, now))
			;
		atomic_fetch_sub(&held, 1);
		lines_give(&lines);
	}
}

/* Nobody gives back: as many as there are get one. */
static void take_only(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++)
		atomic_fetch_add(&got, lines_take(&lines));
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
	lines_init(&lines, COUNT);
	run(come_and_go);
	CHECK(atomic_load(&most) <= COUNT, "never more than there are");
	CHECK_EQ(0, atomic_load(&lines.busy), "all came back");
	lines_init(&lines, 1000);
	run(take_only);
	CHECK_EQ(1000, atomic_load(&got), "exactly as many as there are");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(all_at_once),
	};
	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
