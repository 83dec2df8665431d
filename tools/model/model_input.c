#include "tools/model/model_input.h"

#include <string.h>

#define ONSET_MARGIN_MS 200 /* kept beyond the prefix for slow onsets */

uint64_t model_input_total_ms(const struct model_input *in)
{
	return in->past_ms + model_audio_ms(in->encoding, in->total);
}

static uint64_t byte_at(const struct model_input *in, uint64_t ms)
{
	uint64_t own = ms > in->past_ms ? ms - in->past_ms : 0;

	return own * model_audio_bytes_per_ms(in->encoding);
}

static uint64_t ms_at(const struct model_input *in, uint64_t byte)
{
	return in->past_ms + model_audio_ms(in->encoding, byte);
}

double model_input_held_ms(const struct model_input *in)
{
	return (double)in->held.len /
	       (double)model_audio_bytes_per_ms(in->encoding);
}

static void drop_before(struct model_input *in, uint64_t byte)
{
	if (byte <= in->held_from)
		return;
	size_t n = (size_t)(byte - in->held_from);
	n = n > in->held.len ? in->held.len : n;
	if (n == 0)
		return;
	memmove(in->held.bytes, in->held.bytes + n, in->held.len - n);
	in->held.len -= n;
	in->held_from += n;
}

static void change_encoding(struct model_input *in, enum model_encoding e)
{
	in->past_ms = model_input_total_ms(in);
	in->encoding = e;
	in->held.len = 0;
	in->held_from = in->total = in->seen = 0;
}

static void restart_detector(struct model_input *in, double on_dbm0,
			     unsigned silence_ms)
{
	bool was_speech = in->is_speech;
	uint64_t now_ms = ms_at(in, in->seen);

	if (in->turns == MODEL_INPUT_DEAF) {
		in->is_speech = false;
		return;
	}
	model_vad_init(&in->vad, on_dbm0, silence_ms, now_ms);
	in->vad.is_speech = was_speech;
}

void model_input_configure(struct model_input *in,
			   const struct model_settings *settings,
			   double base_dbm0,
			   const struct model_hearing *hearing)
{
	bool is_scripted = hearing && hearing->scripted_count;

	if (settings->input != in->encoding)
		change_encoding(in, settings->input);
	if (settings->turns == MODEL_TURNS_NONE)
		in->turns = MODEL_INPUT_DEAF;
	else
		in->turns =
			is_scripted ? MODEL_INPUT_SCRIPTED : MODEL_INPUT_ENERGY;
	if (is_scripted) {
		in->script = hearing->scripted;
		in->utterances = hearing->scripted_count;
	}
	in->prefix_ms = settings->prefix_ms;
	restart_detector(in, model_vad_level(base_dbm0, settings->threshold),
			 settings->silence_ms);
}

void model_input_free(struct model_input *in)
{
	model_clip_free(&in->held);
}

int model_input_append(struct model_input *in, const uint8_t *bytes, size_t n)
{
	if (in->held.len + n > MODEL_INPUT_MAX)
		drop_before(in, in->held_from + n);
	int err = model_clip_append(&in->held, bytes, n);
	if (!err)
		in->total += n;
	return err;
}

static enum model_vad_change judge_energy(struct model_input *in,
					  const uint8_t *frame, size_t n)
{
	int16_t pcm[24 * MODEL_VAD_FRAME_MS];

	return model_vad_frame(&in->vad, pcm,
			       model_audio_decode(in->encoding, pcm, frame, n));
}

static enum model_vad_change judge_script(struct model_input *in)
{
	uint64_t now_ms = ms_at(in, in->seen);

	if (in->utterance >= in->utterances)
		return MODEL_VAD_SAME;
	const struct model_utterance *u = &in->script[in->utterance];
	if (!in->is_speech) {
		in->vad.onset_ms = u->start_ms;
		return now_ms >= u->start_ms ? MODEL_VAD_STARTED
					     : MODEL_VAD_SAME;
	}
	if (now_ms < u->stop_ms)
		return MODEL_VAD_SAME;
	in->utterance++;
	return MODEL_VAD_STOPPED;
}

static uint64_t padded_start(const struct model_input *in)
{
	uint64_t onset = in->vad.onset_ms;
	uint64_t start = onset > in->prefix_ms ? onset - in->prefix_ms : 0;
	uint64_t held = ms_at(in, in->held_from);

	if (start < in->taken_ms)
		start = in->taken_ms;
	return start < held ? held : start;
}

static enum model_vad_change note_change(struct model_input *in,
					 enum model_vad_change change,
					 uint64_t *at_ms)
{
	in->is_speech = change == MODEL_VAD_STARTED;
	*at_ms = ms_at(in, in->seen);
	if (change == MODEL_VAD_STARTED)
		*at_ms = in->speech_from_ms = padded_start(in);
	return change;
}

/* In silence only the padding of a coming utterance is worth keeping. */
static void forget_silence(struct model_input *in)
{
	uint64_t keep = (in->prefix_ms + ONSET_MARGIN_MS) *
			model_audio_bytes_per_ms(in->encoding);

	if (!in->is_speech && in->seen > in->held_from + 2 * keep)
		drop_before(in, in->seen - keep);
}

enum model_vad_change model_input_step(struct model_input *in, uint64_t *at_ms)
{
	size_t frame =
		MODEL_VAD_FRAME_MS * model_audio_bytes_per_ms(in->encoding);

	if (in->turns == MODEL_INPUT_DEAF) {
		in->seen = in->total;
		return MODEL_VAD_SAME;
	}
	while (in->total - in->seen >= frame) {
		const uint8_t *at = in->held.bytes + (in->seen - in->held_from);
		in->seen += frame;
		enum model_vad_change change =
			in->turns == MODEL_INPUT_SCRIPTED
				? judge_script(in)
				: judge_energy(in, at, frame);
		if (change != MODEL_VAD_SAME)
			return note_change(in, change, at_ms);
	}
	forget_silence(in);
	return MODEL_VAD_SAME;
}

int model_input_take(struct model_input *in, uint64_t from_ms, uint64_t to_ms,
		     struct model_clip *clip)
{
	uint64_t from = byte_at(in, from_ms), to = byte_at(in, to_ms);
	int err = 0;

	if (from < in->held_from)
		from = in->held_from;
	if (to > in->held_from + in->held.len)
		to = in->held_from + in->held.len;
	if (from < to)
		err = model_clip_append(clip,
					in->held.bytes + (from - in->held_from),
					(size_t)(to - from));
	in->taken_ms = to_ms;
	drop_before(in, to);
	if (in->seen < in->held_from)
		in->seen = in->held_from;
	return err;
}

void model_input_clear(struct model_input *in)
{
	drop_before(in, in->total);
	in->seen = in->held_from;
	in->is_speech = false;
	in->taken_ms = model_input_total_ms(in);
	model_vad_init(&in->vad, in->vad.on_dbm0, in->vad.silence_ms,
		       ms_at(in, in->seen));
}
