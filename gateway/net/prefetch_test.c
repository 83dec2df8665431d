#include "tools/testing/check.h"

#include <string.h>

#include "gateway/net/prefetch.h"

static _Alignas(PREFETCH_LINE) char memory[8192];

static void test_lines(void **state)
{
	struct prefetch p;

	(void)state;
	prefetch_clear(&p);
	prefetch_add(&p, memory, 1);
	prefetch_add(&p, memory, PREFETCH_LINE);
	prefetch_add(&p, memory + 60, 8);
	prefetch_add(&p, memory + 64, 65);
	CHECK_EQ(4, p.count, "four ranges");
	CHECK_EQ((uintptr_t)memory | 1, p.range[0], "a byte is a line");
	CHECK_EQ((uintptr_t)memory | 1, p.range[1], "and so is a line");
	CHECK_EQ((uintptr_t)memory | 2, p.range[2], "a border is crossed");
	CHECK_EQ(((uintptr_t)memory + 64) | 2, p.range[3], "a byte too many");
}

static void test_bounds(void **state)
{
	struct prefetch p;

	(void)state;
	prefetch_clear(&p);
	prefetch_add(&p, memory + 1, sizeof(memory));
	CHECK_EQ((uintptr_t)memory | (PREFETCH_LINE - 1), p.range[0],
		 "a large object is cut");
	prefetch_add(&p, NULL, 8);
	prefetch_add(&p, memory, 0);
	CHECK_EQ(1, p.count, "nothing is no range");
	for (unsigned i = 0; i < 2 * PREFETCH_RANGES; i++)
		prefetch_add(&p, memory, 8);
	CHECK_EQ(PREFETCH_RANGES, p.count, "no more than there is room for");
	prefetch_clear(&p);
	CHECK_EQ(0, p.count, "forgotten");
}

/* Addresses that never were, too. */
static void test_harmless(void **state)
{
	struct prefetch p;

	(void)state;
	prefetch_clear(&p);
	prefetch_add(&p, memory, sizeof(memory));
	prefetch_add(&p, (const void *)64, 4096);
	prefetch_add(&p, (const void *)(UINTPTR_MAX - 4096), 4000);
	memset(memory, 7, sizeof(memory));
	prefetch_run(&p);
	for (size_t i = 0; i < sizeof(memory); i++)
		CHECK_EQ(7, memory[i], "as it was");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_harmless),
	};

	return cmocka_run_group_tests_name("prefetch", tests, NULL, NULL);
}
