/* A template and arguments, a line end between them: whatever they are, a value
 * in a URL has unreserved characters and percent signs alone. The template is
 * put behind "x" so that its own text can be told from what is filled in. */
#include "tools/testing/fuzz.h"

#include <ctype.h>
#include <jansson.h>

#include "gateway/agents/http_template.h"

static const char *fact(void *owner, const char *name)
{
	(void)name;
	return owner;
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
