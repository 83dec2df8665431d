#include "tools/call/phone_stream.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/call/phone_stream_parts.h"

#define DRIP_BYTES 600 /* that leave one by one, a millisecond each */

/* --- The beginning --- */

static void send_start(struct phone_stream *s)
{
	s->start_due_ns = 0;
	s->is_started = true;
	s->end.was_started = true;
	phone_stream_send(s, phone_stream_write_start(s));
	s->figures.start_ns = uv_hrtime();
	if (phone_stream_has_fault(s, CALLER_FAULT_SPLIT_BYTES))
		phone_stream_divert(s);
	phone_stream_flush(s);
	s->events->on_started(s->owner);
}

static void on_open(void *owner)
{
	struct phone_stream *s = owner;

	s->is_open = true;
	s->figures.opened_ns = uv_hrtime();
	phone_stream_send(s, phone_message_connected(&s->text, &s->sender));
	if (phone_stream_has_fault(s, CALLER_FAULT_LATE_START))
		s->start_due_ns = s->figures.opened_ns +
				  s->faults->value[CALLER_FAULT_LATE_START] *
					  PHONE_STREAM_NS_PER_MS;
	else if (!phone_stream_has_fault(s, CALLER_FAULT_NO_START))
		send_start(s);
	phone_stream_flush(s);
	phone_stream_arm(s);
}

void phone_stream_on_timer(uv_timer_t *timer)
{
	struct phone_stream *s = timer->data;

	if (s->drip.used)
		phone_stream_drip(s,
				  s->dripped < DRIP_BYTES ? 1 : s->drip.used);
	if (!s->is_started && s->start_due_ns && uv_hrtime() >= s->start_due_ns)
		send_start(s);
	if (s->is_started && !s->is_stopping) {
		phone_stream_play_to(s, uv_hrtime());
		phone_stream_resume_due(s);
		phone_stream_send_due(s);
	}
	if (s->is_open && !s->is_stopping)
		phone_stream_flush(s);
	phone_stream_arm(s);
}

/* --- Receiving --- */

static __attribute__((format(printf, 3, 4))) void breach(struct phone_stream *s,
							 unsigned code,
							 const char *format,
							 ...)
{
	struct phone_breach b = { .code = code };
	va_list args;

	va_start(args, format);
	vsnprintf(b.text, sizeof(b.text), format, args);
	va_end(args);
	s->events->on_breach(s->owner, &b);
}

static void take_media(struct phone_stream *s, const struct phone_message *m)
{
	struct phone_playout *p = &s->playout;
	uint64_t begin = p->audio.used ? p->head + p->audio.used : s->now;

	s->figures.media++;
	s->figures.media_samples += m->bytes;
	if (phone_playout_add(p, s->now, m->ulaw, m->bytes) < 0) {
		if (!s->has_discarded)
			breach(s, PHONE_MEDIA_DISCARDED,
			       "more than %d s of audio buffered",
			       PHONE_PLAYOUT_MAX_MS / 1000);
		s->has_discarded = true;
		return;
	}
	if (phone_playout_ms(p) > s->figures.buffer_ms_max)
		s->figures.buffer_ms_max = phone_playout_ms(p);
	s->events->on_arrival(s->owner, begin, m->bytes,
			      ws_read_ns(s->ws) / 1000);
}

static void take_mark(struct phone_stream *s, const struct phone_message *m)
{
	s->figures.marks++;
	if (phone_playout_mark(&s->playout, s->now, m->name) < 0)
		breach(s, PHONE_INVALID, "more than %d marks pending",
		       PHONE_PLAYOUT_MARKS_MAX);
	/* On an empty buffer the echo is immediate. */
	phone_playout_advance(&s->playout, s->now, &phone_stream_playout_events,
			      s);
}

static void take_clear(struct phone_stream *s, const struct phone_message *m)
{
	size_t dropped = phone_playout_clear(&s->playout,
					     &phone_stream_playout_events, s);

	(void)m;
	s->figures.clears++;
	s->events->on_clear(s->owner, s->now, dropped,
			    ws_read_ns(s->ws) / 1000);
}

