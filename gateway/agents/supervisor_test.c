/* A question to the text model, with a network of our own: what it is sent, the
 * functions it calls, and what the model that speaks is told. */
#include "gateway/agents/supervisor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/agents/http_function.h"
#include "gateway/agents/supervisor_talk.h"
#include "gateway/net/fetch.h"
#include "gateway/records/price.h"
#include "tools/desk/desk_text_shape.h"
#include "tools/testing/agent_rig.h"

#define WITHOUT                                                           \
	"; tell the caller that you cannot find that out right now, and " \
	"offer other help\"}"
#define URL "https://text.example/v1/x"
#define MS  1000000ull

static uv_loop_t loop;
static struct log log_of_call;
static struct config_agent_supervisor *s;
static char said[512];   /* what the model was to say meanwhile */
static char billed[512]; /* "in cached out unsplit;" of each */

/* --- The network: every request of a test --- */

static struct net_request {
	char *text; /* method, URL, headers, body */
	bool is_text_model;
	unsigned timeout_ms;
	size_t body_max;
	bool is_cancelled;
	fetch_done_fn *on_done;
	void *owner;
} net[64];
static unsigned requests;

/* By the desk's word. */
static void check_shape(const struct fetch_request *q)
{
	char why[256] = "no JSON";
	json_t *body =
		json_loadb(q->body, q->body_len, JSON_REJECT_DUPLICATES, NULL);
	int err = !body ? -1
		  : s->api == CONFIG_SUPERVISOR_CHAT
			  ? desk_text_shape_chat(body, why, sizeof(why))
			  : desk_text_shape_responses(body, why, sizeof(why));

	CHECK_EQ(0, err, why);
	json_decref(body);
}

struct fetch *fetch_start(struct fetch_port *p, const struct fetch_request *q,
			  fetch_done_fn *on_done, void *owner)
{
	struct net_request *n = &net[requests++];
	size_t len;
	FILE *f;

	(void)p;
	CHECK(requests <= ARRAY_LEN(net), "no more than the test can see");
	*n = (struct net_request){ .timeout_ms = q->timeout_ms,
				   .body_max = q->body_max,
				   .on_done = on_done,
				   .owner = owner };
	n->is_text_model = strstr(q->url, "text.example");
	f = open_memstream(&n->text, &len);
	fprintf(f, "%s %s", q->method, q->url);
	for (unsigned i = 0; q->header[i]; i++)
		fprintf(f, "|%s", q->header[i]);
	fprintf(f, "|%.*s", (int)q->body_len, (const char *)q->body);
	fclose(f);
	if (n->is_text_model)
		check_shape(q);
	return strstr(q->url, "impossible") ? NULL : (struct fetch *)n;
}

void fetch_cancel(struct fetch *fetch)
{
	struct net_request *n = (struct net_request *)fetch;

	CHECK(!n->is_cancelled && n->on_done, "once, and not when it is over");
	n->is_cancelled = true;
}

static void answers(unsigned i, int error, unsigned status, const char *body,
		    size_t len)
{
	const struct fetch_answer answer = {
		.error = error,
		.why = error ? "nobody there" : "",
		.status = status,
		.type = "application/json",
		.body = body,
		.body_len = len,
	};
	fetch_done_fn *on_done = net[i].on_done;

	CHECK(i < requests && on_done && !net[i].is_cancelled, "it is asked");
	net[i].on_done = NULL;
	on_done(net[i].owner, &answer);
}

static void answers_with(unsigned i, const char *body)
{
	answers(i, 0, 200, body, strlen(body));
}

/* Whether the text is in the i-th request. */
static bool has(unsigned i, const char *text)
{
	return i < requests && strstr(net[i].text, text);
}

/* --- What the text model says, in either shape --- */

static bool is_chat(void)
{
	return s->api == CONFIG_SUPERVISOR_CHAT;
}

static void says(unsigned i, const char *text)
{
	char body[1024];

	snprintf(body, sizeof(body),
		 is_chat() ? "{\"choices\":[{\"message\":{\"content\":\"%s\"}}]"
			     "}"
			   : "{\"output\":[{\"type\":\"message\",\"content\":["
			     "{\"type\":\"output_text\",\"text\":\"%s\"}]}]}",
		 text);
	answers_with(i, body);
}

