/* A function's requests, with a network of our own: what is sent, what is tried
 * again, and what the model is told. */
#include "gateway/agents/http_function.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/tools.h"
#include "gateway/net/fetch.h"
#include "tools/testing/agent_rig.h"

static uv_loop_t loop;
static struct config_function *f;

/* --- The network --- */

static struct {
	char request[4096]; /* of the last: method, URL, headers, body */
	char key[64], signature[128]; /* what differs from run to run */
	unsigned timeout_ms;
	size_t body_max;
	unsigned started, cancelled;
	fetch_done_fn *on_done;
	void *owner;
} net;

static void take_header(const char *line)
{
	size_t at = strlen(net.request);

	if (strncmp(line, "Idempotency-Key: ", 17) == 0)
		snprintf(net.key, sizeof(net.key), "%s", line + 17);
	else if (strncmp(line, "X-Tandem-Signature: ", 20) == 0)
		snprintf(net.signature, sizeof(net.signature), "%s", line + 20);
	else
		snprintf(net.request + at, sizeof(net.request) - at, "|%s",
			 line);
}

struct fetch *fetch_start(struct fetch_port *p, const struct fetch_request *q,
			  fetch_done_fn *on_done, void *owner)
{
	(void)p;
	net.started++;
	net.timeout_ms = q->timeout_ms;
	net.body_max = q->body_max;
	net.on_done = on_done;
	net.owner = owner;
	snprintf(net.request, sizeof(net.request), "%s %s", q->method, q->url);
	for (unsigned i = 0; q->header[i]; i++)
		take_header(q->header[i]);
	if (q->body) {
		size_t at = strlen(net.request);
		snprintf(net.request + at, sizeof(net.request) - at, "|%.*s",
			 (int)q->body_len, (const char *)q->body);
	}
	return strstr(q->url, "impossible") ? NULL : (struct fetch *)&net;
}

void fetch_cancel(struct fetch *fetch)
{
	(void)fetch;
	net.cancelled++;
}

static void net_answers(int error, unsigned status, const char *type,
			const char *body, unsigned retry_ms)
{
	const struct fetch_answer answer = {
		.error = error,
		.why = error ? "nobody there" : "",
		.status = status,
		.type = type,
		.retry_ms = retry_ms,
		.body = body,
		.body_len = strlen(body),
	};

	net.on_done(net.owner, &answer);
}

/* --- The call --- */

static const char parameters[] =
	"{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},"
	"\"n\":{\"type\":\"integer\"}},\"required\":[\"id\"]}";

static void configure(void)
{
	struct config_agent_functions *all = &config.agent.functions;

	memset(&config, 0, sizeof(config));
	all->count = 1;
	f = &all->function[0];
	strcpy(f->name, "order");
	strcpy(f->description, "x");
	strcpy(f->parameters, parameters);
	strcpy(f->url, "http://h/o/{id}");
}

static int setup(void **state)
{
	(void)state;
	memset(&net, 0, sizeof(net));
	memset(&world, 0, sizeof(world));
	configure();
	assert_int_equal(0, uv_loop_init(&loop));
	world.loop = &loop;
	return 0;
}

/* The configuration is as it is to be: the call begins. */
static void open_call(void)
{
	static const struct log log;
	char why[256] = "";

	agent = (struct agent){ 0 };
	CHECK_EQ(0, agent_init(&agent, &config, 0, why, sizeof(why)), why);
	rig_begin("CA\r\n1", &log);
	call_carrier_variable(&call, "caller", "+1 2\r\nX: y");
	call_model_ready(&call, uv_hrtime());
}

static int teardown(void **state)
{
	(void)state;
	rig_end();
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(0, uv_loop_close(&loop), "nothing is left");
	CHECK_EQ(0, world.functions, "nor counted");
	agent_free(&agent);
	return 0;
}

static void ask(const char *arguments)
{
	told[0] = '\0';
	call_model_response(&call, "r", false, uv_hrtime());
	call_model_tool(&call, "t", "order", arguments, uv_hrtime());
	call_model_response_done(&call, "r", false, CALL_RESPONSE_DONE, "",
				 uv_hrtime());
}

#define COMMON "|Accept: application/json, text/*|X-Tandem-Call: CA  1"

