/* Scenario files: a mistake is always said in words, and what is taken can be
 * run without crashing. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/caller_scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_it(const struct caller_script *script)
{
	struct caller_script_run run;
	struct caller_view view = { .now_ms = 0 };

	caller_script_begin(&run, script);
	for (unsigned i = 0; i < 200; i++) {
		struct caller_action a = caller_script_next(&run, &view);

		assert(a.act != CALLER_ACT_SAY || a.clip);
		assert(a.act != CALLER_ACT_KEY || a.digit);
		view.now_ms += 300;
	}
	view.is_ended = true;
	caller_script_end(&run, &view);
	for (size_t i = 0; i < script->steps; i++)
		assert(run.result[i].result != CALLER_PENDING);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct caller_scenario s;
	char error[CALLER_SCENARIO_ERROR_MAX];
	char *text = malloc(size ? size : 1);

	assert(text);
	memcpy(text, data, size);
	if (caller_scenario_parse(&s, text, size, "f", "/nonexistent", error) ==
	    0) {
		run_it(&s.script);
		caller_scenario_free(&s);
	} else {
		assert(error[0]);
	}
	free(text);
	return 0;
}
