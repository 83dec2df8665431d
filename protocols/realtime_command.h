/* OpenAI Realtime (GA) client events, written as text messages.
 *
 * Audio is written without allocation; control messages are built by jansson
 * and appended to a buffer. Every message but audio carries an event_id, so an
 * error can be traced to what caused it.
 *
 * Source: OpenAI Realtime API reference, client events. */
#ifndef PROTOCOLS_REALTIME_COMMAND_H
#define PROTOCOLS_REALTIME_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

/* realtime_command_append: input_audio_buffer.append with n bytes of audio.
 * Returns the message's length, or 0 when cap < REALTIME_APPEND_ROOM(n). */
#define REALTIME_APPEND_ROOM(n) (((n) + 2) / 3 * 4 + 64)
size_t realtime_command_append(char *out, size_t cap, const uint8_t *audio,
			       size_t n);

enum realtime_format { REALTIME_PCM24, REALTIME_PCMU, REALTIME_PCMA };

enum realtime_turns {
	REALTIME_SERVER_VAD,
	REALTIME_SEMANTIC_VAD,
	REALTIME_NO_TURNS /* turn_detection: null */
};

struct realtime_tool {
	const char *name;
	const char *description;
	const char *parameters; /* JSON Schema as text; NULL: none */
};

/* What a whole session.update sets. NULL strings are left out. */
struct realtime_session {
	const char *instructions;
	bool is_text; /* answers are written, not spoken */
	const char *voice;
	double speed;                /* 0: left out */
	enum realtime_format format; /* both directions */
	enum realtime_turns turns;
	double threshold; /* server VAD, 0..1 */
	int prefix_padding_ms;
	int silence_duration_ms;
	const char *eagerness;       /* semantic VAD: low, medium, high, auto
					(NULL: auto) */
	const char *noise_reduction; /* near_field, far_field */
	const char *transcription_model;
	const char *transcription_language;
	int max_output_tokens; /* 0: "inf" */
	bool clears; /* of a session that is configured: what is NULL here
			was perhaps set */
	const struct realtime_tool *tool;
	size_t tools; /* 0: the session has none */
};

/* Each appends one message to out; a NULL event_id is left out. Returns 0,
 * -ENOBUFS, -EINVAL (text that is no UTF-8, a tool whose schema is no JSON
 * object, an unknown role) or -ENOMEM. */
int realtime_command_session(struct buffer *out, const char *event_id,
			     const struct realtime_session *s);

/* realtime_session_difference: does the server's echo say what we asked? Looked
 * at: modality, both formats, voice, turn detection, transcription, number of
 * tools; of a session in text neither output format nor voice.
 * Returns NULL when it does, else the first difference in words ("output format
 * is audio/pcmu, asked for audio/pcm 24000"), static or in the thread's own
 * memory until the next call. Members the server leaves out are not
 * differences, except the two audio formats. */
const char *realtime_session_difference(const struct realtime_session *asked,
					const json_t *echoed);

/* instructions NULL: the session's. purpose goes into metadata and comes back
 * with the response. */
int realtime_command_respond(struct buffer *out, const char *event_id,
			     const char *instructions, const char *purpose);
int realtime_command_cancel(struct buffer *out, const char *event_id,
			    const char *response_id);
int realtime_command_truncate(struct buffer *out, const char *event_id,
			      const char *item_id, unsigned content_index,
			      unsigned audio_end_ms);
int realtime_command_delete(struct buffer *out, const char *event_id,
			    const char *item_id);
/* role: "user" or "system" with input_text, "assistant" with output_text. */
int realtime_command_text(struct buffer *out, const char *event_id,
			  const char *role, const char *text);
int realtime_command_tool_output(struct buffer *out, const char *event_id,
				 const char *call_id, const char *output);

#endif
