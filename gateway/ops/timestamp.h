/* Moments as text. */
#ifndef GATEWAY_OPS_TIMESTAMP_H
#define GATEWAY_OPS_TIMESTAMP_H

#include <time.h>

#define TIMESTAMP_LEN 25 /* with NUL */

/* timestamp_write: a moment as in RFC 3339, UTC, with milliseconds:
 * "2026-01-31T12:00:00.123Z". Years 0 to 9999.
 * timestamp_now: this one, by CLOCK_REALTIME. */
void timestamp_write(char out[TIMESTAMP_LEN], const struct timespec *when);
void timestamp_now(char out[TIMESTAMP_LEN]);

#endif
