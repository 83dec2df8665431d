/* Facts about one call, by name: who calls, what was dialled, what the carrier
 * and its administrator add. Bounded; values come from a peer. All zero is
 * empty. */
#ifndef GATEWAY_CALL_VARIABLES_H
#define GATEWAY_CALL_VARIABLES_H

#include <stddef.h>

#define CALL_VARIABLES_MAX      64
#define CALL_VARIABLES_BYTES    8192 /* names and values, with their NULs */
#define CALL_VARIABLE_NAME_MAX  64   /* with NUL */
#define CALL_VARIABLE_VALUE_MAX 1024 /* with NUL */

struct call_variables {
	unsigned count;
	size_t used;
	size_t room; /* so far: most calls have none */
	char *text;  /* name NUL value NUL … */
};

/* call_variables_set: add a fact; the first value of a name stays.
 * Returns 0; -EEXIST; -ENAMETOOLONG; -EINVAL for an empty name; -ENOBUFS when
 * there is no room; -ENOMEM. */
int call_variables_set(struct call_variables *v, const char *name,
		       const char *value);

/* call_variables_get: NULL when there is none of that name. */
const char *call_variables_get(const struct call_variables *v,
			       const char *name);

/* call_variables_next: the names in turn, from NULL to NULL. */
const char *call_variables_next(const struct call_variables *v,
				const char *name);

/* call_variables_clear: forget all of them; empty again. */
void call_variables_clear(struct call_variables *v);

#endif
