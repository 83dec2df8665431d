#include "gateway/carriers/twilio_contexts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000ull

/* --- Life --- */

int twilio_contexts_init(struct twilio_contexts *t)
{
	int err = uv_mutex_init(&t->lock);

	if (err)
		return err;
	t->bytes = 0;
	t->on_change = NULL;
	t->row = calloc(TWILIO_CONTEXTS_MAX, sizeof(t->row[0]));
	if (t->row)
		return 0;
	uv_mutex_destroy(&t->lock);
	return -ENOMEM;
}

void twilio_contexts_free(struct twilio_contexts *t)
{
	if (!t->row)
		return;
	for (size_t i = 0; i < TWILIO_CONTEXTS_MAX; i++)
		twilio_context_drop(t->row[i].context);
	free(t->row);
	t->row = NULL;
	uv_mutex_destroy(&t->lock);
}

struct twilio_context *twilio_context_new(const char *call_sid, unsigned stream)
{
	struct twilio_context *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	snprintf(c->call_sid, sizeof(c->call_sid), "%s", call_sid);
	c->stream = stream;
	return c;
}

void twilio_context_drop(struct twilio_context *c)
{
	if (c)
		call_variables_clear(&c->variables);
	free(c);
}

/* --- Rows, with the lock held --- */

static size_t bytes_of(const struct twilio_context *c)
{
	return sizeof(*c) + c->variables.room;
}

static struct twilio_context *take_out(struct twilio_contexts *t,
				       struct twilio_contexts_row *r)
{
	struct twilio_context *c = r->context;

	t->bytes -= bytes_of(c);
	r->context = NULL;
	return c;
}

static void forget(struct twilio_contexts *t, struct twilio_contexts_row *r)
{
	twilio_context_drop(take_out(t, r));
}

static struct twilio_contexts_row *find(struct twilio_contexts *t,
					const char *call_sid)
{
	for (size_t i = 0; i < TWILIO_CONTEXTS_MAX; i++)
		if (t->row[i].context &&
		    strcmp(t->row[i].context->call_sid, call_sid) == 0)
			return &t->row[i];
	return NULL;
}

static bool is_over(const struct twilio_contexts_row *r, uint64_t now_ns)
{
	return now_ns >= r->since_ns + TWILIO_RECORD_MS * NS_PER_MS;
}

/* Those whose time is over go; then the oldest of the others until there is
 * room. Never NULL. */
static struct twilio_contexts_row *make_room(struct twilio_contexts *t,
					     size_t bytes, uint64_t now_ns)
{
	struct twilio_contexts_row *oldest = NULL, *room = NULL;

	for (size_t i = 0; i < TWILIO_CONTEXTS_MAX; i++) {
		struct twilio_contexts_row *r = &t->row[i];
		if (r->context && is_over(r, now_ns))
			forget(t, r);
		if (!r->context)
			room = r;
		else if (!oldest || r->since_ns < oldest->since_ns)
			oldest = r;
	}
	if (room && t->bytes + bytes <= TWILIO_CONTEXTS_BYTES)
		return room;
	forget(t, oldest);
	return t->bytes + bytes <= TWILIO_CONTEXTS_BYTES
		       ? oldest
		       : make_room(t, bytes, now_ns);
}

/* --- What others are told --- */

/* Without the lock. */
static void tell(struct twilio_contexts *t, struct twilio_context *c,
		 uint64_t since_ns, bool is_gone)
{
	const struct twilio_context_news n = { is_gone, since_ns, c };

	if (t->on_change)
		t->on_change(t->owner, &n);
}

static void tell_gone(struct twilio_contexts *t, const char *call_sid,
		      unsigned stream)
{
	struct twilio_context c = { .stream = stream };

	snprintf(c.call_sid, sizeof(c.call_sid), "%s", call_sid);
	tell(t, &c, 0, true);
}

void twilio_contexts_each(struct twilio_contexts *t, uint64_t now_ns,
			  bool (*take)(void *owner,
				       const struct twilio_context_news *n),
			  void *owner)
{
	bool goes_on = true;

	uv_mutex_lock(&t->lock);
	for (size_t i = 0; i < TWILIO_CONTEXTS_MAX && goes_on; i++) {
		const struct twilio_contexts_row *r = &t->row[i];
		const struct twilio_context_news n = { false, r->since_ns,
						       r->context };
		if (r->context && !is_over(r, now_ns))
			goes_on = take(owner, &n);
	}
	uv_mutex_unlock(&t->lock);
}

/* A stream that had not noticed its end comes too late. */
static bool is_late(const struct twilio_contexts_row *r,
		    const struct twilio_context *c)
{
	return r && r->context->stream > c->stream;
}

void twilio_contexts_learn(struct twilio_contexts *t, struct twilio_context *c,
			   uint64_t since_ns, uint64_t now_ns)
{
	uv_mutex_lock(&t->lock);
	struct twilio_contexts_row *r = find(t, c->call_sid);
	if (is_late(r, c)) {
		uv_mutex_unlock(&t->lock);
		twilio_context_drop(c);
		return;
	}
	if (r)
		forget(t, r);
	r = make_room(t, bytes_of(c), now_ns);
	r->context = c;
	r->since_ns = since_ns;
	t->bytes += bytes_of(c);
	uv_mutex_unlock(&t->lock);
}

void twilio_contexts_lose(struct twilio_contexts *t, const char *call_sid,
			  unsigned stream)
{
	uv_mutex_lock(&t->lock);
	struct twilio_contexts_row *r = find(t, call_sid);
	if (r && r->context->stream <= stream)
		forget(t, r);
	uv_mutex_unlock(&t->lock);
}

/* --- For the workers --- */

/* Told first: nobody can ask for it yet. */
void twilio_contexts_put(struct twilio_contexts *t, struct twilio_context *c,
			 uint64_t now_ns)
{
	tell(t, c, now_ns, false);
	twilio_contexts_learn(t, c, now_ns, now_ns);
}

struct twilio_context *twilio_contexts_take(struct twilio_contexts *t,
					    const char *call_sid,
					    unsigned stream, uint64_t now_ns)
{
	struct twilio_context *c = NULL;

	uv_mutex_lock(&t->lock);
	struct twilio_contexts_row *r = find(t, call_sid);
	if (r && is_over(r, now_ns))
		forget(t, r);
	else if (r && r->context->stream < stream)
		c = take_out(t, r);
	uv_mutex_unlock(&t->lock);
	if (c)
		tell_gone(t, call_sid, c->stream);
	return c;
}

void twilio_contexts_forget(struct twilio_contexts *t, const char *call_sid)
{
	unsigned stream = 0;

	uv_mutex_lock(&t->lock);
	struct twilio_contexts_row *r = find(t, call_sid);
	if (r) {
		stream = r->context->stream;
		forget(t, r);
	}
	uv_mutex_unlock(&t->lock);
	if (stream)
		tell_gone(t, call_sid, stream);
}
