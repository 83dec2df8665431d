/* How fast calls are placed, and how many a day to one number. Pure; time is
 * passed in.
 *
 * Bounded: OUTBOUND_NUMBERS_MAX numbers a day; one more is refused for the rest
 * of it. Forgotten with the process. */
#ifndef GATEWAY_OUTBOUND_PACE_H
#define GATEWAY_OUTBOUND_PACE_H

#include <stdint.h>

#include "gateway/outbound_request.h"

#define OUTBOUND_NUMBERS_MAX 4096
#define OUTBOUND_SECOND_MAX  100 /* outbound.per_second, at most */

/* What the clock says. */
struct outbound_time {
	uint64_t ns;       /* monotonic */
	int32_t day;       /* where the calls are placed, since 1970 */
	unsigned of_day_s; /* seconds of that day */
};

struct outbound_pace {
	uint64_t begun_ns[OUTBOUND_SECOND_MAX]; /* the last ones, in a ring */
	unsigned begun;                         /* so far */
	int32_t day;
	unsigned count;
	struct outbound_count {
		char number[OUTBOUND_NUMBER_MAX];
		unsigned calls;
	} row[OUTBOUND_NUMBERS_MAX]; /* of the day */
};

/* outbound_pace_take: one more call to a number.
 *
 * per_second      1 to OUTBOUND_SECOND_MAX
 * per_number_day  0: no limit
 * Returns 0: it may be placed, and is counted; else the seconds after which it
 * may be tried again. */
unsigned outbound_pace_take(struct outbound_pace *p, unsigned per_second,
			    unsigned per_number_day, const char *number,
			    const struct outbound_time *now);

/* outbound_pace_give: that call was not placed, after all: the number's day
 * does not count it. */
void outbound_pace_give(struct outbound_pace *p, const char *number);

#endif
