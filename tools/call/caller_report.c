#include "tools/call/caller_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum colour { PLAIN, RED, GREEN, YELLOW, CYAN, DIM };

static const char *paint(const struct caller_report *r, enum colour c)
{
	static const char *const code[] = { "\033[0m",  "\033[31m", "\033[32m",
					    "\033[33m", "\033[36m", "\033[2m" };

	return r->is_coloured ? code[c] : "";
}

/* --- The timeline --- */

void caller_report_event(const struct caller_report *r,
			 const struct caller_event *e)
{
	static const enum colour colour[] = {
		[CALLER_MOMENT_CALL] = DIM,     [CALLER_MOMENT_HEARD] = PLAIN,
		[CALLER_MOMENT_SAID] = CYAN,    [CALLER_MOMENT_KEY] = CYAN,
		[CALLER_MOMENT_FAULT] = YELLOW, [CALLER_MOMENT_BREACH] = RED,
	};

	fprintf(r->out, "%9" PRId64 " ms  %s%-6s  %s%s\n", e->at_ms,
		paint(r, colour[e->moment]), caller_timeline_moment(e->moment),
		e->text, paint(r, PLAIN));
	fflush(r->out);
}

/* --- For people --- */

/* The judgement: what is told after every call, in this order. */
static const enum caller_figure judgement[] = {
	CALLER_FIGURE_first_media_ms,
	CALLER_FIGURE_first_sound_ms,
	CALLER_FIGURE_answer_ms,
	CALLER_FIGURE_gaps,
	CALLER_FIGURE_gap_ms,
	CALLER_FIGURE_clicks,
	CALLER_FIGURE_late_ms,
	CALLER_FIGURE_reaction_ms,
	CALLER_FIGURE_truncation_error_ms,
	CALLER_FIGURE_echo_snr_db,
	CALLER_FIGURE_exact_ms,
	CALLER_FIGURE_inexact_samples,
	CALLER_FIGURE_buffer_ms_max,
	CALLER_FIGURE_ignored_chunks,
	CALLER_FIGURE_resumes,
	CALLER_FIGURE_resume_ms,
	CALLER_FIGURE_cut_ms,
	CALLER_FIGURE_breaches,
};

static void tell_figure(const struct caller_report *r,
			const struct caller_figures *f, enum caller_figure id)
{
	if (isnan(f->value[id]))
		return;
	fprintf(r->out, "  %-20s %8.*f   %s%s%s\n", caller_figures_name(id),
		f->value[id] == floor(f->value[id]) ? 0 : 1, f->value[id],
		paint(r, DIM), caller_figures_what(id), paint(r, PLAIN));
}

static void tell_figures(const struct caller_report *r,
			 const struct caller_figures *f)
{
	fputc('\n', r->out);
	for (size_t i = 0; i < sizeof(judgement) / sizeof(*judgement); i++)
		tell_figure(r, f, judgement[i]);
	fputc('\n', r->out);
}

static void tell_line(const struct caller_report *r,
		      const struct caller_verdict_line *line)
{
	static const struct {
		const char *word;
		enum colour colour;
	} as[] = {
		[CALLER_RULING_PASSED] = { "passed", GREEN },
		[CALLER_RULING_FAILED] = { "FAILED", RED },
		[CALLER_RULING_UNJUDGED] = { "-", DIM },
	};

	fprintf(r->out, "  %s%-6s%s  %s\n", paint(r, as[line->ruling].colour),
		as[line->ruling].word, paint(r, PLAIN), line->text);
}

static void tell_timeline(const struct caller_report *r, unsigned number,
			  const struct caller_call *call)
{
	const struct caller_timeline *t = &call->caller.timeline;

	fprintf(r->out, "call %u  %s\n", number, call->result.id);
	for (size_t i = 0; i < t->events; i++)
		caller_report_event(r, &t->event[i]);
}

static void tell_verdict(const struct caller_report *r,
			 const struct caller_verdict *v, bool is_long)
{
	for (size_t i = 0; i < v->lines; i++)
		if (is_long || v->line[i].ruling == CALLER_RULING_FAILED)
			tell_line(r, &v->line[i]);
}

/* Of several calls only the failed ones at length; quietly, only what failed.
 */
static void tell_call(const struct caller_report *r, unsigned number,
		      const struct caller_call *call,
		      const struct caller_verdict *v)
{
	const struct caller_call_result *result = &call->result;
	bool has_failed = v->failures > 0;
	bool is_long = !r->is_quiet && (has_failed || !r->is_many);

	if (r->is_quiet && !has_failed)
		return;
	if (is_long && !r->is_live)
		tell_timeline(r, number, call);
	if (!result->could_not_connect) {
		if (is_long)
			tell_figures(r, &result->figures);
		tell_verdict(r, v, is_long);
	}
	fprintf(r->out, "%s%s%s  call %u: %s, %s\n",
		paint(r, has_failed ? RED : GREEN),
		has_failed ? "FAILED" : "passed", paint(r, PLAIN), number,
		caller_call_outcome_name(result->outcome), result->how);
}

