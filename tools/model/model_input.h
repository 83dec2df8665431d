/* The input audio buffer: what the client has appended and no item has taken,
 * with the detector that walks along it.
 *
 * Positions are milliseconds on the time line of all audio appended in the
 * session; wall-clock time plays no part.
 * Source: OpenAI Realtime, "Input audio", section 6.3 of the reference. */
#ifndef TOOLS_MODEL_MODEL_INPUT_H
#define TOOLS_MODEL_MODEL_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/model/model_audio.h"
#include "tools/model/model_config.h"
#include "tools/model/model_scenario.h"
#include "tools/model/model_vad.h"

#define MODEL_APPEND_MAX (15u << 20) /* bytes of audio in one append */
#define MODEL_INPUT_MAX  (64u << 20) /* bytes held; then the oldest go */

enum model_input_turns {
	MODEL_INPUT_DEAF, /* no detection: everything is held */
	MODEL_INPUT_ENERGY,
	MODEL_INPUT_SCRIPTED /* utterances from the scenario */
};

struct model_input {
	enum model_encoding encoding;
	enum model_input_turns turns;
	unsigned prefix_ms;
	struct model_clip held;
	uint64_t held_from; /* byte position of the first byte held */
	uint64_t total;     /* bytes ever appended in this encoding */
	uint64_t seen;      /* bytes the detector has walked */
	uint64_t past_ms;   /* audio appended in earlier encodings */
	struct model_vad vad;
	uint64_t speech_from_ms; /* of the open utterance, with its padding */
	uint64_t taken_ms;       /* where the last committed audio ended */
	const struct model_utterance *script;
	unsigned utterances, utterance;
	bool is_speech;
};

/* model_input_configure: take over new settings; what is held stays unless
 * the encoding changes. base_dbm0: the level that threshold 0.5 means. */
void model_input_configure(struct model_input *in,
			   const struct model_settings *settings,
			   double base_dbm0,
			   const struct model_hearing *hearing);
void model_input_free(struct model_input *in);

int model_input_append(struct model_input *in, const uint8_t *bytes, size_t n);

/* model_input_step: let the detector walk until something changes.
 *
 * at_ms  STARTED: where the item will begin, padding included; STOPPED: where
 *        the utterance ends, silence included
 * Returns MODEL_VAD_SAME when it has seen all there is. */
enum model_vad_change model_input_step(struct model_input *in, uint64_t *at_ms);

uint64_t model_input_total_ms(const struct model_input *in);
/* model_input_held_ms: audio a manual commit would take. */
double model_input_held_ms(const struct model_input *in);

/* model_input_take: hand over the audio from from_ms to to_ms (as far as it is
 * held) and drop all before to_ms. model_input_clear: drop everything and
 * forget an open utterance. */
int model_input_take(struct model_input *in, uint64_t from_ms, uint64_t to_ms,
		     struct model_clip *clip);
void model_input_clear(struct model_input *in);

#endif
