/* Any bytes as a sibling's line: refused, or a ticket that is written as it was
 * read. */
#include "tools/testing/fuzz.h"

#include "gateway/carriers/twilio_ticket_text.h"
#include "gateway/carriers/twilio_tickets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *text = fuzz_copy(data, size);
	char again[TWILIO_TICKET_TEXT_MAX];
	struct twilio_ticket k, same;

	if (twilio_ticket_read(&k, (const char *)text, size) == 0) {
		FUZZ_CHECK(k.streams >= 1 && k.streams <= TWILIO_STREAMS_MAX);
		FUZZ_CHECK(!k.secret[0] || k.fate == TWILIO_INVITED);
		size_t len = twilio_ticket_write(again, &k);
		FUZZ_CHECK(len < sizeof(again));
		FUZZ_CHECK(twilio_ticket_read(&same, again, len) == 0);
		FUZZ_CHECK(memcmp(&k, &same, sizeof(k)) == 0);
	}
	free(text);
	return 0;
}
