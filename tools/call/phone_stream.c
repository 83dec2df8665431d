#include "tools/call/phone_stream.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/g711.h"
#include "gateway/net/stream.h"
#include "gateway/net/ws.h"
#include "protocols/buffer.h"
#include "protocols/url.h"
#include "tools/call/phone_playout.h"
#include "tools/call/phone_sign.h"

#define FRAME_MS      20
#define NS_PER_MS     UINT64_C(1000000)
#define MESSAGE_MAX   (1u << 20) /* bytes of one message to Twilio */
#define OUT_MAX       (2u << 20) /* bytes of one message of ours */
#define SILENCE_CHUNK 160
#define DRIP_BYTES    600 /* that leave one by one, a millisecond each */
#define EXTRA_MAX     512
#define FILLERS       99 /* most parameters Twilio takes */

/* A mark echo that a fault holds back. */
struct held_echo {
	struct held_echo *next;
	uint64_t due; /* sample */
	char name[PHONE_MARK_NAME_MAX];
};

struct phone_stream {
	uv_loop_t *loop;
	struct ws *ws;
	uv_timer_t timer;
	const struct phone_stream_events *events;
	void *owner;
	struct phone_sender sender;
	struct phone_playout playout;
	struct buffer text; /* the message being written */
	struct buffer drip; /* split_bytes: waits to leave */
	size_t dripped;
	struct held_echo *held; /* oldest first */
	const struct phone_faults *faults;
	struct phone_parameter *parameter;
	size_t parameters;
	char filler[FILLERS][32]; /* names that a fault makes up */
	bool is_open;
	bool is_started;
	bool is_stopping;      /* stop sent, or broken on purpose */
	bool is_mute;          /* half open: nothing is sent any more */
	bool has_discarded;    /* 31931 is said once */
	uint64_t start_due_ns; /* late_start; 0 otherwise */
	uint64_t now;          /* sample up to which all was heard */
	uint64_t track;        /* sample the heard track has reached */
	unsigned first_ms;
	uint64_t frame; /* next to send */
	uint64_t chunk;
	unsigned lost_frames;   /* gap_ms: so many more */
	uint64_t stalled_until; /* media_stall_ms */
	uint64_t paused_until;  /* slow_reader; 0: reading */
	uint64_t random;
	struct phone_stream_end end;
	struct phone_stream_figures figures;
};

static bool has_fault(const struct phone_stream *s, enum phone_fault fault)
{
	return phone_faults_has(s->faults, fault);
}

static uint64_t next_random(struct phone_stream *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random;
}

/* --- Sending --- */

/* split_bytes: what would leave now waits to leave byte by byte. */
static void divert(struct phone_stream *s)
{
	struct buffer *out = stream_out(ws_stream(s->ws));

	if (buffer_append(&s->drip, buffer_head(out), out->used) == 0)
		buffer_consume(out, out->used);
}

static void drip(struct phone_stream *s, size_t n)
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
static void drip_all(struct phone_stream *s)
{
	if (!s->drip.used)
		return;
	divert(s);
	drip(s, s->drip.used);
}

static void flush(struct phone_stream *s)
{
	if (s->drip.used)
		divert(s);
	else
		ws_flush(s->ws);
}

/* Send what the last phone_message_* wrote; flush is the caller's. */
static void send_text(struct phone_stream *s, int err)
{
	if (err == 0 && s->is_open && !s->is_mute)
		ws_send_text(s->ws, (const char *)buffer_head(&s->text),
			     s->text.used);
}

static void echo(struct phone_stream *s, const char *name)
{
	send_text(s, phone_message_mark(&s->text, &s->sender, name));
}

static void hold_echo(struct phone_stream *s, const char *name, unsigned ms)
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

static void release_echoes(struct phone_stream *s, uint64_t until)
{
	while (s->held && s->held->due <= until) {
		struct held_echo *e = s->held;

		s->held = e->next;
		echo(s, e->name);
		free(e);
	}
}

