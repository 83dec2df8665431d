#include "tools/call/caller.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codecs/g711.h"

#define MS    8   /* samples */
#define CHUNK 256 /* samples decoded at a time */

void caller_init(struct caller *c, const struct caller_script *script,
		 const struct caller_phone *phone, void *owner, bool tracks,
		 uint64_t seed)
{
	memset(c, 0, sizeof(*c));
	caller_script_begin(&c->run, script);
	caller_ear_init(&c->ear);
	caller_judge_init(&c->judge);
	c->phone = phone;
	c->owner = owner;
	c->keeps_tracks = tracks;
	c->noise = seed | 1;
	buffer_init(&c->said, CALLER_TRACK_MAX);
	buffer_init(&c->heard, CALLER_TRACK_MAX);
}

void caller_forget_tracks(struct caller *c)
{
	buffer_free(&c->said);
	buffer_free(&c->heard);
}

void caller_free(struct caller *c)
{
	caller_judge_free(&c->judge);
	caller_timeline_free(&c->timeline);
	buffer_free(&c->said);
	buffer_free(&c->heard);
}

/* --- Hearing --- */

/* How soon sound comes: after the beginning, and after the caller. */
static void measure_start(struct caller *c, uint64_t start)
{
	if (!c->has_first_sound)
		c->first_sound = start;
	c->has_first_sound = true;
	if (!c->awaits_answer || start < c->stopped)
		return;
	c->awaits_answer = false;
	c->answers++;
	if (start - c->stopped > c->answer_longest)
		c->answer_longest = start - c->stopped;
}

/* The last thing said waits for its echo: the next utterance. */
static struct caller_echo *open_echo(struct caller *c)
{
	struct caller_echo *e = c->echoes ? &c->echo[c->echoes - 1] : NULL;

	return e && !e->heard_end ? e : NULL;
}

static void begin_echo(struct caller *c)
{
	/* Answered by nothing, or broken off: its place is free again. */
	if (open_echo(c))
		c->echoes--;
	if (c->echoes < CALLER_ECHO_MAX)
		c->echo[c->echoes++] = (struct caller_echo){
			.said_begin = c->clip_begin,
			.said_end = c->clip_begin + c->clip->samples,
		};
}

static void hear_echo(struct caller *c)
{
	struct caller_echo *e = open_echo(c);

	/* Spoken into, it was broken off. */
	if (!e || c->clip || c->ear.start_sample < e->said_end)
		return;
	e->heard_begin = c->ear.start_sample;
	e->heard_end = c->ear.last_loud_sample;
}

/* Put what the ear has noticed on the timeline, dated back to where it was. */
static void note_speech(struct caller *c)
{
	const struct caller_ear *e = &c->ear;

	if (c->starts < e->starts) {
		c->starts = e->starts;
		measure_start(c, e->start_sample);
		snprintf(c->label, sizeof(c->label), "%s",
			 caller_script_label(&c->run));
		caller_timeline_add(&c->timeline,
				    (int64_t)(e->start_sample / MS),
				    CALLER_MOMENT_HEARD, "%s heard", c->label);
	}
	if (c->ends < e->ends) {
		c->ends = e->ends;
		hear_echo(c);
		caller_timeline_add(
			&c->timeline, (int64_t)(e->last_loud_sample / MS),
			CALLER_MOMENT_HEARD,
			"%s over, %" PRIu64 " ms of speech", c->label,
			(e->last_loud_sample - e->start_sample) / MS);
	}
}

void caller_hear(struct caller *c, const uint8_t *ulaw, size_t n, bool is_sound)
{
	int16_t pcm[CHUNK];

	/* A track that is full stays as it is; the judging goes on. */
	if (c->keeps_tracks)
		(void)buffer_append(&c->heard, ulaw, n);
	while (n) {
		size_t take = n < CHUNK ? n : CHUNK;

		g711_ulaw_decode(pcm, ulaw, take);
		caller_judge_hear(&c->judge, pcm, take, is_sound);
		caller_ear_hear(&c->ear, pcm, take);
		ulaw += take;
		n -= take;
	}
	note_speech(c);
}

void caller_arrive(struct caller *c, uint64_t begin, size_t n, uint64_t now_us)
{
	caller_judge_arrival(&c->judge, begin, n, now_us);
}

void caller_clear(struct caller *c, uint64_t now, size_t dropped,
		  uint64_t now_us)
{
	unsigned heeded = c->judge.barge_ins_heeded;

	caller_judge_clear(&c->judge, dropped, now_us);
	if (c->judge.barge_ins_heeded > heeded)
		caller_timeline_add(&c->timeline, (int64_t)(now / MS),
				    CALLER_MOMENT_HEARD,
				    "voice stops, %" PRIu64
				    " ms after the caller began",
				    c->judge.reaction_samples / MS);
	else if (dropped)
		caller_timeline_add(&c->timeline, (int64_t)(now / MS),
				    CALLER_MOMENT_HEARD,
				    "voice cut, %zu ms were waiting",
				    dropped / MS);
}

static struct caller_view view_at(const struct caller *c, uint64_t now)
{
	const struct caller_ear *e = &c->ear;
	uint64_t last = e->last_loud_sample;

