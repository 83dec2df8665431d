#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/url.h"

static void test_good(void **state)
{
	static const struct {
		const char *text, *scheme, *host;
		unsigned port;
		bool has_port, is_ipv6, is_secure;
		const char *target, *authority;
	} row[] = {
		{ "http://a", "http", "a", 80, false, false, false, "/", "a" },
		{ "https://a/", "https", "a", 443, false, false, true, "/",
		  "a" },
		{ "wss://api.example.com/v1/realtime?model=m", "wss",
		  "api.example.com", 443, false, false, true,
		  "/v1/realtime?model=m", "api.example.com" },
		{ "ws://127.0.0.1:8081/x", "ws", "127.0.0.1", 8081, true, false,
		  false, "/x", "127.0.0.1:8081" },
		{ "WS://A.b:80", "ws", "A.b", 80, true, false, false, "/",
		  "A.b" },
		{ "http://a:443/", "http", "a", 443, true, false, false, "/",
		  "a:443" },
		{ "https://a:443/", "https", "a", 443, true, false, true, "/",
		  "a" },
		{ "http://a:/x", "http", "a", 80, false, false, false, "/x",
		  "a" },
		{ "http://a?b=c", "http", "a", 80, false, false, false, "/?b=c",
		  "a" },
		{ "http://a/b#frag?x", "http", "a", 80, false, false, false,
		  "/b", "a" },
		{ "http://a#f", "http", "a", 80, false, false, false, "/",
		  "a" },
		{ "http://u:p@a:8/b@c", "http", "a", 8, true, false, false,
		  "/b@c", "a:8" },
		{ "http://u@v@a/", "http", "a", 80, false, false, false, "/",
		  "a" },
		{ "http://[::1]:90/x", "http", "::1", 90, true, true, false,
		  "/x", "[::1]:90" },
		{ "https://[2001:db8::7]", "https", "2001:db8::7", 443, false,
		  true, true, "/", "[2001:db8::7]" },
		{ "http://a/%20?q=%zz&r=a+b;", "http", "a", 80, false, false,
		  false, "/%20?q=%zz&r=a+b;", "a" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct url u;
		char authority[300];
		CHECK_EQ(0, url_parse(&u, row[i].text), row[i].text);
		CHECK_STR(row[i].scheme, u.scheme, row[i].text);
		CHECK_STR(row[i].host, u.host, row[i].text);
		CHECK_EQ(row[i].port, u.port, row[i].text);
		CHECK_EQ(row[i].has_port, u.has_port, row[i].text);
		CHECK_EQ(row[i].is_ipv6, u.is_ipv6, row[i].text);
		CHECK_EQ(row[i].is_secure, u.is_secure, row[i].text);
		CHECK_STR(row[i].target, u.target, row[i].text);
		CHECK_STR(row[i].authority,
			  url_authority(&u, authority, sizeof authority),
			  row[i].text);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{ "", "empty" },
		{ "a", "no scheme" },
		{ "//a/b", "no scheme" },
		{ "http:/a", "one slash" },
		{ "ftp://a", "unknown scheme" },
		{ "httpx://a", "unknown scheme" },
		{ "http://", "no host" },
		{ "http:///x", "no host" },
		{ "http://:80", "no host" },
		{ "http://u@", "no host" },
		{ "http://a:b", "port no number" },
		{ "http://a:0", "port 0" },
		{ "http://a:65536", "port too large" },
		{ "http://a:99999999999999999999", "port overflows" },
		{ "http://a:-1", "negative port" },
		{ "http://a b/", "blank in host" },
		{ "http://a/b c", "blank in target" },
		{ "http://a/b\r\nX: y", "header injection" },
		{ "http://a/\xc3\xa9", "target not ASCII" },
		{ "http://\xc3\xa9/", "host not ASCII" },
		{ "http://a\\b/", "backslash in host" },
		{ "http://[::1", "bracket stays open" },
		{ "http://[::1]x", "text behind bracket" },
		{ "http://[1.2.3.4]", "IPv4 in brackets" },
		{ "http://[]", "empty brackets" },
		{ "http://::1/", "IPv6 without brackets" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct url u;
		CHECK_EQ(-EINVAL, url_parse(&u, row[i].text), row[i].why);
	}
}

static void test_lengths(void **state)
{
	static char text[URL_TARGET_MAX + 300];
	struct url u;

	(void)state;
	snprintf(text, sizeof text, "http://%0253d/", 0);
	CHECK_EQ(0, url_parse(&u, text), "host of 253");
	snprintf(text, sizeof text, "http://%0254d/", 0);
	CHECK_EQ(-E2BIG, url_parse(&u, text), "host of 254");
	snprintf(text, sizeof text, "http://a/%0*d", URL_TARGET_MAX - 2, 0);
	CHECK_EQ(0, url_parse(&u, text), "target of 8191");
	snprintf(text, sizeof text, "http://a/%0*d", URL_TARGET_MAX - 1, 0);
	CHECK_EQ(-E2BIG, url_parse(&u, text), "target of 8192");
	snprintf(text, sizeof text, "http://a?%0*d", URL_TARGET_MAX - 2, 0);
	CHECK_EQ(-E2BIG, url_parse(&u, text), "one more for the slash");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_lengths),
	};
	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
