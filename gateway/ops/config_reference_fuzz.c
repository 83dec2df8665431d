/* Any bytes as a value: expanded or refused in words. What was refused has said
 * why; what has nothing in it comes out as it went in; and what was fetched is
 * never part of a refusal. */
#include "tools/testing/fuzz.h"

#include "gateway/ops/config_environment.h"
#include "gateway/ops/config_reference.h"

#define FETCHED "fetched-by-name"

static void check_same(const char *text, const char *out)
{
	FUZZ_CHECK(strcmp(text, out) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_reference_result r;
	const struct config_reference_place place = { NULL, "/nowhere/",
						      size % 2 };
	char *out = NULL;
	if (size > 4096)
		return 0;
	setenv("FUZZ", FETCHED, 1);
	setenv("CREDENTIALS_DIRECTORY", "/nowhere", 1);
	char *text = fuzz_text(data, size);
	int err = config_reference_expand(&out, text, &place, &r);
	FUZZ_CHECK(memchr(r.why, 0, sizeof(r.why)));
	FUZZ_CHECK(!err == !r.why[0]);
	if (err)
		FUZZ_CHECK(!strstr(r.why, FETCHED) || strstr(text, FETCHED));
	else if (!config_reference_is_in(text))
		check_same(text, out);
	if (!err && r.is_whole && strcmp(text, "${env:FUZZ}") == 0)
		check_same(FETCHED, out);
	free(out);
	free(text);
	return 0;
}
