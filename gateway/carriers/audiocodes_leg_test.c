/* A leg's life: begun, told, ended, lost and resumed. */
#include "tools/testing/audiocodes_fakes.h"

/* --- The beginning --- */

static void test_begin(void **state)
{
	(void)state;
	fake.settings.configures = true;
	fake.settings.takes_dtmf = true;
	fake.settings.event[0] = "noUserInput";
	fake.settings.event[1] = "playFinished";
	fake.settings.events = 2;
	fake.settings.records = true;
	dial();
	says(0, INITIATE("c1"));
	heard("> " ACCEPTED("raw/lpcm16_24") "call caller=+33170000001\n",
	      "2.2");
	says(0, EVENT("START", ",\"language\":\"fr-FR\",\"parameters\":{"
			       "\"callee\":\"+33180000042\",\"n\":7,"
			       "\"o\":{\"a\":true},\"z\":null}"));
	heard("call callee=+33180000042\n"
	      "call n=7\n"
	      "call o={\"a\":true}\n"
	      "call language=fr-FR\n" OUT(
		      "config",
		      ",\"sessionParams\":{\"bargeIn\":true,\"sendDTMF\":true,"
		      "\"sendEventsToBot\":[\"noUserInput\",\"playFinished\"]}")
		      OUT("startCallRecording", "") "call ready, greets\n",
	      "4.3: all keys; then config, then speech");
	says(0, EVENT("start", ",\"parameters\":{\"late\":\"1\"}"));
	heard("call late=1\n", "it begins once");
}

static void test_begin_without_start(void **state)
{
	(void)state;
	fake.settings.configures = true;
	fake.settings.no_input_ms = 8000;
	dial();
	says(0, INITIATE("c1"));
	forget();
	wait_ms(1980);
	heard("", "start may come");
	wait_ms(20);
	heard(OUT("config",
		  ",\"sessionParams\":{\"bargeIn\":true,\"sendDTMF\":false,"
		  "\"sendEventsToBot\":[],\"userNoInputTimeoutMS\":8000}") "call ready, greets\n",
	      "2 s");
	says(0, EVENT("start", ""));
	heard("", "and once");
}

static void test_begin_of_a_call_dialled_out(void **state)
{
	(void)state;
	dial();
	says(0, INITIATE("c1"));
	says(0, EVENT("dialoutInitiated",
		      ",\"value\":{\"callee\":\"+33180000042\"}"));
	heard("> " ACCEPTED("raw/lpcm16_24") "call caller=+33170000001\n"
					     "call callee=+33180000042\n",
	      "4.2: it rings there");
	wait_ms(30000);
	heard("", "nobody is greeted before somebody answers, 11");
	says(0, EVENT("start", ""));
	heard("call ready\n", "now somebody has");
}

static void test_congestion(void **state)
{
	(void)state;
	dial();
	says(0, INITIATE("c1"));
	fake.waiting = LEG_WAITING_MAX;
	CHECK(!port->is_congested(&fake.leg[0]), "as much as it may hold");
	fake.waiting++;
	CHECK(port->is_congested(&fake.leg[0]), "more");
	lose(0);
	CHECK(!port->is_congested(&fake.leg[0]), "no socket holds anything");
}

