#include "protocols/realtime_event.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/json_scan.h"

static const struct realtime_event nothing = {
	.type = REALTIME_OTHER,
	.status = REALTIME_STATUS_OTHER,
	.name = "",
	.item_id = "",
	.response_id = "",
	.status_reason = "",
	.purpose = "",
	.error_type = "",
	.error_code = "",
	.error_message = "",
	.error_param = "",
	.error_event_id = "",
	.item_type = "",
	.function_name = "",
	.call_id = "",
	.arguments = "",
	.transcript = "",
	.session_id = "",
};

/* The audio path: no allocation. */

enum { TYPE, ITEM_ID, RESPONSE_ID, CONTENT_INDEX, OUTPUT_INDEX, DELTA, PICKED };
static const char *const picked_name[PICKED] = {
	[TYPE] = "type",
	[ITEM_ID] = "item_id",
	[RESPONSE_ID] = "response_id",
	[CONTENT_INDEX] = "content_index",
	[OUTPUT_INDEX] = "output_index",
	[DELTA] = "delta",
};

static bool is_audio_delta(const struct json_member *type)
{
	return type->kind == JSON_KIND_STRING &&
	       (json_slice_is(type->value, "response.output_audio.delta") ||
		json_slice_is(type->value, "response.audio.delta"));
}

/* A string where it stands; its NUL takes the place of the closing quote. */
static const char *text_in_place(struct json_member *m)
{
	if (m->kind != JSON_KIND_STRING || json_slice_unescape(&m->value) < 0)
		return "";
	m->value.at[m->value.len] = '\0';
	return m->value.at;
}

static unsigned index_in_place(const struct json_member *m)
{
	uint64_t value;

	if (!json_member_unsigned(m, &value) || value > UINT_MAX)
		return 0;
	return (unsigned)value;
}

static int read_audio_delta(struct realtime_event *ev, struct json_member *m)
{
	struct json_slice *delta = &m[DELTA].value;
	ssize_t n;

	ev->type = REALTIME_AUDIO_DELTA;
	ev->name = text_in_place(&m[TYPE]);
	ev->item_id = text_in_place(&m[ITEM_ID]);
	ev->response_id = text_in_place(&m[RESPONSE_ID]);
	ev->content_index = index_in_place(&m[CONTENT_INDEX]);
	ev->output_index = index_in_place(&m[OUTPUT_INDEX]);
	if (m[DELTA].kind != JSON_KIND_STRING || json_slice_unescape(delta) < 0)
		return -EPROTO;
	n = base64_decode((uint8_t *)delta->at, delta->at, delta->len);
	if (n < 0)
		return -EPROTO;
	ev->audio = (const uint8_t *)delta->at;
	ev->audio_len = (size_t)n;
	return 0;
}

/* Everything else, through jansson. Members may be absent, null or of another
 * type than documented: then they read as "" or 0. */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static long long number_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	double real = json_real_value(value);

	if (json_is_integer(value))
		return json_integer_value(value);
	return real > -1e15 && real < 1e15 ? (long long)real : 0;
}

static unsigned index_of(const json_t *object, const char *key)
{
	long long value = number_of(object, key);

	return value < 0 || value > UINT_MAX ? 0 : (unsigned)value;
}

static enum realtime_status status_of(const json_t *object)
{
	static const struct {
		const char *name;
		enum realtime_status status;
	} row[] = {
		{ "in_progress", REALTIME_IN_PROGRESS },
		{ "completed", REALTIME_COMPLETED },
		{ "cancelled", REALTIME_CANCELLED },
		{ "failed", REALTIME_FAILED },
		{ "incomplete", REALTIME_INCOMPLETE },
		{ NULL, REALTIME_STATUS_OTHER },
	};
	const char *name = text_of(object, "status");
	size_t r = 0;

	while (row[r].name && strcmp(row[r].name, name) != 0)
		r++;
	return row[r].status;
}

/* An object; some servers send the bare message. */
static void read_error(struct realtime_event *ev, const json_t *error)
{
	if (json_is_string(error)) {
		ev->error_message = json_string_value(error);
		return;
	}
	ev->error_type = text_of(error, "type");
	ev->error_code = text_of(error, "code");
	ev->error_message = text_of(error, "message");
	ev->error_param = text_of(error, "param");
	ev->error_event_id = text_of(error, "event_id");
}

static int take_error(struct realtime_event *ev, json_t *document)
{
	const json_t *error = json_object_get(document, "error");

	read_error(ev, error);
	return 0;
}

static int take_session(struct realtime_event *ev, json_t *document)
{
	const json_t *session = json_object_get(document, "session");

	if (json_is_object(session))
		ev->session = session;
	ev->session_id = text_of(session, "id");
	ev->expires_at = number_of(session, "expires_at");
	return 0;
}

