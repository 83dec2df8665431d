#include "tools/testing/check.h"

#include <uv.h>

#include "gateway/net/address.h"

static void addresses_in_words(void **state)
{
	static const struct {
		const char *ip;
		bool is_loopback;
		const char *text;
		const char *why;
	} row[] = {
		{ "127.0.0.1", true, "127.0.0.1:8080", "the usual loopback" },
		{ "127.255.0.9", true, "127.255.0.9:8080", "all of 127/8" },
		{ "126.0.0.1", false, "126.0.0.1:8080", "below it" },
		{ "128.0.0.1", false, "128.0.0.1:8080", "above it" },
		{ "0.0.0.0", false, "0.0.0.0:8080", "any is not loopback" },
		{ "::1", true, "[::1]:8080", "IPv6 loopback" },
		{ "::", false, "[::]:8080", "IPv6 any" },
		{ "::2", false, "[::2]:8080", "beside it" },
		{ "2001:db8::7f00:1", false, "[2001:db8::7f00:1]:8080",
		  "looks like 127.0.0.1, is not mapped" },
		{ "::ffff:127.0.0.1", true, "127.0.0.1:8080",
		  "mapped loopback" },
		{ "::ffff:10.1.2.3", false, "10.1.2.3:8080",
		  "mapped, foreign" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct sockaddr_storage a;
		char text[ADDRESS_TEXT_LEN];

		if (uv_ip4_addr(row[i].ip, 8080, (struct sockaddr_in *)&a))
			CHECK_EQ(0,
				 uv_ip6_addr(row[i].ip, 8080,
					     (struct sockaddr_in6 *)&a),
				 row[i].ip);
		CHECK_STR(row[i].text,
			  address_text((struct sockaddr *)&a, text),
			  row[i].why);
		CHECK_EQ(row[i].is_loopback,
			 address_is_loopback((struct sockaddr *)&a),
			 row[i].why);
	}
}

static void other_families(void **state)
{
	struct sockaddr a = { .sa_family = AF_UNIX };
	char text[ADDRESS_TEXT_LEN];

	(void)state;
	CHECK_STR("unknown", address_text(&a, text), "no port, no host");
	CHECK(!address_is_loopback(&a), "nothing is trusted by accident");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_in_words),
		cmocka_unit_test(other_families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
