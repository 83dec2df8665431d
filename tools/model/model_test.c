/* The server over real loopback sockets: handshakes, refusals, closes, TLS and
 * the trace, with a client that does by hand what it must. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include <jansson.h>

#include "gateway/net/ws.h"
#include "protocols/tls.h"
#include "tools/model/model_server.h"
#include "tools/testing/check.h"
#include "tools/testing/test_cert.h"

#define EVENTS_MAX 4000
#define UPDATE \
	"{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\"}}"
#define CREATE "{\"type\":\"response.create\"}"

struct stage {
	uv_loop_t loop;
	uv_timer_t guard;
	struct model_world world;
	struct model_server *server;
	struct tls_context *server_tls, *client_tls;
	struct ws *ws;
	struct ws_end end;
	bool is_open, has_ended, has_stopped, has_timed_out;
	json_t *event[EVENTS_MAX];
	size_t events;
	const char *until; /* an event that stops the loop */
	json_t *found;     /* that event */
	char protocol[64], request_id[64];
};

static void on_guard(uv_timer_t *timer)
{
	struct stage *s = timer->data;

	s->has_timed_out = true;
	uv_stop(&s->loop);
}

static void on_open(void *owner)
{
	struct stage *s = owner;
	const char *protocol = ws_header(s->ws, "Sec-WebSocket-Protocol");
	const char *id = ws_header(s->ws, "x-request-id");

	s->is_open = true;
	snprintf(s->protocol, sizeof(s->protocol), "%s",
		 protocol ? protocol : "");
	snprintf(s->request_id, sizeof(s->request_id), "%s", id ? id : "");
}

static const char *type_of(json_t *event)
{
	const char *type = json_string_value(json_object_get(event, "type"));

	return type ? type : "";
}

static void on_text(void *owner, char *text, size_t len)
{
	struct stage *s = owner;
	json_t *event = json_loadb(text, len, JSON_ALLOW_NUL, NULL);

	CHECK(event && s->events < EVENTS_MAX, "every message is JSON");
	s->event[s->events++] = event;
	if (s->until && strcmp(type_of(event), s->until) == 0) {
		s->found = event;
		uv_stop(&s->loop);
	}
}

static void on_closed(void *owner, const struct ws_end *end)
{
	struct stage *s = owner;

	s->end = *end;
	s->has_ended = true;
	s->ws = NULL;
	uv_stop(&s->loop);
}

static const struct ws_events client_events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_closed = on_closed,
};

static void open_world(struct stage *s, const char *scenario)
{
	char why[512] = "";

	memset(s, 0, sizeof(*s));
	if (scenario)
		CHECK_EQ(0,
			 model_scenario_parse(&s->world.scenario, "test",
					      scenario, strlen(scenario), why,
					      sizeof(why)),
			 why);
	else
		model_scenario_default(&s->world.scenario);
	s->world.is_reasoning = true;
	s->world.voice = model_voice_new();
	model_random_seed(&s->world.random, 3);
}

static void open_loop(struct stage *s)
{
	uv_loop_init(&s->loop);
	uv_timer_init(&s->loop, &s->guard);
	s->guard.data = s;
	uv_timer_start(&s->guard, on_guard, 15000, 0);
}

static void open_stage(struct stage *s, const char *scenario)
{
	open_world(s, scenario);
	open_loop(s);
	CHECK_EQ(0,
		 model_server_open(&s->server, &s->loop, "127.0.0.1", 0, NULL,
				   "sk-good", &s->world),
		 "listens");
}

static void dial(struct stage *s, const char *query, const char *extra)
{
	char url[256];
	struct ws_target target = {
		.url = url,
		.extra = extra,
		.tls = s->client_tls,
		.timeout_ms = 5000,
		.message_max = 32u << 20,
	};

	snprintf(url, sizeof(url), "%s://127.0.0.1:%u/v1/realtime%s",
		 s->client_tls ? "wss" : "ws", model_server_port(s->server),
		 query);
	s->has_ended = s->is_open = false;
	s->ws = ws_connect(&s->loop, &target, &client_events, s);
	CHECK(s->ws, "dialled");
}

