/* A pool against the strict server, over real sockets: who stands ready, who is
 * taken, what becomes of it, and what replaces it. */
#include "gateway/models/openai_pool.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/models/openai_parts.h"
#include "gateway/net/ws.h"
#include "tools/model/model_server.h"
#include "tools/testing/check.h"

#define PATIENCE_S 20
#define TURN_MS    5 /* the loop is looked at this often */
#define NS_PER_MS  1000000ull
#define CALLS      2

static struct stage {
	uv_loop_t loop;
	uv_timer_t turn, guard;
	struct model_world world;
	struct model_server *server;
	unsigned port;
	struct log log;
	struct openai_profile profile;
	struct openai_pool pool;
	unsigned coming_max;   /* dials seen at a time */
	unsigned standing_min; /* since this was set */
	bool is_late;

	struct audio_pool audio;
	struct call call[CALLS];
	struct openai_session *session[CALLS]; /* their own */
} stage;

/* --- The call's other sides --- */

static void no_audio(void *leg, const uint8_t *bytes, size_t n)
{
	(void)leg;
	(void)bytes;
	(void)n;
}

static bool no_clear(void *leg)
{
	(void)leg;
	return true;
}

static void no_hang_up(void *leg, const char *reason)
{
	(void)leg;
	(void)reason;
}

static const struct call_carrier_port carrier = {
	.send_audio = no_audio,
	.clear = no_clear,
	.hang_up = no_hang_up,
};

static size_t no_brief(void *owner, const struct call_variables *v, char *out,
		       size_t cap)
{
	(void)owner;
	(void)v;
	(void)out;
	(void)cap;
	return 0;
}

static const struct call_agent_port agent = { .brief = no_brief };

static uint8_t apology[160];

static void on_handled(void *owner, uint64_t read_ns)
{
	struct openai_session **of = owner;

	(void)read_ns;
	openai_session_flush(*of);
}

static void init_call(unsigned i, struct openai_session *s)
{
	const struct call_ports ports = {
		.carrier = &carrier,
		.model = &openai_session_port,
		.session = s,
		.agent = &agent,
	};
	const struct call_settings settings = {
		.caller_format = AUDIO_ULAW,
		.playout_format = AUDIO_ULAW,
		.model_format = AUDIO_ULAW,
		.lead_ms = 200,
		.append_ms = 20,
		.ring_ms = 1000,
		.connect_ms = 10000,
		.model_silence_ms = 5000,
		.ending_ms = 5000,
		.digits_max = 8,
		.digits_gap_ms = 500,
		.greets = true,
		.apology = apology,
		.apology_len = sizeof(apology),
	};

	call_init(&stage.call[i], &settings, &stage.audio, &ports, uv_hrtime());
	stage.session[i] = s;
	s->owner = &stage.session[i];
	s->on_handled = on_handled;
}

/* As a bridge does it, of a session that was there. */
static struct openai_session *take(unsigned i)
{
	struct openai_session *s = openai_pool_take(&stage.pool);

	assert_non_null(s);
	init_call(i, s);
	return s;
}

/* --- The stage --- */

static void tick_call(unsigned i, uint64_t now_ns)
{
	if (!stage.session[i])
		return;
	call_tick(&stage.call[i], now_ns);
	openai_session_tick(stage.session[i], now_ns);
	openai_session_flush(stage.session[i]);
}

static void look(void)
{
	unsigned coming = 0, standing = openai_pool_standing(&stage.pool);

	for (const struct openai_session *s = stage.pool.own; s; s = s->next)
		coming += s->state < OPENAI_STANDING && !s->is_closing;
	if (coming > stage.coming_max)
		stage.coming_max = coming;
	if (standing < stage.standing_min)
		stage.standing_min = standing;
}

static void on_turn(uv_timer_t *timer)
{
	uint64_t now_ns = uv_hrtime();

	(void)timer;
	for (unsigned i = 0; i < CALLS; i++)
		tick_call(i, now_ns);
}

static void on_guard(uv_timer_t *timer)
{
	(void)timer;
	stage.is_late = true;
}

typedef bool claim_fn(void);

static void wait_until(claim_fn *holds, const char *why)
{
	while (!holds() && !stage.is_late) {
		uv_run(&stage.loop, UV_RUN_ONCE);
		look();
	}
	CHECK(!stage.is_late, why);
}

