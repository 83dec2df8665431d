#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/vaic_call_parts.h"

/* --- From the call's beginning --- */

void vaic_fault_set_up(struct vaic_call *c)
{
	struct vaic_options *o = &c->setup;

	o->adds_unknown_fields =
		vaic_call_has_fault(c, CALLER_FAULT_UNKNOWN_FIELDS);
	o->odd_chunks = vaic_call_has_fault(c, CALLER_FAULT_ODD_CHUNKS);
	o->duplicate_activities =
		vaic_call_has_fault(c, CALLER_FAULT_DUPLICATE_ACTIVITY);
}

static void on_ping(uv_timer_t *timer)
{
	struct vaic_call *c = timer->data;
	unsigned every_ms = c->call.options->faults->value[CALLER_FAULT_PINGS];

	if (!c->link || c->is_mute)
		return;
	if (vaic_link_pings(c->link) * every_ms >= VAIC_PONG_MS) {
		vaic_call_breach(c, "1.4", "%u pings are not answered",
				 vaic_link_pings(c->link));
		uv_timer_stop(timer);
	}
	vaic_link_ping(c->link);
	vaic_link_flush(c->link);
}

void vaic_fault_begin(struct vaic_call *c)
{
	bool has_pings = vaic_call_has_fault(c, CALLER_FAULT_PINGS);
	unsigned ms = c->call.options->faults->value[CALLER_FAULT_PINGS];

	if (vaic_call_has_fault(c, CALLER_FAULT_FRAGMENTS))
		vaic_link_shape(c->link, has_pings ? VAIC_FRAGMENTS_PINGS
						   : VAIC_FRAGMENTS);
	if (has_pings && ms)
		uv_timer_start(&c->timer[VAIC_TIMER_PING], on_ping, ms, ms);
}

/* dtmf_collected: the keys of a step in one event (4.2). */
void vaic_fault_send_keys(struct vaic_call *c)
{
	struct vaic_sender sender = {
		.conversation_id = c->setup.conversation_id,
		.language = c->setup.language,
	};
	uint64_t high = caller_call_random(&c->call),
		 low = caller_call_random(&c->call);
	char id[37];
	struct vaic_stamp stamp = {
		.id = id,
		.unix_ms = c->setup.unix_ms + c->now_ns / VAIC_CALL_NS_PER_MS,
	};

	vaic_call_write_uuid(id, high, low);
	if (vaic_session_settings(c->session)->send_dtmf &&
	    vaic_message_dtmf(&c->keys_text, &sender, &stamp, c->keys) == 0)
		vaic_wire_send(c, (const char *)buffer_head(&c->keys_text),
			       c->keys_text.used);
}

/* --- When their step is reached: strange messages --- */

static void say(struct vaic_call *c, const char *text)
{
	if (c->link && !c->is_mute)
		vaic_link_send(c->link, text, strlen(text));
}

static void send_garbage(struct vaic_call *c, unsigned value)
{
	(void)value;
	say(c, "{\"type\":\"userStream.chunk\",\"audioChunk\":{]\\u00");
}

static void send_unknown_type(struct vaic_call *c, unsigned value)
{
	(void)value;
	say(c, "{\"type\":\"weather.report\",\"rain\":[]}");
}

static void send_unknown_activity(struct vaic_call *c, unsigned value)
{
	char text[512];

	(void)value;
	snprintf(text, sizeof(text),
		 "{\"type\":\"activities\",\"conversationId\":\"%s\","
		 "\"activities\":[{\"type\":\"event\",\"name\":\"weather\","
		 "\"value\":{\"rain\":[]}},{\"type\":\"gesture\"}]}",
		 c->setup.conversation_id);
	say(c, text);
}

static void send_binary(struct vaic_call *c, unsigned value)
{
	(void)value;
	if (c->link)
		vaic_link_send_binary(c->link, "\0\1\2\3", 4);
}

static void send_oversize(struct vaic_call *c, unsigned value)
{
	static const char head[] = "{\"type\":\"";
	char *text = malloc((size_t)value + 1);

	if (!text)
		return;
	memset(text, 'x', value);
	memcpy(text, head, value < sizeof(head) - 1 ? value : sizeof(head) - 1);
	text[value] = 0;
	say(c, text);
	free(text);
}

static void send_other_conversation(struct vaic_call *c, unsigned value)
{
	(void)c;
	(void)value;
	/* Of the loudest there is: a model that got it would hear it. */
	say(c, "{\"type\":\"userStream.chunk\",\"conversationId\":\"another\","
	       "\"audioChunk\":\"AIAAgP9//38AgACA/3//fwCAAID/f/9/\"}");
}

static void send_bad_base64(struct vaic_call *c, unsigned value)
{
	char text[512];

	(void)value;
	snprintf(text, sizeof(text),
		 "{\"type\":\"userStream.chunk\",\"conversationId\":\"%s\","
		 "\"audioChunk\":\"this is no base64!\"}",
		 c->setup.conversation_id);
	say(c, text);
}

static void send_empty_chunks(struct vaic_call *c, unsigned value)
{
	static const char *const tail[] = { "", ",\"audioChunk\":\"\"" };
	char text[512];

	(void)value;
	for (size_t i = 0; i < 2; i++) {
		snprintf(text, sizeof(text),
			 "{\"type\":\"userStream.chunk\",\"conversationId\":"
			 "\"%s\"%s}",
			 c->setup.conversation_id, tail[i]);
		say(c, text);
	}
}

