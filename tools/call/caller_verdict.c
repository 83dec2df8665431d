#include "tools/call/caller_verdict.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static __attribute__((format(printf, 3, 4))) void say(struct caller_verdict *v,
						      enum caller_ruling ruling,
						      const char *format, ...)
{
	va_list args;

	if (ruling == CALLER_RULING_FAILED)
		v->failures++;
	if (v->lines == CALLER_VERDICT_LINES_MAX)
		return;
	struct caller_verdict_line *line = &v->line[v->lines++];
	va_start(args, format);
	line->ruling = ruling;
	vsnprintf(line->text, sizeof(line->text), format, args);
	va_end(args);
}

static enum caller_ruling ruling(bool passed)
{
	return passed ? CALLER_RULING_PASSED : CALLER_RULING_FAILED;
}

static void judge_steps(struct caller_verdict *v,
			const struct caller_script_run *run)
{
	char text[96];

	for (size_t i = 0; i < run->script->steps; i++) {
		const struct caller_step_result *r = &run->result[i];
		bool passed = r->result == CALLER_PASSED;

		caller_script_describe(text, sizeof(text),
				       &run->script->step[i]);
		say(v, ruling(passed), "%s%s%s", text, passed ? "" : ": ",
		    passed ? "" : r->why);
	}
}

/* Figures that only the model's trace can give. */
static bool needs_trace(enum caller_figure f)
{
	return f == CALLER_FIGURE_truncations ||
	       f == CALLER_FIGURE_truncation_error_ms ||
	       f == CALLER_FIGURE_unmatched || f == CALLER_FIGURE_lost_ms;
}

/* A range in words: "7", "3 to 9", "at least 3", "at most 9". */
static const char *range_text(char *out, size_t cap,
			      const struct caller_range *r)
{
	if (r->min == r->max)
		snprintf(out, cap, "%g", r->min);
	else if (isinf(r->max))
		snprintf(out, cap, "at least %g", r->min);
	else if (isinf(r->min))
		snprintf(out, cap, "at most %g", r->max);
	else
		snprintf(out, cap, "%g to %g", r->min, r->max);
	return out;
}

static void judge_figure(struct caller_verdict *v, enum caller_figure f,
			 const struct caller_range *range,
			 const struct caller_evidence *e)
{
	double value = e->figures->value[f];
	const char *name = caller_figures_name(f);
	char wanted[64];

	range_text(wanted, sizeof(wanted), range);
	if (isnan(value) && needs_trace(f) && !e->has_trace)
		say(v, CALLER_RULING_UNJUDGED, "%s: %s (needs --model-trace)",
		    name, wanted);
	else if (isnan(value))
		say(v, CALLER_RULING_FAILED, "%s: nothing measured, wanted %s",
		    name, wanted);
	else
		say(v, ruling(value >= range->min && value <= range->max),
		    "%s %.4g (wanted %s)", name, value, wanted);
}

void caller_verdict_reach(struct caller_verdict *v,
			  const struct caller_scenario *scenario,
			  const struct caller_evidence *e)
{
	double breaches = e->figures->value[CALLER_FIGURE_breaches];

	v->lines = 0;
	v->failures = 0;
	judge_steps(v, e->run);
	if (scenario->outcome[0])
		say(v, ruling(strcmp(scenario->outcome, e->outcome) == 0),
		    "outcome %s (wanted %s)", e->outcome, scenario->outcome);
	for (unsigned f = 0; f < CALLER_FIGURE_COUNT; f++)
		if (scenario->is_expected[f])
			judge_figure(v, (enum caller_figure)f,
				     &scenario->range[f], e);
	if (!scenario->is_expected[CALLER_FIGURE_breaches] && breaches > 0)
		say(v, ruling(e->is_lenient), "%g protocol breaches", breaches);
}
