#include "gateway/standby.h"

#include "gateway/settings.h"

#define POOLS (CONFIG_AGENTS_MAX + 1)

static unsigned wanted_of(const struct config *c, unsigned agent)
{
	if (agent >= config_agent_count(c))
		return 0;
	return agent ? config_agent_at(c, agent)->persona.standby
		     : c->model.standby;
}

unsigned standby_wanted(const struct config *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < POOLS; i++)
		n += wanted_of(c, i);
	return n;
}

/* Of an agent that there is not the pool has none, and wants none. */
static const struct openai_profile *profile_of(const struct settings *s,
					       unsigned agent)
{
	return agent < s->book->count ? &s->profile[agent] : NULL;
}

static void on_pool_gone(void *owner)
{
	struct standby *b = owner;

	if (standby_is_gone(b))
		b->on_gone(b->owner);
}

static void on_pool_freed(void *owner)
{
	struct standby *b = owner;

	b->on_freed(b->owner);
}

void standby_open(struct standby *b, uv_loop_t *loop, const struct settings *s,
		  const struct log *log, void (*on_gone)(void *owner),
		  void (*on_freed)(void *owner), void *owner)
{
	b->on_gone = on_gone;
	b->on_freed = on_freed;
	b->owner = owner;
	for (unsigned i = 0; i < POOLS; i++) {
		openai_pool_open(&b->pool[i], loop, profile_of(s, i),
				 wanted_of(s->config, i), log, on_pool_gone, b);
		b->pool[i].on_freed = on_pool_freed;
	}
}

void standby_renew(struct standby *b, const struct settings *s)
{
	for (unsigned i = 0; i < POOLS; i++)
		openai_pool_renew(&b->pool[i], profile_of(s, i),
				  wanted_of(s->config, i));
}

bool standby_uses(const struct standby *b, const struct settings *s)
{
	for (unsigned i = 0; i < s->book->count; i++)
		if (openai_pool_uses(&b->pool[i], &s->profile[i]))
			return true;
	return false;
}

unsigned standby_stood(const struct standby *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < POOLS; i++)
		n += openai_pool_stood(&b->pool[i]);
	return n;
}

bool standby_is_gone(const struct standby *b)
{
	for (unsigned i = 0; i < POOLS; i++)
		if (!b->pool[i].is_gone)
			return false;
	return true;
}

void standby_stop(struct standby *b)
{
	for (unsigned i = 0; i < POOLS; i++)
		openai_pool_stop(&b->pool[i]);
}