/* Functions as "name arguments", in quotes as JSON in JSON wants them; NULL
 * ends. Their ids are c0, c1 … */
static void calls(unsigned i, const char *const *wanted)
{
	char body[8192];
	size_t at = (size_t)sprintf(
		body, is_chat() ? "{\"choices\":[{\"message\":{\"content\":"
				  "null,\"tool_calls\":["
				: "{\"output\":[");

	for (unsigned n = 0; wanted[n]; n++) {
		const char *arguments = strchr(wanted[n], ' ');
		at += (size_t)snprintf(
			body + at, sizeof(body) - at,
			is_chat() ? "%s{\"id\":\"c%u\",\"type\":\"function\","
				    "\"function\":{\"name\":\"%.*s\","
				    "\"arguments\":\"%s\"}}"
				  : "%s{\"type\":\"function_call\",\"call_id\":"
				    "\"c%u\",\"name\":\"%.*s\",\"arguments\":"
				    "\"%s\"}",
			n ? "," : "", n, (int)(arguments - wanted[n]),
			wanted[n], arguments + 1);
	}
	strcpy(body + at, is_chat() ? "]}}]}" : "]}");
	answers_with(i, body);
}

#define CALLS(i, ...) calls(i, (const char *const[]){ __VA_ARGS__, NULL })
#define ORDER(id)     "order {\\\"id\\\":\\\"" id "\\\"}"

/* How its request tells it what a function answered. */
static bool is_told(unsigned i, const char *id, const char *output)
{
	char text[512];

	snprintf(text, sizeof(text),
		 is_chat() ? "\"role\":\"tool\",\"tool_call_id\":\"%s\","
			     "\"content\":\"%s\"}"
			   : "\"type\":\"function_call_output\",\"call_id\":"
			     "\"%s\",\"output\":\"%s\"}",
		 id, output);
	return has(i, text);
}

/* --- The call --- */

static void add_function(unsigned i, const char *name, const char *url)
{
	struct config_function *f = &config.agent.functions.function[i];

	strcpy(f->name, name);
	strcpy(f->description, "x");
	strcpy(f->parameters,
	       "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":"
	       "\"string\"}},\"required\":[\"id\"]}");
	strcpy(f->url, url);
	config.agent.functions.count = i + 1;
}

static int setup_shape(enum config_supervisor_api api)
{
	memset(&config, 0, sizeof(config));
	memset(&world, 0, sizeof(world));
	told[0] = said[0] = '\0';
	requests = 0;
	s = &config.agent.supervisor;
	*s = (struct config_agent_supervisor){ .api = api, .url = URL };
	s->timeout_ms = 60000;
	strcpy(s->model, "larger");
	strcpy(s->instructions, "Be brief.");
	secret_set(&s->key, "sk-desk", 7);
	s->tool_count = 2;
	strcpy(s->tools[0], "order");
	strcpy(s->tools[1], "stock");
	config.agent.tools =
		CONFIG_TOOL_ASK_SUPERVISOR | CONFIG_TOOL_COLLECT_DIGITS;
	config.agent.variable_count = 1;
	strcpy(config.agent.variables[0], "caller");
	add_function(0, "order", "http://h/order");
	add_function(1, "stock", "http://h/stock");
	assert_int_equal(0, uv_loop_init(&loop));
	world.loop = &loop;
	log_open(&log_of_call, memfd_create("log", 0), LOG_DEBUG);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return setup_shape(CONFIG_SUPERVISOR_RESPONSES);
}

static int setup_chat(void **state)
{
	(void)state;
	return setup_shape(CONFIG_SUPERVISOR_CHAT);
}

static void say(void *session, const char *words)
{
	(void)session;
	snprintf(said, sizeof(said), "%s", words);
}

static void add_note(void *session, const char *text)
{
	(void)session;
	(void)text;
}

static void on_billed(void *owner, const struct agent *of, const char *model,
		      const struct price_usage *u)
{
	size_t at = strlen(billed);

	CHECK(owner == &config && of == &agent, "whose it is");
	CHECK_STR("larger", model, "by the name that a price has");
	snprintf(billed + at, sizeof(billed) - at, "%d %d %d %d;",
		 (int)u->tokens[PRICE_TEXT_IN],
		 (int)u->tokens[PRICE_TEXT_IN_CACHED],
		 (int)u->tokens[PRICE_TEXT_OUT], (int)u->unsplit);
}

