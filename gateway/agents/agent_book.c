#include "gateway/agents/agent_book.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent_keypad.h"
#include "gateway/agents/routing.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_shared.h"

/* Where the agent's keys stand, for the operator. */
static const char *file_of(const struct config *c, unsigned i)
{
	return i ? c->agent_files[i - 1] : "agent";
}

/* The functions that a route's keys call are its agent's. */
static int check_routes(const struct agent_book *b, char *why, size_t cap)
{
	const struct config *c = &b->shared->config;
	char reason[CONFIG_TEXT_MAX + 128];
	int err = 0;

	for (unsigned i = 0; i < c->route_count && !err; i++) {
		const struct config_route *r = &c->routes[i];
		const struct agent *a = agent_book_find(b, r->agent);
		err = a ? agent_keypad_check(a, r->keypad.keys, r->keypad.count,
					     reason, sizeof(reason))
			: 0;
		if (err)
			snprintf(why, cap, "routes.%u.%s", i, reason);
	}
	return err;
}

static int open_all(struct agent_book *b, char *why, size_t cap)
{
	const struct config *c = &b->shared->config;
	char reason[CONFIG_TEXT_MAX + 128];
	int err = 0;

	for (unsigned i = 0; i < b->count && !err; i++) {
		err = agent_init(&b->agent[i], c, i, reason, sizeof(reason));
		if (err)
			snprintf(why, cap, "%s: %s", file_of(c, i), reason);
	}
	return err;
}

int agent_book_open(struct agent_book **out, struct config_shared *c, char *why,
		    size_t cap)
{
	unsigned n = config_agent_count(&c->config);
	struct agent_book *b = calloc(1, sizeof(*b) + n * sizeof(b->agent[0]));

	*out = NULL;
	if (!b) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	atomic_init(&b->uses, 1);
	b->shared = config_shared_keep(c);
	b->count = n;
	int err = open_all(b, why, cap);
	if (!err)
		err = check_routes(b, why, cap);
	if (!err)
		err = routing_open(&b->routing, &c->config, why, cap);
	if (err)
		agent_book_drop(b);
	else
		*out = b;
	return err;
}

int agent_book_learn(struct agent_book *b, struct knowledge_library *l,
		     char *why, size_t cap)
{
	char reason[CONFIG_TEXT_MAX + 256];
	int err = 0;

	for (unsigned i = 0; i < b->count && !err; i++) {
		err = agent_learn(&b->agent[i], l, reason, sizeof(reason));
		if (err)
			snprintf(why, cap, "%s: %s",
				 file_of(&b->shared->config, i), reason);
	}
	return err;
}

struct agent_book *agent_book_keep(struct agent_book *b)
{
	atomic_fetch_add(&b->uses, 1);
	return b;
}

void agent_book_drop(struct agent_book *b)
{
	if (!b || atomic_fetch_sub(&b->uses, 1) > 1)
		return;
	for (unsigned i = 0; i < b->count; i++)
		agent_free(&b->agent[i]);
	routing_free(b->routing);
	config_shared_drop(b->shared);
	free(b);
}

const struct agent *agent_book_find(const struct agent_book *b,
				    const char *name)
{
	for (unsigned i = 0; i < b->count; i++)
		if (strcmp(b->agent[i].wanted->persona.name, name) == 0)
			return &b->agent[i];
	return NULL;
}

bool agent_book_equals(const struct agent_book *a, const struct agent_book *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (memcmp(a->agent[i].wanted, b->agent[i].wanted,
			   sizeof(*a->agent[i].wanted)) != 0 ||
		    strcmp(a->agent[i].instructions,
			   b->agent[i].instructions) != 0)
			return false;
	return true;
}
