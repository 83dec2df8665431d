/* A table of measured figures and their bounds: aligned text for people,
 * coloured on a terminal; one JSON object for machines. */
#ifndef TOOLS_MEASURE_FIGURE_TABLE_H
#define TOOLS_MEASURE_FIGURE_TABLE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct json_t;

#define FIGURE_COLUMNS_MAX 8
#define FIGURE_NONE        INFINITY /* a cell with nothing in it */

enum figure_bound { FIGURE_FREE, FIGURE_AT_MOST, FIGURE_AT_LEAST };

struct figure_row {
	const char *name; /* with its unit */
	int decimals;
	enum figure_bound kind; /* of every cell */
	double bound;
	double cell[FIGURE_COLUMNS_MAX];
};

/* Embedded by value. */
struct figure_table {
	FILE *out;
	bool is_json;
	bool is_coloured;
	size_t columns;
	size_t broken;       /* cells beyond their bound, so far */
	struct json_t *all;  /* title -> table */
	struct json_t *rows; /* of the table being printed */
};

/* figure_table_init: out stays the caller's. */
void figure_table_init(struct figure_table *t, FILE *out, bool is_json);

/* figure_table_begin: a new table of up to FIGURE_COLUMNS_MAX columns. */
void figure_table_begin(struct figure_table *t, const char *title,
			const char *const *column, size_t columns);
void figure_table_row(struct figure_table *t, const struct figure_row *row);

/* A line under the table; people only. */
void figure_table_note(struct figure_table *t, const char *note);

/* figure_table_end: print the verdict. Returns the exit status. */
int figure_table_end(struct figure_table *t);

#endif
