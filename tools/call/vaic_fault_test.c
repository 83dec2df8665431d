/* What VAIC can do wrong, and what can happen to its sockets: each injection of
 * 9.7 (AudioCodes reference) reaches the bot as it should, and a call that can
 * live on does. */
#include "tools/testing/vaic_rig.h"

#include "gateway/net/ws.h"

static void greet(void)
{
	fake_bot_speak(300);
}

/* --- Strange messages, after which the call goes on --- */

static void inject(const char *fault, unsigned value)
{
	char yaml[256];

	fake_bot.on_start = greet;
	snprintf(yaml, sizeof(yaml),
		 "steps:\n- {wait: heard_end}\n- {inject: %s, value: %u}\n"
		 "- {wait: 200}\n- {press: \"1\"}\n- {wait: 700}\n"
		 "- {hangup: true}\n",
		 fault, value);
	place(yaml);
	CHECK_OUTCOME("caller_hung_up", fault);
	CHECK_CLEAN(fault);
	CHECK(strcasestr(fake_bot.events, "dtmf=1"), fault);
	CHECK_STR("client-disconnected", fake_bot.end, fault);
}

static void test_strange_messages(void **state)
{
	static const struct {
		const char *fault;
		unsigned value;
		unsigned bad_texts, bad_chunks, binaries;
		const char *message; /* seen by the bot */
		const char *why;
	} row[] = {
		{ "garbage_json", 0, 1, 0, 0, "", "text that is no JSON" },
		{ "binary", 0, 0, 0, 1, "", "a binary frame" },
		{ "unknown_event", 0, 0, 0, 0, "weather.report ",
		  "a type nobody knows" },
		{ "unknown_activity", 0, 0, 0, 0, "", "an activity" },
		{ "bad_base64", 0, 0, 1, 0, "", "a chunk that is none" },
		{ "empty_chunk", 0, 0, 2, 0, "", "two without audio" },
		{ "bad_conversation_id", 0, 0, 0, 0, "", "of another call" },
		{ "big_chunk", 500, 0, 0, 0, "", "half a second at once" },
		{ "no_user_input", 2, 0, 0, 0, "", "the second time" },
		{ "unknown_fields", 0, 0, 0, 0, "", "in every message" },
		{ "fragments", 0, 0, 0, 0, "", "three of each" },
		{ "slow_reader", 300, 0, 0, 0, "", "nothing is read" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(NULL);
		vaic.session.settings.events = VAIC_GATE_NO_USER_INPUT;
		inject(row[i].fault, row[i].value);
		CHECK_EQ(row[i].bad_texts, fake_bot.bad_texts, row[i].why);
		CHECK_EQ(row[i].bad_chunks, fake_bot.bad_chunks, row[i].why);
		CHECK_EQ(row[i].binaries, fake_bot.binaries, row[i].why);
		CHECK(strstr(fake_bot.messages, row[i].message), row[i].why);
		finish(NULL);
	}
}

static void test_no_user_input(void **state)
{
	(void)state;
	vaic.session.settings.events = VAIC_GATE_NO_USER_INPUT;
	inject("no_user_input", 3);
	CHECK(strstr(fake_bot.events, "noUserInput=3 "), "4.2");
}

static void test_pings(void **state)
{
	(void)state;
	inject("pings", 50);
	CHECK(fake_bot.pings >= 15, "one in 50 ms");
}

static void test_fragments_with_pings(void **state)
{
	(void)state;
	fake_bot.on_start = greet;
	place("steps:\n- {inject: fragments}\n- {inject: pings, value: 100}\n"
	      "- {wait: heard_end}\n- {hangup: true}\n");
	CHECK_CLEAN("all was correct");
	CHECK(fake_bot.pings > fake_bot.chunks, "between all fragments");
}

static void test_duplicate_activity(void **state)
{
	(void)state;
	inject("duplicate_activity", 0);
	CHECK(fake_bot.repeated >= 2, "start and DTMF, with one id each");
}

static void test_mixed_case(void **state)
{
	(void)state;
	fake_bot.on_start = NULL;
	place("steps:\n- {inject: mixed_case_dtmf}\n- {wait: 100}\n"
	      "- {press: \"1\"}\n- {wait: 100}\n- {hangup: true}\n");
	CHECK_STR("StArT dTmF=1 ", fake_bot.events, "4.1");
}

static void test_collected(void **state)
{
	(void)state;
	fake_bot.on_start = greet;
	place("steps:\n- {inject: dtmf_collected}\n- {wait: heard_end}\n"
	      "- {press: \"12#\"}\n- {wait: 600}\n- {hangup: true}\n");
	CHECK_STR("start DTMF=12# ", fake_bot.events, "4.2: one event");
}

static void test_odd_chunks(void **state)
{
	(void)state;
	inject("odd_chunks", 0);
	CHECK(fake_bot.odd_chunks > fake_bot.chunks / 3, "3.3");
	CHECK_NEAR(fake_bot.chunks * 320, fake_bot.chunk_bytes, 1,
		   "and no byte is lost");
}

static void test_wav_headers(void **state)
{
	(void)state;
	vaic.session.offer[0] = VAIC_WAV_LPCM16_8;
	vaic.session.offers = 1;
	fake_bot.play = "raw/lpcm16_8";
	vaic.session.offer[vaic.session.offers++] = VAIC_RAW_LPCM16_8;
	inject("wav_headers", 0);
	CHECK_EQ(fake_bot.chunks, fake_bot.riff_chunks, "3.1: in every chunk");
}

static void test_no_start(void **state)
{
	(void)state;
	place("steps:\n- {inject: no_start_activity}\n- {wait: 300}\n"
	      "- {hangup: true}\n");
	CHECK_STR("", fake_bot.events, "none");
}

/* --- The caller's audio --- */

static void test_gap(void **state)
{
	(void)state;
	inject("gap_ms", 200);
	CHECK_NEAR(200, figure(CALLER_FIGURE_dropped_ms), 20, "counted");
	CHECK_NEAR(figure(CALLER_FIGURE_frames) - 10, fake_bot.chunks, 1,
		   "ten chunks did not come");
}

static void test_stall(void **state)
{
	(void)state;
	inject("media_stall_ms", 300);
	CHECK_NEAR(0, figure(CALLER_FIGURE_dropped_ms), 0, "nothing is lost");
	CHECK_NEAR(figure(CALLER_FIGURE_frames), fake_bot.chunks, 0,
		   "all came");
	CHECK(fake_bot.worst_ms > 150, "late");
}

/* --- Sockets that go --- */

static void check_resumed(unsigned away_ms)
{
	double all = figure(CALLER_FIGURE_duration_ms);
	double sent = 20 * figure(CALLER_FIGURE_frames);

	CHECK_OUTCOME("caller_hung_up", "the call went on");
	CHECK_CLEAN("all was correct");
	CHECK_NEAR(1, figure(CALLER_FIGURE_drops), 0, "one drop");
	CHECK_NEAR(1, figure(CALLER_FIGURE_resumes), 0, "resumed");
	CHECK_EQ(1, fake_bot.initiates, "the session is the old one");
	CHECK_EQ(2, fake_bot.starts, "5.1 (5): the stream starts again");
	CHECK(figure(CALLER_FIGURE_resume_ms) < 200, "at once");
	CHECK_NEAR(away_ms, figure(CALLER_FIGURE_dropped_ms), 60,
		   "what was said meanwhile");
	/* Every millisecond is somewhere: sent, or dropped. */
	CHECK_NEAR(all, sent + figure(CALLER_FIGURE_dropped_ms), 80,
		   "and no more than that");
	CHECK_NEAR(figure(CALLER_FIGURE_frames), fake_bot.chunks, 1,
		   "what was sent has come");
	CHECK_NEAR(20, figure(CALLER_FIGURE_withheld_ms), 20,
		   "only what was said before userStream.started");
	CHECK_NEAR(0, figure(CALLER_FIGURE_gaps), 0, "the network's hole");
	CHECK_NEAR(0, figure(CALLER_FIGURE_clicks), 0, "and its edges");
}

static void long_reply(void)
{
	fake_bot_play();
	fake_bot_tone(3000);
}

static void test_drop_and_resume(void **state)
{
	static const char *const fault[] = { "drop_and_resume",
					     "finish_and_resume" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fault); i++) {
		char yaml[256];

		begin(NULL);
		fake_bot.on_start = long_reply;
		fake_bot.on_resumed = greet;
		snprintf(yaml, sizeof(yaml),
			 "steps:\n- {wait: heard_start}\n- {wait: 300}\n"
			 "- {inject: %s, value: 400}\n- {press: \"7\"}\n"
			 "- {wait: 1500}\n- {hangup: true}\n",
			 fault[i]);
		place(yaml);
		check_resumed(400);
		CHECK(figure(CALLER_FIGURE_heard_ms) < 1500,
		      "5.1: what had not been played is gone");
		CHECK(figure(CALLER_FIGURE_resume_audio_ms) < 300,
		      "the new stream is heard");
		CHECK_EQ(1, fake_bot.resumed_events, "it had not come before");
		CHECK_STR("start DTMF=7 ", fake_bot.events,
			  "a key pressed while away comes after the resume");
		finish(NULL);
	}
}

