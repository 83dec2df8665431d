#include "tools/model/model_schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_DELTA_MS 50, 200
#define USUAL_DELTA_MS 200, 300
#define USUAL_PERCENT  70
#define OPEN_BEFORE_US 20000 /* the item appears, then its sound */
#define SPREAD_PERCENT 60, 140
#define BURST_MS       1500, 4000 /* of audio between pauses */
#define MIN_PAUSED_MS  1500       /* shorter speech has no pauses */
#define WORDS_STEP_US  15000
#define WORDS_AHEAD    0.15 /* of the output's length */

/* Where the plan has got to while it is laid out. */
struct layout {
	struct model_schedule *schedule;
	const struct model_plan *plan;
	struct model_random *random;
	size_t bytes_per_ms;
	size_t sample_bytes;
	uint64_t now_us;
	double burst_left_ms;
	uint64_t late_us; /* paused, to be made up for by the next deltas */
};

static int add_step(struct layout *l, enum model_step_kind kind,
		    unsigned output, size_t offset, size_t len)
{
	struct model_schedule *s = l->schedule;

	if (s->steps == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct model_step *step =
			realloc(s->step, room * sizeof(*step));
		if (!step)
			return -ENOMEM;
		s->step = step;
		s->room = room;
	}
	s->step[s->steps++] = (struct model_step){ .after_us = l->now_us,
						   .kind = kind,
						   .output = output,
						   .offset = offset,
						   .len = len };
	return 0;
}

static unsigned clamp(unsigned value, const unsigned range[2])
{
	if (value < range[0])
		return range[0];
	return value > range[1] ? range[1] : value;
}

static unsigned delta_ms(struct layout *l, bool is_first)
{
	const unsigned *range = l->plan->pace.delta_ms;

	if (is_first)
		return clamp(model_random_between(l->random, FIRST_DELTA_MS),
			     range);
	if (model_random_between(l->random, 1, 100) <= USUAL_PERCENT)
		return clamp(model_random_between(l->random, USUAL_DELTA_MS),
			     range);
	return model_random_between(l->random, range[0], range[1]);
}

static size_t delta_bytes(struct layout *l, bool is_first, size_t left)
{
	if (l->plan->is_burst_of_one)
		return left;
	size_t bytes = delta_ms(l, is_first) * l->bytes_per_ms;
	if (l->plan->split_samples && bytes > 1)
		bytes--;
	return bytes < left ? bytes : left;
}

/* The end of the next word that begins before `limit`. */
static size_t word_end(const char *words, size_t from, size_t limit)
{
	size_t end = from;

	while (words[end] && (end < limit || words[end] != ' '))
		end++;
	return end;
}

static int add_words_until(struct layout *l, unsigned output, size_t *at,
			   size_t limit)
{
	const char *words = l->plan->output[output].words;

	while (*at < limit && words[*at]) {
		size_t end = word_end(words, *at, *at + 1);
		int err = add_step(l, MODEL_STEP_WORDS, output, *at, end - *at);
		if (err)
			return err;
		*at = end;
	}
	return 0;
}

static void pause_between_bursts(struct layout *l)
{
	const unsigned *range = l->plan->pace.pause_ms;
	uint64_t pause_us =
		1000ull * model_random_between(l->random, range[0], range[1]);

	l->burst_left_ms = model_random_between(l->random, BURST_MS);
	l->now_us += pause_us;
	l->late_us += pause_us;
}

static void pass_time(struct layout *l, size_t bytes, size_t total)
{
	double speed = l->plan->pace.speed;
	double ms = (double)bytes / (double)l->bytes_per_ms;

	/* Real time and slower is asked for exactly. */
	if (speed <= 1.0) {
		l->now_us += (uint64_t)(ms * 1000 / speed);
		return;
	}
	speed *= model_random_between(l->random, SPREAD_PERCENT) / 100.0;
	uint64_t step_us = (uint64_t)(ms * 1000 / speed);
	uint64_t saved_us = l->late_us < step_us / 2 ? l->late_us : step_us / 2;
	l->late_us -= saved_us;
	l->now_us += step_us - saved_us;
	l->burst_left_ms -= ms;
	if (total >= MIN_PAUSED_MS * l->bytes_per_ms && l->burst_left_ms <= 0)
		pause_between_bursts(l);
}

