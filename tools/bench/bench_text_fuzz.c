/* What is found lies inside the text, between quotes. */
#include "tools/testing/fuzz.h"

#include "tools/bench/bench_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_copy(data, n);
	size_t len;
	const char *found = bench_text_find(text, n, "event", &len);

	if (found) {
		FUZZ_CHECK(found > text && found[-1] == '"');
		FUZZ_CHECK(found + len < text + n && found[len] == '"');
		FUZZ_CHECK(bench_text_decoded(found, len) <= len);
	}
	free(text);
	return 0;
}
