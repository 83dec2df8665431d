/* Any bytes as a sibling's line: refused, or a placed call that is written as
 * it was read, whose variables are pairs. */
#include "tools/testing/fuzz.h"

#include "gateway/carriers/twilio_outbound.h"
#include "gateway/carriers/twilio_outbound_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct twilio_outbound_news n, same;
	uint8_t *text = fuzz_copy(data, size);
	char again[TWILIO_OUTBOUND_LINE_MAX];
	size_t used = 0;

	if (twilio_outbound_read(&n, (const char *)text, size) == 0) {
		for (const char *name = twilio_outbound_next(&n.call, NULL);
		     name; name = twilio_outbound_next(&n.call, name)) {
			const char *value = name + strlen(name) + 1;
			used += strlen(name) + strlen(value) + 2;
			FUZZ_CHECK(used <= n.call.len);
		}
		FUZZ_CHECK(used == n.call.len);
		size_t len = twilio_outbound_write(again, &n);
		FUZZ_CHECK(len < sizeof(again) && again[len] == '\0');
		FUZZ_CHECK(twilio_outbound_read(&same, again, len) == 0);
		FUZZ_CHECK(memcmp(&n, &same, sizeof(n)) == 0);
	}
	free(text);
	return 0;
}