static void what_is_sent(void **state)
{
	static const struct {
		enum config_method method;
		const char *url, *arguments, *request, *why;
	} row[] = {
		{ CONFIG_METHOD_POST, "http://h/o/{id}",
		  "{\"id\":\"a/b\",\"n\":2}",
		  "POST http://h/o/a%2Fb" COMMON
		  "|Content-Type: application/json|{\"n\":2}",
		  "the rest is the body" },
		{ CONFIG_METHOD_GET, "http://h/o/{id}",
		  "{\"id\":\"a\",\"n\":2}", "GET http://h/o/a?n=2" COMMON,
		  "or the query" },
		{ CONFIG_METHOD_DELETE, "http://h/o?c={{caller}}",
		  "{\"id\":\"a\"}",
		  "DELETE http://h/o?c=%2B1%202%0D%0AX%3A%20y&id=a" COMMON,
		  "with a fact of the call" },
		{ CONFIG_METHOD_PUT, "http://h/o", "{\"id\":\"a\"}",
		  "PUT http://h/o" COMMON
		  "|Content-Type: application/json|{\"id\":\"a\"}",
		  "all of it" },
		{ CONFIG_METHOD_PATCH, "http://h/{id}", "{\"id\":\"a\"}",
		  "PATCH http://h/a" COMMON
		  "|Content-Type: application/json|{}",
		  "none of it" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		f->method = row[i].method;
		strcpy(f->url, row[i].url);
		open_call();
		ask(row[i].arguments);
		CHECK_STR(row[i].request, net.request, row[i].why);
		CHECK_EQ(32, strlen(net.key), "a key of its own");
		CHECK_STR("", net.signature, "and no signature");
		net_answers(0, 200, "application/json", "{\"a\": 1}", 0);
		CHECK_STR("{\"a\": 1}", rig_answer(), "the answer, as it is");
		teardown(state);
		setup(state);
	}
	open_call();
}

static void headers_and_signature(void **state)
{
	(void)state;
	f->header_count = 1;
	strcpy(f->headers[0].name, "X-From");
	strcpy(f->headers[0].value, "tel {{caller}}");
	secret_set(&f->secret, "correct-horse", 13);
	f->timeout_ms = 3000;
	f->answer_max = 1000;
	open_call();
	ask("{\"id\":\"a\"}");
	CHECK_STR("POST http://h/o/a|X-From: tel +1 2  X: y" COMMON
		  "|Content-Type: application/json|{}",
		  net.request, "one line, whatever the caller's name");
	CHECK(strncmp(net.signature, "t=", 2) == 0 &&
		      strlen(strstr(net.signature, ",v1=")) == 4 + 64,
	      "signed");
	CHECK(net.timeout_ms > 2000 && net.timeout_ms <= 3000, "its time");
	CHECK_EQ(1000, net.body_max, "its size");
	net_answers(0, 204, "", "", 0);
}

static void what_the_model_is_told(void **state)
{
	static const struct {
		int error;
		unsigned status;
		const char *type, *body, *told, *why;
	} row[] = {
		{ 0, 200, "application/json; charset=utf-8", "[1]", "[1]",
		  "JSON" },
		{ 0, 201, "application/problem+json", "{}", "{}", "JSON, too" },
		{ 0, 200, "text/plain", "a \"b\"\n",
		  "{\"text\":\"a \\\"b\\\"\\n\"}", "text" },
		{ 0, 200, "", "{}", "{\"text\":\"{}\"}", "nobody says what" },
		{ 0, 204, "", "", "{\"status\":\"done\"}", "nothing" },
		{ 0, 200, "application/json", "<html>",
		  "{\"error\":\"the service's answer is damaged: it is said to "
		  "be JSON, and is not\"}",
		  "a lie" },
		{ 0, 200, "text/plain", "\xff",
		  "{\"error\":\"the service's answer is no text (not "
		  "UTF-8)\"}",
		  "bytes" },
		{ 0, 302, "text/html", "",
		  "{\"error\":\"the service answered 302 (Found): a redirect, "
		  "which is not followed\"}",
		  "somewhere else" },
		{ 0, 404, "application/json", "{\"why\":\"no\norder\"}",
		  "{\"error\":\"the service answered 404 (Not Found): "
		  "{\\\"why\\\":\\\"no order\\\"}\"}",
		  "with its reason" },
		{ 0, 500, "text/plain", "\xff",
		  "{\"error\":\"the service answered 500 (Internal Server "
		  "Error)\"}",
		  "unless that is no text" },
		{ 0, 799, "", "",
		  "{\"error\":\"the service answered 799 (a status nobody "
		  "knows)\"}",
		  "whatever it is" },
		{ -ETIMEDOUT, 0, "", "",
		  "{\"error\":\"the service did not answer within 10000 ms; "
		  "it may have done it all the same\"}",
		  "slow" },
		{ -ECONNREFUSED, 0, "", "",
		  "{\"error\":\"the service cannot be reached: nobody "
		  "there\"}",
		  "down" },
		{ -EPROTO, 0, "", "",
		  "{\"error\":\"the service cannot be understood: nobody "
		  "there\"}",
		  "no HTTP" },
		{ -EMSGSIZE, 0, "", "",
		  "{\"error\":\"the service's answer is larger than the 32768 "
		  "bytes that can be taken; ask for less\"}",
		  "huge" },
		{ -ENOBUFS, 0, "", "",
		  "{\"error\":\"too much is going on, try again later\"}",
		  "busy" },
	};

	(void)state;
	open_call();
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		ask("{\"id\":\"a\"}");
		net_answers(row[i].error, row[i].status, row[i].type,
			    row[i].body, 0);
		CHECK_STR(row[i].told, rig_answer(), row[i].why);
	}
}

