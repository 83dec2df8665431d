/* The life of a session: created, configured, run by the clock, ended. */
#include "tools/model/model_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/model/model_state.h"

static void plan(struct model_session *s, enum model_due what,
		 uint64_t after_us)
{
	model_agenda_add(&s->agenda,
			 &(struct model_task){ .what = what,
					       .at_us = s->now_us + after_us });
}

struct model_session *model_session_new(struct model_world *world,
					unsigned number, const char *model,
					const struct model_session_out *out,
					void *owner, uint64_t now_us)
{
	struct model_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->world = world;
	s->scenario = &world->scenario;
	s->out = out;
	s->owner = owner;
	s->number = number;
	s->now_us = s->opened_us = now_us;
	model_random_seed(&s->random, model_random_next(&world->random));
	model_random_id(&s->random, "sess_", s->id);
	model_random_id(&s->random, "conv_", s->conversation_id);
	snprintf(s->model, sizeof(s->model), "%s", model);
	s->config = model_config_new(s->id, s->model,
				     (int64_t)time(NULL) +
					     s->scenario->life.expires_after_s);
	model_config_read(s->config, &s->settings);
	model_turns_configure(s);
	world->report.sessions++;
	plan(s, MODEL_DUE_CREATED, 1000ull * s->scenario->created_delay_ms);
	plan(s, MODEL_DUE_PING, 1000ull * s->scenario->life.ping_interval_ms);
	plan(s, MODEL_DUE_EXPIRY,
	     1000000ull * s->scenario->life.expires_after_s);
	model_emit_note(s, "session_start",
			json_pack("{s:i, s:s}", "number", (int)number, "model",
				  s->model));
	model_faults_fire(s, MODEL_AT_START, 0);
	return s;
}

void model_session_free(struct model_session *s)
{
	if (!s)
		return;
	for (int i = 0; i < MODEL_RESPONSES_MAX; i++)
		model_response_free(&s->response[i]);
	for (size_t i = s->inbox_from; i < s->inbox_to; i++)
		free(s->inbox[i].text);
	model_loopback_free(s);
	model_conversation_free(&s->conversation);
	model_input_free(&s->input);
	json_decref(s->config);
	free(s);
}

const char *model_session_id(const struct model_session *s)
{
	return s->id;
}

/* --- configuration --- */

static void send_created(struct model_session *s)
{
	if (model_faults_find(s, MODEL_NEVER_CREATED, 0))
		return;
	s->is_created = true;
	model_emit_event(s, "session.created",
			 json_pack("{s:O}", "session", s->config));
	model_emit_event(s, "conversation.created",
			 json_pack("{s:{s:s, s:s}}", "conversation", "id",
				   s->conversation_id, "object",
				   "realtime.conversation"));
	model_emit_log(s, "created, %s", s->model);
	model_faults_fire(s, MODEL_AT_CREATED, 0);
}

/* The other format than the one asked for. */
static void falsify(json_t *session)
{
	json_t *output =
		json_object_get(json_object_get(session, "audio"), "output");
	enum model_encoding e =
		model_audio_from_format(json_object_get(output, "format"));

	json_object_set_new(output, "format",
			    model_audio_format(e == MODEL_PCM ? MODEL_ULAW
							      : MODEL_PCM));
}

static void send_updated(struct model_session *s)
{
	bool is_first = !s->is_configured;
	json_t *session = json_deep_copy(s->config);

	if (model_faults_find(s, MODEL_NEVER_UPDATED, 0)) {
		json_decref(session);
		return;
	}
	if (model_faults_find(s, MODEL_WRONG_ECHO, 0))
		falsify(session);
	s->is_configured = true;
	model_emit_event(s, "session.updated",
			 json_pack("{s:o}", "session", session));
	model_emit_log(s, "updated: input %s, output %s",
		       model_audio_name(s->settings.input),
		       model_audio_name(s->settings.output));
	if (is_first)
		model_faults_fire(s, MODEL_AT_UPDATED, 0);
}

/* --- what arrives --- */

static bool is_update(const char *text)
{
	return strstr(text, "\"session.update\"") != NULL;
}

/* While an update is worked on, what follows waits its turn. */
static void keep_message(struct model_session *s, const char *text, size_t len)
{
	if (s->inbox_to == MODEL_INBOX_MAX) {
		model_emit_close(s, 1008, "too many events");
		return;
	}
	char *copy = malloc(len + 1);
	if (!copy)
		return;
	memcpy(copy, text, len);
	copy[len] = 0;
	if (is_update(copy))
		model_emit_breach(s, MODEL_BREACH_UPDATES,
				  "session.update before the last one was "
				  "answered");
	s->inbox[s->inbox_to++] = (struct model_message){
		.text = copy, .len = len, .is_early = !s->is_configured
	};
}

static void work_off(struct model_session *s)
{
	while (s->inbox_from < s->inbox_to &&
	       !model_agenda_has(&s->agenda, MODEL_DUE_ANSWERED)) {
		struct model_message m = s->inbox[s->inbox_from++];

		model_command_handle(s, m.text, m.len, m.is_early);
		free(m.text);
	}
	if (s->inbox_from == s->inbox_to)
		s->inbox_from = s->inbox_to = 0;
}

