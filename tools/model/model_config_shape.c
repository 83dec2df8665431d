/* The tables of what session.update may say: every key, type, value and range
 * the API documents, and nothing else. */
#include <string.h>

#include "tools/model/model_config.h"
#include "tools/model/model_config_shape.h"

/* Only formats with their exact members exist; each is its own variant. */
static const struct model_field pcm_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "rate", .takes = MODEL_INTEGER, .min = 24000, .max = 24000 },
	{ 0 },
};
static const struct model_field g711_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ 0 },
};
static const struct model_shape pcm_shape = { .field = pcm_field };
static const struct model_shape g711_shape = { .field = g711_field };
static const struct model_variant format_variant[] = {
	{ "audio/pcm", &pcm_shape },
	{ "audio/pcmu", &g711_shape },
	{ "audio/pcma", &g711_shape },
	{ 0 },
};
const struct model_shape model_config_format_shape = { .tag = "type",
						       .variant =
							       format_variant };

static const char *const noise_types[] = { "near_field", "far_field", NULL };
static const struct model_field noise_field[] = {
	{ .name = "type",
	  .takes = MODEL_STRING,
	  .is_required = true,
	  .one_of = noise_types },
	{ .name = "strength", .takes = MODEL_NUMBER, .min = 0, .max = 1 },
	{ 0 },
};
static const struct model_shape noise_shape = { .field = noise_field };

static const char *const delays[] = { "minimal", "low",   "medium",
				      "high",    "xhigh", NULL };
static const char *const transcribers[] = { "gpt-live-transcribe",
					    "gpt-transcribe",
					    "gpt-realtime-whisper",
					    "whisper-1",
					    "gpt-4o-transcribe",
					    "gpt-4o-mini-transcribe",
					    "gpt-4o-mini-transcribe-2025-03-20",
					    "gpt-4o-mini-transcribe-2025-12-15",
					    "gpt-4o-transcribe-diarize",
					    NULL };
static const struct model_shape strings_shape = { .takes_strings = true,
						  .field = g711_field + 1 };
static const struct model_field transcription_field[] = {
	{ .name = "model", .takes = MODEL_STRING, .one_of = transcribers },
	{ .name = "language", .takes = MODEL_STRING },
	{ .name = "languages", .takes = MODEL_ARRAY, .shape = &strings_shape },
	{ .name = "keywords", .takes = MODEL_ARRAY, .shape = &strings_shape },
	{ .name = "prompt", .takes = MODEL_STRING },
	{ .name = "delay", .takes = MODEL_STRING, .one_of = delays },
	{ 0 },
};
static const struct model_shape transcription_shape = {
	.field = transcription_field
};

static const struct model_field server_vad_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "threshold", .takes = MODEL_NUMBER, .min = 0, .max = 1 },
	{ .name = "prefix_padding_ms",
	  .takes = MODEL_INTEGER,
	  .min = 0,
	  .max = 60000 },
	{ .name = "silence_duration_ms",
	  .takes = MODEL_INTEGER,
	  .min = 0,
	  .max = 60000 },
	{ .name = "create_response", .takes = MODEL_BOOL },
	{ .name = "interrupt_response", .takes = MODEL_BOOL },
	{ .name = "idle_timeout_ms",
	  .takes = MODEL_INTEGER | MODEL_NULL,
	  .min = 5000,
	  .max = 30000 },
	{ 0 },
};
static const char *const eagerness[] = { "low", "medium", "high", "auto",
					 NULL };
static const struct model_field semantic_vad_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "eagerness", .takes = MODEL_STRING, .one_of = eagerness },
	{ .name = "create_response", .takes = MODEL_BOOL },
	{ .name = "interrupt_response", .takes = MODEL_BOOL },
	{ 0 },
};
static const struct model_shape server_vad_shape = { .field =
							     server_vad_field };
static const struct model_shape semantic_vad_shape = {
	.field = semantic_vad_field
};
static const struct model_variant turn_variant[] = {
	{ "server_vad", &server_vad_shape },
	{ "semantic_vad", &semantic_vad_shape },
	{ 0 },
};
static const struct model_shape turn_shape = { .tag = "type",
					       .variant = turn_variant };

static const struct model_field input_field[] = {
	{ .name = "format",
	  .takes = MODEL_OBJECT,
	  .shape = &model_config_format_shape },
	{ .name = "noise_reduction",
	  .takes = MODEL_OBJECT | MODEL_NULL,
	  .shape = &noise_shape },
	{ .name = "transcription",
	  .takes = MODEL_OBJECT | MODEL_NULL,
	  .shape = &transcription_shape },
	{ .name = "turn_detection",
	  .takes = MODEL_OBJECT | MODEL_NULL,
	  .shape = &turn_shape },
	{ 0 },
};
static const struct model_shape input_shape = { .field = input_field };

