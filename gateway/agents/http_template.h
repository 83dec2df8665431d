/* Text with places to fill in, of an HTTP function's URL and headers:
 *
 *     https://shop.example.com/orders/{order_id}?from={{caller|nobody}}
 *
 * {name} is an argument of the function, {{name}} a fact of the call;
 * {{name|default}} is the default where that fact is not there or empty, as in
 * other texts (template.h): spaces around both do not count, and a default has
 * no "}}" and no control character in it. It is put as a value is. */
#ifndef GATEWAY_AGENTS_HTTP_TEMPLATE_H
#define GATEWAY_AGENTS_HTTP_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define HTTP_TEMPLATE_NAME_MAX 64 /* with NUL */

/* Where the values come from. */
struct http_template_values {
	json_t *arguments; /* those that are named are taken out; NULL: {name}
			      is no place, but text */
	/* A fact of the call, or "": then the text's own default. */
	const char *(*fact)(void *owner, const char *name);
	void *owner;
	bool is_url; /* values are percent-encoded (RFC 3986, unreserved
			characters stay); else control characters are spaces */
};

/* http_template_check: are all places closed, with names that could be some?
 * schema: of the arguments, which must have each {name} among the required;
 * NULL: {name} is text.
 * Returns true, or why in words; cap at least 128. */
bool http_template_check(const char *text, const json_t *schema, char *why,
			 size_t cap);

/* http_template_fill: text, which was found good, with its places filled in.
 *
 * why  on failure: a sentence for who made the arguments; cap at least 128
 * Returns the result, to be freed; or NULL: an argument is empty, "." or "..",
 * which would name another path, or no text, number or truth. */
char *http_template_fill(const char *text, const struct http_template_values *v,
			 char *why, size_t cap);

/* http_template_query: the members of arguments as a query, behind whatever the
 * URL has; lists and objects as JSON, null not at all. Returns the whole, to be
 * freed, or NULL without memory. */
char *http_template_query(const char *url, const json_t *arguments);

#endif
