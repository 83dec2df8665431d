/* The server's voice activity detector: energy with hysteresis, in time
 * measured by the audio itself. Without audio nothing moves.
 *
 * Source: OpenAI Realtime, server_vad (threshold, prefix padding, silence). */
#ifndef TOOLS_MODEL_MODEL_VAD_H
#define TOOLS_MODEL_MODEL_VAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_VAD_FRAME_MS      10
#define MODEL_VAD_ONSET_MS      40      /* loud audio that makes speech */
#define MODEL_VAD_HYSTERESIS_DB 6.0     /* below the threshold: still speech */
#define MODEL_VAD_DEFAULT_DBM0  (-38.0) /* what threshold 0.5 means */

/* How threshold 0..1 is read: 0.5 is the base, a tenth more is 4 dB. */
double model_vad_level(double base_dbm0, double threshold);

struct model_vad {
	double on_dbm0;
	unsigned silence_ms;
	bool is_speech;
	unsigned loud_ms;  /* of the onset being judged */
	unsigned quiet_ms; /* since the last frame above the lower level */
	uint64_t now_ms;   /* audio seen */
	uint64_t onset_ms; /* first loud frame of this speech */
};

enum model_vad_change { MODEL_VAD_SAME, MODEL_VAD_STARTED, MODEL_VAD_STOPPED };

/* model_vad_init: begin at now_ms of the audio's time line, in silence. */
void model_vad_init(struct model_vad *v, double on_dbm0, unsigned silence_ms,
		    uint64_t now_ms);

/* model_vad_frame: the next MODEL_VAD_FRAME_MS of samples (n = 80 or 240).
 * STARTED: onset_ms tells where; STOPPED: silence_ms of quiet have passed. */
enum model_vad_change model_vad_frame(struct model_vad *v, const int16_t *pcm,
				      size_t n);

/* model_vad_trim: where speech lies in samples[0..n) at `rate` Hz: the first
 * and the frame after the last one above the lower level, widened by guards so
 * that soft onsets and endings are kept. All of it when nothing is loud. */
void model_vad_trim(const int16_t *pcm, size_t n, unsigned rate, double on_dbm0,
		    size_t *from, size_t *to);

#endif
