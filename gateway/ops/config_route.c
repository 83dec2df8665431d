#include "gateway/ops/config_route.h"

#include <string.h>

#include "gateway/ops/config.h"

unsigned config_route_find(const struct config *c, const char *number)
{
	const struct config_failure *f = &c->failure;
	unsigned i = 0;

	while (i < f->by_number_count &&
	       strcmp(f->by_number[i].number, number) != 0)
		i++;
	return i;
}

/* Who has a say, the first one first. */
struct layer {
	enum config_then then; /* CONFIG_THEN_AS_ELSEWHERE: the next knows */
	const char *dial;      /* "": likewise */
	const char *say;       /* "": likewise */
};

#define LAYERS 4 /* the last knows everything */

/* Whoever names a number wants it dialled. */
static struct layer layer_of(const struct config_fallback *f)
{
	bool says_so = f->then == CONFIG_THEN_AS_ELSEWHERE && f->dial[0];

	return (struct layer){ says_so ? CONFIG_THEN_DIAL : f->then, f->dial,
			       f->say };
}

static void find_layers(struct layer layer[LAYERS], const struct config *c,
			const struct config_route_call *call)
{
	static const struct layer silent = { CONFIG_THEN_AS_ELSEWHERE, "", "" };
	const struct config_failure *f = &c->failure;
	unsigned i = config_route_find(c, call->number);

	layer[0] = call->route ? layer_of(&call->route->fallback) : silent;
	layer[1] = call->agent ? layer_of(&call->agent->fallback) : silent;
	layer[2] = silent;
	if (i < f->by_number_count)
		layer[2] = (struct layer){ f->by_number[i].then,
					   f->by_number[i].dial,
					   f->by_number[i].say };
	layer[3] = (struct layer){ f->then, f->dial, f->say };
}

const char *config_route_dial(const struct config *c,
			      const struct config_route_call *call)
{
	struct layer layer[LAYERS];
	unsigned then = 0, dial = 0;

	find_layers(layer, c, call);
	while (then < LAYERS - 1 &&
	       layer[then].then == CONFIG_THEN_AS_ELSEWHERE)
		then++;
	while (dial < LAYERS - 1 && !layer[dial].dial[0])
		dial++;
	return layer[then].then == CONFIG_THEN_DIAL ? layer[dial].dial : "";
}

const char *config_route_say(const struct config *c,
			     const struct config_route_call *call)
{
	struct layer layer[LAYERS];
	unsigned say = 0;

	find_layers(layer, c, call);
	while (say < LAYERS - 1 && !layer[say].say[0])
		say++;
	return layer[say].say;
}