static void test_resume_late(void **state)
{
	(void)state;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: heard_end}\n"
	      "- {inject: drop_and_resume, value: 1500}\n"
	      "- {wait: 2000}\n- {hangup: true}\n");
	check_resumed(1500);
}

static void test_second_socket(void **state)
{
	(void)state;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {inject: second_socket}\n"
	      "- {wait: 500}\n- {hangup: true}\n");
	CHECK_OUTCOME("caller_hung_up", "on the new one");
	CHECK_EQ(2, fake_bot.upgrades, "two");
	CHECK_EQ(1, fake_bot.resumes, "one of them resumes");
	CHECK_NEAR(1, figure(CALLER_FIGURE_resumes), 0, "accepted");
	CHECK_STR("client-disconnected", fake_bot.end, "in order");
	CHECK(figure(CALLER_FIGURE_dropped_ms) <= 60, "almost nothing lost");
}

static void test_resume_unknown(void **state)
{
	(void)state;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: heard_end}\n"
	      "- {inject: resume_unknown, value: 200}\n- {wait: hangup}\n");
	CHECK_OUTCOME("refused", "5.1 (3)");
	CHECK(strstr(result->how, "conversation not found"), "in its words");
}

static void test_no_resume(void **state)
{
	(void)state;
	fake_bot.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {inject: no_resume}\n"
	      "- {wait: hangup}\n");
	CHECK_OUTCOME("broken", "for good");
	CHECK_EQ(1, fake_bot.upgrades, "nothing more was tried");
	CHECK_EQ(1006, fake_bot.close_code, "and nothing said");
}

