#include "tools/bench/bench_wheel.h"

#include <stddef.h>
#include <string.h>

static uint64_t slot_of(uint64_t ns)
{
	return ns / BENCH_WHEEL_SLOT_NS;
}

void bench_wheel_init(struct bench_wheel *w, uint64_t now_ns)
{
	memset(w, 0, sizeof(*w));
	w->slot = slot_of(now_ns);
}

static void put(struct bench_timer **list, struct bench_timer *t)
{
	t->next = *list;
	t->link = list;
	if (t->next)
		t->next->link = &t->next;
	*list = t;
}

static void take(struct bench_timer *t)
{
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	t->link = NULL;
}

/* A slot is run when it is over, so nothing in it is early. */
void bench_wheel_set(struct bench_wheel *w, struct bench_timer *t,
		     uint64_t due_ns)
{
	uint64_t slot = slot_of(due_ns);

	bench_wheel_clear(w, t);
	if (slot < w->slot)
		slot = w->slot;
	t->due_ns = due_ns;
	put(&w->list[slot % BENCH_WHEEL_SLOTS], t);
	w->set++;
}

void bench_wheel_clear(struct bench_wheel *w, struct bench_timer *t)
{
	if (!t->link)
		return;
	take(t);
	w->set--;
}

/* Those of a later round stay. */
static void run_slot(struct bench_wheel *w, uint64_t now_ns)
{
	struct bench_timer **list = &w->list[w->slot % BENCH_WHEEL_SLOTS];
	uint64_t end_ns = ++w->slot * BENCH_WHEEL_SLOT_NS;

	w->running = *list;
	if (w->running)
		w->running->link = &w->running;
	*list = NULL;
	while (w->running) {
		struct bench_timer *t = w->running;
		take(t);
		if (t->due_ns >= end_ns) {
			put(list, t);
			continue;
		}
		w->set--;
		t->on_due(t, now_ns);
	}
}

void bench_wheel_run(struct bench_wheel *w, uint64_t now_ns)
{
	uint64_t until = slot_of(now_ns);

	while (w->slot < until)
		run_slot(w, now_ns);
}
