/* A template and arguments, a line end between them: whatever they are, a value
 * in a URL has unreserved characters and percent signs alone, and so has a
 * default; a header never has more than one line that its own text had not. */
#include "tools/testing/fuzz.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/http_template.h"

static const char *fact(void *owner, const char *name)
{
	(void)name;
	return owner;
}

static const char *no_fact(void *owner, const char *name)
{
	(void)owner;
	(void)name;
	return "";
}

/* The text as a default. */
static void fuzz_default(const char *value)
{
	const struct http_template_values url = { .fact = no_fact,
						  .is_url = true };
	const struct http_template_values header = { .fact = no_fact };
	size_t n = strlen(value) + 16;
	char *text = malloc(n), why[128];

	FUZZ_CHECK(text);
	snprintf(text, n, "{{a|%s}}", value);
	if (!strstr(value, "}") &&
	    http_template_check(text, NULL, why, sizeof(why))) {
		char *out = http_template_fill(text, &url, why, sizeof(why));
		for (char *c = out; c && *c; c++)
			FUZZ_CHECK(isalnum((unsigned char)*c) ||
				   strchr("-._~%", *c));
		free(out);
		out = http_template_fill(text, &header, why, sizeof(why));
		for (char *c = out; c && *c; c++)
			FUZZ_CHECK(!iscntrl((unsigned char)*c));
		free(out);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char text[] = "{a}{{b}}";
	char *value = fuzz_text(data, n), why[128];
	json_t *arguments = json_pack("{s:s}", "a", value);
	const struct http_template_values v = {
		.arguments = arguments,
		.fact = fact,
		.owner = value,
		.is_url = true,
	};

	if (arguments) {
		char *out = http_template_fill(text, &v, why, sizeof(why));
		for (char *c = out; c && *c; c++)
			FUZZ_CHECK(isalnum((unsigned char)*c) ||
				   strchr("-._~%", *c));
		FUZZ_CHECK(!out || json_object_size(arguments) == 0);
		free(out);
	}
	fuzz_default(value);
	if (http_template_check(value, NULL, why, sizeof(why))) {
		char *out = http_template_fill(
			value,
			&(struct http_template_values){
				.fact = fact, .owner = value, .is_url = true },
			why, sizeof(why));
		FUZZ_CHECK(out != NULL);
		free(out);
	}
	json_decref(arguments);
	free(value);
	return 0;
}
