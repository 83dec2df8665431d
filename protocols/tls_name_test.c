#include "tools/testing/check.h"

#include <string.h>

#include "protocols/tls_name.h"

static void what_a_name_covers(void **state)
{
	static const struct {
		const char *name, *host;
		bool covers;
		const char *why;
	} row[] = {
		{ "a.example.com", "a.example.com", true, "itself" },
		{ "A.Example.com", "a.eXample.COM", true, "without case" },
		{ "a.example.com", "b.example.com", false, "another" },
		{ "a.example.com", "a.example.co", false, "a shorter one" },
		{ "example.com", "a.example.com", false, "no subdomain" },
		{ "*.example.com", "a.example.com", true, "one label" },
		{ "*.example.com", "a.b.example.com", false, "two labels" },
		{ "*.example.com", "example.com", false, "no label" },
		{ "*.example.com", ".example.com", false, "an empty label" },
		{ "*.example.com", "*.example.com", true, "a star is a label" },
		{ "*.", "a.", false, "nothing behind the star" },
		{ "*", "a", false, "a star alone is no wildcard" },
		{ "a*.example.com", "ab.example.com", false,
		  "a star within a label" },
		{ "", "", false, "no name" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].covers,
			 tls_name_covers(row[i].name, strlen(row[i].name),
					 row[i].host, strlen(row[i].host)),
			 row[i].why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_name_covers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