/* Silence, beside what the caller says. */
static void send_big_chunk(struct vaic_call *c, unsigned value)
{
	enum vaic_format f = vaic_session_format(c->session);
	struct vaic_sender sender = {
		.conversation_id = c->setup.conversation_id,
		.participant = c->setup.participant,
	};
	size_t n = f == VAIC_FORMATS ? 0 : vaic_format_bytes(f, value);
	uint8_t *silence = malloc(n + 1);

	if (silence && n) {
		memset(silence, vaic_format_is_mulaw(f) ? 0xff : 0, n);
		if (vaic_message_user_chunk(&c->keys_text, &sender, silence,
					    n) == 0 &&
		    c->link)
			vaic_link_send(c->link,
				       (char *)buffer_head(&c->keys_text),
				       c->keys_text.used);
	}
	free(silence);
}

static void send_second_initiate(struct vaic_call *c, unsigned value)
{
	(void)value;
	if (c->link)
		vaic_link_send(c->link, (char *)buffer_head(&c->initiate),
			       c->initiate.used);
}

static void no_user_input(struct vaic_call *c, unsigned value)
{
	if (vaic_session_no_user_input(c->session, value) < 0)
		VAIC_CALL_NOTE(c, "noUserInput is not listed in "
				  "sendEventsToBot");
}

/* --- The caller's audio --- */

static void lose_audio(struct vaic_call *c, unsigned value)
{
	c->gap_until =
		vaic_session_now(c->session) + (uint64_t)value * VAIC_PER_MS;
}

static void stall_audio(struct vaic_call *c, unsigned value)
{
	c->stalled_until =
		vaic_session_now(c->session) + (uint64_t)value * VAIC_PER_MS;
}

/* --- The socket --- */

static void on_read_again(uv_timer_t *timer)
{
	struct vaic_call *c = timer->data;

	vaic_session_deafen(c->session, false, vaic_call_now(c, uv_hrtime()));
	if (c->link)
		vaic_link_resume(c->link);
}

static void read_slowly(struct vaic_call *c, unsigned value)
{
	if (!c->link)
		return;
	vaic_session_deafen(c->session, true, vaic_call_now(c, uv_hrtime()));
	vaic_link_pause(c->link);
	uv_timer_start(&c->timer[VAIC_TIMER_READ], on_read_again, value, 0);
}

static void half_open(struct vaic_call *c, unsigned value)
{
	(void)value;
	c->is_mute = c->is_breaking = true;
	read_slowly(c, VAIC_HALF_OPEN_MS);
}

static void drop_and_resume(struct vaic_call *c, unsigned value)
{
	vaic_line_drop(c, true, value);
}

static void finish_and_resume(struct vaic_call *c, unsigned value)
{
	vaic_line_drop(c, false, value);
}

static void second_socket(struct vaic_call *c, unsigned value)
{
	(void)value;
	vaic_line_dial(c);
}

static void resume_unknown(struct vaic_call *c, unsigned value)
{
	c->resumes_another = true;
	vaic_line_drop(c, true, value);
}

static void cut_for_good(struct vaic_call *c, unsigned value)
{
	(void)value;
	c->is_breaking = true;
	vaic_line_drop(c, true, 0);
}

void vaic_fault_inject(struct vaic_call *c, enum caller_fault fault,
		       unsigned value)
{
	static void (*const inject[CALLER_FAULTS])(struct vaic_call * c,
						   unsigned value) = {
		[CALLER_FAULT_GARBAGE_JSON] = send_garbage,
		[CALLER_FAULT_UNKNOWN_EVENT] = send_unknown_type,
		[CALLER_FAULT_UNKNOWN_ACTIVITY] = send_unknown_activity,
		[CALLER_FAULT_BINARY] = send_binary,
		[CALLER_FAULT_OVERSIZE] = send_oversize,
		[CALLER_FAULT_BAD_CONVERSATION_ID] = send_other_conversation,
		[CALLER_FAULT_BAD_BASE64] = send_bad_base64,
		[CALLER_FAULT_EMPTY_CHUNK] = send_empty_chunks,
		[CALLER_FAULT_BIG_CHUNK] = send_big_chunk,
		[CALLER_FAULT_SECOND_INITIATE] = send_second_initiate,
		[CALLER_FAULT_NO_USER_INPUT] = no_user_input,
		[CALLER_FAULT_GAP] = lose_audio,
		[CALLER_FAULT_STALL] = stall_audio,
		[CALLER_FAULT_SLOW_READER] = read_slowly,
		[CALLER_FAULT_HALF_OPEN] = half_open,
		[CALLER_FAULT_DROP_AND_RESUME] = drop_and_resume,
		[CALLER_FAULT_FINISH_AND_RESUME] = finish_and_resume,
		[CALLER_FAULT_SECOND_SOCKET] = second_socket,
		[CALLER_FAULT_RESUME_UNKNOWN] = resume_unknown,
		[CALLER_FAULT_NO_RESUME] = cut_for_good,
	};

	if (!inject[fault] || c->is_over)
		return;
	/* Those that end the conversation are no loss to come back from. */
	if (fault == CALLER_FAULT_OVERSIZE ||
	    fault == CALLER_FAULT_SECOND_INITIATE)
		c->is_breaking = true;
	inject[fault](c, value);
}