static int take_start_ms(struct realtime_event *ev, json_t *document)
{
	ev->at_ms = number_of(document, "audio_start_ms");
	return 0;
}

static int take_end_ms(struct realtime_event *ev, json_t *document)
{
	ev->at_ms = number_of(document, "audio_end_ms");
	return 0;
}

/* The transcript of what the model said; the caller's is read below. */
static int take_transcript(struct realtime_event *ev, json_t *document)
{
	ev->transcript = text_of(document, "transcript");
	return 0;
}

static int take_piece(struct realtime_event *ev, json_t *document)
{
	ev->transcript = text_of(document, "delta");
	return 0;
}

static int take_text(struct realtime_event *ev, json_t *document)
{
	ev->transcript = text_of(document, "text");
	return 0;
}

static int take_nothing(struct realtime_event *ev, json_t *document)
{
	(void)ev;
	(void)document;
	return 0;
}

/* An audio delta that the scanner refused: nested beyond its depth. */
static int refuse(struct realtime_event *ev, json_t *document)
{
	(void)ev;
	(void)document;
	return -EPROTO;
}

/* Arguments are JSON in a string; where a server sends them as an object, they
 * are written back into one. */
static const char *arguments_of(json_t *item)
{
	const json_t *arguments = json_object_get(item, "arguments");
	char *text;

	if (json_is_object(arguments)) {
		text = json_dumps(arguments, JSON_COMPACT);
		if (text)
			json_object_set_new(item, "arguments",
					    json_string(text));
		free(text);
	}
	return text_of(item, "arguments");
}

static int take_item(struct realtime_event *ev, json_t *document)
{
	json_t *item = json_object_get(document, "item");

	if (!json_is_object(item))
		return -EPROTO;
	if (*text_of(item, "id"))
		ev->item_id = text_of(item, "id");
	ev->item_type = text_of(item, "type");
	ev->status = status_of(item);
	ev->function_name = text_of(item, "name");
	ev->call_id = text_of(item, "call_id");
	ev->arguments = arguments_of(item);
	return 0;
}

/* status_details: null, an object, or (compatible servers) a string. */
static void read_details(struct realtime_event *ev, const json_t *details)
{
	if (json_is_string(details)) {
		ev->status_reason = json_string_value(details);
		if (ev->status == REALTIME_FAILED)
			ev->error_message = json_string_value(details);
		return;
	}
	ev->status_reason = text_of(details, "reason");
	read_error(ev, json_object_get(details, "error"));
}

/* Nobody speaks so many; what is larger, or negative, is a mistake. */
#define TOKENS_MAX  100000000
#define SECONDS_MAX 86400

static uint64_t tokens_of(const json_t *object, const char *key)
{
	long long n = number_of(object, key);

	return n < 0 || n > TOKENS_MAX ? 0 : (uint64_t)n;
}

/* Without details of what was cached: text first, then audio. */
static void read_cached(struct realtime_usage *u, const json_t *input)
{
	const json_t *cached = json_object_get(input, "cached_tokens_details");
	uint64_t all = tokens_of(input, "cached_tokens");

	if (json_is_object(cached)) {
		u->cached_text = tokens_of(cached, "text_tokens");
		u->cached_audio = tokens_of(cached, "audio_tokens");
		return;
	}
	u->cached_text = all < u->input_text ? all : u->input_text;
	all -= u->cached_text;
	u->cached_audio = all < u->input_audio ? all : u->input_audio;
}

/* Sums that nobody splits are of some kind, and have a price. */
static uint64_t unsplit(const json_t *usage, const json_t *details,
			const char *sum)
{
	return json_is_object(details) ? 0 : tokens_of(usage, sum);
}

/* Some servers put it beside the response. Any of it may be missing. */
static void read_usage(struct realtime_usage *u, const json_t *usage)
{
	const json_t *input = json_object_get(usage, "input_token_details");
	const json_t *output = json_object_get(usage, "output_token_details");

	u->is_told = json_is_object(usage);
	u->unsplit = unsplit(usage, input, "input_tokens") +
		     unsplit(usage, output, "output_tokens");
	u->input_text = tokens_of(input, "text_tokens");
	u->input_audio = tokens_of(input, "audio_tokens");
	u->output_text = tokens_of(output, "text_tokens");
	u->output_audio = tokens_of(output, "audio_tokens");
	read_cached(u, input);
}

/* A model that transcribes answers in text alone, or is paid by time. */
static int take_heard(struct realtime_event *ev, json_t *document)
{
	const json_t *usage = json_object_get(document, "usage");
	const json_t *input = json_object_get(usage, "input_token_details");
	double seconds = json_number_value(json_object_get(usage, "seconds"));
	struct realtime_usage *u = &ev->usage;

	u->is_told = json_is_object(usage);
	u->input_text = tokens_of(input, "text_tokens");
	u->input_audio = tokens_of(input, "audio_tokens");
	u->output_text = tokens_of(usage, "output_tokens");
	u->unsplit = unsplit(usage, input, "input_tokens");
	if (seconds > 0 && seconds <= SECONDS_MAX)
		u->audio_ms = (uint64_t)(seconds * 1000 + 0.5);
	return take_transcript(ev, document);
}

