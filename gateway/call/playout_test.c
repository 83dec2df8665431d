#include "gateway/call/playout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/testing/check.h"

#define MS   1000000ull
#define ULAW 8 /* bytes per ms */

static struct audio_pool pool;
static struct playout p;
static uint8_t speech[60 * 1000 * ULAW];

static const struct playout_settings ulaw = {
	.bytes_per_ms = ULAW,
	.bytes_per_sample = 1,
	.silence = 0xff,
	.lead_ms = 200,
	.has_marks = true,
};

static int setup(void **state)
{
	(void)state;
	audio_pool_init(&pool, 4000000);
	memset(speech, 0x55, sizeof(speech));
	playout_init(&p, &pool, &ulaw);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	playout_free(&p);
	CHECK_EQ(0, pool.in_use, "every block went back");
	audio_pool_free(&pool);
	return 0;
}

static void say(const char *item, unsigned ms)
{
	static char last[PLAYOUT_ID_MAX];
	static uint32_t total;

	total = strcmp(last, item) == 0 ? total + ms : ms;
	strcpy(last, item);
	CHECK_EQ(0, playout_push(&p, item, 0, speech, ms * ULAW, total),
		 "there is room");
}

/* Send all that is due; returns the ms sent, notes the last mark. */
static struct playout_mark last_mark;

static unsigned pump(uint64_t now_ms)
{
	struct playout_chunk chunk;
	unsigned sent = 0;

	while (playout_pump(&p, now_ms * MS, &chunk)) {
		CHECK_EQ(0, chunk.len % 160, "whole frames only");
		CHECK(chunk.len <= PLAYOUT_CHUNK_MS * ULAW, "a bounded chunk");
		sent += (unsigned)(chunk.len / ULAW);
		if (chunk.has_mark)
			last_mark = chunk.mark;
	}
	return sent;
}

/* --- The reference's worked numbers (Twilio reference, 5.2) --- */

static void test_worked_example(void **state)
{
	(void)state;
	struct playout_cut cut[PLAYOUT_ITEMS];

	p.lead_ns = 2000 * MS;
	playout_set_rtt(&p, 60 * MS);
	say("A", 400);
	pump(1000);
	struct playout_mark at_400 = last_mark;
	CHECK_EQ(400, at_400.end_ms, "the mark behind the first 400 ms");
	say("A", 400);
	pump(1000);
	say("B", 200);
	pump(1200);
	CHECK(playout_marked(&p, at_400.generation, at_400.number, 1460 * MS),
	      "it comes back");
	CHECK_EQ(2, playout_interrupt(&p, 1500 * MS, true, cut), "A and B");
	CHECK_STR("A", cut[0].id, "the audible one first");
	CHECK_EQ(500, cut[0].heard_ms, "400 + (1530 - 1430)");
	CHECK_STR("B", cut[1].id, "then what was queued");
	CHECK_EQ(0, cut[1].heard_ms, "which had not begun");
}

static void test_late_carrier_is_bounded_by_its_marks(void **state)
{
	(void)state;
	struct playout_cut cut[PLAYOUT_ITEMS];
	struct playout_mark probe = playout_probe(&p, 900 * MS);

	p.lead_ns = 2000 * MS;
	playout_marked(&p, probe.generation, probe.number, 960 * MS);
	say("A", 200);
	pump(1000);
	struct playout_mark at_200 = last_mark;
	say("A", 600);
	pump(1000);
	/* The carrier began 80 ms late: the first mark is back at 1340. */
	playout_marked(&p, at_200.generation, at_200.number, 1340 * MS);
	CHECK_EQ(1, playout_interrupt(&p, 1500 * MS, true, cut), "A");
	CHECK_EQ(420, cut[0].heard_ms, "1530 - 1110: the truth");
	CHECK_EQ(20 * MS, p.lag_ns, "a quarter of 80 ms is learned");
}

static void test_round_trip_is_measured_again(void **state)
{
	(void)state;
	struct playout_chunk chunk;
	struct playout_mark probe = playout_probe(&p, 0);

	playout_marked(&p, probe.generation, probe.number, 260 * MS);
	CHECK_EQ(260 * MS, p.rtt_ns, "somebody was busy when the call began");
	say("A", 400);
	CHECK(playout_pump(&p, 1000 * MS, &chunk), "audio is due");
	CHECK(!chunk.len && chunk.has_mark,
	      "but into silence a mark goes first");
	CHECK_EQ(200, pump(1000), "then the audio, without waiting");
	playout_marked(&p, chunk.mark.generation, chunk.mark.number, 1060 * MS);
	CHECK_EQ(60 * MS, p.rtt_ns, "the quickest counts");
	playout_complete(&p);
	for (uint64_t ms = 1010; ms < 1800; ms += 10)
		pump(ms);
	say("B", 400);
	CHECK(playout_pump(&p, 1800 * MS, &chunk) && !chunk.len, "once more");
	playout_marked(&p, chunk.mark.generation, chunk.mark.number, 1940 * MS);
	CHECK_EQ(70 * MS, p.rtt_ns, "a slower one counts an eighth");
}

