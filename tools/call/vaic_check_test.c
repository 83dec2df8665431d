/* The connectivity checks over real loopback sockets, against a bot that each
 * test tells how to answer. Numbers are sections of the AudioCodes reference.
 */
#include "tools/testing/check.h"

#include <stdio.h>
#include <string.h>

#include "tools/call/vaic_check.h"
#include "tools/testing/fake_bot.h"
#include "tools/testing/tls_contexts.h"

static struct vaic_check_end result;
static char breaches[512];
static char notes[512];
static bool is_over;

static void on_note(void *owner, const char *text)
{
	(void)owner;
	strncat(notes, text, 200);
	strcat(notes, "\n");
}

static void on_breach(void *owner, const char *code, const char *text)
{
	(void)owner;
	strcat(strcat(breaches, code), " ");
	strncat(breaches, text, 200);
	strcat(breaches, "\n");
}

static void on_over(void *owner, const struct vaic_check_end *end)
{
	(void)owner;
	result = *end;
	is_over = true;
	fake_bot_close();
}

static int begin(void **state)
{
	fake_bot_open(state ? *state : NULL);
	breaches[0] = notes[0] = 0;
	is_over = false;
	return 0;
}

static int finish(void **state)
{
	(void)state;
	return uv_loop_close(&fake_bot.loop);
}

static void check(const char *token, bool by_http, struct tls_context *tls)
{
	static const struct vaic_check_events events = { on_note, on_breach,
							 on_over };
	static const char *const header[] = { "X-Test: yes" };
	char url[96];
	struct vaic_endpoint e = {
		.url = url,
		.token = token,
		.header = header,
		.headers = 1,
		.tls = tls,
	};

	/* Either kind of URL serves for either check (1.1). */
	snprintf(url, sizeof(url), "%s%s://%s/ac/line?tenant=blue",
		 by_http ? "ws" : "http", tls ? "s" : "", fake_bot.authority);
	CHECK(vaic_check_begin(&fake_bot.loop, &e, by_http, &events, NULL),
	      "it begins");
	uv_run(&fake_bot.loop, UV_RUN_DEFAULT);
	CHECK(is_over, "it is over");
}

static void test_right(void **state)
{
	(void)state;
	check(FAKE_BOT_TOKEN, true, NULL);
	CHECK_STR("", breaches, "all was right");
	CHECK_EQ(200, result.http_status, "with the token");
	CHECK(strstr(notes, "without a token: 401"), "and without");
	CHECK(strstr(notes, "with a wrong token: 401"), "and with another");
	CHECK_STR("yes", fake_bot.header, "headers are sent");
	CHECK_STR("/ac/line?tenant=blue", fake_bot.target, "as configured");
}

static void test_no_token(void **state)
{
	(void)state;
	fake_bot.token = NULL;
	check(NULL, true, NULL);
	CHECK_STR("", breaches, "a bot that asks for none");
	CHECK_STR("", fake_bot.authorization, "1.2: no header at all");
}

