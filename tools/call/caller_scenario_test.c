#include "tools/testing/check.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/call/caller_figures.h"
#include "tools/call/caller_scenario.h"
#include "tools/call/caller_verdict.h"

static struct caller_scenario s;
static char error[CALLER_SCENARIO_ERROR_MAX];

static int parse(const char *yaml)
{
	return caller_scenario_parse(&s, yaml, strlen(yaml), "x.yaml", NULL,
				     error);
}

static void test_demonstration(void **state)
{
	static const enum caller_step_kind kind[] = {
		CALLER_WAIT_END, CALLER_SAY,      CALLER_INTERRUPT,
		CALLER_WAIT_END, CALLER_PRESS,    CALLER_WAIT_END,
		CALLER_PRESS,    CALLER_WAIT_END, CALLER_WAIT_HANGUP,
	};

	(void)state;
	CHECK_EQ(0, caller_scenario_demonstration(&s, error), error);
	CHECK_EQ(ARRAY_LEN(kind), s.script.steps, "its steps");
	for (size_t i = 0; i < ARRAY_LEN(kind); i++)
		CHECK_EQ(kind[i], s.script.step[i].kind, "in order");
	CHECK_EQ(41276, s.script.step[1].clip->samples,
		 "caller-question.wav has 41276 samples");
	CHECK_EQ(1200, s.script.step[2].ms, "interrupted after 1.2 s");
	CHECK_STR("5", s.script.step[4].digits, "five");
	caller_scenario_free(&s);
}

static void test_reads_every_key(void **state)
{
	(void)state;
	CHECK_EQ(0,
		 parse("name: all\n"
		       "dial_status: busy\n"
		       "steps:\n"
		       "- {inject: late_start, value: 700}\n"
		       "- {inject: no_marks}\n"
		       "- {wait: heard_start, timeout_ms: 5, label: a b}\n"
		       "- {wait: 250}\n"
		       "- {wait: silence, value: 300}\n"
		       "- {inject: garbage_json}\n"
		       "- {press: \"12#\"}\n"
		       "- {hangup: true}\n"
		       "expect:\n"
		       "  outcome: caller_hung_up\n"
		       "  http_status: 200\n"
		       "  heard_ms: 100..900.5\n"
		       "  gaps: ..3\n"
		       "  media: 1..\n"),
		 error);
	CHECK_STR("all", s.name, "name");
	CHECK_STR("busy", s.dial_status, "dial_status");
	CHECK(caller_faults_has(&s.faults, CALLER_FAULT_LATE_START), "set up");
	CHECK_EQ(700, s.faults.value[CALLER_FAULT_LATE_START], "its value");
	CHECK(caller_faults_has(&s.faults, CALLER_FAULT_NO_MARKS), "set up");
	CHECK(!caller_faults_has(&s.faults, CALLER_FAULT_GARBAGE_JSON),
	      "not from the beginning");
	CHECK_EQ(5, s.script.step[2].timeout_ms, "timeout_ms");
	CHECK_EQ(CALLER_SCRIPT_TIMEOUT_MS, s.script.step[4].timeout_ms,
		 "its default");
	CHECK_STR("a b", s.script.step[2].label, "label");
	CHECK_EQ(CALLER_WAIT_MS, s.script.step[3].kind, "a number waits");
	CHECK_EQ(250, s.script.step[3].ms, "so long");
	CHECK_EQ(300, s.script.step[4].ms, "silence of so many ms");
	CHECK_STR("caller_hung_up", s.outcome, "outcome");
	CHECK(s.is_expected[CALLER_FIGURE_gaps], "expected");
	CHECK(!s.is_expected[CALLER_FIGURE_clicks], "not expected");
	CHECK_NEAR(900.5, s.range[CALLER_FIGURE_heard_ms].max, 0, "to");
	CHECK(isinf(s.range[CALLER_FIGURE_media].max), "open above");
	CHECK(isinf(s.range[CALLER_FIGURE_gaps].min), "open below");
	caller_scenario_free(&s);
}