static void test_audio_does_not_wait_for_a_round_trip_that_was_a_mistake(
	void **state)
{
	(void)state;
	struct playout_chunk chunk;
	struct playout_mark probe = playout_probe(&p, 0);

	playout_marked(&p, probe.generation, probe.number, 700 * MS);
	say("A", 40);
	CHECK(playout_pump(&p, 1000 * MS, &chunk) && !chunk.len, "a probe");
	CHECK_EQ(40, pump(1000), "and what there is");
	playout_marked(&p, chunk.mark.generation, chunk.mark.number, 1002 * MS);
	CHECK_EQ(1041 * MS, p.end_ns, "played from 1001 on, and not from 1350");
	say("A", 400);
	CHECK_EQ(180, pump(1030), "the carrier has 10 ms left");
	CHECK_EQ(0, p.late, "it never runs dry");
}

static void test_carrier_without_marks_is_not_probed(void **state)
{
	(void)state;
	struct playout_chunk chunk;

	playout_probe(&p, 0);
	say("A", 400);
	CHECK(playout_pump(&p, 1000 * MS, &chunk) && chunk.len,
	      "no echo has ever come");
}

/* --- Pacing --- */

static void test_lead_and_steady_state(void **state)
{
	(void)state;

	say("A", 5000);
	CHECK_EQ(200, pump(1000), "the lead at once");
	CHECK_EQ(0, pump(1000), "and no more");
	CHECK_EQ(0, pump(1080), "while most of it is there");
	CHECK_EQ(100, pump(1100), "then half of it at a time");
	CHECK_EQ(0, pump(1101), "not before it is due");
	CHECK_EQ(160, pump(1260), "a late tick catches up");
	CHECK_EQ(5000 - 460, playout_waiting_ms(&p), "the rest waits here");
	CHECK_EQ(0, p.late, "the carrier never ran dry");
}

static void test_the_end_goes_in_one_piece(void **state)
{
	(void)state;

	say("A", 270);
	CHECK_EQ(200, pump(1000), "the lead");
	playout_complete(&p);
	CHECK_EQ(0, pump(1060), "60 ms would leave a piece");
	CHECK_EQ(80, pump(1080), "all there is, in whole frames");
	CHECK(playout_is_sent(&p), "nothing waits");
}

static void test_frames_are_whole(void **state)
{
	(void)state;
	struct playout_chunk chunk;

	playout_push(&p, "A", 0, speech, 150, 19);
	CHECK(!playout_pump(&p, 0, &chunk), "less than a frame is held back");
	playout_push(&p, "A", 0, speech, 20, 21);
	CHECK(playout_pump(&p, 0, &chunk), "170 bytes are one frame");
	CHECK_EQ(160, chunk.len, "exactly one");
	CHECK(!chunk.has_mark, "no mark inside the first 100 ms");
	playout_complete(&p);
	CHECK(playout_pump(&p, 0, &chunk), "the end lets the rest go");
	CHECK_EQ(160, chunk.len, "padded to a frame");
	CHECK_EQ(0x55, chunk.bytes[9], "ten bytes of speech");
	CHECK_EQ(0xff, chunk.bytes[10], "then silence");
	CHECK(chunk.has_mark, "and a mark behind it");
	CHECK_EQ(21, chunk.mark.end_ms, "padding is not speech");
}

static void test_late_end_still_marks(void **state)
{
	(void)state;
	struct playout_chunk chunk;

	say("A", 60);
	CHECK_EQ(60, pump(0), "all of it is sent");
	playout_complete(&p);
	CHECK(playout_pump(&p, 10 * MS, &chunk), "the end comes later");
	CHECK_EQ(0, chunk.len, "no audio is left");
	CHECK(chunk.has_mark, "but the mark that proves it heard");
}

static void test_mark_behind_silence_teaches_nothing(void **state)
{
	(void)state;
	struct playout_mark probe = playout_probe(&p, 0);

	playout_marked(&p, probe.generation, probe.number, 0);
	say("A", 60);
	pump(0);
	playout_complete(&p);
	pump(500);
	playout_marked(&p, last_mark.generation, last_mark.number, 500 * MS);
	CHECK_EQ(0, p.lag_ns, "the mark was late, not the carrier");
	CHECK_EQ(60 * MS, p.end_ns, "the clock was right");
	CHECK(playout_is_idle(&p, 500 * MS), "and A was heard");
}