#define GOOD_QUERY "?model=gpt-realtime-2.1"
#define GOOD_KEY   "Authorization: Bearer sk-good\r\n"

/* Run until an event of this type, or, with NULL, until the end. */
static json_t *run_until(struct stage *s, const char *type)
{
	s->until = type;
	uv_run(&s->loop, UV_RUN_DEFAULT);
	CHECK(!s->has_timed_out, type ? type : "the connection ends");
	return s->found;
}

static void send_event(struct stage *s, const char *text)
{
	CHECK_EQ(0, ws_send_text(s->ws, text, strlen(text)), "sent");
	ws_flush(s->ws);
}

static void hang_up(struct stage *s)
{
	if (s->ws)
		ws_close(s->ws, 1000, "");
	while (s->ws)
		run_until(s, NULL);
}

static void on_stopped(void *owner)
{
	struct stage *s = owner;

	s->has_stopped = true;
	uv_close((uv_handle_t *)&s->guard, NULL);
}

static void close_stage(struct stage *s)
{
	model_server_close(s->server, on_stopped, s);
	s->until = NULL;
	for (int i = 0; i < 20 && uv_run(&s->loop, UV_RUN_DEFAULT); i++)
		;
	CHECK(s->has_stopped, "the server stops");
	CHECK_EQ(0, uv_loop_close(&s->loop), "nothing is left on the loop");
	for (size_t i = 0; i < s->events; i++)
		json_decref(s->event[i]);
	model_voice_free(s->world.voice);
	model_scenario_free(&s->world.scenario);
}

static struct stage stage;

static void serves_a_call(void **state)
{
	(void)state;
	open_stage(&stage, "timing: {first_delta_ms: [10, 20], speed: 50}");
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	run_until(&stage, "session.created");
	CHECK_STR("session.created", type_of(stage.event[0]),
		  "the first event");
	CHECK_STR("", stage.protocol, "none offered, none chosen");
	CHECK_EQ(25, strlen(stage.request_id), "row 11");
	send_event(&stage, UPDATE);
	run_until(&stage, "session.updated");
	send_event(&stage, CREATE);
	json_t *done = run_until(&stage, "response.done");
	CHECK_STR("completed",
		  json_string_value(json_object_get(
			  json_object_get(done, "response"), "status")),
		  "the greeting");
	hang_up(&stage);
	CHECK_EQ(1000, stage.end.code, "row 10: our close is echoed");
	CHECK_EQ(0, model_report_breaches(&stage.world.report), "no breach");
	close_stage(&stage);
}

static void turns_away(void **state)
{
	static const struct {
		const char *query, *extra;
		unsigned code;
		const char *reason, *why;
	} row[] = {
		{ GOOD_QUERY, "Authorization: Bearer sk-bad\r\n", 3000,
		  "invalid_request_error.invalid_api_key",
		  "101, error, close" },
		{ "", GOOD_KEY, 4000, "invalid_request_error.missing_model",
		  "no model" },
		{ "?model=gpt-4o-realtime-preview", GOOD_KEY, 4004,
		  "invalid_request_error.model_not_found", "retired" },
		{ GOOD_QUERY, GOOD_KEY "OpenAI-Beta: realtime=v1\r\n", 4000,
		  "invalid_request_error.beta_api_shape_disabled", "beta" },
	};

	(void)state;
	open_stage(&stage, NULL);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t before = stage.events;

		dial(&stage, row[i].query, row[i].extra);
		run_until(&stage, NULL);
		CHECK(stage.is_open, "not before the 101");
		CHECK_EQ(before + 1, stage.events, "one event");
		CHECK_STR("error", type_of(stage.event[before]), row[i].why);
		CHECK_EQ(row[i].code, stage.end.code, row[i].why);
		CHECK_STR(row[i].reason, stage.end.reason, row[i].why);
	}
	CHECK_EQ(1, stage.world.report.breach[MODEL_BREACH_BETA], "a breach");
	close_stage(&stage);
}

