#include "gateway/carriers/audiocodes_registry.h"

#include <errno.h>
#include <stdio.h>

#include "tools/testing/check.h"

#define MS      1000000ull
#define THREADS 4
#define ROUNDS  5000

static struct audiocodes_registry registry;
static const struct audiocodes_principal token = {
	.proof = AUDIOCODES_BY_TOKEN,
};
static const struct audiocodes_principal near = {
	.proof = AUDIOCODES_BY_NEARNESS,
};

static int setup(void **state)
{
	(void)state;
	return audiocodes_registry_init(&registry, 3);
}

static int teardown(void **state)
{
	(void)state;
	audiocodes_registry_free(&registry);
	audiocodes_registry_free(&registry);
	return 0;
}

static struct audiocodes_identity of(const char *conversation)
{
	return (struct audiocodes_identity){ conversation, "front", &token };
}

static int enter(const char *conversation, unsigned worker)
{
	struct audiocodes_identity who = of(conversation);

	return audiocodes_registry_enter(&registry, &who, worker, 5000 * MS);
}

static int find(const char *conversation, const char *bot,
		const struct audiocodes_principal *principal)
{
	const struct audiocodes_identity who = { conversation, bot, principal };

	return audiocodes_registry_find(&registry, &who);
}

static void who_holds_what(void **state)
{
	(void)state;
	int c1 = enter("c1", 7);
	CHECK(c1 >= 0, "entered");
	CHECK_EQ(-EEXIST, enter("c1", 2), "held already");
	CHECK_EQ(7, find("c1", "front", &token), "by whom");
	CHECK_EQ(-ENOENT, find("c2", "front", &token), "another one");
	CHECK_EQ(-ENOENT, find("c1", "back", &token), "of another bot");
	CHECK_EQ(-ENOENT, find("c1", "front", &near), "for somebody else");
	CHECK(enter("c2", 0) >= 0 && enter("c3", 1) >= 0, "more of them");
	CHECK_EQ(-ENOBUFS, enter("c4", 1), "three at a time");
	audiocodes_registry_leave(&registry, c1);
	CHECK_EQ(-ENOENT, find("c1", "front", &token), "gone");
	CHECK_EQ(c1, enter("c4", 1), "its place is free");
}

static void who_may_come_back(void **state)
{
	(void)state;
	CHECK(!audiocodes_registry_awaits(&registry, 9000 * MS), "nobody");
	int c1 = enter("c1", 0);
	CHECK(!audiocodes_registry_awaits(&registry, 5999 * MS), "it is heard");
	CHECK(audiocodes_registry_awaits(&registry, 6000 * MS), "quiet, 1 s");
	audiocodes_registry_heard(&registry, c1, 5900 * MS);
	CHECK(!audiocodes_registry_awaits(&registry, 6000 * MS), "it spoke");
	audiocodes_registry_heard(&registry, c1, 0);
	CHECK(audiocodes_registry_awaits(&registry, 6000 * MS), "no socket");
	audiocodes_registry_leave(&registry, c1);
	CHECK(!audiocodes_registry_awaits(&registry, 9000 * MS), "it is over");
}

static atomic_uint holders;
static atomic_uint entered;
static atomic_uint wrong;

/* All want the same conversation. */
static void contend(void *number)
{
	unsigned worker = (unsigned)(uintptr_t)number;

	for (int i = 0; i < ROUNDS; i++) {
		int entry = enter("c1", worker);
		if (entry < 0) {
			atomic_fetch_add(&wrong, entry != -EEXIST);
			audiocodes_registry_awaits(&registry, 9000 * MS);
			continue;
		}
		atomic_fetch_add(&entered, 1);
		atomic_fetch_add(&wrong, atomic_fetch_add(&holders, 1) != 0);
		audiocodes_registry_heard(&registry, entry, i);
		atomic_fetch_add(&wrong,
				 find("c1", "front", &token) != (int)worker);
		atomic_fetch_sub(&holders, 1);
		audiocodes_registry_leave(&registry, entry);
	}
}

static void one_holder_at_a_time(void **state)
{
	uv_thread_t thread[THREADS];

	(void)state;
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK_EQ(0, uv_thread_create(&thread[i], contend, (void *)i),
			 "thread");
	for (int i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
	CHECK_EQ(0, atomic_load(&wrong), "one holder, and the right one");
	CHECK(atomic_load(&entered) > 0, "they had their turns");
	CHECK_EQ(-ENOENT, find("c1", "front", &token), "nobody at the end");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(who_holds_what),
		TEST(who_may_come_back),
		TEST(one_holder_at_a_time),
	};
	return cmocka_run_group_tests_name("audiocodes_registry", tests, NULL,
					   NULL);
}
