#include "tools/model/model_config.h"

#include <string.h>

#include "tools/model/model_config_shape.h"

static json_t *server_vad_defaults(void)
{
	return json_pack("{s:s, s:f, s:i, s:i, s:n, s:b, s:b}", "type",
			 "server_vad", "threshold", 0.5, "prefix_padding_ms",
			 300, "silence_duration_ms", 200, "idle_timeout_ms",
			 "create_response", 1, "interrupt_response", 1);
}

static json_t *semantic_vad_defaults(void)
{
	return json_pack("{s:s, s:s, s:b, s:b}", "type", "semantic_vad",
			 "eagerness", "auto", "create_response", 1,
			 "interrupt_response", 1);
}

static json_t *audio_defaults(void)
{
	return json_pack("{s:{s:o, s:n, s:n, s:o}, s:{s:o, s:s, s:i}}", "input",
			 "format", model_audio_format(MODEL_PCM),
			 "transcription", "noise_reduction", "turn_detection",
			 server_vad_defaults(), "output", "format",
			 model_audio_format(MODEL_PCM), "voice", "marin",
			 "speed", 1);
}

json_t *model_config_new(const char *id, const char *model, int64_t expires_at)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s, s:[], s:s, s:s, "
			 "s:n, s:s, s:n, s:I, s:o, s:n}",
			 "type", "realtime", "object", "realtime.session", "id",
			 id, "model", model, "output_modalities", "audio",
			 "instructions", "", "tools", "tool_choice", "auto",
			 "max_output_tokens", "inf", "tracing", "truncation",
			 "auto", "prompt", "expires_at", (json_int_t)expires_at,
			 "audio", audio_defaults(), "include");
}

bool model_config_is_beta(json_t *update)
{
	static const char *const flat[] = { "modalities",
					    "voice",
					    "input_audio_format",
					    "output_audio_format",
					    "input_audio_transcription",
					    "input_audio_noise_reduction",
					    "turn_detection",
					    "temperature",
					    "max_response_output_tokens" };

	if (json_object_get(update, "type"))
		return false;
	for (size_t i = 0; i < sizeof(flat) / sizeof(flat[0]); i++)
		if (json_object_get(update, flat[i]))
			return true;
	return false;
}

static json_t *dig(json_t *object, const char *a, const char *b, const char *c)
{
	object = json_object_get(object, a);
	object = json_object_get(object, b);
	return json_object_get(object, c);
}

static bool check_rate(json_t *update, const char *direction,
		       struct model_error *e)
{
	json_t *format = dig(update, "audio", direction, "format");
	char path[64];

	if (!format || model_audio_from_format(format) != MODEL_PCM ||
	    json_object_get(format, "rate"))
		return true;
	snprintf(path, sizeof(path), "session.audio.%s.format.rate", direction);
	return model_error_set(e, "missing_required_parameter", path,
			       "Missing required parameter: '%s'.", path);
}

static bool check_reasoning(json_t *update, struct model_error *e)
{
	if (!json_object_get(update, "reasoning") &&
	    !json_object_get(update, "parallel_tool_calls"))
		return true;
	return model_error_set(e, "invalid_value", NULL,
			       "Unsupported option for this model.");
}

static bool check_voice(json_t *config, json_t *update, struct model_error *e)
{
	json_t *voice = dig(update, "audio", "output", "voice");

	if (!voice ||
	    json_equal(voice, dig(config, "audio", "output", "voice")))
		return true;
	model_error_set(e, "cannot_update_voice", NULL,
			"Cannot update a conversation's voice if assistant "
			"audio is present.");
	e->hides_event_id = true;
	return false;
}

bool model_config_check(json_t *config, json_t *update,
			const struct model_config_context *context,
			struct model_error *e)
{
	if (!model_schema_check(update, &model_config_shape_session, "session",
				e))
		return false;
	if (!context->takes_missing_rate && (!check_rate(update, "input", e) ||
					     !check_rate(update, "output", e)))
		return false;
	if (!context->is_reasoning && !check_reasoning(update, e))
		return false;
	return !context->has_assistant_audio || check_voice(config, update, e);
}

/* The reference leaves open whether omitted members of a partial
 * turn_detection keep their values or reset; they keep them here, unless the
 * type changes. */