static void refuses_by_http(void **state)
{
	(void)state;
	open_stage(&stage,
		   "faults: [{fault: refuse_http, status: 429, retry_after_s: "
		   "7, session: 1}]\nexpect: {sessions: 1}");
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	run_until(&stage, NULL);
	CHECK(!stage.is_open, "no 101");
	CHECK_EQ(429, stage.end.http_status, "row 2");
	CHECK_EQ(7, stage.end.retry_after_s, "row 2");
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	run_until(&stage, "session.created");
	CHECK_EQ(1, stage.world.report.breach[MODEL_BREACH_RETRY],
		 "one connection was expected");
	hang_up(&stage);
	close_stage(&stage);
}

static void closes_and_resets(void **state)
{
	(void)state;
	open_stage(&stage,
		   "faults:\n"
		   "  - {fault: close, at: created, code: 1012, reason: bye, "
		   "session: 1}\n"
		   "  - {fault: drop, at: created, session: 2}\n");
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	run_until(&stage, NULL);
	CHECK_EQ(1012, stage.end.code, "as told");
	CHECK_STR("bye", stage.end.reason, "as told");
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	run_until(&stage, NULL);
	CHECK_EQ(1006, stage.end.code, "lost");
	CHECK(stage.end.status < 0, "reset, not an orderly end");
	CHECK_EQ(0, model_report_breaches(&stage.world.report),
		 "neither is the client's fault");
	close_stage(&stage);
}

static void sends_more_than_a_socket_takes(void **state)
{
	(void)state;
	open_stage(&stage,
		   "faults: [{fault: oversize, at: created, bytes: 20000000}]");
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	json_t *event = run_until(&stage, "session.something_new");
	CHECK_EQ(20000000, json_string_length(json_object_get(event, "filler")),
		 "all of it, in frames");
	send_event(&stage, UPDATE);
	run_until(&stage, "session.updated");
	hang_up(&stage);
	CHECK_EQ(1000, stage.end.code, "and the session lives on");
	close_stage(&stage);
}

static void counts_how_the_client_leaves(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3 };

	(void)state;
	open_stage(&stage, NULL);
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	run_until(&stage, "session.created");
	ws_send_frame(stage.ws, 2, true, bytes, sizeof(bytes));
	ws_flush(stage.ws);
	run_until(&stage, "error");
	CHECK_EQ(1, stage.world.report.breach[MODEL_BREACH_BINARY],
		 "row 8: and the session stays open");
	ws_close(stage.ws, 1001, "");
	run_until(&stage, NULL);
	CHECK_EQ(1, stage.world.report.breach[MODEL_BREACH_CLOSE],
		 "not with 1000");
	close_stage(&stage);
}

static void ends_sessions_when_it_stops(void **state)
{
	(void)state;
	open_stage(&stage, NULL);
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	run_until(&stage, "session.created");
	close_stage(&stage);
	CHECK(stage.has_ended, "told");
	CHECK_EQ(1001, stage.end.code, "going away");
	CHECK_EQ(0, model_report_breaches(&stage.world.report),
		 "not the client's fault");
}

static void open_tls(struct stage *s, const char *dir)
{
	const struct test_cert_request request = {
		.host = { "127.0.0.1" },
		.hosts = 1,
	};
	struct test_cert cert;
	char ca[128], pem[128], key[128];
	const char *error = "";

	CHECK_EQ(0, test_cert_make(&cert, &request), "made");
	CHECK_EQ(0, test_cert_write(&cert, dir), "written");
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	snprintf(pem, sizeof(pem), "%s/cert.pem", dir);
	snprintf(key, sizeof(key), "%s/key.pem", dir);
	s->server_tls = tls_server_context_files(pem, key, &error);
	CHECK(s->server_tls, error);
	s->client_tls = tls_client_context(ca, &error);
	CHECK(s->client_tls, error);
	unlink(ca);
	unlink(pem);
	unlink(key);
}

