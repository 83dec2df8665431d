#include "tools/testing/check.h"

#include <errno.h>
#include <string.h>

#include "tools/bench/bench_webhook.h"

static void test_stream(void **state)
{
	static const struct {
		const char *twiml, *url, *why;
	} row[] = {
		{ "<Response><Connect><Stream url=\"wss://a/b\"/></Connect>"
		  "</Response>",
		  "wss://a/b", "as it usually is" },
		{ "<Stream name='x' url='ws://a/b?c=1&amp;d=2'>",
		  "ws://a/b?c=1&d=2", "other quotes, an entity" },
		{ "<Stream\n url=\"ws://a/b\">", "ws://a/b",
		  "a line of its own" },
		{ "<Stream xurl=\"ws://a/b\">", NULL, "another name" },
		{ "<Stream url=\"ws://a/b", NULL, "cut" },
		{ "<Stream></Stream><X url=\"y\"/>", NULL,
		  "of another element" },
		{ "<Response><Hangup/></Response>", NULL, "no stream" },
		{ "", NULL, "nothing" },
	};
	char url[BENCH_URL_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int err = bench_webhook_stream(
			row[i].twiml, strlen(row[i].twiml), url, sizeof(url));
		CHECK_EQ(row[i].url ? 0 : -ENOENT, err, row[i].why);
		if (row[i].url)
			CHECK_STR(row[i].url, url, row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_stream) };

	return cmocka_run_group_tests_name("bench_webhook", tests, NULL, NULL);
}
