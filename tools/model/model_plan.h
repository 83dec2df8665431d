/* What one response will say and do, before any of it is sent. */
#ifndef TOOLS_MODEL_MODEL_PLAN_H
#define TOOLS_MODEL_MODEL_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/model/model_audio.h"
#include "tools/model/model_scenario.h"

#define MODEL_OUTPUTS_MAX 6

enum model_output_kind {
	MODEL_SPEECH,  /* a message: audio and its transcript */
	MODEL_TEXT,    /* a message of text only */
	MODEL_FUNCTION /* a function call */
};

struct model_output {
	enum model_output_kind kind;
	bool is_commentary; /* a preamble before the answer */
	struct model_clip clip;
	char *words; /* transcript, text, or arguments; never NULL */
	char *name;  /* of the function */
};

struct model_plan {
	struct model_output output[MODEL_OUTPUTS_MAX];
	size_t outputs;
	struct model_pace pace;
	enum model_status status; /* how it ends if nobody interrupts */
	char reason[64];
	char error_code[64];
	char error_message[200];
	bool late_done, split_samples, null_usage, no_created;
	bool is_burst_of_one; /* each output is a single delta */
	bool has_empty_delta, has_late_deltas, has_damaged_delta;
};

/* model_plan_add: one more output, empty; NULL when full or out of memory. */
struct model_output *model_plan_add(struct model_plan *p,
				    enum model_output_kind kind,
				    const char *words);
/* model_plan_words: words said after those already there. 0 or -ENOMEM. */
int model_plan_words(struct model_output *o, const char *words);
void model_plan_free(struct model_plan *p);

#endif
