#include "tools/testing/check.h"

#include <string.h>

#include "gateway/net/refusal.h"
#include "protocols/http.h"

static void bodies_in_words(void **state)
{
	static const struct {
		unsigned status;
		const char *body;
		const char *words;
		const char *why;
	} row[] = {
		{ 401, "", "HTTP 401 Unauthorized", "no body" },
		{ 799, "", "HTTP 799", "an unknown status" },
		{ 401, "{\"error\":{\"message\":\"bad key\",\"code\":1}}",
		  "HTTP 401 Unauthorized: bad key", "OpenAI's shape" },
		{ 401, "{\"error\":\"no\"}", "HTTP 401 Unauthorized: no",
		  "error as a text" },
		{ 401, "{\"message\":\"no\"}", "HTTP 401 Unauthorized: no",
		  "message at the top" },
		{ 401, "{\"error\":{\"message\":5}}", "HTTP 401 Unauthorized",
		  "a message that is no text" },
		{ 401, "[1]", "HTTP 401 Unauthorized", "JSON without words" },
		{ 502, "<html>Bad Gateway</html>", "HTTP 502 Bad Gateway",
		  "markup is left out" },
		{ 403, " line one\r\n\tline two \n",
		  "HTTP 403 Forbidden: line one line two",
		  "white space is one space" },
		{ 403, "a\x1b[31mb\x7f\xff", "HTTP 403 Forbidden: a?[31mb?\?",
		  "nothing that a terminal obeys" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char body[128], words[320];
		struct http_message m = { .status = row[i].status,
					  .body = body,
					  .body_len = strlen(row[i].body) };

		strcpy(body, row[i].body);
		refusal_describe(&m, words, sizeof(words));
		CHECK_STR(row[i].words, words, row[i].why);
	}
}

static void long_texts(void **state)
{
	char body[1001], words[40];
	struct http_message m = { .status = 403, .body = body };

	(void)state;
	memset(body, 'x', sizeof(body));
	body[201] = '\0';
	m.body_len = 201;
	CHECK_STR("HTTP 403 Forbidden", refusal_describe(&m, words, 40),
		  "a text of 201 characters is not a message");
	body[200] = '\0';
	m.body_len = 200;
	CHECK_EQ(39, strlen(refusal_describe(&m, words, 40)), "cut to cap");
}

static void retry_after(void **state)
{
	static const struct {
		const char *value;
		unsigned s;
		const char *why;
	} row[] = {
		{ "0", 0, "at once" },
		{ "120", 120, "seconds" },
		{ "3600", 3600, "an hour" },
		{ "3601", 3600, "not more than an hour" },
		{ "99999999999999999999", 3600, "nor an overflow" },
		{ "-5", 0, "not a number of seconds" },
		{ "1.5", 0, "nor this" },
		{ "Wed, 21 Oct 2026 07:28:00 GMT", 0, "a date" },
		{ "", 0, "empty" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct http_message m = {
			.header = { { "retry-after", row[i].value } },
			.headers = 1,
		};

		CHECK_EQ(row[i].s, refusal_retry_after_s(&m), row[i].why);
	}
	CHECK_EQ(0, refusal_retry_after_s(&(struct http_message){ 0 }),
		 "no header");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_in_words),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(retry_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
