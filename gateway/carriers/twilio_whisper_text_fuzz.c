/* Any bytes as a sibling's line: refused, or a transfer that is written as it
 * was read. */
#include "tools/testing/fuzz.h"

#include "gateway/carriers/twilio_whisper_text.h"
#include "gateway/carriers/twilio_whispers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct twilio_whisper_news n, same;
	uint8_t *text = fuzz_copy(data, size);
	char again[TWILIO_WHISPER_LINE_MAX];

	if (twilio_whisper_read(&n, (const char *)text, size) == 0) {
		size_t len = twilio_whisper_write(again, &n);
		FUZZ_CHECK(len > 0 && len < sizeof(again));
		FUZZ_CHECK(twilio_whisper_read(&same, again, len) == 0);
		FUZZ_CHECK(memcmp(&n, &same, sizeof(n)) == 0);
	}
	free(text);
	return 0;
}