/* --- Playing out --- */

static void hear_silence(struct phone_stream *s, uint64_t until)
{
	uint8_t silence[SILENCE_CHUNK];

	if (s->track < until)
		memset(silence, G711_ULAW_SILENCE, sizeof(silence));
	while (s->track < until) {
		uint64_t n = until - s->track;

		if (n > SILENCE_CHUNK)
			n = SILENCE_CHUNK;
		s->track += n;
		s->events->on_heard(s->owner, silence, (size_t)n, false);
	}
}

static void on_played(void *owner, uint64_t sample, const uint8_t *ulaw,
		      size_t n)
{
	struct phone_stream *s = owner;

	hear_silence(s, sample);
	s->track += n;
	s->events->on_heard(s->owner, ulaw, n, true);
}

static void on_mark(void *owner, const char *name, bool was_played)
{
	struct phone_stream *s = owner;

	if (!was_played)
		s->figures.marks_flushed++;
	if (has_fault(s, PHONE_FAULT_NO_MARKS))
		return;
	if (!was_played && has_fault(s, PHONE_FAULT_STALE_MARKS))
		hold_echo(s, name, s->faults->value[PHONE_FAULT_STALE_MARKS]);
	else if (has_fault(s, PHONE_FAULT_LATE_MARKS))
		hold_echo(s, name, s->faults->value[PHONE_FAULT_LATE_MARKS]);
	else
		echo(s, name);
}

static const struct phone_playout_events playout_events = {
	.on_played = on_played,
	.on_mark = on_mark,
};

static uint64_t sample_at(const struct phone_stream *s, uint64_t now_ns)
{
	if (now_ns < s->figures.start_ns)
		return 0;
	return (now_ns - s->figures.start_ns) * PHONE_PLAYOUT_RATE / NS_PER_MS;
}

/* The clock never goes back: a message may have been read before the frame
 * that was sent while it waited to be handled. */
static void play_to(struct phone_stream *s, uint64_t now_ns)
{
	uint64_t now = sample_at(s, now_ns);

	if (now > s->now)
		s->now = now;
	phone_playout_advance(&s->playout, s->now, &playout_events, s);
	hear_silence(s, s->now);
	release_echoes(s, s->now);
}

/* --- The schedule --- */

/* Frame k carries the 20 ms before it is due. */
static uint64_t frame_due(const struct phone_stream *s, uint64_t k)
{
	return (s->first_ms + k * FRAME_MS) * PHONE_PLAYOUT_RATE;
}

static void send_frame(struct phone_stream *s)
{
	uint8_t frame[PHONE_STREAM_FRAME];
	uint64_t due = frame_due(s, s->frame++);
	uint64_t begin = due - PHONE_STREAM_FRAME;
	uint64_t late_ns = (s->now - due) * NS_PER_MS / PHONE_PLAYOUT_RATE;
	uint64_t jitter = next_random(s) % (2 * PHONE_STREAM_JITTER_MS + 1);

	s->events->on_frame(s->owner, s->now, begin, frame);
	if (late_ns > s->figures.late_ns_max)
		s->figures.late_ns_max = late_ns;
	if (s->lost_frames) {
		s->lost_frames--;
		return;
	}
	if (s->is_stopping)
		return;
	send_text(s, phone_message_media(&s->text, &s->sender, ++s->chunk,
					 due / PHONE_PLAYOUT_RATE + jitter -
						 PHONE_STREAM_JITTER_MS,
					 frame, sizeof(frame)));
	s->figures.frames++;
}

static void send_due_frames(struct phone_stream *s)
{
	if (s->now < s->stalled_until)
		return;
	while (!s->is_stopping && frame_due(s, s->frame) <= s->now)
		send_frame(s);
}

static void resume_reading(struct phone_stream *s)
{
	if (!s->paused_until || s->now < s->paused_until)
		return;
	s->paused_until = 0;
	stream_resume(ws_stream(s->ws));
}