static void (*const take[])(struct phone_stream *s,
			    const struct phone_message *m) = {
	[PHONE_MEDIA] = take_media,
	[PHONE_MARK] = take_mark,
	[PHONE_CLEAR] = take_clear,
};

static void on_text(void *owner, char *text, size_t len)
{
	struct phone_stream *s = owner;
	struct phone_message m;
	struct phone_breach b;

	if (s->is_stopping)
		return;
	if (phone_message_read(&m, text, len, s->sender.stream_sid, &b) < 0) {
		s->events->on_breach(s->owner, &b);
		return;
	}
	if (s->is_started) {
		phone_stream_play_to(s, ws_read_ns(s->ws));
		take[m.kind](s, &m);
		phone_stream_flush(s);
		phone_stream_arm(s);
	} else {
		breach(s, PHONE_INVALID, "a message before start");
	}
	phone_message_free(&m);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	(void)bytes;
	breach(owner, PHONE_MALFORMED, "a binary message of %zu bytes", len);
}

/* --- The end --- */

static void free_stream(uv_handle_t *timer)
{
	struct phone_stream *s = timer->data;

	s->events->on_ended(s->owner, &s->end);
	while (s->held) {
		struct held_echo *e = s->held;

		s->held = e->next;
		free(e);
	}
	phone_playout_free(&s->playout);
	buffer_free(&s->text);
	buffer_free(&s->drip);
	free(s->parameter);
	free(s);
}

/* How Twilio would report this end (2.7). */
static unsigned twilio_code(const struct ws_end *end)
{
	if (end->http_status)
		return 31920;
	switch (end->status) {
	case -ECONNREFUSED:
		return 31902;
	case -ETIMEDOUT:
		return 31901;
	case -EACCES:
		return 31910;
	}
	if (!end->was_open)
		return 31920;
	if (end->status == -ENOBUFS) /* it reads too slowly */
		return 31903;
	if (!end->by_peer)
		return PHONE_PROTOCOL_ERROR;
	return end->code == 1006 ? 31903 : 31921;
}

static void on_closed(void *owner, const struct ws_end *end)
{
	struct phone_stream *s = owner;

	if (s->is_started && !s->is_stopping)
		phone_stream_play_to(s, uv_hrtime());
	s->end.by_far_end = !s->is_stopping && (end->by_peer || !end->was_open);
	s->end.close_code = end->was_open ? end->code : 0;
	s->end.http_status = end->http_status;
	s->end.twilio_code = s->is_stopping ? 0 : twilio_code(end);
	s->end.unplayed = s->playout.audio.used;
	snprintf(s->end.reason, sizeof(s->end.reason), "%s", end->reason);
	snprintf(s->end.why, sizeof(s->end.why), "%s", end->why);
	if (s->end.twilio_code == PHONE_PROTOCOL_ERROR)
		breach(s, PHONE_PROTOCOL_ERROR,
		       "WebSocket framing: closed with %u", end->code);
	s->is_open = false;
	s->is_stopping = true;
	uv_close((uv_handle_t *)&s->timer, free_stream);
}

const struct ws_events phone_stream_ws_events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_binary = on_binary,
	.on_closed = on_closed,
};

void phone_stream_stop(struct phone_stream *s)
{
	if (s->is_stopping)
		return;
	if (s->is_started) {
		phone_stream_play_to(s, uv_hrtime());
		phone_stream_send(s, phone_message_stop(&s->text, &s->sender));
	}
	s->end.unplayed = s->playout.audio.used;
	s->is_stopping = true;
	uv_timer_stop(&s->timer);
	phone_stream_drip_all(s);
	ws_close(s->ws, 1000, "");
}

/* --- What the caller does --- */

void phone_stream_press(struct phone_stream *s, char digit)
{
	if (s->is_stopping || !s->is_started)
		return;
	phone_stream_send(s, phone_message_dtmf(&s->text, &s->sender, digit));
	phone_stream_flush(s);
}

uint64_t phone_stream_now(const struct phone_stream *s)
{
	return s->now;
}

const struct phone_stream_figures *phone_stream_figures(
	const struct phone_stream *s)
{
	return &s->figures;
}
