/* The configuration of a session: what it starts with, what an update may
 * say, how an accepted update is laid over it, and what the server reads out
 * of it.
 *
 * The session object itself is JSON, because it is echoed whole.
 * Source: OpenAI Realtime, "Session configuration". */
#ifndef TOOLS_MODEL_MODEL_CONFIG_H
#define TOOLS_MODEL_MODEL_CONFIG_H

#include <stdbool.h>

#include <jansson.h>

#include "tools/model/model_audio.h"
#include "tools/model/model_error.h"

#define MODEL_SESSION_MAX_S 3600

/* Shapes other events share: per-response tools, formats, voices. */
extern const struct model_shape model_config_tool_shape;
extern const struct model_shape model_config_format_shape;
extern const struct model_shape model_config_tool_choice_shape;
extern const struct model_shape model_config_voice_shape;
extern const struct model_shape model_config_reasoning_shape;
extern const struct model_shape model_config_prompt_shape;
extern const char *const model_config_voices[];
extern const char *const model_config_tool_choices[];
extern const char *const model_config_inf[];
bool model_config_check_modalities(json_t *value, const char *path,
				   struct model_error *e);

/* model_config_new: the defaults, as session.created shows them. */
json_t *model_config_new(const char *id, const char *model, int64_t expires_at);

/* What the semantic checks need to know beyond the update itself. */
struct model_config_context {
	bool is_reasoning; /* the model takes reasoning keys */
	bool has_assistant_audio;
	bool takes_missing_rate; /* audio/pcm without rate is accepted */
};

/* model_config_check: is this update, the value of its "session", acceptable
 * whole? Returns false with *e set, in the order schema, then semantics. */
bool model_config_check(json_t *config, json_t *update,
			const struct model_config_context *context,
			struct model_error *e);

/* model_config_is_beta: a flat update of the retired interface. */
bool model_config_is_beta(json_t *update);

/* model_config_merge: lay a checked update over the configuration. */
void model_config_merge(json_t *config, json_t *update);

enum model_turns { MODEL_TURNS_NONE, MODEL_TURNS_ENERGY, MODEL_TURNS_SEMANTIC };

/* What the server acts on. */
struct model_settings {
	enum model_encoding input, output;
	enum model_turns turns;
	double threshold;
	unsigned prefix_ms;
	unsigned silence_ms;      /* for semantic_vad: by eagerness */
	unsigned idle_timeout_ms; /* 0: none */
	bool create_response;
	bool interrupt_response;
	bool is_text;     /* output_modalities is ["text"] */
	bool transcribes; /* input transcription is on */
};

void model_config_read(json_t *config, struct model_settings *settings);

/* model_config_has_tool: does this list of tools declare the function? */
bool model_config_has_tool(json_t *tools, const char *name);

#endif
