/* From a plan to a time table: which delta leaves when, and how large it is.
 *
 * Source: the pacing model of the reference (6.6): first audio after 300 to
 * 900 ms, a short first delta, then mostly 250 ms of audio each, five times
 * faster than real time give or take 40 %, with pauses between bursts, and the
 * transcript ahead of the sound it belongs to. */
#ifndef TOOLS_MODEL_MODEL_SCHEDULE_H
#define TOOLS_MODEL_MODEL_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "tools/model/model_plan.h"
#include "tools/model/model_random.h"

enum model_step_kind {
	MODEL_STEP_OPEN,  /* the output item appears */
	MODEL_STEP_WORDS, /* transcript, text or arguments delta */
	MODEL_STEP_AUDIO, /* audio delta */
	MODEL_STEP_CLOSE, /* all done events of the output */
	MODEL_STEP_DONE   /* the response is over */
};

struct model_step {
	uint64_t after_us; /* after response.created; never decreases */
	enum model_step_kind kind;
	unsigned output;
	size_t offset, len; /* bytes of audio or of words */
};

struct model_schedule {
	struct model_step *step;
	size_t steps, room;
};

/* model_schedule_make: plan every output, in order. The audio of an output is
 * covered exactly once, without gaps. Returns 0 or -ENOMEM. */
int model_schedule_make(struct model_schedule *s, const struct model_plan *plan,
			enum model_encoding e, struct model_random *random);
void model_schedule_free(struct model_schedule *s);

#endif