static void test_late_end_without_echoes(void **state)
{
	(void)state;

	say("A", 60);
	pump(0);
	pump(400);
	playout_complete(&p);
	CHECK_EQ(0, pump(500), "nothing is left to send");
	CHECK(playout_is_idle(&p, 500 * MS), "the clock says it was heard");
}

static void test_underrun_is_counted(void **state)
{
	(void)state;

	say("A", 40);
	pump(0);
	say("A", 40);
	pump(100);
	CHECK_EQ(1, p.late, "60 ms of nothing inside an item");
}

/* --- What was heard --- */

static void test_heard_never_exceeds_the_source(void **state)
{
	(void)state;
	struct playout_cut cut[PLAYOUT_ITEMS];

	/* The filter's tail makes more bytes than the model sent ms. */
	playout_push(&p, "A", 0, speech, 102 * ULAW, 100);
	playout_complete(&p);
	pump(0);
	say("B", 50);
	CHECK_EQ(1, playout_interrupt(&p, 110 * MS, true, cut),
		 "A was heard whole; B was cut");
	CHECK_STR("B", cut[0].id, "and only B");
	playout_push(&p, "C", 0, speech, 102 * ULAW, 100);
	pump(200);
	CHECK_EQ(1, playout_interrupt(&p, 900 * MS, true, cut),
		 "C may get more");
	CHECK_EQ(100, cut[0].heard_ms, "never more than it had");
}

static void test_all_heard_means_nothing_to_cut(void **state)
{
	(void)state;
	struct playout_cut cut[PLAYOUT_ITEMS];

	say("A", 100);
	playout_complete(&p);
	pump(0);
	CHECK(!playout_is_idle(&p, 99 * MS), "still in the caller's ear");
	CHECK(playout_is_idle(&p, 100 * MS), "now it is over");
	CHECK_EQ(0, playout_interrupt(&p, 100 * MS, true, cut),
		 "nothing to cut");
}

static void test_cleared_mark_proves_nothing(void **state)
{
	(void)state;
	struct playout_cut cut[PLAYOUT_ITEMS];

	say("A", 150);
	pump(0);
	struct playout_mark old = last_mark;
	playout_interrupt(&p, 20 * MS, true, cut);
	say("B", 150);
	pump(30);
	CHECK(!playout_marked(&p, old.generation, old.number, 40 * MS),
	      "flushed by the clear, not played");
	CHECK(!p.marks_work, "not even proof that marks work");
	CHECK_EQ(1, playout_interrupt(&p, 50 * MS, true, cut), "B");
	CHECK_EQ(20, cut[0].heard_ms, "by the clock");
}

static void test_idle_waits_for_the_mark(void **state)
{
	(void)state;
	struct playout_mark probe = playout_probe(&p, 0);

	playout_marked(&p, probe.generation, probe.number, 0);
	say("A", 100);
	playout_complete(&p);
	pump(0);
	CHECK(!playout_is_idle(&p, 150 * MS), "the echo is not here yet");
	CHECK(playout_is_idle(&p, 2101 * MS), "but it is not waited for ever");
	playout_marked(&p, last_mark.generation, last_mark.number, 130 * MS);
	CHECK(playout_is_idle(&p, 130 * MS), "with the echo it is certain");
	CHECK_EQ(0, p.items, "and the item is done with");
}

static void test_local_prompt_is_not_the_models(void **state)
{
	(void)state;
	struct playout_cut cut[PLAYOUT_ITEMS];

	CHECK_EQ(-ENOBUFS, playout_push_local(&p, speech, 160),
		 "no prompt has begun");
	CHECK_EQ(0, playout_begin_local(&p), "a prompt");
	for (int slice = 0; slice < 4; slice++)
		CHECK_EQ(0, playout_push_local(&p, speech, 250 * ULAW),
			 "in slices");
	CHECK_EQ(1, p.items, "is one item");
	CHECK(!playout_is_sent(&p), "that waits");
	playout_complete(&p);
	CHECK_EQ(200, pump(0), "is played like speech");
	CHECK_EQ(0, playout_interrupt(&p, 50 * MS, true, cut),
		 "but the model never said it");
}

/* --- Bounds --- */

static void test_queue_is_bounded(void **state)
{
	(void)state;

	for (int i = 0; i < PLAYOUT_QUEUE_S / 60; i++)
		CHECK_EQ(0, playout_push(&p, "A", 0, speech, sizeof(speech), 1),
			 "five minutes fit");
	CHECK_EQ(-ENOBUFS, playout_push(&p, "A", 0, speech, 160, 1),
		 "one frame more does not");
	CHECK_EQ(160, p.overflow, "and is counted");
}

static void test_items_are_bounded(void **state)
{
	(void)state;
	char id[16];

	for (int i = 0; i < PLAYOUT_ITEMS; i++) {
		memset(id, 0, sizeof(id));
		id[0] = 'i';
		id[1] = (char)('0' + i);
		CHECK_EQ(0, playout_push(&p, id, 0, speech, 160, 20), "fits");
	}
	CHECK_EQ(-ENOBUFS, playout_push(&p, "more", 0, speech, 160, 20),
		 "no entry for another item");
}

