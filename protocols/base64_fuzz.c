/* decode(encode(x)) == x; and what decodes is the only text that does so:
 * encode(decode(t)) == t. */
#include "tools/testing/fuzz.h"

#include <sys/types.h>

#include "protocols/base64.h"

static void round_trip(const uint8_t *data, size_t n)
{
	uint8_t *bytes = fuzz_copy(data, n);
	char *text = malloc(BASE64_ENCODED(n) + !n);

	size_t len = base64_encode(text, bytes, n);
	FUZZ_CHECK(len == BASE64_ENCODED(n));
	FUZZ_CHECK(base64_decode((uint8_t *)text, text, len) == (ssize_t)n);
	FUZZ_CHECK(!memcmp(text, bytes, n));
	free(text);
	free(bytes);
}

static void only_form(const uint8_t *data, size_t n)
{
	char *text = fuzz_copy(data, n);
	uint8_t *bytes = malloc(BASE64_DECODED_MAX(n) + 1);
	ssize_t len = base64_decode(bytes, text, n);

	if (len >= 0) {
		char *again = malloc(BASE64_ENCODED((size_t)len) + 1);
		FUZZ_CHECK(base64_encode(again, bytes, (size_t)len) == n);
		FUZZ_CHECK(!memcmp(again, text, n));
		free(again);
	}
	FUZZ_CHECK(base64_decode((uint8_t *)text, text, n) == len);
	FUZZ_CHECK(len <= 0 || !memcmp(text, bytes, (size_t)len));
	free(bytes);
	free(text);
}

/* The same of the other alphabet. */
static void only_url_form(const uint8_t *data, size_t n)
{
	char *text = fuzz_copy(data, n);
	uint8_t *bytes = malloc(BASE64_DECODED_MAX(n) + 2);
	ssize_t len = base64_url_decode(bytes, text, n);

	if (len >= 0) {
		char *again = malloc(BASE64_ENCODED((size_t)len) + 1);
		FUZZ_CHECK(base64_url_encode(again, bytes, (size_t)len) == n);
		FUZZ_CHECK(!memcmp(again, text, n));
		free(again);
	}
	FUZZ_CHECK(base64_url_decode((uint8_t *)text, text, n) == len);
	FUZZ_CHECK(len <= 0 || !memcmp(text, bytes, (size_t)len));
	free(bytes);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	round_trip(data, n);
	only_form(data, n);
	only_url_form(data, n);
	return 0;
}
