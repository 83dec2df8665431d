/* Responses: started, sent step by step in the documented order of events,
 * cancelled, finished. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/model_state.h"

#define LIMITS_AFTER_US   40000
#define TOKENS_PER_MINUTE 800000

static struct model_response *free_slot(struct model_session *s)
{
	for (int i = 0; i < MODEL_RESPONSES_MAX; i++)
		if (!s->response[i].is_live)
			return &s->response[i];
	return NULL;
}

void model_response_free(struct model_response *r)
{
	json_decref(r->request);
	json_decref(r->finished);
	model_plan_free(&r->plan);
	model_schedule_free(&r->schedule);
	*r = (struct model_response){ .is_live = false };
}

static enum model_encoding encoding_of(struct model_session *s, json_t *request)
{
	json_t *format = json_object_get(
		json_object_get(json_object_get(request, "audio"), "output"),
		"format");

	return format ? model_audio_from_format(format) : s->settings.output;
}

static bool is_none(json_t *request)
{
	const char *conversation =
		json_string_value(json_object_get(request, "conversation"));

	return conversation && strcmp(conversation, "none") == 0;
}

static void announce(struct model_session *s, struct model_response *r)
{
	if (r->plan.no_created)
		return;
	model_emit_traced(
		s, "response.created",
		json_pack("{s:o}", "response",
			  model_response_json(s, r, MODEL_COMPLETED, NULL)),
		json_pack("{s:s, s:i}", "response_id", r->id, "number",
			  (int)r->number));
	if (r->number == 1)
		model_emit_event(s, "conversation.unannounced_event",
				 json_pack("{s:i}", "number", 1));
}

static bool no_room(struct model_error *e)
{
	model_error_set(e, "server_error", NULL,
			"The server had an error while processing your "
			"request. Sorry about that!");
	e->type = "server_error";
	return false;
}

static bool check_free(struct model_session *s, bool is_out_of_band,
		       struct model_error *e)
{
	if (is_out_of_band || !s->active)
		return true;
	return model_error_set(
		e, "conversation_already_has_active_response", NULL,
		"Conversation already has an active response in progress: %s. "
		"Wait until the response is finished before creating a new "
		"one.",
		s->active->id);
}

static bool prepare(struct model_session *s, struct model_response *r)
{
	if (r->is_endless)
		return true;
	if (model_agent_plan(s, r))
		return false;
	model_faults_spoil(s, r);
	return !model_schedule_make(&r->schedule, &r->plan, r->encoding,
				    &s->random);
}

bool model_response_create(struct model_session *s, json_t *request,
			   bool by_client, struct model_error *e)
{
	bool is_out_of_band = is_none(request);

	if (!check_free(s, is_out_of_band, e))
		return false;
	struct model_response *r = free_slot(s);
	if (!r)
		return no_room(e);
	*r = (struct model_response){
		.is_live = true,
		.is_out_of_band = is_out_of_band,
		.by_client = by_client,
		.number = is_out_of_band ? 0 : ++s->responses,
		.request = request ? json_deep_copy(request) : NULL,
		.finished = json_array(),
		.created_us = s->now_us,
		.encoding = encoding_of(s, request),
		.is_endless = !is_out_of_band && s->scenario->script->loopback,
	};
	model_random_id(&s->random, "resp_", r->id);
	if (!prepare(s, r)) {
		model_response_free(r);
		return no_room(e);
	}
	if (!is_out_of_band) {
		s->active = r;
		s->world->report.responses++;
		model_agenda_drop(&s->agenda, MODEL_DUE_IDLE);
	}
	model_emit_log(s, "response %u started", r->number);
	announce(s, r);
	if (!is_out_of_band)
		model_faults_fire(s, MODEL_AT_RESPONSE, r->number);
	return true;
}

/* --- the end --- */

static uint64_t spoken_ms(const struct model_response *r)
{
	uint64_t ms = 0;

	for (size_t i = 0; i < r->plan.outputs; i++)
		ms += model_audio_ms(r->encoding, r->run[i].bytes_sent);
	return ms;
}

static void after_done(struct model_session *s, struct model_response *r)
{
	uint64_t ms = spoken_ms(r);

	if (r->plan.has_late_deltas && r->plan.outputs &&
	    r->plan.output[0].clip.len)
		model_emit_audio(s, r, 0, r->plan.output[0].clip.bytes,
				 r->plan.output[0].clip.len < 4800
					 ? r->plan.output[0].clip.len
					 : 4800,
				 false);
	model_agenda_add(
		&s->agenda,
		&(struct model_task){ .what = MODEL_DUE_LIMITS,
				      .at_us = s->now_us + LIMITS_AFTER_US });
	model_turns_idle_arm(s, ms);
}

