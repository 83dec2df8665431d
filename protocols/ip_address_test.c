#include "tools/testing/check.h"

#include <errno.h>
#include <string.h>

#include "protocols/ip_address.h"

static void addresses(void **state)
{
	static const struct {
		const char *text, *printed, *why;
	} row[] = {
		{ "192.0.2.1", "192.0.2.1:0", "IPv4" },
		{ "192.0.2.1:80", "192.0.2.1:80", "with a port" },
		{ "192.0.2.1:65535", "192.0.2.1:65535", "the last port" },
		{ "2001:db8::1", "[2001:db8::1]:0", "IPv6" },
		{ "[2001:db8::1]", "[2001:db8::1]:0", "in brackets" },
		{ "[2001:db8::1]:443", "[2001:db8::1]:443", "and a port" },
		{ "::ffff:192.0.2.1", "192.0.2.1:0", "mapped: as IPv4" },
		{ "[::ffff:192.0.2.1]:8", "192.0.2.1:8", "and so here" },
		{ "::1", "[::1]:0", "loopback" },
		{ "", NULL, "nothing" },
		{ "192.0.2", NULL, "three numbers" },
		{ "192.0.2.256", NULL, "no byte" },
		{ "192.0.2.1:", NULL, "a colon and no port" },
		{ "192.0.2.1:65536", NULL, "no port" },
		{ "192.0.2.1:8a", NULL, "no number" },
		{ "192.0.2.1:+8", NULL, "nor this" },
		{ "192.0.2.1:000080", NULL, "too many digits" },
		{ " 192.0.2.1", NULL, "a blank" },
		{ "[192.0.2.1", NULL, "half a bracket" },
		{ "[]", NULL, "empty brackets" },
		{ "[::1]80", NULL, "a port without its colon" },
		{ "[::1]:", NULL, "a colon without its port" },
		{ "fe80::1%eth0", NULL, "a zone" },
		{ "example.com", NULL, "a name" },
		{ "unknown", NULL, "what RFC 7239 allows" },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999", NULL,
		  "too long" },
	};
	char out[IP_ADDRESS_TEXT_LEN];
	struct ip_address a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int err =
			ip_address_parse(&a, row[i].text, strlen(row[i].text));
		CHECK_EQ(row[i].printed ? 0 : -EINVAL, err, row[i].why);
		if (!err)
			CHECK_STR(row[i].printed, ip_address_print(&a, out),
				  row[i].why);
	}
	CHECK_EQ(-EINVAL, ip_address_parse(&a, "1.2.3.4\0", 8), "a NUL");
}

static void blocks(void **state)
{
	enum { HOLDS, LACKS, BAD };
	static const struct {
		const char *block, *address;
		int what;
		const char *why;
	} row[] = {
		{ "10.0.0.0/8", "10.255.0.1", HOLDS, "within" },
		{ "10.0.0.0/8", "11.0.0.1", LACKS, "beside" },
		{ "10.0.0.128/25", "10.0.0.128", HOLDS, "the first of half" },
		{ "10.0.0.128/25", "10.0.0.127", LACKS, "the other half" },
		{ "192.0.2.1", "192.0.2.1", HOLDS, "an address alone" },
		{ "192.0.2.1", "192.0.2.2", LACKS, "and no other" },
		{ "192.0.2.1/32", "::ffff:192.0.2.1", HOLDS, "as it came" },
		{ "0.0.0.0/0", "203.0.113.9", HOLDS, "all of IPv4" },
		{ "0.0.0.0/0", "2001:db8::1", LACKS, "and no more" },
		{ "::/0", "203.0.113.9", HOLDS, "all of both" },
		{ "2001:db8::/33", "2001:db8:7fff::1", HOLDS, "odd bits" },
		{ "2001:db8::/33", "2001:db8:8000::1", LACKS, "and beyond" },
		{ "::1", "::1", HOLDS, "loopback" },
		{ "10.0.0.1/8", NULL, BAD, "bits behind the prefix" },
		{ "10.0.0.0/33", NULL, BAD, "more than there are" },
		{ "::/129", NULL, BAD, "and here" },
		{ "10.0.0.0/", NULL, BAD, "no number" },
		{ "/8", NULL, BAD, "no address" },
		{ "10.0.0.0/-1", NULL, BAD, "not a number" },
		{ "[::1]", NULL, BAD, "brackets are for ports" },
		{ "10.0.0.0:80", NULL, BAD, "a port" },
		{ "", NULL, BAD, "nothing" },
	};
	struct ip_block b;
	struct ip_address a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int err =
			ip_block_parse(&b, row[i].block, strlen(row[i].block));
		CHECK_EQ(row[i].what == BAD ? -EINVAL : 0, err, row[i].why);
		if (err)
			continue;
		CHECK_EQ(0,
			 ip_address_parse(&a, row[i].address,
					  strlen(row[i].address)),
			 row[i].why);
		CHECK_EQ(row[i].what == HOLDS, ip_block_holds(&b, &a),
			 row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
