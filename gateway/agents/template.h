/* Texts with places in them that a call fills.
 *
 *     Our company is {{company|Acme}}. The caller's number is {{caller}}.
 *
 * A name is of letters, digits and . _ -; spaces around it and its default do
 * not count. Anything else between braces stays as it is.
 *
 * What comes from outside is never more than a quotation: on one line, cut at
 * TEMPLATE_VALUE_MAX, no control character and none that changes the direction
 * or the end of a line in it, and no quotation mark but the two around it.
 * Defaults are the operator's, and stand as they are. */
#ifndef GATEWAY_AGENTS_TEMPLATE_H
#define GATEWAY_AGENTS_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct call_variables;
struct config_variable;

/* Limits, in bytes. */
#define TEMPLATE_VALUE_MAX 200 /* of a value; more is cut */
#define TEMPLATE_MAX                                      \
	131072 /* of a text; values that have no room any \
		  more are left out */

struct template_values {
	const struct call_variables *variables;
	const struct config_variable *defaults;
	unsigned default_count;
	bool is_spoken; /* to be said as it is: no quotation marks around */
};

/* template_has_places: whether there is anything to fill. */
bool template_has_places(const char *text);

/* template_fill: out from malloc. A value is the call's, when it has one that
 * is not empty; else the text's own default, else the one of that name, else
 * nothing. text is UTF-8, and so is what comes out.
 * Returns 0, or -ENOMEM. */
int template_fill(char **out, const char *text,
		  const struct template_values *v);

#endif
