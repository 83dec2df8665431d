/* A leg's audio, both ways, and what the caller's voice sets off. */
#include "tools/testing/audiocodes_fakes.h"

#include "tools/testing/allocations.h"

/* --- The caller's audio --- */

static void test_user_stream(void **state)
{
	(void)state;
	call_up();
	says(0, CHUNK("AAD//wEA"));
	heard_audio("", 0, "before its start it is dropped");
	says(0, USER_START);
	heard(STARTED, "at once");
	says(0, CHUNK("AAD//wEA"));
	heard_audio("\0\0\xff\xff\1\0", 6, "2.5");
	says(0, CHUNK("!"));
	says(0, CHUNK(""));
	heard_audio("", 0, "bad base64 is dropped, 5.2; nothing is nothing");
	says(0, USER_STOP);
	heard(STOPPED "call paused\n", "the caller is withheld");
	says(0, CHUNK("AAD//wEA"));
	heard_audio("", 0, "behind its stop");
	says(0, USER_STOP);
	heard(STOPPED, "every stop is answered");
	CHECK_EQ(2, fake.leg[0].leg.total.dropped, "counted");
	CHECK_EQ(1, fake.leg[0].leg.total.bad, "counted");
}

/* Wherever the sender cuts: 00 01 02 03 04 05 … */
static void test_odd_bytes(void **state)
{
	static const char *const chunk[] = { CHUNK("AA=="), CHUNK("AQID"),
					     CHUNK("BA=="), CHUNK("BQ=="),
					     CHUNK("BgcI") };

	(void)state;
	call_up();
	says(0, USER_START);
	for (unsigned i = 0; i < ARRAY_LEN(chunk); i++) {
		says(0, chunk[i]);
		CHECK(fake.heard_len % 2 == 0, "whole samples");
	}
	heard_audio("\0\1\2\3\4\5\6\7", 8, "3.3");
	says(0, USER_STOP);
	says(0, USER_START);
	says(0, CHUNK("AQI="));
	heard_audio("\1\2", 2, "carried over within a stream only");
}

static void test_participants(void **state)
{
	(void)state;
	call_up();
	says(0, "{\"type\":\"userStream.start\",\"participant\":\"callee\"}");
	says(0, "{\"type\":\"userStream.start\",\"participant\":\"caller\"}");
	heard("> {\"type\":\"userStream.started\",\"participant\":"
	      "\"callee\"}\n"
	      "> {\"type\":\"userStream.started\",\"participant\":"
	      "\"caller\"}\n",
	      "each is answered by name, 4.6");
	says(0, "{\"type\":\"userStream.chunk\",\"participant\":\"callee\","
		"\"audioChunk\":\"AQI=\"}");
	says(0, "{\"type\":\"userStream.chunk\",\"participant\":\"caller\","
		"\"audioChunk\":\"AwQ=\"}");
	heard_audio("\3\4", 2, "one is bridged");
	port->hear(&fake.leg[0], CALL_SPEECH_STARTED, "");
	port->hear(&fake.leg[0], CALL_SPEECH_RECOGNITION, "Yes.");
	heard("> {\"type\":\"userStream.speech.started\",\"participant\":"
	      "\"caller\",\"participantId\":\"caller\"}\n"
	      "> {\"type\":\"userStream.speech.recognition\","
	      "\"alternatives\":[{\"text\":\"Yes.\",\"confidence\":1.0}],"
	      "\"participant\":\"caller\"}\n",
	      "named as the stream is, 2.5");
	says(0, "{\"type\":\"userStream.stop\",\"participant\":\"callee\"}");
	heard("> {\"type\":\"userStream.stopped\",\"participant\":"
	      "\"callee\"}\n",
	      "the other one goes on");
	says(0, "{\"type\":\"userStream.chunk\",\"participant\":\"caller\","
		"\"audioChunk\":\"AwQ=\"}");
	heard_audio("\3\4", 2, "it does");
}

static void test_assist(void **state)
{
	(void)state;
	dial();
	says(0, INITIATE("c1"));
	forget();
	says(0, EVENT("start",
		      ",\"parameters\":{\"participants\":[{\"participant\":"
		      "\"callee\",\"uriUser\":\"7\",\"uriHost\":\"h\","
		      "\"displayName\":\"D\"},7]}"));
	heard("call participants=[{\"participant\":\"callee\",\"uriUser\":\"7\","
	      "\"uriHost\":\"h\",\"displayName\":\"D\"},7]\n"
	      "call participant callee 7@h D\n" OUT(
		      "startRecognition",
		      ",\"activityParams\":{\"targetParticipant\":\"caller\"}") "call ready, greets\n",
	      "4.6");
}

