/* Did the call go as the scenario wants it? Pure. */
#ifndef TOOLS_CALL_CALLER_VERDICT_H
#define TOOLS_CALL_CALLER_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/call/caller_figures.h"
#include "tools/call/caller_scenario.h"
#include "tools/call/caller_script.h"

#define CALLER_VERDICT_LINES_MAX \
	(CALLER_SCRIPT_STEPS_MAX + CALLER_FIGURE_COUNT + 2)

enum caller_ruling {
	CALLER_RULING_PASSED,
	CALLER_RULING_FAILED,
	CALLER_RULING_UNJUDGED
};

struct caller_verdict_line {
	enum caller_ruling ruling;
	char text[192];
};

struct caller_verdict {
	struct caller_verdict_line line[CALLER_VERDICT_LINES_MAX];
	size_t lines;
	unsigned failures;
};

/* What is judged. */
struct caller_evidence {
	const struct caller_script_run *run;
	const struct caller_figures *figures;
	const char *outcome;
	bool has_trace;  /* the model's side is known */
	bool is_lenient; /* breaches are told, not held against it */
};

/* caller_verdict_reach: the steps, the expectations, the breaches. */
void caller_verdict_reach(struct caller_verdict *v,
			  const struct caller_scenario *scenario,
			  const struct caller_evidence *e);

#endif
