/* search_knowledge, as a model calls it. */
#include "gateway/agents/knowledge_tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/agents/knowledge.h"
#include "tools/testing/agent_rig.h"

static char path[] = "/tmp/knowledge_tool_test.XXXXXX";
static struct knowledge_library *library;
static uv_loop_t loop;

static void write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void learn(void)
{
	char why[512];
	static const struct log quiet = { .fd = -1 };

	config.agent.tools = CONFIG_TOOL_SEARCH_KNOWLEDGE;
	config.agent.knowledge.results = 2;
	config.agent.knowledge.file_count = 1;
	strcpy(config.agent.knowledge.files[0], path);
	assert_int_equal(0, knowledge_library_open(&library, &quiet, 0));
	assert_int_equal(0, agent_init(&agent, &config, 0, why, sizeof(why)));
	CHECK_EQ(0, agent_learn(&agent, library, why, sizeof(why)), why);
}

static int open_all(void **state)
{
	static const struct log log = { .fd = -1 };

	(void)state;
	strcpy(strrchr(path, '.'), ".XXXXXX");
	close(mkstemp(path));
	write_file("Parking is free behind the house.\n");
	learn();
	uv_loop_init(&loop);
	world = (struct agent_world){ .loop = &loop };
	rig_begin("CA1", &log);
	call_model_ready(&call, uv_hrtime());
	told[0] = '\0';
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	rig_end();
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(0, uv_loop_close(&loop));
	agent_free(&agent);
	knowledge_library_close(library);
	return unlink(path);
}

static void ask(const char *arguments)
{
	told[0] = '\0';
	call_model_tool(&call, "c1", "search_knowledge", arguments,
			uv_hrtime());
}

static void passages_come_with_their_source(void **state)
{
	char expected[256];

	(void)state;
	ask("{\"query\":\"Where can I park?\"}");
	CHECK_STR("", told, "not from inside");
	uv_run(&loop, UV_RUN_DEFAULT);
	snprintf(expected, sizeof(expected),
		 "c1 {\"results\":[{\"text\":\"Parking is free behind the "
		 "house.\",\"source\":\"%s\"}]}",
		 strrchr(path, '/') + 1);
	CHECK_STR(expected, told, "found");
}

static void nothing_found_is_said_in_words(void **state)
{
	(void)state;
	ask("{\"query\":\"elephants\"}");
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_STR("c1 {\"results\":[],\"note\":\"nothing was found for that; "
		  "search with other words, or tell the caller that you do not "
		  "know\"}",
		  told, "no error");
}

static void bad_arguments_are_told(void **state)
{
	static const char *const row[] = { "{}", "{\"query\":7}", "[]",
					   "{\"query\":\"\"}", "{" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		ask(row[i]);
		uv_run(&loop, UV_RUN_DEFAULT);
		CHECK(strstr(told, "{\"error\":\""), row[i]);
	}
}

static void as_many_as_are_wanted_and_no_longer_than_fits(void **state)
{
	static char text[40000];

	(void)state;
	agent_free(&agent);
	knowledge_library_close(library);
	for (size_t n = 0; n < sizeof(text) - 20;)
		n += (size_t)sprintf(text + n, "house \"\"\"\"\n");
	write_file(text);
	learn();
	config.agent.knowledge.results = KNOWLEDGE_RESULTS_MAX;
	ask("{\"query\":\"house\"}");
	uv_run(&loop, UV_RUN_DEFAULT);
	json_t *answer = json_loads(told + 3, 0, NULL);
	CHECK_EQ(KNOWLEDGE_RESULTS_MAX,
		 json_array_size(json_object_get(answer, "results")),
		 "however much must be escaped");
	json_decref(answer);
}

static void a_call_that_ends_waits_for_nothing(void **state)
{
	(void)state;
	ask("{\"query\":\"parking\"}");
	agent_call_close(&a);
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_STR("", told, "and is told nothing");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)
	const struct CMUnitTest tests[] = {
		TEST(passages_come_with_their_source),
		TEST(nothing_found_is_said_in_words),
		TEST(bad_arguments_are_told),
		TEST(as_many_as_are_wanted_and_no_longer_than_fits),
		TEST(a_call_that_ends_waits_for_nothing),
	};
	json_object_seed(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
