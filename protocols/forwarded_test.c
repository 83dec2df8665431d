#include "tools/testing/check.h"

#include <stdio.h>
#include <string.h>

#include "protocols/forwarded.h"
#include "protocols/http.h"

#define PROXY    "10.1.2.3:40000"
#define STRANGER "203.0.113.5:40000"

static struct ip_block proxies[2];

static int make_proxies(void **state)
{
	(void)state;
	return ip_block_parse(&proxies[0], "10.0.0.0/8", 10) ||
	       ip_block_parse(&proxies[1], "2001:db8::5", 11);
}

static struct forwarded read_one(const char *peer, const char *name,
				 const char *value)
{
	struct http_message m = { .header = { { name, value } }, .headers = 1 };
	struct forwarded f;

	forwarded_read(&f, &m, peer, proxies, 2);
	return f;
}

static void who_speaks(void **state)
{
	static const struct {
		const char *value, *peer, *why;
	} row[] = {
		{ "192.0.2.1", "192.0.2.1:0", "one hop" },
		{ "192.0.2.1:5060", "192.0.2.1:5060", "with its port" },
		{ "2001:db8::1", "[2001:db8::1]:0", "IPv6" },
		{ "[2001:db8::1]:9", "[2001:db8::1]:9", "in brackets" },
		{ "198.51.100.7, 192.0.2.1", "192.0.2.1:0",
		  "what the caller wrote itself is not believed" },
		{ "192.0.2.1, 10.9.9.9", "192.0.2.1:0",
		  "another trusted proxy is passed over" },
		{ "192.0.2.1 ,\t10.9.9.9 , 2001:db8::5", "192.0.2.1:0",
		  "several, and blanks" },
		{ "10.0.0.7, 10.0.0.8", "10.0.0.7:0",
		  "all trusted: the leftmost" },
		{ "unknown", "", "no address" },
		{ "192.0.2.1, unknown, 10.0.0.8", "10.0.0.8:0",
		  "what is no address ends the search" },
		{ "192.0.2.1, , 10.0.0.8", "10.0.0.8:0", "nor is nothing" },
		{ "", "", "empty" },
		{ ",", "", "and emptier" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_STR(row[i].peer,
			  read_one(PROXY, "X-Forwarded-For", row[i].value).peer,
			  row[i].why);
		CHECK_STR("",
			  read_one(STRANGER, "X-Forwarded-For", row[i].value)
				  .peer,
			  "a stranger is not believed");
	}
}

/* A proxy may add a line of its own. */
static void several_lines(void **state)
{
	struct http_message m = {
		.header = { { "X-Forwarded-For", "198.51.100.7" },
			    { "Host", "a" },
			    { "x-forwarded-for", "192.0.2.1, 10.0.0.9" } },
		.headers = 3,
	};
	struct forwarded f;

	(void)state;
	forwarded_read(&f, &m, PROXY, proxies, 2);
	CHECK_STR("192.0.2.1:0", f.peer, "the last line is the nearest");
	m.header[2].value = "10.0.0.9";
	forwarded_read(&f, &m, PROXY, proxies, 2);
	CHECK_STR("198.51.100.7:0", f.peer, "then the one before");
}

static void hops_are_bounded(void **state)
{
	char value[FORWARDED_HOPS_MAX * 10 + 20] = "192.0.2.1";

	(void)state;
	for (int i = 1; i < FORWARDED_HOPS_MAX; i++)
		strcat(value, ",10.0.0.1");
	CHECK_STR("192.0.2.1:0", read_one(PROXY, "X-Forwarded-For", value).peer,
		  "the last");
	strcat(value, ",10.0.0.1");
	CHECK_STR("10.0.0.1:0", read_one(PROXY, "X-Forwarded-For", value).peer,
		  "one too many");
}

static void schemes(void **state)
{
	static const struct {
		const char *value;
		enum forwarded_scheme scheme;
		const char *why;
	} row[] = {
		{ "https", FORWARDED_TLS, "https" },
		{ "HTTPS", FORWARDED_TLS, "without case" },
		{ "wss", FORWARDED_TLS, "wss as it is" },
		{ "http", FORWARDED_PLAIN, "http" },
		{ "ws", FORWARDED_PLAIN, "ws" },
		{ "https, http", FORWARDED_TLS, "the first value" },
		{ "http,https", FORWARDED_PLAIN, "the first value" },
		{ "ftp", FORWARDED_UNSAID, "another" },
		{ "", FORWARDED_UNSAID, "none" },
		{ "httpsx", FORWARDED_UNSAID, "more than a word" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].scheme,
			 read_one(PROXY, "X-Forwarded-Proto", row[i].value)
				 .scheme,
			 row[i].why);
		CHECK_EQ(FORWARDED_UNSAID,
			 read_one(STRANGER, "X-Forwarded-Proto", row[i].value)
				 .scheme,
			 "a stranger is not believed");
	}
}

static void hosts(void **state)
{
	static const struct {
		const char *value, *host, *why;
	} row[] = {
		{ "voice.example.com", "voice.example.com", "a name" },
		{ "voice.example.com:8443", "voice.example.com:8443",
		  "a port" },
		{ "[2001:db8::1]:443", "[2001:db8::1]:443", "an address" },
		{ "a.example, b.example", "a.example", "the first value" },
		{ "a.example/path", "", "more than a host" },
		{ "a example", "", "a blank" },
		{ "user@a.example", "", "a user" },
		{ "a\"b", "", "a quote" },
		{ "", "", "none" },
	};
	char longest[FORWARDED_HOST_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_STR(
			row[i].host,
			read_one(PROXY, "X-Forwarded-Host", row[i].value).host,
			row[i].why);
		CHECK_STR("",
			  read_one(STRANGER, "X-Forwarded-Host", row[i].value)
				  .host,
			  "a stranger is not believed");
	}
	memset(longest, 'a', sizeof(longest));
	longest[FORWARDED_HOST_MAX] = '\0';
	CHECK_STR("", read_one(PROXY, "X-Forwarded-Host", longest).host,
		  "too long");
	CHECK_EQ(FORWARDED_HOST_MAX - 1,
		 strlen(read_one(PROXY, "X-Forwarded-Host", longest + 1).host),
		 "as long as can be");
}

static void whom_we_trust(void **state)
{
	(void)state;
	CHECK(forwarded_is_trusted(PROXY, proxies, 2), "a block");
	CHECK(forwarded_is_trusted("[2001:db8::5]:1", proxies, 2),
	      "an address");
	CHECK(!forwarded_is_trusted("[2001:db8::6]:1", proxies, 2), "beside");
	CHECK(!forwarded_is_trusted("unknown", proxies, 2), "nobody");
	CHECK(!forwarded_is_trusted(PROXY, proxies, 0), "none at all");
}

static void what_claims_to_be_forwarded(void **state)
{
	static const char *const names[] = { "forwarded", "X-Forwarded-For",
					     "x-real-ip", "Via" };
	struct http_message m = { .headers = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		m.header[0] = (struct http_header){ names[i], "x" };
		CHECK(forwarded_is_claimed(&m), names[i]);
	}
	m.header[0].name = "Host";
	CHECK(!forwarded_is_claimed(&m), "no proxy adds that");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_speaks),
		cmocka_unit_test(several_lines),
		cmocka_unit_test(hops_are_bounded),
		cmocka_unit_test(schemes),
		cmocka_unit_test(hosts),
		cmocka_unit_test(whom_we_trust),
		cmocka_unit_test(what_claims_to_be_forwarded),
	};

	return cmocka_run_group_tests(tests, make_proxies, NULL);
}