static void close_once(void)
{
	if (fake_bot.upgrades == 1)
		ws_close(fake_bot.ws, 1000, "");
}

static void test_bot_closes(void **state)
{
	(void)state;
	fake_bot.on_start = close_once;
	fake_bot.on_resumed = greet;
	place("steps:\n- {wait: heard_end}\n- {hangup: true}\n");
	CHECK(find_breach("clos"), "8.2 (5)");
	CHECK_STR("8.2 (5)", result->breach[0].code, "this rule");
	CHECK_NEAR(1, figure(CALLER_FIGURE_resumes), 0,
		   "4.4: VAIC comes back all the same");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strange_messages),
		RIG_TEST(test_no_user_input),
		RIG_TEST(test_pings),
		RIG_TEST(test_fragments_with_pings),
		RIG_TEST(test_duplicate_activity),
		RIG_TEST(test_mixed_case),
		RIG_TEST(test_collected),
		RIG_TEST(test_odd_chunks),
		RIG_TEST(test_wav_headers),
		RIG_TEST(test_no_start),
		RIG_TEST(test_gap),
		RIG_TEST(test_stall),
		cmocka_unit_test(test_drop_and_resume),
		RIG_TEST(test_resume_late),
		RIG_TEST(test_second_socket),
		RIG_TEST(test_resume_unknown),
		RIG_TEST(test_no_resume),
		RIG_TEST(test_bot_closes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
