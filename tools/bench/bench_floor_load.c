#include "tools/bench/bench_floor_load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/bench/bench_call.h"

#define MS       BENCH_NS_PER_MS
#define FRAME_NS (BENCH_FRAME_MS * MS)
#define HEARD_NS (BENCH_DELTA_MS * MS) /* from a mark to its echo */

struct bench_floor_call {
	struct bench_floor_load *load;
	unsigned number;
	struct bench_socket *carrier, *model;
	struct bench_timer frame_timer, delta_timer, echo_timer;
	struct bench_position up, down; /* in frames and in deltas */
	uint64_t up_bytes, down_bytes;
	uint64_t origin_ns, frames, deltas;
	unsigned opened;
	bool has_heard, was_heard;
};

#define OWNER(timer, member)           \
	((struct bench_floor_call *)(( \
		char *)(timer)-offsetof(struct bench_floor_call, member)))

static void fail(struct bench_floor_load *l, const char *why)
{
	if (!l->errors++)
		snprintf(l->error, sizeof(l->error), "%s", why);
}

/* --- What leaves --- */

static void on_frame(struct bench_timer *t, uint64_t now_ns)
{
	struct bench_floor_call *c = OWNER(t, frame_timer);
	struct bench_floor_load *l = c->load;

	if (l->is_measuring) {
		histogram_record(&l->figures.late, now_ns - t->due_ns);
		l->figures.frames++;
	}
	bench_position_send(&c->up, 1, bench_now_ns(), 0);
	bench_socket_send(c->carrier, l->frame, l->floor.shape.frame);
	bench_wheel_set(&l->loop.wheel, t,
			c->origin_ns + ++c->frames * FRAME_NS);
}

static void on_delta(struct bench_timer *t, uint64_t now_ns)
{
	struct bench_floor_call *c = OWNER(t, delta_timer);
	struct bench_floor_load *l = c->load;

	if (l->is_measuring) {
		histogram_record(&l->figures.late, now_ns - t->due_ns);
		l->figures.deltas++;
	}
	bench_position_send(&c->down, 1, bench_now_ns(), 0);
	bench_socket_send(c->model, l->record,
			  BENCH_RECORD(l->floor.shape.delta));
	bench_wheel_set(&l->loop.wheel, t,
			c->origin_ns + ++c->deltas * BENCH_DELTA_MS * MS);
}

static void on_echo(struct bench_timer *t, uint64_t now_ns)
{
	struct bench_floor_call *c = OWNER(t, echo_timer);

	(void)now_ns;
	bench_socket_send(c->carrier, c->load->echo, c->load->floor.shape.echo);
}

/* --- What comes --- */

static void arrive(struct bench_floor_call *c, uint64_t now_ns,
		   struct bench_position *p, uint64_t pieces,
		   struct histogram *h, uint64_t *late)
{
	struct bench_piece piece;
	unsigned whole = pieces ? bench_position_arrive(p, pieces, &piece) : 0;

	if (!whole || !c->load->is_measuring)
		return;
	uint64_t delay_ns = bench_piece_delay(&piece, now_ns);
	histogram_record(h, delay_ns);
	if (delay_ns > BENCH_LATE_MS * MS)
		*late += whole;
}

static uint64_t wholes(uint64_t *bytes, size_t n, size_t size)
{
	uint64_t before = *bytes / size;

	*bytes += n;
	return *bytes / size - before;
}

static void on_model_bytes(void *owner, uint8_t *bytes, size_t n)
{
	struct bench_floor_call *c = owner;
	struct bench_figures *f = &c->load->figures;
	const struct bench_floor_shape *s = &c->load->floor.shape;
	uint64_t records = wholes(&c->up_bytes, n, BENCH_RECORD(s->append));

	(void)bytes;
	c->was_heard |= records > 0;
	arrive(c, c->model->read_ns, &c->up, records * s->frames, &f->up,
	       &f->late_up);
	if (!c->load->is_measuring)
		return;
	f->appends += records;
	f->units_up +=
		records * s->frames * BENCH_FRAME_MS * BENCH_UNITS_PER_MS;
}

/* How many medias so many bytes hold, with a mark behind the last of each
 * round. */
static uint64_t medias_in(const struct bench_floor_shape *s, uint64_t bytes)
{
	size_t round = BENCH_FLOOR_MEDIAS * s->media + s->mark;
	uint64_t rest = bytes % round / s->media;

	return bytes / round * BENCH_FLOOR_MEDIAS + rest;
}

static void on_carrier_bytes(void *owner, uint8_t *bytes, size_t n)
{
	struct bench_floor_call *c = owner;
	struct bench_figures *f = &c->load->figures;
	const struct bench_floor_shape *s = &c->load->floor.shape;
	uint64_t before = medias_in(s, c->down_bytes);
	uint64_t medias = medias_in(s, c->down_bytes += n) - before;

	(void)bytes;
	if (before / BENCH_FLOOR_MEDIAS !=
	    (before + medias) / BENCH_FLOOR_MEDIAS)
		bench_wheel_set(&c->load->loop.wheel, &c->echo_timer,
				bench_now_ns() + HEARD_NS);
	c->has_heard |= medias > 0;
	arrive(c, c->carrier->read_ns, &c->down, medias, &f->down,
	       &f->late_down);
	if (!c->load->is_measuring)
		return;
	f->medias += medias;
	f->units_down += medias * BENCH_DELTA_MS * BENCH_UNITS_PER_MS;
}

