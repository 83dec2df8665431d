/* A session against the strict server, over a real socket: what the call asks
 * for arrives as the server wants it, and what it answers comes back. */
#include "gateway/models/openai_session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/models/openai_parts.h"
#include "tools/model/model_server.h"
#include "tools/testing/check.h"
#include "tools/testing/silent_sides.h"

#define TICK_MS    20
#define PATIENCE_S 10

static struct stage {
	uv_loop_t loop;
	uv_timer_t clock, guard;
	struct model_world world;
	struct model_server *server;
	struct audio_pool pool;
	struct call call;
	struct openai_profile profile;
	struct openai_session session;
	char told[2048];   /* what the carrier and the agent were told */
	const char *until; /* stop when told so */
	bool is_late;
	uint8_t apology[160];
} stage;

static void tell(const char *verb, const char *what)
{
	size_t at = strlen(stage.told);

	snprintf(stage.told + at, sizeof(stage.told) - at, "%s%s%s;", verb,
		 what[0] ? " " : "", what);
	if (stage.until && strstr(stage.told, stage.until))
		uv_stop(&stage.loop);
}

/* --- The other sides --- */

static void say(void *leg, const char *text)
{
	(void)leg;
	tell("say", text);
}

static void hang_up(void *leg, const char *reason)
{
	(void)leg;
	tell("hang_up", reason);
}

static const struct call_carrier_port carrier = {
	.send_audio = silent_audio,
	.clear = silent_clear,
	.say = say,
	.hang_up = hang_up,
};

static void begin_tool(void *owner, const char *call_id, const char *name,
		       const char *arguments, struct call_tool *t)
{
	(void)owner;
	(void)call_id;
	tell(name, arguments);
	t->fate = CALL_TOOL_ANSWERED;
	t->answer = "{\"error\":\"not today\"}";
}

static size_t brief(void *owner, const struct call_variables *v, char *out,
		    size_t cap)
{
	(void)owner;
	(void)v;
	return (size_t)snprintf(out, cap, "[call] A note, not the caller.");
}

static const struct call_agent_port agent = {
	.begin_tool = begin_tool,
	.brief = brief,
};

/* --- The stage --- */

static void on_handled(void *owner, uint64_t read_ns)
{
	(void)owner;
	(void)read_ns;
	openai_session_flush(&stage.session);
}

static void on_tick(uv_timer_t *timer)
{
	uint64_t now_ns = uv_hrtime();

	(void)timer;
	call_tick(&stage.call, now_ns);
	openai_session_tick(&stage.session, now_ns);
	openai_session_flush(&stage.session);
	if (stage.session.state == OPENAI_CLOSED)
		uv_stop(&stage.loop);
}

static void on_guard(uv_timer_t *timer)
{
	(void)timer;
	stage.is_late = true;
	uv_stop(&stage.loop);
}

static void open_server(const char *scenario)
{
	char why[512] = "";

	memset(&stage, 0, sizeof(stage));
	CHECK_EQ(0,
		 model_scenario_parse(&stage.world.scenario, "test", scenario,
				      strlen(scenario), why, sizeof(why)),
		 why);
	stage.world.voice = model_voice_new();
	model_random_seed(&stage.world.random, 3);
	uv_loop_init(&stage.loop);
	CHECK_EQ(0,
		 model_server_open(&stage.server, &stage.loop, "127.0.0.1", 0,
				   NULL, NULL, &stage.world),
		 "listens");
}

static void start_clocks(void)
{
	uv_timer_init(&stage.loop, &stage.clock);
	uv_timer_start(&stage.clock, on_tick, TICK_MS, TICK_MS);
	uv_timer_init(&stage.loop, &stage.guard);
	uv_timer_start(&stage.guard, on_guard, PATIENCE_S * 1000, 0);
}

static void begin_call(bool is_text)
{
	static const struct call_ports ports = {
		.carrier = &carrier,
		.model = &openai_session_port,
		.session = &stage.session,
		.agent = &agent,
	};
	const struct call_settings settings = {
		.caller_format = AUDIO_ULAW,
		.playout_format = AUDIO_ULAW,
		.model_format = AUDIO_ULAW,
		.lead_ms = 200,
		.append_ms = 20,
		.ring_ms = 1000,
		.connect_ms = 5000,
		.model_silence_ms = 5000,
		.ending_ms = 5000,
		.digits_max = 8,
		.digits_gap_ms = 500,
		.greets = true,
		.apology = stage.apology,
		.apology_len = sizeof(stage.apology),
	};
	const struct log log = { .fd = -1, .level = LOG_ERROR };
	uint64_t now_ns = uv_hrtime();

	audio_pool_init(&stage.pool, 1000000);
	call_init(&stage.call, &settings, &stage.pool, &ports, now_ns);
	stage.session.on_handled = on_handled;
	stage.session.is_text = is_text;
	openai_session_open(&stage.session, &stage.profile, &stage.loop,
			    &stage.call, &log, now_ns);
}

