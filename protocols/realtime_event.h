/* OpenAI Realtime (GA) server events: one text message -> one typed event.
 *
 * Audio deltas are read without allocation, everything else through jansson.
 * Both spellings of events and content parts (GA and beta) are taken; unknown
 * events and members are ignored; members typed optional may be absent or null.
 *
 * Source: OpenAI Realtime API reference, server events; usage: "Usage" of the
 * response object, and its null-safe reading in the cost section. */
#ifndef PROTOCOLS_REALTIME_EVENT_H
#define PROTOCOLS_REALTIME_EVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REALTIME_MESSAGE_MAX                            \
	(16 * 1024 * 1024) /* bytes; larger: close 1009 \
			    */

enum realtime_event_type {
	REALTIME_SESSION_CREATED,
	REALTIME_SESSION_UPDATED,
	REALTIME_ERROR,
	REALTIME_SPEECH_STARTED,
	REALTIME_SPEECH_STOPPED,
	REALTIME_COMMITTED,  /* the caller's turn became an item */
	REALTIME_ITEM_ADDED, /* conversation.item.added / created */
	REALTIME_ITEM_DONE,  /* conversation.item.done */
	REALTIME_TRUNCATED,
	REALTIME_INPUT_TRANSCRIPT_DELTA, /* ….transcription.delta: a piece */
	REALTIME_INPUT_TRANSCRIPT,       /* ….transcription.completed */
	REALTIME_RESPONSE_CREATED,
	REALTIME_RESPONSE_DONE,
	REALTIME_OUTPUT_ITEM_ADDED,
	REALTIME_OUTPUT_ITEM_DONE, /* carries a finished function call */
	REALTIME_AUDIO_DELTA,
	REALTIME_AUDIO_DONE,
	REALTIME_OUTPUT_TRANSCRIPT, /* output_audio_transcript.done */
	REALTIME_OUTPUT_TEXT,       /* output_text.done: an answer in text */
	REALTIME_RATE_LIMITS,
	REALTIME_OTHER /* known to exist, or unknown: nothing to do */
};

enum realtime_status {
	REALTIME_IN_PROGRESS,
	REALTIME_COMPLETED,
	REALTIME_CANCELLED,
	REALTIME_FAILED,
	REALTIME_INCOMPLETE,
	REALTIME_STATUS_OTHER
};

/* What a response, or a transcript, is billed for, as the server tells it; what
 * is absent is 0. The input counts what was cached, too. */
struct realtime_usage {
	bool is_told; /* there was one */
	uint64_t input_text, input_audio;
	uint64_t cached_text, cached_audio;
	uint64_t output_text, output_audio;
	uint64_t unsplit;  /* tokens without a word of their kind */
	uint64_t audio_ms; /* of a transcript that is billed by time */
};

/* One event. Strings are NUL-terminated, never NULL ("" when absent), and live
 * until realtime_event_release. */
struct realtime_event {
	enum realtime_event_type type;
	const char *name; /* the event's own type string */

	const char *item_id;
	const char *response_id;
	unsigned content_index;
	unsigned output_index;

	const uint8_t *audio; /* AUDIO_DELTA: decoded in place */
	size_t audio_len;

	long long at_ms; /* SPEECH_*: audio_start_ms/audio_end_ms;
			    TRUNCATED: audio_end_ms */

	enum realtime_status status; /* RESPONSE_DONE; OUTPUT_ITEM_DONE */
	const char *status_reason;   /* turn_detected, max_output_tokens, … */
	const char *purpose;         /* metadata.purpose of a response */

	struct realtime_usage usage; /* RESPONSE_DONE, INPUT_TRANSCRIPT */

	const char *error_type; /* ERROR, and RESPONSE_DONE when failed */
	const char *error_code;
	const char *error_message;
	const char *error_param;
	const char *error_event_id; /* the client event that was wrong */

	const char *item_type; /* OUTPUT_ITEM_*: "function_call", … */
	const char *function_name;
	const char *call_id;
	const char *arguments; /* JSON text */

	const char *transcript; /* INPUT_TRANSCRIPT, OUTPUT_TRANSCRIPT,
				   OUTPUT_TEXT; INPUT_TRANSCRIPT_DELTA: what is
				   added to it */

	const json_t *session; /* SESSION_*: the whole echo, or NULL */
	const char *session_id;
	long long expires_at; /* Unix seconds, 0 when absent */

	json_t *document; /* what the strings live in, or NULL */
};

/* realtime_event_parse: one text message from the model server.
 *
 * Members are found by name in any order, the last of a repeated one taken; one
 * that is absent, null or of another type reads as "" or 0. A message without a
 * type is REALTIME_OTHER with name "". A delta may be empty, or end within a
 * sample.
 *
 * text  len bytes, changed in place; text[len] must be NUL
 * Returns 0; -EBADMSG not a JSON object; -EPROTO a known event without a member
 * it cannot do without, or a damaged audio delta (skip it and count: the rest
 * of the stream is good). On error there is nothing to release. */
int realtime_event_parse(struct realtime_event *ev, char *text, size_t len);
void realtime_event_release(struct realtime_event *ev);

#endif
