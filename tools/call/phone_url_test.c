#include "tools/testing/check.h"

#include <errno.h>

#include "tools/call/phone_url.h"

static void test_resolves(void **state)
{
	static const struct {
		const char *base, *reference;
		bool is_stream;
		const char *expected, *why;
	} row[] = {
		{ "https://a.example/x/y?z=1", "wss://b.example/m", true,
		  "wss://b.example/m", "absolute" },
		{ "https://a.example/x/y?z=1", "/m/k", true,
		  "wss://a.example/m/k", "a path, for a stream" },
		{ "http://127.0.0.1:8080/x", "/m", true,
		  "ws://127.0.0.1:8080/m",
		  "plain stays plain, the port stays" },
		{ "https://a.example/x/y?z=1", "next", false,
		  "https://a.example/x/next", "beside the document" },
		{ "https://a.example/x/y?z=/1", "next", false,
		  "https://a.example/x/next",
		  "a slash in the query is no path" },
		{ "https://a.example/x/y?z=1", "?q=2", false,
		  "https://a.example/x/y?q=2", "another query" },
		{ "https://a.example/x/y?z=1", "", false,
		  "https://a.example/x/y?z=1", "the document itself" },
		{ "https://a.example/x", "//b.example/z", false,
		  "https://b.example/z", "another host" },
		{ "https://a.example", "m", false, "https://a.example/m",
		  "a base without a path" },
		{ "", "https://a.example/x", false, "https://a.example/x",
		  "absolute needs no base" },
	};
	char out[PHONE_URL_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(0,
			 phone_url_resolve(out, sizeof(out), row[i].base,
					   row[i].reference, row[i].is_stream),
			 row[i].why);
		CHECK_STR(row[i].expected, out, row[i].why);
	}
	CHECK_EQ(-EINVAL, phone_url_resolve(out, sizeof(out), "", "x", false),
		 "relative to nothing");
	CHECK_EQ(-E2BIG,
		 phone_url_resolve(out, 10, "", "https://a.example/x", false),
		 "no room");
}

static void test_loopback(void **state)
{
	static const struct {
		const char *url;
		bool is_loopback;
	} row[] = {
		{ "ws://127.0.0.1:8080/x", true },
		{ "ws://127.9.9.9/x", true },
		{ "ws://localhost/x", true },
		{ "ws://[::1]:1/x", true },
		{ "ws://10.0.0.1/x", false },
		{ "ws://127.example.com/x", false },
		{ "ws://localhost.example/x", false },
		{ "nonsense", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].is_loopback, phone_url_is_loopback(row[i].url),
			 row[i].url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolves),
		cmocka_unit_test(test_loopback),
	};

	return cmocka_run_group_tests_name("phone_url", tests, NULL, NULL);
}