/* The configuration is as it is to be: the call begins. */
static void open_call(void)
{
	char why[256] = "";

	agent = (struct agent){ 0 };
	CHECK_EQ(0, agent_init(&agent, &config, 0, why, sizeof(why)), why);
	rig_model.say = say;
	rig_model.add_note = add_note;
	rig_begin("CA1", &log_of_call);
	a.on_billed = on_billed;
	a.owner = &config;
	billed[0] = '\0';
	call_carrier_variable(&call, "caller", "+33170000001");
	call_model_ready(&call, uv_hrtime());
}

static void close_call(void)
{
	rig_end();
	agent_free(&agent);
	for (unsigned i = 0; i < requests; i++)
		free(net[i].text);
	requests = 0;
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(0, world.functions, "no function is counted any more");
}

static int teardown(void **state)
{
	(void)state;
	close_call();
	CHECK_EQ(0, uv_loop_close(&loop), "nothing is left");
	close(log_of_call.fd);
	secret_wipe(&s->key);
	secret_wipe(&config.model.key);
	return 0;
}

static void call_tool(const char *id, const char *name, const char *arguments)
{
	char response[32];

	snprintf(response, sizeof(response), "r-%s", id);
	call_model_response(&call, response, false, uv_hrtime());
	call_model_tool(&call, id, name, arguments, uv_hrtime());
	call_model_response_done(&call, response, false, CALL_RESPONSE_DONE, "",
				 uv_hrtime());
}

static void ask(void)
{
	told[0] = '\0';
	call_tool("t", "ask_supervisor", "{\"question\":\"Open on Monday?\"}");
}

static void hear(enum call_words_kind kind, const char *text)
{
	agent_call_port.hear(&a, &(struct call_words){ .kind = kind,
						       .item_id = "i",
						       .text = text });
}

