#include "gateway/records/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/records/money.h"

#define OTHER "other"

/* One of another day is nobody's: so a day begins without a look at all. */
struct ledger_number {
	char name[LEDGER_NAME_MAX]; /* "": nobody's */
	int32_t day;
	uint64_t cost;
	uint64_t taken; /* of it */
};

/* One more place, which is never taken by a name, for all the others. */
#define PLACES (2 * LEDGER_NUMBERS_MAX)

int ledger_init(struct ledger *l)
{
	memset(l, 0, sizeof(*l));
	l->day = INT32_MIN;
	l->row = calloc(LEDGER_ROWS_MAX, sizeof(l->row[0]));
	l->number = calloc(PLACES + 1, sizeof(l->number[0]));
	int err = l->row && l->number ? uv_mutex_init(&l->lock) : -ENOMEM;
	if (!err)
		return 0;
	free(l->row);
	free(l->number);
	memset(l, 0, sizeof(*l));
	return err;
}

void ledger_free(struct ledger *l)
{
	if (!l->row)
		return;
	uv_mutex_destroy(&l->lock);
	free(l->row);
	free(l->number);
	memset(l, 0, sizeof(*l));
}

/* --- By agent and model --- */

static void name_it(char out[LEDGER_NAME_MAX], const char *text)
{
	snprintf(out, LEDGER_NAME_MAX, "%s", text);
}

static struct ledger_row *find_row(struct ledger *l, const char *agent,
				   const char *model)
{
	for (unsigned i = 0; i < l->rows; i++)
		if (strcmp(l->row[i].agent, agent) == 0 &&
		    strcmp(l->row[i].model, model) == 0)
			return &l->row[i];
	return NULL;
}

/* The last place is kept for all that come too late. */
static struct ledger_row *row_of(struct ledger *l, const char *agent,
				 const char *model)
{
	char of[LEDGER_NAME_MAX], with[LEDGER_NAME_MAX];

	name_it(of, agent);
	name_it(with, model);
	struct ledger_row *r = find_row(l, of, with);
	if (!r && l->rows >= LEDGER_ROWS_MAX - 1) {
		name_it(of, OTHER);
		name_it(with, OTHER);
		r = find_row(l, of, with);
	}
	if (r)
		return r;
	r = &l->row[l->rows++];
	name_it(r->agent, of);
	name_it(r->model, with);
	return r;
}

/* --- By number --- */

static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash;
}

static bool is_taken(const struct ledger *l, uint32_t place)
{
	return l->number[place].name[0] && l->number[place].day == l->day;
}

static struct ledger_number *enter(struct ledger *l, uint32_t place,
				   const char *name)
{
	struct ledger_number *n = &l->number[place];

	*n = (struct ledger_number){ .day = l->day };
	name_it(n->name, name);
	return n;
}

/* Half of the places stay free, so there always is one where the search ends.
 * can_enter: one that is not there may be. */
static struct ledger_number *number_of(struct ledger *l, const char *number,
				       bool can_enter)
{
	char name[LEDGER_NAME_MAX];

	name_it(name, number);
	uint32_t i = hash_of(name) % PLACES;
	while (is_taken(l, i) && strcmp(l->number[i].name, name) != 0)
		i = (i + 1) % PLACES;
	if (is_taken(l, i))
		return &l->number[i];
	if (l->numbers >= LEDGER_NUMBERS_MAX)
		return is_taken(l, PLACES) ? &l->number[PLACES]
					   : enter(l, PLACES, OTHER);
	if (!can_enter)
		return NULL;
	l->numbers++;
	return enter(l, i, name);
}

/* --- A day --- */

static void begin_day(struct ledger *l, int32_t day)
{
	l->day = day;
	l->all = 0;
	l->all_taken = 0;
	l->numbers = l->changed = 0;
}

