/* A pool of sessions against the strict server, over real sockets, and two
 * calls that may take from it. Include it in one file of a program. */
#ifndef TOOLS_TESTING_POOL_RIG_H
#define TOOLS_TESTING_POOL_RIG_H

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/models/openai_parts.h"
#include "gateway/models/openai_pool.h"
#include "tools/model/model_server.h"
#include "tools/testing/check.h"
#include "tools/testing/silent_sides.h"

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

static const struct call_carrier_port carrier = {
	.send_audio = silent_audio,
	.clear = silent_clear,
	.hang_up = silent_hang_up,
};

static const struct call_agent_port agent = { .brief = silent_brief };

static uint8_t apology[160];

static inline void on_handled(void *owner, uint64_t read_ns)
{
	struct openai_session **of = owner;

	(void)read_ns;
	openai_session_flush(*of);
}

static inline void init_call(unsigned i, struct openai_session *s)
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
static inline struct openai_session *take(unsigned i)
{
	struct openai_session *s = openai_pool_take(&stage.pool);

	assert_non_null(s);
	init_call(i, s);
	return s;
}

/* --- The stage --- */

static inline void tick_call(unsigned i, uint64_t now_ns)
{
	if (!stage.session[i])
		return;
	call_tick(&stage.call[i], now_ns);
	openai_session_tick(stage.session[i], now_ns);
	openai_session_flush(stage.session[i]);
}

static inline void look(void)
{
	unsigned coming = 0, standing = openai_pool_standing(&stage.pool);

	for (const struct openai_session *s = stage.pool.own; s; s = s->next)
		coming += s->state < OPENAI_STANDING && !s->is_closing;
	if (coming > stage.coming_max)
		stage.coming_max = coming;
	if (standing < stage.standing_min)
		stage.standing_min = standing;
}

static inline void on_turn(uv_timer_t *timer)
{
	uint64_t now_ns = uv_hrtime();

	(void)timer;
	for (unsigned i = 0; i < CALLS; i++)
		tick_call(i, now_ns);
}

static inline void on_guard(uv_timer_t *timer)
{
	(void)timer;
	stage.is_late = true;
}

typedef bool claim_fn(void);

static inline void wait_until(claim_fn *holds, const char *why)
{
	while (!holds() && !stage.is_late) {
		uv_run(&stage.loop, UV_RUN_ONCE);
		look();
	}
	CHECK(!stage.is_late, why);
}

static uint64_t until_ns;

static inline bool is_time(void)
{
	return uv_hrtime() >= until_ns;
}

static inline void pass(unsigned ms)
{
	until_ns = uv_hrtime() + ms * NS_PER_MS;
	wait_until(is_time, "time passes");
}

static inline void open_server(unsigned port)
{
	CHECK_EQ(0,
		 model_server_open(&stage.server, &stage.loop, "127.0.0.1",
				   port, NULL, NULL, &stage.world),
		 "listens");
	stage.port = model_server_port(stage.server);
}

static inline void on_server_closed(void *owner)
{
	(void)owner;
	stage.server = NULL;
}

static inline bool has_no_server(void)
{
	return !stage.server;
}

static inline void close_server(void)
{
	model_server_close(stage.server, on_server_closed, NULL);
	wait_until(has_no_server, "the server stops");
}

static inline void on_gone(void *owner)
{
	(void)owner;
}

static inline void set_profile(void)
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

static inline void begin(const char *scenario, unsigned wanted)
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

static inline bool is_full(void)
{
	return openai_pool_standing(&stage.pool) == stage.pool.wanted;
}

static inline bool is_gone(void)
{
	return stage.pool.is_gone;
}

static inline bool calls_are_over(void)
{
	for (unsigned i = 0; i < CALLS; i++)
		if (stage.session[i] &&
		    stage.session[i]->state != OPENAI_CLOSED)
			return false;
	return true;
}

static inline void end_calls(void)
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

static inline void end(void)
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

static inline unsigned lines(const char *words)
{
	static char text[65536];
	ssize_t n = pread(stage.log.fd, text, sizeof(text) - 1, 0);
	unsigned count = 0;

	text[n > 0 ? n : 0] = '\0';
	for (const char *at = text; (at = strstr(at, words)); at++)
		count++;
	return count;
}

/* What the server sends, as text. */
static inline void feed(struct openai_session *s, const char *json)
{
	char text[512];

	snprintf(text, sizeof(text), "%s", json);
	openai_events_take(s, text, strlen(text), uv_hrtime());
}

#endif
