#include "gateway/carriers/audiocodes_registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET_NS (AUDIOCODES_QUIET_MS * 1000000ull)

struct audiocodes_registered {
	bool is_taken;
	unsigned worker;
	_Atomic uint64_t heard_ns;
	char conversation[AUDIOCODES_ID_MAX];
	char bot[AUDIOCODES_BOT_MAX];
	struct audiocodes_principal principal;
};

int audiocodes_registry_init(struct audiocodes_registry *r, unsigned count)
{
	int err = uv_mutex_init(&r->lock);

	if (err)
		return err;
	r->entry = calloc(count, sizeof(r->entry[0]));
	r->count = count;
	if (r->entry)
		return 0;
	uv_mutex_destroy(&r->lock);
	return -ENOMEM;
}

void audiocodes_registry_free(struct audiocodes_registry *r)
{
	if (!r->entry)
		return;
	uv_mutex_destroy(&r->lock);
	free(r->entry);
	r->entry = NULL;
}

static bool is_it(const struct audiocodes_registered *e,
		  const struct audiocodes_identity *who)
{
	return e->is_taken && !strcmp(e->conversation, who->conversation) &&
	       !strcmp(e->bot, who->bot) &&
	       audiocodes_principal_equal(&e->principal, who->principal);
}

/* With the lock held: the entry, or -ENOENT; vacant: a free one, or -ENOBUFS.
 */
static int look(const struct audiocodes_registry *r,
		const struct audiocodes_identity *who, int *vacant)
{
	*vacant = -ENOBUFS;
	for (unsigned i = 0; i < r->count; i++) {
		if (is_it(&r->entry[i], who))
			return (int)i;
		if (*vacant < 0 && !r->entry[i].is_taken)
			*vacant = (int)i;
	}
	return -ENOENT;
}

static void fill(struct audiocodes_registered *e,
		 const struct audiocodes_identity *who, unsigned worker,
		 uint64_t now_ns)
{
	e->is_taken = true;
	e->worker = worker;
	atomic_store(&e->heard_ns, now_ns);
	snprintf(e->conversation, sizeof(e->conversation), "%s",
		 who->conversation);
	snprintf(e->bot, sizeof(e->bot), "%s", who->bot);
	e->principal = *who->principal;
}

int audiocodes_registry_enter(struct audiocodes_registry *r,
			      const struct audiocodes_identity *who,
			      unsigned worker, uint64_t now_ns)
{
	int vacant;

	uv_mutex_lock(&r->lock);
	if (look(r, who, &vacant) >= 0)
		vacant = -EEXIST;
	else if (vacant >= 0)
		fill(&r->entry[vacant], who, worker, now_ns);
	uv_mutex_unlock(&r->lock);
	return vacant;
}

void audiocodes_registry_leave(struct audiocodes_registry *r, int entry)
{
	uv_mutex_lock(&r->lock);
	r->entry[entry].is_taken = false;
	uv_mutex_unlock(&r->lock);
}

int audiocodes_registry_find(struct audiocodes_registry *r,
			     const struct audiocodes_identity *who)
{
	int vacant;

	uv_mutex_lock(&r->lock);
	int at = look(r, who, &vacant);
	if (at >= 0)
		at = (int)r->entry[at].worker;
	uv_mutex_unlock(&r->lock);
	return at;
}

void audiocodes_registry_heard(struct audiocodes_registry *r, int entry,
			       uint64_t heard_ns)
{
	atomic_store_explicit(&r->entry[entry].heard_ns, heard_ns,
			      memory_order_relaxed);
}

bool audiocodes_registry_awaits(struct audiocodes_registry *r, uint64_t now_ns)
{
	bool awaits = false;

	uv_mutex_lock(&r->lock);
	for (unsigned i = 0; i < r->count && !awaits; i++) {
		uint64_t heard_ns = atomic_load(&r->entry[i].heard_ns);
		awaits = r->entry[i].is_taken && now_ns >= heard_ns + QUIET_NS;
	}
	uv_mutex_unlock(&r->lock);
	return awaits;
}