const char *const model_config_voices[] = { "alloy",   "ash",   "ballad",
					    "coral",   "echo",  "sage",
					    "shimmer", "verse", "marin",
					    "cedar",   NULL };
static const struct model_field voice_field[] = {
	{ .name = "id", .takes = MODEL_STRING, .is_required = true },
	{ 0 },
};
const struct model_shape model_config_voice_shape = { .field = voice_field };
static const struct model_field output_field[] = {
	{ .name = "format",
	  .takes = MODEL_OBJECT,
	  .shape = &model_config_format_shape },
	{ .name = "voice",
	  .takes = MODEL_STRING | MODEL_OBJECT,
	  .one_of = model_config_voices,
	  .shape = &model_config_voice_shape },
	{ .name = "speed", .takes = MODEL_NUMBER, .min = 0.25, .max = 1.5 },
	{ 0 },
};
static const struct model_shape output_shape = { .field = output_field };

static const struct model_field audio_field[] = {
	{ .name = "input", .takes = MODEL_OBJECT, .shape = &input_shape },
	{ .name = "output", .takes = MODEL_OBJECT, .shape = &output_shape },
	{ 0 },
};
static const struct model_shape audio_shape = { .field = audio_field };

/* Flat, not nested below "function" as in Chat Completions; no "strict". */
static const struct model_field function_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "name", .takes = MODEL_STRING, .is_required = true },
	{ .name = "description", .takes = MODEL_STRING },
	{ .name = "parameters", .takes = MODEL_OBJECT },
	{ 0 },
};
static const struct model_field mcp_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "server_label", .takes = MODEL_STRING, .is_required = true },
	{ .name = "server_url", .takes = MODEL_STRING },
	{ .name = "connector_id", .takes = MODEL_STRING },
	{ .name = "tunnel_id", .takes = MODEL_STRING },
	{ .name = "authorization", .takes = MODEL_STRING },
	{ .name = "headers", .takes = MODEL_OBJECT | MODEL_NULL },
	{ .name = "allowed_tools",
	  .takes = MODEL_ARRAY | MODEL_OBJECT | MODEL_NULL },
	{ .name = "require_approval",
	  .takes = MODEL_STRING | MODEL_OBJECT | MODEL_NULL },
	{ .name = "server_description", .takes = MODEL_STRING },
	{ .name = "defer_loading", .takes = MODEL_BOOL },
	{ .name = "allowed_callers", .takes = MODEL_ARRAY | MODEL_NULL },
	{ 0 },
};
static const struct model_shape function_shape = { .field = function_field };
static const struct model_shape mcp_shape = { .field = mcp_field };
static const struct model_variant tool_variant[] = {
	{ "function", &function_shape },
	{ "mcp", &mcp_shape },
	{ 0 },
};
const struct model_shape model_config_tool_shape = { .tag = "type",
						     .variant = tool_variant };

static const struct model_field choose_function_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "name", .takes = MODEL_STRING, .is_required = true },
	{ 0 },
};
static const struct model_field choose_mcp_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "server_label", .takes = MODEL_STRING, .is_required = true },
	{ .name = "name", .takes = MODEL_STRING | MODEL_NULL },
	{ 0 },
};
static const struct model_shape choose_function_shape = {
	.field = choose_function_field
};
static const struct model_shape choose_mcp_shape = { .field =
							     choose_mcp_field };
static const struct model_variant choice_variant[] = {
	{ "function", &choose_function_shape },
	{ "mcp", &choose_mcp_shape },
	{ 0 },
};
const struct model_shape model_config_tool_choice_shape = {
	.tag = "type", .variant = choice_variant
};
const char *const model_config_tool_choices[] = { "auto", "none", "required",
						  NULL };
const char *const model_config_inf[] = { "inf", NULL };

static const char *const efforts[] = { "minimal", "low",   "medium",
				       "high",    "xhigh", NULL };
static const struct model_field reasoning_field[] = {
	{ .name = "effort", .takes = MODEL_STRING, .one_of = efforts },
	{ 0 },
};
const struct model_shape model_config_reasoning_shape = {
	.field = reasoning_field
};