static void test_greeting(void **state)
{
	static const struct {
		const char *activity;
		bool greets_outbound;
		const char *ready;
		const char *why;
	} row[] = {
		{ EVENT("start", ",\"parameters\":{\"caller\":\"1\"}"), false,
		  "call ready, greets\n", "the caller called" },
		{ EVENT("start", ",\"parameters\":{\"outboundTarget\":\"1\"}"),
		  true, "call ready, greets\n", "wanted" },
		{ EVENT("start", ",\"parameters\":{\"outboundTarget\":\"1\"}"),
		  false, "call ready\n", "dialled: let them speak first" },
		{ EVENT("start", ",\"parameters\":{\"outboundTarget\":null}"),
		  false, "call ready, greets\n", "not said" },
		{ EVENT("start", ",\"parameters\":{\"dialoutMetadata\":{}}"),
		  false, "call ready\n", "dialled, said otherwise" },
		{ "{\"type\":\"activities\",\"activities\":[{\"type\":"
		  "\"event\",\"name\":\"dialoutInitiated\"},{\"type\":"
		  "\"event\",\"name\":\"start\"}]}",
		  false, "call ready\n", "dialled, told before" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		if (i > 0)
			setup(NULL);
		fake.settings.greets_outbound = row[i].greets_outbound;
		dial();
		says(0, INITIATE("c1"));
		says(0, row[i].activity);
		CHECK(strstr(fake.said, row[i].ready), row[i].why);
		if (i + 1 < ARRAY_LEN(row))
			teardown(NULL);
	}
}

static void test_formats(void **state)
{
	static const struct {
		bool is_mulaw;
		const char *offer;
		const char *accepted;
		enum audiocodes_format_id play;
		const char *why;
	} row[] = {
		{ false, "[\"raw/lpcm16_8\",\"raw/mulaw\",\"raw/lpcm16\"]",
		  "raw/lpcm16", AUDIOCODES_RAW_LPCM16, "ours, not theirs" },
		{ false, "[\"wav/lpcm16_24\",\"raw/mulaw\"]", "raw/mulaw",
		  AUDIOCODES_RAW_MULAW, "wav only where no raw is" },
		{ true, "[\"raw/lpcm16_24\",\"raw/mulaw\"]", "raw/mulaw",
		  AUDIOCODES_RAW_MULAW, "straight through" },
		{ true, "[\"raw/lpcm16_24\",\"wav/mulaw\"]", "raw/lpcm16_24",
		  AUDIOCODES_RAW_LPCM16_24, "raw first" },
		{ false, "[\"wav/lpcm16\"]", "wav/lpcm16",
		  AUDIOCODES_WAV_LPCM16, "what there is" },
		{ false, "null", "raw/lpcm16", AUDIOCODES_RAW_LPCM16,
		  "no formats: text, 11" },
	};
	char message[512], accepted[128];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		if (i > 0)
			setup(NULL);
		fake.settings.caller_formats = 0;
		fake.settings.play_formats = 0;
		audiocodes_settings_prefer(&fake.settings, row[i].is_mulaw);
		dial();
		snprintf(message, sizeof(message),
			 "{\"type\":\"session.initiate\",\"conversationId\":"
			 "\"c1\",\"supportedMediaFormats\":%s}",
			 row[i].offer);
		snprintf(accepted, sizeof(accepted), "> " ACCEPTED("%s"),
			 row[i].accepted);
		says(0, message);
		heard(accepted, row[i].why);
		CHECK_EQ(row[i].play, fake.leg[0].play_format, row[i].why);
		if (i + 1 < ARRAY_LEN(row))
			teardown(NULL);
	}
}

static void test_text_formats(void **state)
{
	static const struct {
		const char *offer;
		const char *answer;
		const char *why;
	} row[] = {
		{ "\"expectAudioMessages\":false", ACCEPTED("raw/lpcm16"),
		  "text both ways" },
		{ "\"expectAudioMessages\":false,"
		  "\"supportedMediaFormats\":[]",
		  ACCEPTED("raw/lpcm16"), "likewise" },
		{ "\"expectAudioMessages\":false,"
		  "\"supportedMediaFormats\":[\"raw/mulaw\"]",
		  ACCEPTED("raw/mulaw"), "the caller in sound, we in text" },
		{ "\"supportedMediaFormats\":[]", "no media format in common",
		  "sound, and none of it" },
		{ "\"supportedMediaFormats\":[\"raw/mulaw\"]",
		  "no media format in common", "nothing to play in" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		char message[256];

		if (i > 0)
			setup(NULL);
		fake.settings.play_formats = 1; /* 24 kHz only */
		dial();
		snprintf(message, sizeof(message),
			 "{\"type\":\"session.initiate\",\"conversationId\":"
			 "\"c1\",%s}",
			 row[i].offer);
		says(0, message);
		CHECK(strstr(fake.said, row[i].answer), row[i].why);
		if (i + 1 < ARRAY_LEN(row))
			teardown(NULL);
	}
}

/* --- Activities --- */

static void test_activities(void **state)
{
	static const struct {
		const char *activity;
		const char *said;
		const char *why;
	} row[] = {
		{ EVENT("DTMF", ",\"value\":\"1\""), "call digit 1\n", "one" },
		{ EVENT("dtmf", ",\"value\":\"a#\""),
		  "call digit A\ncall digit #\n", "several, any case" },
		{ EVENT("DTMF", ""), "", "none: malformed" },
		{ EVENT("noUserInput", ",\"value\":1"), "call silent\n",
		  "4.2" },
		{ EVENT("playFinished", ""), "call played\n",
		  "nothing is open" },
		{ EVENT("voiceDetected", ""), "", "not used" },
		{ EVENT("hangup", ""), "", "session.end will come" },
		{ EVENT("transferStatus", ",\"value\":{\"status\":\"failed\"}"),
		  "", "nobody was transferred" },
		{ "{\"type\":\"activities\",\"activities\":[{\"type\":"
		  "\"message\",\"text\":\"Hello\"}]}",
		  "call text Hello\n", "directSTT off" },
		{ "{\"type\":\"activities\",\"activities\":[{\"type\":"
		  "\"message\",\"text\":\"Hello\",\"participant\":\"callee\"}]}",
		  "", "somebody else's" },
	};

	(void)state;
	call_up();
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		says(0, row[i].activity);
		heard(row[i].said, row[i].why);
	}
}

