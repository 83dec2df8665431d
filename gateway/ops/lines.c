#include "gateway/ops/lines.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Who is counted: place 0 is nobody's. next leads through a bucket, or through
 * the places nobody uses. */
struct lines_name {
	char text[LINES_NAME_MAX]; /* begins with its kind */
	uint32_t busy;
	uint32_t next;
};

#define NUMBER 'n'
#define SOURCE 's'

/* -- the table -- */

int lines_init(struct lines *l, const struct lines_limits *limit)
{
	uint32_t places = 2 * limit->calls + 1;

	memset(l, 0, sizeof(*l));
	atomic_init(&l->busy, 0);
	l->limit = *limit;
	for (l->buckets = 1; l->buckets < places; l->buckets *= 2)
		;
	l->bucket = calloc(l->buckets, sizeof(l->bucket[0]));
	l->name = calloc(places, sizeof(l->name[0]));
	int err = l->bucket && l->name ? uv_mutex_init(&l->lock) : -ENOMEM;
	if (err) {
		free(l->bucket);
		free(l->name);
		memset(l, 0, sizeof(*l));
		return err;
	}
	for (uint32_t i = 1; i + 1 < places; i++)
		l->name[i].next = i + 1;
	l->unused = places > 1 ? 1 : 0;
	return 0;
}

void lines_free(struct lines *l)
{
	if (!l->name)
		return;
	uv_mutex_destroy(&l->lock);
	free(l->bucket);
	free(l->name);
	memset(l, 0, sizeof(*l));
}

/* FNV-1a. A bucket is never longer than there are calls, so nothing is won by
 * names that meet in one. */
static uint32_t *bucket_of(struct lines *l, const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return &l->bucket[hash & (l->buckets - 1)];
}

static uint32_t find(struct lines *l, const char *text)
{
	uint32_t i = *bucket_of(l, text);

	while (i && strcmp(l->name[i].text, text) != 0)
		i = l->name[i].next;
	return i;
}

/* There is a place: of each kind there are as many as lines. */
static uint32_t enter(struct lines *l, const char *text)
{
	uint32_t i = find(l, text);

	if (!i) {
		uint32_t *bucket = bucket_of(l, text);
		i = l->unused;
		assert(i);
		l->unused = l->name[i].next;
		strcpy(l->name[i].text, text);
		l->name[i].next = *bucket;
		*bucket = i;
	}
	l->name[i].busy++;
	return i;
}

static void leave(struct lines *l, uint32_t i)
{
	if (!i || --l->name[i].busy > 0)
		return;
	uint32_t *at = bucket_of(l, l->name[i].text);
	while (*at != i)
		at = &l->name[*at].next;
	*at = l->name[i].next;
	l->name[i].next = l->unused;
	l->unused = i;
}

/* -- who calls whom -- */

static void name_it(char out[LINES_NAME_MAX], char kind, const char *text)
{
	snprintf(out, LINES_NAME_MAX, "%c%s", kind, text);
}

bool lines_is_anonymous(const char *source)
{
	static const char *const word[] = { "",
					    "anonymous",
					    "restricted",
					    "unavailable",
					    "unknown",
					    "blocked",
					    "private",
					    "+266696687",
					    "+7378742833",
					    "+86282452253",
					    "+8656696",
					    "+2562533" };
	static const char uri[] = "anonymous@";
	const char *user = source;

	if (strncasecmp(user, "sip:", 4) == 0)
		user += 4;
	if (strncasecmp(user, uri, sizeof(uri) - 1) == 0)
		return true;
	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (strcasecmp(user, word[i]) == 0)
			return true;
	return false;
}

/* What is counted of them, each with its limit. */
struct party {
	char text[LINES_NAME_MAX];
	unsigned limit; /* 0: it is not counted */
	enum lines_refusal refusal;
};

static void set_number(const struct lines *l, const char *number,
		       struct party *p)
{
	p->limit = number && number[0] ? l->limit.per_number : 0;
	p->refusal = LINES_PER_NUMBER;
	name_it(p->text, NUMBER, number ? number : "");
}

static void set_source(const struct lines *l, const char *source,
		       struct party *p)
{
	bool is_anonymous = source && lines_is_anonymous(source);

	p->limit = is_anonymous ? l->limit.anonymous : l->limit.per_source;
	p->refusal = is_anonymous ? LINES_ANONYMOUS : LINES_PER_SOURCE;
	if (!source)
		p->limit = 0;
	name_it(p->text, SOURCE, source && !is_anonymous ? source : "");
}

static bool is_full(struct lines *l, const struct party *p)
{
	return p->limit && l->name[find(l, p->text)].busy >= p->limit;
}

static enum lines_refusal refusal_of(struct lines *l,
				     const struct party *number,
				     const struct party *source)
{
	if (lines_are_busy(l))
		return LINES_CALLS;
	if (is_full(l, number))
		return number->refusal;
	return is_full(l, source) ? source->refusal : LINES_FREE;
}

/* -- taking and giving -- */

enum lines_refusal lines_take(struct lines *l, const char *number,
			      const char *source, struct lines_seat *seat)
{
	struct party dialled, caller;

	memset(seat, 0, sizeof(*seat));
	set_number(l, number, &dialled);
	set_source(l, source, &caller);
	uv_mutex_lock(&l->lock);
	enum lines_refusal refusal = refusal_of(l, &dialled, &caller);
	if (refusal == LINES_FREE) {
		atomic_fetch_add(&l->busy, 1);
		seat->is_taken = true;
		if (dialled.limit)
			seat->number = enter(l, dialled.text);
		if (caller.limit)
			seat->source = enter(l, caller.text);
	}
	uv_mutex_unlock(&l->lock);
	return refusal;
}

enum lines_refusal lines_add_source(struct lines *l, struct lines_seat *seat,
				    const char *source)
{
	enum lines_refusal refusal = LINES_FREE;
	struct party caller;

	set_source(l, source, &caller);
	if (!seat->is_taken || seat->source || !caller.limit)
		return refusal;
	uv_mutex_lock(&l->lock);
	if (is_full(l, &caller))
		refusal = caller.refusal;
	else
		seat->source = enter(l, caller.text);
	uv_mutex_unlock(&l->lock);
	return refusal;
}

void lines_give(struct lines *l, struct lines_seat *seat)
{
	if (!seat->is_taken)
		return;
	uv_mutex_lock(&l->lock);
	assert(atomic_load(&l->busy) > 0);
	atomic_fetch_sub(&l->busy, 1);
	leave(l, seat->number);
	leave(l, seat->source);
	uv_mutex_unlock(&l->lock);
	memset(seat, 0, sizeof(*seat));
}

bool lines_are_busy(const struct lines *l)
{
	return atomic_load(&l->busy) >= l->limit.calls;
}

const char *lines_refusal_text(enum lines_refusal r)
{
	static const char *const text[] = {
		[LINES_FREE] = "there is a line",
		[LINES_CALLS] = "limits.calls is reached",
		[LINES_PER_WORKER] = "limits.calls_per_worker is reached",
		[LINES_PER_NUMBER] = "limits.calls_per_number is reached",
		[LINES_PER_SOURCE] = "limits.calls_per_source is reached",
		[LINES_ANONYMOUS] = "limits.calls_anonymous is reached",
		[LINES_BUDGET] = "a budget is spent",
		[LINES_STOPPING] = "the gateway stops",
	};
	return text[r];
}