/* The log so far. */
static const char *logged(void)
{
	static char text[65536];
	ssize_t n = pread(log_of_call.fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* --- What it is asked --- */

static void what_it_is_sent(void **state)
{
	(void)state;
	open_call();
	hear(CALL_WORDS_AGENT, "Good morning.");
	hear(CALL_WORDS_CALLER, "Are you open\non Monday?");
	ask();
	CHECK_EQ(1, requests, "one request");
	CHECK(has(0, "POST " URL "|Content-Type: application/json|"
		     "Authorization: Bearer sk-desk|{\"model\":\"larger\","),
	      "with its key");
	CHECK(has(0, is_chat() ? "{\"role\":\"system\",\"content\":\"Be brief."
				 "\"},{\"role\":\"user\",\"content\":\""
			       : "\"instructions\":\"Be brief.\",\"input\":[{"
				 "\"type\":\"message\",\"role\":\"user\","
				 "\"content\":\""),
	      "its instructions are apart from what was said");
	CHECK(has(0, "\"[call] Facts from the telephone network:\\ncaller: "
		     "+33170000001\\n\\nWhat was said lately:\\nagent: Good "
		     "morning.\\ncaller: Are you open on Monday?\\n\\nThe "
		     "assistant asks you:\\nOpen on Monday?\""),
	      "facts, what was said, and the question");
	CHECK(has(0, "\"name\":\"order\"") && has(0, "\"name\":\"stock\""),
	      "the functions it may call");
	CHECK(!has(0, "ask_supervisor") && !has(0, "collect_digits"),
	      "and no other");
	CHECK(net[0].timeout_ms > 50000 && net[0].timeout_ms <= 60000,
	      "the time it has");
	CHECK_EQ(SUPERVISOR_BODY_MAX, net[0].body_max, "what may come back");
	says(0, "Yes, \\\"from\\\" eight.");
	CHECK_STR("t {\"answer\":\"Yes, \\\"from\\\" eight.\"}", told,
		  "the answer");
	ask();
	CHECK(has(1, "Yes") == false, "the next is a conversation of its own");
	says(1, "x");
}

static void without_a_transcript(void **state)
{
	(void)state;
	config.agent.variable_count = 0;
	open_call();
	ask();
	CHECK(has(0, "\"content\":\"The assistant asks you:\\nOpen on "
		     "Monday?\""),
	      "nothing is made up");
	says(0, "x");
}

static void a_question_that_is_none(void **state)
{
	static const struct {
		const char *arguments, *told, *why;
	} row[] = {
		{ "{\"question\":\"\"}",
		  "t {\"error\":\"question must be what you want to know\"}",
		  "empty" },
		{ "{}", "t {\"error\":\"question is missing\"}", "missing" },
		{ "{\"question\":7}",
		  "t {\"error\":\"question must be a string\"}", "a number" },
		{ "{\"question\":\"a\\u0000b\"}",
		  "t {\"error\":\"the arguments must be a JSON object of at "
		  "most 16384 bytes of UTF-8\"}",
		  "a NUL" },
	};

	(void)state;
	open_call();
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		told[0] = '\0';
		call_tool("t", "ask_supervisor", row[i].arguments);
		CHECK_STR(row[i].told, told, row[i].why);
	}
	CHECK_EQ(0, requests, "nobody was asked");
	strcpy(config.agent.supervisor.url, "https://impossible.text.example");
	ask();
	CHECK_STR("{\"error\":\"the supervisor does not answer: the request "
		  "could not be made" WITHOUT,
		  rig_answer(), "an address that is no URL after all");
	requests = 0;
	free(net[0].text);
}

static void whose_key_it_gets(void **state)
{
	static const struct {
		const char *own, *url, *model_url, *key, *why;
	} row[] = {
		{ "sk-own", URL, "wss://text.example/v1", "sk-own", "its own" },
		{ "sk-own", "http://text.example/v1", "wss://m/v1", "sk-own",
		  "wherever the operator wants it" },
		{ "", URL, "wss://text.example/v1/realtime", "sk-model",
		  "the model's, on the same host" },
		{ "", "http://text.example:8080/v1", "ws://text.example:8080/m",
		  "sk-model", "of one machine without TLS" },
		{ "", "http://text.example/v1", "wss://text.example/v1", NULL,
		  "not in the clear" },
		{ "", URL, "wss://example/v1", NULL, "another host" },
		{ "", URL, "wss://text.example.net/v1", NULL, "a longer name" },
		{ "", URL, "wss://text.example:444/v1", NULL, "another port" },
		{ "", "https://m@text.example/", "wss://m/v1", NULL,
		  "a user's name is no host" },
		{ "", URL, "", NULL, "no model" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char header[64];

		secret_wipe(&s->key);
		secret_set(&s->key, row[i].own, strlen(row[i].own));
		secret_set(&config.model.key, "sk-model", 8);
		strcpy(s->url, row[i].url);
		strcpy(config.model.url, row[i].model_url);
		open_call();
		ask();
		snprintf(header, sizeof(header), "|Authorization: Bearer %s|",
			 row[i].key ? row[i].key : "");
		CHECK_EQ(!!row[i].key, has(0, header), row[i].why);
		CHECK(row[i].key || !has(0, "Authorization"), row[i].why);
		says(0, "x");
		close_call();
	}
	open_call();
}

/* --- Its functions --- */

static void functions_run_at_once(void **state)
{
	(void)state;
	open_call();
	ask();
	CALLS(0, ORDER("1"), "stock {\\\"id\\\":\\\"2\\\"}", ORDER("3"));
	CHECK_EQ(4, requests, "all are under way");
	CHECK(has(1, "http://h/order") && has(1, "{\"id\":\"1\"}") &&
		      has(2, "http://h/stock") && has(3, "{\"id\":\"3\"}"),
	      "each as it was called");
	CHECK(!has(1, "sk-desk"), "the key is not for them");
	answers_with(3, "[3]");
	answers(2, 0, 500, "", 0);
	CHECK_EQ(4, requests, "it waits for the slowest");
	answers_with(1, "[1]");
	CHECK_EQ(5, requests, "then it is asked again");
	CHECK(is_told(4, "c0", "[1]") && is_told(4, "c2", "[3]"),
	      "with what they answered");
	CHECK(is_told(4, "c1",
		      "{\\\"error\\\":\\\"the service answered 500 (Internal "
		      "Server Error)\\\"}"),
	      "and what failed, as an error");
	CHECK(has(4, "Open on Monday?"), "behind the question");
	CHECK(!has(4, "tool_choice"), "it may call more");
	CHECK_STR("", told, "nobody was told yet");
	says(4, "done");
	CHECK_STR("{\"answer\":\"done\"}", rig_answer(), "now");
}

static void functions_that_cannot_run(void **state)
{
	(void)state;
	open_call();
	ask();
	CALLS(0, "collect_digits {}", "ask_supervisor {}", "order {}",
	      "stock not JSON");
	CHECK_EQ(2, requests, "nothing runs: it is told at once");
	CHECK(is_told(1, "c0",
		      "{\\\"error\\\":\\\"there is no function of that name"
		      "\\\"}"),
	      "one that only the model that speaks has");
	CHECK(is_told(1, "c1",
		      "{\\\"error\\\":\\\"there is no function of that name"
		      "\\\"}"),
	      "nor does it ask itself");
	CHECK(is_told(1, "c2", "{\\\"error\\\":\\\"id is missing\\\"}"),
	      "arguments that do not fit");
	CHECK(has(1, "the arguments must be a JSON object"), "or are none");
	says(1, "x");
	CHECK_STR("{\"answer\":\"x\"}", rig_answer(),
		  "it answers all the same");
}

static void a_call_runs_so_many(void **state)
{
	(void)state;
	open_call();
	ask();
	call_tool("u", "ask_supervisor", "{\"question\":\"Why?\"}");
	CHECK_EQ(2, requests, "two questions");
	for (unsigned i = 0; i < 2; i++)
		CALLS(i, ORDER("0"), ORDER("1"), ORDER("2"), ORDER("3"),
		      ORDER("4"), ORDER("5"), ORDER("6"), ORDER("7"));
	CHECK_EQ(TOOL_RUNS_MAX, a.running, "no more than a call may have");
	CHECK_EQ(TOOL_RUNS_MAX, requests, "14 functions for both");
	for (unsigned i = 2; i < 16; i++)
		answers_with(i, "1");
	CHECK_EQ(18, requests, "both are asked again");
	CHECK(!has(16, "too many functions run"), "the first had all its own");
	CHECK(is_told(17, "c5", "1") &&
		      is_told(17, "c6",
			      "{\\\"error\\\":\\\"too many functions run "
			      "already\\\"}"),
	      "the second the rest");
	says(16, "x");
	says(17, "y");
	CHECK_STR("u {\"answer\":\"y\"}", told, "both answer");
}

static void rounds_are_bounded(void **state)
{
	(void)state;
	open_call();
	ask();
	for (unsigned round = 0; round < SUPERVISOR_ROUNDS_MAX; round++) {
		CHECK(!has(2 * round, "\"tool_choice\""), "it may call some");
		CALLS(2 * round, ORDER("1"));
		answers_with(2 * round + 1, "[]");
	}
	CHECK_EQ(2 * SUPERVISOR_ROUNDS_MAX + 1, requests, "one last time");
	CHECK(has(8, "\"tool_choice\":\"none\""), "it has to answer now");
	CALLS(8, ORDER("1"));
	CHECK_EQ(9, requests, "nothing is run any more");
	CHECK_STR("{\"error\":\"the supervisor does not answer: it called "
		  "functions and never answered" WITHOUT,
		  rig_answer(), "and that was it");
}

/* --- Time --- */

static void there_is_no_time(void **state)
{
	(void)state;
	s->timeout_ms = 1;
	open_call();
	ask();
	CHECK_EQ(0, requests, "nothing is begun");
	CHECK_STR("{\"error\":\"the supervisor does not answer: it took too "
		  "long" WITHOUT,
		  rig_answer(), "with a millisecond");
}

/* Functions have what is left, and nothing is asked behind it. */
static void time_is_for_all_of_it(void **state)
{
	(void)state;
	s->timeout_ms = 3000;
	open_call();
	ask();
	uint64_t due_ns = uv_hrtime() + 3000 * MS;
	CALLS(0, ORDER("1"));
	CHECK(net[1].timeout_ms <= 3000, "a function's own 10 s are less here");
	while (uv_hrtime() < due_ns)
		usleep(20000);
	answers(1, -ETIMEDOUT, 0, "", 0);
	CHECK_EQ(2, requests, "it is not asked again");
	CHECK_STR("{\"error\":\"the supervisor does not answer: it took too "
		  "long" WITHOUT,
		  rig_answer(), "its time is over");
}

static void the_caller_has_gone(void **state)
{
	(void)state;
	open_call();
	ask();
	call_carrier_ended(&call, CALL_END_CALLER, uv_hrtime());
	agent_call_close(&a);
	CHECK(net[0].is_cancelled, "the question is dropped");
	CHECK_STR("", told, "nobody is told");
	CHECK(strstr(logged(), "name=ask_supervisor how=cancelled"), "logged");
	CHECK(!strstr(logged(), "supervisor_failed"), "and no failure");
}

static void the_caller_has_gone_while_functions_run(void **state)
{
	(void)state;
	open_call();
	ask();
	CALLS(0, ORDER("1"), ORDER("2"), "unknown {}");
	answers_with(1, "[]");
	call_carrier_ended(&call, CALL_END_CALLER, uv_hrtime());
	agent_call_close(&a);
	CHECK(!net[1].is_cancelled && net[2].is_cancelled,
	      "those that run are dropped");
	CHECK_EQ(3, requests, "and nothing follows");
	CHECK_STR("", told, "nobody is told");
}

/* --- What comes back --- */

static void what_the_model_is_told(void **state)
{
	static const struct {
		int error;
		unsigned status;
		const char *body, *why_not;
	} row[] = {
		{ 0, 302, "", "it sends us somewhere else (302)" },
		{ 0, 400, "{\"error\":{\"code\":\"x\"}}",
		  "it does not understand our request (400)" },
		{ 0, 401, "", "it does not accept our key (401)" },
		{ 0, 403, "<p>", "it does not accept our key (403)" },
		{ 0, 404, "\xff", "it does not understand our request (404)" },
		{ 0, 429, "", "it has too much to do (429)" },
		{ 0, 500, "", "it has a fault of its own (500)" },
		{ 0, 599, "", "it has a fault of its own (599)" },
		{ -ETIMEDOUT, 0, "", "it took too long" },
		{ -EMSGSIZE, 0, "", "it said more than can be taken" },
		{ -EPROTO, 0, "", "it cannot be understood (nobody there)" },
		{ -ECONNREFUSED, 0, "", "it cannot be reached (nobody there)" },
		{ -ENOBUFS, 0, "", "it cannot be reached (nobody there)" },
		{ 0, 200, "", "its answer is not JSON" },
		{ 0, 204, "", "its answer is not JSON" },
		{ 0, 200, "<html>", "its answer is not JSON" },
		{ 0, 200, "[]", "its answer is not JSON" },
		{ 0, 200, "{}", "it answered nothing" },
		{ 0, 200, "{\"output\":[{\"type\":\"message\"}]}",
		  "it answered nothing" },
		{ 0, 200, "{\"a\":\"\xff\"}", "its answer is not JSON" },
		{ 0, 200, "{\"output\":[],\"choices\":[],\"a\":\"\\ud800\"}",
		  "its answer is not JSON" },
		{ 0, 200, "{\"a\":\"\\u0000\"}", "its answer is not JSON" },
		{ 0, 200, "{\"error\":{\"message\":\"quo\\u0007ta\"}}",
		  "it reports an error: quo ta" },
	};
	char expected[512];

	(void)state;
	open_call();
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		ask();
		answers((unsigned)i, row[i].error, row[i].status, row[i].body,
			strlen(row[i].body));
		snprintf(
			expected, sizeof(expected),
			"{\"error\":\"the supervisor does not answer: %s" WITHOUT,
			row[i].why_not);
		CHECK_STR(expected, rig_answer(), row[i].why_not);
	}
	CHECK_EQ(ARRAY_LEN(row), requests, "nothing is asked twice");
}

/* As deep, and as long, as it may be. */
static void a_server_that_lies(void **state)
{
	static char body[SUPERVISOR_BODY_MAX + 1];

	(void)state;
	open_call();
	ask();
	memset(body, '[', SUPERVISOR_BODY_MAX);
	answers(0, 0, 200, body, SUPERVISOR_BODY_MAX);
	CHECK(strstr(told, "not JSON"), "deep");
	ask();
	answers(1, 0, 200, "{}\0{}", 5);
	CHECK(strstr(told, "not JSON"), "with more behind a NUL");
	ask();
	memset(body, 'a', SUPERVISOR_BODY_MAX);
	memcpy(body, "{\"error\":{\"message\":\"", 21);
	memcpy(body + SUPERVISOR_BODY_MAX - 3, "\"}}", 3);
	answers(2, 0, 200, body, SUPERVISOR_BODY_MAX);
	CHECK(strstr(told, "it reports an error: aaaa") &&
		      strlen(told) < TOOLS_ERROR_MAX && strstr(told, WITHOUT),
	      "an error of 256 KiB is cut, what to do is not");
	ask();
	CALLS(3, ORDER("0"), ORDER("1"), ORDER("2"), ORDER("3"), ORDER("4"),
	      ORDER("5"), ORDER("6"), ORDER("7"), ORDER("8"));
	CHECK(strstr(told, "more than 8 functions at once"), "too many");
	CHECK_EQ(4, requests, "none of them is run");
}

/* --- What it costs --- */

/* Any of it, with a usage. */
static void answers_for(unsigned i, const char *rest, unsigned in,
			unsigned cached, unsigned out)
{
	char body[1024];

	snprintf(body, sizeof(body),
		 is_chat() ? "{%s\"usage\":{\"prompt_tokens\":%u,"
			     "\"prompt_tokens_details\":{\"cached_tokens\":%u},"
			     "\"completion_tokens\":%u}}"
			   : "{%s\"usage\":{\"input_tokens\":%u,"
			     "\"input_tokens_details\":{\"cached_tokens\":%u},"
			     "\"output_tokens\":%u}}",
		 rest, in, cached, out);
	answers_with(i, body);
}

static void each_answer_is_billed(void **state)
{
	(void)state;
	open_call();
	ask();
	CHECK_EQ(1, a.asking, "it will cost something");
	answers_for(0,
		    is_chat() ? "\"choices\":[{\"message\":{\"tool_calls\":[{"
				"\"id\":\"c\",\"function\":{\"name\":\"order\","
				"\"arguments\":\"{\\\"id\\\":\\\"1\\\"}\"}}]}}"
				"],"
			      : "\"output\":[{\"type\":\"function_call\","
				"\"call_id\":\"c\",\"name\":\"order\","
				"\"arguments\":\"{\\\"id\\\":\\\"1\\\"}\"}],",
		    100, 40, 7);
	CHECK_STR("60 40 7 0;", billed, "functions that it calls");
	CHECK_EQ(0, a.asking, "functions are no text model");
	answers_with(1, "[]");
	CHECK_EQ(1, a.asking, "it is asked again");
	says(2, "x");
	CHECK_STR("60 40 7 0;0 0 0 1;", billed,
		  "one that does not tell: unknown");
	ask();
	answers_for(3, "", 10, 0, 5);
	CHECK(strstr(told, "answered nothing"), "nothing that could be used");
	CHECK_STR("60 40 7 0;0 0 0 1;10 0 5 0;", billed, "costs all the same");
	CHECK_EQ(0, a.asking, "nothing is open");
}

static void what_is_not_answered(void **state)
{
	static const struct {
		int error;
		unsigned status;
		const char *billed, *why;
	} row[] = {
		{ 0, 400, "", "refused" },
		{ 0, 429, "", "too busy" },
		{ 0, 500, "", "failed" },
		{ -ECONNREFUSED, 0, "", "nobody there" },
		{ -ENOENT, 0, "", "no such host" },
		{ -ENOBUFS, 0, "", "not sent" },
		{ -ETIMEDOUT, 0, "0 0 0 1;", "it may have thought" },
		{ -ECONNRESET, 0, "0 0 0 1;", "likewise" },
		{ -EMSGSIZE, 0, "0 0 0 1;", "it has said too much" },
		{ -EPROTO, 0, "0 0 0 1;", "or something odd" },
		{ 0, 200, "0 0 0 1;", "or no JSON" },
	};

	(void)state;
	open_call();
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		billed[0] = '\0';
		ask();
		answers((unsigned)i, row[i].error, row[i].status, "", 0);
		CHECK_STR(row[i].billed, billed, row[i].why);
		CHECK_EQ(0, a.asking, row[i].why);
	}
	billed[0] = '\0';
	ask();
	agent_call_close(&a);
	CHECK_STR("0 0 0 1;", billed, "a caller who did not wait for it");
	CHECK_EQ(0, a.asking, "nothing is open");
}

