/* The ledger with carriers that lack something: marks, a clear, a line. */
#include "gateway/call/playout.h"

#include <errno.h>
#include <string.h>

#include "tools/testing/check.h"

#define MS   1000000ull
#define ULAW 8 /* bytes per ms */

static struct audio_pool pool;
static struct playout p;
static struct playout_cut cut[PLAYOUT_ITEMS];
static uint8_t speech[60 * 1000 * ULAW]; /* a byte says where it stands */

/* No marks, and the line may be lost: the poorest of carriers. */
static const struct playout_settings poor = {
	.bytes_per_ms = ULAW,
	.bytes_per_sample = 1,
	.silence = 0xff,
	.lead_ms = 400,
	.keeps_sent = true,
};

static void begin(const struct playout_settings *settings)
{
	playout_free(&p);
	playout_init(&p, &pool, settings);
}

static int setup(void **state)
{
	(void)state;
	audio_pool_init(&pool, 16000000);
	for (size_t i = 0; i < sizeof(speech); i++)
		speech[i] = (uint8_t)(i % 251);
	playout_init(&p, &pool, &poor);
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
	CHECK_EQ(0, playout_push(&p, item, 0, speech, ms * ULAW, ms),
		 "there is room");
}

/* Send all that is due; returns the ms sent, notes the rest. */
static struct {
	unsigned marks;
	struct playout_mark mark;
	uint8_t first; /* byte of the audio */
	uint8_t last;
} got;

static unsigned pump(uint64_t now_ms)
{
	struct playout_chunk chunk;
	unsigned sent = 0;

	memset(&got, 0, sizeof(got));
	while (playout_pump(&p, now_ms * MS, &chunk)) {
		if (chunk.has_mark) {
			got.marks++;
			got.mark = chunk.mark;
		}
		if (!chunk.len)
			continue;
		if (!sent)
			got.first = chunk.bytes[0];
		got.last = chunk.bytes[chunk.len - 1];
		sent += (unsigned)(chunk.len / p.settings.bytes_per_ms);
	}
	return sent;
}

/* --- Without marks --- */

static void test_no_mark_is_asked_for(void **state)
{
	(void)state;

	say("A", 60000);
	playout_complete(&p);
	for (uint64_t ms = 1000; ms < 62000; ms += 20) {
		pump(ms);
		CHECK_EQ(0, got.marks, "neither probe nor mark");
		CHECK(p.segments <= 1, "what is one piece is one segment");
	}
	CHECK(!playout_marked(&p, 1, 1, 62000 * MS), "and none is believed");
	CHECK_EQ(0, p.items, "the clock says it has been heard");
}

static void test_heard_is_what_the_clock_says(void **state)
{
	(void)state;

	say("A", 5000);
	for (uint64_t ms = 1000; ms < 3000; ms += 20)
		pump(ms);
	CHECK_EQ(1, playout_interrupt(&p, 3000 * MS, true, cut), "A");
	CHECK_EQ(2000, cut[0].heard_ms, "since 1000");
}

static void test_what_was_heard_is_not_kept(void **state)
{
	(void)state;

	say("A", 60000);
	for (uint64_t ms = 0; ms <= 30000; ms += 20)
		pump(ms);
	CHECK_EQ(400 * ULAW, p.queue.kept, "the lead, and no more");
	CHECK(pool.in_use <= 30000 * ULAW / AUDIO_BLOCK_BYTES + 3,
	      "the blocks went back");
}

static void test_all_of_it_at_once(void **state)
{
	(void)state;
	struct playout_settings all = poor;

	all.lead_ms = PLAYOUT_QUEUE_S * 1000;
	begin(&all);
	for (int i = 0; i < 4; i++)
		say("A", 60000);
	playout_complete(&p);
	CHECK_EQ(240000, pump(1000), "four minutes");
	CHECK(playout_is_sent(&p), "nothing waits here");
	CHECK(!playout_is_idle(&p, 240999 * MS), "but it is being heard");
	CHECK(playout_is_idle(&p, 241000 * MS), "for four minutes");
	playout_interrupt(&p, 100000 * MS, true, cut);
	CHECK_EQ(0, pool.in_use, "an interruption gives it all back");
}

