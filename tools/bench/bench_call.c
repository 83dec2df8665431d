#include "tools/bench/bench_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/url.h"
#include "tools/bench/bench_frame.h"
#include "tools/bench/bench_session.h"

#define MS       BENCH_NS_PER_MS
#define FRAME_NS (BENCH_FRAME_MS * MS)

#define OWNER(timer, member)                                               \
	((struct bench_call *)((char *)(timer)-offsetof(struct bench_call, \
							member)))

static const struct bench_carrier_kind *kind_of(const struct bench_call *c)
{
	return c->load->plan.carrier == BENCH_TWILIO ? &bench_twilio
						     : &bench_audiocodes;
}

static struct bench_wheel *wheel_of(const struct bench_call *c)
{
	return &c->load->loop.wheel;
}

static bool counts(const struct bench_call *c)
{
	return c->load->is_measuring && !c->is_short;
}

/* --- The end --- */

void bench_call_parted(struct bench_call *c)
{
	if (!c->session)
		return;
	c->load->live -= !c->is_short;
	c->session->call = NULL;
	c->session = NULL;
}

void bench_call_end(struct bench_call *c, const char *why)
{
	struct bench_load *l = c->load;

	if (c->state == BENCH_CALL_FREE)
		return;
	if (why && c->state != BENCH_CALL_ENDING)
		bench_load_fail(l, "call %u: %s", c->number, why);
	bench_call_parted(c);
	bench_wheel_clear(wheel_of(c), &c->frame_timer);
	bench_wheel_clear(wheel_of(c), &c->mark_timer);
	bench_wheel_clear(wheel_of(c), &c->end_timer);
	bench_webhook_cancel(&c->webhook);
	bench_ws_close(&c->ws);
	c->state = BENCH_CALL_FREE;
	l->open--;
	l->figures.calls_ended++;
}

static void on_closed(void *owner, const char *why)
{
	bench_call_end(owner, why);
}

void bench_call_hang_up(struct bench_call *c)
{
	if (c->state == BENCH_CALL_FREE || c->state == BENCH_CALL_ENDING)
		return;
	bool was_live = c->state == BENCH_CALL_LIVE;
	c->state = BENCH_CALL_ENDING;
	bench_wheel_clear(wheel_of(c), &c->frame_timer);
	if (was_live)
		kind_of(c)->stop(c);
	if (was_live)
		bench_ws_finish(&c->ws);
	else
		bench_call_end(c, NULL);
}

static void on_end(struct bench_timer *t, uint64_t now_ns)
{
	(void)now_ns;
	bench_call_hang_up(OWNER(t, end_timer));
}

/* --- What the caller says --- */

static const struct bench_payload *payload_of(const struct bench_call *c)
{
	if (c->session)
		return &c->load->frame[BENCH_SPEECH];
	return &c->load->frame[bench_number_frame(c->number, c->frames)];
}

static void send_frame(struct bench_call *c)
{
	static char room[BENCH_FRAME_HEAD_MAX + BENCH_MESSAGE_ROOM + 4096];
	char *text = room + BENCH_FRAME_HEAD_MAX;
	uint8_t head[BENCH_FRAME_HEAD_MAX];
	size_t len = kind_of(c)->frame(c, text, payload_of(c));
	size_t n = bench_frame_head(head, BENCH_TEXT, len, c->ws.mask);

	bench_frame_mask((uint8_t *)text, len, c->ws.mask);
	memcpy(text - n, head, n);
	bench_ws_send_frame(&c->ws, (uint8_t *)text - n, n + len);
}

/* The schedule is anchored: a frame that leaves late does not move the next. */
static void on_frame(struct bench_timer *t, uint64_t now_ns)
{
	struct bench_call *c = OWNER(t, frame_timer);

	if (counts(c)) {
		histogram_record(&c->load->figures.late, now_ns - t->due_ns);
		c->load->figures.frames++;
	}
	bench_position_send(&c->up, BENCH_FRAME_MS * BENCH_UNITS_PER_MS,
			    bench_now_ns(), now_ns - t->due_ns);
	send_frame(c);
	c->frames++;
	if (c->state == BENCH_CALL_LIVE)
		bench_wheel_set(wheel_of(c), t,
				c->origin_ns + c->frames * FRAME_NS);
}

/* Calls are spread over the 20 ms of a frame by their number. */
void bench_call_live(struct bench_call *c)
{
	uint64_t phase_ns = c->number % 80u * (FRAME_NS / 80);
	uint64_t now_ns = bench_now_ns();

	c->state = BENCH_CALL_LIVE;
	c->origin_ns = now_ns / FRAME_NS * FRAME_NS + FRAME_NS + phase_ns;
	bench_wheel_set(wheel_of(c), &c->frame_timer, c->origin_ns);
}

/* --- What the caller hears --- */

static void record_down(struct bench_call *c, uint64_t units, uint64_t dry_ns,
			uint64_t now_ns)
{
	struct bench_figures *f = &c->load->figures;
	struct bench_piece piece = { .sent_ns = now_ns };
	bool is_burst = c->load->plan.is_burst;
	unsigned whole =
		bench_position_arrive(&c->session->down, units, &piece);

	if (!counts(c))
		return;
	f->medias++;
	f->units_down += units;
	if (whole && !is_burst)
		histogram_record(&f->down, bench_piece_delay(&piece, now_ns));
	if (dry_ns && !is_burst) {
		if (dry_ns > piece.late_ns)
			f->late_down++;
		else
			f->late_own++;
	}
}