void model_session_text(struct model_session *s, const char *text, size_t len,
			uint64_t now_us)
{
	s->now_us = now_us;
	if (s->is_closing && !s->is_expired)
		return;
	if (model_agenda_has(&s->agenda, MODEL_DUE_ANSWERED))
		keep_message(s, text, len);
	else
		model_command_handle(s, text, len, false);
}

void model_session_binary(struct model_session *s, uint64_t now_us)
{
	struct model_error e;

	s->now_us = now_us;
	model_emit_breach(s, MODEL_BREACH_BINARY, "a binary frame");
	model_error_set(&e, "invalid_event", NULL,
			"Expected a text WebSocket message; binary frames are "
			"not supported.");
	model_emit_error(s, &e, NULL);
}

void model_session_pong(struct model_session *s, uint64_t now_us)
{
	s->now_us = now_us;
	model_agenda_drop(&s->agenda, MODEL_DUE_PONG);
}

/* --- what the clock brings --- */

static void send_ping(struct model_session *s)
{
	uint8_t payload[4];
	uint32_t n = ++s->ping_number;

	for (int i = 0; i < 4; i++)
		payload[i] = (uint8_t)(n >> (8 * i));
	plan(s, MODEL_DUE_PING, 1000ull * s->scenario->life.ping_interval_ms);
	if (s->is_mute || s->is_closing)
		return;
	if (!model_agenda_has(&s->agenda, MODEL_DUE_PONG))
		plan(s, MODEL_DUE_PONG,
		     1000ull * s->scenario->life.pong_timeout_ms);
	s->out->ping(s->owner, payload);
}

static void miss_pong(struct model_session *s)
{
	model_emit_breach(s, MODEL_BREACH_PING, "no PONG within %u ms",
			  s->scenario->life.pong_timeout_ms);
	s->is_closing = true;
	s->out->reset(s->owner);
}

static void do_task(struct model_session *s, const struct model_task *task)
{
	switch (task->what) {
	case MODEL_DUE_CREATED:
		send_created(s);
		break;
	case MODEL_DUE_ANSWERED:
		send_updated(s);
		work_off(s);
		break;
	case MODEL_DUE_TRANSCRIPT:
		model_transcript_run(s, task);
		break;
	case MODEL_DUE_LIMITS:
		model_response_limits(s);
		break;
	case MODEL_DUE_IDLE:
		model_turns_idle(s);
		break;
	case MODEL_DUE_PING:
		send_ping(s);
		break;
	case MODEL_DUE_PONG:
		miss_pong(s);
		break;
	case MODEL_DUE_EXPIRY:
		model_faults_run(s, NULL);
		break;
	case MODEL_DUE_FAULT:
		model_faults_run(s, task->subject);
		break;
	case MODEL_DUE_PHANTOM_END:
		model_turns_phantom_end(s);
		break;
	case MODEL_DUE_READING:
		s->out->set_reading(s->owner, true);
		break;
	}
}

static struct model_response *earliest_response(struct model_session *s,
						uint64_t *due)
{
	struct model_response *first = NULL;

	*due = MODEL_NEVER;
	for (int i = 0; i < MODEL_RESPONSES_MAX; i++) {
		uint64_t at = model_response_due(&s->response[i]);

		if (at < *due) {
			*due = at;
			first = &s->response[i];
		}
	}
	return first;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t model_session_due(const struct model_session *s)
{
	uint64_t due = model_agenda_next(&s->agenda);

	if (s->is_closing)
		return MODEL_NEVER;
	for (int i = 0; i < MODEL_RESPONSES_MAX; i++)
		due = least(due, model_response_due(&s->response[i]));
	return least(due, model_loopback_due(s));
}

void model_session_run(struct model_session *s, uint64_t now_us)
{
	struct model_task task;
	uint64_t step_us;

	s->now_us = now_us;
	while (model_session_due(s) <= now_us) {
		struct model_response *r = earliest_response(s, &step_us);
		uint64_t task_us = model_agenda_next(&s->agenda);

		if (task_us <= now_us && task_us <= step_us) {
			model_agenda_take(&s->agenda, &task);
			do_task(s, &task);
		} else if (step_us <= now_us) {
			model_response_step(s, r);
		} else {
			model_loopback_run(s);
		}
	}
}

/* --- the end --- */

static void remember_items(struct model_session *s)
{
	struct model_world *w = s->world;

	for (size_t i = 0; i < s->conversation.items; i++) {
		const char *id = s->conversation.item[i]->id;

		if (strlen(id) >= MODEL_ID_LEN)
			continue;
		memcpy(w->past_item[w->past_items % MODEL_PAST_ITEMS], id,
		       strlen(id) + 1);
		w->past_items++;
	}
}

void model_session_end(struct model_session *s, bool by_peer, unsigned code,
		       uint64_t now_us)
{
	s->now_us = now_us;
	unsigned open = model_judge_open_calls(s);
	if (by_peer && !s->is_closing)
		model_judge_end(s, code);
	remember_items(s);
	model_emit_log(s, "ended with %u after %llu ms", code,
		       (unsigned long long)((now_us - s->opened_us) / 1000));
	model_emit_note(s, "session_end",
			json_pack("{s:i, s:b, s:I, s:i, s:i}", "code",
				  (int)code, "by_client", by_peer,
				  "appended_ms",
				  (json_int_t)model_input_total_ms(&s->input),
				  "responses", (int)s->responses,
				  "unanswered_calls", (int)open));
	s->is_closing = true;
}
