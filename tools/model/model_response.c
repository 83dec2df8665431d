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

/* --- one output --- */

static struct model_item *item_of(struct model_session *s,
				  struct model_response *r, unsigned output)
{
	return model_conversation_find(&s->conversation,
				       r->run[output].item_id);
}

static void show_conversation_item(struct model_session *s, const char *type,
				   const struct model_item *item)
{
	model_emit_event(
		s, type,
		json_pack("{s:s?, s:O}", "previous_item_id",
			  model_conversation_before(&s->conversation, item),
			  "item", item->json));
}

/* Takes over json. */
static void join_conversation(struct model_session *s, struct model_response *r,
			      unsigned output, json_t *json)
{
	struct model_error e;
	struct model_item *item = model_conversation_insert(
		&s->conversation, r->run[output].item_id, json, NULL, &e);

	if (!item)
		return;
	item->encoding = r->encoding;
	item->is_unheld = r->is_endless;
	show_conversation_item(s, "conversation.item.added", item);
}

void model_response_open(struct model_session *s, struct model_response *r,
			 unsigned output)
{
	struct model_run *run = &r->run[output];

	run->is_open = true;
	model_random_id(&s->random, "item_", run->item_id);
	model_random_id(&s->random, "call_", run->call_id);
	json_t *item = model_response_item(s, r, output, "in_progress");
	model_emit_event(s, "response.output_item.added",
			 json_pack("{s:s, s:i, s:O}", "response_id", r->id,
				   "output_index", (int)output, "item", item));
	if (!r->is_out_of_band)
		join_conversation(s, r, output, json_deep_copy(item));
	json_decref(item);
	if (r->plan.output[output].kind == MODEL_FUNCTION)
		return;
	json_t *at = model_response_at(r, output, true);
	json_object_set_new(at, "part", model_response_part(r, output));
	model_emit_event(s, "response.content_part.added", at);
}

static void send_words(struct model_session *s, struct model_response *r,
		       const struct model_step *step)
{
	static const char *const type[] = {
		[MODEL_SPEECH] = "response.output_audio_transcript.delta",
		[MODEL_TEXT] = "response.output_text.delta",
		[MODEL_FUNCTION] = "response.function_call_arguments.delta",
	};
	const struct model_output *o = &r->plan.output[step->output];
	struct model_run *run = &r->run[step->output];
	json_t *at =
		model_response_at(r, step->output, o->kind != MODEL_FUNCTION);

	if (o->kind == MODEL_FUNCTION)
		json_object_set_new(at, "call_id", json_string(run->call_id));
	json_object_set_new(at, "delta",
			    json_stringn(o->words + step->offset, step->len));
	json_object_set_new(at, "obfuscation", model_emit_obfuscation(s));
	run->words_sent = step->offset + step->len;
	model_emit_event(s, type[o->kind], at);
}

void model_response_audio(struct model_session *s, struct model_response *r,
			  unsigned output, const uint8_t *bytes, size_t n)
{
	bool is_first = !r->has_sounded;
	struct model_item *item = item_of(s, r, output);

	if (is_first && r->plan.has_empty_delta)
		model_emit_audio(s, r, output, bytes, 0, false);
	model_emit_audio(s, r, output, bytes, n,
			 r->plan.has_damaged_delta && is_first);
	r->run[output].bytes_sent += n;
	r->has_sounded = true;
	s->has_assistant_audio = true;
	if (item)
		model_item_add_audio(item, bytes, n);
	if (is_first && !r->is_out_of_band)
		model_faults_fire(s, MODEL_AT_AUDIO, r->number);
}

static void close_content(struct model_session *s, struct model_response *r,
			  unsigned output)
{
	bool is_text = r->plan.output[output].kind == MODEL_TEXT;
	json_t *part = model_response_part(r, output);
	json_t *at = model_response_at(r, output, true);

	if (is_text) {
		json_object_set(at, "text", json_object_get(part, "text"));
		model_emit_event(s, "response.output_text.done", at);
	} else {
		model_emit_event(s, "response.output_audio.done", at);
		at = model_response_at(r, output, true);
		json_object_set(at, "transcript",
				json_object_get(part, "transcript"));
		model_emit_event(s, "response.output_audio_transcript.done",
				 at);
	}
	at = model_response_at(r, output, true);
	json_object_set_new(at, "part", part);
	model_emit_event(s, "response.content_part.done", at);
}

static void close_call(struct model_session *s, struct model_response *r,
		       unsigned output)
{
	json_t *at = model_response_at(r, output, false);

	json_object_set_new(at, "call_id", json_string(r->run[output].call_id));
	json_object_set_new(at, "name",
			    json_string(r->plan.output[output].name));
	json_object_set_new(at, "arguments",
			    json_stringn(r->plan.output[output].words,
					 r->run[output].words_sent));
	model_emit_event(s, "response.function_call_arguments.done", at);
}

static bool has_spoken(const struct model_response *r)
{
	return r->run[0].bytes_sent > 0;
}

/* The item of the conversation becomes what the response made of it, except
 * for the transcript of an item that was truncated meanwhile. */
static void settle_item(struct model_session *s, struct model_response *r,
			unsigned output, json_t *json, bool is_complete)
{
	struct model_item *item = item_of(s, r, output);

	if (!item)
		return;
	json_object_update(item->json, json);
	if (item->heard < item->generated)
		json_object_del(
			json_array_get(json_object_get(item->json, "content"),
				       0),
			"transcript");
	if (r->plan.output[output].kind == MODEL_FUNCTION && is_complete) {
		item->is_call = true;
		item->called_us = s->now_us;
		item->had_farewell = has_spoken(r);
	}
	show_conversation_item(s, "conversation.item.done", item);
}

static void close_output(struct model_session *s, struct model_response *r,
			 unsigned output, const char *status)
{
	struct model_run *run = &r->run[output];

	if (!run->is_open || run->is_closed)
		return;
	run->is_closed = true;
	if (r->plan.output[output].kind == MODEL_FUNCTION)
		close_call(s, r, output);
	else
		close_content(s, r, output);
	json_t *item = model_response_item(s, r, output, status);
	if (!r->is_out_of_band) {
		json_t *copy = json_deep_copy(item);
		settle_item(s, r, output, copy,
			    strcmp(status, "completed") == 0);
		json_decref(copy);
	}
	json_array_append(r->finished, item);
	model_emit_event(s, "response.output_item.done",
			 json_pack("{s:s, s:i, s:o}", "response_id", r->id,
				   "output_index", (int)output, "item", item));
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
		close_output(s, r, i,
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
		model_response_open(s, r, step->output);
		break;
	case MODEL_STEP_WORDS:
		send_words(s, r, step);
		break;
	case MODEL_STEP_AUDIO:
		model_response_audio(s, r, step->output,
				     o->clip.bytes + step->offset, step->len);
		break;
	case MODEL_STEP_CLOSE:
		/* The last item of a response that fails is unfinished. */
		if (r->plan.status == MODEL_COMPLETED ||
		    step->output + 1 < r->plan.outputs)
			close_output(s, r, step->output, "completed");
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
