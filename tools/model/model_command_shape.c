#include "tools/model/model_command_shape.h"

#include <stdio.h>
#include <string.h>

#include "tools/model/model_config.h"

#define EVENT_ID_MAX       512
#define ITEM_ID_MAX        128
#define METADATA_PAIRS     16
#define METADATA_KEY_MAX   64
#define METADATA_VALUE_MAX 512

static bool too_long(const char *path, size_t max, size_t len,
		     struct model_error *e)
{
	return model_error_set(e, "invalid_value", path,
			       "Invalid '%s': string too long. Expected a "
			       "string with maximum length %zu, but got a "
			       "string with length %zu instead.",
			       path, max, len);
}

static bool check_event_id(json_t *value, const char *path,
			   struct model_error *e)
{
	size_t len = json_string_length(value);

	return len <= EVENT_ID_MAX || too_long(path, EVENT_ID_MAX, len, e);
}

static bool check_item_id(json_t *value, const char *path,
			  struct model_error *e)
{
	size_t len = json_string_length(value);

	return len <= ITEM_ID_MAX || too_long(path, ITEM_ID_MAX, len, e);
}

#define EVENT_FIELDS                                                    \
	{ .name = "type", .takes = MODEL_STRING, .is_required = true }, \
	{                                                               \
		.name = "event_id", .takes = MODEL_STRING,              \
		.check = check_event_id                                 \
	}

static const struct model_field plain_field[] = { EVENT_FIELDS, { 0 } };
const struct model_shape model_command_shape_plain = { .field = plain_field };

/* The session itself is judged by model_config_check. */
static const struct model_field update_field[] = {
	EVENT_FIELDS,
	{ .name = "session", .takes = MODEL_OBJECT, .is_required = true },
	{ 0 },
};
const struct model_shape model_command_shape_update = { .field = update_field };

static const struct model_field append_field[] = {
	EVENT_FIELDS,
	{ .name = "audio", .takes = MODEL_STRING, .is_required = true },
	{ 0 },
};
const struct model_shape model_command_shape_append = { .field = append_field };

/* Content parts: which a role may have is told by its own table. */
static const struct model_field text_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "text", .takes = MODEL_STRING, .is_required = true },
	{ 0 },
};
static const struct model_field audio_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "audio", .takes = MODEL_STRING, .is_required = true },
	{ .name = "transcript", .takes = MODEL_STRING | MODEL_NULL },
	{ 0 },
};
static const char *const details[] = { "auto", "low", "high", NULL };
static const struct model_field image_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "image_url", .takes = MODEL_STRING, .is_required = true },
	{ .name = "detail", .takes = MODEL_STRING, .one_of = details },
	{ 0 },
};
static const struct model_shape text_shape = { .field = text_field };
static const struct model_shape audio_shape = { .field = audio_field };
static const struct model_shape image_shape = { .field = image_field };
static const struct model_variant system_part[] = {
	{ "input_text", &text_shape }, { 0 }
};
static const struct model_variant user_part[] = {
	{ "input_text", &text_shape },
	{ "input_audio", &audio_shape },
	{ "input_image", &image_shape },
	{ 0 }
};
/* Assistant audio cannot be created by a client. */
static const struct model_variant assistant_part[] = {
	{ "output_text", &text_shape }, { 0 }
};
static const struct model_shape system_parts = { .tag = "type",
						 .variant = system_part };
static const struct model_shape user_parts = { .tag = "type",
					       .variant = user_part };
static const struct model_shape assistant_parts = { .tag = "type",
						    .variant = assistant_part };

static const char *const objects[] = { "realtime.item", NULL };
static const char *const item_statuses[] = { "completed", "incomplete",
					     "in_progress", NULL };
#define ITEM_FIELDS                                                     \
	{ .name = "type", .takes = MODEL_STRING, .is_required = true }, \
		{ .name = "id",                                         \
		  .takes = MODEL_STRING,                                \
		  .check = check_item_id },                             \
		{ .name = "object",                                     \
		  .takes = MODEL_STRING,                                \
		  .one_of = objects },                                  \
	{                                                               \
		.name = "status", .takes = MODEL_STRING,                \
		.one_of = item_statuses                                 \
	}