/* --- What nobody may see --- */

static void nothing_of_it_is_logged(void **state)
{
	(void)state;
	open_call();
	hear(CALL_WORDS_CALLER, "My name is Ada.");
	ask();
	CALLS(0, ORDER("Ada"));
	answers_with(1, "[\"Lovelace\"]");
	answers(2, 0, 429,
		"{\"error\":{\"code\":\"rate_limit\",\"message\":"
		"\"Ada of sk-desk\"}}",
		58);
	ask();
	answers_with(3, "{\"error\":{\"message\":\"Ada again\"}}");
	CHECK(strstr(logged(), "ev=supervisor_failed") &&
		      strstr(logged(), "code=rate_limit"),
	      "that it failed is logged, and the server's word for it");
	CHECK(strstr(logged(), "why=\"there is no answer in what it sent\""),
	      "what it sent is not");
	CHECK(!strstr(logged(), "sk-desk"), "nor is the key");
	CHECK(!strstr(logged(), "Ada") && !strstr(logged(), "Lovelace") &&
		      !strstr(logged(), "Monday"),
	      "nor a word of the conversation");
}

static void press(const char *keys)
{
	for (; *keys; keys++)
		call_caller_digit(&call, *keys, uv_hrtime());
}

static void masked_keys_are_not_for_it(void **state)
{
	struct config_function *f = &config.agent.functions.function[0];

	(void)state;
	f->header_count = 1;
	strcpy(f->headers[0].name, "X-Pin");
	strcpy(f->headers[0].value, "{{digits.pin}}");
	open_call();
	call_carrier_ready(&call, false, uv_hrtime());
	call_tool("k", "collect_digits",
		  "{\"purpose\":\"pin\",\"max\":4,\"min\":4,\"masked\":true}");
	press("4711");
	CHECK_STR("k {\"collected\":4,\"name\":\"pin\"}", told, "collected");
	ask();
	CALLS(0, ORDER("1"));
	CHECK(has(1, "X-Pin: 4711"), "a function of its own passes them on");
	answers_with(1, "[]");
	CHECK(!has(0, "4711") && !has(2, "4711"), "it does not see them");
	CHECK(!strstr(logged(), "4711"), "nor does the log");
	says(2, "x");
}

