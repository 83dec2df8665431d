#include "tools/bench/bench_session.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "tools/bench/bench_call.h"
#include "tools/bench/bench_text.h"

#define MS          BENCH_NS_PER_MS
#define BURST_SPEED 4
#define PAUSE_MS    300 /* between responses, where there is one */
#define CUT_MS_MIN  2000
#define CUT_MS_SPAN 2000
#define SPEAKS_MS   600 /* how long who interrupts speaks */
#define DECODE_MAX  8192

/* --- The end --- */

static void on_free(struct bench_watch *grave)
{
	free((struct bench_session *)grave);
}

/* It may be its own socket that calls: the memory goes later. */
static void forget(struct bench_session *s)
{
	struct bench_load *l = s->load;

	s->is_gone = true;
	bench_wheel_clear(&l->loop.wheel, &s->delta_timer);
	bench_wheel_clear(&l->loop.wheel, &s->turn_timer);
	if (s->call)
		bench_call_parted(s->call);
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	s->grave.fd = -1;
	s->grave.on_free = on_free;
	bench_loop_drop(&l->loop, &s->grave);
}

void bench_session_close(struct bench_session *s)
{
	bench_ws_close(&s->ws);
	forget(s);
}

static void on_closed(void *owner, const char *why)
{
	struct bench_session *s = owner;

	if (s->call && s->call->state == BENCH_CALL_LIVE)
		bench_load_fail(s->load, "a model session is lost: %s", why);
	forget(s);
}

/* --- What it hears --- */

static void join(struct bench_session *s, int number)
{
	struct bench_load *l = s->load;
	struct bench_call *c =
		(unsigned)number < l->calls ? &l->call[number] : NULL;

	if (c && c->is_short && c->state != BENCH_CALL_LIVE)
		return; /* it was faster over than understood */
	if (!c || c->state != BENCH_CALL_LIVE) {
		bench_load_fail(l,
				"a session hears call %d, which is not there",
				number);
		return;
	}
	if (c->session && c->session != s) {
		bench_load_fail(l, "two sessions hear call %d", number);
		return;
	}
	bench_call_joined(c, s);
}

/* Until the number is understood, the audio is listened to. */
static void hear_number(struct bench_session *s, const char *base64, size_t len)
{
	static uint8_t bytes[DECODE_MAX];
	static int16_t pcm[DECODE_MAX];

	for (size_t part; len; base64 += part, len -= part) {
		part = len < DECODE_MAX ? len : DECODE_MAX;
		ssize_t n = base64_decode(bytes, base64, part);
		if (n < 0) {
			bench_load_fail(s->load, "an append that is no base64");
			return;
		}
		s->number.samples_per_frame = s->in == BENCH_ULAW ? 160 : 480;
		int number = bench_number_hear(
			&s->number, pcm,
			bench_audio_samples(s->in, pcm, bytes, (size_t)n));
		if (number < 0)
			continue;
		join(s, number);
		return;
	}
}

static void take_append(struct bench_session *s, const char *text, size_t len)
{
	struct bench_figures *f = &s->load->figures;
	struct bench_piece piece;
	size_t n;
	const char *audio = bench_text_find(text, len, "audio", &n);

	if (!audio) {
		bench_load_fail(s->load, "an append without audio");
		return;
	}
	uint64_t units =
		bench_format_units(s->in, bench_text_decoded(audio, n));
	if (!s->call) {
		s->up_early += units;
		hear_number(s, audio, n);
		return;
	}
	unsigned whole = bench_position_arrive(&s->call->up, units, &piece);
	if (!s->load->is_measuring || s->call->is_short)
		return;
	f->appends++;
	f->units_up += units;
	if (!whole)
		return;
	uint64_t delay_ns = bench_piece_delay(&piece, bench_ws_read_ns(&s->ws));
	histogram_record(&f->up, delay_ns);
	if (delay_ns > BENCH_LATE_MS * MS)
		f->late_up += whole;
}

static void on_text(void *owner, char *text, size_t len)
{
	struct bench_session *s = owner;
	size_t head = len < 160 ? len : 160;

	if (bench_text_has(text, head, "input_audio_buffer.append"))
		take_append(s, text, len);
	else
		bench_session_take(s, text, len);
}

/* --- What it says --- */

static void send_delta(struct bench_session *s, uint64_t late_ns)
{
	static char text[BENCH_MESSAGE_ROOM + 16384];
	struct bench_load *l = s->load;
	bool is_first = !s->deltas++ && !l->plan.is_burst;
	const struct bench_payload *p =
		&l->delta[s->out == BENCH_ULAW][is_first];
	size_t len = bench_realtime_delta(text, &s->ids, p);

	bench_position_send(&s->down, (uint64_t)p->ms * BENCH_UNITS_PER_MS,
			    bench_now_ns(), late_ns);
	bench_ws_send(&s->ws, text, len);
	s->said_ms += p->ms;
	if (l->is_measuring && s->call && !s->call->is_short)
		l->figures.deltas++;
}

/* A session that could not send is gone, and may be on its way back from
 * there. */
static void set_timer(struct bench_session *s, struct bench_timer *t,
		      uint64_t due_ns)
{
	if (!s->is_gone)
		bench_wheel_set(&s->load->loop.wheel, t, due_ns);
}

