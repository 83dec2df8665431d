#include "protocols/webhook_signature.h"

#include <string.h>

#include "tools/testing/check.h"

/* Expected values by: printf %s "T.BODY" | openssl dgst -sha256 -hmac SECRET */
static void what_is_sent(void **state)
{
	static const struct {
		const char *secret, *body;
		int64_t unix_s;
		const char *value, *why;
	} row[] = {
		{ "correct horse", "{\"a\":1}", 1767225600,
		  "t=1767225600,v1=d50bba6be614dd52ea9f970efad9b7ec3004382f28bc15cf25091b9ab694ce49",
		  "a body" },
		{ "correct horse", "", 1767225600,
		  "t=1767225600,v1=ceade6c103d49e4b6380cd195f89a3542aeb6f1b9dac836114db9f91caba27c1",
		  "none" },
		{ "k", "{\"a\":1}", INT64_MAX,
		  "t=9223372036854775807,v1=337786e2160ce223d29b7063da35bbecbb360c2b50a0fc8a6180ef671679e8ba",
		  "the end of time fits" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char out[WEBHOOK_SIGNATURE_LEN];

		webhook_signature(out, row[i].secret, row[i].unix_s,
				  row[i].body[0] ? row[i].body : NULL,
				  strlen(row[i].body));
		CHECK_STR(row[i].value, out, row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_sent) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
