/* One call of the VAIC simulator on the fake bot, for tests: how it is placed,
 * and what is asked about it afterwards. Included once by a test program. */
#ifndef TOOLS_TESTING_VAIC_RIG_H
#define TOOLS_TESTING_VAIC_RIG_H

#include "tools/testing/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <uv.h>

#include "tools/call/caller_scenario.h"
#include "tools/call/vaic_call.h"
#include "tools/call/vaic_options.h"
#include "tools/testing/fake_bot.h"

static struct caller_scenario scenario;
static struct caller_call *call;
static struct caller_call_result *result;
static char url[96];
static struct vaic_call_options vaic; /* reset before each test */
static struct caller_call_options options = {
	.kind = &vaic_call_kind,
	.carrier = &vaic,
	.script = &scenario.script,
	.faults = &scenario.faults,
};

static void on_over(void *owner, struct caller_call *c)
{
	(void)owner;
	result = &c->result;
	fake_bot_close();
}

/* Place one call and wait until nothing of it is left. */
static void place(const char *yaml)
{
	char error[CALLER_SCENARIO_ERROR_MAX];

	if (!url[0])
		snprintf(url, sizeof(url), "http%s://%s/ac/line",
			 fake_bot.is_tls ? "s" : "", fake_bot.authority);
	CHECK_EQ(0,
		 caller_scenario_parse(&scenario, yaml, strlen(yaml), "test",
				       NULL, error),
		 error);
	call = caller_call_begin(&fake_bot.loop, &options, 0, on_over, NULL);
	CHECK(call, "it begins");
	uv_run(&fake_bot.loop, UV_RUN_DEFAULT);
	CHECK(result, "it is over");
}

static int finish(void **state)
{
	(void)state;
	if (call)
		caller_call_free(call);
	call = NULL;
	result = NULL;
	caller_scenario_free(&scenario);
	return uv_loop_close(&fake_bot.loop);
}

static int begin(void **state)
{
	fake_bot_open(state ? *state : NULL);
	url[0] = 0;
	vaic = (struct vaic_call_options){ .url = url,
					   .token = FAKE_BOT_TOKEN };
	vaic_options_default(&vaic.session);
	vaic.session.bot_name = "line";
	vaic.session.caller = "+33170000001";
	vaic.session.start.callee = "+33180000042";
	vaic.session.settings.barge_in = true;
	vaic.session.settings.send_dtmf = true;
	options.tls = NULL;
	options.timeout_ms = 20000;
	options.seed = 42;
	return 0;
}

static inline double figure(enum caller_figure f)
{
	return result->figures.value[f];
}

static inline bool all_passed(void)
{
	return !caller_script_has_failed(&call->caller.run);
}

/* The first breach that says so, or NULL. */
static inline const struct caller_breach *find_breach(const char *text)
{
	for (size_t i = 0; i < result->breaches; i++)
		if (i < CALLER_CALL_BREACHES_MAX &&
		    strstr(result->breach[i].text, text))
			return &result->breach[i];
	return NULL;
}

#define CHECK_OUTCOME(expected, why) \
	CHECK_STR(expected, caller_call_outcome_name(result->outcome), why)

/* No breach; or the first one is told. */
#define CHECK_CLEAN(why) \
	CHECK_STR("", result->breaches ? result->breach[0].text : "", why)

#define RIG_TEST(test) cmocka_unit_test_setup_teardown(test, begin, finish)

#endif
