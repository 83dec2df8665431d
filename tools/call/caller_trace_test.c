#include "tools/testing/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/call/caller_trace.h"

#define MS 8

static struct caller_trace t;
static struct caller_judge judge[3];
static struct caller_figures figures[3];
static struct caller_trace_call call[3];

static int begin(void **state)
{
	(void)state;
	caller_trace_init(&t);
	for (size_t i = 0; i < 3; i++) {
		caller_judge_init(&judge[i]);
		caller_figures_init(&figures[i]);
		call[i] = (struct caller_trace_call){ &judge[i], &figures[i],
						      NULL };
	}
	return 0;
}

static int finish(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		caller_judge_free(&judge[i]);
	caller_trace_free(&t);
	return 0;
}

static void line(const char *text)
{
	caller_trace_line(&t, text, strlen(text));
}

/* A model that sends `total_ms` of an item in two deltas. */
static void item(const char *session, const char *id, unsigned at_ms,
		 unsigned total_ms)
{
	char text[256];

	for (unsigned half = 1; half <= 2; half++) {
		snprintf(text, sizeof(text),
			 "{\"t_us\":%u,\"session\":\"%s\",\"dir\":\"out\","
			 "\"type\":\"response.output_audio.delta\",\"item_id\":"
			 "\"%s\",\"ms\":1,\"total_ms\":%u}",
			 (at_ms + half - 1) * 1000, session, id,
			 total_ms * half / 2);
		line(text);
	}
}

static void truncate_item(const char *session, const char *id, unsigned at_ms,
			  unsigned end_ms)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"t_us\":%u,\"session\":\"%s\",\"dir\":\"in\",\"type\":"
		 "\"conversation.item.truncate\",\"item_id\":\"%s\","
		 "\"audio_end_ms\":%u,\"item_ms\":9}",
		 at_ms * 1000, session, id, end_ms);
	line(text);
}

static void delete_item(const char *session, const char *id, unsigned at_ms)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"t_us\":%u,\"session\":\"%s\",\"dir\":\"in\",\"type\":"
		 "\"conversation.item.delete\",\"item_id\":\"%s\"}",
		 at_ms * 1000, session, id);
	line(text);
}

static void run(struct caller_judge *j, unsigned at_ms, unsigned ms)
{
	j->run[j->runs++] = (struct caller_run){ at_ms * 1000, ms * MS };
}

static void clear(struct caller_judge *j, unsigned at_ms, unsigned played_ms,
		  unsigned dropped_ms)
{
	j->clear[j->clears++] = (struct caller_clear){
		.at_us = at_ms * 1000,
		.run = j->runs - 1,
		.played_samples = played_ms * MS,
		.dropped_samples = dropped_ms * MS,
	};
}

static void judge_calls(size_t n)
{
	CHECK_EQ(0, caller_trace_judge(&t, call, n), "judged");
}

static void test_one_truncation(void **state)
{
	(void)state;
	item("s", "a", 1000, 5000);
	run(&judge[0], 1002, 2000);
	clear(&judge[0], 2202, 1200, 800);
	truncate_item("s", "a", 2203, 1215);
	judge_calls(1);
	CHECK_NEAR(1, figures[0].value[CALLER_FIGURE_truncations], 0, "one");
	CHECK_NEAR(15, figures[0].value[CALLER_FIGURE_truncation_error_ms], 0,
		   "1215 believed, 1200 heard");
	CHECK_NEAR(0, figures[0].value[CALLER_FIGURE_unmatched], 0, "none");
}

/* Two items queued one behind the other are one run. */
static void test_queued_items(void **state)
{
	(void)state;
	item("s", "a", 1000, 790); /* padded to 800 */
	item("s", "b", 1300, 3000);
	run(&judge[0], 1002, 2000);
	clear(&judge[0], 2252, 1250, 750);
	truncate_item("s", "b", 2253, 440);
	judge_calls(1);
	CHECK_NEAR(10, figures[0].value[CALLER_FIGURE_truncation_error_ms], 0,
		   "800 + 440 believed, 1250 heard");
}

/* The item behind the interrupted one was never heard: deleted, or else the
 * model believes too much. */
static void test_unheard_items(void **state)
{
	(void)state;
	item("s", "a", 1000, 1000);
	item("s", "b", 1300, 600);
	run(&judge[0], 1002, 1600);
	clear(&judge[0], 1502, 500, 1100);
	truncate_item("s", "a", 1503, 500);
	judge_calls(1);
	CHECK_NEAR(600, figures[0].value[CALLER_FIGURE_truncation_error_ms], 0,
		   "the second is still believed");
	figures[0].value[CALLER_FIGURE_truncation_error_ms] = NAN;
	call[0].session = NULL;
	delete_item("s", "b", 1503);
	judge_calls(1);
	CHECK_NEAR(0, figures[0].value[CALLER_FIGURE_truncation_error_ms], 0,
		   "and not when it is deleted");
}

