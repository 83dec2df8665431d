#include "tools/testing/check.h"

#include <errno.h>
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
		       "dial_key: \"#\"\n"
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
	CHECK_STR("#", s.dial_key, "dial_key");
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

static void test_reads_audiocodes(void **state)
{
	(void)state;
	CHECK_EQ(0,
		 parse("carrier: audiocodes\n"
		       "audiocodes:\n"
		       "  formats: [wav/mulaw, raw/lpcm16_24]\n"
		       "  barge_in: true\n"
		       "  barge_in_min_words: 2\n"
		       "  send_dtmf: true\n"
		       "  send_events: [playFinished]\n"
		       "  direct_tts: false\n"
		       "  order: stream_first\n"
		       "  transfer: busy\n"
		       "  chunk_ms: 60\n"
		       "  caller: \"+33170000001\"\n"
		       "  parameters: [crmTicket=A-88213, empty=]\n"
		       "steps:\n"
		       "- {inject: odd_chunks}\n"
		       "- {inject: drop_and_resume, value: 700}\n"),
		 error);
	const struct vaic_call_options *v = &s.audiocodes;
	const struct vaic_options *o = &v->session;

	CHECK_EQ(CALLER_CARRIER_AUDIOCODES, s.carrier, "carrier");
	CHECK_EQ(2, o->offers, "formats");
	CHECK_EQ(VAIC_WAV_MULAW, o->offer[0], "in order");
	CHECK_EQ(VAIC_RAW_LPCM16_24, o->offer[1], "in order");
	CHECK(o->settings.barge_in && o->settings.send_dtmf, "settings");
	CHECK(!o->settings.barge_in_on_dtmf, "not told: off");
	CHECK_EQ(2, o->settings.barge_in_min_words, "words");
	CHECK_EQ(VAIC_GATE_PLAY_FINISHED, o->settings.events, "send_events");
	CHECK(o->direct_stt && !o->direct_tts, "audio in, text out");
	CHECK(o->user_stream_first, "order");
	CHECK_EQ(VAIC_TRANSFER_BUSY, o->transfer, "transfer");
	CHECK_EQ(60, o->chunk_ms, "chunk_ms");
	CHECK_STR("+33170000001", o->caller, "caller");
	CHECK_EQ(2, o->start.parameters, "parameters");
	CHECK_STR("crmTicket", v->parameter[0].name, "their names");
	CHECK_STR("A-88213", v->parameter[0].value, "and values");
	CHECK_STR("", v->parameter[1].value, "which can be empty");
	CHECK(caller_faults_has(&s.faults, CALLER_FAULT_ODD_CHUNKS), "set up");
	caller_scenario_free(&s);
}

/* Who carries the call may be known only when the file has been read. */
static void test_settles_on_a_carrier(void **state)
{
	static const struct {
		const char *yaml;
		enum caller_carrier carrier;
		const char *words, *why;
	} row[] = {
		{ "steps:\n- {press: 1}\n", CALLER_CARRIER_TWILIO, NULL,
		  "keys can be pressed anywhere" },
		{ "steps:\n- {press: 1}\n", CALLER_CARRIER_AUDIOCODES, NULL,
		  "and here" },
		{ "steps:\n- {inject: slow_reader}\n",
		  CALLER_CARRIER_AUDIOCODES, NULL, "both know it" },
		{ "steps:\n- {wait: 1}\n- {inject: no_marks}\n",
		  CALLER_CARRIER_AUDIOCODES, "x.yaml:3: inject: no_marks",
		  "Twilio's fault, and its line" },
		{ "steps:\n- {inject: odd_chunks}\n", CALLER_CARRIER_TWILIO,
		  "x.yaml:2: inject: odd_chunks", "not Twilio's" },
		{ "carrier: audiocodes\nsteps:\n- {wait: 1}\n",
		  CALLER_CARRIER_TWILIO, "carrier: audiocodes",
		  "the file says whose it is" },
		{ "audiocodes: {barge_in: true}\nsteps:\n- {wait: 1}\n",
		  CALLER_CARRIER_TWILIO, "audiocodes", "settings of another" },
		{ "dial_key: '1'\nsteps:\n- {wait: 1}\n",
		  CALLER_CARRIER_AUDIOCODES, "dial_key", "likewise" },
		{ "dial_status: busy\nsteps:\n- {wait: 1}\n",
		  CALLER_CARRIER_AUDIOCODES, "dial_status",
		  "there is no <Dial>" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(0, parse(row[i].yaml), error);
		int err = caller_scenario_settle(&s, row[i].carrier, error);

		CHECK_EQ(row[i].words ? -EINVAL : 0, err, row[i].why);
		if (row[i].words && !strstr(error, row[i].words))
			fail_msg("%s: \"%s\" lacks \"%s\"", row[i].why, error,
				 row[i].words);
		caller_scenario_free(&s);
	}
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
		{ "carrier: vonage\nsteps:\n- {wait: 1}\n", "vonage",
		  "no such carrier" },
		{ "carrier: twilio\nsteps:\n- {inject: pings}\n", "x.yaml:3",
		  "a fault of the other" },
		{ "audiocodes: {formats: [raw/opus]}\nsteps:\n- {wait: 1}\n",
		  "raw/opus", "no such format" },
		{ "audiocodes: {chunk_ms: 30}\nsteps:\n- {wait: 1}\n",
		  "chunk_ms: 30", "no whole frames" },
		{ "audiocodes: {transfer: lost}\nsteps:\n- {wait: 1}\n",
		  "transfer: \"lost\"", "no such outcome" },
		{ "audiocodes: {order: any}\nsteps:\n- {wait: 1}\n",
		  "order: \"any\"", "no such order" },
		{ "audiocodes: {parameters: [a]}\nsteps:\n- {wait: 1}\n",
		  "\"a\" is not name=value", "no value" },
		{ "audiocodes: {send_events: [x]}\nsteps:\n- {wait: 1}\n",
		  "send_events: \"x\"", "no such event" },
		{ "audiocodes: {bargeIn: true}\nsteps:\n- {wait: 1}\n",
		  "bargeIn", "no such key" },
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
		cmocka_unit_test(test_reads_audiocodes),
		cmocka_unit_test(test_settles_on_a_carrier),
		cmocka_unit_test(test_names_mistakes),
		cmocka_unit_test(test_shipped_scenarios),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_verdict),
	};

	return cmocka_run_group_tests_name("caller_scenario", tests, NULL,
					   NULL);
}
