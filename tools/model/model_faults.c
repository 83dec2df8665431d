/* What goes wrong, when the scenario says so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/model_state.h"

#define DEFAULT_OVERSIZE (17u << 20)

const struct model_fault *model_faults_find(const struct model_session *s,
					    enum model_fault_kind kind,
					    unsigned number)
{
	return model_scenario_fault(s->scenario, kind, s->number, number);
}

static void expire(struct model_session *s, const struct model_fault *f)
{
	struct model_error e;

	if (!f || !f->quietly) {
		model_error_set(&e, "session_expired", NULL,
				"Your session hit the maximum duration of 60 "
				"minutes.");
		model_emit_error(s, &e, NULL);
	}
	s->is_expired = true;
	model_emit_close(s, 1001, "invalid_request_error.session_expired");
}

static void stall(struct model_session *s, const struct model_fault *f)
{
	(void)f;
	s->is_mute = true;
}

static void stop_reading(struct model_session *s, const struct model_fault *f)
{
	s->out->set_reading(s->owner, false);
	model_agenda_drop(&s->agenda, MODEL_DUE_PONG);
	model_agenda_drop(&s->agenda, MODEL_DUE_PING);
	if (f->for_ms)
		model_agenda_add(
			&s->agenda,
			&(struct model_task){ .what = MODEL_DUE_READING,
					      .at_us = s->now_us +
						       1000ull * f->for_ms });
}

static void freeze(struct model_session *s, const struct model_fault *f)
{
	stall(s, f);
	stop_reading(s, f);
}

static void drop(struct model_session *s, const struct model_fault *f)
{
	(void)f;
	s->is_closing = true;
	s->out->reset(s->owner);
}

static void close_session(struct model_session *s, const struct model_fault *f)
{
	model_emit_close(s, f->code, f->reason ? f->reason : "");
}

static void bad_key(struct model_session *s, const struct model_fault *f)
{
	struct model_error e;

	(void)f;
	model_error_set(&e, "invalid_api_key", NULL,
			"Incorrect API key provided.");
	model_emit_error(s, &e, NULL);
	model_emit_close(s, 3000, "invalid_request_error.invalid_api_key");
}

static void error_event(struct model_session *s, const struct model_fault *f)
{
	struct model_error e;
	static const char sorry[] = "The server had an error while processing "
				    "your request. Sorry about that!";

	model_error_set(&e, f->error_code ? f->error_code : "server_error",
			NULL, "%s",
			f->error_message ? f->error_message : sorry);
	e.type = f->error_code ? e.type : "server_error";
	model_emit_error(s, &e, NULL);
}

static void unknown_events(struct model_session *s, const struct model_fault *f)
{
	(void)f;
	model_emit_event(s, "response.something_new.delta",
			 json_pack("{s:s, s:{s:[i,i]}}", "delta", "?", "deep",
				   "list", 1, 2));
	model_emit_event(s, "session.something_new", NULL);
	model_emit_event(s, "x", json_pack("{s:n}", "item"));
}

static void garbage_json(struct model_session *s, const struct model_fault *f)
{
	static const char *const text[] = {
		"{\"type\":\"response.output_audio.delta\",\"delta\":\"AAA",
		"[]",
		"null",
		"{}",
		"{\"type\":7}",
		"not json at all",
		"{\"type\":\"response.output_audio.delta\"}",
		"{\"type\":\"response.done\",\"response\":null}",
		"{\"type\":\"error\",\"error\":\"a string\"}",
		"{\"type\":\"error\"}",
	};

	(void)f;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		model_emit_raw(s, text[i], strlen(text[i]));
}

static void binary_frame(struct model_session *s, const struct model_fault *f)
{
	static const uint8_t bytes[] = { 0, 1, 2, 3, 0xff, 0xfe };

	(void)f;
	if (!s->is_closing && !s->is_mute)
		s->out->send_binary(s->owner, bytes, sizeof(bytes));
}

static void oversize(struct model_session *s, const struct model_fault *f)
{
	static const char head[] = "{\"type\":\"session.something_new\","
				   "\"filler\":\"";
	size_t n = f->bytes ? f->bytes : DEFAULT_OVERSIZE;
	char *text = malloc(n + sizeof(head) + 2);

	if (!text)
		return;
	memcpy(text, head, sizeof(head) - 1);
	memset(text + sizeof(head) - 1, 'x', n);
	memcpy(text + sizeof(head) - 1 + n, "\"}", 2);
	model_emit_raw(s, text, n + sizeof(head) - 1 + 2);
	free(text);
}

static void nul_transcript(struct model_session *s, const struct model_fault *f)
{
	static const char text[] =
		"{\"type\":\"conversation.item.input_audio_transcription."
		"delta\",\"event_id\":\"event_nul\",\"item_id\":\"item_x\","
		"\"content_index\":0,\"delta\":\"a\\u0000b \\u2019 "
		"\\ud83d\\ude00\"}";

	(void)f;
	model_emit_raw(s, text, sizeof(text) - 1);
}

static void phantom(struct model_session *s, const struct model_fault *f)
{
	model_turns_phantom(s, f->for_ms);
}

/* Those not listed change how something else is done; they are asked for by
 * model_faults_find where it is done. */