static void test_marks_of_all_at_once_have_room(void **state)
{
	(void)state;
	struct playout_settings all = poor;

	all.lead_ms = PLAYOUT_QUEUE_S * 1000;
	all.has_marks = true;
	begin(&all);
	for (int i = 0; i < 5; i++)
		say("A", 60000);
	playout_complete(&p);
	CHECK_EQ(300000, pump(0), "five minutes");
	CHECK(got.marks <= PLAYOUT_MARKS_AHEAD + 1, "marks are farther apart");
	CHECK_EQ(1, playout_interrupt(&p, 1000 * MS, true, cut), "A");
	CHECK_EQ(1000, cut[0].heard_ms,
		 "no segment was taken as heard to make room");
}

static void test_is_sent(void **state)
{
	(void)state;

	CHECK(playout_is_sent(&p), "there is nothing to send");
	say("A", 430);
	pump(0);
	CHECK(!playout_is_sent(&p), "30 ms wait");
	pump(20);
	CHECK(!playout_is_sent(&p), "half a frame waits for more");
	playout_complete(&p);
	CHECK(!playout_is_sent(&p), "and is allowed to go");
	pump(40);
	CHECK(playout_is_sent(&p), "it has gone");
	say("B", 20);
	pump(60);
	CHECK(!playout_is_sent(&p), "B may get more");
}

/* --- The carrier says that it has played all --- */