static void merge_turns(json_t *input, json_t *turns)
{
	json_t *now = json_object_get(input, "turn_detection");
	json_t *type = json_object_get(turns, "type");

	if (!json_is_object(turns)) {
		json_object_set_new(input, "turn_detection", json_null());
		return;
	}
	if (!json_equal(json_object_get(now, "type"), type)) {
		now = strcmp(json_string_value(type), "server_vad") == 0
			      ? server_vad_defaults()
			      : semantic_vad_defaults();
		json_object_set_new(input, "turn_detection", now);
	}
	json_object_update(now, turns);
}

static json_t *complete_format(json_t *format)
{
	return model_audio_format(model_audio_from_format(format));
}

static void merge_input(json_t *input, json_t *update)
{
	const char *key;
	json_t *value;

	json_object_foreach(update, key, value)
	{
		if (strcmp(key, "turn_detection") == 0)
			merge_turns(input, value);
		else if (strcmp(key, "format") == 0)
			json_object_set_new(input, key, complete_format(value));
		else
			json_object_set_new(input, key, json_deep_copy(value));
	}
}

static void merge_output(json_t *output, json_t *update)
{
	const char *key;
	json_t *value;

	json_object_foreach(update, key, value)
	{
		if (strcmp(key, "format") == 0)
			json_object_set_new(output, key,
					    complete_format(value));
		else
			json_object_set_new(output, key, json_deep_copy(value));
	}
}

void model_config_merge(json_t *config, json_t *update)
{
	json_t *audio = json_object_get(config, "audio");
	json_t *new_audio = json_object_get(update, "audio");
	const char *key;
	json_t *value;

	json_object_foreach(update, key, value)
	{
		/* The model is chosen by the URL; another is ignored. */
		if (strcmp(key, "audio") != 0 && strcmp(key, "model") != 0)
			json_object_set_new(config, key, json_deep_copy(value));
	}
	merge_input(json_object_get(audio, "input"),
		    json_object_get(new_audio, "input"));
	merge_output(json_object_get(audio, "output"),
		     json_object_get(new_audio, "output"));
}

static bool is_true(json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

static unsigned read_unsigned(json_t *object, const char *name)
{
	return (unsigned)json_integer_value(json_object_get(object, name));
}

/* The real classifier waits at most 8, 4 or 2 s; a caller who has said all is
 * answered sooner. Without a classifier: a quarter of that. */
static unsigned semantic_silence_ms(json_t *turns)
{
	const char *eagerness =
		json_string_value(json_object_get(turns, "eagerness"));

	if (eagerness && strcmp(eagerness, "low") == 0)
		return 2000;
	if (eagerness && strcmp(eagerness, "high") == 0)
		return 500;
	return 1000;
}

static void read_turns(json_t *turns, struct model_settings *settings)
{
	const char *type = json_string_value(json_object_get(turns, "type"));

	if (!type)
		return;
	settings->create_response = is_true(turns, "create_response");
	settings->interrupt_response = is_true(turns, "interrupt_response");
	if (strcmp(type, "server_vad") != 0) {
		settings->turns = MODEL_TURNS_SEMANTIC;
		settings->threshold = 0.5;
		settings->prefix_ms = 300;
		settings->silence_ms = semantic_silence_ms(turns);
		return;
	}
	settings->turns = MODEL_TURNS_ENERGY;
	settings->threshold =
		json_number_value(json_object_get(turns, "threshold"));
	settings->prefix_ms = read_unsigned(turns, "prefix_padding_ms");
	settings->silence_ms = read_unsigned(turns, "silence_duration_ms");
	settings->idle_timeout_ms = read_unsigned(turns, "idle_timeout_ms");
}

void model_config_read(json_t *config, struct model_settings *settings)
{
	json_t *modalities = json_object_get(config, "output_modalities");
	const char *modality = json_string_value(json_array_get(modalities, 0));

	*settings = (struct model_settings){
		.input = model_audio_from_format(
			dig(config, "audio", "input", "format")),
		.output = model_audio_from_format(
			dig(config, "audio", "output", "format")),
		.is_text = modality && strcmp(modality, "text") == 0,
		.transcribes = json_is_object(
			dig(config, "audio", "input", "transcription")),
	};
	read_turns(dig(config, "audio", "input", "turn_detection"), settings);
}

bool model_config_has_tool(json_t *tools, const char *name)
{
	for (size_t i = 0; i < json_array_size(tools); i++) {
		const char *has = json_string_value(
			json_object_get(json_array_get(tools, i), "name"));

		if (has && strcmp(has, name) == 0)
			return true;
	}
	return false;
}
