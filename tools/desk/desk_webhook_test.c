#include "tools/testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocols/http.h"
#include "tools/desk/desk_report.h"
#include "tools/desk/desk_scenario.h"
#include "tools/desk/desk_server.h"
#include "tools/desk/desk_webhook.h"

#define NOW 1767225600

/* printf '1767225600.{"a":1}' | openssl dgst -sha256 -hmac word */
#define SIGNED \
	"e5df3b695615c5d47c1d95a843bad9d33dfd2c3e2a1e3b0f0c413987f0dc09aa"

static struct desk_scenario *load(const char *text, char *why, size_t cap)
{
	char path[] = "/tmp/tandem-desk-XXXXXX";
	int fd = mkstemp(path);

	CHECK_EQ(strlen(text), write(fd, text, strlen(text)), "written");
	close(fd);
	struct desk_scenario *s = desk_scenario_load(path, why, cap);
	unlink(path);
	return s;
}

static void signatures(void **state)
{
	static const struct {
		const char *header, *body;
		int64_t now_s;
		bool is_ok;
		const char *why;
	} row[] = {
		{ "t=1767225600,v1=" SIGNED, "{\"a\":1}", NOW, true, "right" },
		{ "t=1767225600,v1=00,v1=" SIGNED, "{\"a\":1}", NOW, true,
		  "one of two" },
		{ "t=1767225600,v1=" SIGNED, "{\"a\":1}", NOW + 300, true,
		  "just in time" },
		{ "t=1767225600,v1=" SIGNED, "{\"a\":1}", NOW + 301, false,
		  "too old" },
		{ "t=1767225600,v1=" SIGNED, "{\"a\":2}", NOW, false,
		  "another body" },
		{ "t=1767225601,v1=" SIGNED, "{\"a\":1}", NOW, false,
		  "another time" },
		{ "t=1767225600", "{\"a\":1}", NOW, false, "none" },
		{ "t=,v1=" SIGNED, "{\"a\":1}", NOW, false, "no time" },
		{ "v1=" SIGNED, "{\"a\":1}", NOW, false, "no time at all" },
		{ "t=x1767225600,v1=" SIGNED, "{\"a\":1}", NOW, false,
		  "not a time" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].is_ok,
			 desk_webhook_signature_ok(
				 row[i].header, "word", row[i].body,
				 strlen(row[i].body), row[i].now_s),
			 row[i].why);
}

static const char scenario[] = "webhooks:\n"
			       "- path: /hook\n"
			       "  headers: [{name: X-Who, value: me}]\n"
			       "  wants: '{\"a\":1}'\n"
			       "  answers:\n"
			       "  - {status: 503, retry_after_s: 2}\n"
			       "  - {body: '{\"ok\":true}'}\n"
			       "  requests: 2\n"
			       "- path: /big\n"
			       "  method: GET\n"
			       "  answers: [{size: 100}, {bad_utf8: true}]\n";

struct ask {
	const char *method, *target, *key, *who, *body;
	unsigned status, breaches;
	const char *why;
};

static unsigned take(struct desk_webhooks *w, const struct ask *a,
		     struct desk_reply *reply)
{
	char body[256];
	struct http_message m = { .method = a->method, .target = a->target };

	snprintf(body, sizeof(body), "%s", a->body);
	m.body = body;
	m.body_len = strlen(body);
	m.header[0] =
		(struct http_header){ "Content-Type", "application/json" };
	m.header[1] = (struct http_header){ "X-Who", a->who };
	m.header[2] = (struct http_header){ "Idempotency-Key", a->key };
	m.headers = 3;
	*reply = (struct desk_reply){ .status = 200 };
	buffer_init(&reply->body, DESK_REPLY_MAX);
	CHECK(desk_webhooks_take(w, &m, NOW, reply), "a path of ours");
	return reply->status;
}

static void requests_are_judged(void **state)
{
	static const struct ask row[] = {
		{ "POST", "/hook", "k1", "me", "{\"a\":1}", 503, 0,
		  "scripted" },
		{ "POST", "/hook", "k1", "me", "{\"a\":1,\"b\":2}", 400, 1,
		  "the key stood for another body" },
		{ "POST", "/hook", "k1", "me", "{\"a\":1}", 200, 1, "again" },
		{ "POST", "/hook", "k1", "me", "{\"a\":1}", 400, 2,
		  "it was answered" },
		{ "POST", "/hook", "", "me", "{\"a\":1}", 400, 3, "no key" },
		{ "POST", "/hook", "k2", "you", "{\"a\":1}", 400, 4,
		  "a wrong header" },
		{ "POST", "/hook", "k3", "me", "{\"a\":2}", 400, 5,
		  "not what is wanted" },
		{ "POST", "/hook", "k4", "me", "{\"a\":1", 400, 6, "no JSON" },
		{ "PUT", "/hook", "k5", "me", "{\"a\":1}", 405, 7,
		  "another method" },
		{ "GET", "/big?x=1", "", "", "", 200, 7, "needs no key" },
		{ "GET", "/big", "", "", "", 200, 7, "bad text" },
	};
	struct desk_report report = { .log = NULL };
	struct desk_webhooks w;
	struct desk_reply reply;
	char why[512];
	struct desk_scenario *s = load(scenario, why, sizeof(why));

	(void)state;
	CHECK(s, why);
	CHECK_EQ(0, desk_webhooks_init(&w, s, &report), "memory");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].status, take(&w, &row[i], &reply), row[i].why);
		CHECK_EQ(row[i].breaches, report.breaches, row[i].why);
		if (i == 0)
			CHECK_STR("Retry-After: 2\r\n", reply.headers, "when");
		if (i == 9)
			CHECK_EQ(100, reply.body.used, "its size");
		buffer_free(&reply.body);
	}
	desk_webhooks_end(&w);
	CHECK_EQ(7, report.breaches, "two good requests");
	w.asked[0] = 3;
	desk_webhooks_end(&w);
	CHECK_EQ(8, report.breaches, "three are too many");
	desk_webhooks_free(&w);
	desk_scenario_free(s);
}

static void bad_scenarios(void **state)
{
	static const char *const row[] = {
		"",
		"webhooks: [{path: hook, answers: [{status: 200}]}]\n",
		"webhooks: [{path: /hook}]\n",
		"webhooks: [{path: /hook, wants: '{', answers: [{}]}]\n",
		"webhook: []\n",
		"text: {answers: []}\n",
		"text: {answers: [{call: [{name: f, arguments: '{'}]}]}\n",
	};
	char why[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(!load(row[i], why, sizeof(why)), row[i]);
		CHECK(why[0], "in words");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures),
		cmocka_unit_test(requests_are_judged),
		cmocka_unit_test(bad_scenarios),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
