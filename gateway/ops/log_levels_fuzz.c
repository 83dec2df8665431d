/* Any bytes as levels: all of it taken, or nothing and one printable line of
 * why. */
#include "tools/testing/fuzz.h"

#include "gateway/ops/log_levels.h"

static void check_words(const char *why, size_t cap)
{
	FUZZ_CHECK(memchr(why, 0, cap) && *why);
	for (const char *c = why; *c; c++)
		FUZZ_CHECK(*c >= ' ' && *c <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_copy(data, n);
	char before[LOG_LEVELS_TEXT_MAX], after[LOG_LEVELS_TEXT_MAX];
	char why[128];
	struct log_levels l;

	log_levels_init(&l, LOG_INFO);
	log_levels_write(&l, before);
	int err = log_levels_change(&l, text, n, why, sizeof(why));
	size_t len = log_levels_write(&l, after);
	if (err) {
		check_words(why, sizeof(why));
		FUZZ_CHECK(strcmp(before, after) == 0);
	} else {
		FUZZ_CHECK(log_levels_change(&l, after, len, why,
					     sizeof(why)) == 0);
	}
	free(text);
	return 0;
}