/* The sample at which something has to be done next. */
static uint64_t next_due(const struct phone_stream *s)
{
	uint64_t due = frame_due(s, s->frame);

	if (due < s->stalled_until)
		due = s->stalled_until;
	if (phone_playout_next_mark(&s->playout) < due)
		due = phone_playout_next_mark(&s->playout);
	if (s->held && s->held->due < due)
		due = s->held->due;
	if (s->paused_until && s->paused_until < due)
		due = s->paused_until;
	return due;
}

static void on_timer(uv_timer_t *timer);

static void arm(struct phone_stream *s)
{
	uint64_t due_ns = s->start_due_ns;

	if (!s->is_open || s->is_stopping)
		return;
	if (s->is_started)
		due_ns = s->figures.start_ns +
			 next_due(s) * NS_PER_MS / PHONE_PLAYOUT_RATE;
	if (s->drip.used)
		due_ns = 0;
	else if (!due_ns)
		return;
	/* Round up: a timer that is early by a fraction would fire twice. */
	uint64_t due_ms = (due_ns + NS_PER_MS - 1) / NS_PER_MS;
	uint64_t now_ms = uv_now(s->loop);
	uv_timer_start(&s->timer, on_timer,
		       due_ms > now_ms ? due_ms - now_ms : 1, 0);
}

/* --- The beginning --- */

static int write_start(struct phone_stream *s)
{
	struct phone_start start = {
		.encoding = "audio/x-mulaw",
		.sample_rate = 8000,
		.parameter = s->parameter,
		.parameters = s->parameters,
		.has_outbound_track = has_fault(s, PHONE_FAULT_OUTBOUND_TRACK),
	};

	if (has_fault(s, PHONE_FAULT_WRONG_ACCOUNT))
		start.account_sid = "ACffffffffffffffffffffffffffffffff";
	if (has_fault(s, PHONE_FAULT_BAD_FORMAT)) {
		start.encoding = "audio/x-l16";
		start.sample_rate = 16000;
	}
	return phone_message_start(&s->text, &s->sender, &start);
}

static void send_start(struct phone_stream *s)
{
	s->start_due_ns = 0;
	s->is_started = true;
	s->end.was_started = true;
	send_text(s, write_start(s));
	s->figures.start_ns = uv_hrtime();
	if (has_fault(s, PHONE_FAULT_SPLIT_BYTES))
		divert(s);
	flush(s);
	s->events->on_started(s->owner);
}

static void on_open(void *owner)
{
	struct phone_stream *s = owner;

	s->is_open = true;
	s->figures.opened_ns = uv_hrtime();
	send_text(s, phone_message_connected(&s->text, &s->sender));
	if (has_fault(s, PHONE_FAULT_LATE_START))
		s->start_due_ns =
			s->figures.opened_ns +
			s->faults->value[PHONE_FAULT_LATE_START] * NS_PER_MS;
	else if (!has_fault(s, PHONE_FAULT_NO_START))
		send_start(s);
	flush(s);
	arm(s);
}

static void on_timer(uv_timer_t *timer)
{
	struct phone_stream *s = timer->data;

	if (s->drip.used)
		drip(s, s->dripped < DRIP_BYTES ? 1 : s->drip.used);
	if (!s->is_started && s->start_due_ns && uv_hrtime() >= s->start_due_ns)
		send_start(s);
	if (s->is_started && !s->is_stopping) {
		play_to(s, uv_hrtime());
		resume_reading(s);
		send_due_frames(s);
	}
	if (s->is_open && !s->is_stopping)
		flush(s);
	arm(s);
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
	phone_playout_advance(&s->playout, s->now, &playout_events, s);
}

