/* Hours of the week, as one writes them on a door:
 *
 *     mon-fri 08:00-18:00, sat 09:00-12:00
 *
 * Days are mon to sun, alone or from to ("fri-mon" goes over the weekend);
 * without any, every day. The second time may be 24:00. One that is not behind
 * the first is on the next day: "fri 22:00-06:00" ends on Saturday. */
#ifndef GATEWAY_OPS_HOURS_H
#define GATEWAY_OPS_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#define HOURS_SPANS_MAX 8

struct hours {
	unsigned count;
	struct hours_span {
		uint8_t days;      /* bits; 1: Monday */
		uint16_t from, to; /* minutes of the day; to <= from: of the
				      next */
	} span[HOURS_SPANS_MAX];
};

/* hours_parse: Returns 0; -EINVAL; -E2BIG more than HOURS_SPANS_MAX spans. */
int hours_parse(struct hours *h, const char *text);

/* hours_has: day 0 is Monday; minute 0 to 1439. */
bool hours_has(const struct hours *h, unsigned day, unsigned minute);

#endif
