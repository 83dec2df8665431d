/* Results as an aligned table and as JSON. */
#ifndef TOOLS_BENCH_BENCH_REPORT_H
#define TOOLS_BENCH_BENCH_REPORT_H

#include <stdio.h>

#include "tools/bench/bench_result.h"

struct bench_report_row {
	const char *name;
	const char *about;
	struct bench_result result;
	size_t good, rounds; /* how many of how many count */
};

void bench_report_table(FILE *out, const struct bench_report_row *row,
			size_t rows);

/* bench_report_json: one object. Returns 0 or a negative errno. */
int bench_report_json(const char *path, const struct bench_report_row *row,
		      size_t rows, unsigned seconds);

#endif
