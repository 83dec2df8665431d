/* Bots that break the rules, on a real socket: each breach reaches the call's
 * result, with the paragraph it is against (AudioCodes reference, 8.2; 9, 8).
 * What counts as one in detail: vaic_session_test, vaic_message_test. */
#include "gateway/net/ws.h"
#include "tools/testing/vaic_rig.h"

#define START(id, format)                                   \
	"{\"type\":\"playStream.start\",\"streamId\":\"" id \
	"\",\"mediaFormat\":\"" format "\"}"
#define CHUNK(id, audio)                                    \
	"{\"type\":\"playStream.chunk\",\"streamId\":\"" id \
	"\",\"audioChunk\":\"" audio "\"}"
#define STOP(id) "{\"type\":\"playStream.stop\",\"streamId\":\"" id "\"}"
#define SENDS    5

static const char *const *says;

static void say_it(void)
{
	for (unsigned i = 0; i < SENDS && says[i]; i++)
		fake_bot_send("%s", says[i]);
}

static void say_it_too_early(void)
{
	say_it();
	fake_bot_accept();
}

static void say_in_binary(void)
{
	ws_send_frame(fake_bot.ws, 2, true, says[0], strlen(says[0]));
}

struct row {
	const char *what;
	const char *rule;
	const char *text; /* part of the breach's */
	const char *says[SENDS];
};

/* A bot that says it at the start; or as the test sets it. */
static void hear_it(const struct row *row, void (*on_start)(void))
{
	void *plain = NULL;

	begin(&plain);
	vaic.session.offers = 2; /* raw/lpcm16_8 and wav/lpcm16_8 */
	vaic.session.prompt_ms = 200;
	says = row->says;
	if (on_start)
		fake_bot.on_start = on_start;
	else
		fake_bot.on_initiate = say_it_too_early;
	place("steps:\n- {wait: \"300\"}\n- {hangup: true}\n");
	CHECK(result->breaches > 0, row->what);
	const struct caller_breach *b = find_breach(row->text);
	CHECK(b, row->what);
	CHECK_STR(row->rule, b->code, row->what);
	finish(&plain);
}

static void test_rules(void **state)
{
	static const struct row row[] = {
		{ "two streams at a time",
		  "8.2 (1)",
		  "p2 starts while",
		  { START("p1", "raw/lpcm16_8"), CHUNK("p1", "AAAAAAAA"),
		    START("p2", "raw/lpcm16_8") } },
		{ "an id again",
		  "8.2 (1)",
		  "p1",
		  { START("p1", "raw/lpcm16_8"), CHUNK("p1", "AAAAAAAA"),
		    STOP("p1"), START("p1", "raw/lpcm16_8") } },
		{ "a chunk of no stream",
		  "8.2 (1)",
		  "p1",
		  { CHUNK("p1", "AAAAAAAA") } },
		{ "a chunk of a closed one",
		  "8.2 (1)",
		  "p1",
		  { START("p1", "raw/lpcm16_8"), CHUNK("p1", "AAAAAAAA"),
		    STOP("p1"), CHUNK("p1", "AAAAAAAA") } },
		{ "a format that was not offered",
		  "8.2 (1)",
		  "play stream p1:",
		  { START("p1", "raw/mulaw") } },
		{ "half a sample",
		  "2",
		  "3 bytes",
		  { START("p1", "raw/lpcm16_8"), CHUNK("p1", "AAAA") } },
		{ "an empty chunk",
		  "2",
		  "audioChunk",
		  { START("p1", "raw/lpcm16_8"), CHUNK("p1", "") } },
		{ "no base64",
		  "2",
		  "audioChunk",
		  { START("p1", "raw/lpcm16_8"), CHUNK("p1", "*") } },
		{ "an answer nobody asked for",
		  "8.2 (2)",
		  "userStream.stopped unasked",
		  { "{\"type\":\"userStream.stopped\"}" } },
		{ "nothing is played", "8.2 (6)", "200 ms", { NULL } },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		hear_it(&row[i], say_it);
}

static void test_too_early(void **state)
{
	static const struct row row = { "before session.accepted",
					"8.2 (3)",
					"before session.accepted",
					{ START("p1", "raw/lpcm16_8") } };

	(void)state;
	hear_it(&row, NULL);
}

static void test_binary(void **state)
{
	static const struct row row = { "a binary frame",
					"2",
					"a binary frame",
					{ START("p1", "raw/lpcm16_8") } };

	(void)state;
	hear_it(&row, say_in_binary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_too_early),
		cmocka_unit_test(test_binary),
	};

	return cmocka_run_group_tests_name("vaic_rules", tests, NULL, NULL);
}
