/* What the worker counts of its bridges. Numbers of the call's own are looked
 * at when the worker takes its census, and for the last time when the call
 * ends: nothing is counted frame by frame. */
#include "gateway/bridge.h"
#include "gateway/net/ws.h"
#include "gateway/worker.h"

#define NS_PER_MS 1000000ull
#define NS_PER_US 1000ull

static struct worker_figures *figures_of(struct bridge *b)
{
	return &b->worker->figures;
}

/* --- States --- */

void bridge_count_state(struct bridge *b, enum call_state state)
{
	struct metric *running = figures_of(b)->running[b->carrier];

	if (b->counted_state != CALL_OVER)
		metric_take(&running[b->counted_state], 1);
	if (state != CALL_OVER)
		metric_add(&running[state], 1);
	b->counted_state = state;
}

/* --- What the call says --- */

static void count_interruption(struct bridge *b, uint64_t unheard_ms)
{
	struct worker_figures *f = figures_of(b);

	metric_add(&f->interruptions[b->carrier], 1);
	histogram_record(&f->unheard, unheard_ms * NS_PER_MS);
	metric_add(&f->cut_sent_ns,
		   (b->call.cut_sent_ms - b->counted_cut_ms) * NS_PER_MS);
	b->counted_cut_ms = b->call.cut_sent_ms;
}

void bridge_count_note(struct bridge *b, enum call_note note, uint64_t number)
{
	struct worker_figures *f = figures_of(b);

	switch (note) {
	case CALL_NOTE_STATE:
		bridge_count_state(b, b->call.state);
		break;
	case CALL_NOTE_FIRST_SOUND:
		histogram_record(&f->setup, number * NS_PER_US);
		break;
	case CALL_NOTE_TURN:
		histogram_record(&f->turn, number * NS_PER_US);
		break;
	case CALL_NOTE_INTERRUPTED:
		count_interruption(b, number);
		break;
	case CALL_NOTE_PLAYOUT_OVERFLOW:
		metric_add(&f->playout_dropped, 1);
		break;
	case CALL_NOTE_ATTACHED:
		metric_add(&f->resumed[b->carrier], 1);
		break;
	default:
		break;
	}
}

/* --- What is looked at now and then --- */

static uint64_t ns_of(const struct bridge *b, uint64_t bytes)
{
	const struct call_settings *s = &b->call.settings;

	return bytes * NS_PER_MS / audio_format_bytes_per_ms(s->caller_format);
}

/* What has changed since the last look. */
static void look(struct bridge *b)
{
	struct worker_figures *f = figures_of(b);
	const struct call *c = &b->call;

	metric_add(&f->underruns, c->playout.late - b->counted_late);
	metric_add(&f->ring_dropped_ns,
		   ns_of(b, c->ring_dropped - b->counted_dropped));
	metric_raise(&f->ring_most_ns, ns_of(b, c->ring_most));
	b->counted_late = c->playout.late;
	b->counted_dropped = c->ring_dropped;
}

void bridge_count_end(struct bridge *b)
{
	struct worker_figures *f = figures_of(b);
	unsigned end =
		b->has_call ? (unsigned)b->call.end : WORKER_END_NO_START;

	if (b->has_call)
		look(b);
	metric_add(&f->ended[b->carrier][end], 1);
	metric_add(&f->ended_ns[b->carrier], uv_hrtime() - b->opened_ns);
	bridge_count_state(b, CALL_OVER);
}

struct sums {
	uint64_t oldest_ns, to_carrier, to_model, ring_ns, playout_ns;
};

static void add(struct sums *s, struct bridge *b, uint64_t now_ns)
{
	const struct leg *leg = b->leg;
	uint64_t age_ns = now_ns - b->opened_ns;

	if (age_ns > s->oldest_ns)
		s->oldest_ns = age_ns;
	if (leg->kind->waiting)
		s->to_carrier += leg->kind->waiting(leg);
	if (!b->has_call)
		return;
	look(b);
	if (b->session->ws)
		s->to_model += ws_waiting(b->session->ws);
	s->ring_ns += ns_of(b, b->call.ring.used);
	s->playout_ns += playout_waiting_ms(&b->call.playout) * NS_PER_MS;
}

void bridge_census(struct worker *w)
{
	struct worker_census *c = &w->figures.census;
	uint64_t now_ns = uv_hrtime();
	struct sums s = { 0 };

	for (struct bridge *b = w->bridges; b; b = b->next)
		add(&s, b, now_ns);
	metric_set(&c->oldest_ns, s.oldest_ns);
	metric_set(&c->to_carrier, s.to_carrier);
	metric_set(&c->to_model, s.to_model);
	metric_set(&c->ring_ns, s.ring_ns);
	metric_set(&c->playout_ns, s.playout_ns);
	metric_set(&c->pool_blocks, w->pool.in_use);
}
