#include "tools/testing/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/announce.h"
#include "gateway/ops/config.h"

static struct config config;

static void use(const char *yaml)
{
	char errors[512] = "";
	config_parse(&config, yaml, strlen(yaml), "t.yaml", errors,
		     sizeof(errors));
	CHECK_STR("", errors, "a good configuration");
}

static void print_warning(void *owner, const char *event, const char *bot,
			  const char *why)
{
	fprintf(owner, "%s %s: %s\n", event, bot ? bot : "-", why);
}

/* What is printed; the test frees it. */
static char *printed(bool is_listening)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	assert_non_null(out);
	if (is_listening)
		announce_listening(out, &config, 4711, 3);
	else
		announce_paste(out, &config),
			announce_each_warning(&config, print_warning, out);
	fclose(out);
	return text;
}

static void tells_urls(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *url, *why;
	} row[] = {
		{ "listen: '[::1]:0'\n",
		  "    ws://[::1]:4711/audiocodes/tandem\n",
		  "no public address: where it listens, on the port it got" },
		{ "public_url: https://voice.example.com/x/\n",
		  "    wss://voice.example.com/x/audiocodes/tandem\n",
		  "https is wss" },
		{ "public_url: http://10.0.0.1:81\n",
		  "    ws://10.0.0.1:81/audiocodes/tandem\n", "http is ws" },
		{ "audiocodes: {bots: [a, b]}\n",
		  "    ws://127.0.0.1:4711/audiocodes/b\n", "each bot" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		use(row[i].yaml);
		char *text = printed(true);
		CHECK(strstr(text, row[i].url), row[i].why);
		free(text);
	}
	use("audiocodes: {bots: []}\n");
	char *text = printed(true);
	CHECK(strstr(text, "  Workers: 3\n"), "how many carry calls");
	CHECK(!strstr(text, "AudioCodes"), "no bot, no word of it");
	free(text);
}

/* Which bots are open to this machine only. */
static void warns(void **state)
{
	(void)state;
	static const char open_a[] = "no_token a: AUDIOCODES_TOKENS has";
	static const char open_b[] = "no_token b: AUDIOCODES_TOKENS has";
	use("audiocodes: {bots: [a, b]}\n");
	config.audiocodes.tokens[1].count = 1;
	char *text = printed(false);
	CHECK(strstr(text, "Bot URL                "
			   "ws://127.0.0.1:8080/audiocodes/a\n"),
	      "the configured port");
	CHECK(strstr(text, "none (this machine only)"), "a: nothing to enter");
	CHECK(strstr(text, "permanent token, this bot's"), "b: its token");
	CHECK(strstr(text, open_a), "no token");
	CHECK(!strstr(text, open_b), "a token");
	CHECK(strstr(text, "unsigned -: TWILIO_AUTH_TOKEN is not set"),
	      "Twilio");
	free(text);
	use("audiocodes: {bots: [a], oauth: {issuer: i, jwks: k.json}}\n");
	text = printed(false);
	CHECK(!strstr(text, open_a), "signed tokens will do");
	CHECK(strstr(text, "OAuth 2.0"), "and that is what to choose");
	free(text);
}

/* Where the figures are, and when they are open to others. */
static void tells_of_the_admin(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *line;
		bool is_open;
	} row[] = {
		{ "{}\n", "  Admin: http://127.0.0.1:8081\n", false },
		{ "admin: {listen: '[::1]:0'}\n",
		  "  Admin: http://[::1]:8081\n", false },
		{ "admin: {listen: '0.0.0.0:8081'}\n",
		  "  Admin: http://0.0.0.0:8081\n", true },
		{ "admin: {listen: '10.0.0.127:8081'}\n",
		  "  Admin: http://10.0.0.127:8081\n", true },
		{ "admin: {listen: ''}\n", "", false },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);
		assert_non_null(out);
		use(row[i].yaml);
		announce_admin(out, &config, *row[i].line ? 8081 : 0);
		fclose(out);
		CHECK_STR(row[i].line, text, row[i].yaml);
		free(text);
		text = printed(false);
		CHECK_EQ(row[i].is_open,
			 strstr(text, "admin.listen is not") != NULL,
			 row[i].yaml);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_urls),
		cmocka_unit_test(warns),
		cmocka_unit_test(tells_of_the_admin),
	};
	return cmocka_run_group_tests_name("announce", tests, NULL, NULL);
}