/* Until the next try has begun. */
static void wait_for(unsigned started)
{
	while (net.started < started && uv_loop_alive(&loop))
		uv_run(&loop, UV_RUN_ONCE);
	CHECK_EQ(started, net.started, "tried again");
}

static void what_is_tried_again(void **state)
{
	char key[64];

	(void)state;
	f->retries = 2;
	open_call();
	ask("{\"id\":\"a\"}");
	strcpy(key, net.key);
	net_answers(-ECONNREFUSED, 0, "", "", 0);
	wait_for(2);
	CHECK_STR(key, net.key, "with the same key");
	net_answers(0, 503, "", "", 0);
	wait_for(3);
	CHECK_STR(key, net.key, "each time");
	CHECK_STR("", rig_answer(), "and nobody was told");
	net_answers(0, 503, "text/plain", "later", 0);
	CHECK_STR("{\"error\":\"the service answered 503 (Service "
		  "Unavailable): later\"}",
		  rig_answer(), "until it is enough");
	ask("{\"id\":\"a\"}");
	CHECK(strcmp(key, net.key) != 0, "another run has another key");
	net_answers(0, 200, "", "x", 0);
}

static void what_is_not_tried_again(void **state)
{
	static const struct {
		int error;
		unsigned status, retry_ms;
		const char *why;
	} row[] = {
		{ 0, 400, 0, "our mistake" },
		{ -ETIMEDOUT, 0, 0, "it may have been done" },
		{ -EMSGSIZE, 0, 0, "it would be as large" },
		{ -EPROTO, 0, 0, "a certificate does not get better" },
		{ 0, 429, 20000, "after the time that there is" },
	};

	(void)state;
	f->retries = 5;
	open_call();
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		net.started = 0;
		ask("{\"id\":\"a\"}");
		net_answers(row[i].error, row[i].status, "", "",
			    row[i].retry_ms);
		CHECK_EQ(1, net.started, row[i].why);
		CHECK(told[0], row[i].why);
	}
}

static void retry_after_is_kept_to(void **state)
{
	(void)state;
	f->retries = 1;
	open_call();
	ask("{\"id\":\"a\"}");
	uint64_t from = uv_hrtime();
	net_answers(0, 429, "", "", 300);
	wait_for(2);
	CHECK(uv_hrtime() - from >= 290 * 1000000ull, "not before");
	net_answers(0, 200, "", "x", 0);
	CHECK_STR("{\"text\":\"x\"}", rig_answer(), "then it works");
}

static void keep_answer(void *owner, const char *json)
{
	(void)owner;
	snprintf(told, sizeof(told), "- %s", json);
}