/* When the delta that is next is due. A response that follows another goes on
 * with its schedule: the ear hears no gap. */
static uint64_t due_ns(const struct bench_session *s)
{
	unsigned ms = BENCH_DELTA_MS;

	if (s->load->plan.is_burst)
		ms /= BURST_SPEED;
	return s->origin_ns + (uint64_t)s->deltas * ms * MS;
}

/* After the greeting, which may have met a server busy with other beginnings,
 * and between bursts, there is a pause: what follows has a schedule of its own.
 * All else goes on without one. */
static void next_response(struct bench_session *s)
{
	bench_session_send_end(s, false);
	s->is_speaking = false;
	if (s->load->plan.is_burst || s->ids.response == 1) {
		set_timer(s, &s->delta_timer,
			  s->origin_ns + (s->said_ms + PAUSE_MS) * MS);
		return;
	}
	bench_session_send_begin(s, NULL);
	s->is_speaking = true;
	s->said_ms = 0;
	set_timer(s, &s->delta_timer, due_ns(s));
}

static bool is_said(const struct bench_session *s)
{
	return s->said_ms >=
	       (s->ids.response == 1 ? BENCH_GREETING_MS : BENCH_RESPONSE_MS);
}

static void on_delta(struct bench_timer *t, uint64_t now_ns)
{
	struct bench_session *s =
		(struct bench_session *)((char *)t -
					 offsetof(struct bench_session,
						  delta_timer));
	uint64_t late_ns = now_ns - t->due_ns;

	if (!s->is_speaking) {
		bench_session_speak(s, NULL);
		return;
	}
	if (s->load->is_measuring)
		histogram_record(&s->load->figures.late, late_ns);
	send_delta(s, late_ns);
	if (is_said(s))
		next_response(s);
	else
		set_timer(s, t, due_ns(s));
}

/* A caller who interrupts, and then gets another answer. */
static void on_turn(struct bench_timer *t, uint64_t now_ns)
{
	struct bench_session *s =
		(struct bench_session *)((char *)t -
					 offsetof(struct bench_session,
						  turn_timer));

	if (!s->is_speaking && !s->cut_item)
		return;
	if (s->is_speaking) {
		s->cut_item = s->ids.response;
		if (s->call)
			s->call->has_cut = false;
		bench_session_send_speech(s, true);
		bench_session_stop(s);
		set_timer(s, t, now_ns + SPEAKS_MS * MS);
		return;
	}
	s->cut_item = 0;
	bench_session_send_speech(s, false);
	bench_session_speak(s, NULL);
}

void bench_session_speak(struct bench_session *s, json_t *metadata)
{
	bench_session_send_begin(s, metadata);
	if (s->call) /* all before it has been heard, or was cleared */
		s->call->item_ns = s->call->ear.queued_ns;
	s->is_speaking = true;
	s->said_ms = s->deltas = 0;
	s->origin_ns = bench_now_ns();
	send_delta(s, 0);
	set_timer(s, &s->delta_timer, due_ns(s));
	if (s->load->plan.interrupts)
		set_timer(s, &s->turn_timer,
			  s->origin_ns +
				  (CUT_MS_MIN +
				   s->origin_ns / MS * 7919 % CUT_MS_SPAN) *
					  MS);
}

void bench_session_stop(struct bench_session *s)
{
	if (!s->is_speaking)
		return;
	bench_session_send_end(s, true);
	s->is_speaking = false;
	bench_wheel_clear(&s->load->loop.wheel, &s->delta_timer);
}

void bench_session_truncated(struct bench_session *s, unsigned item,
			     unsigned audio_end_ms)
{
	struct bench_load *l = s->load;
	struct bench_call *c = s->call;
	uint64_t told_ns = audio_end_ms * MS;

	if (!c || !l->is_measuring || item != s->cut_item)
		return;
	l->figures.truncates++;
	/* The clear and the truncation come by different sockets. */
	uint64_t heard_ns =
		c->has_cut ? c->cut_heard_ns
			   : bench_playout_heard(&c->ear, bench_now_ns()) -
				     c->item_ns;
	histogram_record(&l->figures.cut, told_ns > heard_ns
						  ? told_ns - heard_ns
						  : heard_ns - told_ns);
}

/* --- The beginning --- */

static void on_open(void *owner)
{
	bench_session_send_created(owner);
}

static const struct bench_ws_events ws_events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_closed = on_closed,
};

static void init(struct bench_session *s, struct bench_load *l)
{
	s->load = l;
	s->in = s->out = BENCH_PCM24;
	s->ids.session = ++l->session_numbers;
	s->delta_timer.on_due = on_delta;
	s->turn_timer.on_due = on_turn;
	s->next = l->sessions;
	s->link = &l->sessions;
	if (s->next)
		s->next->link = &s->next;
	l->sessions = s;
}

void bench_session_accept(void *load, struct bench_socket *socket,
			  uint8_t *early, size_t n)
{
	struct bench_load *l = load;
	struct bench_session *s = calloc(1, sizeof(*s));

	if (!s) {
		bench_socket_attach(socket, &l->loop, NULL, NULL);
		bench_socket_close(socket);
		bench_load_fail(l, "out of memory for a session");
		return;
	}
	init(s, l);
	if (bench_ws_accept(&s->ws, &l->loop, socket, early, n, &ws_events, s))
		forget(s);
}