static uint64_t until_ns;

static bool is_time(void)
{
	return uv_hrtime() >= until_ns;
}

static void pass(unsigned ms)
{
	until_ns = uv_hrtime() + ms * NS_PER_MS;
	wait_until(is_time, "time passes");
}

static void open_server(unsigned port)
{
	CHECK_EQ(0,
		 model_server_open(&stage.server, &stage.loop, "127.0.0.1",
				   port, NULL, NULL, &stage.world),
		 "listens");
	stage.port = model_server_port(stage.server);
}

static void on_server_closed(void *owner)
{
	(void)owner;
	stage.server = NULL;
}

static bool has_no_server(void)
{
	return !stage.server;
}

static void close_server(void)
{
	model_server_close(stage.server, on_server_closed, NULL);
	wait_until(has_no_server, "the server stops");
}

static void on_gone(void *owner)
{
	(void)owner;
}

static void set_profile(void)
{
	struct openai_profile *p = &stage.profile;

	snprintf(p->url, sizeof(p->url),
		 "ws://127.0.0.1:%u/v1/realtime?model=gpt-realtime-2.1",
		 stage.port);
	strcpy(p->headers, "Authorization: Bearer sk-test\r\n");
	p->connect_timeout_ms = p->configure_timeout_ms = 5000;
	p->session = (struct realtime_session){
		.format = REALTIME_PCMU,
		.threshold = 0.5,
		.prefix_padding_ms = 300,
		.silence_duration_ms = 500,
		.tool = p->tool,
	};
}

static void begin(const char *scenario, unsigned wanted)
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
	open_server(0);
	set_profile();
	log_open(&stage.log, memfd_create("log", 0), LOG_INFO);
	audio_pool_init(&stage.audio, 1000000);
	uv_timer_init(&stage.loop, &stage.turn);
	uv_timer_start(&stage.turn, on_turn, TURN_MS, TURN_MS);
	uv_timer_init(&stage.loop, &stage.guard);
	uv_timer_start(&stage.guard, on_guard, PATIENCE_S * 1000, 0);
	openai_pool_open(&stage.pool, &stage.loop, &stage.profile, wanted,
			 &stage.log, on_gone, NULL);
}

static bool is_full(void)
{
	return openai_pool_standing(&stage.pool) == stage.pool.wanted;
}

static bool is_gone(void)
{
	return stage.pool.is_gone;
}

static bool calls_are_over(void)
{
	for (unsigned i = 0; i < CALLS; i++)
		if (stage.session[i] &&
		    stage.session[i]->state != OPENAI_CLOSED)
			return false;
	return true;
}

static void end_calls(void)
{
	for (unsigned i = 0; i < CALLS; i++)
		if (stage.session[i])
			call_carrier_ended(&stage.call[i], CALL_END_CALLER,
					   uv_hrtime());
	wait_until(calls_are_over, "the calls end");
	for (unsigned i = 0; i < CALLS; i++) {
		if (!stage.session[i])
			continue;
		call_free(&stage.call[i]);
		openai_session_free(stage.session[i]);
		stage.session[i] = NULL;
	}
}

static void end(void)
{
	end_calls();
	openai_pool_stop(&stage.pool);
	wait_until(is_gone, "the pool goes");
	CHECK_EQ(0, model_report_breaches(&stage.world.report),
		 "the server notes no breach");
	if (stage.server)
		close_server();
	uv_close((uv_handle_t *)&stage.turn, NULL);
	uv_close((uv_handle_t *)&stage.guard, NULL);
	for (int i = 0; i < 20 && uv_run(&stage.loop, UV_RUN_DEFAULT); i++)
		;
	CHECK_EQ(0, uv_loop_close(&stage.loop), "nothing is left on the loop");
	close(stage.log.fd);
	audio_pool_free(&stage.audio);
	model_voice_free(stage.world.voice);
	model_scenario_free(&stage.world.scenario);
}

static unsigned lines(const char *words)
{
	static char text[65536];
	ssize_t n = pread(stage.log.fd, text, sizeof(text) - 1, 0);
	unsigned count = 0;

	text[n > 0 ? n : 0] = '\0';
	for (const char *at = text; (at = strstr(at, words)); at++)
		count++;
	return count;
}

/* --- Standing --- */

