#include "tools/testing/vaic_session_rig.h"

static void no_audio(struct vaic_options *o)
{
	o->direct_stt = false;
	o->direct_tts = false;
	o->offers = 0;
}

static void user_first(struct vaic_options *o)
{
	o->user_stream_first = true;
}

static void two_formats(struct vaic_options *o)
{
	o->offer[0] = VAIC_RAW_MULAW;
	o->offer[1] = VAIC_RAW_LPCM16;
	o->offers = 2;
}

static void asks_for_a_prompt(struct vaic_options *o)
{
	o->prompt_ms = VAIC_PROMPT_MS;
}

static void test_setting_up(void **state)
{
	static const struct script script[] = {
		{ "6.1",
		  NULL,
		  { { 100, ACCEPT("raw/lpcm16_24"), "start userStream.start",
		      NULL },
		    { 10, STARTED, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "the other order",
		  user_first,
		  { { 100, ACCEPT("raw/mulaw"), "userStream.start start",
		      NULL } },
		  VAIC_OUTCOME_NONE },
		{ "text modes have no user stream",
		  no_audio,
		  { { 100, ACCEPT("raw/lpcm16"), "start", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "a format that was not offered",
		  two_formats,
		  { { 0, ACCEPT("raw/lpcm16_24"), "session.end",
		      "820: session.accepted: mediaFormat raw/lpcm16_24 was "
		      "not offered" },
		    { 2100, NULL, NULL, "824: the socket is open" } },
		  VAIC_OUTCOME_BROKEN },
		{ "no format",
		  NULL,
		  { { 0, T("session.accepted"), "session.end", "is missing" },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_BROKEN },
		{ "6.10: refused",
		  NULL,
		  { { 0, "{\"type\":\"session.error\",\"reason\":\"no\"}", NULL,
		      NULL } },
		  VAIC_OUTCOME_REFUSED },
		{ "accepted at the last moment",
		  NULL,
		  { { 9999, ACCEPT("raw/mulaw"), "start userStream.start",
		      NULL } },
		  VAIC_OUTCOME_NONE },
		{ "never accepted",
		  NULL,
		  { { 10000, NULL, NULL,
		      "822: no session.accepted within 10000 ms" } },
		  VAIC_OUTCOME_BROKEN },
		{ "8.2 rule 3: activities before session.accepted",
		  NULL,
		  { { 0, ABORT, NULL, "823: activities before" },
		    { 0, START("p"), NULL, "823: playStream.start before" },
		    { 0, STARTED, NULL, "823: userStream.started before" },
		    { 0, ACCEPT("raw/mulaw"), "start userStream.start",
		      NULL } },
		  VAIC_OUTCOME_NONE },
		{ "accepted twice",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0, ACCEPT("raw/mulaw"), NULL, "822: " } },
		  VAIC_OUTCOME_NONE },
		{ "validated without being asked",
		  NULL,
		  { { 0, "{\"type\":\"connection.validated\",\"success\":true}",
		      NULL, "822: connection.validated unasked" } },
		  VAIC_OUTCOME_NONE },
		{ "started late",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 500, STARTED, NULL, NULL },
		    { 0, STARTED, NULL, "822: userStream.started unasked" } },
		  VAIC_OUTCOME_NONE },
		{ "started too late",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 501, STARTED, NULL,
		      "822: userStream.started after 501 ms" } },
		  VAIC_OUTCOME_NONE },
		{ "never started",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 5020, NULL, "userStream.stop session.end",
		      "822: no userStream.started within 5000 ms" },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_BROKEN },
		{ "stopped without a stop",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0, STOPPED, NULL, "822: userStream.stopped unasked" } },
		  VAIC_OUTCOME_NONE },
		{ "a participant nobody named",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0,
		      "{\"type\":\"userStream.started\",\"participant\":\"x\"}",
		      NULL, "does not echo the participant" } },
		  VAIC_OUTCOME_NONE },
		{ "8.2 rule 6: nothing is played",
		  asks_for_a_prompt,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0, STARTED, NULL, NULL },
		    { 4980, NULL, NULL, NULL },
		    { 20, NULL, NULL, "826: nothing was played within 5000" },
		    { 5000, NULL, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "something is played",
		  asks_for_a_prompt,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0, STARTED, NULL, NULL },
		    { 4000, START("p"), "userStream.stop", NULL },
		    { 0, CHUNK("p"), NULL, NULL },
		    { 0, STOPPED, NULL, NULL },
		    { 0, STOP("p"), NULL, NULL },
		    { 20, NULL, "userStream.start", NULL },
		    { 0, STARTED, NULL, NULL },
		    { 5000, NULL, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), false);
}

