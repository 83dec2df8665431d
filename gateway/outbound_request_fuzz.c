/* Any bytes as a request for a call: what is taken keeps to its shape; else
 * there are words. */
#include "tools/testing/fuzz.h"

#include "gateway/outbound_request.h"
#include "protocols/utf8.h"

static void check_taken(const struct outbound_request *r)
{
	unsigned n = 0;

	FUZZ_CHECK(r->number[0] == '+' && strlen(r->number) >= 8);
	FUZZ_CHECK(strspn(r->number + 1, "0123456789") ==
		   strlen(r->number) - 1);
	FUZZ_CHECK(r->call.len <= sizeof(r->call.text));
	for (const char *name = twilio_outbound_next(&r->call, NULL); name;
	     name = twilio_outbound_next(&r->call, name)) {
		const char *value = name + strlen(name) + 1;
		FUZZ_CHECK(*name && strlen(name) + strlen(value) < 500);
		FUZZ_CHECK(
			utf8_is_valid((const uint8_t *)value, strlen(value)));
		n++;
	}
	FUZZ_CHECK(n <= TWILIO_OUTBOUND_VARIABLES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *body = fuzz_copy(data, n);
	char why[OUTBOUND_WHY_MAX] = "";
	struct outbound_request r;

	if (outbound_request_read(&r, body, n, why) == 0)
		check_taken(&r);
	else
		FUZZ_CHECK(why[0] && memchr(why, 0, sizeof(why)));
	free(body);
	return 0;
}
