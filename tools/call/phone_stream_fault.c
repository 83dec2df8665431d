#include <stdlib.h>
#include <string.h>

#include "gateway/net/stream.h"
#include "tools/call/phone_stream_parts.h"

static void send_raw(struct phone_stream *s, const char *text)
{
	ws_send_text(s->ws, text, strlen(text));
}

static void send_oversize(struct phone_stream *s, size_t n)
{
	char *text = malloc(n + 1);

	if (!text)
		return;
	memset(text, 'x', n);
	text[n] = 0;
	memcpy(text, "{\"event\":\"", n < 10 ? n : 10);
	ws_send_text(s->ws, text, n);
	free(text);
}

/* The connection ends in a way that Twilio's orderly end is not. */
static void break_off(struct phone_stream *s, enum caller_fault fault,
		      unsigned value)
{
	s->is_stopping = true;
	uv_timer_stop(&s->timer);
	phone_stream_drip_all(s);
	if (fault == CALLER_FAULT_TCP_RESET)
		ws_reset(s->ws);
	else
		ws_close(s->ws, value, "");
}

void phone_stream_fault(struct phone_stream *s, enum caller_fault fault,
			unsigned value)
{
	uint64_t until = s->now + (uint64_t)value * PHONE_PLAYOUT_RATE;

	if (s->is_stopping || !s->is_open)
		return;
	switch (fault) {
	case CALLER_FAULT_SECOND_START:
		phone_stream_send(s, phone_stream_write_start(s));
		break;
	case CALLER_FAULT_GARBAGE_JSON:
		send_raw(s, "{\"event\":\"media\",\"media\":{]\\u00");
		break;
	case CALLER_FAULT_UNKNOWN_EVENT:
		send_raw(s,
			 "{\"event\":\"weather\",\"weather\":{\"rain\":[]}}");
		break;
	case CALLER_FAULT_OVERSIZE:
		send_oversize(s, value);
		break;
	case CALLER_FAULT_BINARY:
		ws_send_frame(s->ws, 2, true, "\0\1\2\3", 4);
		break;
	case CALLER_FAULT_GAP:
		s->lost_frames = value / PHONE_STREAM_FRAME_MS;
		break;
	case CALLER_FAULT_STALL:
		s->stalled_until = until;
		break;
	case CALLER_FAULT_SLOW_READER:
		s->paused_until = until;
		stream_pause(ws_stream(s->ws));
		break;
	case CALLER_FAULT_HALF_OPEN:
		s->is_mute = true;
		break;
	case CALLER_FAULT_TCP_RESET:
	case CALLER_FAULT_CLOSE_WITHOUT_STOP:
		break_off(s, fault, value);
		break;
	default:
		break;
	}
	if (!s->is_stopping)
		phone_stream_flush(s);
}
