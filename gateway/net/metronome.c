#include "gateway/net/metronome.h"

#include <string.h>

#include "gateway/net/prefetch.h"
#include "gateway/ops/histogram.h"

#define NS_PER_MS 1000000u
#define STEP_NS   ((uint64_t)METRONOME_STEP_MS * NS_PER_MS)

static void on_timer(uv_timer_t *timer);

static uint64_t steps_until(const struct metronome *m, uint64_t now_ns)
{
	return now_ns > m->origin_ns ? (now_ns - m->origin_ns) / STEP_NS : 0;
}

/* The loop's clock is the monotonic clock cut to milliseconds, and the grid
 * lies on whole milliseconds: the difference is exact, so nothing drifts. */
static void arm(struct metronome *m)
{
	uint64_t due_ms = (m->origin_ns + (m->tick + 1) * STEP_NS) / NS_PER_MS;
	uint64_t loop_ms = uv_now(m->timer.loop);

	uv_timer_start(&m->timer, on_timer,
		       due_ms > loop_ms ? due_ms - loop_ms : 0, 0);
}

static void on_timer(uv_timer_t *timer)
{
	struct metronome *m = timer->data;

	metronome_advance(m, uv_hrtime());
	if (m->members > 0)
		arm(m);
}

int metronome_init(struct metronome *m, uv_loop_t *loop)
{
	memset(m, 0, sizeof(*m));
	m->timer.data = m;
	m->origin_ns = uv_hrtime() / NS_PER_MS * NS_PER_MS;
	return uv_timer_init(loop, &m->timer);
}

void metronome_add(struct metronome *m, struct metronome_member *member)
{
	struct metronome_member **head;

	if (member->link || uv_is_closing((uv_handle_t *)&m->timer))
		return;
	member->phase = m->turn++ % METRONOME_PHASES;
	/* At the head: a walk that is under way does not meet it. */
	head = &m->phase[member->phase];
	member->next = *head;
	member->link = head;
	if (member->next)
		member->next->link = &member->next;
	*head = member;
	if (m->members++ > 0)
		return;
	m->tick = steps_until(m, uv_hrtime());
	arm(m);
}

void metronome_remove(struct metronome *m, struct metronome_member *member)
{
	if (!member->link)
		return;
	if (m->next == member)
		m->next = member->next;
	*member->link = member->next;
	if (member->next)
		member->next->link = member->link;
	member->next = NULL;
	member->link = NULL;
	if (--m->members == 0)
		uv_timer_stop(&m->timer);
}

static void walk(struct metronome *m, unsigned phase, uint64_t now_ns)
{
	for (m->next = m->phase[phase]; m->next;) {
		struct metronome_member *member = m->next;

		m->next = member->next;
		if (m->next && m->next->ahead)
			prefetch_run(m->next->ahead);
		member->on_tick(member, now_ns);
	}
}

void metronome_advance(struct metronome *m, uint64_t now_ns)
{
	uint64_t due = steps_until(m, now_ns);
	uint64_t step = m->tick + 1;
	uint64_t late_ns;

	if (due <= m->tick)
		return;
	late_ns = now_ns - (m->origin_ns + step * STEP_NS);
	if (late_ns > m->late_ns_max)
		m->late_ns_max = late_ns;
	if (m->lag)
		histogram_record(m->lag, late_ns);
	/* Later than a whole period: each phase once, not once per miss. */
	if (due - m->tick > METRONOME_PHASES)
		step = due - METRONOME_PHASES + 1;
	m->tick = due;
	for (; step <= due; step++)
		walk(m, step % METRONOME_PHASES, now_ns);
}

void metronome_close(struct metronome *m, uv_close_cb on_closed)
{
	for (unsigned i = 0; i < METRONOME_PHASES; i++)
		while (m->phase[i])
			metronome_remove(m, m->phase[i]);
	if (!uv_is_closing((uv_handle_t *)&m->timer))
		uv_close((uv_handle_t *)&m->timer, on_closed);
}
