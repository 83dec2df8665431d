#include "gateway/records/price.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/records/money.h"
#include "tools/testing/check.h"

static struct config *config;

/* The first is in the reference's table (4.15), the others are ours. */
static int set_up(void **state)
{
	static const struct config_price price[] = {
		{ .model = "gpt-realtime-2.1",
		  .text_in = 4,
		  .text_in_cached = 0.4,
		  .text_out = 24,
		  .audio_in = 32,
		  .audio_in_cached = 0.4,
		  .audio_out = 64 },
		{ .model = "local" },
		{ .model = "whisper", .audio_minute = 0.017 },
		{ .model = "half", .text_in = 1, .audio_in = 10 },
		{ .model = "dear", .audio_out = 100000 },
	};
	(void)state;
	config = calloc(1, sizeof(*config));
	assert_non_null(config);
	memcpy(config->prices, price, sizeof(price));
	config->price_count = ARRAY_LEN(price);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(config);
	return 0;
}

static void test_cost(void **state)
{
	static const struct {
		const char *model;
		struct price_usage usage;
		uint64_t cost; /* 10^-12 */
		bool is_known;
		const char *why;
	} row[] = {
		/* The dialogue of section 5: 119 text of which 64 are cached,
		 * 21 audio, out 10 and 30: 55 x 4 + 64 x 0.4 + 21 x 32 +
		 * 10 x 24 + 30 x 64 = 3077.6 millionths. */
		{ "gpt-realtime-2.1",
		  { .tokens = { 55, 64, 10, 21, 0, 30 } },
		  3077600000,
		  true,
		  "each kind at its price" },
		/* One minute of the caller: 600 tokens. */
		{ "gpt-realtime-2.1",
		  { .tokens = { [PRICE_AUDIO_IN] = 600 } },
		  19200000000,
		  true,
		  "the reference's 0.019" },
		{ "gpt-realtime-2.1",
		  { .tokens = { [PRICE_TEXT_IN_CACHED] = 1 } },
		  400000,
		  true,
		  "one token is no rounding" },
		{ "gpt-realtime-2.1",
		  { .unsplit = 90 },
		  0,
		  false,
		  "sums that are not split have no price" },
		{ "gpt-realtime-2.1",
		  { .tokens = { [PRICE_TEXT_OUT] = 2 }, .audio_ms = 1000 },
		  48000000,
		  false,
		  "time has no price there: the rest is counted" },
		{ "other", { .tokens = { 1 } }, 0, false, "no entry" },
		{ "other", { .unsplit = 0 }, 0, true, "nothing costs nothing" },
		{ "local",
		  { .tokens = { 1, 1, 1, 1, 1, 1 }, .unsplit = 5 },
		  0,
		  true,
		  "an entry without prices: free" },
		{ "whisper",
		  { .audio_ms = 2000 },
		  566666667,
		  true,
		  "two seconds at 0.017 a minute, to the nearest 10^-12" },
		{ "whisper",
		  { .audio_ms = 60000 },
		  17000000000,
		  true,
		  "a minute, exactly" },
		{ "half",
		  { .tokens = { [PRICE_TEXT_IN_CACHED] = 3,
				[PRICE_AUDIO_IN_CACHED] = 2 } },
		  23000000,
		  true,
		  "cached ones without a price cost what others do" },
		{ "half",
		  { .tokens = { [PRICE_TEXT_IN] = 1, [PRICE_AUDIO_OUT] = 1 } },
		  1000000,
		  false,
		  "speech without a price is not free" },
		{ "dear",
		  { .tokens = { [PRICE_AUDIO_OUT] = 1ull << 40 } },
		  UINT64_MAX,
		  true,
		  "a server that lies cannot make it little" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		uint64_t cost = 1;
		bool is_known =
			price_of(config, row[i].model, &row[i].usage, &cost);
		CHECK_EQ(row[i].cost, cost, row[i].why);
		CHECK_EQ(row[i].is_known, is_known, row[i].why);
	}
}

static void note_gap(void *owner, const char *model)
{
	strcat(owner, model);
	strcat(owner, ";");
}

static void test_gaps(void **state)
{
	char told[64] = "";

	(void)state;
	strcpy(config->model.name, "half");
	strcpy(config->agent.transcription.model, "whisper");
	price_each_gap(config, note_gap, told);
	CHECK_STR("", told, "both have a price");
	strcpy(config->model.name, "local");
	price_each_gap(config, note_gap, told);
	CHECK_STR("", told, "an entry is enough");
	strcpy(config->model.name, "loca");
	price_each_gap(config, note_gap, told);
	CHECK_STR("loca;", told, "of the whole name");
	told[0] = '\0';
	strcpy(config->model.name, "new");
	price_each_gap(config, note_gap, told);
	CHECK_STR("new;", told, "one has not");
	strcpy(config->agent.supervisor.model, "thinker");
	told[0] = '\0';
	price_each_gap(config, note_gap, told);
	CHECK_STR("new;", told, "a supervisor that nobody can ask");
	strcpy(config->agent.supervisor.url, "https://h/v1/responses");
	told[0] = '\0';
	price_each_gap(config, note_gap, told);
	CHECK_STR("new;thinker;", told, "one that can be asked");
	strcpy(config->agent.supervisor.model, "half");
	strcpy(config->agent.transcription.model, "new");
	told[0] = '\0';
	price_each_gap(config, note_gap, told);
	CHECK_STR("new;", told, "told once");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_gaps, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
