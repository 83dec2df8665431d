#include "tools/model/model_vad.h"

#include "codecs/level.h"

#define GUARD_BEFORE_MS 120
#define GUARD_AFTER_MS  200

double model_vad_level(double base_dbm0, double threshold)
{
	return base_dbm0 + (threshold - 0.5) * 40.0;
}

void model_vad_init(struct model_vad *v, double on_dbm0, unsigned silence_ms,
		    uint64_t now_ms)
{
	*v = (struct model_vad){
		.on_dbm0 = on_dbm0,
		.silence_ms = silence_ms,
		.now_ms = now_ms,
	};
}

/* A click is loud for a frame; speech is loud for several, with dips. */
static enum model_vad_change in_silence(struct model_vad *v, double level)
{
	if (level < v->on_dbm0 - MODEL_VAD_HYSTERESIS_DB) {
		v->loud_ms = 0;
		return MODEL_VAD_SAME;
	}
	if (v->loud_ms == 0) {
		if (level < v->on_dbm0)
			return MODEL_VAD_SAME;
		v->onset_ms = v->now_ms;
	}
	v->loud_ms += MODEL_VAD_FRAME_MS;
	if (v->loud_ms < MODEL_VAD_ONSET_MS)
		return MODEL_VAD_SAME;
	v->is_speech = true;
	v->quiet_ms = 0;
	return MODEL_VAD_STARTED;
}

static enum model_vad_change in_speech(struct model_vad *v, double level)
{
	if (level >= v->on_dbm0 - MODEL_VAD_HYSTERESIS_DB)
		v->quiet_ms = 0;
	else
		v->quiet_ms += MODEL_VAD_FRAME_MS;
	if (v->quiet_ms < v->silence_ms)
		return MODEL_VAD_SAME;
	v->is_speech = false;
	v->loud_ms = 0;
	return MODEL_VAD_STOPPED;
}

enum model_vad_change model_vad_frame(struct model_vad *v, const int16_t *pcm,
				      size_t n)
{
	double level = (double)level_dbm0(pcm, n);
	enum model_vad_change change =
		v->is_speech ? in_speech(v, level) : in_silence(v, level);

	v->now_ms += MODEL_VAD_FRAME_MS;
	return change;
}

void model_vad_trim(const int16_t *pcm, size_t n, unsigned rate, double on_dbm0,
		    size_t *from, size_t *to)
{
	size_t frame = rate / 1000 * MODEL_VAD_FRAME_MS;
	size_t before = rate / 1000 * GUARD_BEFORE_MS;
	size_t after = rate / 1000 * GUARD_AFTER_MS;
	size_t first = n, last = 0;

	for (size_t at = 0; at + frame <= n; at += frame) {
		if ((double)level_dbm0(pcm + at, frame) <
		    on_dbm0 - MODEL_VAD_HYSTERESIS_DB)
			continue;
		if (first == n)
			first = at;
		last = at + frame;
	}
	if (first == n) {
		*from = 0;
		*to = n;
		return;
	}
	*from = first > before ? first - before : 0;
	*to = n - last > after ? last + after : n;
}
