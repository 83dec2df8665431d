/* What the clock on the wall says, somewhere: an offset from UTC by the
 * system's table of time zones (Debian: tzdata). One zone for each who asks, so
 * that threads share nothing; the process's own TZ is neither read nor changed.
 *
 * Of the table its transitions are used, which Debian's has until 2037; after
 * the last one it stays as it is. A table that ends before now and says how to
 * go on by a rule is refused (-ENOTSUP).
 *
 * Source: RFC 8536 (TZif), 3. */
#ifndef GATEWAY_OPS_TIME_ZONE_H
#define GATEWAY_OPS_TIME_ZONE_H

#include <stddef.h>
#include <stdint.h>

#define TIME_ZONE_FOLDER    "/usr/share/zoneinfo"
#define TIME_ZONE_BYTES_MAX (64u << 10) /* of a table; more: -EFBIG */

struct time_zone;

/* time_zone_open: name is "Europe/Zurich"; "UTC" needs no table.
 * Returns 0 and *out; -ENOENT no such zone; -EBADMSG no table; -ENOTSUP; or why
 * it could not be read. time_zone_free: NULL is fine. */
int time_zone_open(struct time_zone **out, const char *name);
void time_zone_free(struct time_zone *z);

/* time_zone_parse: the same from memory.
 * now_s  Unix time that the table must reach, or have no rule beyond */
int time_zone_parse(struct time_zone **out, const uint8_t *bytes, size_t n,
		    int64_t now_s);

/* time_zone_offset: seconds east of UTC at that moment.
 * time_zone_day: the day there, counted from 1970-01-01. */
int32_t time_zone_offset(const struct time_zone *z, int64_t unix_s);
int32_t time_zone_day(const struct time_zone *z, int64_t unix_s);

#endif
