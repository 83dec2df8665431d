/* Days of the calendar (proleptic Gregorian, ISO 8601), 1900 to 2100. */
#ifndef GATEWAY_AGENTS_SPOKEN_CALENDAR_H
#define GATEWAY_AGENTS_SPOKEN_CALENDAR_H

#include <stdbool.h>

#include "gateway/agents/spoken.h"

#define SPOKEN_YEAR_MIN 1900
#define SPOKEN_YEAR_MAX 2100

bool spoken_day_is_valid(const struct spoken_day *d);
/* 1 Monday … 7 Sunday (ISO 8601). */
int spoken_day_of_week(const struct spoken_day *d);
/* So many days later, or earlier. */
struct spoken_day spoken_day_add(const struct spoken_day *d, int days);
bool spoken_day_is_before(const struct spoken_day *a,
			  const struct spoken_day *b);

#endif