/* How many lines the log has got since it was opened. */
static unsigned lines_of(FILE *log)
{
	unsigned lines = 0;

	rewind(log);
	for (int c = getc(log); c != EOF; c = getc(log))
		lines += c == '\n';
	return lines;
}

static void test_ignored(void **state)
{
	FILE *log = tmpfile();
	char message[128];

	(void)state;
	assert_non_null(log);
	struct audiocodes_leg *leg = call_up();
	log_open(&leg->log, fileno(log), LOG_WARN);
	for (unsigned i = 0; i < 40; i++)
		says(0, EVENT("speechHypothesis", ""));
	CHECK_EQ(40, leg->leg.total.ignored, "counted each time");
	CHECK_EQ(1, lines_of(log), "said once, 5.2");
	for (unsigned i = 0; i < 40; i++)
		says(0, "{\"type\":\"new\",\"conversationId\":\"c2\"}");
	CHECK_EQ(2, lines_of(log), "what has no name, too");
	fake.variable_err = -ENOBUFS;
	says(0, EVENT("start", ",\"parameters\":{\"late\":\"1\"}"));
	CHECK_EQ(4, lines_of(log), "a variable that is lost, a late start");
	for (unsigned i = 0; i < 40; i++) {
		snprintf(message, sizeof(message), "{\"type\":\"new%u\"}", i);
		says(0, message);
	}
	CHECK_EQ(16, lines_of(log), "not more than can be read");
	fclose(log);
}

static void test_repeated(void **state)
{
	char message[256];

	(void)state;
	call_up();
	says(0, EVENT("DTMF", ",\"value\":\"1\",\"id\":\"a\""));
	says(0, EVENT("DTMF", ",\"value\":\"2\",\"id\":\"a\""));
	says(0, EVENT("DTMF", ",\"value\":\"3\""));
	says(0, EVENT("DTMF", ",\"value\":\"4\""));
	heard("call digit 1\ncall digit 3\ncall digit 4\n",
	      "by id, never without one, 4.1");
	for (unsigned i = 0; i < 256; i++) {
		snprintf(message, sizeof(message),
			 EVENT("noUserInput", ",\"id\":\"i%u\""), i);
		says(0, message);
	}
	forget();
	says(0, EVENT("DTMF", ",\"value\":\"5\",\"id\":\"i0\""));
	heard("", "the last 256");
	says(0, EVENT("DTMF", ",\"value\":\"6\",\"id\":\"a\""));
	heard("call digit 6\n", "not the one before");
	CHECK_EQ(2, fake.leg[0].leg.total.repeated, "counted");
}

static void test_play_finished(void **state)
{
	struct audiocodes_leg *leg = call_up();

	(void)state;
	play(leg, "\1\2", 2);
	forget();
	says(0, EVENT("playFinished", ""));
	heard("", "more comes");
	port->end_speech(leg);
	forget();
	says(0, EVENT("playFinished", ",\"value\":\"p0\""));
	heard("", "another one");
	says(0, EVENT("playFinished", ",\"value\":\"p1\""));
	heard("call played\n", "the last one");
	play(leg, "\1\2", 2);
	port->clear(leg);
	play(leg, "\1\2", 2);
	port->end_speech(leg);
	forget();
	says(0, EVENT("playFinished", ""));
	heard("", "may be of the one that was cut");
	says(0, EVENT("playFinished", ""));
	heard("call played\n", "the next cannot");
}

