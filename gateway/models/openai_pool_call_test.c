/* Sessions of a pool that calls take: who gets which, and what is lost on the
 * way. */
#include <signal.h>
#include <sys/wait.h>

#include "gateway/net/ws.h"
#include "tools/testing/pool_rig.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_call_finds_its_session),
		cmocka_unit_test(test_two_calls_get_two),
		cmocka_unit_test(test_nobody_gets_one_that_has_a_call),
		cmocka_unit_test(test_a_call_may_end_before_it_is_told),
		cmocka_unit_test(test_lost_on_the_way_to_the_call),
		cmocka_unit_test(test_cut_on_the_way_to_the_call),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
