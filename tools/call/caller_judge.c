#include "tools/call/caller_judge.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/level.h"

#define MS        8            /* samples */
#define CONTEXT   (5 * MS)     /* looked at on either side of a seam */
#define EDGE      (20 * MS)    /* level before a hole */
#define SEAMS_MAX (256u << 10) /* bytes */
#define STEP      64           /* samples taken between looks at the seams */

_Static_assert(CALLER_JUDGE_HISTORY >= EDGE + STEP &&
		       CALLER_JUDGE_HISTORY >= 2 * CONTEXT + STEP,
	       "the history holds what a look needs");

void caller_judge_init(struct caller_judge *j)
{
	memset(j, 0, sizeof(*j));
	j->first_media_sample = CALLER_JUDGE_NONE;
	j->first_click_sample = CALLER_JUDGE_NONE;
	j->hole_begin = CALLER_JUDGE_NONE;
	j->onset = CALLER_JUDGE_NONE;
	buffer_init(&j->seams, SEAMS_MAX);
}

void caller_judge_free(struct caller_judge *j)
{
	buffer_free(&j->seams);
}

static int sample_at(const struct caller_judge *j, uint64_t at)
{
	return j->history[at % CALLER_JUDGE_HISTORY];
}

static int jump_at(const struct caller_judge *j, uint64_t at)
{
	return abs(sample_at(j, at) - sample_at(j, at - 1));
}

/* The largest jump into the samples [from, to). */
static int largest_jump(const struct caller_judge *j, uint64_t from,
			uint64_t to)
{
	int largest = 0;

	for (uint64_t at = from; at < to; at++)
		if (jump_at(j, at) > largest)
			largest = jump_at(j, at);
	return largest;
}

static void look_at_seam(struct caller_judge *j, uint64_t seam)
{
	if (seam <= CONTEXT)
		return;
	int jump = jump_at(j, seam);
	int before = largest_jump(j, seam - CONTEXT + 1, seam);
	int after = largest_jump(j, seam + 1, seam + CONTEXT);
	int usual = before > after ? before : after;

	if (jump < CALLER_JUDGE_JUMP || jump <= CALLER_JUDGE_JUMP_RATIO * usual)
		return;
	if (j->clicks++ == 0)
		j->first_click_sample = seam;
}

/* Seams are looked at once 5 ms behind them are known. */
static void look_at_seams(struct caller_judge *j)
{
	uint64_t seam;

	while (j->seams.used) {
		memcpy(&seam, buffer_head(&j->seams), sizeof(seam));
		if (seam + CONTEXT > j->at)
			return;
		look_at_seam(j, seam);
		buffer_consume(&j->seams, sizeof(seam));
	}
}

static void add_seam(struct caller_judge *j, uint64_t sample)
{
	/* Full: half an hour of messages waits; its seams go unjudged. */
	(void)buffer_append(&j->seams, &sample, sizeof(sample));
}

static float level_before(const struct caller_judge *j, uint64_t end)
{
	int16_t edge[EDGE];
	size_t n = end < EDGE ? (size_t)end : EDGE;

	for (size_t i = 0; i < n; i++)
		edge[i] = (int16_t)sample_at(j, end - n + i);
	return level_dbm0(edge, n);
}

static bool is_new_run(const struct caller_judge *j, uint64_t begin)
{
	if (j->runs == 0 || j->was_cleared)
		return true;
	if (j->is_broken)
		return false;
	if (j->is_new_stream && j->run_is_silent &&
	    j->run[j->runs - 1].samples <= CALLER_JUDGE_ANSWER_MS * MS)
		return true;
	return j->hole_begin != CALLER_JUDGE_NONE &&
	       (j->is_new_stream || j->run_is_silent ||
		begin - j->hole_begin > CALLER_JUDGE_GAP_MAX_MS * MS);
}

static void begin_run(struct caller_judge *j, uint64_t begin, uint64_t now_us)
{
	/* What was silent throughout and not even cut was nobody's. */
	if (j->runs && j->run_is_silent && !j->was_cleared)
		j->runs--;
	if (j->runs < CALLER_JUDGE_RUNS_MAX)
		j->run[j->runs++] = (struct caller_run){ .begun_us = now_us };
	j->run_begin = begin;
	j->run_played = 0;
	j->run_is_silent = true;
	j->was_cleared = false;
	j->hole_begin = CALLER_JUDGE_NONE;
}

