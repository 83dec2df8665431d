/* Whatever a server answers, the words about it are one printable line that
 * names its status; and copying them again changes nothing. */
#include "tools/testing/fuzz.h"

#include "gateway/net/refusal.h"
#include "protocols/http.h"

static void check_line(const char *line, size_t cap)
{
	FUZZ_CHECK(strlen(line) < cap);
	for (const char *c = line; *c; c++)
		FUZZ_CHECK(*c >= ' ' && *c <= '~');
}

static void check_copy(const char *text, size_t n, size_t cap)
{
	char once[320], again[320];

	refusal_copy_text(once, cap, text, n);
	check_line(once, cap);
	refusal_copy_text(again, cap, once, strlen(once));
	FUZZ_CHECK(strcmp(once, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *body = fuzz_text(data, n), *retry = fuzz_text(data, n);
	struct http_message m = { .status = 401,
				  .body = body,
				  .body_len = n,
				  .header = { { "Retry-After", retry } },
				  .headers = 1 };
	char words[320];

	refusal_describe(&m, words, sizeof(words));
	check_line(words, sizeof(words));
	FUZZ_CHECK(strncmp(words, "HTTP 401 Unauthorized", 21) == 0);
	FUZZ_CHECK(refusal_retry_after_s(&m) <= 3600);
	check_copy(body, n, n % 319 + 1);
	free(body);
	free(retry);
	return 0;
}
