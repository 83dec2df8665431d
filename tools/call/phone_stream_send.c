#include <stdio.h>
#include <stdlib.h>

#include "gateway/net/stream.h"
#include "tools/call/phone_stream_parts.h"

bool phone_stream_has_fault(const struct phone_stream *s,
			    enum caller_fault fault)
{
	return caller_faults_has(s->faults, fault);
}

uint64_t phone_stream_random(struct phone_stream *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random;
}

/* split_bytes: what would leave now waits to leave byte by byte. */
void phone_stream_divert(struct phone_stream *s)
{
	struct buffer *out = stream_out(ws_stream(s->ws));

	if (buffer_append(&s->drip, buffer_head(out), out->used) == 0)
		buffer_consume(out, out->used);
}

void phone_stream_drip(struct phone_stream *s, size_t n)
{
	struct stream *tcp = ws_stream(s->ws);

	if (n > s->drip.used)
		n = s->drip.used;
	if (n && buffer_append(stream_out(tcp), buffer_head(&s->drip), n) == 0)
		buffer_consume(&s->drip, n);
	s->dripped += n;
	stream_flush(tcp);
}

/* Before the connection ends, what drips leaves whole and in order. */
void phone_stream_drip_all(struct phone_stream *s)
{
	if (!s->drip.used)
		return;
	phone_stream_divert(s);
	phone_stream_drip(s, s->drip.used);
}

void phone_stream_flush(struct phone_stream *s)
{
	if (s->drip.used)
		phone_stream_divert(s);
	else
		ws_flush(s->ws);
}

/* Send what the last phone_message_* wrote; flush is the caller's. */
void phone_stream_send(struct phone_stream *s, int err)
{
	if (err == 0 && s->is_open && !s->is_mute)
		ws_send_text(s->ws, (const char *)buffer_head(&s->text),
			     s->text.used);
}

void phone_stream_echo(struct phone_stream *s, const char *name)
{
	phone_stream_send(s, phone_message_mark(&s->text, &s->sender, name));
}

void phone_stream_hold_echo(struct phone_stream *s, const char *name,
			    unsigned ms)
{
	struct held_echo **end = &s->held, *e = calloc(1, sizeof(*e));

	if (!e)
		return;
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->due = s->now + (uint64_t)ms * PHONE_PLAYOUT_RATE;
	while (*end && (*end)->due <= e->due)
		end = &(*end)->next;
	e->next = *end;
	*end = e;
}

void phone_stream_release_echoes(struct phone_stream *s, uint64_t until)
{
	while (s->held && s->held->due <= until) {
		struct held_echo *e = s->held;

		s->held = e->next;
		phone_stream_echo(s, e->name);
		free(e);
	}
}
