#include "tools/testing/check.h"

#include <errno.h>
#include <string.h>

#include "gateway/models/openai_figures.h"
#include "gateway/net/ws.h"
#include "protocols/realtime_event.h"

static void tells_failures_apart(void **state)
{
	(void)state;
	static const struct {
		struct ws_end end;
		const char *outcome;
	} row[] = {
		{ { .http_status = 401 }, "unauthorized" },
		{ { .http_status = 403 }, "unauthorized" },
		{ { .http_status = 429 }, "rate_limited" },
		{ { .http_status = 503 }, "unavailable" },
		{ { .http_status = 404 }, "refused" },
		{ { .http_status = 200 }, "refused" },
		{ { .status = -EACCES }, "certificate" },
		{ { .status = -ETIMEDOUT }, "timeout" },
		{ { .status = -ECONNREFUSED }, "network" },
		{ { .was_open = true, .code = 1011 }, "session" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct openai_figures f = { 0 };
		openai_figures_failed(&f, &row[i].end, 1);
		for (unsigned o = 0; o < OPENAI_OUTCOMES; o++)
			CHECK_EQ(strcmp(openai_outcome_name(o),
					row[i].outcome) == 0,
				 metric_read(&f.outcome[o]), row[i].outcome);
	}
}

/* Two workers, one server. */
static void knows_whether_it_is_reached(void **state)
{
	(void)state;
	const struct ws_end end = { .status = -ECONNREFUSED };
	struct openai_upstream u = { 0 };
	struct openai_figures a = { .upstream = &u }, b = { .upstream = &u };
	openai_figures_failed(&a, &end, 10);
	openai_figures_failed(&b, NULL, 20);
	CHECK_EQ(2, atomic_load(&u.failures), "whoever failed");
	CHECK_EQ(20, atomic_load(&u.failed_ns), "the last");
	CHECK(!atomic_load(&u.was_reached), "not yet");
	openai_figures_opened(&b);
	CHECK_EQ(0, atomic_load(&u.failures), "all is well again");
	CHECK(atomic_load(&u.was_reached), "once is for ever");
	openai_figures_failed(NULL, &end, 30);
	openai_figures_opened(NULL);
	openai_figures_error(NULL, "x");
	openai_figures_response(NULL, NULL);
}

/* What a peer says becomes a word of ours. */
static void bounds_codes(void **state)
{
	(void)state;
	static const struct {
		const char *code, *counted;
	} row[] = {
		{ "session_expired", "session_expired" },
		{ "input_audio_buffer_commit_empty",
		  "input_audio_buffer_commit_empty" },
		{ "", "none" },
		{ "brand_new", "other" },
		{ "none", "other" },
		{ "evil\"} 1\n", "other" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct openai_figures f = { 0 };
		openai_figures_error(&f, row[i].code);
		for (unsigned e = 0; e < OPENAI_ERROR_CODES; e++)
			CHECK_EQ(strcmp(openai_error_name(e), row[i].counted) ==
					 0,
				 metric_read(&f.error[e]), row[i].code);
	}
}

static void adds_tokens_up(void **state)
{
	(void)state;
	const struct realtime_usage u = { .input_text = 119,
					  .input_audio = 21,
					  .cached_text = 64,
					  .cached_audio = 30,
					  .output_text = 10,
					  .output_audio = 40 };
	static const unsigned twice[OPENAI_TOKENS] = {
		[OPENAI_INPUT_TEXT] = 2 * (119 - 64),
		[OPENAI_INPUT_AUDIO] = 0, /* more cached than there was */
		[OPENAI_CACHED_TEXT] = 128,
		[OPENAI_CACHED_AUDIO] = 60,
		[OPENAI_OUTPUT_TEXT] = 20,
		[OPENAI_OUTPUT_AUDIO] = 80,
	};
	struct openai_figures f = { 0 };
	openai_figures_response(&f, &u);
	openai_figures_response(&f, &u);
	CHECK_EQ(2, metric_read(&f.answered), "responses");
	for (unsigned k = 0; k < OPENAI_TOKENS; k++)
		CHECK_EQ(twice[k], metric_read(&f.tokens[k]), "tokens");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_failures_apart),
		cmocka_unit_test(knows_whether_it_is_reached),
		cmocka_unit_test(bounds_codes),
		cmocka_unit_test(adds_tokens_up),
	};
	return cmocka_run_group_tests_name("openai_figures", tests, NULL, NULL);
}
