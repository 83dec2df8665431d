#include "tools/call/caller_call.h"

#include <stdio.h>
#include <string.h>

#define MS 8.0 /* samples */

const char *caller_call_outcome_name(enum caller_outcome outcome)
{
	static const char *const name[CALLER_OUTCOMES] = {
		[CALLER_OUTCOME_HUNG_UP] = "hung_up",
		[CALLER_OUTCOME_CALLER_HUNG_UP] = "caller_hung_up",
		[CALLER_OUTCOME_REJECTED] = "rejected",
		[CALLER_OUTCOME_BUSY] = "busy",
		[CALLER_OUTCOME_DIALLED] = "dialled",
		[CALLER_OUTCOME_TRANSFERRED] = "transferred",
		[CALLER_OUTCOME_CHECKED] = "checked",
		[CALLER_OUTCOME_REFUSED] = "refused",
		[CALLER_OUTCOME_BROKEN] = "broken",
		[CALLER_OUTCOME_FAILED] = "failed",
		[CALLER_OUTCOME_TIMED_OUT] = "timed_out",
	};

	return name[outcome];
}

/* --- For those who place calls --- */

struct caller_call *caller_call_begin(struct uv_loop_s *loop,
				      const struct caller_call_options *options,
				      unsigned index,
				      caller_call_over_fn *on_over, void *owner)
{
	return options->kind->begin(loop, options, index, on_over, owner);
}

void caller_call_end(struct caller_call *call)
{
	call->options->kind->end(call);
}

/* A line of 8 kHz mu-law has no tracks of its own: the caller's are its. So are
 * those of a line on which the two directions have formats of their own. */
struct caller_native caller_call_line(const struct caller_call *call)
{
	struct caller_native line = call->native;

	if (!line.rate || line.is_mixed) {
		line.rate = 8000;
		line.is_linear = false;
		line.said = call->caller.said;
		line.heard = call->caller.heard;
	}
	return line;
}

void caller_call_forget_tracks(struct caller_call *call)
{
	caller_forget_tracks(&call->caller);
	caller_native_free(&call->native);
}

void caller_call_free(struct caller_call *call)
{
	if (call)
		call->options->kind->free(call);
}

/* --- For carriers --- */

void caller_call_init(struct caller_call *call,
		      const struct caller_call_options *options, unsigned index,
		      caller_call_over_fn *on_over, void *owner,
		      const struct caller_phone *phone, void *phone_owner)
{
	call->options = options;
	call->on_over = on_over;
	call->owner = owner;
	call->random = options->seed + index * UINT64_C(0xd1342543de82ef95);
	caller_init(&call->caller, options->script, phone, phone_owner,
		    options->keeps_tracks, caller_call_random(call));
	call->caller.timeline.on_event = options->on_event;
	call->caller.timeline.owner = options->owner;
	caller_native_init(&call->native);
	caller_figures_init(&call->result.figures);
}

void caller_call_clear(struct caller_call *call)
{
	caller_free(&call->caller);
	caller_native_free(&call->native);
}

uint64_t caller_call_random(struct caller_call *call)
{
	/* splitmix64: any seed gives a good stream. */
	uint64_t z = call->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

bool caller_call_has_fault(const struct caller_call *call,
			   enum caller_fault fault)
{
	return caller_faults_has(call->options->faults, fault);
}

void caller_call_set(struct caller_call *call, enum caller_figure f,
		     double value)
{
	call->result.figures.value[f] = value;
}

void caller_call_breach(struct caller_call *call, int64_t at_ms,
			const char *code, const char *text)
{
	struct caller_call_result *r = &call->result;

	if (r->breaches++ >= CALLER_CALL_BREACHES_MAX)
		return;
	struct caller_breach *b = &r->breach[r->breaches - 1];
	b->at_ms = at_ms;
	snprintf(b->code, sizeof(b->code), "%s", code);
	snprintf(b->text, sizeof(b->text), "%s", text);
	caller_timeline_add(&call->caller.timeline, at_ms, CALLER_MOMENT_BREACH,
			    "%s %s", code, text);
}

/* --- The figures the caller gives --- */

static void set_samples(struct caller_call *call, enum caller_figure f,
			bool is_known, uint64_t samples)
{
	if (is_known)
		caller_call_set(call, f, (double)samples / MS);
}

static void finish_counts(struct caller_call *call)
{
	const struct caller_judge *j = &call->caller.judge;

	caller_call_set(call, CALLER_FIGURE_utterances,
			call->caller.ear.starts);
	caller_call_set(call, CALLER_FIGURE_gaps, j->gaps);
	caller_call_set(call, CALLER_FIGURE_clicks, j->clicks);
	caller_call_set(call, CALLER_FIGURE_barge_ins, j->barge_ins);
	caller_call_set(call, CALLER_FIGURE_barge_ins_heeded,
			j->barge_ins_heeded);
	caller_call_set(call, CALLER_FIGURE_clears, j->clears);
}

static void finish_times(struct caller_call *call)
{
	const struct caller *p = &call->caller;
	const struct caller_judge *j = &p->judge;

	set_samples(call, CALLER_FIGURE_heard_ms, true, p->ear.loud_samples);
	set_samples(call, CALLER_FIGURE_gap_ms, true, j->gap_samples);
	set_samples(call, CALLER_FIGURE_gap_longest_ms, true,
		    j->gap_longest_samples);
	set_samples(call, CALLER_FIGURE_late_ms, true, j->late_samples);
	set_samples(call, CALLER_FIGURE_first_media_ms,
		    j->first_media_sample != CALLER_JUDGE_NONE,
		    j->first_media_sample);
	set_samples(call, CALLER_FIGURE_first_sound_ms, p->has_first_sound,
		    p->first_sound);
	set_samples(call, CALLER_FIGURE_reaction_ms, j->barge_ins_heeded,
		    j->reaction_longest_samples);
	set_samples(call, CALLER_FIGURE_answer_ms, p->answers,
		    p->answer_longest);
}

void caller_call_compare(struct caller_call *call)
{
	const struct caller *p = &call->caller;
	if (!call->options->keeps_tracks || !p->ear.starts)
		return;
	struct caller_native line = caller_call_line(call);
	struct caller_exactness exact =
		caller_exact_measure(&line, p->echo, p->echoes);

	caller_call_set(call, CALLER_FIGURE_echo_snr_db,
			caller_echo_snr(p->echo, p->echoes, &p->said,
					&p->heard));
	caller_call_set(call, CALLER_FIGURE_exact_ms, exact.exact_ms);
	caller_call_set(call, CALLER_FIGURE_inexact_samples,
			exact.inexact_samples);
}

void caller_call_finish(struct caller_call *call, bool has_streamed)
{
	caller_call_set(call, CALLER_FIGURE_breaches,
			(double)call->result.breaches);
	if (!has_streamed)
		return;
	finish_counts(call);
	finish_times(call);
}
