/* The caller's audio: appended, listened to, cut into turns, committed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "tools/model/model_state.h"

#define COMMIT_MIN_MS   100.0
#define TRACE_APPEND_MS 1000

void model_turns_configure(struct model_session *s)
{
	model_input_configure(&s->input, &s->settings, s->scenario->vad_dbm0,
			      s->scenario->script->vad);
	if (s->scenario->script->loopback) {
		s->input.turns = MODEL_INPUT_DEAF;
		model_loopback_configure(s);
	}
	if (!s->settings.idle_timeout_ms)
		model_agenda_drop(&s->agenda, MODEL_DUE_IDLE);
}

void model_turns_show_item(struct model_session *s,
			   const struct model_item *item)
{
	static const char *const type[] = { "conversation.item.added",
					    "conversation.item.done" };
	const char *before = model_conversation_before(&s->conversation, item);

	for (int i = 0; i < 2; i++)
		model_emit_event(s, type[i],
				 json_pack("{s:s?, s:O}", "previous_item_id",
					   before, "item", item->json));
}

static json_t *user_audio_item(const char *id)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:[{s:s, s:n}]}", "id", id,
			 "object", "realtime.item", "type", "message", "status",
			 "completed", "role", "user", "content", "type",
			 "input_audio", "transcript");
}

/* The buffer from..to becomes a user item. */
static struct model_item *commit(struct model_session *s, const char *id,
				 uint64_t from_ms, uint64_t to_ms)
{
	struct model_item *last = model_conversation_last(&s->conversation);
	struct model_error e;
	json_t *before = last ? json_string(last->id) : json_null();

	model_emit_traced(s, "input_audio_buffer.committed",
			  json_pack("{s:s, s:o}", "item_id", id,
				    "previous_item_id", before),
			  json_pack("{s:I, s:I}", "from_ms",
				    (json_int_t)from_ms, "to_ms",
				    (json_int_t)to_ms));
	struct model_item *item = model_conversation_insert(
		&s->conversation, id, user_audio_item(id), NULL, &e);
	if (!item)
		return NULL;
	item->encoding = s->input.encoding;
	model_input_take(&s->input, from_ms, to_ms, &item->audio);
	item->generated = item->heard = item->audio.len;
	model_turns_show_item(s, item);
	model_transcript_arm(s, id);
	return item;
}

static void speech_started(struct model_session *s, uint64_t at_ms)
{
	s->turns++;
	model_random_id(&s->random, "item_", s->speech_item);
	model_agenda_drop(&s->agenda, MODEL_DUE_IDLE);
	model_emit_log(s, "speech started at %llu ms",
		       (unsigned long long)at_ms);
	model_emit_traced(
		s, "input_audio_buffer.speech_started",
		json_pack("{s:I, s:s}", "audio_start_ms", (json_int_t)at_ms,
			  "item_id", s->speech_item),
		json_pack("{s:I, s:I, s:I}", "audio_start_ms",
			  (json_int_t)at_ms, "onset_ms",
			  (json_int_t)s->input.vad.onset_ms, "total_ms",
			  (json_int_t)model_input_total_ms(&s->input)));
	if (s->settings.interrupt_response && s->active)
		model_response_interrupt(s);
	model_faults_fire(s, MODEL_AT_TURN, s->turns);
}

static void respond(struct model_session *s)
{
	const struct model_hearing *hearing = s->scenario->script->vad;
	struct model_error e;

	if (!s->settings.create_response)
		return;
	/* Without interruption a turn may end while the model still speaks;
	 * the reference expects silence then, or an error (a knob). */
	if (s->active && !(hearing && hearing->answers_while_speaking))
		return;
	if (!model_response_create(s, NULL, false, &e))
		model_emit_error(s, &e, NULL);
}

static void speech_stopped(struct model_session *s, uint64_t at_ms)
{
	model_emit_log(s, "speech stopped at %llu ms",
		       (unsigned long long)at_ms);
	model_emit_traced(
		s, "input_audio_buffer.speech_stopped",
		json_pack("{s:I, s:s}", "audio_end_ms", (json_int_t)at_ms,
			  "item_id", s->speech_item),
		json_pack("{s:I, s:I}", "audio_end_ms", (json_int_t)at_ms,
			  "total_ms",
			  (json_int_t)model_input_total_ms(&s->input)));
	commit(s, s->speech_item, s->input.speech_from_ms, at_ms);
	s->speech_item[0] = 0;
	respond(s);
}

static void listen(struct model_session *s)
{
	uint64_t at_ms = 0;

	for (;;) {
		switch (model_input_step(&s->input, &at_ms)) {
		case MODEL_VAD_STARTED:
			speech_started(s, at_ms);
			break;
		case MODEL_VAD_STOPPED:
			speech_stopped(s, at_ms);
			break;
		case MODEL_VAD_SAME:
			return;
		}
	}
}

/* A carrier that withholds the caller while the agent speaks makes pauses, but
 * a turn that was left open never ends (4.3). */
static bool is_expected(const struct model_session *s,
			enum model_uplink_fault fault)
{
	const struct model_expect *expect = &s->scenario->expect;

	if (expect->allow_gaps || s->settings.turns == MODEL_TURNS_NONE)
		return true;
	return expect->half_duplex && !s->input.is_speech &&
	       fault != MODEL_UPLINK_FAST;
}