static void test_wrong_answers(void **state)
{
	static const struct {
		unsigned status;
		const char *type, *body, *breach, *why;
	} row[] = {
		{ 204, "application/json", "", "1.5 the check: 204",
		  "only 200 will do" },
		{ 200, "text/plain", FAKE_BOT_BODY, "Content-Type: text/plain",
		  "JSON must be called JSON" },
		{ 200, "application/json; charset=utf-8", FAKE_BOT_BODY, "",
		  "a parameter does no harm" },
		{ 200, "application/jsonp", FAKE_BOT_BODY, "Content-Type",
		  "another type" },
		{ 200, "application/json",
		  "{\"type\": \"ac-bot-api\", \"success\": true}",
		  "1.5 the check's body", "the body is compared, not parsed" },
		{ 200, "application/json", FAKE_BOT_BODY "\n",
		  "1.5 the check's body", "to the last byte" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(NULL);
		fake_bot.status = row[i].status;
		fake_bot.type = row[i].type;
		fake_bot.body = row[i].body;
		check(FAKE_BOT_TOKEN, true, NULL);
		CHECK(strstr(breaches, row[i].breach), row[i].why);
		CHECK((breaches[0] == 0) == (row[i].breach[0] == 0),
		      row[i].why);
		finish(NULL);
	}
}

static void test_open_door(void **state)
{
	(void)state;
	fake_bot.token = NULL;
	check("anything", true, NULL);
	CHECK(strstr(breaches, "1.2 without a token: 200 instead of 401"),
	      "a token nobody asks for");
	CHECK(strstr(breaches, "1.2 with a wrong token: 200"), "nor compares");
}

static void test_refused(void **state)
{
	(void)state;
	check("wrong", true, NULL);
	CHECK(result.is_refused, "told");
	CHECK_EQ(401, result.http_status, "by status");
}

static void test_validate(void **state)
{
	(void)state;
	check(FAKE_BOT_TOKEN, false, NULL);
	CHECK_STR("", breaches, "all was right");
	CHECK_STR("connection.validate ", fake_bot.messages, "and no more");
	CHECK_EQ(1000, fake_bot.close_code, "closed by the client");
	CHECK_EQ(1, fake_bot.upgrades, "without the token there is none");
	CHECK(strstr(notes, "without a token: 401"), "but a 401");
}

static void test_invalid(void **state)
{
	(void)state;
	fake_bot.is_valid = false;
	check(FAKE_BOT_TOKEN, false, NULL);
	CHECK(strstr(breaches, "2.1 connection.validated without success"),
	      "the route is disabled");
}

static void test_validate_refused(void **state)
{
	(void)state;
	check("wrong", false, NULL);
	CHECK(result.is_refused, "the upgrade was not granted");
	CHECK_EQ(401, result.http_status, "with this status");
}

static void test_tls(void **state)
{
	struct tls_contexts contexts;

	(void)state;
	tls_contexts_make(&contexts, "localhost");
	for (int by_http = 0; by_http < 2; by_http++) {
		void *tls = contexts.server;

		begin(&tls);
		check(FAKE_BOT_TOKEN, by_http, contexts.client);
		CHECK_STR("", breaches, "by TLS, too");
		finish(NULL);
	}
	tls_contexts_free(&contexts);
}

static void test_nobody(void **state)
{
	(void)state;
	snprintf(fake_bot.authority, sizeof(fake_bot.authority), "127.0.0.1:9");
	check(FAKE_BOT_TOKEN, true, NULL);
	CHECK(!result.has_answer, "nobody answered");
}

static void test_urls(void **state)
{
	static const struct {
		const char *url;
		bool by_http;
		const char *expected, *why;
	} row[] = {
		{ "http://a/b?c=d", false, "ws://a/b?c=d", "to WebSocket" },
		{ "https://a:8443/b", false, "wss://a:8443/b", "with TLS" },
		{ "wss://a/b", false, "wss://a/b", "it is one" },
		{ "wss://a/b", true, "https://a/b", "for the check" },
		{ "ws://a/b", true, "http://a/b", "without TLS" },
		{ "ftp://a/b", true, NULL, "neither" },
		{ "a/b", false, NULL, "not absolute" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char out[64] = "";
		int err = vaic_link_url(out, sizeof(out), row[i].url,
					row[i].by_http);

		CHECK_EQ(row[i].expected ? 0 : -22, err, row[i].why);
		if (row[i].expected)
			CHECK_STR(row[i].expected, out, row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_right, begin, finish),
		cmocka_unit_test_setup_teardown(test_no_token, begin, finish),
		cmocka_unit_test(test_wrong_answers),
		cmocka_unit_test_setup_teardown(test_open_door, begin, finish),
		cmocka_unit_test_setup_teardown(test_refused, begin, finish),
		cmocka_unit_test_setup_teardown(test_validate, begin, finish),
		cmocka_unit_test_setup_teardown(test_invalid, begin, finish),
		cmocka_unit_test_setup_teardown(test_validate_refused, begin,
						finish),
		cmocka_unit_test(test_tls),
		cmocka_unit_test_setup_teardown(test_nobody, begin, finish),
		cmocka_unit_test(test_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