static void begin(const char *scenario, bool is_text)
{
	struct openai_profile *p = &stage.profile;

	open_server(scenario);
	snprintf(p->url, sizeof(p->url),
		 "ws://127.0.0.1:%u/v1/realtime?model=gpt-realtime-2.1",
		 model_server_port(stage.server));
	strcpy(p->headers, "Authorization: Bearer sk-test\r\n");
	p->connect_timeout_ms = p->configure_timeout_ms = 5000;
	p->session = (struct realtime_session){
		.format = REALTIME_PCMU,
		.threshold = 0.5,
		.prefix_padding_ms = 300,
		.silence_duration_ms = 500,
		.tool = p->tool,
	};
	openai_profile_offer(p, "lookup", "Find an order.",
			     "{\"type\":\"object\",\"properties\":{}}");
	start_clocks();
	begin_call(is_text);
}

static void wait_for(const char *words)
{
	stage.until = words;
	if (!strstr(stage.told, words))
		uv_run(&stage.loop, UV_RUN_DEFAULT);
	CHECK(!stage.is_late, words);
	CHECK(strstr(stage.told, words), words);
}

static void on_stopped(void *owner)
{
	(void)owner;
	uv_close((uv_handle_t *)&stage.clock, NULL);
	uv_close((uv_handle_t *)&stage.guard, NULL);
}

static void end(void)
{
	stage.until = NULL;
	call_carrier_ended(&stage.call, CALL_END_CALLER, uv_hrtime());
	while (stage.session.state != OPENAI_CLOSED && !stage.is_late)
		uv_run(&stage.loop, UV_RUN_DEFAULT);
	CHECK_EQ(0, stage.session.errors, "the server objects to nothing");
	CHECK_EQ(0, model_report_breaches(&stage.world.report),
		 "nor does it note a breach");
	model_server_close(stage.server, on_stopped, NULL);
	for (int i = 0; i < 20 && uv_run(&stage.loop, UV_RUN_DEFAULT); i++)
		;
	CHECK_EQ(0, uv_loop_close(&stage.loop), "nothing is left on the loop");
	call_free(&stage.call);
	audio_pool_free(&stage.pool);
	model_voice_free(stage.world.voice);
	model_scenario_free(&stage.world.scenario);
}

static void test_a_call_in_text(void **state)
{
	(void)state;
	begin("", true);
	/* Not "You wrote: …": the note was nobody's turn. */
	wait_for("say I was told: [call] A note, not the caller.;");
	call_caller_text(&stage.call, "My order is late.", uv_hrtime());
	wait_for("say You wrote: My order is late.;");
	call_caller_digit(&stage.call, '4', uv_hrtime());
	call_caller_digit(&stage.call, '2', uv_hrtime());
	wait_for("say You pressed four two;");
	end();
}

static void test_tools_come_with_their_arguments(void **state)
{
	(void)state;
	begin("responses:\n"
	      "  - on: greeting\n"
	      "    call:\n"
	      "      - {name: lookup, arguments: '{\"order\":\"17\"}'}\n"
	      "  - on: tool\n"
	      "    say: [chime]\n"
	      "    transcript: I cannot find it.\n",
	      true);
	wait_for("lookup {\"order\":\"17\"};");
	wait_for("say I cannot find it.;");
	end();
}

/* Another agent's session is not to keep what this one had on: an update that
 * became due while the first configuration was under way is sent the moment
 * that is confirmed. */
static void test_updates_clear(void **state)
{
	static const struct {
		enum openai_state state;
		bool is_updating, clears;
		const char *why;
	} row[] = {
		{ OPENAI_CONFIGURING, false, false,
		  "the first: nothing is on" },
		{ OPENAI_CONFIGURING, true, true, "at its confirmation" },
		{ OPENAI_STANDING, true, true, "in no call yet" },
		{ OPENAI_LIVE, true, true, "in a call" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		static const struct openai_profile profile;
		const struct openai_session s = {
			.profile = &profile,
			.state = row[i].state,
			.is_updating = row[i].is_updating,
		};
		CHECK_EQ(row[i].clears, openai_commands_session(&s).clears,
			 row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_call_in_text),
		cmocka_unit_test(test_tools_come_with_their_arguments),
		cmocka_unit_test(test_updates_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
