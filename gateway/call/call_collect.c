/* The call core, keys that a function asked for. Those that are masked reach
 * whoever asks for them by name, and nobody else: they are in no answer, note
 * or log, the model does not hear their tones, and they are wiped when the call
 * is over. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call/call_parts.h"
#include "gateway/call/digits_collect.h"

struct masked {
	char name[CALL_DIGITS_NAME_MAX];
	char digits[DIGITS_MAX + 1];
};

struct call_collect {
	bool is_on;
	char call_id[CALL_TOOL_ID_MAX];
	struct call_collect_request wanted;
	struct digits_collect entry;
	uint64_t muted_ns; /* the tone of a last masked key may last so long */
	unsigned kept;
	struct masked masked[CALL_MASKED_MAX];
};

bool call_collects(const struct call *c)
{
	return c->collect && c->collect->is_on;
}

bool call_is_muted(const struct call *c, uint64_t now_ns)
{
	if (call_collects(c) && c->collect->wanted.is_masked)
		return true;
	return c->collect && now_ns < c->collect->muted_ns;
}

void call_collect_free(struct call *c)
{
	if (c->collect)
		explicit_bzero(c->collect, sizeof(*c->collect));
	free(c->collect);
	c->collect = NULL;
}

/* --- Masked ones --- */

const char *call_masked_digits(const struct call *c, const char *name)
{
	for (unsigned i = 0; c->collect && i < c->collect->kept; i++)
		if (strcmp(c->collect->masked[i].name, name) == 0)
			return c->collect->masked[i].digits;
	return NULL;
}

/* The newest of a name; without room the oldest goes. */
static void keep_masked(struct call_collect *k)
{
	unsigned i = 0;

	while (i < k->kept && strcmp(k->masked[i].name, k->wanted.name) != 0)
		i++;
	if (i == CALL_MASKED_MAX) {
		i--;
		memmove(k->masked, k->masked + 1, i * sizeof(k->masked[0]));
	}
	struct masked *m = &k->masked[i];
	explicit_bzero(m, sizeof(*m));
	memcpy(m->name, k->wanted.name, sizeof(m->name));
	memcpy(m->digits, k->entry.entry, k->entry.count);
	if (i == k->kept)
		k->kept++;
}

/* --- The end of one --- */

static void tell(struct call *c, enum digits_state how, uint64_t now_ns)
{
	struct call_collect *k = c->collect;
	const struct digits_collect *d = &k->entry;
	char text[CALL_DIGITS_NAME_MAX + DIGITS_MAX + 96];

	if (how == DIGITS_NONE)
		snprintf(text, sizeof(text),
			 "{\"error\":\"no key was pressed within %u ms\"}",
			 d->timeout_ms);
	else if (how == DIGITS_TOO_FEW)
		snprintf(text, sizeof(text),
			 "{\"error\":\"%u keys were pressed, at least %u are "
			 "needed\"}",
			 d->count, d->min);
	else if (k->wanted.is_masked)
		snprintf(text, sizeof(text),
			 "{\"collected\":%u,\"name\":\"%s\"}", d->count,
			 k->wanted.name);
	else
		snprintf(text, sizeof(text), "{\"digits\":\"%s\"}", d->entry);
	call_tool_answered(c, k->call_id, text, now_ns);
}

static void end(struct call *c, enum digits_state how, uint64_t now_ns)
{
	struct call_collect *k = c->collect;

	k->is_on = false;
	call_note(c, CALL_NOTE_DIGITS, NULL, k->entry.count);
	if (how == DIGITS_WHOLE && k->wanted.is_masked)
		keep_masked(k);
	tell(c, how, now_ns);
	digits_collect_wipe(&k->entry);
}

/* --- Keys --- */

void call_collect_key(struct call *c, char key, uint64_t now_ns)
{
	enum digits_state how =
		digits_collect_press(&c->collect->entry, key, now_ns);

	if (c->collect->wanted.is_masked)
		c->collect->muted_ns =
			now_ns + CALL_MUTE_TAIL_MS * CALL_NS_PER_MS;
	if (how != DIGITS_GO_ON)
		end(c, how, now_ns);
}

void call_collect_tick(struct call *c, uint64_t now_ns)
{
	if (!call_collects(c))
		return;
	if (playout_has_sound(&c->playout, now_ns) || now_ns < c->text_ns ||
	    c->is_detached)
		digits_collect_wait(&c->collect->entry, now_ns);
	enum digits_state how = digits_collect_look(&c->collect->entry, now_ns);
	if (how != DIGITS_GO_ON)
		end(c, how, now_ns);
}

/* What was pressed ahead belongs to it. */
static void take_pressed(struct call *c, uint64_t now_ns)
{
	struct digits ahead = c->digits;

	explicit_bzero(c->digits.entry, sizeof(c->digits.entry));
	digits_clear(&c->digits);
	for (unsigned i = 0; i < ahead.count && call_collects(c); i++)
		call_collect_key(c, ahead.entry[i], now_ns);
	explicit_bzero(&ahead, sizeof(ahead));
}

int call_collect_begin(struct call *c, const char *call_id,
		       const struct call_request *r, uint64_t now_ns)
{
	const struct call_collect_request *q = &r->collect;

	if (call_collects(c))
		return -EALREADY;
	if (!c->collect)
		c->collect = calloc(1, sizeof(*c->collect));
	if (!c->collect)
		return -ENOMEM;
	int err = call_tools_hold(c, call_id);
	if (err)
		return err;
	struct call_collect *k = c->collect;
	k->is_on = true;
	k->wanted = *q;
	snprintf(k->call_id, sizeof(k->call_id), "%s", call_id);
	digits_collect_begin(&k->entry, q->min, q->max, q->timeout_ms,
			     q->terminator, now_ns);
	take_pressed(c, now_ns);
	return 0;
}