static void test_unmatched(void **state)
{
	(void)state;
	item("s", "a", 1000, 5000);
	run(&judge[0], 1002, 2000);
	clear(&judge[0], 2202, 1200, 800);
	judge_calls(1);
	CHECK_NEAR(1, figures[0].value[CALLER_FIGURE_unmatched], 0,
		   "a clear that the model was not told of");
	CHECK(isnan(figures[0].value[CALLER_FIGURE_truncation_error_ms]),
	      "no error can be told");
}

static void test_clear_of_nothing(void **state)
{
	(void)state;
	item("s", "a", 1000, 500);
	run(&judge[0], 1002, 500);
	clear(&judge[0], 3000, 500, 0);
	judge_calls(1);
	CHECK_NEAR(0, figures[0].value[CALLER_FIGURE_unmatched], 0,
		   "all was heard: nothing to truncate");
	CHECK_NEAR(0, figures[0].value[CALLER_FIGURE_truncations], 0, "none");
	CHECK_NEAR(0, figures[0].value[CALLER_FIGURE_lost_ms], 0, "all came");
}

static void test_lost_audio(void **state)
{
	static const struct {
		unsigned made_ms, came_ms, lost_ms;
		const char *why;
	} row[] = {
		{ 1000, 1000, 0, "all" },
		{ 990, 1000, 0, "padded to a frame" },
		{ 1000, 980, 20, "a frame is missing" },
		{ 1000, 1060, 40, "60 ms too many, 20 of them padding" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(NULL);
		item("s", "a", 1000, row[i].made_ms);
		run(&judge[0], 1002, row[i].came_ms);
		judge_calls(1);
		CHECK_NEAR(row[i].lost_ms,
			   figures[0].value[CALLER_FIGURE_lost_ms], 0,
			   row[i].why);
		finish(NULL);
	}
}

/* Three calls begun 30 ms apart, their sessions listed in another order; the
 * greetings are alike, the second utterances tell them apart. */
static void test_parallel_calls(void **state)
{
	static const char *const name[] = { "zero", "one", "two" };
	static const unsigned order[] = { 2, 0, 1 };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		unsigned c = order[i];

		item(name[c], "greeting", 1000 + 30 * c, 2000);
		item(name[c], "reply", 5000 + 400 * c, 3000);
		truncate_item(name[c], "reply", 6000 + 400 * c, 900 + c);
	}
	for (unsigned c = 0; c < 3; c++) {
		run(&judge[c], 1000 + 30 * c + 25, 2000);
		run(&judge[c], 5000 + 400 * c + 2, 2000);
		clear(&judge[c], 6000 + 400 * c - 1, 900, 1000);
	}
	judge_calls(3);
	for (unsigned c = 0; c < 3; c++) {
		CHECK(call[c].session, "every call has a session");
		CHECK_STR(name[c], call[c].session->id, "its own");
		CHECK_NEAR(c,
			   figures[c].value[CALLER_FIGURE_truncation_error_ms],
			   0, "and its own error");
	}
}

static void test_strangers(void **state)
{
	(void)state;
	item("old", "a", 1000, 500);
	run(&judge[0], 60000, 500);
	judge_calls(2);
	CHECK(!call[0].session, "a session of a minute ago is not ours");
	CHECK(!call[1].session, "a call that heard nothing has none");
	CHECK(isnan(figures[0].value[CALLER_FIGURE_truncations]), "untouched");
}

static void test_bad_lines(void **state)
{
	static const char *const bad[] = {
		"{",
		"[]",
		"null",
		"{\"t_us\":1,\"dir\":\"in\",\"type\":"
		"\"conversation.item.truncate\",\"item_id\":\"a\"}",
		"{\"t_us\":-1,\"session\":\"s\",\"dir\":\"in\",\"type\":"
		"\"conversation.item.delete\",\"item_id\":\"a\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		line(bad[i]);
	line("");
	line("{\"t_us\":1,\"session\":\"s\",\"dir\":\"out\",\"type\":\"x\"}");
	CHECK_EQ(ARRAY_LEN(bad), t.bad_lines, "each is counted");
	CHECK_EQ(0, t.sessions, "none is taken");
	CHECK(caller_trace_load(&t, "/nonexistent") < 0, "no file");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_one_truncation),   TEST(test_queued_items),
		TEST(test_unheard_items),    TEST(test_unmatched),
		TEST(test_clear_of_nothing), cmocka_unit_test(test_lost_audio),
		TEST(test_parallel_calls),   TEST(test_strangers),
		TEST(test_bad_lines),
	};

	return cmocka_run_group_tests_name("caller_trace", tests, NULL, NULL);
}