static void watch_uplink(struct model_session *s)
{
	uint64_t total = model_input_total_ms(&s->input);
	unsigned measure = 0;
	enum model_uplink_fault fault =
		model_uplink_append(&s->uplink, s->now_us, total, &measure);

	if (total >= s->traced_ms + TRACE_APPEND_MS) {
		s->traced_ms = total - total % TRACE_APPEND_MS;
		model_emit_received(s, "input_audio_buffer.append",
				    json_pack("{s:I}", "total_ms",
					      (json_int_t)total));
	}
	if (fault == MODEL_UPLINK_FINE || is_expected(s, fault))
		return;
	if (fault == MODEL_UPLINK_GAP)
		model_emit_breach(s, MODEL_BREACH_GAP,
				  "no audio for %u ms at %llu ms", measure,
				  (unsigned long long)total);
	else
		model_emit_breach(s, MODEL_BREACH_RATE,
				  "%u %% of real time at %llu ms", measure,
				  (unsigned long long)total);
}

static bool bad_audio(struct model_session *s, struct model_error *e)
{
	static const char *const words[] = {
		[MODEL_PCM] = "mono PCM16 at 24kHz",
		[MODEL_ULAW] = "mono G.711 mu-law at 8kHz",
		[MODEL_ALAW] = "mono G.711 A-law at 8kHz",
	};

	return model_error_set(e, "invalid_value", "audio",
			       "Invalid 'audio'. Expected base64-encoded "
			       "audio bytes (%s) but got an invalid value.",
			       words[s->input.encoding]);
}

bool model_turns_append(struct model_session *s, json_t *event,
			struct model_error *e)
{
	json_t *audio = json_object_get(event, "audio");
	size_t len = json_string_length(audio);
	uint8_t *bytes = malloc(BASE64_DECODED_MAX(len) + 4);

	if (!bytes)
		return bad_audio(s, e);
	ssize_t n = base64_decode(bytes, json_string_value(audio), len);
	if (n < 0 || (size_t)n % model_audio_width(s->input.encoding) != 0) {
		free(bytes);
		return bad_audio(s, e);
	}
	if ((size_t)n > MODEL_APPEND_MAX) {
		free(bytes);
		return model_error_set(e, "invalid_value", "audio",
				       "Invalid 'audio': more than 15 MiB in "
				       "one event.");
	}
	model_input_append(&s->input, bytes, (size_t)n);
	watch_uplink(s);
	model_loopback_feed(s, bytes, (size_t)n);
	free(bytes);
	listen(s);
	return true;
}

bool model_turns_commit(struct model_session *s, struct model_error *e)
{
	double held = model_input_held_ms(&s->input);
	uint64_t total = model_input_total_ms(&s->input);
	char id[MODEL_ID_LEN];

	if (held < COMMIT_MIN_MS)
		return model_error_set(e, "input_audio_buffer_commit_empty",
				       NULL,
				       "Error committing input audio buffer: "
				       "buffer too small. Expected at least "
				       "100ms of audio, but buffer only has "
				       "%.2fms of audio.",
				       held);
	if (s->speech_item[0])
		snprintf(id, sizeof(id), "%s", s->speech_item);
	else
		model_random_id(&s->random, "item_", id);
	commit(s, id, s->input.taken_ms, total);
	model_input_clear(&s->input);
	s->speech_item[0] = 0;
	return true;
}

void model_turns_clear(struct model_session *s)
{
	model_input_clear(&s->input);
	s->speech_item[0] = 0;
	model_emit_event(s, "input_audio_buffer.cleared", NULL);
}

void model_turns_idle_arm(struct model_session *s, uint64_t after_ms)
{
	if (!s->settings.idle_timeout_ms || s->input.is_speech)
		return;
	model_agenda_drop(&s->agenda, MODEL_DUE_IDLE);
	s->idle_from_ms = model_input_total_ms(&s->input) + after_ms;
	model_agenda_add(
		&s->agenda,
		&(struct model_task){
			.what = MODEL_DUE_IDLE,
			.at_us = s->now_us +
				 1000 * (after_ms +
					 s->settings.idle_timeout_ms) });
}

void model_turns_idle(struct model_session *s)
{
	uint64_t to = model_input_total_ms(&s->input);
	uint64_t from = s->idle_from_ms < to ? s->idle_from_ms : to;
	char id[MODEL_ID_LEN];

	if (s->active || s->input.is_speech)
		return;
	model_random_id(&s->random, "item_", id);
	model_emit_log(s, "idle timeout");
	model_emit_event(s, "input_audio_buffer.timeout_triggered",
			 json_pack("{s:I, s:I, s:s}", "audio_start_ms",
				   (json_int_t)from, "audio_end_ms",
				   (json_int_t)to, "item_id", id));
	commit(s, id, from, to);
	respond(s);
}

void model_turns_phantom(struct model_session *s, unsigned for_ms)
{
	uint64_t now_ms = model_input_total_ms(&s->input);

	if (s->input.is_speech)
		return;
	s->input.is_speech = true;
	s->input.vad.is_speech = true;
	s->input.vad.onset_ms = s->input.speech_from_ms = now_ms;
	/* The detector would end it; the phantom's own end comes by time. */
	s->input.turns = MODEL_INPUT_DEAF;
	speech_started(s, now_ms);
	if (for_ms)
		model_agenda_add(
			&s->agenda,
			&(struct model_task){ .what = MODEL_DUE_PHANTOM_END,
					      .at_us = s->now_us +
						       1000ull * for_ms });
}

void model_turns_phantom_end(struct model_session *s)
{
	uint64_t now_ms = model_input_total_ms(&s->input);

	s->input.is_speech = false;
	s->input.vad.is_speech = false;
	speech_stopped(s, now_ms);
	model_turns_configure(s);
}