/* The last one is everybody's, and of no interest to who keeps it. */
static void spend(struct ledger *l, struct ledger_number *n, uint64_t cost)
{
	if (cost && n->cost == n->taken && n != &l->number[PLACES])
		l->changed++;
	n->cost = money_add(n->cost, cost);
}

static void charge_day(struct ledger *l, const struct ledger_entry *e,
		       struct ledger_day *after)
{
	if (e->day > l->day)
		begin_day(l, e->day);
	if (e->day < l->day)
		return;
	l->all = money_add(l->all, e->cost);
	after->all = l->all;
	if (!e->number[0])
		return;
	struct ledger_number *n = number_of(l, e->number, true);
	spend(l, n, e->cost);
	after->number = n->cost;
}

void ledger_charge(struct ledger *l, const struct ledger_entry *e,
		   struct ledger_day *after)
{
	memset(after, 0, sizeof(*after));
	uv_mutex_lock(&l->lock);
	struct ledger_row *r = row_of(l, e->agent, e->model);
	r->cost = money_add(r->cost, e->cost);
	r->unpriced += !e->is_known;
	charge_day(l, e, after);
	uv_mutex_unlock(&l->lock);
}

void ledger_look(struct ledger *l, const char *number, int32_t day,
		 struct ledger_day *spent)
{
	const struct ledger_number *n = NULL;

	memset(spent, 0, sizeof(*spent));
	uv_mutex_lock(&l->lock);
	if (day == l->day) {
		spent->all = l->all;
		n = number[0] ? number_of(l, number, false) : NULL;
	}
	if (n)
		spent->number = n->cost;
	uv_mutex_unlock(&l->lock);
}

void ledger_restore(struct ledger *l, const char *number, int32_t day,
		    uint64_t cost)
{
	uv_mutex_lock(&l->lock);
	if (day > l->day)
		begin_day(l, day);
	if (day == l->day && number[0]) {
		struct ledger_number *n = number_of(l, number, true);
		n->cost = n->taken = money_add(n->cost, cost);
	} else if (day == l->day) {
		l->all = l->all_taken = cost;
	}
	uv_mutex_unlock(&l->lock);
}

/* --- For who keeps it --- */

static void take_change(struct ledger_change *out, const char *number,
			uint64_t cost, uint64_t *taken)
{
	name_it(out->number, number);
	out->cost = cost - *taken;
	*taken = cost;
}

unsigned ledger_take_changes(struct ledger *l, int32_t *day,
			     struct ledger_change *out, unsigned cap)
{
	unsigned n = 0;

	uv_mutex_lock(&l->lock);
	*day = l->day;
	if (l->all != l->all_taken && cap)
		take_change(&out[n++], "", l->all, &l->all_taken);
	for (unsigned i = 0; i < PLACES && n < cap && l->changed; i++) {
		struct ledger_number *of = &l->number[i];
		if (!is_taken(l, i) || of->cost == of->taken)
			continue;
		take_change(&out[n++], of->name, of->cost, &of->taken);
		l->changed--;
	}
	uv_mutex_unlock(&l->lock);
	return n;
}

static void return_change(struct ledger *l, const struct ledger_change *c)
{
	if (!c->number[0]) {
		l->all_taken -= c->cost;
		return;
	}
	struct ledger_number *n = number_of(l, c->number, true);
	l->changed += n->cost == n->taken;
	n->taken -= c->cost;
}

void ledger_return_changes(struct ledger *l, int32_t day,
			   const struct ledger_change *c, unsigned n)
{
	uv_mutex_lock(&l->lock);
	for (unsigned i = 0; i < n && day == l->day; i++)
		return_change(l, &c[i]);
	uv_mutex_unlock(&l->lock);
}

unsigned ledger_rows(struct ledger *l, struct ledger_row *out, unsigned cap)
{
	uv_mutex_lock(&l->lock);
	unsigned n = l->rows < cap ? l->rows : cap;
	memcpy(out, l->row, n * sizeof(*out));
	uv_mutex_unlock(&l->lock);
	return n;
}