static void take_clear(struct phone_stream *s, const struct phone_message *m)
{
	size_t dropped = phone_playout_clear(&s->playout, &playout_events, s);

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
		play_to(s, ws_read_ns(s->ws));
		take[m.kind](s, &m);
		flush(s);
		arm(s);
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
		play_to(s, uv_hrtime());
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

static const struct ws_events ws_events = {
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
		play_to(s, uv_hrtime());
		send_text(s, phone_message_stop(&s->text, &s->sender));
	}
	s->end.unplayed = s->playout.audio.used;
	s->is_stopping = true;
	uv_timer_stop(&s->timer);
	drip_all(s);
	ws_close(s->ws, 1000, "");
}

/* --- Opening --- */

/* wss://host/path becomes wss://host:443/path. */
static void add_default_port(char *url, size_t cap)
{
	struct url parts;
	char port[8];

	if (url_parse(&parts, url) < 0 || parts.has_port)
		return;
	char *path = strchr(strstr(url, "://") + 3, '/');
	if (!path)
		return;
	size_t tail = strlen(path) + 1;
	int n = snprintf(port, sizeof(port), ":%u", parts.port);
	if ((size_t)(path - url) + (size_t)n + tail > cap)
		return;
	memmove(path + n, path, tail);
	memcpy(path, port, (size_t)n);
}

/* The URL the signature is made over: exact, or as a fault wants it. */
static void url_to_sign(const struct phone_stream *s, const char *url,
			char *out, size_t cap)
{
	if (!phone_sign_url(out, cap, url))
		out[0] = 0;
	if (has_fault(s, PHONE_FAULT_TRAILING_SLASH_SIGNATURE) &&
	    strlen(out) + 1 < cap)
		strcat(out, "/");
	if (has_fault(s, PHONE_FAULT_PORT_SIGNATURE))
		add_default_port(out, cap);
}

static void write_headers(const struct phone_stream *s,
			  const struct phone_stream_options *o,
			  char out[EXTRA_MAX])
{
	char url[URL_TARGET_MAX + URL_HOST_MAX + 16];
	char signature[PHONE_SIGN_LEN];
	size_t n = (size_t)snprintf(out, EXTRA_MAX,
				    "User-Agent: Twilio.TmeWs/1.0\r\n");

	if (!o->auth_token || has_fault(s, PHONE_FAULT_NO_UPGRADE_SIGNATURE))
		return;
	url_to_sign(s, o->url, url, sizeof(url));
	phone_sign_request(signature, o->auth_token, url, NULL, 0);
	if (has_fault(s, PHONE_FAULT_BAD_UPGRADE_SIGNATURE))
		signature[0] = signature[0] == 'A' ? 'B' : 'A';
	snprintf(out + n, EXTRA_MAX - n, "X-Twilio-Signature: %s\r\n",
		 signature);
}

static bool take_parameters(struct phone_stream *s,
			    const struct phone_stream_options *o)
{
	static const char filler[] =
		"a value as long as Twilio allows, to make start long: "
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno";
	size_t want = has_fault(s, PHONE_FAULT_99_PARAMETERS) ? FILLERS : 0;

	if (want < o->parameters)
		want = o->parameters;
	s->parameter = calloc(want + 1, sizeof(*s->parameter));
	if (!s->parameter)
		return false;
	if (o->parameters)
		memcpy(s->parameter, o->parameter,
		       o->parameters * sizeof(*s->parameter));
	for (size_t i = o->parameters; i < want; i++) {
		snprintf(s->filler[i], sizeof(s->filler[i]), "filler%zu", i);
		s->parameter[i] =
			(struct phone_parameter){ s->filler[i], filler };
	}
	s->parameters = want;
	return true;
}

static void take_identity(struct phone_stream *s,
			  const struct phone_stream_options *o)
{
	struct phone_sender *sender = &s->sender;

	snprintf(sender->account_sid, PHONE_SID_LEN, "%s", o->account_sid);
	snprintf(sender->call_sid, PHONE_SID_LEN, "%s",
		 has_fault(s, PHONE_FAULT_WRONG_CALL)
			 ? "CAffffffffffffffffffffffffffffffff"
			 : o->call_sid);
	snprintf(sender->stream_sid, PHONE_SID_LEN, "%s", o->stream_sid);
	sender->adds_unknown_fields = has_fault(s, PHONE_FAULT_UNKNOWN_FIELDS);
}

