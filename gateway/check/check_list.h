/* The lines of a check: a verdict, a name, and a sentence. */
#ifndef GATEWAY_CHECK_CHECK_LIST_H
#define GATEWAY_CHECK_CHECK_LIST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

enum check_verdict {
	CHECK_IS_GOOD,
	CHECK_IS_WARNING, /* works, but not as it should */
	CHECK_IS_BAD,
	CHECK_IS_SKIPPED,
};

struct check_list {
	FILE *out;
	bool is_terminal; /* colours, and what is being waited for */
	bool is_offline;
	json_t *rows; /* set: lines go here, none is printed */
	unsigned bad;
	unsigned warnings;
};

/* check_list_wait: what comes next may take a while. Shown on a terminal only,
 * and gone with the next line. */
void check_list_wait(struct check_list *l, const char *name);

/* check_list_add: one line. name is a key, "model.url". */
void check_list_add(struct check_list *l, enum check_verdict verdict,
		    const char *name, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
