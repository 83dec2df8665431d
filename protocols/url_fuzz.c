/* A URL put together from what was parsed parses to the same; and nothing in
 * its parts could forge a line of a request. */
#include "tools/testing/fuzz.h"

#include "protocols/url.h"

static void check_parts(const struct url *u)
{
	FUZZ_CHECK(u->target[0] == '/');
	FUZZ_CHECK(u->port > 0 && u->port < 65536);
	FUZZ_CHECK(strlen(u->host) > 0);
	FUZZ_CHECK(!strpbrk(u->host, "/?#@ \r\n\t"));
	for (const char *c = u->target; *c; c++)
		FUZZ_CHECK(*c > ' ' && *c <= '~' && *c != '#');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct url u, again;
	static char text[URL_TARGET_MAX + URL_HOST_MAX + 32];
	char authority[URL_HOST_MAX + 16];
	char *input = fuzz_text(data, n);

	if (!url_parse(&u, input)) {
		check_parts(&u);
		snprintf(text, sizeof text, "%s://%s%s", u.scheme,
			 url_authority(&u, authority, sizeof authority),
			 u.target);
		FUZZ_CHECK(!url_parse(&again, text));
		again.has_port = u.has_port; /* a default port is left out */
		FUZZ_CHECK(!memcmp(&u, &again, sizeof u));
	}
	free(input);
	return 0;
}