/* --- Against a simulated carrier --- */

struct carrier {
	int64_t delay_ns; /* each way */
	int64_t lag_ns;   /* before playback starts from silence */
	int64_t busy_ns;  /* FIFO is playing until then */
	struct {
		struct playout_mark mark;
		int64_t back_ns;
	} echo[4096];
	unsigned first, last;
	uint64_t arrived; /* bytes of the current reply */
	int64_t begin_ns; /* when its first byte was played */
};

static void carrier_take(struct carrier *c, const struct playout_chunk *chunk,
			 int64_t now)
{
	int64_t arrives = now + c->delay_ns;

	if (chunk->len) {
		if (c->busy_ns < arrives)
			c->busy_ns = arrives + c->lag_ns;
		if (!c->arrived)
			c->begin_ns = c->busy_ns;
		c->arrived += chunk->len;
		c->busy_ns += (int64_t)(chunk->len / ULAW * MS);
	}
	if (chunk->has_mark) {
		int64_t reached = c->busy_ns > arrives ? c->busy_ns : arrives;

		c->echo[c->last % 4096].mark = chunk->mark;
		c->echo[c->last++ % 4096].back_ns = reached + c->delay_ns;
	}
}

static void carrier_echo(struct carrier *c, int64_t now)
{
	while (c->first != c->last && c->echo[c->first % 4096].back_ns <= now) {
		const struct playout_mark *m = &c->echo[c->first++ % 4096].mark;
		playout_marked(&p, m->generation, m->number, (uint64_t)now);
	}
}

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Replies of 0.5 to 5 s, interrupted at a random moment; the truth is what the
 * carrier had played when the clear arrived. */
static void test_truncation_error(void **state)
{
	(void)state;
	enum { REPLIES = 400 };
	static int error_ms[REPLIES];
	struct carrier c = { .delay_ns = 30 * MS, .lag_ns = 60 * MS };
	struct playout_chunk chunk;
	struct playout_cut cut[PLAYOUT_ITEMS];
	int64_t now = 0;
	unsigned n = 0;

	srand(7);
	struct playout_mark probe = playout_probe(&p, 0);
	playout_marked(&p, probe.generation, probe.number, 60 * MS);
	for (int i = 0; i < REPLIES; i++) {
		int64_t length_ms = 500 + rand() % 4500;
		int64_t until = now + (50 + rand() % 4000) * (int64_t)MS;
		c.arrived = 0;
		say(i % 2 ? "odd" : "even", (unsigned)length_ms);
		playout_complete(&p);
		for (; now < until; now += 5 * (int64_t)MS) {
			carrier_echo(&c, now);
			while (playout_pump(&p, (uint64_t)now, &chunk))
				carrier_take(&c, &chunk, now);
		}
		int64_t played = (now + c.delay_ns - c.begin_ns) / (int64_t)MS;
		played = played < 0 ? 0 : played;
		size_t cuts = playout_interrupt(&p, (uint64_t)now, true, cut);
		if (played < length_ms && cuts)
			error_ms[n++] = abs((int)played - (int)cut[0].heard_ms);
		c.first = c.last;
		c.busy_ns = now + c.delay_ns;
		now += 500 * (int64_t)MS;
	}
	CHECK(n > REPLIES / 3, "enough interruptions hit speech");
	qsort(error_ms, n, sizeof(error_ms[0]), by_value);
	CHECK(error_ms[n * 95 / 100] <= 20, "p95 within one frame");
	CHECK(error_ms[n - 1] <= 60,
	      "the worst within the unknown start-up lag");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_worked_example),
		TEST(test_late_carrier_is_bounded_by_its_marks),
		TEST(test_round_trip_is_measured_again),
		TEST(test_audio_does_not_wait_for_a_round_trip_that_was_a_mistake),
		TEST(test_carrier_without_marks_is_not_probed),
		TEST(test_lead_and_steady_state),
		TEST(test_the_end_goes_in_one_piece),
		TEST(test_frames_are_whole),
		TEST(test_late_end_still_marks),
		TEST(test_late_end_without_echoes),
		TEST(test_mark_behind_silence_teaches_nothing),
		TEST(test_underrun_is_counted),
		TEST(test_heard_never_exceeds_the_source),
		TEST(test_all_heard_means_nothing_to_cut),
		TEST(test_cleared_mark_proves_nothing),
		TEST(test_idle_waits_for_the_mark),
		TEST(test_local_prompt_is_not_the_models),
		TEST(test_queue_is_bounded),
		TEST(test_items_are_bounded),
		TEST(test_truncation_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