static void test_requests(void **state)
{
	struct audiocodes_leg *leg = call_up();
	struct call_request r = { .kind = CALL_REQUEST_KEYS, .digits = "4#" };
	char object[] = "{\"a\":[1]}", number[] = "7";

	(void)state;
	CHECK_EQ(0, port->request(leg, &r), "keys");
	heard(OUT("sendDtmf", ",\"activityParams\":{\"dtmfDigits\":\"4#\"}"),
	      "4.4");
	r = (struct call_request){ .kind = CALL_REQUEST_METADATA,
				   .data = object };
	CHECK_EQ(0, port->request(leg, &r), "metadata");
	heard(OUT("sendMetaData", ",\"value\":{\"a\":[1]}"), "4.4");
	r.data = number;
	CHECK(port->request(leg, &r) < 0, "no object");
	r = (struct call_request){ .kind = CALL_REQUEST_RECORDING,
				   .recording = CALL_RECORDING_PAUSE };
	CHECK_EQ(0, port->request(leg, &r), "recording");
	heard(OUT("pauseCallRecording", ""), "4.4");
	r.kind = CALL_REQUEST_END;
	CHECK(port->request(leg, &r) < 0, "the call's own");
	port->say(leg, "Hello.");
	heard("> {\"type\":\"activities\",\"activities\":[{\"type\":"
	      "\"message\",\"text\":\"Hello.\"}]}\n",
	      "directTTS off");
}

/* --- The end --- */

static void test_hang_up(void **state)
{
	struct audiocodes_leg *leg = call_up();

	(void)state;
	fake.settings.hangup_header[0] =
		(struct audiocodes_header){ "X-Case", "7" };
	fake.settings.hangup_headers = 1;
	play(leg, "\1\2", 2);
	forget();
	port->hang_up(leg, "goodbye");
	heard(PLAY_STOP("p1")
		      OUT("hangup",
			  ",\"activityParams\":{\"hangupReason\":\"goodbye\","
			  "\"hangupSipHeaders\":[{\"name\":\"X-Case\","
			  "\"value\":\"7\"}]}"),
	      "4.4; streams are closed, the socket is not");
	play(leg, "\1\2", 2);
	port->hear(leg, CALL_SPEECH_STARTED, "");
	port->say(leg, "x");
	heard("", "the last word");
	says(0, USER_STOP);
	heard(STOPPED, "still answered, 8.2");
	says(0, END("bot-disconnected"));
	heard("ws close 1000\n"
	      "call ended carrier\n"
	      "owner ended by us\n",
	      "6.5");
	says(0, USER_STOP);
	port->hang_up(leg, "again");
	play(leg, "\1\2", 2);
	heard("", "after session.end nothing, 8.2");
}

static void test_hang_up_unanswered(void **state)
{
	(void)state;
	port->hang_up(call_up(), "caf\xe9");
	heard(OUT("hangup", ""), "a reason that is no text costs no hangup");
	wait_ms(9980);
	heard("", "10 s");
	wait_ms(20);
	heard("ws close 1000\n"
	      "call ended carrier\n"
	      "owner ended by us\n",
	      "1.4");
}

static void test_hang_up_before_start(void **state)
{
	(void)state;
	fake.settings.configures = true;
	dial();
	says(0, INITIATE("c1"));
	port->hang_up(&fake.leg[0], "");
	forget();
	says(0, EVENT("start", ""));
	heard("call ready, greets\n", "there is nothing to configure");
	port->hang_up(&fake.leg[0], "again");
	heard("", "once");
}