static int take_response(struct realtime_event *ev, json_t *document)
{
	const json_t *response = json_object_get(document, "response");

	if (!json_is_object(response))
		return -EPROTO;
	if (*text_of(response, "id"))
		ev->response_id = text_of(response, "id");
	ev->status = status_of(response);
	ev->purpose = text_of(json_object_get(response, "metadata"), "purpose");
	read_details(ev, json_object_get(response, "status_details"));
	const json_t *usage = json_object_get(response, "usage");
	read_usage(&ev->usage, json_is_object(usage)
				       ? usage
				       : json_object_get(document, "usage"));
	return 0;
}

#define TRANSCRIBED "conversation.item.input_audio_transcription."
static const struct {
	const char *name;
	enum realtime_event_type type;
	int (*take)(struct realtime_event *ev, json_t *document);
} known[] = {
	{ "session.created", REALTIME_SESSION_CREATED, take_session },
	{ "session.updated", REALTIME_SESSION_UPDATED, take_session },
	{ "error", REALTIME_ERROR, take_error },
	{ "input_audio_buffer.speech_started", REALTIME_SPEECH_STARTED,
	  take_start_ms },
	{ "input_audio_buffer.speech_stopped", REALTIME_SPEECH_STOPPED,
	  take_end_ms },
	{ "input_audio_buffer.committed", REALTIME_COMMITTED, take_nothing },
	{ "conversation.item.added", REALTIME_ITEM_ADDED, take_item },
	{ "conversation.item.created", REALTIME_ITEM_ADDED, take_item },
	{ "conversation.item.done", REALTIME_ITEM_DONE, take_item },
	{ "conversation.item.truncated", REALTIME_TRUNCATED, take_end_ms },
	{ TRANSCRIBED "delta", REALTIME_INPUT_TRANSCRIPT_DELTA, take_piece },
	{ TRANSCRIBED "completed", REALTIME_INPUT_TRANSCRIPT, take_heard },
	{ "response.created", REALTIME_RESPONSE_CREATED, take_response },
	{ "response.done", REALTIME_RESPONSE_DONE, take_response },
	{ "response.output_item.added", REALTIME_OUTPUT_ITEM_ADDED, take_item },
	{ "response.output_item.done", REALTIME_OUTPUT_ITEM_DONE, take_item },
	{ "response.output_audio.delta", REALTIME_AUDIO_DELTA, refuse },
	{ "response.audio.delta", REALTIME_AUDIO_DELTA, refuse },
	{ "response.output_audio.done", REALTIME_AUDIO_DONE, take_nothing },
	{ "response.audio.done", REALTIME_AUDIO_DONE, take_nothing },
	{ "response.output_audio_transcript.done", REALTIME_OUTPUT_TRANSCRIPT,
	  take_transcript },
	{ "response.audio_transcript.done", REALTIME_OUTPUT_TRANSCRIPT,
	  take_transcript },
	{ "response.output_text.done", REALTIME_OUTPUT_TEXT, take_text },
	{ "response.text.done", REALTIME_OUTPUT_TEXT, take_text },
	{ "rate_limits.updated", REALTIME_RATE_LIMITS, take_nothing },
	{ NULL, REALTIME_OTHER, take_nothing },
};

static int read_control(struct realtime_event *ev, const char *text, size_t len)
{
	json_t *document = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
	size_t k = 0;
	int err;

	if (!json_is_object(document)) {
		json_decref(document);
		return -EBADMSG;
	}
	ev->name = text_of(document, "type");
	ev->item_id = text_of(document, "item_id");
	ev->response_id = text_of(document, "response_id");
	ev->content_index = index_of(document, "content_index");
	ev->output_index = index_of(document, "output_index");
	while (known[k].name && strcmp(ev->name, known[k].name) != 0)
		k++;
	ev->type = known[k].type;
	err = known[k].take(ev, document);
	if (err) {
		json_decref(document);
		return err;
	}
	ev->document = document;
	return 0;
}

int realtime_event_parse(struct realtime_event *ev, char *text, size_t len)
{
	struct json_member picked[PICKED];

	*ev = nothing;
	if (!json_scan_pick(text, len, picked_name, picked, PICKED) &&
	    is_audio_delta(&picked[TYPE]))
		return read_audio_delta(ev, picked);
	return read_control(ev, text, len);
}

void realtime_event_release(struct realtime_event *ev)
{
	json_decref(ev->document);
	*ev = nothing;
}
