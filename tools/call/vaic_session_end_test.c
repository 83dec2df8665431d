/* A session whose socket goes and comes again, and how one ends. */
#include "tools/testing/vaic_session_rig.h"

/* --- Resume: section 5 --- */

static void test_resumes(void **state)
{
	const struct vaic_figures *f;
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	bot(&r, CONFIG("\"sendDTMF\":true"));
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	wait_ms(&r, 200);
	vaic_session_lost(r.s, r.now_ns);
	wait_ms(&r, 1000);
	CHECK_EQ(200 * 8, r.sound, "the open stream died with its socket");
	CHECK_EQ(60, r.frames, "the caller goes on");
	rig_open(&r);
	CHECK_STR("session.resume", r.sent, "5.1");
	wait_ms(&r, 40);
	bot(&r, T("session.accepted"));
	CHECK_STR("session.resume userStream.start", r.sent, "6.8: no start");
	bot(&r, STARTED);
	bot(&r, START("p2"));
	bot_chunk(&r, "p2", 60);
	bot(&r, STOP("p2"));
	wait_ms(&r, 100);
	CHECK_EQ(260 * 8, r.sound, "the new stream");
	CHECK(vaic_session_settings(r.s)->send_dtmf, "5.1: settings are kept");
	CHECK_STR("", r.breaches, "none");
	f = vaic_session_figures(r.s);
	CHECK_EQ(1, f->resumes, "one");
	CHECK_EQ(40, f->resume_ms_max, "its latency");
	CHECK_EQ(0, r.overs, "one call");
	bot(&r, CHUNK("p1"));
	CHECK(strstr(r.breaches, "821"), "5.1: the old stream is dead");
	rig_free(&r);
}

static void test_stopped_streams_outlive_the_socket(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	bot(&r, STOP("p1"));
	wait_ms(&r, 200);
	vaic_session_lost(r.s, r.now_ns);
	wait_ms(&r, 1000);
	CHECK_EQ(600 * 8, r.sound, "VAIC has all of it");
	rig_free(&r);
}