static void validates(struct vaic_options *o)
{
	o->mode = VAIC_VALIDATE;
}

static void test_validating(void **state)
{
	static const struct script script[] = {
		{ "2.1",
		  validates,
		  { { 0, "{\"type\":\"connection.validated\",\"success\":true}",
		      NULL, NULL } },
		  VAIC_OUTCOME_VALIDATED },
		{ "the route is disabled",
		  validates,
		  { { 0,
		      "{\"type\":\"connection.validated\",\"success\":false}",
		      NULL, NULL } },
		  VAIC_OUTCOME_NOT_VALIDATED },
		{ "anything else",
		  validates,
		  { { 0, ACCEPT("raw/mulaw"), NULL,
		      "823: session.accepted unasked" } },
		  VAIC_OUTCOME_NONE },
		{ "no answer",
		  validates,
		  { { 10000, NULL, NULL, "no connection.validated within" } },
		  VAIC_OUTCOME_NOT_VALIDATED },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), false);
}

static void full_duplex_events(struct vaic_options *o)
{
	o->settings.barge_in = true;
	o->settings.events = VAIC_GATE_PLAY_FINISHED;
}

static void two_formats_full(struct vaic_options *o)
{
	two_formats(o);
	full_duplex(o);
}

static void listens_only(struct vaic_options *o)
{
	full_duplex(o);
	o->direct_tts = false;
}

static void test_play_streams(void **state)
{
	static const struct script script[] = {
		{ "two streams, one behind the other",
		  full_duplex_events,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 0, START("p2"), NULL, NULL },
		    { 0, CHUNK("p2"), NULL, NULL },
		    { 0, STOP("p2"), NULL, NULL },
		    { 20, NULL, "playFinished playFinished", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "playFinished only when listed",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 20, NULL, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "overlapping",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, START("p2"), NULL,
		      "821: play stream p2 starts while "
		      "p1 is open" },
		    { 0, CHUNK("p1"), NULL,
		      "821: playStream.chunk of p1, "
		      "which is closed" },
		    { 0, CHUNK("p2"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "an id used again",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 100, START("p1"), NULL,
		      "821: play stream p1: its id was "
		      "used before" },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "no such stream",
		  full_duplex,
		  { { 0, CHUNK("p1"), NULL,
		      "821: playStream.chunk of p1, "
		      "which was never started" },
		    { 0, STOP("p1"), NULL,
		      "821: playStream.stop of p1, which "
		      "was never started" } },
		  VAIC_OUTCOME_NONE },
		{ "behind its stop",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL,
		      "821: playStream.chunk of p1, "
		      "which is closed" },
		    { 0, STOP("p1"), NULL, "which is closed" } },
		  VAIC_OUTCOME_NONE },
		{ "a format that was not offered: told once",
		  two_formats_full,
		  { { 0, START_IN("p1", "raw/lpcm16_24"), NULL,
		      "821: play stream p1: its mediaFormat was not offered" },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "a format that does not exist",
		  full_duplex,
		  { { 0, START_IN("p1", "audio/wav"), NULL, "not offered" } },
		  VAIC_OUTCOME_NONE },
		{ "no audio is expected",
		  listens_only,
		  { { 0, START("p1"), NULL, "no audio messages" } },
		  VAIC_OUTCOME_NONE },
		{ "2.6: never leave a start without chunks",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 10, STOP("p1"), NULL,
		      "821: play stream p1 has no "
		      "chunks" } },
		  VAIC_OUTCOME_NONE },
		{ "3.1: half a sample",
		  full_duplex,
		  { { 0, START_IN("p1", "raw/lpcm16"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL,
		      "820: playStream.chunk of 3 bytes in raw/lpcm16" } },
		  VAIC_OUTCOME_NONE },
		{ "3.1: a WAV format without its header",
		  full_duplex,
		  { { 0, START_IN("p1", "wav/mulaw"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL,
		      "820: play stream p1, WAV header: "
		      "it does not begin with RIFF" },
		    { 0, CHUNK("p1"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "open without data",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 1500, CHUNK("p1"), NULL, NULL },
		    { 1500, NULL, NULL, NULL },
		    { 20, NULL, NULL,
		      "821: play stream p1 is open without "
		      "data for 1500 ms" },
		    { 5000, NULL, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "marks, where they are known",
		  with_marks,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0,
		      "{\"type\":\"playStream.mark.set\",\"streamId\":\"p1\","
		      "\"mark\":\"m1\"}",
		      NULL, NULL },
		    { 1, NULL, "playStream.mark.reached", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "marks, where they are not",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0,
		      "{\"type\":\"playStream.mark.set\",\"streamId\":\"p1\","
		      "\"mark\":\"m1\"}",
		      NULL, "820: playStream.mark.set is not known" } },
		  VAIC_OUTCOME_NONE },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), true);
}

