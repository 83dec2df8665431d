/* What the readers of dates share; nobody else includes this. */
#ifndef GATEWAY_AGENTS_SPOKEN_DATE_PARTS_H
#define GATEWAY_AGENTS_SPOKEN_DATE_PARTS_H

#include <stdbool.h>

#include "gateway/agents/spoken_parts.h"

struct date {
	struct spoken *s;
	const struct spoken_context *c;
	const struct spoken_words *w;
	unsigned at;
	int weekday; /* that was said; 0: none */
	struct spoken_day day;
};

struct phrase {
	const char *text;
	int value;
};

extern const struct phrase spoken_weekdays[];

/* spoken_date_find: the value of the longest phrase here. Returns how many
 * words. */
unsigned spoken_date_find(const struct spoken_words *w, unsigned at,
			  const struct phrase *p, int *value);

/* spoken_date_value: of a word of digits.
 * spoken_date_day_name: of 1 Monday … 7 Sunday. */
int spoken_date_value(const struct spoken_word *word);
const char *spoken_date_day_name(int weekday);

/* spoken_date_tell: the day that was read, if there is one. Returns 0 or
 * -EINVAL.
 * spoken_date_need_today: an error: it is not known. Returns -EINVAL. */
int spoken_date_tell(struct date *d);
int spoken_date_need_today(struct date *d);

/* --- Away from today --- */

/* Each returns whether it is such a date; *err then.
 * spoken_date_near: "tomorrow", "in a week". spoken_date_count: "in three
 * days", "vor zwei Wochen", "three days ago". spoken_date_weekday: "Friday";
 * one that is only the beginning of a date is kept in d, and not it. */
bool spoken_date_near(struct date *d, int *err);
bool spoken_date_count(struct date *d, int *err);
bool spoken_date_weekday(struct date *d, int *err);

#endif