	return (struct caller_view){
		.now_ms = now / MS,
		.is_saying = c->clip != NULL,
		.hears_speech = e->is_speech,
		.starts = e->starts,
		.ends = e->ends,
		.start_ms = e->start_sample / MS,
		.quiet_ms = (last == CALLER_EAR_NONE ? now : now - last) / MS,
		.heeded = c->judge.barge_ins_heeded,
		.reaction_ms = c->judge.reaction_samples / MS,
		.is_ended = c->is_ended,
	};
}

/* --- Speaking --- */

static void begin_clip(struct caller *c, const struct caller_action *a)
{
	c->clip = a->clip;
	c->clip_at = 0;
	c->is_interrupting = a->act == CALLER_ACT_BARGE_IN;
}

/* The clip's first frame: now its place on the clock is known. */
static void place_clip(struct caller *c, uint64_t begin)
{
	uint64_t onset = begin + c->clip->onset;

	c->clip_begin = begin;
	caller_judge_speaks(&c->judge, true);
	caller_timeline_add(&c->timeline, (int64_t)(onset / MS),
			    CALLER_MOMENT_SAID, "caller %s: %s",
			    c->is_interrupting ? "interrupts" : "speaks",
			    c->clip->name);
	if (c->is_interrupting)
		caller_judge_interrupt(&c->judge, onset);
}

static void finish_clip(struct caller *c)
{
	caller_timeline_add(&c->timeline,
			    (int64_t)((c->clip_begin + c->clip->end) / MS),
			    CALLER_MOMENT_SAID, "caller stops");
	caller_judge_speaks(&c->judge, false);
	begin_echo(c);
	c->awaits_answer = true;
	c->stopped = c->clip_begin + c->clip->end;
	c->clip = NULL;
}

/* A silent line is a mixture of both zeros (2.5). */
static void fill_silence(struct caller *c, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		c->noise ^= c->noise << 13;
		c->noise ^= c->noise >> 7;
		c->noise ^= c->noise << 17;
		out[i] = c->noise & 0x300 ? 0xff : 0x7f;
	}
}

void caller_speak(struct caller *c, uint64_t begin, uint8_t frame[CALLER_FRAME])
{
	size_t n = 0;

	if (c->clip) {
		if (c->clip_at == 0)
			place_clip(c, begin);
		n = c->clip->samples - c->clip_at;
		if (n > CALLER_FRAME)
			n = CALLER_FRAME;
		memcpy(frame, c->clip->ulaw + c->clip_at, n);
		c->clip_at += n;
		if (c->clip_at == c->clip->samples)
			finish_clip(c);
	}
	fill_silence(c, frame + n, CALLER_FRAME - n);
	if (!c->keeps_tracks)
		return;
	while (c->said.used < begin && buffer_append(&c->said, "\xff", 1) == 0)
		;
	(void)buffer_append(&c->said, frame, CALLER_FRAME);
}

/* --- Acting --- */

static void perform(struct caller *c, uint64_t now,
		    const struct caller_action *a)
{
	int64_t now_ms = (int64_t)(now / MS);

	switch (a->act) {
	case CALLER_ACT_SAY:
	case CALLER_ACT_BARGE_IN:
		begin_clip(c, a);
		break;
	case CALLER_ACT_KEY:
		caller_timeline_add(&c->timeline, now_ms, CALLER_MOMENT_KEY,
				    "caller presses %c", a->digit);
		c->phone->on_key(c->owner, a->digit);
		break;
	case CALLER_ACT_FAULT:
		caller_timeline_add(&c->timeline, now_ms, CALLER_MOMENT_FAULT,
				    "%s %u: %s",
				    caller_fault_kind(a->fault)->name, a->value,
				    caller_fault_kind(a->fault)->what);
		c->phone->on_fault(c->owner, a->fault, a->value);
		break;
	case CALLER_ACT_HANG_UP:
		c->phone->on_hang_up(c->owner);
		break;
	case CALLER_ACT_NONE:
		break;
	}
}

void caller_act(struct caller *c, uint64_t now)
{
	for (;;) {
		struct caller_view view = view_at(c, now);
		struct caller_action a = caller_script_next(&c->run, &view);

		if (a.act == CALLER_ACT_NONE || c->is_ended)
			break;
		perform(c, now, &a);
	}
	/* Nothing left to do: nobody stays on the line for that. */
	if (caller_script_hangs_up(&c->run) && !c->is_ended && !c->clip)
		c->phone->on_hang_up(c->owner);
}

void caller_line_breaks(struct caller *c, uint64_t dropped)
{
	caller_judge_line_breaks(&c->judge, dropped);
}

void caller_line_ends(struct caller *c)
{
	caller_judge_line_ends(&c->judge);
	if (caller_ear_end(&c->ear))
		note_speech(c);
}

void caller_end(struct caller *c, uint64_t now, bool by_far_end)
{
	if (c->is_ended)
		return;
	caller_line_ends(c);
	c->is_ended = by_far_end;
	struct caller_view view = view_at(c, now);
	caller_script_end(&c->run, &view);
}
