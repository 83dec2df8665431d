/* Any text: read or refused with a reason, and what is read keeps the promises
 * of the header. */
#include "tools/model/model_scenario.h"
#include "tools/testing/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct model_scenario s;
	char why[256] = "";
	char *text = fuzz_copy(data, n);

	if (model_scenario_parse(&s, "fuzz", text, n, why, sizeof(why)) == 0) {
		FUZZ_CHECK(s.script != NULL);
		FUZZ_CHECK(s.pace.delta_ms[0] >= 1);
		FUZZ_CHECK(s.pace.delta_ms[0] <= s.pace.delta_ms[1]);
		FUZZ_CHECK(s.pace.first_delta_ms[0] <=
			   s.pace.first_delta_ms[1]);
		FUZZ_CHECK(s.pace.speed >= 0.05);
		model_scenario_free(&s);
	} else {
		FUZZ_CHECK(why[0] != 0);
	}
	free(text);
	return 0;
}
