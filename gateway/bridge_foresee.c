/* What a bridge touches when something comes from either side, and when its
 * clock ticks (prefetch.h). Said once the call is up, and for a line that came
 * back. */
#include <stddef.h>

#include "gateway/bridge.h"
#include "gateway/net/prefetch.h"
#include "gateway/net/ws.h"

#define LEG_HEAD 192 /* bytes: totals, state, who it is */

/* From one member up to, not with, another. */
#define SPAN(p, object, from, to)                           \
	prefetch_add((p), &(object)->from,                  \
		     (size_t)((const char *)&(object)->to - \
			      (const char *)&(object)->from))

static void foresee_both(const struct bridge *b, struct prefetch *p)
{
	SPAN(p, b, worker, clock);
	SPAN(p, &b->call, text, sequencer.active);
	SPAN(p, b->session, profile, log);
	prefetch_add(p, b->leg, LEG_HEAD);
}

static void foresee_caller(const struct bridge *b, struct prefetch *p)
{
	SPAN(p, &b->call, settings, up.filter[1]);
	SPAN(p, &b->call, timeline, digits);
	foresee_both(b, p);
}

static void foresee_model(const struct bridge *b, struct prefetch *p)
{
	SPAN(p, &b->call, ports, ring);
	SPAN(p, &b->call, down, down.filter[1]);
	SPAN(p, &b->call, source_item, playout.item[0]);
	foresee_both(b, p);
}

static void foresee_tick(const struct bridge *b, struct prefetch *p)
{
	SPAN(p, &b->call, settings, up);
	SPAN(p, &b->call, timeline, digits);
	SPAN(p, &b->call, text_ns, playout.item[0]);
	foresee_both(b, p);
	SPAN(p, b, clock, call);
}

static void foresee_wire(struct ws *w, const struct bridge *b, struct ws *other,
			 void (*foresee)(const struct bridge *b,
					 struct prefetch *p))
{
	struct prefetch *p = ws_ahead(w);

	if (!p)
		return;
	prefetch_clear(p);
	ws_foresee(w, p);
	foresee(b, p);
	ws_foresee(other, p);
}

void bridge_foresee(struct bridge *b)
{
	struct ws *carrier = b->leg->kind->ws(b->leg);
	struct ws *model = b->session->ws;

	prefetch_clear(&b->ahead);
	foresee_tick(b, &b->ahead);
	b->clock.ahead = &b->ahead;
	if (!carrier || !model)
		return;
	foresee_wire(carrier, b, model, foresee_caller);
	foresee_wire(model, b, carrier, foresee_model);
}
