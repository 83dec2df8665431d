#include "gateway/live_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/testing/check.h"
#include "tools/testing/raw_socket.h"

#define THREADS 4
#define EACH    50

static uv_loop_t loop;
static struct live_events events;
static unsigned wakes;

static void on_wake(void *owner)
{
	CHECK(owner == &wakes, "its owner");
	wakes++;
}

static int setup(void **state)
{
	(void)state;
	wakes = 0;
	CHECK_EQ(0, uv_loop_init(&loop), "loop");
	CHECK_EQ(0, live_events_init(&events), "events");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	live_events_unwatch(&events);
	raw_socket_close_loop(&loop);
	live_events_free(&events);
	return 0;
}

static void watch(void)
{
	CHECK_EQ(0, live_events_watch(&events, &loop, on_wake, &wakes),
		 "watched");
}

static void expect(uint64_t id, const char *name, const char *json)
{
	struct live_event *e = live_events_take(&events);

	CHECK(e, "there is one");
	CHECK_EQ(id, e->id, "its id");
	CHECK_STR(name, e->name, "its name");
	CHECK_STR(json, e->json, "its JSON");
	CHECK_EQ(strlen(json), e->len, "its length");
	free(e);
}

static void test_order(void **state)
{
	(void)state;
	live_events_tell(&events, "form.saved", "{}");
	CHECK(!live_events_take(&events), "nobody watches: nothing is kept");
	CHECK_EQ(0, live_events_told(&events), "nor counted");
	watch();
	live_events_tell(&events, "form.saved", "{\"a\":1}");
	live_events_tell(&events, "form.updated", "{\"a\":2}");
	WAIT_FOR(&loop, wakes > 0, "woken");
	expect(1, "form.saved", "{\"a\":1}");
	expect(2, "form.updated", "{\"a\":2}");
	CHECK(!live_events_take(&events), "no more");
	CHECK_EQ(2, live_events_told(&events), "told");
	CHECK_EQ(0, live_events_lost(&events), "none is lost");
}

static void test_unwatched(void **state)
{
	(void)state;
	watch();
	live_events_tell(&events, "form.saved", "{}");
	live_events_unwatch(&events);
	live_events_tell(&events, "form.saved", "{}");
	CHECK(!live_events_take(&events), "what waited is dropped");
	live_events_unwatch(&events);
	raw_socket_turn_for(&loop, 20);
	CHECK_EQ(0, wakes, "nobody is woken any more");
}

static void test_too_many(void **state)
{
	(void)state;
	watch();
	for (unsigned i = 0; i < LIVE_EVENTS_MAX + 3; i++)
		live_events_tell(&events, "form.saved", "{}");
	CHECK_EQ(3, live_events_lost(&events), "beyond their number");
	expect(1, "form.saved", "{}");
	live_events_tell(&events, "form.updated", "[]");
	for (unsigned i = 2; i <= LIVE_EVENTS_MAX; i++)
		expect(i, "form.saved", "{}");
	expect(LIVE_EVENTS_MAX + 4, "form.updated", "[]");
	CHECK(!live_events_take(&events), "no more");
}

static void test_too_large(void **state)
{
	char *json = calloc(1, LIVE_EVENTS_BYTES + 2);

	(void)state;
	CHECK(json, "memory");
	memset(json, '1', LIVE_EVENTS_BYTES + 1);
	watch();
	live_events_tell(&events, "form.saved", json);
	CHECK_EQ(1, live_events_lost(&events), "a byte too long");
	json[LIVE_EVENTS_BYTES] = '\0';
	live_events_tell(&events, "form.saved", json);
	live_events_tell(&events, "form.saved", "1");
	CHECK_EQ(2, live_events_lost(&events), "nor one beside it");
	expect(2, "form.saved", json);
	live_events_tell(&events, "form.saved", "1");
	expect(4, "form.saved", "1");
	free(json);
}

static void tell_many(void *name)
{
	char json[16];

	for (unsigned i = 0; i < EACH; i++) {
		snprintf(json, sizeof(json), "%u", i);
		live_events_tell(&events, name, json);
	}
}

/* Each thread's own in their order; every one has an id, or was lost. */
static void test_threads(void **state)
{
	static char name[THREADS][8] = { "0", "1", "2", "3" };
	uv_thread_t thread[THREADS];
	unsigned next[THREADS] = { 0 }, taken = 0;
	uint64_t last = 0;

	(void)state;
	watch();
	for (int i = 0; i < THREADS; i++)
		CHECK_EQ(0, uv_thread_create(&thread[i], tell_many, name[i]),
			 "thread");
	while (taken + live_events_lost(&events) < (uint64_t)THREADS * EACH) {
		struct live_event *e = live_events_take(&events);
		if (!e)
			continue;
		unsigned i = (unsigned)(e->name[0] - '0');
		unsigned n = (unsigned)atoi(e->json);
		CHECK(e->id > last, "ids rise");
		CHECK(n >= next[i], "in a thread's order");
		last = e->id;
		next[i] = n + 1;
		taken++;
		free(e);
	}
	for (int i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
	CHECK_EQ(THREADS * EACH, live_events_told(&events), "told");
	CHECK(!live_events_take(&events), "no more");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unwatched, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_large, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_threads, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
