/* Words in any order, cut anywhere, of items that come and go: what is told of
 * them is whole lines of UTF-8, of somebody, and fits. Each piece begins with a
 * byte for its kind, one for its item, two for what was heard, and its length.
 */
#include "tools/testing/fuzz.h"

#include <stdbool.h>

#include "gateway/agents/transcript.h"
#include "protocols/utf8.h"

static char out[TRANSCRIPT_BYTES_MAX + TRANSCRIPT_TURNS_MAX * 16];

static void check_lines(const char *at)
{
	while (*at) {
		size_t n = strcspn(at, "\n");
		FUZZ_CHECK(at[n] == '\n');
		FUZZ_CHECK(!strncmp(at, "caller: ", 8) ||
			   !strncmp(at, "agent: ", 7));
		at += n + 1;
	}
}

static void check(const struct transcript *t, size_t cap)
{
	size_t n = transcript_write(t, out, cap);

	FUZZ_CHECK(n < cap && strlen(out) == n);
	FUZZ_CHECK(utf8_is_valid((const uint8_t *)out, n));
	check_lines(out);
}

static bool take(struct transcript *t, const uint8_t *piece, size_t n)
{
	const char item[2] = { (char)('a' + piece[1] % 8), '\0' };
	char *text = fuzz_text(piece + 5, n);
	bool is_text = utf8_is_valid((const uint8_t *)text, strlen(text));

	if (is_text)
		transcript_take(
			t, &(struct call_words){
				   .kind = (enum call_words_kind)(piece[0] & 3),
				   .item_id = item,
				   .text = text,
				   .heard_ms = piece[2] * 16u,
				   .all_ms = piece[3] * 16u });
	free(text);
	return is_text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct transcript *t = transcript_new();
	bool is_text = true;

	FUZZ_CHECK(t != NULL);
	while (is_text && n >= 5) {
		size_t len = (size_t)data[4] * (data[0] & 0x80 ? 16 : 1);
		if (len > n - 5)
			len = n - 5;
		is_text = take(t, data, len);
		check(t, data[0] & 0x40 ? 1 + len : sizeof(out));
		data += 5 + len;
		n -= 5 + len;
	}
	transcript_free(t);
	return 0;
}
