#include "tools/measure/figure_table.h"

#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#define NAME_WIDTH 30
#define CELL_WIDTH 11
#define RED        "\033[31m"
#define GREEN      "\033[32m"
#define PLAIN      "\033[0m"

void figure_table_init(struct figure_table *t, FILE *out, bool is_json)
{
	const char *no_colour = getenv("NO_COLOR");
	*t = (struct figure_table){
		.out = out,
		.is_json = is_json,
		.is_coloured =
			isatty(fileno(out)) && !(no_colour && *no_colour),
		.all = json_object(),
	};
}

static json_t *names(const char *const *name, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(name[i]));
	return list;
}

void figure_table_begin(struct figure_table *t, const char *title,
			const char *const *column, size_t columns)
{
	json_t *table = json_object();
	t->columns = columns;
	t->rows = json_object();
	json_object_set_new(table, "columns", names(column, columns));
	json_object_set_new(table, "rows", t->rows);
	json_object_set_new(t->all, title, table);
	if (t->is_json)
		return;
	fprintf(t->out, "\n%-*s", NAME_WIDTH, title);
	for (size_t i = 0; i < columns; i++)
		fprintf(t->out, "%*s", CELL_WIDTH, column[i]);
	fprintf(t->out, "   bound\n");
}

static bool holds(const struct figure_row *row, double cell)
{
	if (row->kind == FIGURE_AT_MOST)
		return cell == FIGURE_NONE || cell <= row->bound;
	if (row->kind == FIGURE_AT_LEAST)
		return cell >= row->bound;
	return true;
}

static void print_cell(const struct figure_table *t,
		       const struct figure_row *row, double cell)
{
	bool is_red = t->is_coloured && !holds(row, cell);
	if (cell == FIGURE_NONE)
		fprintf(t->out, "%*s", CELL_WIDTH, "");
	else
		fprintf(t->out, "%s%*.*f%s", is_red ? RED : "", CELL_WIDTH,
			row->decimals, cell, is_red ? PLAIN : "");
}

static void print_row(const struct figure_table *t,
		      const struct figure_row *row)
{
	static const char *const sign[] = {
		[FIGURE_AT_MOST] = "<=",
		[FIGURE_AT_LEAST] = ">=",
	};
	fprintf(t->out, "  %-*s", NAME_WIDTH - 2, row->name);
	for (size_t i = 0; i < t->columns; i++)
		print_cell(t, row, row->cell[i]);
	if (row->kind != FIGURE_FREE)
		fprintf(t->out, "   %s %g", sign[row->kind], row->bound);
	fprintf(t->out, "\n");
}

void figure_table_row(struct figure_table *t, const struct figure_row *row)
{
	json_t *cells = json_array();
	size_t broken = 0;
	for (size_t i = 0; i < t->columns; i++) {
		double cell = row->cell[i];
		json_array_append_new(cells, isfinite(cell) ? json_real(cell)
							    : json_null());
		broken += !holds(row, cell);
	}
	json_t *entry = json_object();
	json_object_set_new(entry, "cells", cells);
	if (row->kind != FIGURE_FREE)
		json_object_set_new(entry,
				    row->kind == FIGURE_AT_MOST ? "at_most"
								: "at_least",
				    json_real(row->bound));
	json_object_set_new(entry, "holds", json_boolean(broken == 0));
	json_object_set_new(t->rows, row->name, entry);
	t->broken += broken;
	if (!t->is_json)
		print_row(t, row);
}

void figure_table_note(struct figure_table *t, const char *note)
{
	if (!t->is_json)
		fprintf(t->out, "  %s\n", note);
}

int figure_table_end(struct figure_table *t)
{
	const char *colour = t->broken ? RED : GREEN;
	if (t->is_json) {
		json_object_set_new(t->all, "broken",
				    json_integer((json_int_t)t->broken));
		json_dumpf(t->all, t->out,
			   JSON_INDENT(1) | JSON_REAL_PRECISION(6));
		fprintf(t->out, "\n");
	} else {
		fprintf(t->out, "\n%s%zu figures out of bounds%s\n",
			t->is_coloured ? colour : "", t->broken,
			t->is_coloured ? PLAIN : "");
	}
	json_decref(t->all);
	t->all = NULL;
	return t->broken ? 1 : 0;
}