static void finish(struct model_session *s, struct model_response *r,
		   enum model_status status, const char *reason)
{
	static const char *const name[] = { "completed", "failed", "incomplete",
					    "cancelled" };
	unsigned number = r->number;

	for (unsigned i = 0; i < r->plan.outputs; i++)
		model_output_close(s, r, i,
				   status == MODEL_COMPLETED ? "completed"
							     : "incomplete");
	model_emit_log(s, "response %u %s%s%s, %llu ms of audio", r->number,
		       name[status], *reason ? ": " : "", reason,
		       (unsigned long long)spoken_ms(r));
	model_emit_traced(s, "response.done",
			  json_pack("{s:o}", "response",
				    model_response_json(s, r, status, reason)),
			  json_pack("{s:s, s:s, s:s, s:I}", "response_id",
				    r->id, "status", name[status], "reason",
				    reason, "total_ms",
				    (json_int_t)spoken_ms(r)));
	bool was_active = s->active == r;
	if (was_active)
		s->active = NULL;
	if (s->loopback.response == r)
		s->loopback.response = NULL;
	after_done(s, r);
	model_response_free(r);
	if (was_active)
		model_faults_fire(s, MODEL_AT_DONE, number);
}

void model_response_limits(struct model_session *s)
{
	int remaining = TOKENS_PER_MINUTE - (int)s->tokens_before;

	model_emit_event(
		s, "rate_limits.updated",
		json_pack("{s:[{s:s, s:i, s:i, s:f}]}", "rate_limits", "name",
			  "tokens", "limit", TOKENS_PER_MINUTE, "remaining",
			  remaining > 0 ? remaining : 0, "reset_seconds",
			  (double)s->tokens_before * 60 / TOKENS_PER_MINUTE));
}

uint64_t model_response_due(const struct model_response *r)
{
	if (!r->is_live || r->is_endless || r->next >= r->schedule.steps)
		return MODEL_NEVER;
	return r->created_us + r->schedule.step[r->next].after_us;
}

static void take_step(struct model_session *s, struct model_response *r,
		      const struct model_step *step)
{
	const struct model_output *o = &r->plan.output[step->output];

	switch (step->kind) {
	case MODEL_STEP_OPEN:
		model_output_open(s, r, step->output);
		break;
	case MODEL_STEP_WORDS:
		model_output_words(s, r, step);
		break;
	case MODEL_STEP_AUDIO:
		model_output_audio(s, r, step->output,
				   o->clip.bytes + step->offset, step->len);
		break;
	case MODEL_STEP_CLOSE:
		/* The last item of a response that fails is unfinished. */
		if (r->plan.status == MODEL_COMPLETED ||
		    step->output + 1 < r->plan.outputs)
			model_output_close(s, r, step->output, "completed");
		break;
	case MODEL_STEP_DONE:
		finish(s, r, r->plan.status, r->plan.reason);
		break;
	}
}

void model_response_step(struct model_session *s, struct model_response *r)
{
	const struct model_step step = r->schedule.step[r->next++];

	take_step(s, r, &step);
}

static void stop(struct model_session *s, struct model_response *r,
		 const char *reason)
{
	s->world->report.interrupted++;
	finish(s, r, MODEL_CANCELLED, reason);
}

/* Deltas that were already on their way still follow speech_started. */
static void send_late(struct model_session *s, struct model_response *r)
{
	const unsigned *range = s->scenario->late_deltas;
	unsigned late = model_random_between(&s->random, range[0], range[1]);

	if (r->is_endless || !r->has_sounded)
		return;
	for (; late > 0 && r->next < r->schedule.steps; r->next++) {
		const struct model_step *step = &r->schedule.step[r->next];

		if (step->kind != MODEL_STEP_AUDIO &&
		    step->kind != MODEL_STEP_WORDS)
			return;
		take_step(s, r, step);
		late -= step->kind == MODEL_STEP_AUDIO;
	}
}

void model_response_interrupt(struct model_session *s)
{
	send_late(s, s->active);
	if (s->active)
		stop(s, s->active, "turn_detected");
}

static struct model_response *find_live(struct model_session *s, const char *id)
{
	if (!id)
		return s->active;
	for (int i = 0; i < MODEL_RESPONSES_MAX; i++)
		if (s->response[i].is_live &&
		    strcmp(s->response[i].id, id) == 0)
			return &s->response[i];
	return NULL;
}

bool model_response_cancel(struct model_session *s, const char *id,
			   struct model_error *e)
{
	struct model_response *r = find_live(s, id);

	if (!r)
		return model_error_set(e, "response_cancel_not_active", NULL,
				       "Cancellation failed: no active "
				       "response found");
	stop(s, r, "client_cancelled");
	return true;
}
