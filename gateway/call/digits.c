#include "gateway/call/digits.h"

#include <string.h>

void digits_init(struct digits *d, unsigned max, unsigned gap_ms,
		 char terminator)
{
	memset(d, 0, sizeof(*d));
	d->max = max < 1 ? 1 : max > DIGITS_MAX ? DIGITS_MAX : max;
	d->gap_ms = gap_ms;
	d->terminator = terminator;
}

bool digits_press(struct digits *d, char key, uint64_t now_ns)
{
	if (!key || !strchr("0123456789ABCD*#", key))
		return false;
	if (d->count == d->max)
		digits_clear(d); /* an entry nobody took: a new one begins */
	d->entry[d->count++] = key;
	d->entry[d->count] = '\0';
	d->last_ns = now_ns;
	return key == d->terminator || d->count == d->max;
}

bool digits_due(const struct digits *d, uint64_t now_ns)
{
	return d->count && now_ns >= d->last_ns + d->gap_ms * 1000000ull;
}

void digits_take_back(struct digits *d, unsigned n)
{
	d->count -= n;
	d->entry[d->count] = '\0';
}

void digits_clear(struct digits *d)
{
	d->count = 0;
	d->entry[0] = '\0';
}