static void test_they_come_one_after_the_other(void **state)
{
	(void)state;
	begin("", 3);
	CHECK_EQ(0, openai_pool_standing(&stage.pool), "none at first");
	CHECK(!openai_pool_take(&stage.pool), "so there is none to take");
	wait_until(is_full, "three stand");
	CHECK_EQ(1, stage.coming_max, "one dial at a time");
	CHECK_EQ(1, lines("info  module=model ev=pool_ready standing=3\n"),
		 "said once");
	pass(600);
	CHECK_EQ(3, stage.world.report.sessions, "no more are opened");
	end();
}

static unsigned freed;

static void on_freed(void *owner)
{
	(void)owner;
	freed++;
}

static struct openai_profile other_profile;

static bool is_free_of_the_first(void)
{
	return !openai_pool_uses(&stage.pool, &stage.profile);
}

static bool is_of_the_other(void)
{
	return is_full() && openai_pool_uses(&stage.pool, &other_profile);
}

static void test_another_profile(void **state)
{
	(void)state;
	begin("", 2);
	stage.pool.on_freed = on_freed;
	freed = 0;
	wait_until(is_full, "two stand");
	CHECK(openai_pool_uses(&stage.pool, &stage.profile), "of the first");
	other_profile = stage.profile;
	other_profile.session.tool = other_profile.tool;
	openai_pool_renew(&stage.pool, &other_profile, 3);
	CHECK(!openai_pool_take(&stage.pool), "no call gets an old one");
	CHECK(openai_pool_uses(&stage.pool, &stage.profile),
	      "though they are still closing");
	wait_until(is_free_of_the_first, "the old ones go");
	CHECK(freed > 0, "which is told");
	wait_until(is_of_the_other, "three of the other stand");
	CHECK_EQ(5, stage.world.report.sessions, "each dialled once");
	openai_pool_renew(&stage.pool, &stage.profile, 0);
	wait_until(is_full, "none are wanted");
	pass(600);
	CHECK_EQ(5, stage.world.report.sessions, "and none are dialled");
	end();
}

static void test_none_are_wanted(void **state)
{
	(void)state;
	begin("", 0);
	pass(600);
	CHECK_EQ(0, stage.world.connections, "nobody calls the server");
	CHECK(!openai_pool_take(&stage.pool), "there is none to take");
	end();
}

static bool is_quiet(void)
{
	for (struct openai_session *s = stage.pool.own; s; s = s->next) {
		s->renew_ns = UINT64_MAX;
		if (s->state != OPENAI_STANDING)
			return false;
	}
	return true;
}

static bool is_renewed(void)
{
	return stage.world.report.sessions >= 5 && is_full();
}

static void test_an_old_one_goes_when_the_next_stands(void **state)
{
	(void)state;
	begin("", 2);
	stage.pool.age_ms = 400;
	wait_until(is_full, "two stand");
	stage.standing_min = 2;
	wait_until(is_renewed, "both are replaced, and a third");
	CHECK_EQ(2, stage.standing_min, "there were always two");
	CHECK_EQ(1, stage.coming_max, "one dial at a time");
	CHECK_EQ(0, lines("pool_lost"), "nothing was lost");
	stage.pool.age_ms = OPENAI_POOL_AGE_MS;
	wait_until(is_quiet, "no dial is cut off by the end");
	end();
}

/* Of three seconds it stands half. */
static void test_one_that_expires_soon_is_old_sooner(void **state)
{
	(void)state;
	begin("session: {expires_after_s: 3}", 1);
	wait_until(is_full, "one stands");
	stage.standing_min = 1;
	pass(4000);
	CHECK_EQ(1, stage.standing_min, "there was always one");
	CHECK_EQ(0, lines("pool_lost"), "none expired");
	CHECK(stage.world.report.sessions >= 3, "renewed");
	CHECK(stage.world.report.sessions <= 5, "and not all the time");
	wait_until(is_quiet, "no dial is cut off by the end");
	end();
}

/* --- Taking --- */

static bool has_begun(void)
{
	return stage.call[0].responses > 0;
}

