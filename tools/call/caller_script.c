#include "tools/call/caller_script.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct caller_action nothing = { .act = CALLER_ACT_NONE };

void caller_script_begin(struct caller_script_run *r,
			 const struct caller_script *script)
{
	memset(r, 0, sizeof(*r));
	r->script = script;
}

bool caller_script_is_done(const struct caller_script_run *r)
{
	return r->at >= r->script->steps;
}

bool caller_script_has_failed(const struct caller_script_run *r)
{
	for (size_t i = 0; i < r->script->steps; i++)
		if (r->result[i].result == CALLER_FAILED)
			return true;
	return false;
}

static const struct caller_step *step_now(const struct caller_script_run *r)
{
	return &r->script->step[r->at];
}

static void enter_phase(struct caller_script_run *r, unsigned phase,
			uint64_t now_ms)
{
	r->phase = phase;
	r->since_ms = now_ms;
}

static struct caller_action pass(struct caller_script_run *r)
{
	r->result[r->at].result = CALLER_PASSED;
	r->at++;
	r->is_entered = false;
	return nothing;
}

static __attribute__((format(printf, 2, 3))) struct caller_action fail(
	struct caller_script_run *r, const char *format, ...)
{
	struct caller_step_result *result = &r->result[r->at];
	va_list args;

	va_start(args, format);
	vsnprintf(result->why, sizeof(result->why), format, args);
	va_end(args);
	result->result = CALLER_FAILED;
	r->at = r->script->steps;
	return (struct caller_action){ .act = CALLER_ACT_HANG_UP };
}

static bool is_late(const struct caller_script_run *r,
		    const struct caller_view *v)
{
	return v->now_ms - r->since_ms >= step_now(r)->timeout_ms;
}

/* --- One function per kind of step: act, pass, fail, or wait (nothing) --- */

typedef struct caller_action step_fn(struct caller_script_run *r,
				     const struct caller_view *v);

static struct caller_action run_say(struct caller_script_run *r,
				    const struct caller_view *v)
{
	if (r->phase == 0) {
		enter_phase(r, 1, v->now_ms);
		r->old = v->starts;
		return (struct caller_action){ .act = CALLER_ACT_SAY,
					       .clip = step_now(r)->clip };
	}
	return v->is_saying ? nothing : pass(r);
}

/* phase counts the keys that are down. */
static struct caller_action run_press(struct caller_script_run *r,
				      const struct caller_view *v)
{
	char digit = step_now(r)->digits[r->phase];

	if (!digit)
		return pass(r);
	if (r->phase && v->now_ms - r->since_ms < CALLER_SCRIPT_KEY_MS)
		return nothing;
	enter_phase(r, r->phase + 1, v->now_ms);
	r->old = v->starts;
	return (struct caller_action){ .act = CALLER_ACT_KEY, .digit = digit };
}

static struct caller_action run_wait_start(struct caller_script_run *r,
					   const struct caller_view *v)
{
	if (v->starts > r->old)
		return pass(r);
	if (v->is_ended)
		return fail(r, "the far end hung up first");
	if (is_late(r, v))
		return fail(r, "nothing was heard for %u ms",
			    step_now(r)->timeout_ms);
	return nothing;
}

static struct caller_action run_wait_end(struct caller_script_run *r,
					 const struct caller_view *v)
{
	if (v->ends > r->old) {
		r->old = v->ends;
		return pass(r);
	}
	if (v->is_ended)
		return fail(r, "the far end hung up first");
	if (is_late(r, v))
		return fail(r, "%s for %u ms",
			    v->starts > r->old ? "speech did not end"
					       : "nothing was heard",
			    step_now(r)->timeout_ms);
	return nothing;
}

static struct caller_action run_wait_silence(struct caller_script_run *r,
					     const struct caller_view *v)
{
	if (v->quiet_ms >= step_now(r)->ms &&
	    v->now_ms - r->since_ms >= step_now(r)->ms)
		return pass(r);
	if (is_late(r, v))
		return fail(r, "no silence of %u ms within %u ms",
			    step_now(r)->ms, step_now(r)->timeout_ms);
	return nothing;
}

static struct caller_action run_wait_ms(struct caller_script_run *r,
					const struct caller_view *v)
{
	return v->now_ms - r->since_ms >= step_now(r)->ms ? pass(r) : nothing;
}

static struct caller_action run_wait_hangup(struct caller_script_run *r,
					    const struct caller_view *v)
{
	if (v->is_ended)
		return pass(r);
	if (is_late(r, v))
		return fail(r, "the far end did not hang up within %u ms",
			    step_now(r)->timeout_ms);
	return nothing;
}

/* Was the voice stopped, and in time? Asked when the caller has finished. */
static struct caller_action judge_interrupt(struct caller_script_run *r,
					    const struct caller_view *v)
{
	unsigned within_ms = step_now(r)->within_ms;

	if (v->heeded == r->heeded)
		return fail(r, "the voice did not stop");
	if (within_ms && v->reaction_ms > within_ms)
		return fail(r,
			    "the voice stopped after %" PRIu64
			    " ms, allowed are %u",
			    v->reaction_ms, within_ms);
	return pass(r);
}

