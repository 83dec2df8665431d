#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/model_scenario.h"
#include "tools/testing/check.h"

static int parse(struct model_scenario *s, const char *text, char why[512])
{
	return model_scenario_parse(s, "x.yaml", text, strlen(text), why, 512);
}

static void has_defaults(void **state)
{
	struct model_scenario s;
	char why[512];

	(void)state;
	CHECK_EQ(0, parse(&s, "", why), "an empty file");
	CHECK_EQ(300, s.pace.first_delta_ms[0], "6.6");
	CHECK_EQ(900, s.pace.first_delta_ms[1], "6.6");
	CHECK_NEAR(5, s.pace.speed, 1e-9, "6.6");
	CHECK_EQ(20300, s.life.ping_interval_ms, "row 7");
	CHECK_EQ(3600, s.life.expires_after_s, "row 13");
	model_scenario_free(&s);
}

static void reads_every_part(void **state)
{
	static const char text[] =
		"timing:\n"
		"  first_delta_ms: [10, 20]\n"
		"  speed: 20.0\n"
		"vad:\n"
		"  threshold_dbm0: -30.5\n"
		"  scripted:\n"
		"    - {start_ms: 100, stop_ms: 900}\n"
		"responses:\n"
		"  - on: turn\n"
		"    preamble: [tone:440:500]\n"
		"    say: [greeting, echo]\n"
		"    call:\n"
		"      - name: end_call\n"
		"    timing: {stall_ms: 2000}\n"
		"  - status: incomplete\n"
		"    reason: content_filter\n"
		"faults:\n"
		"  - {fault: close, at: response, number: 2, code: 1011}\n"
		"  - {fault: burst, session: 3}\n"
		"session: {expires_after_s: 30}\n"
		"expect: {sessions: 1}\n";
	struct model_scenario s;
	char why[512] = "";

	(void)state;
	CHECK_EQ(0, parse(&s, text, why), why);
	CHECK_EQ(20, s.pace.first_delta_ms[1], "timing");
	CHECK_NEAR(-30.5, s.vad_dbm0, 1e-9, "vad");
	CHECK_EQ(900, s.script->vad->scripted[0].stop_ms, "scripted");
	CHECK_EQ(2, s.script->responses_count, "responses");
	CHECK_STR("echo", s.script->responses[0].say[1], "say");
	CHECK_STR("end_call", s.script->responses[0].call[0].name, "call");
	CHECK_EQ(MODEL_INCOMPLETE, s.script->responses[1].status, "status");
	CHECK_EQ(30, s.life.expires_after_s, "session");
	CHECK_EQ(1, s.expect.sessions, "expect");
	CHECK(model_scenario_fault(&s, MODEL_CLOSE, 1, 2), "response 2");
	CHECK(!model_scenario_fault(&s, MODEL_CLOSE, 1, 1), "not response 1");
	CHECK(model_scenario_fault(&s, MODEL_BURST, 3, 7), "connection 3");
	CHECK(!model_scenario_fault(&s, MODEL_BURST, 2, 7), "not 2");
	struct model_pace pace = s.pace;
	model_scenario_pace(&pace, s.script->responses[0].timing);
	CHECK_EQ(2000, pace.stall_ms, "a response's own timing");
	CHECK_EQ(10, pace.first_delta_ms[0], "over the file's");
	model_scenario_free(&s);
}

static void names_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *part[3], *why;
	} row[] = {
		{ "timing:\n  speeed: 1\n",
		  { "x.yaml", "line: 2", "speeed" },
		  "an unknown key" },
		{ "timing:\n  speed: fast\n",
		  { "x.yaml", "line: 2", "speed" },
		  "not a number" },
		{ "timing:\n  delta_ms: [1]\n",
		  { "x.yaml", "line: 2", "delta_ms" },
		  "one bound only" },
		{ "timing:\n  delta_ms: [9, 3]\n",
		  { "x.yaml", "line 2", "delta_ms" },
		  "the wrong way round" },
		{ "timing:\n  speed: 0\n",
		  { "x.yaml", "line 2", "speed" },
		  "standing still" },
		{ "faults:\n  - fault: explode\n",
		  { "x.yaml", "line: 2", "explode" },
		  "no such fault" },
		{ "faults:\n  - at: start\n",
		  { "x.yaml", "fault", "Missing" },
		  "a fault without a name" },
		{ "faults:\n  - fault: close\n",
		  { "x.yaml", "line 2", "code" },
		  "close without a code" },
		{ "vad:\n  scripted:\n  - {start_ms: 5, stop_ms: 5}\n",
		  { "x.yaml", "line 2", "scripted" },
		  "an empty utterance" },
		{ "responses: [\n", { "x.yaml", "line", "" }, "not YAML" },
	};
	struct model_scenario s;
	char why[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(-EINVAL, parse(&s, row[i].text, why), row[i].why);
		for (int k = 0; k < 3; k++)
			if (!strstr(why, row[i].part[k]))
				fail_msg("%s: \"%s\" does not say \"%s\"",
					 row[i].why, why, row[i].part[k]);
	}
	CHECK_EQ(-EINVAL,
		 model_scenario_load(&s, "/nonexistent.yaml", why, sizeof(why)),
		 "no such file");
	CHECK_STR("/nonexistent.yaml: No such file or directory", why,
		  "in words");
}

static char *read_text(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = calloc(1, 65536);

	CHECK(f && text, path);
	CHECK(fread(text, 1, 65535, f) > 0, path);
	fclose(f);
	return text;
}

/* Tests run at the root of the tree. */
static void takes_every_file_of_ours(void **state)
{
	struct model_scenario s;
	char why[512];
	glob_t files;

	(void)state;
	CHECK_EQ(0,
		 glob("test-vectors/scenarios/model-*.yaml", 0, NULL, &files),
		 "they are there");
	for (size_t i = 0; i < files.gl_pathc; i++) {
		int err = model_scenario_load(&s, files.gl_pathv[i], why,
					      sizeof(why));

		CHECK_EQ(0, err, err ? why : "");
		CHECK_STR("test-vectors/scenarios", s.directory, "its folder");
		model_scenario_free(&s);
	}
	CHECK(files.gl_pathc > 20, "all of them");
	globfree(&files);
}

static void takes_every_example_of_the_readme(void **state)
{
	char *text = read_text("tools/model/README.md"), *at = text;
	struct model_scenario s;
	char why[512];
	unsigned examples = 0;

	(void)state;
	while ((at = strstr(at, "```yaml\n"))) {
		char *end;

		at += strlen("```yaml\n");
		end = strstr(at, "```");
		CHECK(end, "closed");
		int err = model_scenario_parse(&s, "README.md", at,
					       (size_t)(end - at), why,
					       sizeof(why));
		CHECK_EQ(0, err, err ? why : "");
		model_scenario_free(&s);
		examples++;
		at = end + 3;
	}
	CHECK_EQ(6, examples, "one for each part of the file");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(reads_every_part),
		cmocka_unit_test(names_what_is_wrong),
		cmocka_unit_test(takes_every_file_of_ours),
		cmocka_unit_test(takes_every_example_of_the_readme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