struct phone_stream *phone_stream_open(uv_loop_t *loop,
				       const struct phone_stream_options *o,
				       const struct phone_stream_events *events,
				       void *owner)
{
	struct phone_stream *s = calloc(1, sizeof(*s));
	char headers[EXTRA_MAX];

	if (!s)
		return NULL;
	s->loop = loop;
	s->events = events;
	s->owner = owner;
	s->faults = o->faults;
	s->random = o->seed | 1;
	s->first_ms =
		PHONE_STREAM_FIRST_MIN_MS +
		(unsigned)(next_random(s) % (PHONE_STREAM_FIRST_MAX_MS -
					     PHONE_STREAM_FIRST_MIN_MS + 1));
	phone_playout_init(&s->playout);
	buffer_init(&s->text, OUT_MAX);
	buffer_init(&s->drip, OUT_MAX);
	take_identity(s, o);
	write_headers(s, o, headers);
	struct ws_target target = {
		.url = o->url,
		.extra = headers,
		.tls = o->tls,
		.timeout_ms = PHONE_STREAM_CONNECT_MS,
		.message_max = MESSAGE_MAX,
	};
	if (take_parameters(s, o))
		s->ws = ws_connect(loop, &target, &ws_events, s);
	if (!s->ws) {
		free(s->parameter);
		free(s);
		return NULL;
	}
	uv_timer_init(loop, &s->timer);
	s->timer.data = s;
	return s;
}

/* --- What the caller does --- */

void phone_stream_press(struct phone_stream *s, char digit)
{
	if (s->is_stopping || !s->is_started)
		return;
	send_text(s, phone_message_dtmf(&s->text, &s->sender, digit));
	flush(s);
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

/* --- Faults that happen now --- */

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
static void break_off(struct phone_stream *s, enum phone_fault fault,
		      unsigned value)
{
	s->is_stopping = true;
	uv_timer_stop(&s->timer);
	drip_all(s);
	if (fault == PHONE_FAULT_TCP_RESET)
		ws_reset(s->ws);
	else
		ws_close(s->ws, value, "");
}

void phone_stream_fault(struct phone_stream *s, enum phone_fault fault,
			unsigned value)
{
	uint64_t until = s->now + (uint64_t)value * PHONE_PLAYOUT_RATE;

	if (s->is_stopping || !s->is_open)
		return;
	switch (fault) {
	case PHONE_FAULT_SECOND_START:
		send_text(s, write_start(s));
		break;
	case PHONE_FAULT_GARBAGE_JSON:
		send_raw(s, "{\"event\":\"media\",\"media\":{]\\u00");
		break;
	case PHONE_FAULT_UNKNOWN_EVENT:
		send_raw(s,
			 "{\"event\":\"weather\",\"weather\":{\"rain\":[]}}");
		break;
	case PHONE_FAULT_OVERSIZE:
		send_oversize(s, value);
		break;
	case PHONE_FAULT_BINARY:
		ws_send_frame(s->ws, 2, true, "\0\1\2\3", 4);
		break;
	case PHONE_FAULT_GAP:
		s->lost_frames = value / FRAME_MS;
		break;
	case PHONE_FAULT_STALL:
		s->stalled_until = until;
		break;
	case PHONE_FAULT_SLOW_READER:
		s->paused_until = until;
		stream_pause(ws_stream(s->ws));
		break;
	case PHONE_FAULT_HALF_OPEN:
		s->is_mute = true;
		break;
	case PHONE_FAULT_TCP_RESET:
	case PHONE_FAULT_CLOSE_WITHOUT_STOP:
		break_off(s, fault, value);
		break;
	default:
		break;
	}
	if (!s->is_stopping)
		flush(s);
}
