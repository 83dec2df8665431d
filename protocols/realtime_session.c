/* What the server says of its session, against what was asked. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "protocols/realtime_command.h"

#define DIFFERENCE_MAX  200
#define THRESHOLD_SLACK 0.005 /* servers keep it in single precision */

static const char *say(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static const char *say(const char *format, ...)
{
	static _Thread_local char words[DIFFERENCE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(words, sizeof(words), format, ap);
	va_end(ap);
	return words;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static const char *format_difference(const char *side, const json_t *echoed,
				     enum realtime_format asked)
{
	static const char *const name[] = {
		[REALTIME_PCM24] = "audio/pcm 24000",
		[REALTIME_PCMU] = "audio/pcmu",
		[REALTIME_PCMA] = "audio/pcma",
	};
	const json_t *rate = json_object_get(echoed, "rate");
	const char *type = text_of(echoed, "type");
	char heard[64] = "not said";

	if (type && json_is_number(rate) && asked == REALTIME_PCM24)
		snprintf(heard, sizeof(heard), "%s %.0f", type,
			 json_number_value(rate));
	else if (type && !strcmp(type, "audio/pcm"))
		snprintf(heard, sizeof(heard), "%s 24000", type);
	else if (type)
		snprintf(heard, sizeof(heard), "%s", type);
	return strcmp(heard, name[asked]) != 0
		       ? say("%s format is %s, asked for %s", side, heard,
			     name[asked])
		       : NULL;
}

static const char *voice_difference(const json_t *output, const char *asked)
{
	const json_t *voice = json_object_get(output, "voice");
	const char *name = json_is_object(voice) ? text_of(voice, "id")
						 : json_string_value(voice);

	if (!asked || !name || !strcmp(asked, name))
		return NULL;
	return say("voice is %s, asked for %s", name, asked);
}

static const char *number_difference(const json_t *turns, const char *key,
				     double asked, double slack)
{
	const json_t *value = json_object_get(turns, key);

	if (!json_is_number(value) ||
	    fabs(json_number_value(value) - asked) <= slack)
		return NULL;
	return say("turn detection's %s is %g, asked for %g", key,
		   json_number_value(value), asked);
}

static const char *flag_difference(const json_t *turns, const char *key)
{
	return json_is_false(json_object_get(turns, key))
		       ? say("turn detection's %s is off, asked for on", key)
		       : NULL;
}

static const char *vad_difference(const struct realtime_session *asked,
				  const json_t *turns)
{
	const char *words = flag_difference(turns, "create_response");

	if (!words)
		words = flag_difference(turns, "interrupt_response");
	if (words || asked->turns == REALTIME_SEMANTIC_VAD)
		return words;
	words = number_difference(turns, "threshold", asked->threshold,
				  THRESHOLD_SLACK);
	if (!words)
		words = number_difference(turns, "prefix_padding_ms",
					  asked->prefix_padding_ms, 0);
	if (!words)
		words = number_difference(turns, "silence_duration_ms",
					  asked->silence_duration_ms, 0);
	return words;
}

static const char *turns_difference(const struct realtime_session *asked,
				    const json_t *turns)
{
	static const char *const name[] = {
		[REALTIME_SERVER_VAD] = "server_vad",
		[REALTIME_SEMANTIC_VAD] = "semantic_vad",
		[REALTIME_NO_TURNS] = "off",
	};
	const char *type = json_is_null(turns) ? "off" : text_of(turns, "type");

	if (!type)
		return NULL;
	if (strcmp(type, name[asked->turns]) != 0)
		return say("turn detection is %s, asked for %s", type,
			   name[asked->turns]);
	return asked->turns == REALTIME_NO_TURNS ? NULL
						 : vad_difference(asked, turns);
}

/* A server may answer with the dated name of the model asked for. */
static const char *transcription_difference(const json_t *transcription,
					    const char *asked)
{
	const char *model = json_is_null(transcription)
				    ? "off"
				    : text_of(transcription, "model");

	if (!asked || !model || !strncmp(model, asked, strlen(asked)))
		return NULL;
	return say("transcription is %s, asked for %s", model, asked);
}

static const char *tools_difference(const json_t *tools, size_t asked)
{
	if (!tools || json_array_size(tools) == asked)
		return NULL;
	return say("the session has %zu tools, asked for %zu",
		   json_array_size(tools), asked);
}

static const char *modality_difference(const json_t *modalities, bool is_text)
{
	const char *asked = is_text ? "text" : "audio";
	const char *first = json_string_value(json_array_get(modalities, 0));

	if (!first ||
	    (json_array_size(modalities) == 1 && !strcmp(first, asked)))
		return NULL;
	return say("the output is %s, asked for %s",
		   json_array_size(modalities) == 1 ? first : "of both kinds",
		   asked);
}

static const char *output_difference(const struct realtime_session *asked,
				     const json_t *output)
{
	const char *words;

	if (asked->is_text)
		return NULL;
	words = format_difference("output", json_object_get(output, "format"),
				  asked->format);
	return words ? words : voice_difference(output, asked->voice);
}

const char *realtime_session_difference(const struct realtime_session *asked,
					const json_t *echoed)
{
	const json_t *audio = json_object_get(echoed, "audio");
	const json_t *input = json_object_get(audio, "input");
	const char *words;

	words = modality_difference(
		json_object_get(echoed, "output_modalities"), asked->is_text);
	if (!words)
		words = format_difference("input",
					  json_object_get(input, "format"),
					  asked->format);
	if (!words)
		words = output_difference(asked,
					  json_object_get(audio, "output"));
	if (!words)
		words = turns_difference(
			asked, json_object_get(input, "turn_detection"));
	if (!words)
		words = transcription_difference(
			json_object_get(input, "transcription"),
			asked->transcription_model);
	if (!words)
		words = tools_difference(json_object_get(echoed, "tools"),
					 asked->tools + asked->mcps);
	return words;
}