/* --- For machines --- */

static json_t *number_or_null(double value)
{
	if (isnan(value))
		return json_null();
	if (value == floor(value) && fabs(value) < 1e15)
		return json_integer((json_int_t)value);
	return json_real(round(value * 1000) / 1000);
}

static json_t *figures_json(const struct caller_figures *f)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < CALLER_FIGURE_COUNT; i++)
		json_object_set_new(o,
				    caller_figures_name((enum caller_figure)i),
				    number_or_null(f->value[i]));
	return o;
}

static json_t *timeline_json(const struct caller_timeline *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->events; i++)
		json_array_append_new(
			list,
			json_pack("{sI ss ss}", "at_ms",
				  (json_int_t)t->event[i].at_ms, "kind",
				  caller_timeline_moment(t->event[i].moment),
				  "text", t->event[i].text));
	return list;
}

static json_t *breaches_json(const struct caller_call_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->breaches && i < CALLER_CALL_BREACHES_MAX;
	     i++)
		json_array_append_new(
			list, json_pack("{sI ss ss}", "at_ms",
					(json_int_t)result->breach[i].at_ms,
					"code", result->breach[i].code, "text",
					result->breach[i].text));
	return list;
}

static json_t *failures_json(const struct caller_verdict *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->lines; i++)
		if (v->line[i].ruling == CALLER_RULING_FAILED)
			json_array_append_new(list,
					      json_string(v->line[i].text));
	return list;
}

static void write_json(const struct caller_report *r, json_t *o)
{
	if (o)
		json_dumpf(o, r->out, JSON_COMPACT);
	fputc('\n', r->out);
	fflush(r->out);
	json_decref(o);
}

static void write_call(const struct caller_report *r, unsigned number,
		       const struct caller_call *call,
		       const struct caller_verdict *v)
{
	const struct caller_call_result *result = &call->result;

	write_json(r,
		   json_pack("{si ss sb ss ss so so so so}", "call",
			     (int)number, call->options->kind->id_name,
			     result->id, "passed", v->failures == 0, "outcome",
			     caller_call_outcome_name(result->outcome), "how",
			     result->how, "figures",
			     figures_json(&result->figures), "failures",
			     failures_json(v), "breaches",
			     breaches_json(result), "timeline",
			     timeline_json(&call->caller.timeline)));
}

void caller_report_call(const struct caller_report *r, unsigned number,
			const struct caller_call *call,
			const struct caller_verdict *v)
{
	if (r->is_json)
		write_call(r, number, call, v);
	else
		tell_call(r, number, call, v);
}

/* --- Totals --- */

static struct caller_spread spread_of(const struct caller_figures *figures,
				      size_t n, enum caller_figure f,
				      double *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = figures[i].value[f];
	return caller_figures_spread(values, n);
}

static void write_totals(const struct caller_report *r,
			 const struct caller_figures *figures, size_t n,
			 unsigned failed, double *values)
{
	json_t *all = json_object();

	for (unsigned f = 0; f < CALLER_FIGURE_COUNT; f++) {
		struct caller_spread s =
			spread_of(figures, n, (enum caller_figure)f, values);

		json_object_set_new(
			all, caller_figures_name((enum caller_figure)f),
			json_pack("{si so so so so so}", "count", (int)s.count,
				  "p50", number_or_null(s.p50), "p95",
				  number_or_null(s.p95), "p99",
				  number_or_null(s.p99), "max",
				  number_or_null(s.max), "sum",
				  number_or_null(s.sum)));
	}
	write_json(r, json_pack("{s{si si so}}", "totals", "calls", (int)n,
				"failed", (int)failed, "figures", all));
}

static void tell_totals(const struct caller_report *r,
			const struct caller_figures *figures, size_t n,
			unsigned failed, double *values)
{
	fprintf(r->out, "\n%-20s %6s %9s %9s %9s %9s\n", "figure", "calls",
		"p50", "p95", "p99", "max");
	for (unsigned f = 0; f < CALLER_FIGURE_COUNT; f++) {
		struct caller_spread s =
			spread_of(figures, n, (enum caller_figure)f, values);

		if (s.count)
			fprintf(r->out, "%-20s %6zu %9.1f %9.1f %9.1f %9.1f\n",
				caller_figures_name((enum caller_figure)f),
				s.count, s.p50, s.p95, s.p99, s.max);
	}
	fprintf(r->out, "%s%zu calls, %u failed%s\n",
		paint(r, failed ? RED : GREEN), n, failed, paint(r, PLAIN));
}

void caller_report_totals(const struct caller_report *r,
			  const struct caller_figures *figures, size_t n,
			  unsigned failed)
{
	double *values = calloc(n ? n : 1, sizeof(*values));

	if (!values)
		return;
	if (r->is_json)
		write_totals(r, figures, n, failed, values);
	else
		tell_totals(r, figures, n, failed, values);
	free(values);
}
