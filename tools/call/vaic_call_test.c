/* Whole calls over real loopback sockets, against a small bot that each test
 * tells how to behave. Numbers are sections of the AudioCodes reference. */
#include "tools/testing/vaic_rig.h"

#include "gateway/net/ws.h"
#include "tools/testing/tls_contexts.h"

/* --- A call as it should be --- */

static void greet(void)
{
	fake_bot_speak(500);
}

static void test_greeting_and_hangup(void **state)
{
	(void)state;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {hangup: true}\n");
	CHECK_OUTCOME("caller_hung_up", "by the script");
	CHECK(all_passed(), "both steps");
	CHECK_CLEAN("all was correct");
	CHECK_NEAR(500, figure(CALLER_FIGURE_heard_ms), 20, "500 ms of tone");
	CHECK_NEAR(0, figure(CALLER_FIGURE_gaps), 0, "without a gap");
	CHECK_NEAR(0, figure(CALLER_FIGURE_clicks), 0, "or a click");
	CHECK_STR("session.initiate activities userStream.start "
		  "userStream.stop session.end ",
		  fake_bot.messages, "6.1, 6.6");
	CHECK_STR("client-disconnected", fake_bot.end, "2.4");
	CHECK_STR("Bearer " FAKE_BOT_TOKEN, fake_bot.authorization, "1.2");
	CHECK_STR("line", fake_bot.botname, "2.2");
	CHECK_STR("+33170000001", fake_bot.caller, "2.2");
	CHECK_STR("+33180000042", fake_bot.callee, "4.3");
	CHECK_STR("raw/lpcm16_8 wav/lpcm16_8 raw/mulaw wav/mulaw raw/lpcm16 "
		  "wav/lpcm16 raw/lpcm16_24 wav/lpcm16_24 ",
		  fake_bot.formats, "as Live Hub offers them");
	CHECK_STR(result->id, fake_bot.conversation, "the call's id");
	CHECK_EQ(0, fake_bot.bad_chunks, "each within a stream");
	CHECK_EQ(fake_bot.chunks * 320, fake_bot.chunk_bytes, "of 20 ms");
	CHECK(fake_bot.chunks >= 50, "more than a second of them");
	CHECK_EQ(1000, fake_bot.close_code, "the socket closed");
}

/* The clock is anchored: after a second no chunk is off by the loop's delays
 * added up. */
static void test_pace(void **state)
{
	static const unsigned chunk_ms[] = { 20, 60, 100 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(chunk_ms); i++) {
		begin(NULL);
		fake_bot.on_start = greet;
		fake_bot.chunk_ms = vaic.session.chunk_ms = chunk_ms[i];
		place("steps:\n- {wait: 1500}\n- {hangup: true}\n");
		CHECK_NEAR(1500.0 / chunk_ms[i], fake_bot.chunks, 3,
			   "in real time");
		CHECK_EQ(fake_bot.chunks * chunk_ms[i] * 16,
			 fake_bot.chunk_bytes, "of this size");
		CHECK(chunk_ms[i] > 20 || fake_bot.best_late_ms < 5,
		      "after a second some are still in time");
		finish(NULL);
	}
}

static void test_stream_first(void **state)
{
	(void)state;
	vaic.session.user_stream_first = true;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {hangup: true}\n");
	CHECK_STR("session.initiate userStream.start activities "
		  "userStream.stop session.end ",
		  fake_bot.messages, "9.3: in either order");
	CHECK_CLEAN("all was correct");
}

/* --- Interruptions --- */

static void long_reply(void)
{
	fake_bot_speak(4000);
}

static void stop_speaking(void)
{
	fake_bot_send("{\"type\":\"userStream.speech.started\"}");
}

static void test_barge_in(void **state)
{
	(void)state;
	fake_bot.on_start = long_reply;
	fake_bot.on_loud = stop_speaking;
	place("steps:\n"
	      "- interrupt: {after_ms: 300, say: caller-thanks, within_ms: 500}\n"
	      "- {hangup: true}\n");
	CHECK(all_passed(), "the voice stopped in time");
	CHECK_NEAR(1, figure(CALLER_FIGURE_barge_ins_heeded), 0, "heeded");
	CHECK(figure(CALLER_FIGURE_reaction_ms) <= 300,
	      "at once, on a busy machine");
	CHECK(figure(CALLER_FIGURE_heard_ms) < 2000, "of 4 s");
	CHECK_NEAR(0, figure(CALLER_FIGURE_late_ms), 0, "and nothing after");
	CHECK_NEAR(0, figure(CALLER_FIGURE_clicks), 0, "the cut is no click");
}