static void on_closed(void *owner, const char *why)
{
	struct bench_floor_call *c = owner;

	fail(c->load, why);
}

/* --- A call --- */

static void opened(struct bench_floor_call *c, struct bench_socket *s,
		   bool is_model)
{
	const struct bench_floor_hello hello = { .call = c->number,
						 .is_model = is_model };
	struct bench_wheel *w = &c->load->loop.wheel;

	bench_socket_send(s, &hello, sizeof(hello));
	if (++c->opened < 2)
		return;
	c->origin_ns = bench_now_ns() / FRAME_NS * FRAME_NS + 2 * FRAME_NS +
		       c->number % 80u * (FRAME_NS / 80);
	bench_wheel_set(w, &c->frame_timer, c->origin_ns);
	bench_wheel_set(w, &c->delta_timer, c->origin_ns);
}

static void on_model_open(void *owner)
{
	struct bench_floor_call *c = owner;

	opened(c, c->model, true);
}

static void on_carrier_open(void *owner)
{
	struct bench_floor_call *c = owner;

	opened(c, c->carrier, false);
}

static const struct bench_socket_events model_events = {
	.on_open = on_model_open,
	.on_bytes = on_model_bytes,
	.on_closed = on_closed,
};

static const struct bench_socket_events carrier_events = {
	.on_open = on_carrier_open,
	.on_bytes = on_carrier_bytes,
	.on_closed = on_closed,
};

static void place(struct bench_floor_load *l, unsigned number)
{
	struct bench_floor_call *c = &l->call[number];

	c->load = l;
	c->number = number;
	c->frame_timer.on_due = on_frame;
	c->delta_timer.on_due = on_delta;
	c->echo_timer.on_due = on_echo;
	c->carrier = bench_socket_dial(&l->loop, &l->address, NULL, "",
				       &carrier_events, c);
	c->model = bench_socket_dial(&l->loop, &l->address, NULL, "",
				     &model_events, c);
	if (!c->carrier || !c->model)
		fail(l, "no socket");
}

static void on_ramp(struct bench_timer *t, uint64_t now_ns)
{
	struct bench_floor_load *l =
		(struct bench_floor_load *)((char *)t -
					    offsetof(struct bench_floor_load,
						     ramp));
	uint64_t due = (now_ns - l->ramp_ns) * l->per_second / BENCH_NS_PER_S;

	if (l->placed <= due)
		place(l, l->placed++);
	if (l->placed < l->floor.calls)
		bench_wheel_set(&l->loop.wheel, t,
				now_ns + BENCH_WHEEL_SLOT_NS);
}

/* --- All of them --- */

static int make_messages(struct bench_floor_load *l)
{
	const struct bench_floor_shape *s = &l->floor.shape;
	uint8_t *text = malloc(s->delta);
	int err = -ENOMEM;

	l->frame = malloc(s->frame);
	l->record = malloc(BENCH_RECORD(s->delta));
	l->echo = malloc(s->echo);
	if (text && l->frame && l->record && l->echo) {
		memset(l->echo, BENCH_FLOOR_ECHO, s->echo);
		memset(l->frame, 'A', s->frame);
		memset(text, 'A', s->delta);
		bench_floor_seal(l->record, text, s->delta);
		err = 0;
	}
	free(text);
	return err;
}

int bench_floor_load_open(struct bench_floor_load *l, unsigned calls,
			  unsigned per_second, bool is_pcmu, unsigned append_ms,
			  unsigned tick_us)
{
	unsigned port = 0;

	memset(l, 0, sizeof(*l));
	bench_floor_shape_of(&l->floor.shape, is_pcmu, append_ms);
	l->floor.calls = calls;
	l->floor.tick_us = tick_us;
	l->per_second = per_second;
	l->floor.listen_fd = bench_listen(&port);
	if (l->floor.listen_fd < 0)
		return l->floor.listen_fd;
	return bench_address_find(&l->address, "127.0.0.1", port);
}

int bench_floor_load_start(struct bench_floor_load *l)
{
	int err = bench_loop_init(&l->loop);

	if (!err)
		err = make_messages(l);
	l->call = calloc(l->floor.calls, sizeof(*l->call));
	if (err || !l->call)
		return err ? err : -ENOMEM;
	l->ramp.on_due = on_ramp;
	l->ramp_ns = bench_now_ns();
	bench_wheel_set(&l->loop.wheel, &l->ramp, l->ramp_ns);
	return 0;
}

bool bench_floor_load_is_up(const struct bench_floor_load *l)
{
	for (unsigned i = 0; i < l->floor.calls; i++)
		if (!l->call[i].has_heard || !l->call[i].was_heard)
			return false;
	return true;
}

void bench_floor_load_measure(struct bench_floor_load *l, bool on)
{
	if (on)
		memset(&l->figures, 0, sizeof(l->figures));
	l->is_measuring = on;
}

void bench_floor_load_close(struct bench_floor_load *l)
{
	for (unsigned i = 0; i < l->placed; i++) {
		if (l->call[i].carrier)
			bench_socket_close(l->call[i].carrier);
		if (l->call[i].model)
			bench_socket_close(l->call[i].model);
	}
	if (l->call)
		bench_loop_free(&l->loop);
	close(l->floor.listen_fd);
	free(l->call);
	free(l->frame);
	free(l->record);
	free(l->echo);
}
