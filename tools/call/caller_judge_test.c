#include "tools/testing/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/caller_ear.h"
#include "tools/call/caller_judge.h"

#define MS 8
#define PI 3.14159265358979323846

static struct caller_judge j;
static uint64_t wave; /* the tone's position, so that it is continuous */

static int begin(void **state)
{
	(void)state;
	caller_judge_init(&j);
	wave = 0;
	return 0;
}

static int finish(void **state)
{
	(void)state;
	caller_judge_free(&j);
	return 0;
}

/* 200 Hz: the largest jump is 2 pi 200 / 8000 = 0.157 of the amplitude. */
static void fill_tone(int16_t *pcm, size_t n, double amplitude)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)lrint(
			amplitude * sin(2 * PI * 200 * (double)wave++ / 8000));
}

/* A message that arrives into an empty buffer and is played at once. */
static void play(unsigned ms, double amplitude)
{
	int16_t pcm[1000 * MS];

	fill_tone(pcm, ms * MS, amplitude);
	caller_judge_arrival(&j, j.at, ms * MS, j.at * 125);
	caller_judge_hear(&j, pcm, ms * MS, true);
}

/* What arrived before is played. */
static void hear_tone(unsigned ms, double amplitude)
{
	int16_t pcm[1000 * MS];

	fill_tone(pcm, ms * MS, amplitude);
	caller_judge_hear(&j, pcm, ms * MS, true);
}

static void silence(unsigned ms)
{
	int16_t pcm[MS] = { 0 };

	for (unsigned i = 0; i < ms; i++)
		caller_judge_hear(&j, pcm, MS, false);
}

static void test_smooth_speech(void **state)
{
	(void)state;
	silence(300);
	for (int i = 0; i < 50; i++)
		play(20, 8000);
	wave = 0; /* 1 s of 200 Hz ends where it began, at zero */
	silence(2000);
	play(20, 8000);
	CHECK_EQ(300 * MS, j.first_media_sample, "when it began");
	CHECK_EQ(0, j.gaps, "2 s of silence is a pause between utterances");
	CHECK_EQ(0, j.clicks, "no message seam jumps");
	CHECK_EQ(2, j.runs, "two utterances");
	CHECK_EQ(1000 * MS, j.run[0].samples, "of 1 s");
}