static void test_refused_resumes(void **state)
{
	static const struct {
		const char *bot, *breach;
		enum vaic_outcome outcome;
		const char *why;
	} row[] = {
		{ "{\"type\":\"session.error\",\"reason\":\"conversation not "
		  "found\"}",
		  "", VAIC_OUTCOME_REFUSED, "5.1" },
		{ ACCEPT("raw/lpcm16"),
		  "820: session.accepted: mediaFormat "
		  "raw/lpcm16 is not the one of before",
		  VAIC_OUTCOME_NONE, "2.3: the original format" },
		{ START("p9"), "823: playStream.start before session.accepted",
		  VAIC_OUTCOME_NONE, "8.2 rule 3" },
		{ NULL, "822: no session.accepted within 10000 ms",
		  VAIC_OUTCOME_BROKEN, "no answer" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct rig r;

		rig_init(&r);
		full_duplex(&r.o);
		rig_call(&r);
		vaic_session_lost(r.s, r.now_ns);
		rig_open(&r);
		if (row[i].bot)
			bot(&r, row[i].bot);
		else
			wait_ms(&r, 10000);
		CHECK_STR(row[i].breach, r.breaches, row[i].why);
		CHECK_EQ(row[i].outcome, r.end.outcome, row[i].why);
		rig_free(&r);
	}
}

static void test_unknown_id(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	r.o.opens_with_resume = true;
	rig_open(&r);
	CHECK_STR("session.resume", r.sent, "9.7");
	bot(&r, "{\"type\":\"session.error\",\"reason\":\"conversation not "
		"found\"}");
	CHECK_EQ(VAIC_OUTCOME_REFUSED, r.end.outcome, "5.1");
	CHECK_STR("", r.breaches, "as it should be");
	rig_free(&r);
	rig_init(&r);
	r.o.opens_with_resume = true;
	rig_open(&r);
	bot(&r, ACCEPT("raw/mulaw"));
	CHECK_STR("822: a conversation it never had is resumed", r.breaches,
		  "invented");
	rig_free(&r);
}

static void test_newest_socket(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	rig_open(&r);
	CHECK_STR("session.resume", r.sent, "while the first one is alive");
	bot(&r, ACCEPT("raw/mulaw"));
	CHECK_STR("session.resume userStream.start", r.sent, "and goes on");
	rig_free(&r);
}

/* --- Ends --- */

static void test_closing(void **state)
{
	static const struct {
		const char *first; /* said before the bot closes */
		unsigned code;
		const char *breach;
		enum vaic_outcome outcome;
		const char *why;
	} row[] = {
		{ HANGUP, 1000, "", VAIC_OUTCOME_HUNG_UP, "6.5" },
		{ HANGUP, 1005, "", VAIC_OUTCOME_HUNG_UP,
		  "2.4: the SDK closes without a code" },
		{ HANGUP, 1011,
		  "825: closed with 1011 after session.end, not with 1000",
		  VAIC_OUTCOME_HUNG_UP, "11" },
		{ NULL, 1000,
		  "825: the bot closed the socket (1000) without hangup",
		  VAIC_OUTCOME_NONE, "8.2 rule 5" },
		{ NULL, 1006,
		  "825: the bot closed the socket (1006) without hangup",
		  VAIC_OUTCOME_NONE, "nor by breaking off" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct rig r;

		rig_init(&r);
		full_duplex(&r.o);
		rig_call(&r);
		if (row[i].first)
			bot(&r, row[i].first);
		vaic_session_closed(r.s, row[i].code, r.now_ns);
		CHECK_STR(row[i].breach, r.breaches, row[i].why);
		CHECK_EQ(row[i].outcome, r.end.outcome, row[i].why);
		CHECK_EQ(row[i].outcome ? 1 : 0, r.overs, row[i].why);
		CHECK_EQ(0, r.closes, "there is nothing left to close");
		if (!row[i].outcome) {
			vaic_session_give_up(r.s, "no resume", r.now_ns);
			CHECK_EQ(VAIC_OUTCOME_LOST, r.end.outcome, row[i].why);
			CHECK_EQ(1, r.overs, row[i].why);
		}
		rig_free(&r);
	}
}

static void test_caller_hangs_up(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	r.hang_up_at = 10;
	rig_call(&r);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	wait_ms(&r, 1000);
	CHECK_STR("userStream.stop session.end", r.sent, "6.6");
	CHECK(strstr(r.last, "\"reasonCode\":\"client-disconnected\""), "2.4");
	CHECK_EQ(10, r.frames, "nothing is said afterwards");
	CHECK_EQ(200 * 8, r.heard, "nor heard");
	CHECK_EQ(9, r.chunks, "the last frame is not sent");
	vaic_session_closed(r.s, 1000, r.now_ns);
	CHECK_EQ(VAIC_OUTCOME_CALLER_HUNG_UP, r.end.outcome, "how");
	CHECK_EQ(400 * 8, r.end.unplayed, "what was cut");
	CHECK_STR("", r.breaches, "none");
	rig_free(&r);
}

static void test_closes_what_stays_open(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	bot(&r, HANGUP);
	wait_ms(&r, 1999);
	CHECK_EQ(0, r.overs, "it has 2 s");
	wait_ms(&r, 1);
	CHECK_EQ(1, r.closes, "then it is closed");
	CHECK_EQ(1, r.overs, "once");
	CHECK_STR("done", r.end.why, "hangupReason");
	CHECK_STR("bot-disconnected", r.end.reason_code, "2.4");
	CHECK(vaic_session_due(r.s) == UINT64_MAX, "nothing is due any more");
	rig_free(&r);
}

static void test_figures(void **state)
{
	const struct vaic_figures *f;
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	r.o.ahead_ms = 500;
	rig_open(&r);
	wait_ms(&r, 120);
	bot(&r, ACCEPT("raw/mulaw"));
	wait_ms(&r, 27);
	bot(&r, STARTED);
	wait_ms(&r, 73);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 300);
	bot_chunk(&r, "p1", 300);
	wait_ms(&r, 700);
	bot_chunk(&r, "p1", 60);
	bot(&r, STOP("p1"));
	wait_ms(&r, 100);
	f = vaic_session_figures(r.s);
	CHECK_EQ(120, f->accept_ms, "initiate to accepted");
	CHECK_EQ(27, f->reply_ms_max, "userStream.started");
	CHECK(f->is_answered, "3.6");
	CHECK_EQ(100 * 8, f->answered, "at the first sample played");
	CHECK_EQ(600, f->ahead_ms_max, "both chunks at once");
	CHECK_EQ(1, f->ahead_excess, "the second one");
	CHECK_EQ(1, f->underruns, "the third came 100 ms late");
	CHECK_EQ(3, f->play_chunks, "all");
	CHECK_EQ(660 * 8, r.native, "raw/mulaw: the same bytes");
	CHECK_EQ(800 * 8, r.arrival, "it played when it came");
	CHECK_EQ(20, f->withheld_ms, "the frame before started");
	rig_free(&r);
}

/* What is more than the play-out holds is told, not lost in silence. */
static void test_play_out_is_full(void **state)
{
	static const char mark[] =
		"{\"type\":\"playStream.mark.set\",\"streamId\":\"p1\","
		"\"mark\":\"m\"}";
	struct rig r;

	(void)state;
	rig_init(&r);
	with_marks(&r.o);
	rig_call(&r);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	for (int i = 0; i < VAIC_PLAYOUT_MARKS_MAX; i++)
		bot(&r, mark);
	CHECK_STR("", r.breaches, "so many");
	bot(&r, mark);
	CHECK_STR("821: play stream p1: more than 64 marks", r.breaches,
		  "and one more");
	r.breaches[0] = 0;
	for (int i = 1; i < VAIC_PLAYOUT_MAX_MS / 600; i++)
		bot_chunk(&r, "p1", 600);
	CHECK_STR("", r.breaches, "ten minutes");
	bot_chunk(&r, "p1", 600);
	CHECK_STR("821: play stream p1: more than 600 s wait", r.breaches,
		  "and one chunk more");
	rig_free(&r);
}

static void test_deaf(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_call(&r);
	bot(&r, START("p1"));
	bot(&r, CHUNK("p1"));
	wait_ms(&r, 1000);
	vaic_session_deafen(r.s, true, r.now_ns);
	wait_ms(&r, 60000);
	vaic_session_deafen(r.s, false, r.now_ns);
	wait_ms(&r, 500);
	CHECK_STR("", r.breaches, "1500 ms have passed for the bot");
	wait_ms(&r, 20);
	CHECK(r.breaches[0], "and now more");
	rig_free(&r);
}

static void test_options(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	r.o.chunk_ms = 30;
	CHECK(!vaic_session_new(&r.o, &events, &r), "no multiple of 20");
	rig_init(&r);
	r.o.conversation_id = "a\"b";
	CHECK(!vaic_session_new(&r.o, &events, &r), "needs escapes");
	rig_init(&r);
	r.o.conversation_id = NULL;
	CHECK(!vaic_session_new(&r.o, &events, &r), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resumes),
		cmocka_unit_test(test_stopped_streams_outlive_the_socket),
		cmocka_unit_test(test_refused_resumes),
		cmocka_unit_test(test_unknown_id),
		cmocka_unit_test(test_newest_socket),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_caller_hangs_up),
		cmocka_unit_test(test_closes_what_stays_open),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_play_out_is_full),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