static void test_a_call_finds_its_session(void **state)
{
	(void)state;
	begin("", 1);
	wait_until(is_full, "one stands");
	struct openai_session *s = take(0);
	openai_pool_give(&stage.pool, s, &stage.call[0], &stage.log);
	CHECK_EQ(0, openai_pool_standing(&stage.pool), "it has left");
	CHECK_EQ(CALL_CONNECTING, stage.call[0].state, "not from inside");
	uv_run(&stage.loop, UV_RUN_NOWAIT);
	CHECK_EQ(CALL_UP, stage.call[0].state, "at the next turn");
	CHECK_EQ(1, lines("leg=model ev=model_ready session=sess_"), "said");
	wait_until(has_begun, "it is greeted");
	wait_until(is_full, "the next one stands");
	end();
}

static void test_two_calls_get_two(void **state)
{
	(void)state;
	begin("", 2);
	wait_until(is_full, "two stand");
	struct openai_session *a = take(0), *b = take(1);
	openai_pool_give(&stage.pool, a, &stage.call[0], &stage.log);
	openai_pool_give(&stage.pool, b, &stage.call[1], &stage.log);
	CHECK(a != b, "each its own");
	CHECK(strcmp(a->session_id, b->session_id) != 0,
	      "so does the server say");
	CHECK(!openai_pool_take(&stage.pool), "then there is none");
	wait_until(is_full, "until two stand again");
	CHECK_EQ(4, stage.world.report.sessions, "two more");
	CHECK_EQ(1, stage.coming_max, "one dial at a time");
	end();
}

static void test_nobody_gets_one_that_has_a_call(void **state)
{
	int status;

	(void)state;
	begin("", 1);
	wait_until(is_full, "one stands");
	struct openai_session *s = take(0);
	openai_session_give(s, &stage.call[0], &stage.log);
	pid_t child = fork();
	if (child == 0) {
		close(STDERR_FILENO); /* what assert says */
		signal(SIGABRT, SIG_DFL);
		openai_session_give(s, &stage.call[1], &stage.log);
		_exit(0);
	}
	CHECK_EQ(child, waitpid(child, &status, 0), "the child ends");
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
	      "the program ends rather");
	wait_until(is_full, "the next one stands");
	end();
}

static void test_a_call_may_end_before_it_is_told(void **state)
{
	(void)state;
	begin("", 1);
	wait_until(is_full, "one stands");
	struct openai_session *s = take(0);
	openai_pool_give(&stage.pool, s, &stage.call[0], &stage.log);
	end_calls();
	CHECK(!stage.pool.given, "the pool has forgotten it");
	CHECK_EQ(0, lines("model_ready"), "nobody was told");
	wait_until(is_full, "the next one stands");
	end();
}

/* --- Losing --- */

static void feed(struct openai_session *s, const char *json)
{
	char text[512];

	snprintf(text, sizeof(text), "%s", json);
	openai_events_take(s, text, strlen(text), uv_hrtime());
}

static bool is_up(void)
{
	return stage.call[0].state == CALL_UP;
}

static void test_lost_on_the_way_to_the_call(void **state)
{
	static const char expired[] =
		"{\"type\":\"error\",\"error\":{\"type\":"
		"\"invalid_request_error\",\"code\":\"session_expired\","
		"\"message\":\"Over.\"}}";

	(void)state;
	begin("", 1);
	wait_until(is_full, "one stands");
	struct openai_session *s = take(0);
	openai_pool_give(&stage.pool, s, &stage.call[0], &stage.log);
	feed(s, expired);
	CHECK_EQ(OPENAI_WAITING, s->state, "another is opened");
	wait_until(is_up, "for the call, which has noticed nothing");
	wait_until(has_begun, "and is greeted");
	CHECK_EQ(1, lines("leg=model ev=model_retry why=\"session_expired"),
		 "said");
	wait_until(is_full, "the next one stands");
	end();
}

static void test_cut_on_the_way_to_the_call(void **state)
{
	(void)state;
	begin("", 1);
	wait_until(is_full, "one stands");
	struct openai_session *s = take(0);
	openai_session_give(s, &stage.call[0], &stage.log);
	struct openai_session *held = stage.session[0];
	stage.session[0] = NULL; /* no tick tells the call */
	ws_abort(s->ws);
	while (s->ws)
		uv_run(&stage.loop, UV_RUN_ONCE);
	CHECK_EQ(OPENAI_WAITING, s->state, "another is opened");
	stage.session[0] = held;
	wait_until(is_up, "for the call, which has noticed nothing");
	wait_until(has_begun, "and is greeted");
	wait_until(is_full, "the next one stands");
	/* An abort is no polite end, but it was the network's. */
	memset(stage.world.report.breach, 0, sizeof(stage.world.report.breach));
	end();
}

