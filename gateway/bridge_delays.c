/* How long what a bridge has read takes to leave as something else. */
#include <string.h>

#include "gateway/bridge.h"
#include "gateway/worker.h"

void bridge_await(struct bridge *b, enum worker_delay delay, uint64_t read_ns)
{
	struct worker *w = b->worker;

	if (!b->unsent_ns[delay])
		b->unsent_ns[delay] = read_ns;
	if (b->is_unsent)
		return;
	b->is_unsent = true;
	b->next_unsent = w->unsent;
	w->unsent = b;
}

static void sent(struct bridge *b, uint64_t now_ns)
{
	struct worker_figures *f = &b->worker->figures;

	for (unsigned i = 0; i < WORKER_DELAYS; i++)
		if (b->unsent_ns[i])
			histogram_record(&f->delay[i],
					 now_ns - b->unsent_ns[i]);
	memset(b->unsent_ns, 0, sizeof(b->unsent_ns));
	b->is_unsent = false;
}

void bridge_all_sent(struct worker *w)
{
	uint64_t now_ns = w->unsent ? uv_hrtime() : 0;

	while (w->unsent) {
		struct bridge *b = w->unsent;
		w->unsent = b->next_unsent;
		sent(b, now_ns);
	}
}

/* It goes before what it wrote has left. */
void bridge_forget_delays(struct bridge *b)
{
	struct bridge **link = &b->worker->unsent;

	if (!b->is_unsent)
		return;
	while (*link != b)
		link = &(*link)->next_unsent;
	*link = b->next_unsent;
}