static void test_finished(void **state)
{
	(void)state;
	static const struct {
		int64_t lag_ms; /* learned before */
		int off_ms;     /* from the end that the clock expects */
		bool believed;
		int64_t learned_ms;
		const char *why;
	} row[] = {
		{ 0, 0, true, 0, "on time" },
		{ 0, 120, true, 30, "late: a quarter of it is learned" },
		{ 0, 2000, true, 300, "as late as may be; a bounded lesson" },
		{ 0, 2001, false, 0, "of something else" },
		{ 0, -50, true, 0, "early, by the drift of clocks" },
		{ 0, -51, false, 0, "earlier than can be played" },
		{ 200, -200, true, 150, "there was no lag this time" },
		{ 200, -251, false, 200, "earlier than without any lag" },
		{ 200, 40, true, 210, "a little more lag" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(&poor);
		p.lag_ns = row[i].lag_ms * (int64_t)MS;
		say("A", 200);
		playout_complete(&p);
		pump(1000);
		uint64_t end_ms = 1200 + (uint64_t)row[i].lag_ms;
		uint64_t at_ns =
			(end_ms + (uint64_t)(int64_t)row[i].off_ms) * MS;
		CHECK_EQ(row[i].believed, playout_finished(&p, at_ns),
			 row[i].why);
		CHECK_EQ(row[i].learned_ms * (int64_t)MS, p.lag_ns, row[i].why);
		if (!row[i].believed)
			continue;
		CHECK(playout_is_idle(&p, at_ns), "nothing is to be heard");
		CHECK_EQ(0, p.items, "A is done with");
		CHECK_EQ(0, p.queue.kept, "and not kept");
		CHECK(!playout_finished(&p, at_ns), "once is enough");
	}
}

static void test_finished_counts_the_way_back(void **state)
{
	(void)state;

	playout_set_rtt(&p, 80 * MS);
	say("A", 300);
	playout_complete(&p);
	pump(1000);
	CHECK(playout_finished(&p, 1420 * MS), "1040 to 1340, and 40 back");
	CHECK_EQ(10 * MS, p.lag_ns, "40 ms too late; a quarter");
}

static void test_finished_of_the_last_utterance(void **state)
{
	(void)state;

	CHECK(!playout_finished(&p, 500 * MS), "nothing was ever sent");
	say("A", 300);
	playout_complete(&p);
	pump(1000);
	playout_interrupt(&p, 1100 * MS, true, cut);
	CHECK(!playout_finished(&p, 1110 * MS), "A was cut");
	say("B", 300);
	playout_complete(&p);
	pump(1120);
	CHECK(!playout_finished(&p, 1130 * MS), "A's: B has not ended");
	CHECK_EQ(1, p.items, "B is still to be heard");
	CHECK(playout_finished(&p, 1430 * MS), "B's");
}

static void test_an_end_that_is_reported_is_waited_for(void **state)
{
	(void)state;

	say("A", 300);
	playout_complete(&p);
	pump(1000);
	CHECK(!playout_is_confirmed(&p, 1299 * MS), "it is being played");
	CHECK(playout_is_confirmed(&p, 1300 * MS), "no report was ever made");
	playout_finished(&p, 1310 * MS);
	say("B", 300);
	playout_complete(&p);
	pump(2000);
	CHECK(playout_is_idle(&p, 2400 * MS), "by the clock it is over");
	CHECK(!playout_is_confirmed(&p, 2400 * MS), "but not by the carrier");
	CHECK(playout_finished(&p, 2500 * MS) &&
		      playout_is_confirmed(&p, 2500 * MS),
	      "it is late");
	say("C", 300);
	playout_complete(&p);
	pump(3000);
	CHECK(!playout_is_confirmed(&p, 5000 * MS), "waiting");
	CHECK(playout_is_confirmed(&p, 5400 * MS), "in vain, after a grace");
}

static void test_finished_while_something_waits(void **state)
{
	(void)state;

	p.lead_ns = 100 * (int64_t)MS;
	say("A", 1000);
	pump(1000);
	pump(1060);
	CHECK(p.end_ns <= 1160 * (int64_t)MS, "the end expected is near");
	CHECK(!playout_finished(&p, 1120 * MS),
	      "but not the end of what the carrier is being sent");
}

static void test_marks_rule(void **state)
{
	(void)state;
	struct playout_settings rich = poor;

	rich.has_marks = true;
	begin(&rich);
	struct playout_mark probe = playout_probe(&p, 0);
	say("A", 300);
	playout_complete(&p);
	pump(0);
	CHECK(playout_finished(&p, 310 * MS), "no echo has ever come");
	playout_marked(&p, probe.generation, probe.number, 320 * MS);
	say("B", 300);
	playout_complete(&p);
	pump(1000);
	CHECK(!playout_finished(&p, 1310 * MS), "B's mark will prove it");
}

/* --- A carrier that cannot clear --- */

static void test_it_plays_on(void **state)
{
	(void)state;

	say("A", 300);
	playout_complete(&p);
	say("B", 1000);
	say("C", 1000);
	CHECK_EQ(400, pump(1000), "A, and 100 ms of B");
	CHECK_EQ(2, playout_interrupt(&p, 1010 * MS, false, cut),
		 "A was sent whole: it will be heard");
	CHECK_STR("B", cut[0].id, "B is cut");
	CHECK_EQ(100, cut[0].heard_ms, "after what was sent");
	CHECK_STR("C", cut[1].id, "C is cut");
	CHECK_EQ(0, cut[1].heard_ms, "before it began");
	CHECK_EQ(0, playout_waiting_ms(&p), "what was not sent is gone");
	CHECK(playout_is_sent(&p), "so the utterance ends here");
	CHECK(!playout_is_idle(&p, 1399 * MS), "and is heard");
	CHECK(playout_is_idle(&p, 1400 * MS), "to its end");
}

static void test_the_next_queues_behind(void **state)
{
	(void)state;

	say("A", 1000);
	pump(1000);
	playout_interrupt(&p, 1100 * MS, false, cut);
	say("B", 1000);
	CHECK_EQ(200, pump(1200), "200 ms of A are ahead of B");
	CHECK_EQ(1, playout_interrupt(&p, 1450 * MS, true, cut),
		 "A has been cut once, and was heard to there");
	CHECK_STR("B", cut[0].id, "so it is B");
	CHECK_EQ(50, cut[0].heard_ms, "from 1400 on");
}

static void test_a_clear_after_all(void **state)
{
	(void)state;

	say("A", 1000);
	pump(1000);
	playout_interrupt(&p, 1100 * MS, false, cut);
	CHECK_EQ(400, cut[0].heard_ms, "all that was sent");
	CHECK_EQ(1, playout_interrupt(&p, 1200 * MS, true, cut), "now cleared");
	CHECK_EQ(200, cut[0].heard_ms, "less than was thought");
	CHECK_EQ(400, cut[0].source_ms, "of what the model remembers");
}

static void test_marks_stay_valid(void **state)
{
	(void)state;
	struct playout_settings rich = poor;

	rich.has_marks = true;
	begin(&rich);
	say("A", 290);
	pump(0);
	struct playout_mark first = got.mark;
	CHECK_EQ(1, playout_interrupt(&p, 10 * MS, false, cut), "A");
	CHECK_EQ(280, cut[0].heard_ms, "whole frames were sent");
	CHECK(playout_marked(&p, first.generation, first.number, 200 * MS),
	      "of the same generation");
	CHECK(p.marks_work, "proof that marks work");
	CHECK(!playout_is_idle(&p, 290 * MS), "80 ms are unmarked");
	CHECK_EQ(0, pump(20), "no audio is left");
	CHECK_EQ(1, got.marks, "the mark behind it");
	playout_marked(&p, got.mark.generation, got.mark.number, 280 * MS);
	CHECK(playout_is_idle(&p, 280 * MS), "is waited for");
}

/* --- A line that is lost --- */

static void test_what_was_not_heard_is_sent_again(void **state)
{
	(void)state;

	say("A", 1000);
	pump(1000);
	CHECK_EQ(200, pump(1200), "600 ms sent");
	playout_detach(&p, 1250 * MS);
	CHECK_EQ(750, playout_waiting_ms(&p), "250 ms were heard");
	CHECK_EQ(0, pump(1300), "there is no line");
	say("A", 1000);
	CHECK_EQ(0, pump(5000), "for as long as it takes");
	playout_attach(&p);
	CHECK_EQ(400, pump(6000), "the lead, afresh");
	CHECK_EQ(250 * ULAW % 251, got.first, "from where it broke off");
	CHECK_EQ((650 * ULAW - 1) % 251, got.last, "without a hole");
	CHECK_EQ(0, p.late, "the carrier did not run dry");
	CHECK_EQ(1, playout_interrupt(&p, 6100 * MS, true, cut), "A");
	CHECK_EQ(350, cut[0].heard_ms, "250 before, 100 after");
}

static void test_a_sample_is_not_split(void **state)
{
	(void)state;
	struct playout_settings pcm = poor;

	pcm.bytes_per_ms = 48;
	pcm.bytes_per_sample = 2;
	begin(&pcm);
	playout_push(&p, "A", 0, speech, 48000, 1000);
	pump(0);
	/* 100 us are 4.8 bytes: two samples have been heard. */
	playout_detach(&p, MS / 10);
	CHECK_EQ(48000 - 4, p.queue.used, "the third is sent again");
	playout_attach(&p);
	pump(10);
	CHECK_EQ(4, got.first, "from its first byte on");
}

static void test_items_of_a_lost_line(void **state)
{
	(void)state;

	say("A", 100);
	playout_complete(&p);
	say("B", 100);
	playout_complete(&p);
	say("C", 1000);
	pump(0);
	playout_detach(&p, 150 * MS);
	CHECK_EQ(2, p.items, "A was heard");
	CHECK_EQ(2, playout_interrupt(&p, 9000 * MS, true, cut),
		 "the others are cut where the line was lost");
	CHECK_EQ(50, cut[0].heard_ms, "B in its middle");
	CHECK_EQ(0, cut[1].heard_ms, "C before it began");
	playout_attach(&p);
	CHECK_EQ(0, pump(9100), "nothing of it is sent again");
	CHECK(playout_is_idle(&p, 9100 * MS), "all is quiet");
}

static void test_no_clear_and_no_line(void **state)
{
	(void)state;

	say("A", 1000);
	pump(0);
	playout_detach(&p, 150 * MS);
	CHECK_EQ(1, playout_interrupt(&p, 200 * MS, false, cut), "A");
	CHECK_EQ(150, cut[0].heard_ms, "the carrier has nothing to play on");
	playout_attach(&p);
	CHECK_EQ(0, pump(300), "and gets nothing");

	say("B", 1000);
	pump(1000);
	playout_interrupt(&p, 1100 * MS, false, cut);
	playout_detach(&p, 1200 * MS);
	CHECK_EQ(0, playout_waiting_ms(&p), "what it plays on is whole");
	CHECK(!playout_is_idle(&p, 1399 * MS), "and heard without a line");
	CHECK(playout_is_idle(&p, 1400 * MS), "to its end");
}

static void test_padding_is_not_sent_again(void **state)
{
	(void)state;

	say("A", 25);
	playout_complete(&p);
	CHECK_EQ(40, pump(0), "15 ms of it padding");
	playout_detach(&p, 30 * MS);
	CHECK_EQ(0, playout_waiting_ms(&p), "only silence was lost");
	CHECK_EQ(0, p.items, "A was heard");
	playout_attach(&p);
	CHECK_EQ(0, pump(100), "silence is not repeated");
}

static void test_marks_of_a_lost_line(void **state)
{
	(void)state;
	struct playout_settings rich = poor;
	struct playout_chunk chunk;

	rich.has_marks = true;
	begin(&rich);
	struct playout_mark probe = playout_probe(&p, 0);
	playout_marked(&p, probe.generation, probe.number, 0);
	say("A", 1000);
	pump(0);
	struct playout_mark old = got.mark;
	/* Only 200 ms are proved; the clock claims 350. */
	playout_marked(&p, old.generation, old.number - 1, 200 * MS);
	playout_detach(&p, 550 * MS);
	CHECK_EQ(600, playout_waiting_ms(&p),
		 "the next mark, at 400, has not come");
	CHECK(!playout_marked(&p, old.generation, old.number, 560 * MS),
	      "and proves nothing now");
	playout_attach(&p);
	CHECK(playout_pump(&p, 600 * MS, &chunk) && !chunk.len,
	      "the new line's round trip is measured first");
	CHECK_EQ(400, pump(600), "then the rest of A follows");
}

static void test_a_carrier_that_does_not_come_back(void **state)
{
	(void)state;
	struct playout_settings plain = poor;

	plain.keeps_sent = false;
	begin(&plain);
	say("A", 1000);
	pump(0);
	CHECK_EQ(0, p.queue.kept, "nothing is kept for it");
	playout_detach(&p, 100 * MS);
	CHECK_EQ(600, playout_waiting_ms(&p), "what was sent is gone");
	playout_detach(&p, 200 * MS);
	CHECK_EQ(1, playout_interrupt(&p, 200 * MS, true, cut), "A");
	CHECK_EQ(400, cut[0].heard_ms, "it counts as heard");
}

static void test_full_pool(void **state)
{
	(void)state;
	struct audio_pool small;

	audio_pool_init(&small, 2 * AUDIO_BLOCK_BYTES);
	playout_init(&p, &small, &poor);
	CHECK_EQ(0, playout_push(&p, "A", 0, speech, 2 * AUDIO_BLOCK_BYTES, 1),
		 "the last block");
	pump(0);
	CHECK_EQ(-ENOBUFS, playout_push(&p, "A", 0, speech, 1, 1),
		 "what was sent still counts");
	playout_detach(&p, 100 * MS);
	CHECK_EQ(2 * AUDIO_BLOCK_BYTES - 800, p.queue.used,
		 "and all that was not heard is there");
	playout_attach(&p);
	pump(200);
	pump(500);
	CHECK_EQ(0, playout_push(&p, "A", 0, speech, 1, 1),
		 "what has been heard made room");
	playout_free(&p);
	audio_pool_free(&small);
	playout_init(&p, &pool, &poor);
}

static void test_more_than_the_queue_holds(void **state)
{
	(void)state;

	for (int i = 0; i < PLAYOUT_QUEUE_S / 60; i++)
		say("A", 60000);
	pump(0);
	say("A", 400);
	playout_detach(&p, 0);
	CHECK_EQ(PLAYOUT_QUEUE_S * 1000 + 400, playout_waiting_ms(&p),
		 "what comes back is never refused");
	CHECK_EQ(-ENOBUFS, playout_push(&p, "A", 0, speech, 1, 1),
		 "but more is, until it has gone");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_no_mark_is_asked_for),
		TEST(test_heard_is_what_the_clock_says),
		TEST(test_what_was_heard_is_not_kept),
		TEST(test_all_of_it_at_once),
		TEST(test_marks_of_all_at_once_have_room),
		TEST(test_is_sent),
		TEST(test_finished),
		TEST(test_finished_counts_the_way_back),
		TEST(test_finished_of_the_last_utterance),
		TEST(test_an_end_that_is_reported_is_waited_for),
		TEST(test_finished_while_something_waits),
		TEST(test_marks_rule),
		TEST(test_it_plays_on),
		TEST(test_the_next_queues_behind),
		TEST(test_a_clear_after_all),
		TEST(test_marks_stay_valid),
		TEST(test_what_was_not_heard_is_sent_again),
		TEST(test_a_sample_is_not_split),
		TEST(test_items_of_a_lost_line),
		TEST(test_no_clear_and_no_line),
		TEST(test_padding_is_not_sent_again),
		TEST(test_marks_of_a_lost_line),
		TEST(test_a_carrier_that_does_not_come_back),
		TEST(test_full_pool),
		TEST(test_more_than_the_queue_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
