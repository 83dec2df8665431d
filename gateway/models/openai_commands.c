/* The OpenAI driver, towards the server: the call's wishes as client events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/models/openai_parts.h"
#include "gateway/net/ws.h"

#define APPEND_BYTES 6144 /* audio in one append: 128 ms of PCM16 */

/* Event ids say what they are for, so that an error names its cause. */
static void next_id(struct openai_session *s, const char *kind, char id[32])
{
	snprintf(id, 32, "%s_%u", kind, ++s->commands);
}

/* Send the message that was just made, or say why it could not be. */
static void transmit(struct openai_session *s, const char *id, int err)
{
	if (!err && s->ws && !s->is_closing)
		err = ws_send_text(s->ws, (const char *)buffer_head(&s->out),
				   s->out.used);
	if (err)
		log_event(&s->log, LOG_ERROR, "not_sent", "event_id", id, NULL);
	buffer_consume(&s->out, s->out.used);
}

const char *openai_commands_instructions(const struct openai_session *s)
{
	return s->words.instructions ? s->words.instructions
				     : s->profile->instructions;
}

struct realtime_session openai_commands_session(const struct openai_session *s)
{
	struct realtime_session asked = s->profile->session;

	asked.is_text = s->is_text;
	asked.instructions = openai_commands_instructions(s);
	asked.clears = s->is_updating;
	if (s->has_spoken)
		asked.voice = NULL; /* the server refuses another */
	return asked;
}

void openai_commands_configure(struct openai_session *s)
{
	struct realtime_session asked = openai_commands_session(s);

	next_id(s, "configure", s->configure_id);
	transmit(s, s->configure_id,
		 realtime_command_session(&s->out, s->configure_id, &asked));
}

static void append(void *session, const uint8_t *bytes, size_t n)
{
	struct openai_session *s = session;
	char *text;

	while (n && s->ws && !s->is_closing) {
		size_t part = n < APPEND_BYTES ? n : APPEND_BYTES;
		size_t room = REALTIME_APPEND_ROOM(part);
		if (!ws_text_begin(s->ws, room, &text))
			ws_text_end(s->ws, realtime_command_append(
						   text, room, bytes, part));
		s->appends++;
		bytes += part;
		n -= part;
	}
}

/* A response's own instructions replace the session's: repeat the persona.
 * Returns them from malloc; or NULL: those of the session will do. */
static char *instructions_for(const struct openai_session *s, enum speak what)
{
	const char *persona = openai_commands_instructions(s);
	const char *extra = NULL;

	if (what == SPEAK_GREETING)
		extra = s->words.greeting ? s->words.greeting
					  : s->profile->greeting;
	else if (what == SPEAK_GOODBYE)
		extra = "Say a short goodbye now; the call ends after it.";
	if (!extra)
		return NULL;
	size_t cap = strlen(persona) + strlen(extra) + sizeof("\n\n");
	char *text = malloc(cap);
	if (text)
		snprintf(text, cap, "%s\n\n%s", persona, extra);
	return text;
}

static void speak(void *session, enum speak what)
{
	static const char *const purpose[] = {
		[SPEAK_NOTHING] = "nothing", [SPEAK_AGAIN] = "again",
		[SPEAK_NOTE] = "note",       [SPEAK_TOOL] = "tool",
		[SPEAK_DIGITS] = "digits",   [SPEAK_GREETING] = "greeting",
		[SPEAK_GOODBYE] = "goodbye",
	};
	struct openai_session *s = session;
	char *text = instructions_for(s, what);

	next_id(s, "speak", s->speak_id);
	transmit(s, s->speak_id,
		 realtime_command_respond(&s->out, s->speak_id, text,
					  purpose[what]));
	free(text);
}

/* Whatever it is about to answer with, it waits for that itself. */
static void say(void *session, const char *words)
{
	static const char order[] = "Say exactly these words to the caller, "
				    "and nothing else: ";
	struct openai_session *s = session;
	const char *persona = openai_commands_instructions(s);
	size_t cap = strlen(persona) + strlen(words) + sizeof(order) + 8;
	char *text = malloc(cap);

	if (text)
		snprintf(text, cap, "%s\n\n%s\"%s\"", persona, order, words);
	next_id(s, "speak", s->speak_id);
	transmit(s, s->speak_id,
		 realtime_command_say(&s->out, s->speak_id, text, "words"));
	free(text);
}

static void cancel(void *session, const char *response_id)
{
	struct openai_session *s = session;
	char id[32];

	next_id(s, "cancel", id);
	transmit(s, id, realtime_command_cancel(&s->out, id, response_id));
}

static void truncate_item(void *session, const char *item_id,
			  unsigned content_index, unsigned heard_ms)
{
	struct openai_session *s = session;
	char id[32];

	next_id(s, "truncate", id);
	transmit(s, id,
		 realtime_command_truncate(&s->out, id, item_id, content_index,
					   heard_ms));
}

static void forget_item(void *session, const char *item_id)
{
	struct openai_session *s = session;
	char id[32];

	next_id(s, "delete", id);
	transmit(s, id, realtime_command_delete(&s->out, id, item_id));
}

static void add_message(struct openai_session *s, const char *kind,
			const char *role, const char *text)
{
	char id[32];

	next_id(s, kind, id);
	transmit(s, id, realtime_command_text(&s->out, id, role, text));
}

static void add_digits(void *session, const char *digits)
{
	char text[DIGITS_MAX + 16];

	snprintf(text, sizeof(text), "[keypad] %s", digits);
	add_message(session, "digits", "user", text);
}

static void add_text(void *session, const char *text)
{
	add_message(session, "text", "user", text);
}

static void add_note(void *session, const char *text)
{
	add_message(session, "note", "system", text);
}

static void add_said(void *session, const char *text)
{
	add_message(session, "said", "assistant", text);
}

static void begin(void *session)
{
	struct openai_session *s = session;

	if (s->on_begin)
		s->on_begin(s->owner);
}

static void tool_output(void *session, const char *call_id, const char *output)
{
	struct openai_session *s = session;
	char id[32];

	next_id(s, "tool", id);
	transmit(s, id,
		 realtime_command_tool_output(&s->out, id, call_id, output));
}

static void close_session(void *session)
{
	openai_session_close(session);
}

const struct call_model_port openai_session_port = {
	.append = append,
	.speak = speak,
	.say = say,
	.cancel = cancel,
	.truncate = truncate_item,
	.forget_item = forget_item,
	.add_digits = add_digits,
	.add_text = add_text,
	.add_note = add_note,
	.add_said = add_said,
	.begin = begin,
	.tool_output = tool_output,
	.close = close_session,
};