static void test_what_comes_without_a_call(void **state)
{
	static const char *const odd[] = {
		"{\"type\":\"rate_limits.updated\",\"rate_limits\":[]}",
		"{\"type\":\"input_audio_buffer.speech_started\","
		"\"audio_start_ms\":1,\"item_id\":\"i\"}",
		"{\"type\":\"response.created\",\"response\":{\"id\":\"r\"}}",
		"{\"type\":\"response.output_audio.delta\",\"response_id\":"
		"\"r\",\"item_id\":\"i\",\"output_index\":0,"
		"\"content_index\":0,\"delta\":\"AAAA\"}",
		"{\"type\":\"response.done\",\"response\":{\"id\":\"r\","
		"\"status\":\"completed\"}}",
		"not JSON",
	};

	(void)state;
	begin("", 1);
	wait_until(is_full, "one stands");
	uint64_t ignored = stage.pool.own->ignored;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		feed(stage.pool.own, odd[i]);
	CHECK_EQ(1, openai_pool_standing(&stage.pool), "it stands");
	CHECK_EQ(ignored + 5, stage.pool.own->ignored, "events of no use");
	CHECK_EQ(1, stage.pool.own->unreadable, "and one of no sense");
	feed(stage.pool.own, "{\"type\":\"error\",\"error\":{\"type\":"
			     "\"server_error\",\"message\":\"Call "
			     "+41791234567.\"}}");
	CHECK_EQ(0, openai_pool_standing(&stage.pool), "an error ends it");
	CHECK_EQ(1, lines("warn  module=model ev=pool_lost session=sess_"),
		 "said");
	CHECK_EQ(0, lines("41791234567"), "without a number");
	wait_until(is_full, "and is replaced");
	end();
}

static bool is_twice_well(void)
{
	return lines("ev=pool_ready") == 2;
}

static void test_the_server_starts_anew(void **state)
{
	(void)state;
	begin("", 2);
	wait_until(is_full, "two stand");
	close_server();
	pass(1200);
	CHECK_EQ(0, openai_pool_standing(&stage.pool), "both are lost");
	CHECK_EQ(1, lines("warn  module=model ev=pool_lost"), "said once");
	CHECK(stage.pool.pause_ms >= 2 * OPENAI_POOL_RETRY_MS,
	      "it is asked less and less");
	open_server(stage.port);
	wait_until(is_twice_well, "and said when all is well again");
	CHECK(is_full(), "two stand");
	end();
}

static void test_nobody_is_there_at_first(void **state)
{
	(void)state;
	begin("", 1);
	close_server();
	pass(300);
	CHECK_EQ(
		1,
		lines("warn  module=model ev=pool_lost session=- why=\"connection"),
		"said once");
	CHECK(!openai_pool_take(&stage.pool), "there is none to take");
	open_server(stage.port);
	wait_until(is_full, "then one stands");
	CHECK_EQ(1, lines("info  module=model ev=pool_ready standing=1\n"),
		 "said");
	end();
}

static bool has_paused(void)
{
	return stage.pool.pause_ms >= 1000;
}

/* With all the waiting left out. */
static bool has_paused_longest(void)
{
	if (stage.pool.pause_ms >= OPENAI_POOL_PAUSE_MS)
		return true;
	stage.pool.due_ns = 0;
	return false;
}

static bool is_asked_again(void)
{
	return stage.pool.due_ns != 0;
}

static void test_a_refusal_is_not_asked_for_again_at_once(void **state)
{
	(void)state;
	begin("faults:\n- {fault: refuse_http, status: 401}\n", 1);
	wait_until(has_paused, "refused, and refused");
	CHECK_EQ(3, stage.world.connections, "after 0, 250 and 750 ms");
	wait_until(has_paused_longest, "up to a limit");
	unsigned asked = stage.world.connections;
	stage.pool.due_ns = 0;
	wait_until(is_asked_again, "it is asked again");
	CHECK_EQ(asked + 1, stage.world.connections, "once");
	CHECK_EQ(OPENAI_POOL_PAUSE_MS, stage.pool.pause_ms, "and no longer");
	CHECK_EQ(1, lines("pool_lost"), "said once");
	end();
}

