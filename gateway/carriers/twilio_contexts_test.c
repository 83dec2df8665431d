#include "gateway/carriers/twilio_contexts.h"

#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

#define MS 1000000ull

static struct twilio_contexts t;

static int setup(void **state)
{
	(void)state;
	return twilio_contexts_init(&t);
}

static int teardown(void **state)
{
	(void)state;
	twilio_contexts_free(&t);
	twilio_contexts_free(&t);
	return 0;
}

static void put(const char *sid, unsigned stream, const char *words,
		uint64_t now_ns)
{
	struct twilio_context *c = twilio_context_new(sid, stream);

	assert_non_null(c);
	snprintf(c->words, sizeof(c->words), "%s", words);
	twilio_contexts_put(&t, c, now_ns);
}

/* What the next stream finds; "" when that is nothing. */
static const char *taken(const char *sid, unsigned stream, uint64_t now_ns)
{
	static char words[TWILIO_CONTEXT_WORDS];
	struct twilio_context *c =
		twilio_contexts_take(&t, sid, stream, now_ns);

	snprintf(words, sizeof(words), "%s", c ? c->words : "");
	twilio_context_drop(c);
	return words;
}

static void what_is_put_is_taken_once(void **state)
{
	struct twilio_context *c = twilio_context_new("CA1", 1);

	(void)state;
	assert_non_null(c);
	strcpy(c->agent, "sales");
	call_variables_set(&c->variables, "name", "Ada");
	twilio_contexts_put(&t, c, 0);
	CHECK(!twilio_contexts_take(&t, "CA2", 2, 0), "another call");
	c = twilio_contexts_take(&t, "CA1", 2, 1);
	assert_non_null(c);
	CHECK_STR("sales", c->agent, "the agent");
	CHECK_STR("Ada", call_variables_get(&c->variables, "name"),
		  "and what is known");
	twilio_context_drop(c);
	CHECK(!twilio_contexts_take(&t, "CA1", 3, 1), "once");
	CHECK_EQ(0, t.bytes, "nothing is left");
}

static void the_latest_stream_counts(void **state)
{
	(void)state;
	put("CA1", 1, "one", 0);
	put("CA1", 2, "two", 1);
	put("CA1", 1, "late", 2);
	CHECK_STR("", taken("CA1", 2, 3), "not for the stream it is of");
	CHECK_STR("two", taken("CA1", 3, 3), "but for the next");
}

static void it_is_forgotten(void **state)
{
	(void)state;
	put("CA1", 1, "one", 0);
	CHECK_STR("", taken("CA1", 2, 600000 * MS), "after ten minutes");
	put("CA1", 1, "one", 0);
	twilio_contexts_forget(&t, "CA1");
	twilio_contexts_forget(&t, "CA1");
	CHECK_STR("", taken("CA1", 2, 0), "when the call is over");
	put("CA1", 1, "one", 0);
	put("CA2", 1, "two", 600000 * MS);
	CHECK_EQ(sizeof(struct twilio_context), t.bytes,
		 "when another comes later");
}

static void the_oldest_makes_room(void **state)
{
	char sid[35];

	(void)state;
	for (unsigned i = 0; i <= TWILIO_CONTEXTS_MAX; i++) {
		snprintf(sid, sizeof(sid), "CA%u", i);
		put(sid, 1, sid, i);
	}
	CHECK_STR("", taken("CA0", 2, 2000), "one too many");
	CHECK_STR("CA1", taken("CA1", 2, 2000), "the others are there");
	CHECK_STR("CA1024", taken("CA1024", 2, 2000), "the last, too");
}

static void bytes_are_bounded(void **state)
{
	static char value[CALL_VARIABLE_VALUE_MAX];
	char name[8], sid[35];
	unsigned n = 0;

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	for (unsigned i = 0; i < TWILIO_CONTEXTS_MAX; i++) {
		snprintf(sid, sizeof(sid), "CA%u", i);
		struct twilio_context *c = twilio_context_new(sid, 1);
		assert_non_null(c);
		for (unsigned v = 0; v < 7; v++) {
			snprintf(name, sizeof(name), "v%u", v);
			call_variables_set(&c->variables, name, value);
		}
		twilio_contexts_put(&t, c, i);
		CHECK(t.bytes <= TWILIO_CONTEXTS_BYTES, "never more");
	}
	for (unsigned i = 0; i < TWILIO_CONTEXTS_MAX; i++)
		n += t.row[i].context != NULL;
	CHECK(n < TWILIO_CONTEXTS_MAX, "fewer of large ones");
	CHECK(n > TWILIO_CONTEXTS_MAX / 2, "but not few");
	CHECK(!twilio_contexts_take(&t, "CA0", 2, 2000), "the oldest went");
}

static void come_and_go(void *name)
{
	for (unsigned i = 0; i < 500; i++) {
		put(name, 1, "words", i);
		struct twilio_context *c = twilio_contexts_take(&t, name, 2, i);
		CHECK(c && strcmp(c->words, "words") == 0, "its own");
		twilio_context_drop(c);
		put("CA0", i, "anybody's", i);
		twilio_contexts_forget(&t, "CA0");
	}
}

static void several_threads_share_it(void **state)
{
	static char name[4][8] = { "CA1", "CA2", "CA3", "CA4" };
	uv_thread_t thread[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(0, uv_thread_create(&thread[i], come_and_go,
						     name[i]));
	for (int i = 0; i < 4; i++)
		uv_thread_join(&thread[i]);
	CHECK_EQ(0, t.bytes, "nothing is left");
}

static void learn(unsigned stream, const char *words)
{
	struct twilio_context *c = twilio_context_new("CA1", stream);

	assert_non_null(c);
	snprintf(c->words, sizeof(c->words), "%s", words);
	twilio_contexts_learn(&t, c, 0, 0);
}

static void others_tell_of_theirs(void **state)
{
	(void)state;
	learn(2, "second");
	learn(1, "late");
	CHECK_STR("second", taken("CA1", 3, 0), "the latest");
	learn(2, "second");
	twilio_contexts_lose(&t, "CA1", 1);
	CHECK_STR("second", taken("CA1", 3, 0), "an earlier one is gone");
	learn(2, "second");
	twilio_contexts_lose(&t, "CA1", 2);
	CHECK_STR("", taken("CA1", 3, 0), "this one is");
	learn(2, "second");
	CHECK_STR("", taken("CA1", 3, TWILIO_RECORD_MS * MS),
		  "no longer than here");
	CHECK_EQ(0, t.bytes, "nothing is left");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_put_is_taken_once), TEST(the_latest_stream_counts),
		TEST(it_is_forgotten),           TEST(the_oldest_makes_room),
		TEST(bytes_are_bounded),         TEST(several_threads_share_it),
		TEST(others_tell_of_theirs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