static void test_names_mistakes(void **state)
{
	static const struct {
		const char *yaml, *words, *why;
	} row[] = {
		{ "", "x.yaml", "nothing" },
		{ "steps: []\n", "x.yaml", "no steps" },
		{ "name: a\n", "steps", "steps are missing" },
		{ "steps:\n- {pres: 1}\n", "pres",
		  "a key that does not exist" },
		{ "steps:\n- {wait: 1}\n- {press: x}\n", "x.yaml:3",
		  "the line of the step" },
		{ "steps:\n- {press: \"12x\"}\n", "press: \"12x\"",
		  "no digit" },
		{ "steps:\n- {press: \"\"}\n", "press", "no digits" },
		{ "steps:\n- {wait: long}\n", "wait: \"long\"",
		  "no such wait" },
		{ "steps:\n- {inject: tornado}\n", "tornado", "no such fault" },
		{ "steps:\n- {say: /nonexistent.wav}\n",
		  "No such file or directory", "no such file" },
		{ "steps:\n- {wait: 1, hangup: true}\n", "a step is one of",
		  "two in one" },
		{ "steps:\n- {timeout_ms: 1}\n", "a step is one of", "none" },
		{ "steps:\n- {wait: 1, label: a-label-of-24-characters}\n",
		  "label", "too long" },
		{ "steps:\n- {wait: 1}\nexpect: {gaps: few}\n", "gaps: \"few\"",
		  "no range" },
		{ "steps:\n- {wait: 1}\nexpect: {gaps: 3..1}\n", "3..1",
		  "upside down" },
		{ "steps:\n- {wait: 1}\nexpect: {gap: 1}\n", "gap",
		  "no such figure" },
		{ "steps: [\n", "x.yaml", "no YAML" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(parse(row[i].yaml) < 0, row[i].why);
		if (!strstr(error, row[i].words))
			fail_msg("%s: \"%s\" lacks \"%s\"", row[i].why, error,
				 row[i].words);
	}
}

static void test_shipped_scenarios(void **state)
{
	glob_t files;

	(void)state;
	CHECK_EQ(0, glob("test-vectors/scenarios/call-*.yaml", 0, NULL, &files),
		 "there are some");
	for (size_t i = 0; i < files.gl_pathc; i++) {
		CHECK_EQ(0, caller_scenario_load(&s, files.gl_pathv[i], error),
			 error);
		caller_scenario_free(&s);
	}
	globfree(&files);
	CHECK(caller_scenario_load(&s, "nowhere.yaml", error) < 0, "no file");
	CHECK_STR("nowhere.yaml: No such file or directory", error, "in words");
}

/* --- Figures --- */

static void test_spread(void **state)
{
	double v[100], few[] = { NAN, 3, 1, NAN };

	(void)state;
	for (int i = 0; i < 100; i++)
		v[i] = 100 - i;
	struct caller_spread all = caller_figures_spread(v, 100);
	CHECK_NEAR(50, all.p50, 0, "nearest rank");
	CHECK_NEAR(95, all.p95, 0, "nearest rank");
	CHECK_NEAR(99, all.p99, 0, "nearest rank");
	CHECK_NEAR(100, all.max, 0, "largest");
	CHECK_NEAR(5050, all.sum, 0, "sum");
	struct caller_spread some = caller_figures_spread(few, 4);
	CHECK_EQ(2, some.count, "what is not known is left out");
	CHECK_NEAR(1, some.p50, 0, "rank 1 of 2");
	CHECK_NEAR(3, some.p95, 0, "rank 2 of 2");
	CHECK(isnan(caller_figures_spread(few, 0).max), "nothing known");
}

/* --- Verdict --- */

static struct caller_script_run finished;
static struct caller_figures figures;
static struct caller_verdict verdict;

static unsigned failures(const char *yaml, const char *outcome, bool lenient)
{
	struct caller_evidence e = {
		.run = &finished,
		.figures = &figures,
		.outcome = outcome,
		.is_lenient = lenient,
	};

	CHECK_EQ(0, parse(yaml), error);
	caller_script_begin(&finished, &s.script);
	finished.result[0].result = CALLER_PASSED;
	caller_verdict_reach(&verdict, &s, &e);
	caller_scenario_free(&s);
	return verdict.failures;
}

static void test_verdict(void **state)
{
	static const char plain[] = "steps:\n- {wait: 1}\n";
	static const char strict[] =
		"steps:\n- {wait: 1}\n"
		"expect: {outcome: hung_up, gaps: 0, truncation_error_ms: ..40, "
		"first_sound_ms: 10..20}\n";

	(void)state;
	caller_figures_init(&figures);
	figures.value[CALLER_FIGURE_breaches] = 0;
	figures.value[CALLER_FIGURE_gaps] = 0;
	figures.value[CALLER_FIGURE_first_sound_ms] = 20;
	CHECK_EQ(0, failures(plain, "broken", false), "nothing is expected");
	CHECK_EQ(0, failures(strict, "hung_up", false),
		 "without a trace the truncation is not judged");
	CHECK_EQ(1, failures(strict, "broken", false), "the outcome");
	figures.value[CALLER_FIGURE_first_sound_ms] = 21;
	CHECK_EQ(1, failures(strict, "hung_up", false), "out of its range");
	figures.value[CALLER_FIGURE_first_sound_ms] = NAN;
	CHECK_EQ(1, failures(strict, "hung_up", false), "not measured at all");
	figures.value[CALLER_FIGURE_breaches] = 2;
	CHECK_EQ(1, failures(plain, "hung_up", false), "breaches fail a call");
	CHECK_EQ(0, failures(plain, "hung_up", true), "unless lenient");
	CHECK_EQ(0,
		 failures("steps:\n- {wait: 1}\nexpect: {breaches: 1..3}\n",
			  "hung_up", false),
		 "unless they are expected");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_demonstration),
		cmocka_unit_test(test_reads_every_key),
		cmocka_unit_test(test_names_mistakes),
		cmocka_unit_test(test_shipped_scenarios),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_verdict),
	};

	return cmocka_run_group_tests_name("caller_scenario", tests, NULL,
					   NULL);
}