#define MESSAGE_FIELDS(role, parts)                                      \
	static const struct model_field role##_field[] = {               \
		ITEM_FIELDS,                                             \
		{ .name = "role",                                        \
		  .takes = MODEL_STRING,                                 \
		  .is_required = true },                                 \
		{ .name = "content",                                     \
		  .takes = MODEL_ARRAY,                                  \
		  .is_required = true,                                   \
		  .shape = &(parts) },                                   \
		{ .name = "phase", .takes = MODEL_STRING | MODEL_NULL }, \
		{ 0 },                                                   \
	};                                                               \
	static const struct model_shape role##_shape = { .field = role##_field }

MESSAGE_FIELDS(system, system_parts);
MESSAGE_FIELDS(user, user_parts);
MESSAGE_FIELDS(assistant, assistant_parts);
static const struct model_variant role_variant[] = {
	{ "system", &system_shape },
	{ "user", &user_shape },
	{ "assistant", &assistant_shape },
	{ 0 }
};
static const struct model_shape message_shape = { .tag = "role",
						  .variant = role_variant };

static const struct model_field call_field[] = {
	ITEM_FIELDS,
	{ .name = "call_id", .takes = MODEL_STRING },
	{ .name = "name", .takes = MODEL_STRING, .is_required = true },
	{ .name = "arguments", .takes = MODEL_STRING, .is_required = true },
	{ 0 },
};
static const struct model_field call_output_field[] = {
	ITEM_FIELDS,
	{ .name = "call_id", .takes = MODEL_STRING, .is_required = true },
	{ .name = "output", .takes = MODEL_STRING, .is_required = true },
	{ 0 },
};
static const struct model_field approval_field[] = {
	ITEM_FIELDS,
	{ .name = "approval_request_id",
	  .takes = MODEL_STRING,
	  .is_required = true },
	{ .name = "approve", .takes = MODEL_BOOL, .is_required = true },
	{ .name = "reason", .takes = MODEL_STRING | MODEL_NULL },
	{ 0 },
};
static const struct model_shape call_shape = { .field = call_field };
static const struct model_shape call_output_shape = {
	.field = call_output_field
};
static const struct model_shape approval_shape = { .field = approval_field };
static const struct model_variant item_variant[] = {
	{ "message", &message_shape },
	{ "function_call", &call_shape },
	{ "function_call_output", &call_output_shape },
	{ "mcp_approval_response", &approval_shape },
	{ 0 }
};
static const struct model_shape item_shape = { .tag = "type",
					       .variant = item_variant };

static const struct model_field create_item_field[] = {
	EVENT_FIELDS,
	{ .name = "previous_item_id", .takes = MODEL_STRING | MODEL_NULL },
	{ .name = "item",
	  .takes = MODEL_OBJECT,
	  .is_required = true,
	  .shape = &item_shape },
	{ 0 },
};
const struct model_shape model_command_shape_create_item = {
	.field = create_item_field
};

static const struct model_field truncate_field[] = {
	EVENT_FIELDS,
	{ .name = "item_id", .takes = MODEL_STRING, .is_required = true },
	{ .name = "content_index",
	  .takes = MODEL_INTEGER,
	  .is_required = true },
	{ .name = "audio_end_ms", .takes = MODEL_INTEGER, .is_required = true },
	{ 0 },
};
const struct model_shape model_command_shape_truncate = {
	.field = truncate_field
};

static const struct model_field item_id_field[] = {
	EVENT_FIELDS,
	{ .name = "item_id", .takes = MODEL_STRING, .is_required = true },
	{ 0 },
};
const struct model_shape model_command_shape_item_id = {
	.field = item_id_field
};

static const struct model_field reference_field[] = {
	{ .name = "type", .takes = MODEL_STRING, .is_required = true },
	{ .name = "id", .takes = MODEL_STRING, .is_required = true },
	{ 0 },
};
static const struct model_shape reference_shape = { .field = reference_field };
static const struct model_variant input_variant[] = {
	{ "message", &message_shape },
	{ "function_call", &call_shape },
	{ "function_call_output", &call_output_shape },
	{ "item_reference", &reference_shape },
	{ 0 }
};
static const struct model_shape input_shape = { .tag = "type",
						.variant = input_variant };

