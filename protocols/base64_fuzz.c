/* decode(encode(x)) == x; and what decodes is the only text that does so:
 * encode(decode(t)) == t. And every path of this CPU says the same. */
#include "tools/testing/fuzz.h"

#include <sys/types.h>

#include "protocols/base64.h"
#include "protocols/base64_simd.h"

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

static void same_on(const struct base64_path *path, const uint8_t *data,
		    size_t n)
{
	const struct base64_path *plain = &base64_path[BASE64_PATHS - 1];
	uint8_t *in = fuzz_copy(data, n);
	char *text = malloc(BASE64_ENCODED(n) + !n);
	char *wanted = malloc(BASE64_ENCODED(n) + !n);
	size_t len = base64_encode_on(path, text, in, n);

	FUZZ_CHECK(base64_encode_on(plain, wanted, in, n) == len);
	FUZZ_CHECK(!memcmp(text, wanted, len));
	free(text);
	free(wanted);
	size_t room = BASE64_DECODED_MAX(n) + (n < 4);
	uint8_t *bytes = malloc(room), *same = malloc(room);
	ssize_t got = base64_decode_on(path, bytes, (char *)in, n);
	FUZZ_CHECK(base64_decode_on(plain, same, (char *)in, n) == got);
	FUZZ_CHECK(got <= 0 || !memcmp(bytes, same, (size_t)got));
	FUZZ_CHECK(base64_decode_on(path, in, (char *)in, n) == got);
	FUZZ_CHECK(got <= 0 || !memcmp(in, same, (size_t)got));
	free(bytes);
	free(same);
	free(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	round_trip(data, n);
	only_form(data, n);
	only_url_form(data, n);
	for (size_t i = 0; i < BASE64_PATHS; i++)
		if (base64_path[i].is_there())
			same_on(&base64_path[i], data, n);
	return 0;
}