/* A supervisor waits so long, and its functions no longer. */
static void who_asks_may_have_less_time(void **state)
{
	const uint64_t ms = 1000000;

	(void)state;
	f->timeout_ms = 5000;
	open_call();
	for (unsigned left_ms = 2000; left_ms <= 8000; left_ms += 6000) {
		unsigned most_ms = left_ms < 5000 ? left_ms : 5000;
		CHECK(tool_run_start(
			      &a, &agent, tools_find(&agent.tools, "order"),
			      json_pack("{s:s}", "id", "a"),
			      uv_hrtime() + left_ms * ms, keep_answer, NULL),
		      "it runs");
		CHECK(net.timeout_ms > most_ms - 1000 &&
			      net.timeout_ms <= most_ms,
		      "whichever is less");
		net_answers(-ETIMEDOUT, 0, "", "", 0);
		CHECK(strstr(told, "did not answer within"),
		      "and is over then");
	}
}

static void the_caller_has_gone(void **state)
{
	(void)state;
	f->retries = 5;
	open_call();
	ask("{\"id\":\"a\"}");
	ask("{\"id\":\"b\"}"); /* the same id: not called again */
	CHECK_EQ(1, net.started, "one");
	call_carrier_ended(&call, CALL_END_CALLER, uv_hrtime());
	agent_call_close(&a);
	CHECK_EQ(1, net.cancelled, "the request is dropped");
}

static void the_caller_has_gone_between_two_tries(void **state)
{
	(void)state;
	f->retries = 5;
	open_call();
	ask("{\"id\":\"a\"}");
	net_answers(0, 503, "", "", 5000);
	call_carrier_ended(&call, CALL_END_CALLER, uv_hrtime());
	agent_call_close(&a);
	CHECK_EQ(0, net.cancelled, "nothing was under way");
	CHECK_EQ(1, net.started, "nor will be");
}

static void what_is_never_sent(void **state)
{
	static const struct {
		const char *arguments, *told, *why;
	} row[] = {
		{ "{\"n\":1}", "{\"error\":\"id is missing\"}", "a schema" },
		{ "{\"id\":\"..\"}",
		  "{\"error\":\"id must be text that is not empty, \\\".\\\" "
		  "or \\\"..\\\"\"}",
		  "another path" },
	};

	(void)state;
	open_call();
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		ask(row[i].arguments);
		CHECK_STR(row[i].told, rig_answer(), row[i].why);
	}
	CHECK_EQ(0, net.started, "nothing was asked");
	world.functions = HTTP_FUNCTIONS_MAX;
	ask("{\"id\":\"a\"}");
	CHECK_STR("{\"error\":\"too much is going on, try again later\"}",
		  rig_answer(), "too many");
	world.functions = 0;
	strcpy(f->url, "http://impossible/{id}");
	ask("{\"id\":\"a\"}");
	CHECK_STR("{\"error\":\"the request cannot be made: its address is no "
		  "URL\"}",
		  rig_answer(), "no URL after all");
}

static void what_is_no_function(void **state)
{
	static const struct {
		const char *parameters, *url, *told, *why;
	} row[] = {
		{ "{", "http://h/",
		  "agent.functions: order: parameters is no JSON: line 1: "
		  "string or '}' expected near end of file",
		  "half of one" },
		{ "{\"type\":\"object\",\"oneOf\":[]}", "http://h/",
		  "agent.functions: order: parameters: oneOf is a keyword "
		  "nobody here would keep to",
		  "more than is kept to" },
		{ "{}", "http://h/",
		  "agent.functions: order: parameters must have \"type\": "
		  "\"object\"",
		  "as models want it" },
		{ parameters, "http://h/{n}",
		  "agent.functions: order: url has {n}, which is not among the "
		  "required of its parameters",
		  "it might be missing" },
	};
	char why[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		agent = (struct agent){ 0 };
		strcpy(f->parameters, row[i].parameters);
		strcpy(f->url, row[i].url);
		CHECK_EQ(-EINVAL,
			 agent_init(&agent, &config, 0, why, sizeof(why)),
			 row[i].why);
		CHECK_STR(row[i].told, why, row[i].why);
		agent_free(&agent);
	}
	configure();
	open_call();
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_sent),
		TEST(headers_and_signature),
		TEST(what_the_model_is_told),
		TEST(what_is_tried_again),
		TEST(what_is_not_tried_again),
		TEST(retry_after_is_kept_to),
		TEST(who_asks_may_have_less_time),
		TEST(the_caller_has_gone),
		TEST(the_caller_has_gone_between_two_tries),
		TEST(what_is_never_sent),
		TEST(what_is_no_function),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