static void test_half_duplex(void **state)
{
	(void)state;
	vaic.session.settings.barge_in = false;
	fake_bot.on_start = greet;
	fake_bot.on_loud = stop_speaking; /* without effect (3.5) */
	place("steps:\n- {wait: heard_end}\n- {wait: 300}\n"
	      "- {hangup: true}\n");
	CHECK_CLEAN("all was correct");
	CHECK_NEAR(500, figure(CALLER_FIGURE_heard_ms), 20, "to its end");
	CHECK_EQ(2, fake_bot.starts, "2.5: a stream before, and one after");
	CHECK_EQ(0, fake_bot.bad_chunks, "and nothing between");
	CHECK(figure(CALLER_FIGURE_withheld_ms) >= 450, "it was withheld");
	CHECK_NEAR(0, figure(CALLER_FIGURE_dropped_ms), 0, "not dropped");
}

/* --- Keys, hang-up, transfer --- */

static void say_goodbye(const char *event)
{
	if (strcmp(event, "DTMF") == 0) {
		fake_bot_speak(300);
		fake_bot_event(
			"hangup",
			",\"activityParams\":{\"hangupReason\":\"bye\"}");
	}
}

static void test_digit_and_far_hangup(void **state)
{
	(void)state;
	fake_bot.on_start = greet;
	fake_bot.on_event = say_goodbye;
	place("steps:\n- {wait: heard_end}\n- {press: \"#\"}\n"
	      "- {wait: hangup}\n");
	CHECK(all_passed(), "the far end hung up");
	CHECK_OUTCOME("hung_up", "by hangup (4.4)");
	CHECK_CLEAN("all was correct");
	CHECK(strstr(fake_bot.events, "DTMF=# "), "the key arrived");
	CHECK_STR("bot-disconnected", fake_bot.end, "2.4");
}

static void test_keys_off(void **state)
{
	(void)state;
	vaic.session.settings.send_dtmf = false;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {press: \"1\"}\n"
	      "- {hangup: true}\n");
	CHECK_STR("start ", fake_bot.events, "4.2: sendDTMF is off");
}

static void transfer(void)
{
	fake_bot_speak(200);
	fake_bot_event("transfer",
		       ",\"activityParams\":{\"transferTarget\":\"tel:+331\","
		       "\"transferNotifications\":true}");
}

static void hang_up_after_status(const char *event)
{
	if (strcmp(event, "transferStatus") == 0)
		fake_bot_event("hangup", "");
}

static void test_transfer(void **state)
{
	(void)state;
	fake_bot.on_start = transfer;
	place("steps:\n- {wait: hangup}\n");
	CHECK_OUTCOME("transferred", "it was answered");
	CHECK_STR("transferred", fake_bot.end, "2.4");
	CHECK(strstr(fake_bot.events, "transferStatus"), "and that was told");
	CHECK_CLEAN("all was correct");
}

static void test_transfer_fails(void **state)
{
	(void)state;
	vaic.session.transfer = VAIC_TRANSFER_BUSY;
	fake_bot.on_start = transfer;
	fake_bot.on_event = hang_up_after_status;
	place("steps:\n- {wait: hangup}\n");
	CHECK_OUTCOME("hung_up", "the bot had the call again");
	CHECK_CLEAN("all was correct");
}

/* --- Formats --- */

static void test_formats(void **state)
{
	static const struct {
		enum vaic_format format;
		unsigned bytes; /* of 20 ms */
	} row[] = {
		{ VAIC_RAW_MULAW, 160 },  { VAIC_RAW_LPCM16_8, 320 },
		{ VAIC_RAW_LPCM16, 640 }, { VAIC_RAW_LPCM16_24, 960 },
		{ VAIC_WAV_LPCM16, 640 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *name = vaic_format_name(row[i].format);
		bool is_wav = vaic_format_is_wav(row[i].format);

		begin(NULL);
		vaic.session.offer[0] = row[i].format;
		vaic.session.offer[1] = VAIC_RAW_LPCM16;
		vaic.session.offers = 2;
		fake_bot.play = is_wav ? "raw/lpcm16" : NULL;
		fake_bot.on_start = greet;
		place("steps:\n- {wait: heard_end}\n- {say: caller-thanks}\n"
		      "- {hangup: true}\n");
		CHECK_CLEAN(name);
		CHECK_NEAR(500, figure(CALLER_FIGURE_heard_ms), 20, name);
		CHECK_NEAR(0, figure(CALLER_FIGURE_clicks), 0, name);
		CHECK(fake_bot.loud_chunks > 10, name);
		CHECK_EQ(is_wav, fake_bot.riff_chunks, "3.1: one header");
		/* A header; and what the filters hold back, at most 5 ms. */
		CHECK_NEAR(fake_bot.chunks * row[i].bytes, fake_bot.chunk_bytes,
			   row[i].bytes / 4.0, name);
		finish(NULL);
	}
}

/* --- The line's own sound --- */

static void test_native(void **state)
{
	const struct caller_native *n;

	(void)state;
	options.keeps_tracks = true;
	vaic.session.offer[0] = VAIC_RAW_LPCM16_24;
	vaic.session.offers = 1;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {say: caller-thanks}\n"
	      "- {hangup: true}\n");
	options.keeps_tracks = false;
	n = &call->native;
	CHECK_EQ(24000, n->rate, "of the line");
	CHECK(n->is_linear && !n->is_mixed, "as it was sent");
	CHECK_NEAR(figure(CALLER_FIGURE_duration_ms) * 48, n->said.used,
		   48 * 100, "from the beginning to the end");
	CHECK(n->heard.used >= 500 * 48, "with the greeting");
	const int16_t *pcm = (const int16_t *)(void *)buffer_head(&n->heard);
	size_t i = 0;
	while (i < n->heard.used / 2 && !pcm[i])
		i++;
	/* 200 Hz at 24 kHz: the first samples of 8000 sin, by hand. */
	CHECK_EQ(418, pcm[i], "bit for bit");
	CHECK_EQ(836, pcm[i + 1], "and the next");
	CHECK_NEAR(figure(CALLER_FIGURE_first_sound_ms) * 24, i, 24 * 25,
		   "in its place");
}

