#include "gateway/outbound_pace.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S 1000000000ull
#define DAY_S    86400u

static struct outbound_count *find(struct outbound_pace *p, const char *number)
{
	for (unsigned i = 0; i < p->count; i++)
		if (strcmp(p->row[i].number, number) == 0)
			return &p->row[i];
	return NULL;
}

/* per_second calls ago was less than a second ago. */
static bool is_fast(const struct outbound_pace *p, unsigned per_second,
		    uint64_t now_ns)
{
	unsigned then = p->begun - per_second;

	return p->begun >= per_second &&
	       now_ns < p->begun_ns[then % OUTBOUND_SECOND_MAX] + NS_PER_S;
}

/* Returns NULL where the day has no room for it. */
static struct outbound_count *count_of(struct outbound_pace *p,
				       const char *number)
{
	struct outbound_count *c = find(p, number);

	if (c || p->count == OUTBOUND_NUMBERS_MAX)
		return c;
	c = &p->row[p->count++];
	snprintf(c->number, sizeof(c->number), "%s", number);
	c->calls = 0;
	return c;
}

unsigned outbound_pace_take(struct outbound_pace *p, unsigned per_second,
			    unsigned per_number_day, const char *number,
			    const struct outbound_time *now)
{
	struct outbound_count *c = NULL;

	if (p->day != now->day)
		p->count = 0;
	p->day = now->day;
	if (is_fast(p, per_second, now->ns))
		return 1;
	if (per_number_day) {
		c = count_of(p, number);
		if (!c || c->calls >= per_number_day)
			return DAY_S - now->of_day_s;
		c->calls++;
	}
	p->begun_ns[p->begun++ % OUTBOUND_SECOND_MAX] = now->ns;
	if (p->begun == 2 * OUTBOUND_SECOND_MAX) /* the ring's place stays */
		p->begun = OUTBOUND_SECOND_MAX;
	return 0;
}

void outbound_pace_give(struct outbound_pace *p, const char *number)
{
	struct outbound_count *c = find(p, number);

	if (c && c->calls > 0)
		c->calls--;
}