static void serves_tls(void **state)
{
	char dir[] = "/tmp/tandem-model-XXXXXX";

	(void)state;
	open_world(&stage, NULL);
	CHECK(mkdtemp(dir), "a place for certificates");
	open_tls(&stage, dir);
	rmdir(dir);
	open_loop(&stage);
	CHECK_EQ(0,
		 model_server_open(&stage.server, &stage.loop, "127.0.0.1", 0,
				   stage.server_tls, "sk-good", &stage.world),
		 "listens");
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	run_until(&stage, "session.created");
	hang_up(&stage);
	CHECK_EQ(1000, stage.end.code, "orderly");
	close_stage(&stage);
	tls_context_free(stage.server_tls);
	tls_context_free(stage.client_tls);
}

/* Lines of the trace: how many, and the last one of a type. */
static json_t *last_line(const char *text, const char *type, size_t *lines)
{
	json_t *found = NULL;
	const char *end;

	*lines = 0;
	for (; (end = strchr(text, '\n')); text = end + 1) {
		json_t *line = json_loadb(text, (size_t)(end - text), 0, NULL);
		CHECK(line, "every line is JSON");
		++*lines;
		if (strcmp(type_of(line), type) == 0) {
			json_decref(found);
			found = json_incref(line);
		}
		json_decref(line);
	}
	return found;
}

static json_int_t number(json_t *line, const char *name)
{
	return json_integer_value(json_object_get(line, name));
}

static void writes_a_trace(void **state)
{
	char *text = NULL;
	size_t size = 0, lines = 0;

	(void)state;
	open_stage(&stage, "timing: {first_delta_ms: [1, 2], speed: 100}");
	stage.world.trace = open_memstream(&text, &size);
	dial(&stage, GOOD_QUERY, GOOD_KEY);
	run_until(&stage, "session.created");
	send_event(&stage, UPDATE);
	run_until(&stage, "session.updated");
	send_event(&stage, CREATE);
	json_t *done = run_until(&stage, "response.done");
	const char *id = json_string_value(json_object_get(
		json_array_get(
			json_object_get(json_object_get(done, "response"),
					"output"),
			0),
		"id"));
	char truncate[256];
	snprintf(truncate, sizeof(truncate),
		 "{\"type\":\"conversation.item.truncate\",\"item_id\":\"%s\","
		 "\"content_index\":0,\"audio_end_ms\":1234}",
		 id);
	send_event(&stage, truncate);
	run_until(&stage, "conversation.item.truncated");
	hang_up(&stage);
	close_stage(&stage);
	fclose(stage.world.trace);

	json_t *line = last_line(text, "conversation.item.truncate", &lines);
	CHECK_STR("in", json_string_value(json_object_get(line, "dir")), "");
	CHECK_EQ(1234, number(line, "audio_end_ms"), "what the client said");
	CHECK_EQ(4361, number(line, "item_ms"), "what it had");
	CHECK(number(line, "t_us") > 0, "when");
	json_decref(line);
	line = last_line(text, "response.output_audio.delta", &lines);
	CHECK_EQ(4361, number(line, "total_ms"), "the whole greeting");
	json_decref(line);
	line = last_line(text, "session_end", &lines);
	CHECK_EQ(1000, number(line, "code"), "how it ended");
	CHECK_EQ(1, number(line, "responses"), "");
	json_decref(line);
	CHECK(!strstr(text, "sk-good"), "no key in it");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serves_a_call),
		cmocka_unit_test(turns_away),
		cmocka_unit_test(refuses_by_http),
		cmocka_unit_test(closes_and_resets),
		cmocka_unit_test(sends_more_than_a_socket_takes),
		cmocka_unit_test(counts_how_the_client_leaves),
		cmocka_unit_test(ends_sessions_when_it_stops),
		cmocka_unit_test(serves_tls),
		cmocka_unit_test(writes_a_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