/* --- How it can fail --- */

static void test_refused_upgrade(void **state)
{
	(void)state;
	vaic.token = "wrong";
	place("steps:\n- {hangup: true}\n");
	CHECK_OUTCOME("refused", "401");
	CHECK_NEAR(401, figure(CALLER_FIGURE_upgrade_status), 0, "told");
	CHECK(!result->could_not_connect, "somebody answered");
}

static void test_nobody(void **state)
{
	(void)state;
	snprintf(url, sizeof(url), "ws://127.0.0.1:9/");
	place("steps:\n- {hangup: true}\n");
	CHECK_OUTCOME("failed", "no answer");
	CHECK(result->could_not_connect, "nobody was there");
}

static void refuse(void)
{
	fake_bot_send("{\"type\":\"session.error\",\"reason\":\"no line\"}");
}

static void test_session_error(void **state)
{
	(void)state;
	fake_bot.on_initiate = refuse;
	place("steps:\n- {hangup: true}\n");
	CHECK_OUTCOME("refused", "2.2");
	CHECK(strstr(result->how, "no line"), "with the reason");
}

static void test_timeout(void **state)
{
	(void)state;
	options.timeout_ms = 700;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: hangup}\n");
	CHECK_OUTCOME("timed_out", "by the caller");
	CHECK_STR("client-disconnected", fake_bot.end, "in order");
}

static void test_tls(void **state)
{
	struct tls_contexts contexts;
	void *server;

	(void)state;
	tls_contexts_make(&contexts, "localhost");
	server = contexts.server;
	begin(&server);
	options.tls = contexts.client;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {hangup: true}\n");
	CHECK_CLEAN("all was correct");
	finish(NULL);
	begin(&server);
	options.tls = contexts.stranger;
	place("steps:\n- {hangup: true}\n");
	CHECK_OUTCOME("failed", "1.2: the certificate is verified");
	finish(NULL);
	tls_contexts_free(&contexts);
}

/* --- The checks, as calls --- */

static void test_checks(void **state)
{
	(void)state;
	for (int by_http = 0; by_http < 2; by_http++) {
		begin(NULL);
		vaic.is_http_check = by_http;
		vaic.session.mode = VAIC_VALIDATE;
		place("steps:\n- {hangup: true}\n");
		CHECK_OUTCOME("checked", "1.5");
		CHECK_CLEAN("all was correct");
		finish(NULL);
	}
}

static void test_check_fails(void **state)
{
	(void)state;
	vaic.is_http_check = true;
	fake_bot.body = "{}";
	place("steps:\n- {hangup: true}\n");
	CHECK_OUTCOME("broken", "the body is not the one");
	CHECK(find_breach("body"), "and that is told");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_greeting_and_hangup),
		cmocka_unit_test(test_pace),
		RIG_TEST(test_stream_first),
		RIG_TEST(test_barge_in),
		RIG_TEST(test_half_duplex),
		RIG_TEST(test_digit_and_far_hangup),
		RIG_TEST(test_keys_off),
		RIG_TEST(test_transfer),
		RIG_TEST(test_transfer_fails),
		cmocka_unit_test(test_formats),
		RIG_TEST(test_native),
		RIG_TEST(test_refused_upgrade),
		RIG_TEST(test_nobody),
		RIG_TEST(test_session_error),
		RIG_TEST(test_timeout),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_checks),
		RIG_TEST(test_check_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
