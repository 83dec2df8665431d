/* Valid exactly when jansson, which checks by its own means, says so; and a cut
 * of valid text is valid. Runs are as long as byte by byte. */
#include "tools/testing/fuzz.h"

#include <jansson.h>

#include "protocols/byte_run.h"
#include "protocols/utf8.h"

static void runs(const uint8_t *bytes, size_t n)
{
	size_t ascii = 0, plain = 0;

	while (ascii < n && bytes[ascii] < 0x80)
		ascii++;
	while (plain < ascii && bytes[plain] >= 0x20 && bytes[plain] != '"' &&
	       bytes[plain] != '\\')
		plain++;
	FUZZ_CHECK(byte_run_ascii(bytes, n) == ascii);
	FUZZ_CHECK(byte_run_ascii_words(bytes, n) == ascii);
	FUZZ_CHECK(byte_run_plain(bytes, n) == plain);
	FUZZ_CHECK(byte_run_plain_words(bytes, n) == plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *bytes = fuzz_copy(data, n);
	json_t *string = json_stringn((const char *)bytes, n);
	bool is_valid = utf8_is_valid(bytes, n);

	runs(bytes, n);
	FUZZ_CHECK(is_valid == (string != NULL));
	for (size_t max = 0; is_valid && max <= n && max < 64; max++) {
		size_t cut = utf8_cut((const char *)bytes, n, max);
		FUZZ_CHECK(cut <= max && cut + 4 > max);
		FUZZ_CHECK(utf8_is_valid(bytes, cut));
	}
	json_decref(string);
	free(bytes);
	return 0;
}
