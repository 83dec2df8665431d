/* A pool: who stands ready, what replaces it, what is lost, and how it stops.
 */
#include "gateway/net/ws.h"
#include "tools/testing/pool_rig.h"

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

/* --- Losing --- */

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