static bool check_metadata(json_t *value, const char *path,
			   struct model_error *e)
{
	const char *key;
	json_t *text;
	char at[192];

	if (json_object_size(value) > METADATA_PAIRS)
		return model_error_set(e, "invalid_value", path,
				       "Invalid '%s': too many properties. "
				       "Expected at most %d.",
				       path, METADATA_PAIRS);
	json_object_foreach(value, key, text)
	{
		snprintf(at, sizeof(at), "%s.%.64s", path, key);
		if (strlen(key) > METADATA_KEY_MAX)
			return too_long(at, METADATA_KEY_MAX, strlen(key), e);
		if (!json_is_string(text))
			return model_error_set(e, "invalid_type", at,
					       "Invalid type for '%s': "
					       "expected a string.",
					       at);
		if (json_string_length(text) > METADATA_VALUE_MAX)
			return too_long(at, METADATA_VALUE_MAX,
					json_string_length(text), e);
	}
	return true;
}

static const struct model_field output_field[] = {
	{ .name = "format",
	  .takes = MODEL_OBJECT,
	  .shape = &model_config_format_shape },
	{ .name = "voice",
	  .takes = MODEL_STRING | MODEL_OBJECT,
	  .one_of = model_config_voices,
	  .shape = &model_config_voice_shape },
	{ 0 },
};
static const struct model_shape output_shape = { .field = output_field };
static const struct model_field response_audio_field[] = {
	{ .name = "output", .takes = MODEL_OBJECT, .shape = &output_shape },
	{ 0 },
};
static const struct model_shape response_audio_shape = {
	.field = response_audio_field
};
static const char *const conversations[] = { "auto", "none", NULL };
static const struct model_field response_field[] = {
	{ .name = "conversation",
	  .takes = MODEL_STRING,
	  .one_of = conversations },
	{ .name = "input", .takes = MODEL_ARRAY, .shape = &input_shape },
	{ .name = "instructions", .takes = MODEL_STRING },
	{ .name = "output_modalities",
	  .takes = MODEL_ARRAY,
	  .check = model_config_check_modalities },
	{ .name = "audio",
	  .takes = MODEL_OBJECT,
	  .shape = &response_audio_shape },
	{ .name = "tools",
	  .takes = MODEL_ARRAY,
	  .shape = &model_config_tool_shape },
	{ .name = "tool_choice",
	  .takes = MODEL_STRING | MODEL_OBJECT,
	  .one_of = model_config_tool_choices,
	  .shape = &model_config_tool_choice_shape },
	{ .name = "parallel_tool_calls", .takes = MODEL_BOOL },
	{ .name = "reasoning",
	  .takes = MODEL_OBJECT,
	  .shape = &model_config_reasoning_shape },
	{ .name = "max_output_tokens",
	  .takes = MODEL_INTEGER | MODEL_STRING,
	  .one_of = model_config_inf,
	  .min = 1,
	  .max = 4096 },
	{ .name = "metadata",
	  .takes = MODEL_OBJECT | MODEL_NULL,
	  .check = check_metadata },
	{ .name = "prompt",
	  .takes = MODEL_OBJECT | MODEL_NULL,
	  .shape = &model_config_prompt_shape },
	{ 0 },
};
static const struct model_shape response_shape = { .field = response_field };

static const struct model_field create_field[] = {
	EVENT_FIELDS,
	{ .name = "response", .takes = MODEL_OBJECT, .shape = &response_shape },
	{ 0 },
};
const struct model_shape model_command_shape_create = { .field = create_field };

static const struct model_field cancel_field[] = {
	EVENT_FIELDS,
	{ .name = "response_id", .takes = MODEL_STRING | MODEL_NULL },
	{ 0 },
};
const struct model_shape model_command_shape_cancel = { .field = cancel_field };
