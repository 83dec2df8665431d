#include "gateway/ops/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>

#include "gateway/ops/histogram.h"

void metrics_family(FILE *out, const char *name, enum metric_type type,
		    const char *help)
{
	static const char *const word[] = {
		[METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_HISTOGRAM] = "histogram",
	};

	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
		word[type]);
}

/* A label's value: backslash, quote and line feed are escaped. */
static void write_value(FILE *out, const char *value)
{
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			fputc('\\', out);
		if (*value == '\n')
			fputs("\\n", out);
		else
			fputc(*value, out);
	}
}

static void write_label(FILE *out, char before, const char *name,
			const char *value)
{
	fprintf(out, "%c%s=\"", before, name);
	write_value(out, value);
	fputc('"', out);
}

void metrics_sample(FILE *out, const char *name, double value, ...)
{
	va_list labels;
	const char *label;
	char before = '{';

	fputs(name, out);
	va_start(labels, value);
	while ((label = va_arg(labels, const char *)) != NULL) {
		write_label(out, before, label, va_arg(labels, const char *));
		before = ',';
	}
	va_end(labels);
	/* Counts whole, measures as exact as anybody reads them. */
	bool is_whole =
		value >= 0 && value < 1e18 && (double)(uint64_t)value == value;
	fprintf(out, is_whole ? "%s %.0f\n" : "%s %.12g\n",
		before == ',' ? "}" : "", value);
}

void metrics_one(FILE *out, const char *name, enum metric_type type,
		 const char *help, double value)
{
	metrics_family(out, name, type, help);
	metrics_sample(out, name, value, NULL);
}

/* "name_bucket{label="value",le=" */
static void begin_bucket(FILE *out, const char *name, const char *label,
			 const char *value)
{
	fprintf(out, "%s_bucket", name);
	if (label)
		write_label(out, '{', label, value);
	fprintf(out, "%cle=\"", label ? ',' : '{');
}

static void write_total(FILE *out, const char *name, const char *what,
			const char *label, const char *value)
{
	fprintf(out, "%s_%s", name, what);
	if (label) {
		write_label(out, '{', label, value);
		fputc('}', out);
	}
}

void metrics_histogram(FILE *out, const char *name, const struct histogram *h,
		       const uint64_t *bound_us, const char *label,
		       const char *value)
{
	uint64_t all = histogram_up_to(h, UINT64_MAX);

	for (; *bound_us; bound_us++) {
		begin_bucket(out, name, label, value);
		fprintf(out, "%g\"} %" PRIu64 "\n", (double)*bound_us / 1e6,
			histogram_up_to(h, *bound_us * 1000));
	}
	begin_bucket(out, name, label, value);
	fprintf(out, "+Inf\"} %" PRIu64 "\n", all);
	write_total(out, name, "sum", label, value);
	fprintf(out, " %.9f\n", (double)h->sum_ns / 1e9);
	write_total(out, name, "count", label, value);
	fprintf(out, " %" PRIu64 "\n", all);
}
