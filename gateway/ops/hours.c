#include "gateway/ops/hours.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define DAY_MINUTES 1440

static const char *skip(const char *at)
{
	while (*at == ' ')
		at++;
	return at;
}

/* "mon": 0; or -1. */
static int read_day(const char *at)
{
	static const char names[7][4] = { "mon", "tue", "wed", "thu",
					  "fri", "sat", "sun" };

	for (int i = 0; i < 7; i++)
		if (strncmp(at, names[i], 3) == 0)
			return i;
	return -1;
}

static const char *read_days(uint8_t *days, const char *at)
{
	int from = read_day(at), to = from;

	if (from < 0)
		return NULL;
	at += 3;
	if (*at == '-') {
		to = read_day(at + 1);
		if (to < 0)
			return NULL;
		at += 4;
	}
	*days = 0;
	for (int day = from;; day = (day + 1) % 7) {
		*days |= (uint8_t)(1u << day);
		if (day == to)
			break;
	}
	return *at == ' ' ? skip(at) : NULL;
}

/* "08:30", up to max minutes. */
static const char *read_time(uint16_t *minutes, const char *at, unsigned max)
{
	for (int i = 0; i < 5; i++)
		if (i == 2 ? at[i] != ':' : !isdigit((unsigned char)at[i]))
			return NULL;
	unsigned hour = (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
	unsigned minute =
		(unsigned)(at[3] - '0') * 10 + (unsigned)(at[4] - '0');
	if (minute > 59 || hour * 60 + minute > max)
		return NULL;
	*minutes = (uint16_t)(hour * 60 + minute);
	return at + 5;
}

static const char *read_span(struct hours_span *s, const char *at)
{
	s->days = 0x7f;
	if (islower((unsigned char)*at))
		at = read_days(&s->days, at);
	if (at)
		at = read_time(&s->from, at, DAY_MINUTES - 1);
	if (!at || *at != '-')
		return NULL;
	at = read_time(&s->to, at + 1, DAY_MINUTES);
	return at ? skip(at) : NULL;
}

int hours_parse(struct hours *h, const char *text)
{
	h->count = 0;
	for (const char *at = skip(text);; at = skip(at + 1)) {
		if (h->count == HOURS_SPANS_MAX)
			return -E2BIG;
		at = read_span(&h->span[h->count], at);
		if (!at)
			return -EINVAL;
		h->count++;
		if (!*at)
			return 0;
		if (*at != ',')
			return -EINVAL;
	}
}

static bool has(const struct hours_span *s, unsigned day, unsigned minute)
{
	bool is_over_night = s->to <= s->from;
	bool began_today = s->days >> day & 1;
	bool began_before = s->days >> (day + 6) % 7 & 1;

	if (!is_over_night)
		return began_today && minute >= s->from && minute < s->to;
	return (began_today && minute >= s->from) ||
	       (began_before && minute < s->to);
}

bool hours_has(const struct hours *h, unsigned day, unsigned minute)
{
	for (unsigned i = 0; i < h->count; i++)
		if (has(&h->span[i], day, minute))
			return true;
	return false;
}