static const struct model_field limits_field[] = {
	{ .name = "post_instructions",
	  .takes = MODEL_INTEGER,
	  .min = 0,
	  .max = 1e9 },
	{ 0 },
};
static const struct model_shape limits_shape = { .field = limits_field };
static const struct model_field retention_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "retention_ratio",
	  .takes = MODEL_NUMBER,
	  .is_required = true,
	  .min = 0,
	  .max = 1 },
	{ .name = "token_limits",
	  .takes = MODEL_OBJECT | MODEL_NULL,
	  .shape = &limits_shape },
	{ 0 },
};
static const struct model_shape retention_shape = { .field = retention_field };
static const struct model_variant truncation_variant[] = {
	{ "retention_ratio", &retention_shape },
	{ 0 },
};
static const struct model_shape truncation_shape = {
	.tag = "type", .variant = truncation_variant
};
static const char *const truncations[] = { "auto", "disabled", NULL };

static const char *const tracings[] = { "auto", NULL };
static const struct model_field tracing_field[] = {
	{ .name = "workflow_name", .takes = MODEL_STRING },
	{ .name = "group_id", .takes = MODEL_STRING },
	{ .name = "metadata", .takes = MODEL_OBJECT },
	{ 0 },
};
static const struct model_shape tracing_shape = { .field = tracing_field };

static const struct model_field prompt_field[] = {
	{ .name = "id", .takes = MODEL_STRING, .is_required = true },
	{ .name = "version", .takes = MODEL_STRING | MODEL_NULL },
	{ .name = "variables", .takes = MODEL_OBJECT | MODEL_NULL },
	{ 0 },
};
const struct model_shape model_config_prompt_shape = { .field = prompt_field };

bool model_config_check_modalities(json_t *value, const char *path,
				   struct model_error *e)
{
	const char *one = json_string_value(json_array_get(value, 0));

	if (json_array_size(value) == 1 && one &&
	    (strcmp(one, "audio") == 0 || strcmp(one, "text") == 0))
		return true;
	char *got = json_dumps(value, JSON_COMPACT);
	model_error_set(e, "invalid_value", path,
			"Invalid modalities: %.80s. Supported combinations "
			"are: ['text'] and ['audio'].",
			got ? got : "?");
	free(got);
	return false;
}

static bool check_include(json_t *value, const char *path,
			  struct model_error *e)
{
	static const char known[] = "item.input_audio_transcription.logprobs";

	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *text = json_string_value(json_array_get(value, i));

		if (!text || strcmp(text, known) != 0)
			return model_error_set(
				e, "invalid_value", path,
				"Invalid value: '%.60s'. Supported values "
				"are: '%s'.",
				text ? text : "?", known);
	}
	return true;
}

static const char *const session_types[] = { "realtime", NULL };

static const struct model_field session_field[] = {
	{ .name = "type",
	  .takes = MODEL_STRING,
	  .is_required = true,
	  .one_of = session_types },
	{ .name = "model", .takes = MODEL_STRING },
	{ .name = "instructions", .takes = MODEL_STRING },
	{ .name = "tools",
	  .takes = MODEL_ARRAY,
	  .shape = &model_config_tool_shape },
	{ .name = "tool_choice",
	  .takes = MODEL_STRING | MODEL_OBJECT,
	  .one_of = model_config_tool_choices,
	  .shape = &model_config_tool_choice_shape },
	{ .name = "max_output_tokens",
	  .takes = MODEL_INTEGER | MODEL_STRING,
	  .one_of = model_config_inf,
	  .min = 1,
	  .max = 4096 },
	{ .name = "output_modalities",
	  .takes = MODEL_ARRAY,
	  .check = model_config_check_modalities },
	{ .name = "audio", .takes = MODEL_OBJECT, .shape = &audio_shape },
	{ .name = "tracing",
	  .takes = MODEL_NULL | MODEL_STRING | MODEL_OBJECT,
	  .one_of = tracings,
	  .shape = &tracing_shape },
	{ .name = "include",
	  .takes = MODEL_ARRAY | MODEL_NULL,
	  .check = check_include },
	{ .name = "prompt",
	  .takes = MODEL_OBJECT | MODEL_NULL,
	  .shape = &model_config_prompt_shape },
	{ .name = "truncation",
	  .takes = MODEL_STRING | MODEL_OBJECT,
	  .one_of = truncations,
	  .shape = &truncation_shape },
	{ .name = "reasoning",
	  .takes = MODEL_OBJECT,
	  .shape = &model_config_reasoning_shape },
	{ .name = "parallel_tool_calls", .takes = MODEL_BOOL },
	{ 0 },
};
const struct model_shape model_config_shape_session = { .field =
								session_field };