static void test_wav(void **state)
{
	static const struct {
		const char *chunk;
		const char *said;
		size_t len;
		const char *why;
	} row[] = {
		/* 16 kHz, two samples: 1 2 3 4 */
		{ "UklGRv////9XQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0Yf//"
		  "//8BAgME",
		  "", 4, "as agreed" },
		/* 8 kHz */
		{ "UklGRv////9XQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0Yf//"
		  "//8BAgME",
		  "call format 2\n", 4, "the header knows better" },
		/* 44.1 kHz */
		{ "UklGRv////9XQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0Yf//"
		  "//8BAgME",
		  "", 0, "mislabelled is worse than silent" },
		/* two channels */
		{ "UklGRv////9XQVZFZm10IBAAAAABAAIAgD4AAAD6AAAEABAAZGF0Yf//"
		  "//8BAgME",
		  "", 0, "mono, 3.1" },
		{ "AQIDBA==", "", 4, "none at all" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		char message[256];

		if (i > 0)
			setup(NULL);
		dial();
		says(0, "{\"type\":\"session.initiate\",\"conversationId\":"
			"\"c1\",\"supportedMediaFormats\":[\"wav/lpcm16\"]}");
		says(0, USER_START);
		forget();
		snprintf(message, sizeof(message), CHUNK("%s"), row[i].chunk);
		says(0, message);
		heard(row[i].said, row[i].why);
		heard_audio("\1\2\3\4", row[i].len, row[i].why);
		says(0, CHUNK("BQY="));
		heard_audio("\5\6", row[i].len ? 2 : 0, row[i].why);
		says(0, USER_START);
		says(0, CHUNK("BQY="));
		heard_audio("\5\6", 2, "a new start");
		if (i + 1 < ARRAY_LEN(row))
			teardown(NULL);
	}
}

/* --- The bot's audio --- */

static void test_play(void **state)
{
	struct audiocodes_leg *leg = call_up();

	(void)state;
	port->end_speech(leg);
	heard("", "nothing is open");
	play(leg, "\1\2\3", 3);
	play(leg, "\4\5\6", 3);
	heard(PLAY_START("p1", "raw/lpcm16_24") PLAYED("p1", "AQID")
		      PLAYED("p1", "BAUG"),
	      "opened by the first bytes, 2.6");
	port->end_speech(leg);
	port->end_speech(leg);
	heard(PLAY_STOP("p1"), "closed with the utterance, once");
	play(leg, "\1\2\3", 3);
	heard(PLAY_START("p2", "raw/lpcm16_24") PLAYED("p2", "AQID"),
	      "a number of its own");
	wait_ms(980);
	heard("", "a gap");
	play(leg, "\1\2\3", 3);
	heard(PLAYED("p2", "AQID"), "within an utterance");
	wait_ms(1000);
	heard(PLAY_STOP("p2"), "1 s without data, 3.4");
}

/* 200 ms at once are two messages; at 24 kHz 100 ms are 4800 bytes, 6400
 * characters. */
static void test_chunk_size(void **state)
{
	static char silence[9600];
	struct audiocodes_leg *leg = call_up();
	unsigned chunks = 0;

	(void)state;
	play(leg, silence, sizeof(silence));
	for (char *at = fake.said; (at = strstr(at, "audioChunk")); chunks++) {
		char *end = strchr(at, '}');
		CHECK_EQ(6400, end - at - (long)strlen("audioChunk':''"),
			 "100 ms, 3.3");
		at = end;
	}
	CHECK_EQ(2, chunks, "nothing is lost");
	forget();
}

static void test_play_wav(void **state)
{
	struct audiocodes_leg *leg = &fake.leg[0];

	(void)state;
	dial();
	says(0, "{\"type\":\"session.initiate\",\"conversationId\":\"c1\","
		"\"supportedMediaFormats\":[\"wav/lpcm16\"]}");
	forget();
	play(leg, "\1\2", 2);
	play(leg, "\3\4", 2);
	CHECK(strstr(fake.said,
		     PLAY_START(
			     "p1",
			     "wav/lpcm16") "> {\"type\":\"playStream.chunk\",\"streamId\":\"p1\","
					   "\"audioChunk\":\"UklGR"),
	      "RIFF comes first");
	CHECK(strstr(fake.said, "AQI=\"}\n" PLAYED("p1", "AwQ=")) ||
		      strstr(fake.said, PLAYED("p1", "AwQ=")),
	      "and once");
	CHECK(strstr(fake.said, "gD4AAAB9AAACABAA"),
	      "16000 Hz, 32000 bytes a second, 2 a sample, 16 bits");
	forget();
}

static void test_barge_in(void **state)
{
	static const struct {
		bool barge_in;
		bool abort_prompts;
		bool is_dropped;
		const char *said;
		const char *why;
	} row[] = {
		{ true, true, true,
		  SPEECH("started") PLAY_STOP("p1") OUT("abortPrompts", ""),
		  "in this order, 3.5" },
		{ true, false, true, SPEECH("started") PLAY_STOP("p1"),
		  "the carrier stops by itself" },
		{ false, true, true,
		  SPEECH("started") PLAY_STOP("p1") OUT("abortPrompts", ""),
		  "made to stop" },
		{ false, false, false, SPEECH("started") PLAY_STOP("p1"),
		  "it plays on" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		if (i > 0)
			setup(NULL);
		fake.settings.barge_in = row[i].barge_in;
		fake.settings.abort_prompts = row[i].abort_prompts;
		struct audiocodes_leg *leg = call_up();
		play(leg, "\1\2\3", 3);
		forget();
		port->hear(leg, CALL_SPEECH_STARTED, "");
		CHECK_EQ(row[i].is_dropped, port->clear(leg), row[i].why);
		heard(row[i].said, row[i].why);
		play(leg, "\1\2\3", 3);
		heard(PLAY_START("p2", "raw/lpcm16_24") PLAYED("p2", "AQID"),
		      "the next utterance");
		if (i + 1 < ARRAY_LEN(row))
			teardown(NULL);
	}
}

static void test_speech(void **state)
{
	struct audiocodes_leg *leg = call_up();

	(void)state;
	port->hear(leg, CALL_SPEECH_STARTED, "");
	port->hear(leg, CALL_SPEECH_STOPPED, "");
	port->hear(leg, CALL_SPEECH_COMMITTED, "");
	port->hear(leg, CALL_SPEECH_HYPOTHESIS, "i would");
	port->hear(leg, CALL_SPEECH_RECOGNITION, "I would.");
	heard(SPEECH("started") SPEECH("stopped") SPEECH(
		      "committed") "> {\"type\":\"userStream.speech.hypothesis\",\"alternatives\":"
				   "[{\"text\":\"i would\"}]}\n"
				   "> {\"type\":\"userStream.speech.recognition\","
				   "\"alternatives\":[{\"text\":\"I would.\",\"confidence\":1.0}]}"
				   "\n",
	      "2.5");
}

static void test_marks(void **state)
{
	const struct playout_mark mark = { .generation = 2, .number = 7 };
	struct audiocodes_leg *leg = call_up();

	(void)state;
	port->send_mark(leg, &mark);
	heard("", "no stream to put it in");
	play(leg, "\1\2\3", 3);
	forget();
	port->send_mark(leg, &mark);
	heard("> {\"type\":\"playStream.mark.set\",\"streamId\":\"p1\","
	      "\"mark\":\"g2.n7\"}\n",
	      "2.6");
	says(0, "{\"type\":\"playStream.mark.reached\",\"streamId\":\"p1\","
		"\"mark\":\"g2.n7\"}");
	heard("call mark 2 7\n", "echoed");
	says(0, "{\"type\":\"playStream.mark.reached\"}");
	says(0, "{\"type\":\"playStream.mark.reached\",\"mark\":\"x\"}");
	heard("", "accepted whatever it holds");
}

/* --- The media path --- */

static void test_allocates_nothing(void **state)
{
	struct audiocodes_leg *leg = call_up();
	static uint8_t audio[4800];
	char chunk[] = CHUNK("AAD//wEA"), text[sizeof(chunk)];

	(void)state;
	says(0, USER_START);
	forget();
	fake.is_quiet = true;
	allocations_watch();
	size_t before = allocations_count();
	for (unsigned i = 0; i < 50; i++) {
		memcpy(text, chunk, sizeof(chunk));
		fake.events[0]->on_text(fake.socket[0], text,
					sizeof(chunk) - 1);
		port->send_audio(leg, audio, sizeof(audio));
		wait_ms(20);
	}
	port->end_speech(leg);
	CHECK_EQ(before, allocations_count(), "neither way");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		TEST(test_user_stream),  TEST(test_odd_bytes),
		TEST(test_participants), TEST(test_assist),
		TEST(test_wav),          TEST(test_play),
		TEST(test_chunk_size),   TEST(test_play_wav),
		TEST(test_barge_in),     TEST(test_speech),
		TEST(test_marks),        TEST(test_allocates_nothing),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
