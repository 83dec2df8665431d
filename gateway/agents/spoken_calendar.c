#include "gateway/agents/spoken_calendar.h"

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

bool spoken_day_is_valid(const struct spoken_day *d)
{
	return d->year >= SPOKEN_YEAR_MIN && d->year <= SPOKEN_YEAR_MAX &&
	       d->month >= 1 && d->month <= 12 && d->day >= 1 &&
	       d->day <= month_days(d->year, d->month);
}

/* Days since the last of December before the year 1. */
static int ordinal(const struct spoken_day *d)
{
	int before = d->year - 1, n = d->day;

	for (int month = 1; month < d->month; month++)
		n += month_days(d->year, month);
	return n + before * 365 + before / 4 - before / 100 + before / 400;
}

int spoken_day_of_week(const struct spoken_day *d)
{
	return (ordinal(d) - 1) % 7 + 1; /* 0001-01-01 was a Monday */
}

struct spoken_day spoken_day_add(const struct spoken_day *d, int days)
{
	struct spoken_day n = *d;

	for (n.day += days; n.day > month_days(n.year, n.month);) {
		n.day -= month_days(n.year, n.month);
		n.month = n.month % 12 + 1;
		n.year += n.month == 1;
	}
	while (n.day < 1) {
		n.month = n.month == 1 ? 12 : n.month - 1;
		n.year -= n.month == 12;
		n.day += month_days(n.year, n.month);
	}
	return n;
}

bool spoken_day_is_before(const struct spoken_day *a,
			  const struct spoken_day *b)
{
	return ordinal(a) < ordinal(b);
}