void bench_call_hear(struct bench_call *c, size_t bytes)
{
	uint64_t now_ns = bench_ws_read_ns(&c->ws);
	uint64_t units =
		bench_format_units(c->load->plan.carrier_format, bytes);
	uint64_t dry_ns =
		bench_playout_add(&c->ear, BENCH_UNIT_NS(units), now_ns);

	if (!c->has_heard) {
		c->has_heard = true;
		histogram_record(&c->load->figures.setup,
				 now_ns - c->started_ns);
	}
	if (c->session)
		record_down(c, units, dry_ns, now_ns);
	else
		c->down_early += units;
}

static void on_mark(struct bench_timer *t, uint64_t now_ns)
{
	struct bench_call *c = OWNER(t, mark_timer);
	const struct bench_mark *m;

	while ((m = bench_playout_next(&c->ear)) && m->due_ns <= now_ns) {
		kind_of(c)->mark(c, m->name);
		bench_playout_pop(&c->ear);
	}
	if (m)
		bench_wheel_set(wheel_of(c), t, m->due_ns);
}

void bench_call_mark(struct bench_call *c, const char *name, size_t len)
{
	if (!bench_playout_mark(&c->ear, name, len))
		bench_load_fail(c->load, "call %u: too many marks", c->number);
	on_mark(&c->mark_timer, bench_now_ns());
}

void bench_call_clear(struct bench_call *c)
{
	uint64_t now_ns = bench_ws_read_ns(&c->ws);

	bench_playout_clear(&c->ear, now_ns);
	c->cut_heard_ns = bench_playout_heard(&c->ear, now_ns) - c->item_ns;
	c->has_cut = true;
	if (c->session)
		bench_position_drop(&c->session->down);
	if (counts(c))
		c->load->figures.clears++;
	on_mark(&c->mark_timer, now_ns);
}

/* How many of the caller's first frames the session did not hear: the number it
 * understood ended with the last frame of a cycle. What is under way is taken
 * to be less than a cycle. */
static uint64_t lost_frames(struct bench_call *c, const struct bench_session *s)
{
	uint64_t lost = -s->number.frames % BENCH_NUMBER_FRAMES;
	uint64_t missing = c->frames - s->number.frames;

	if (!c->load->plan.may_lose_start && lost)
		bench_load_fail(c->load,
				"call %u: its first words were not heard",
				c->number);
	if (!c->load->plan.may_lose_start || missing < lost)
		return 0;
	return lost +
	       (missing - lost) / BENCH_NUMBER_FRAMES * BENCH_NUMBER_FRAMES;
}

void bench_call_joined(struct bench_call *c, struct bench_session *s)
{
	uint64_t lost = lost_frames(c, s) * BENCH_FRAME_MS * BENCH_UNITS_PER_MS;
	struct bench_piece piece;

	c->session = s;
	s->call = c;
	c->load->live += !c->is_short;
	if (s->ids.response > 1)
		c->item_ns = BENCH_GREETING_MS * MS;
	bench_position_arrive(&c->up, s->up_early + lost, &piece);
	bench_position_arrive(&s->down, c->down_early, &piece);
}

/* --- The beginning --- */

static void on_open(void *owner)
{
	struct bench_call *c = owner;

	kind_of(c)->open(c);
}

static void on_text(void *owner, char *text, size_t len)
{
	struct bench_call *c = owner;

	kind_of(c)->text(c, text, len);
}

static const struct bench_ws_events ws_events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_closed = on_closed,
};

static void dial(struct bench_call *c, const char *target, bool is_tls)
{
	struct bench_load *l = c->load;

	c->state = BENCH_CALL_DIALING;
	if (bench_ws_dial(&c->ws, &l->loop, &l->target.address,
			  is_tls ? l->client_tls : NULL, l->target.host, target,
			  &ws_events, c))
		bench_call_end(c, "no socket");
}

/* The stream is taken to be where the webhook is: what a name in front of it
 * resolves to is the proxy's business. */
static void on_stream(void *owner, const char *url)
{
	struct bench_call *c = owner;
	struct url u;

	if (url_parse(&u, url))
		bench_call_end(c, "the TwiML's stream has no usable URL");
	else
		dial(c, u.target, c->load->target.is_tls);
}

static void on_refused(void *owner, const char *why)
{
	bench_call_end(owner, why);
}

static const struct bench_webhook_events webhook_events = {
	.on_stream = on_stream,
	.on_failed = on_refused,
};

static void reset(struct bench_call *c, bool is_short)
{
	struct bench_load *l = c->load;
	unsigned number = c->number, life = c->life + 1;

	memset(c, 0, sizeof(*c));
	c->load = l;
	c->number = number;
	c->life = life;
	c->is_short = is_short;
	c->frame_timer.on_due = on_frame;
	c->mark_timer.on_due = on_mark;
	c->end_timer.on_due = on_end;
	snprintf(c->id, sizeof(c->id), "MZ%08x%08x%016x", number, life, 0u);
	snprintf(c->call_sid, sizeof(c->call_sid), "CA%08x%08x%016x", number,
		 life, 0u);
}

void bench_call_place(struct bench_call *c, bool is_short)
{
	struct bench_load *l = c->load;

	reset(c, is_short);
	c->state = BENCH_CALL_ASKING;
	l->open++;
	l->figures.calls_started++;
	if (is_short)
		bench_wheel_set(wheel_of(c), &c->end_timer,
				bench_now_ns() + l->plan.short_ms * MS);
	if (!l->target.is_webhook)
		dial(c, l->target.target, l->target.is_tls);
	else if (bench_webhook_post(&c->webhook, &l->loop, &l->target.address,
				    l->target.is_tls ? l->client_tls : NULL,
				    l->target.host, l->target.target,
				    c->call_sid,
				    "AC00000000000000000000000000000000",
				    &webhook_events, c))
		bench_call_end(c, "no socket");
}