static void notified(struct vaic_options *o)
{
	full_duplex(o);
	o->transfer = VAIC_TRANSFER_BUSY;
	o->transfer_ms = 300;
}

static void answered(struct vaic_options *o)
{
	full_duplex(o);
	o->settings.transfer_notifications = true;
	o->transfer_ms = 300;
}

static void test_activities(void **state)
{
	static const struct script script[] = {
		{ "6.5: hangup",
		  full_duplex,
		  { { 100, HANGUP, "userStream.stop session.end", NULL },
		    { 200, STOPPED, NULL, NULL }, /* was under way */
		    { 10, CHUNK("p"), NULL,
		      "824: playStream.chunk 210 ms after session.end" },
		    { 2000, NULL, NULL, "824: the socket is open" } },
		  VAIC_OUTCOME_HUNG_UP },
		{ "6.5: the answer to the stop comes late",
		  full_duplex,
		  { { 100, HANGUP, "userStream.stop session.end", NULL },
		    { 900, STOPPED, NULL, NULL },
		    { 10, STOPPED, NULL,
		      "824: userStream.stopped 910 ms after session.end" },
		    { 2000, NULL, NULL, "824: the socket is open" } },
		  VAIC_OUTCOME_HUNG_UP },
		{ "6.7 a: transfer",
		  full_duplex,
		  { { 100, TRANSFER, "userStream.stop session.end", NULL },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_TRANSFERRED },
		{ "6.7 b: transfer fails, the call goes on",
		  notified,
		  { { 100, NOTIFIED, NULL, NULL },
		    { 280, NULL, NULL, NULL },
		    { 20, NULL, "transferStatus", NULL },
		    { 1000, HANGUP, "userStream.stop session.end", NULL },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_HUNG_UP },
		{ "6.7 b: transfer is answered",
		  answered,
		  { { 100, TRANSFER, NULL, NULL },
		    { 300, NULL, "transferStatus userStream.stop session.end",
		      NULL },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_TRANSFERRED },
		{ "a message, though audio is expected",
		  full_duplex,
		  { { 0,
		      "{\"type\":\"activities\",\"activities\":[{\"type\":"
		      "\"message\",\"text\":\"hello\"}]}",
		      NULL, "820: a message activity" } },
		  VAIC_OUTCOME_NONE },
		{ "session.error in the middle of it",
		  full_duplex,
		  { { 100, "{\"type\":\"session.error\",\"reason\":\"no\"}",
		      NULL, NULL } },
		  VAIC_OUTCOME_ERROR },
		{ "nothing behind hangup in one message counts",
		  full_duplex,
		  { { 0,
		      "{\"type\":\"activities\",\"activities\":[{\"type\":"
		      "\"event\",\"name\":\"hangup\"},{\"type\":\"event\","
		      "\"name\":\"hangup\"}]}",
		      "userStream.stop session.end", NULL },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_HUNG_UP },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), true);
}

/* --- Half duplex: 6.2 --- */

static void impatient(struct vaic_options *o)
{
	o->settings.resume_recognition_ms = 1000;
}

static void test_half_duplex(void **state)
{
	static const struct script script[] = {
		{ "6.2",
		  NULL,
		  { { 1000, RECOGNITION, "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 500, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 100, STOP("p1"), "userStream.start", NULL },
		    { 10, STARTED, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "committed ends the turn, too",
		  NULL,
		  { { 1000, T("userStream.speech.committed"), "userStream.stop",
		      NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 10, RECOGNITION, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "a play stream ends the turn",
		  NULL,
		  { { 1000, START("p1"), "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 1000, CHUNK("p1"), NULL, NULL },
		    { 10, STOP("p1"), "userStream.start", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "speech.started changes nothing",
		  NULL,
		  { { 1000, START("p1"), "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, T("userStream.speech.started"), NULL, NULL },
		    { 0, HYPOTHESIS, NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "the bot says nothing: VAIC listens again",
		  impatient,
		  { { 1000, RECOGNITION, "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 970, NULL, NULL, NULL },
		    { 20, NULL, "userStream.start", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "stopped too late",
		  NULL,
		  { { 1000, RECOGNITION, "userStream.stop", NULL },
		    { 501, STOPPED, NULL,
		      "822: userStream.stopped after 501 ms" } },
		  VAIC_OUTCOME_NONE },
		{ "never stopped",
		  NULL,
		  { { 1000, RECOGNITION, "userStream.stop", NULL },
		    { 5000, NULL, NULL,
		      "822: no userStream.stopped within 5000 ms" } },
		  VAIC_OUTCOME_NONE },
		{ "config makes it full duplex at once",
		  NULL,
		  { { 1000, START("p1"), "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 0, CONFIG("\"bargeIn\":true"), "userStream.start", NULL },
		    { 10, STARTED, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "one prompt may not be interrupted",
		  full_duplex,
		  { { 1000,
		      "{\"type\":\"playStream.start\",\"streamId\":\"p1\","
		      "\"mediaFormat\":\"raw/mulaw\",\"activityParams\":{"
		      "\"bargeIn\":false}}",
		      "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 20, NULL, "userStream.start", NULL },
		    { 0, STARTED, NULL, NULL },
		    /* 4.5: until the next play stream is handled */
		    { 10, T("userStream.speech.committed"), "userStream.stop",
		      NULL },
		    { 0, STOPPED, NULL, NULL },
		    { 0, START("p2"), "userStream.start", NULL } },
		  VAIC_OUTCOME_NONE },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), true);
}

/* --- Barge-in: 6.3 --- */

static void two_words(struct vaic_options *o)
{
	full_duplex(o);
	o->settings.barge_in_min_words = 2;
}

static void three_words(struct vaic_options *o)
{
	full_duplex(o);
	o->settings.barge_in_min_words = 3;
}

static void test_barge_in(void **state)
{
	static const struct {
		void (*prepare)(struct vaic_options *o);
		const char *bot;
		unsigned clears;
		const char *why;
	} row[] = {
		{ full_duplex, T("userStream.speech.started"), 1, "9.5" },
		{ full_duplex, HYPOTHESIS, 1, "9.5" },
		{ full_duplex, T("userStream.speech.stopped"), 0, "no" },
		{ full_duplex, RECOGNITION, 0, "final text is no trigger" },
		{ two_words, T("userStream.speech.started"), 0,
		  "words are needed, and only text has them" },
		{ two_words, HYPOTHESIS, 1, "two words are two" },
		{ three_words, HYPOTHESIS, 0, "two words are not three" },
		{ NULL, T("userStream.speech.started"), 0, "bargeIn is off" },
		{ NULL, HYPOTHESIS, 0, "bargeIn is off" },
		{ NULL, ABORT, 1, "abortPrompts does not ask" },
		{ full_duplex, ABORT, 1, "abortPrompts" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct rig r;

		rig_init(&r);
		if (row[i].prepare)
			row[i].prepare(&r.o);
		rig_call(&r);
		wait_ms(&r, 100);
		bot(&r, START("p1"));
		bot_chunk(&r, "p1", 600);
		wait_ms(&r, 200);
		bot(&r, row[i].bot);
		CHECK_EQ(row[i].clears, r.clears, row[i].why);
		CHECK_EQ(row[i].clears ? 400 * 8 : 0, r.dropped, row[i].why);
		CHECK_EQ(200 * 8, r.sound, row[i].why);
		CHECK_STR("", r.breaches, row[i].why);
		rig_free(&r);
	}
}

static void test_counts_what_comes_late(void **state)
{
	const struct vaic_figures *f;
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex_events(&r.o);
	rig_call(&r);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	wait_ms(&r, 100);
	bot(&r, T("userStream.speech.started"));
	CHECK_STR("playFinished", r.sent, "6.3");
	bot(&r, T("userStream.speech.started"));
	CHECK_EQ(1, r.clears, "nothing plays any more");
	wait_ms(&r, 30);
	bot_chunk(&r, "p1", 60);
	wait_ms(&r, 30);
	bot_chunk(&r, "p1", 60);
	bot(&r, STOP("p1"));
	bot(&r, START("p2"));
	bot_chunk(&r, "p2", 60);
	wait_ms(&r, 100);
	f = vaic_session_figures(r.s);
	CHECK_EQ(2, f->late_chunks, "both");
	CHECK_EQ(60, f->late_ms_max, "the last of them");
	CHECK_EQ(160 * 8, r.sound, "100 ms of the first, 60 of the second");
	CHECK_EQ(660 * 8, f->play_samples, "late ones are not played");
	CHECK_EQ(600, f->ahead_ms_max, "the first chunk");
	CHECK_EQ(500 * 8, r.dropped, "cleared");
	CHECK_STR("", r.breaches, "none of that is a breach");
	rig_free(&r);
}

/* --- The caller's audio --- */

static void test_caller_audio(void **state)
{
	static const struct {
		const char *format;
		unsigned chunk_ms;
		size_t total; /* bytes in 200 ms and the tail behind stop */
		size_t header;
		size_t last; /* of the last whole chunk */
		const char *why;
	} row[] = {
		{ "raw/mulaw", 20, 1600, 0, 160, "3.1" },
		{ "raw/lpcm16_8", 20, 3200, 0, 320, "3.1" },
		{ "raw/lpcm16", 20, 6400, 0, 640, "3.1" },
		{ "raw/lpcm16_24", 20, 9600, 0, 960, "3.1" },
		{ "raw/lpcm16_24", 100, 9600, 0, 4800, "100 ms at once" },
		{ "wav/mulaw", 20, 1600 + 46, 46, 160, "one header" },
		{ "wav/lpcm16_24", 20, 9600 + 44, 44, 960, "one header" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char text[128];
		struct rig r;

		rig_init(&r);
		r.o.chunk_ms = row[i].chunk_ms;
		rig_open(&r);
		snprintf(text, sizeof(text), ACCEPT("%s"), row[i].format);
		bot(&r, text);
		wait_ms(&r, 20); /* a frame nobody is sent */
		bot(&r, STARTED);
		wait_ms(&r, 200);
		CHECK_EQ(200 / row[i].chunk_ms, r.chunks, row[i].why);
		CHECK_EQ(row[i].last, r.chunk_last, row[i].why);
		bot(&r, RECOGNITION); /* half duplex: userStream.stop */
		CHECK_EQ(row[i].total, r.chunk_bytes, row[i].why);
		wait_ms(&r, 200);
		CHECK_EQ(row[i].total, r.chunk_bytes, "withheld");
		CHECK_EQ(220, vaic_session_figures(r.s)->withheld_ms,
			 "withheld");
		CHECK_EQ(160, r.said_from, "the second frame");
		CHECK_EQ(row[i].total - row[i].header, r.said_bytes,
			 "all that went out");
		rig_free(&r);
	}
}

static void test_odd_chunks(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	r.o.odd_chunks = true;
	rig_open(&r);
	bot(&r, ACCEPT("raw/lpcm16_8"));
	bot(&r, STARTED);
	for (unsigned i = 0; i < 10; i++) {
		wait_ms(&r, 20);
		CHECK_EQ(1, r.chunk_last % 2, "every chunk splits a sample");
	}
	bot(&r, RECOGNITION);
	CHECK_EQ(3200, r.chunk_bytes, "and nothing is lost");
	rig_free(&r);
}

static void test_keys(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	vaic_session_press(r.s, '4');
	CHECK_STR("", r.sent, "sendDTMF is off");
	CHECK_EQ(1, vaic_session_figures(r.s)->keys_withheld, "counted");
	CHECK_EQ(-13, vaic_session_no_user_input(r.s, 1), "not listed");
	bot(&r, CONFIG("\"sendDTMF\":true,\"sendEventsToBot\":["
		       "\"noUserInput\"],\"bargeInOnDTMF\":true"));
	vaic_session_press(r.s, '#');
	CHECK_STR("DTMF", r.sent, "on");
	CHECK(strstr(r.last, "\"value\":\"#\""), "the key");
	CHECK_EQ(0, vaic_session_no_user_input(r.s, 2), "listed");
	CHECK(strstr(r.last, "\"value\":2"), "how often");
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 60);
	vaic_session_press(r.s, '1');
	CHECK_EQ(1, r.clears, "bargeInOnDTMF");
	rig_free(&r);
}

static void test_activity_ids(void **state)
{
	struct rig r;
	char first[64];

	(void)state;
	rig_init(&r);
	r.o.duplicate_activities = true;
	r.o.unix_ms = 1772619321480 - 1000; /* the clock begins at 1000 ms */
	r.o.settings.send_dtmf = true;
	rig_call(&r);
	vaic_session_press(r.s, '4');
	CHECK_STR("DTMF DTMF", r.sent, "twice");
	CHECK(strstr(r.last, "\"timestamp\":\"2026-03-04T10:15:21.480Z\""),
	      "wall clock");
	snprintf(first, sizeof(first), "%.43s", strstr(r.last, "\"id\":"));
	vaic_session_press(r.s, '5');
	CHECK(!strstr(r.last, first), "each its own id");
	rig_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_setting_up),
		cmocka_unit_test(test_validating),
		cmocka_unit_test(test_play_streams),
		cmocka_unit_test(test_activities),
		cmocka_unit_test(test_half_duplex),
		cmocka_unit_test(test_barge_in),
		cmocka_unit_test(test_counts_what_comes_late),
		cmocka_unit_test(test_caller_audio),
		cmocka_unit_test(test_odd_chunks),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_activity_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