static void test_session_end(void **state)
{
	static const struct {
		const char *code;
		const char *said;
		const char *why;
	} row[] = {
		{ "client-disconnected", "call ended caller\n", "2.4" },
		{ "bot-disconnected", "call ended carrier\n", "not by us" },
		{ "transferred", "call ended transferred\n", "2.4" },
		{ "no-answer", "call ended carrier\n", "2.4" },
		{ "new-code", "call ended carrier\n", "opaque" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		char message[128], said[128];

		if (i > 0)
			setup(NULL);
		dial();
		says(0, INITIATE("c1")); /* not even started */
		forget();
		snprintf(message, sizeof(message), END("%s"), row[i].code);
		snprintf(said, sizeof(said),
			 "ws close 1000\n%sowner ended by carrier\n",
			 row[i].said);
		says(0, message);
		heard(said, row[i].why);
		if (i + 1 < ARRAY_LEN(row))
			teardown(NULL);
	}
}

static void test_transfer(void **state)
{
	const struct call_request r = { .kind = CALL_REQUEST_TRANSFER,
					.target = "tel:+33180000100",
					.reason = "a person" };
	struct audiocodes_leg *leg = call_up();

	(void)state;
	fake.settings.notifies_transfers = true;
	CHECK_EQ(0, port->request(leg, &r), "asked");
	heard(OUT("transfer", ",\"activityParams\":{\"transferTarget\":"
			      "\"tel:+33180000100\",\"handoverReason\":"
			      "\"a person\",\"transferNotifications\":true}"),
	      "4.4");
	wait_ms(30000);
	heard("", "the call keeps this time");
	says(0, EVENT("transferStatus",
		      ",\"value\":{\"status\":\"failed\",\"reasonCode\":"
		      "\"busy\"}"));
	heard("call transfer failed busy\n", "it stays, 6.7");
	says(0, EVENT("transferStatus", ",\"value\":{\"status\":\"failed\"}"));
	heard("", "once");
	play(leg, "\1\2\3", 3);
	heard(PLAY_START("p1", "raw/lpcm16_24") PLAYED("p1", "AQID"),
	      "and talks");
	port->request(leg, &r);
	forget();
	says(0,
	     EVENT("transferStatus", ",\"value\":{\"status\":\"answered\"}"));
	says(0, END("transferred"));
	heard("ws close 1000\n"
	      "call ended transferred\n"
	      "owner ended by us\n",
	      "6.7");
}

static void test_transfer_forgotten(void **state)
{
	const struct call_request r = { .kind = CALL_REQUEST_TRANSFER,
					.target = "sip:a@b" };

	(void)state;
	port->request(call_up(), &r);
	for (unsigned i = 0; i < CALL_TRANSFER_MS / 10000; i++) {
		says(0, USER_STOP);
		wait_ms(10000);
	}
	lose(0);
	dial();
	forget();
	says(1, RESUME("c1"));
	heard(">2 " ACCEPTED("raw/lpcm16_24") "call attached\n",
	      "the call has given it up, so it is not asked for again");
}

/* --- Resume --- */

static void test_resume(void **state)
{
	struct audiocodes_leg *leg = call_up();

	(void)state;
	says(0, USER_START);
	says(0, CHUNK("AQ=="));
	play(leg, "\1\2", 2);
	forget();
	lose(0);
	heard("call detached\n", "the model is kept, 5.1");
	CHECK(fake.lost_ns == fake.now_ns, "now");
	play(leg, "\1\2", 2);
	port->hear(leg, CALL_SPEECH_STARTED, "");
	port->end_speech(leg);
	wait_ms(59000);
	heard("", "nobody listens");
	dial();
	says(1, RESUME("c1"));
	heard(">2 " ACCEPTED("raw/lpcm16_24") "call attached\n",
	      "the format agreed on");
	says(1, CHUNK("AwQ="));
	heard_audio("\3\4", 2,
		    "goes on without a start; half a sample is lost");
	play(leg, "\1\2\3", 3);
	heard(">2 {\"type\":\"playStream.start\",\"streamId\":\"p2\","
	      "\"mediaFormat\":\"raw/lpcm16_24\"}\n"
	      ">2 {\"type\":\"playStream.chunk\",\"streamId\":\"p2\","
	      "\"audioChunk\":\"AQID\"}\n",
	      "a new stream");
	wait_ms(2000);
	forget();
	says(1, EVENT("start", ""));
	heard("", "it has begun");
	CHECK_EQ(1, leg->leg.total.resumes, "counted");
}

static void test_lost_while_stopping(void **state)
{
	struct audiocodes_leg *leg = call_up();

	(void)state;
	leg->leg.kind->stop(&leg->leg);
	port->hang_up(leg, "service restart");
	forget();
	lose(0);
	heard("call detached\ncall ended lost\nowner ended by lost\n",
	      "nobody listens for another socket");
}

static void test_window(void **state)
{
	(void)state;
	call_up();
	lose(0);
	forget();
	wait_ms(59980);
	heard("", "60 s");
	wait_ms(20);
	heard("call ended lost\nowner ended by lost\n", "5.1");
	dial();
	says(1, RESUME("c1"));
	heard(">2 {\"type\":\"session.error\",\"reason\":"
	      "\"conversation not found\"}\n",
	      "too late");
}

static void test_no_window(void **state)
{
	(void)state;
	fake.settings.resume_ms = 0;
	call_up();
	lose(0);
	heard("call detached\ncall ended lost\nowner ended by lost\n",
	      "at once");
}

static void test_newest_wins(void **state)
{
	(void)state;
	fake.settings.resume_ms = 0; /* has nothing to do with it */
	call_up();
	dial();
	says(1, RESUME("c1"));
	heard("ws close 1000\n"
	      "call detached\n"
	      ">2 " ACCEPTED("raw/lpcm16_24") "call attached\n",
	      "5.1");
	says(0, END("client-disconnected"));
	lose(0);
	heard("", "the old one has no say");
	says(1, USER_START);
	heard(">2 {\"type\":\"userStream.started\"}\n", "the new one has");
}

static void test_warm_transfer(void **state)
{
	char summary[] = "Ada, about an invoice";
	struct call_request r = { .kind = CALL_REQUEST_TRANSFER,
				  .target = "tel:+33180000100",
				  .reason = "a person",
				  .is_warm = true,
				  .data = summary };
	struct audiocodes_leg *leg = call_up();

	(void)state;
	CHECK_EQ(0, port->request(leg, &r), "asked");
	heard(OUT("transfer", ",\"activityParams\":{\"transferTarget\":"
			      "\"tel:+33180000100\",\"handoverReason\":"
			      "\"Ada, about an invoice\"}"),
	      "the summary is the reason, 4.4");
	strcpy(r.target, "client:sales");
	CHECK_EQ(-ENOTSUP, port->request(leg, &r), "another carrier's");
	heard("", "nothing is asked");
}

static void test_pending(void **state)
{
	const struct call_request r = { .kind = CALL_REQUEST_TRANSFER,
					.target = "sip:a@b" };
	struct audiocodes_leg *leg = call_up();

	(void)state;
	port->request(leg, &r);
	lose(0);
	forget();
	dial();
	says(1, RESUME("c1"));
	heard(">2 " ACCEPTED(
		      "raw/lpcm16_24") "call attached\n"
				       ">2 {\"type\":\"activities\",\"activities\":[{\"type\":"
				       "\"event\",\"name\":\"transfer\",\"activityParams\":"
				       "{\"transferTarget\":\"sip:a@b\"}}]}\n",
	      "may be lost: asked again");
	lose(1);
	port->hang_up(leg, "");
	forget();
	wait_ms(15000);
	heard("", "kept in mind");
	dial();
	says(2, RESUME("c1"));
	heard(">3 " ACCEPTED(
		      "raw/lpcm16_24") "call attached\n"
				       ">3 {\"type\":\"activities\",\"activities\":[{\"type\":"
				       "\"event\",\"name\":\"hangup\"}]}\n",
	      "8.1");
	wait_ms(10000);
	heard("ws3 close 1000\n"
	      "call ended carrier\n"
	      "owner ended by us\n",
	      "10 s from then");
}

static void test_restart(void **state)
{
	(void)state;
	call_up();
	dial();
	says(1, INITIATE("c1"));
	heard("ws close 1000\n"
	      "call ended replaced\n"
	      "owner ended by replaced\n"
	      ">2 " ACCEPTED("raw/lpcm16_24") "call caller=+33170000001\n",
	      "the same call anew, 5.1");
	lose(1);
	forget();
	dial();
	says(2, INITIATE("c1"));
	heard("call ended replaced\n"
	      "owner ended by replaced\n"
	      ">3 " ACCEPTED("raw/lpcm16_24") "call caller=+33170000001\n",
	      "also while it is detached");
	CHECK_EQ(3, fake.legs, "a leg each");
}

static void test_fail(void **state)
{
	struct audiocodes_leg *leg = call_up();

	(void)state;
	audiocodes_leg_fail(leg, "no model", fake.now_ns);
	heard("> {\"type\":\"session.error\",\"reason\":\"no model\"}\n"
	      "call ended carrier\n"
	      "owner ended by refused\n",
	      "2.2: any time");
	audiocodes_leg_fail(leg, "again", fake.now_ns);
	audiocodes_leg_replace(leg, fake.now_ns);
	heard("", "once");
	lose(0);
	heard("", "the leg is over");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		TEST(test_begin),
		TEST(test_begin_without_start),
		TEST(test_begin_of_a_call_dialled_out),
		TEST(test_congestion),
		TEST(test_greeting),
		TEST(test_formats),
		TEST(test_text_formats),
		TEST(test_activities),
		TEST(test_ignored),
		TEST(test_repeated),
		TEST(test_play_finished),
		TEST(test_requests),
		TEST(test_hang_up),
		TEST(test_hang_up_unanswered),
		TEST(test_hang_up_before_start),
		TEST(test_session_end),
		TEST(test_transfer),
		TEST(test_warm_transfer),
		TEST(test_transfer_forgotten),
		TEST(test_resume),
		TEST(test_lost_while_stopping),
		TEST(test_window),
		TEST(test_no_window),
		TEST(test_newest_wins),
		TEST(test_pending),
		TEST(test_restart),
		TEST(test_fail),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