void caller_judge_arrival(struct caller_judge *j, uint64_t begin, size_t n,
			  uint64_t now_us)
{
	if (j->first_media_sample == CALLER_JUDGE_NONE)
		j->first_media_sample = begin;
	if (j->is_stale)
		j->late_samples += n;
	/* Right behind a clear the jump is the clear's, behind a lost line the
	 * network's. */
	if ((!j->was_cleared && !j->is_broken) || begin != j->at)
		add_seam(j, begin);
	if (is_new_run(j, begin))
		begin_run(j, begin, now_us);
	j->is_new_stream = false;
	j->run[j->runs - 1].samples += n;
}

void caller_judge_clear(struct caller_judge *j, uint64_t dropped,
			uint64_t now_us)
{
	if (j->clears < CALLER_JUDGE_CLEARS_MAX)
		j->clear[j->clears] = (struct caller_clear){
			.at_us = now_us,
			.run = j->runs ? j->runs - 1 : 0,
			.played_samples = j->run_played,
			.dropped_samples = dropped,
		};
	j->clears++;
	j->was_cleared = true;
	j->is_broken = false;
	j->is_stale = j->caller_speaks;
	buffer_consume(&j->seams, j->seams.used);
	if (j->onset == CALLER_JUDGE_NONE || j->at < j->onset)
		return;
	j->reaction_samples = j->at - j->onset;
	if (j->reaction_samples > j->reaction_longest_samples)
		j->reaction_longest_samples = j->reaction_samples;
	j->barge_ins_heeded++;
	j->onset = CALLER_JUDGE_NONE;
}

/* Sound again in the same run: was the hole a gap? */
static void end_hole(struct caller_judge *j)
{
	uint64_t length = j->at - j->hole_begin;

	j->hole_begin = CALLER_JUDGE_NONE;
	if (j->is_broken) {
		j->is_broken = false;
		return;
	}
	if (j->hole_level <= CALLER_JUDGE_SPEECH_DBM0 &&
	    length >= CALLER_JUDGE_HOLE_MS * MS)
		return;
	j->gaps++;
	j->gap_samples += length;
	if (length > j->gap_longest_samples)
		j->gap_longest_samples = length;
}

static void begin_hole(struct caller_judge *j)
{
	j->hole_begin = j->at;
	j->hole_level = level_before(j, j->at);
	if (!j->was_cleared && !j->is_broken)
		add_seam(j, j->at);
}

static void mark_edges(struct caller_judge *j, bool is_sound)
{
	if (is_sound && j->hole_begin != CALLER_JUDGE_NONE)
		end_hole(j);
	if (!is_sound && j->hole_begin == CALLER_JUDGE_NONE && j->run_played)
		begin_hole(j);
}

void caller_judge_hear(struct caller_judge *j, const int16_t *pcm, size_t n,
		       bool is_sound)
{
	if (n == 0)
		return;
	mark_edges(j, is_sound);
	if (is_sound && j->at + n > j->run_begin)
		j->run_played +=
			j->at < j->run_begin ? j->at + n - j->run_begin : n;
	while (n) {
		size_t take = n < STEP ? n : STEP;

		for (size_t i = 0; i < take; i++) {
			j->history[(j->at + i) % CALLER_JUDGE_HISTORY] = pcm[i];
			if (pcm[i])
				j->run_is_silent = false;
		}
		j->at += take;
		pcm += take;
		n -= take;
		look_at_seams(j);
	}
}

void caller_judge_line_breaks(struct caller_judge *j, uint64_t dropped)
{
	buffer_consume(&j->seams, j->seams.used);
	if (!dropped || !j->runs)
		return;
	j->run[j->runs - 1].samples -= dropped;
	j->is_broken = true;
}

void caller_judge_line_ends(struct caller_judge *j)
{
	j->was_cleared = true;
	j->onset = CALLER_JUDGE_NONE;
	buffer_consume(&j->seams, j->seams.used);
}

void caller_judge_stream_begins(struct caller_judge *j)
{
	j->is_new_stream = true;
}

void caller_judge_speaks(struct caller_judge *j, bool speaks)
{
	j->caller_speaks = speaks;
	if (speaks)
		return;
	j->is_stale = false;
	j->onset = CALLER_JUDGE_NONE;
}

void caller_judge_interrupt(struct caller_judge *j, uint64_t onset)
{
	j->barge_ins++;
	j->onset = onset;
}
