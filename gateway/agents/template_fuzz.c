/* Any text as a template, and any text as a value in one: what comes out is
 * UTF-8 and bounded, and a value is one quotation on one line. */
#include "tools/testing/fuzz.h"

#include "gateway/agents/template.h"
#include "gateway/call/variables.h"
#include "gateway/ops/config.h"
#include "protocols/utf8.h"

static void check_value(const char *value)
{
	struct call_variables v = { 0 };
	const struct template_values values = { &v, NULL, 0, false };
	char *out = NULL;

	if (call_variables_set(&v, "x", value) == 0 && value[0]) {
		FUZZ_CHECK(!template_fill(&out, "{{x}}", &values));
		size_t n = strlen(out);
		FUZZ_CHECK(n >= 2 && n <= TEMPLATE_VALUE_MAX + 2);
		FUZZ_CHECK(strchr(out + 1, '"') == out + n - 1);
		FUZZ_CHECK(utf8_is_valid((uint8_t *)out, n));
		for (size_t i = 0; i < n; i++)
			FUZZ_CHECK((uint8_t)out[i] >= ' ' && out[i] != 0x7f);
	}
	free(out);
	call_variables_clear(&v);
}

static void check_template(const char *text)
{
	struct call_variables v = { 0 };
	static const struct config_variable defaults[] = { { "a", "b" } };
	const struct template_values values = { &v, defaults, 1, true };
	char *out = NULL;

	call_variables_set(&v, "caller", "one\ntwo");
	FUZZ_CHECK(!template_fill(&out, text, &values));
	if (!template_has_places(text))
		FUZZ_CHECK(strcmp(out, text) == 0);
	FUZZ_CHECK(strlen(out) < TEMPLATE_MAX);
	FUZZ_CHECK(utf8_is_valid((uint8_t *)out, strlen(out)));
	free(out);
	call_variables_clear(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > 4096)
		return 0;
	char *text = fuzz_text(data, n);
	if (utf8_is_valid((uint8_t *)text, strlen(text))) {
		check_value(text);
		check_template(text);
	}
	free(text);
	return 0;
}
