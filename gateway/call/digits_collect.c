#include "gateway/call/digits_collect.h"

#include <string.h>

void digits_collect_begin(struct digits_collect *d, unsigned min, unsigned max,
			  unsigned timeout_ms, char terminator, uint64_t now_ns)
{
	*d = (struct digits_collect){
		.max = max < 1            ? 1
		       : max > DIGITS_MAX ? DIGITS_MAX
					  : max,
		.timeout_ms = timeout_ms,
		.terminator = terminator,
		.last_ns = now_ns,
	};
	d->min = min < 1 ? 1 : min > d->max ? d->max : min;
}

enum digits_state digits_collect_press(struct digits_collect *d, char key,
				       uint64_t now_ns)
{
	if (!key || !strchr("0123456789ABCD*#", key))
		return DIGITS_GO_ON;
	d->last_ns = now_ns;
	if (key == d->terminator)
		return d->count < d->min ? DIGITS_TOO_FEW : DIGITS_WHOLE;
	d->entry[d->count++] = key;
	d->entry[d->count] = '\0';
	return d->count == d->max ? DIGITS_WHOLE : DIGITS_GO_ON;
}

void digits_collect_wait(struct digits_collect *d, uint64_t now_ns)
{
	if (!d->count)
		d->last_ns = now_ns;
}

enum digits_state digits_collect_look(const struct digits_collect *d,
				      uint64_t now_ns)
{
	if (now_ns < d->last_ns + d->timeout_ms * 1000000ull)
		return DIGITS_GO_ON;
	if (!d->count)
		return DIGITS_NONE;
	return d->count < d->min ? DIGITS_TOO_FEW : DIGITS_WHOLE;
}

void digits_collect_wipe(struct digits_collect *d)
{
	explicit_bzero(d, sizeof(*d));
}