static void test_gap(void **state)
{
	static const struct {
		unsigned hole_ms;
		double amplitude; /* before the hole */
		unsigned gaps;
		const char *why;
	} row[] = {
		{ 40, 8000, 1, "40 ms in the middle of speech" },
		{ 999, 8000, 1,
		  "a second without data is still one utterance" },
		{ 1001, 8000, 0, "more than that is a new utterance" },
		{ 199, 0, 1, "nobody begins anew within 200 ms" },
		{ 200, 0, 0, "the utterance had faded out before the hole" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(NULL);
		play(500, 8000);
		play(60, row[i].amplitude);
		silence(row[i].hole_ms);
		play(500, 8000);
		CHECK_EQ(row[i].gaps, j.gaps, row[i].why);
		if (row[i].gaps)
			CHECK_EQ(row[i].hole_ms * MS, j.gap_samples,
				 row[i].why);
		finish(NULL);
	}
}

static void test_gaps_add_up(void **state)
{
	(void)state;
	play(100, 8000);
	silence(30);
	play(100, 8000);
	silence(50);
	play(100, 8000);
	CHECK_EQ(2, j.gaps, "two");
	CHECK_EQ(80 * MS, j.gap_samples, "30 + 50 ms");
	CHECK_EQ(50 * MS, j.gap_longest_samples, "the longer");
	CHECK_EQ(1, j.runs, "one utterance");
	CHECK_EQ(300 * MS, j.run_played, "of which 300 ms were sound");
}

/* A call can be answered with silence before anybody speaks. */
static void test_silence_is_no_utterance(void **state)
{
	(void)state;
	silence(300);
	play(200, 0);
	silence(100);
	play(500, 8000);
	CHECK_EQ(300 * MS, j.first_media_sample, "it is the first audio");
	CHECK_EQ(0, j.gaps, "nothing was being said");
	CHECK_EQ(1, j.runs, "one utterance");
	CHECK_EQ(500 * MS, j.run[0].samples, "the one that is heard");
	play(100, 0);
	silence(100);
	play(100, 8000);
	CHECK_EQ(1, j.gaps, "but a pause inside of it is part of it");
	CHECK_EQ(700 * MS, j.run[0].samples, "with its silence");
}

/* Make the seam jump: the next message begins `phase` samples further on. */
static void test_a_broken_line_is_the_networks(void **state)
{
	(void)state;
	silence(300);
	play(500, 3000);
	caller_judge_arrival(&j, j.at, 400 * MS, j.at * 125);
	caller_judge_line_breaks(&j, 400 * MS);
	silence(1500);
	play(700, 3000);
	CHECK_EQ(0, j.gaps, "not the far end's");
	CHECK_EQ(1, j.runs, "the utterance goes on");
	CHECK_EQ(1200 * MS, j.run[0].samples, "what could be heard");
	CHECK_EQ(0, j.clicks, "and its edges are not, either");
	silence(300);
	play(300, 3000);
	CHECK_EQ(1, j.gaps, "the next hole is");
}

/* Each stream is an utterance, as soon as the one before it was heard out. */
static void test_streams_apart(void **state)
{
	(void)state;
	caller_judge_stream_begins(&j);
	play(500, 8000);
	silence(300);
	caller_judge_stream_begins(&j);
	play(500, 8000);
	CHECK_EQ(0, j.gaps, "the first was over");
	CHECK_EQ(2, j.runs, "two utterances");
	silence(300);
	play(100, 8000);
	CHECK_EQ(1, j.gaps, "inside of a stream a hole is a gap");
	caller_judge_stream_begins(&j);
	play(100, 8000);
	CHECK_EQ(2, j.runs, "without a hole it goes on");
}

/* Silence answers the call, and the greeting comes while it still plays. */
static void test_greeting_behind_silence(void **state)
{
	(void)state;
	caller_judge_stream_begins(&j);
	caller_judge_arrival(&j, 0, 200 * MS, 0);
	hear_tone(100, 0);
	caller_judge_stream_begins(&j);
	caller_judge_arrival(&j, 200 * MS, 500 * MS, 0);
	hear_tone(100, 0);
	hear_tone(500, 8000);
	CHECK_EQ(1, j.runs, "the silence is no utterance");
	CHECK_EQ(500 * MS, j.run[0].samples, "the greeting is");
	CHECK_EQ(500 * MS, j.run_played, "to its own length");
}

static void test_a_line_that_breaks_in_silence(void **state)
{
	(void)state;
	play(500, 3000);
	silence(1200);
	caller_judge_line_breaks(&j, 0);
	play(500, 3000);
	CHECK_EQ(2, j.runs, "took nothing with it");
}

static void test_click_at_seam(void **state)
{
	static const struct {
		unsigned skip;
		double amplitude;
		unsigned clicks;
		const char *why;
	} row[] = {
		{ 0, 8000, 0, "a continuous wave" },
		{ 10, 8000, 1, "a quarter wave lost: jumps over 8000" },
		{ 10, 800, 0, "too quiet for a click: jumps 800 + 800 sin 9°" },
		{ 1, 8000, 0, "one sample lost: within the wave's own slope" },
		{ 40, 8000, 0, "a whole wave lost fits without a jump" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(NULL);
		play(100, row[i].amplitude);
		wave += row[i].skip;
		play(100, row[i].amplitude);
		CHECK_EQ(row[i].clicks, j.clicks, row[i].why);
		finish(NULL);
	}
}

static void test_click_at_silence(void **state)
{
	(void)state;
	play(100, 8000);
	wave += 10;
	silence(300);
	CHECK_EQ(0, j.clicks, "100 ms of 200 Hz end at zero");
	play(100, 8000);
	CHECK_EQ(1, j.clicks, "sound that begins at its crest");
	CHECK_EQ(400 * MS, j.first_click_sample, "there");
	silence(300);
	CHECK_EQ(2, j.clicks, "and sound cut off at its crest");
}

static void test_clear_is_no_click(void **state)
{
	(void)state;
	play(100, 8000);
	wave += 10;
	play(11, 8000);
	j.clicks = 0;
	caller_judge_clear(&j, 0, 7);
	silence(300);
	CHECK_EQ(0, j.clicks, "the cut of a clear is wanted");
	CHECK_EQ(0, j.gaps, "so is the silence");
	wave = 0;
	play(100, 8000);
	CHECK_EQ(0, j.gaps, "after a clear a new utterance begins");
	CHECK_EQ(2, j.runs, "the second");
	CHECK_EQ(1, j.clears, "one clear");
	CHECK_EQ(7, j.clear[0].at_us, "when");
	CHECK_EQ(0, j.clear[0].run, "which it cut");
	CHECK_EQ(111 * MS, j.clear[0].played_samples, "how far it was heard");
}

static void test_barge_in(void **state)
{
	(void)state;
	play(500, 8000);
	caller_judge_speaks(&j, true);
	caller_judge_interrupt(&j, j.at);
	play(130, 8000);
	caller_judge_clear(&j, 0, 0);
	CHECK_EQ(1, j.barge_ins_heeded, "the far end stopped");
	CHECK_EQ(130 * MS, j.reaction_samples, "after 130 ms");
	silence(100);
	caller_judge_arrival(&j, j.at, 160, 0);
	CHECK_EQ(160, j.late_samples, "the old reply goes on");
	caller_judge_arrival(&j, j.at + 160, 160, 0);
	CHECK_EQ(320, j.late_samples, "and on");
	caller_judge_speaks(&j, false);
	caller_judge_arrival(&j, j.at + 320, 160, 0);
	CHECK_EQ(320, j.late_samples, "what comes later is the answer");
	CHECK_EQ(1, j.barge_ins, "tried once");
}

static void test_barge_in_ignored(void **state)
{
	(void)state;
	play(100, 8000);
	caller_judge_speaks(&j, true);
	caller_judge_interrupt(&j, j.at);
	play(900, 8000);
	caller_judge_speaks(&j, false);
	caller_judge_clear(&j, 0, 0);
	CHECK_EQ(0, j.barge_ins_heeded,
		 "a clear after the caller has finished is no answer to it");
}

static void test_many_clears(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		play(20, 0);
		caller_judge_clear(&j, 0, 0);
	}
	CHECK_EQ(200, j.clears, "all are counted");
	CHECK_EQ(CALLER_JUDGE_RUNS_MAX, j.runs, "so many are kept");
}

/* --- The ear --- */

static void hear(struct caller_ear *e, unsigned ms, double amplitude)
{
	int16_t pcm[3];

	for (unsigned n = ms * MS; n;) {
		size_t take = n < 3 ? n : 3; /* any split */

		fill_tone(pcm, take, amplitude);
		caller_ear_hear(e, pcm, take);
		n -= (unsigned)take;
	}
}

static void test_ear(void **state)
{
	struct caller_ear e;

	(void)state;
	wave = 0;
	caller_ear_init(&e);
	hear(&e, 500, 0);
	hear(&e, 30, 3000);
	hear(&e, 200, 0);
	CHECK_EQ(0, e.starts, "30 ms are a knock, not speech");
	hear(&e, 300, 3000);
	CHECK_EQ(1, e.starts, "speech");
	CHECK_NEAR(730 * MS, e.start_sample, 2, "since its first loud sample");
	hear(&e, 690, 0);
	CHECK_EQ(0, e.ends, "a pause");
	hear(&e, 100, 3000);
	hear(&e, 800, 0);
	CHECK_EQ(1, e.starts, "still the same utterance");
	CHECK_EQ(1, e.ends, "now it has ended");
	CHECK_NEAR((730 + 300 + 690 + 100) * MS, e.last_loud_sample, 4,
		   "where it was last loud");
	hear(&e, 500, 60);
	CHECK_EQ(1, e.starts, "a whisper of line noise is nothing");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_smooth_speech),
		cmocka_unit_test(test_gap),
		TEST(test_streams_apart),
		TEST(test_greeting_behind_silence),
		TEST(test_gaps_add_up),
		TEST(test_silence_is_no_utterance),
		TEST(test_a_broken_line_is_the_networks),
		TEST(test_a_line_that_breaks_in_silence),
		cmocka_unit_test(test_click_at_seam),
		TEST(test_click_at_silence),
		TEST(test_clear_is_no_click),
		TEST(test_barge_in),
		TEST(test_barge_in_ignored),
		TEST(test_many_clears),
		cmocka_unit_test(test_ear),
	};

	return cmocka_run_group_tests_name("caller_judge", tests, NULL, NULL);
}
