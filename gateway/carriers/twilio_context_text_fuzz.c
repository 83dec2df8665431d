/* Any bytes as a sibling's line: refused, or what a call takes along, which is
 * understood again when it is written. */
#include "tools/testing/fuzz.h"

#include "gateway/carriers/twilio_context_text.h"
#include "gateway/carriers/twilio_contexts.h"

static void compare(const struct twilio_context_news *n,
		    const struct twilio_context_news *same)
{
	const struct twilio_context *a = n->context, *b = same->context;

	FUZZ_CHECK(n->is_gone == same->is_gone);
	FUZZ_CHECK(n->since_ns == same->since_ns);
	FUZZ_CHECK(a->stream == b->stream);
	FUZZ_CHECK(strcmp(a->call_sid, b->call_sid) == 0);
	FUZZ_CHECK(strcmp(a->agent, b->agent) == 0);
	FUZZ_CHECK(strcmp(a->words, b->words) == 0);
	FUZZ_CHECK(a->variables.count == b->variables.count);
	FUZZ_CHECK(a->variables.used == b->variables.used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *text = fuzz_copy(data, size);
	char again[TWILIO_CONTEXT_LINE_MAX];
	struct twilio_context_news n, same;

	if (twilio_context_read(&n, (const char *)text, size) == 0) {
		size_t len = twilio_context_write(again, &n);
		if (len) { /* it may be too long, escaped */
			FUZZ_CHECK(len < sizeof(again));
			FUZZ_CHECK(twilio_context_read(&same, again, len) == 0);
			compare(&n, &same);
			twilio_context_drop(same.context);
		}
		twilio_context_drop(n.context);
	}
	free(text);
	return 0;
}
