#include "tools/call/caller_figures.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *caller_figures_name(enum caller_figure f)
{
	static const char *const name[] = {
#define NAME(id, text) #id,
		CALLER_FIGURES(NAME)
#undef NAME
	};
	return name[f];
}

const char *caller_figures_what(enum caller_figure f)
{
	static const char *const what[] = {
#define WHAT(id, text) text,
		CALLER_FIGURES(WHAT)
#undef WHAT
	};
	return what[f];
}

void caller_figures_init(struct caller_figures *f)
{
	for (size_t i = 0; i < CALLER_FIGURE_COUNT; i++)
		f->value[i] = NAN;
}

/* The number that is the whole of the text before end; absent: the fallback. */
static int take_number(double *out, const char *text, const char *end,
		       double fallback)
{
	char digits[32], *stop;
	size_t len = (size_t)(end - text);

	*out = fallback;
	if (len == 0)
		return 0;
	if (len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, len);
	digits[len] = 0;
	*out = strtod(digits, &stop);
	return !*stop && isfinite(*out) ? 0 : -EINVAL;
}

int caller_figures_range(struct caller_range *r, const char *text)
{
	const char *end = text + strlen(text);
	const char *dots = strstr(text, "..");

	if (text == end || strcmp(text, "..") == 0)
		return -EINVAL;
	if (!dots) {
		int err = take_number(&r->min, text, end, 0);

		r->max = r->min;
		return err;
	}
	if (take_number(&r->min, text, dots, -INFINITY) ||
	    take_number(&r->max, dots + 2, end, INFINITY))
		return -EINVAL;
	return r->min <= r->max ? 0 : -EINVAL;
}

static int ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double rank(const double *sorted, size_t n, unsigned percent)
{
	size_t at = (n * percent + 99) / 100;

	return sorted[at ? at - 1 : 0];
}

struct caller_spread caller_figures_spread(double *values, size_t n)
{
	struct caller_spread s = {
		.p50 = NAN, .p95 = NAN, .p99 = NAN, .max = NAN
	};

	for (size_t i = 0; i < n; i++)
		if (!isnan(values[i]))
			values[s.count++] = values[i];
	if (s.count == 0)
		return s;
	qsort(values, s.count, sizeof(*values), ascending);
	for (size_t i = 0; i < s.count; i++)
		s.sum += values[i];
	s.p50 = rank(values, s.count, 50);
	s.p95 = rank(values, s.count, 95);
	s.p99 = rank(values, s.count, 99);
	s.max = values[s.count - 1];
	return s;
}