static void (*const action[])(struct model_session *s,
			      const struct model_fault *f) = {
	[MODEL_BAD_KEY] = bad_key,
	[MODEL_STALL] = stall,
	[MODEL_FREEZE] = freeze,
	[MODEL_NO_PONG] = stop_reading,
	[MODEL_DROP] = drop,
	[MODEL_CLOSE] = close_session,
	[MODEL_EXPIRE] = expire,
	[MODEL_ERROR_EVENT] = error_event,
	[MODEL_UNKNOWN_EVENTS] = unknown_events,
	[MODEL_GARBAGE_JSON] = garbage_json,
	[MODEL_BINARY_FRAME] = binary_frame,
	[MODEL_OVERSIZE] = oversize,
	[MODEL_NUL_TRANSCRIPT] = nul_transcript,
	[MODEL_PHANTOM_SPEECH] = phantom,
};

static bool has_action(const struct model_fault *f)
{
	return f->fault < sizeof(action) / sizeof(action[0]) &&
	       action[f->fault];
}

void model_faults_run(struct model_session *s, const struct model_fault *f)
{
	if (!f) {
		expire(s, NULL);
		return;
	}
	if (!has_action(f))
		return;
	model_emit_log(s, "fault: %s", model_scenario_fault_name(f->fault));
	model_emit_note(s, "fault",
			json_pack("{s:s}", "fault",
				  model_scenario_fault_name(f->fault)));
	action[f->fault](s, f);
}

static bool concerns(const struct model_session *s, const struct model_fault *f,
		     enum model_moment moment, unsigned number)
{
	/* A bad key is told at once, whatever the file says. */
	enum model_moment at =
		f->fault == MODEL_BAD_KEY ? MODEL_AT_START : f->at;

	return at == moment && (!f->session || f->session == s->number) &&
	       (!f->number || f->number == number) && has_action(f);
}

void model_faults_fire(struct model_session *s, enum model_moment moment,
		       unsigned number)
{
	const struct model_script *script = s->scenario->script;

	for (unsigned i = 0; i < script->faults_count; i++) {
		const struct model_fault *f = &script->faults[i];

		/* Always by way of the agenda: what is being done now is done
		 * whole first. */
		if (concerns(s, f, moment, number))
			model_agenda_add(&s->agenda,
					 &(struct model_task){
						 .what = MODEL_DUE_FAULT,
						 .at_us = s->now_us +
							  1000ull * f->after_ms,
						 .subject = f });
	}
}

static void fail(struct model_plan *p, const struct model_fault *f)
{
	while (p->outputs > 0) {
		struct model_output *o = &p->output[--p->outputs];
		model_clip_free(&o->clip);
		free(o->words);
		free(o->name);
	}
	p->status = MODEL_FAILED;
	snprintf(p->error_code, sizeof(p->error_code), "%s",
		 f->error_code ? f->error_code : "rate_limit_exceeded");
	snprintf(p->error_message, sizeof(p->error_message), "%s",
		 f->error_message ? f->error_message
				  : "Rate limit reached on tokens per min "
				    "(TPM).");
}

void model_faults_spoil(struct model_session *s, struct model_response *r)
{
	struct model_plan *p = &r->plan;
	unsigned n = r->number;
	const struct model_fault *failed =
		model_faults_find(s, MODEL_FAILED_RESPONSE, n);

	if (r->is_out_of_band)
		return;
	if (failed)
		fail(p, failed);
	if (model_faults_find(s, MODEL_BURST, n)) {
		p->pace.speed = 1000;
		p->pace.pause_ms[0] = p->pace.pause_ms[1] = 0;
	}
	if (model_faults_find(s, MODEL_SLOW, n))
		p->pace.speed = 0.8;
	if (model_faults_find(s, MODEL_MICRO_DELTAS, n))
		p->pace.delta_ms[0] = p->pace.delta_ms[1] = 20;
	p->is_burst_of_one = model_faults_find(s, MODEL_GIANT_DELTA, n);
	p->has_empty_delta = model_faults_find(s, MODEL_EMPTY_DELTA, n);
	p->has_late_deltas = model_faults_find(s, MODEL_DELTAS_AFTER_DONE, n);
	p->has_damaged_delta = model_faults_find(s, MODEL_DAMAGED_BASE64, n);
}