static bool is_pinged(void)
{
	return stage.pool.own && stage.pool.own->pong_missing;
}

static bool is_ponged(void)
{
	return stage.pool.own && !stage.pool.own->pong_missing;
}

/* As if it had stood for so long. */
static void let_stand(unsigned ms)
{
	stage.pool.own->ping_ns -= ms * NS_PER_MS;
}

static void test_pings(void **state)
{
	(void)state;
	begin("", 1);
	wait_until(is_full, "one stands");
	let_stand(OPENAI_PING_MS);
	wait_until(is_pinged, "it is pinged");
	CHECK(!openai_pool_take(&stage.pool), "not taken before the answer");
	wait_until(is_ponged, "answered");
	CHECK_EQ(1, openai_pool_standing(&stage.pool), "it stands");
	CHECK_EQ(1, stage.world.connections, "the same");
	end();
}

static bool is_lost(void)
{
	return lines("pool_lost") == 1;
}

static void test_an_unanswered_ping(void **state)
{
	(void)state;
	begin("faults:\n- {fault: freeze, at: updated, session: 1}\n", 1);
	wait_until(is_full, "one stands");
	let_stand(OPENAI_PING_MS);
	wait_until(is_pinged, "it is pinged");
	let_stand(OPENAI_PONG_MS);
	wait_until(is_lost, "it is dropped");
	CHECK_EQ(1, lines("why=\"no answer to a ping\""), "said");
	wait_until(is_full, "and replaced");
	memset(stage.world.report.breach, 0, sizeof(stage.world.report.breach));
	end();
}

/* --- Stopping --- */

static bool is_dialling(void)
{
	return stage.pool.own && stage.pool.own->ws;
}

static void test_stopped_while_dialling(void **state)
{
	(void)state;
	begin("timing: {session_created_delay_ms: 60000}", 2);
	wait_until(is_dialling, "a dial is under way");
	openai_pool_stop(&stage.pool);
	wait_until(is_gone, "nothing is left");
	CHECK_EQ(0, lines("pool_lost"), "nothing was lost");
	end();
}

static void test_stopped_before_it_began(void **state)
{
	(void)state;
	begin("", 2);
	openai_pool_stop(&stage.pool);
	wait_until(is_gone, "nothing is left");
	CHECK_EQ(0, stage.world.connections, "nobody was called");
	end();
}

static void test_stopped_twice(void **state)
{
	(void)state;
	begin("faults:\n- {fault: freeze, at: updated}\n", 1);
	wait_until(is_full, "one stands");
	openai_pool_stop(&stage.pool);
	pass(50);
	CHECK(!stage.pool.is_gone, "the other end is waited for");
	uint64_t from_ns = uv_hrtime();
	openai_pool_stop(&stage.pool);
	wait_until(is_gone, "and then cut");
	CHECK(uv_hrtime() - from_ns < WS_CLOSE_WAIT_MS * NS_PER_MS / 2,
	      "at once");
	openai_pool_stop(&stage.pool);
	memset(stage.world.report.breach, 0, sizeof(stage.world.report.breach));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_they_come_one_after_the_other),
		cmocka_unit_test(test_none_are_wanted),
		cmocka_unit_test(test_another_profile),
		cmocka_unit_test(test_an_old_one_goes_when_the_next_stands),
		cmocka_unit_test(test_one_that_expires_soon_is_old_sooner),
		cmocka_unit_test(test_a_call_finds_its_session),
		cmocka_unit_test(test_two_calls_get_two),
		cmocka_unit_test(test_nobody_gets_one_that_has_a_call),
		cmocka_unit_test(test_a_call_may_end_before_it_is_told),
		cmocka_unit_test(test_lost_on_the_way_to_the_call),
		cmocka_unit_test(test_cut_on_the_way_to_the_call),
		cmocka_unit_test(test_what_comes_without_a_call),
		cmocka_unit_test(test_the_server_starts_anew),
		cmocka_unit_test(test_nobody_is_there_at_first),
		cmocka_unit_test(test_a_refusal_is_not_asked_for_again_at_once),
		cmocka_unit_test(test_pings),
		cmocka_unit_test(test_an_unanswered_ping),
		cmocka_unit_test(test_stopped_while_dialling),
		cmocka_unit_test(test_stopped_before_it_began),
		cmocka_unit_test(test_stopped_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