/* Phase 0: wait for speech that is ms old. Phase 1: speak into it. */
static struct caller_action run_interrupt(struct caller_script_run *r,
					  const struct caller_view *v)
{
	const struct caller_step *step = step_now(r);

	if (r->phase == 1)
		return v->is_saying ? nothing : judge_interrupt(r, v);
	if (v->starts > r->old && v->hears_speech &&
	    v->now_ms - v->start_ms >= step->ms) {
		enter_phase(r, 1, v->now_ms);
		r->old = v->starts;
		r->heeded = v->heeded;
		return (struct caller_action){ .act = CALLER_ACT_BARGE_IN,
					       .clip = step->clip };
	}
	if (v->ends > r->old)
		return fail(r,
			    "speech ended before %u ms: nothing to "
			    "interrupt",
			    step->ms);
	if (v->is_ended)
		return fail(r, "the far end hung up first");
	if (is_late(r, v))
		return fail(r, "nothing was heard for %u ms", step->timeout_ms);
	return nothing;
}

static struct caller_action run_hang_up(struct caller_script_run *r,
					const struct caller_view *v)
{
	(void)v;
	pass(r);
	return (struct caller_action){ .act = CALLER_ACT_HANG_UP };
}

static struct caller_action run_inject(struct caller_script_run *r,
				       const struct caller_view *v)
{
	const struct caller_step *step = step_now(r);

	/* What was heard on a stream that ends now is no answer any more. */
	if (caller_fault_kind(step->fault)->when == CALLER_FAULT_BREAKS)
		r->old = v->starts;
	pass(r);
	if (caller_fault_kind(step->fault)->when == CALLER_FAULT_SETUP)
		return nothing;
	return (struct caller_action){ .act = CALLER_ACT_FAULT,
				       .fault = step->fault,
				       .value = step->value };
}

static step_fn *const run_step[] = {
	[CALLER_SAY] = run_say,
	[CALLER_PRESS] = run_press,
	[CALLER_WAIT_START] = run_wait_start,
	[CALLER_WAIT_END] = run_wait_end,
	[CALLER_WAIT_SILENCE] = run_wait_silence,
	[CALLER_WAIT_MS] = run_wait_ms,
	[CALLER_WAIT_HANGUP] = run_wait_hangup,
	[CALLER_INTERRUPT] = run_interrupt,
	[CALLER_HANG_UP] = run_hang_up,
	[CALLER_INJECT] = run_inject,
};

struct caller_action caller_script_next(struct caller_script_run *r,
					const struct caller_view *view)
{
	while (!caller_script_is_done(r)) {
		size_t at = r->at;

		if (!r->is_entered) {
			r->is_entered = true;
			enter_phase(r, 0, view->now_ms);
		}
		struct caller_action action =
			run_step[step_now(r)->kind](r, view);
		if (action.act != CALLER_ACT_NONE || r->at == at)
			return action;
	}
	return nothing;
}

static bool is_setup_only(const struct caller_step *step)
{
	return step->kind == CALLER_INJECT &&
	       caller_fault_kind(step->fault)->when == CALLER_FAULT_SETUP;
}

bool caller_script_hangs_up(const struct caller_script_run *r)
{
	for (size_t i = 0; i < r->script->steps; i++)
		if (!is_setup_only(&r->script->step[i]))
			return caller_script_is_done(r);
	return false;
}

void caller_script_end(struct caller_script_run *r,
		       const struct caller_view *view)
{
	/* What the end itself fulfils: a farewell heard, the hang-up. */
	(void)caller_script_next(r, view);
	for (size_t i = 0; i < r->script->steps; i++) {
		if (is_setup_only(&r->script->step[i]))
			r->result[i].result = CALLER_PASSED;
		if (r->result[i].result != CALLER_PENDING)
			continue;
		r->result[i].result = CALLER_FAILED;
		snprintf(r->result[i].why, sizeof(r->result[i].why),
			 "the call ended first");
	}
}

const char *caller_script_label(const struct caller_script_run *r)
{
	for (size_t i = r->at; i < r->script->steps; i++) {
		const struct caller_step *step = &r->script->step[i];

		if (step->label[0])
			return step->label;
		if (step->kind == CALLER_WAIT_START ||
		    step->kind == CALLER_WAIT_END ||
		    step->kind == CALLER_INTERRUPT)
			break;
	}
	return "reply";
}

char *caller_script_describe(char *out, size_t cap,
			     const struct caller_step *step)
{
	const char *clip = step->clip ? step->clip->name : "";

	switch (step->kind) {
	case CALLER_SAY:
		snprintf(out, cap, "say %s", clip);
		break;
	case CALLER_PRESS:
		snprintf(out, cap, "press %s", step->digits);
		break;
	case CALLER_WAIT_START:
		snprintf(out, cap, "hear the %s begin",
			 step->label[0] ? step->label : "reply");
		break;
	case CALLER_WAIT_END:
		snprintf(out, cap, "hear the %s out",
			 step->label[0] ? step->label : "reply");
		break;
	case CALLER_WAIT_SILENCE:
		snprintf(out, cap, "hear %u ms of silence", step->ms);
		break;
	case CALLER_WAIT_MS:
		snprintf(out, cap, "wait %u ms", step->ms);
		break;
	case CALLER_WAIT_HANGUP:
		snprintf(out, cap, "be hung up");
		break;
	case CALLER_INTERRUPT:
		snprintf(out, cap, "interrupt the %s with %s",
			 step->label[0] ? step->label : "reply", clip);
		break;
	case CALLER_HANG_UP:
		snprintf(out, cap, "hang up");
		break;
	case CALLER_INJECT:
		snprintf(out, cap, "inject %s",
			 caller_fault_kind(step->fault)->name);
		break;
	}
	return out;
}