static int lay_speech(struct layout *l, unsigned output)
{
	const struct model_output *o = &l->plan->output[output];
	size_t letters = strlen(o->words), at = 0;
	bool has_stalled = l->plan->pace.stall_ms == 0;

	for (size_t sent = 0; sent < o->clip.len;) {
		size_t n = delta_bytes(l, sent == 0, o->clip.len - sent);
		double part = (double)(sent + n) / (double)o->clip.len;
		int err = add_words_until(
			l, output, &at,
			(size_t)((part + WORDS_AHEAD) * (double)letters) + 1);
		if (!err)
			err = add_step(l, MODEL_STEP_AUDIO, output, sent, n);
		if (err)
			return err;
		sent += n;
		pass_time(l, n, o->clip.len);
		if (!has_stalled && part >= 0.5) {
			has_stalled = true;
			l->now_us += 1000ull * l->plan->pace.stall_ms;
		}
	}
	return add_words_until(l, output, &at, letters);
}

static int lay_words(struct layout *l, unsigned output)
{
	const char *words = l->plan->output[output].words;
	size_t letters = strlen(words), at = 0;

	while (at < letters) {
		int err = add_words_until(l, output, &at, at + 1);
		if (err)
			return err;
		l->now_us += WORDS_STEP_US;
	}
	return 0;
}

static int lay_output(struct layout *l, unsigned output)
{
	int err = add_step(l, MODEL_STEP_OPEN, output, 0, 0);

	if (err)
		return err;
	l->now_us += OPEN_BEFORE_US;
	if (l->plan->output[output].kind == MODEL_SPEECH)
		err = lay_speech(l, output);
	else
		err = lay_words(l, output);
	return err ? err : add_step(l, MODEL_STEP_CLOSE, output, 0, 0);
}

/* The close of output 0 moves behind the first two audio deltas of output 1
 * (livekit/agents #5684). */
static void delay_first_close(struct model_schedule *s)
{
	size_t close = 0, audio = 0;

	while (close < s->steps && s->step[close].kind != MODEL_STEP_CLOSE)
		close++;
	size_t at = close;
	while (at + 1 < s->steps && audio < 2) {
		at++;
		if (s->step[at].output == 1)
			audio += s->step[at].kind == MODEL_STEP_AUDIO;
	}
	if (audio < 2)
		return;
	struct model_step moved = s->step[close];
	moved.after_us = s->step[at].after_us;
	memmove(&s->step[close], &s->step[close + 1],
		(at - close) * sizeof(moved));
	s->step[at] = moved;
}

int model_schedule_make(struct model_schedule *s, const struct model_plan *plan,
			enum model_encoding e, struct model_random *random)
{
	const unsigned *first = plan->pace.first_delta_ms;
	struct layout l = {
		.schedule = s,
		.plan = plan,
		.random = random,
		.bytes_per_ms = model_audio_bytes_per_ms(e),
		.burst_left_ms = model_random_between(random, BURST_MS),
		.now_us = 1000ull *
			  model_random_between(random, first[0], first[1]),
	};

	l.now_us -= l.now_us > OPEN_BEFORE_US ? OPEN_BEFORE_US : l.now_us;
	for (unsigned i = 0; i < plan->outputs; i++) {
		int err = lay_output(&l, i);
		if (err)
			return err;
	}
	if (plan->late_done)
		delay_first_close(s);
	return add_step(&l, MODEL_STEP_DONE, 0, 0, 0);
}

void model_schedule_free(struct model_schedule *s)
{
	free(s->step);
	*s = (struct model_schedule){ .step = NULL };
}