/* --- What the caller hears meanwhile --- */

static void the_caller_is_told_to_wait(void **state)
{
	struct config_filler *filler = &config.agent.functions.filler;

	(void)state;
	filler->after_ms = 300;
	strcpy(filler->say, "One moment.");
	open_call();
	call_carrier_ready(&call, false, uv_hrtime());
	const struct tool *tool = tools_find(&agent.tools, "ask_supervisor");
	CHECK(strstr(tool->description, "tell the caller"),
	      "the model is to say so itself");
	CHECK(strstr(agent.instructions, "ask_supervisor"), "and knows when");
	ask();
	call_tick(&call, uv_hrtime());
	CHECK_STR("", said, "it may just be saying it");
	call_tick(&call, uv_hrtime() + 3000 * MS);
	CHECK_STR("One moment.", said, "it did not: the filler does");
	says(0, "x");
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
#define CHAT(t)                                             \
	{                                                   \
#t " (chat)", t, setup_chat, teardown, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST(what_it_is_sent),
		CHAT(what_it_is_sent),
		TEST(without_a_transcript),
		CHAT(without_a_transcript),
		TEST(a_question_that_is_none),
		TEST(whose_key_it_gets),
		TEST(functions_run_at_once),
		CHAT(functions_run_at_once),
		TEST(functions_that_cannot_run),
		CHAT(functions_that_cannot_run),
		TEST(a_call_runs_so_many),
		CHAT(a_call_runs_so_many),
		TEST(rounds_are_bounded),
		CHAT(rounds_are_bounded),
		TEST(there_is_no_time),
		TEST(time_is_for_all_of_it),
		TEST(the_caller_has_gone),
		TEST(the_caller_has_gone_while_functions_run),
		CHAT(the_caller_has_gone_while_functions_run),
		TEST(what_the_model_is_told),
		CHAT(what_the_model_is_told),
		TEST(a_server_that_lies),
		CHAT(a_server_that_lies),
		TEST(each_answer_is_billed),
		CHAT(each_answer_is_billed),
		TEST(what_is_not_answered),
		CHAT(what_is_not_answered),
		TEST(nothing_of_it_is_logged),
		CHAT(nothing_of_it_is_logged),
		TEST(masked_keys_are_not_for_it),
		CHAT(masked_keys_are_not_for_it),
		TEST(the_caller_is_told_to_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
