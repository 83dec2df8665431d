/* Client events: judged in the documented order (JSON, object, type present,
 * type known, schema, semantics), then carried out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/model_command_shape.h"
#include "tools/model/model_schema.h"
#include "tools/model/model_state.h"

static const char *text_of(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* --- session.update --- */

static bool on_update(struct model_session *s, json_t *event,
		      struct model_error *e)
{
	json_t *update = json_object_get(event, "session");
	const struct model_hearing *hearing = s->scenario->script->vad;
	const struct model_config_context context = {
		.is_reasoning = s->world->is_reasoning,
		.has_assistant_audio = s->has_assistant_audio,
		.takes_missing_rate = hearing && hearing->takes_missing_rate,
	};
	const struct model_fault *reject =
		model_faults_find(s, MODEL_REJECT_UPDATE, 0);

	if (model_config_is_beta(update)) {
		model_error_set(e, "beta_api_shape_disabled", NULL,
				"The Realtime Beta API is no longer "
				"supported. Please use /v1/realtime for the "
				"GA API.");
		return false;
	}
	if (reject)
		return model_error_set(
			e,
			reject->error_code ? reject->error_code
					   : "unknown_parameter",
			"session.audio.input.turn_detection.type", "%s",
			reject->error_message
				? reject->error_message
				: "Unknown parameter: 'session.audio.input."
				  "turn_detection.type'.");
	if (!model_config_check(s->config, update, &context, e))
		return false;
	model_config_merge(s->config, update);
	model_config_read(s->config, &s->settings);
	model_turns_configure(s);
	model_agenda_add(
		&s->agenda,
		&(struct model_task){
			.what = MODEL_DUE_ANSWERED,
			.at_us =
				s->now_us +
				1000ull *
					model_random_between(
						&s->random,
						s->scenario->update_delay_ms[0],
						s->scenario->update_delay_ms
							[1]) });
	return true;
}

/* --- items --- */

static bool check_output(struct model_session *s, json_t *item,
			 struct model_error *e)
{
	const char *call_id = text_of(item, "call_id");
	struct model_item *call =
		model_conversation_call(&s->conversation, call_id);

	if (!call)
		return model_error_set(e, "invalid_value", "item.call_id",
				       "Error adding item: no function call "
				       "with call_id '%.64s' exists.",
				       call_id);
	if (call->is_answered)
		model_emit_breach(s, MODEL_BREACH_TWICE,
				  "a second output for %s", call_id);
	call->is_answered = true;
	return true;
}

static void complete_item(json_t *item, const char *id)
{
	json_object_set_new(item, "id", json_string(id));
	json_object_set_new(item, "object", json_string("realtime.item"));
	json_object_set_new(item, "status", json_string("completed"));
	json_t *parts = json_object_get(item, "content");
	for (size_t i = 0; i < json_array_size(parts); i++)
		json_object_del(json_array_get(parts, i), "audio");
}

static bool on_create_item(struct model_session *s, json_t *event,
			   struct model_error *e)
{
	json_t *item = json_object_get(event, "item");
	const char *given = text_of(item, "id");
	char id[MODEL_ITEM_ID_LEN];

	if (strcmp(text_of(item, "type"), "function_call_output") == 0 &&
	    !check_output(s, item, e))
		return false;
	if (given)
		snprintf(id, sizeof(id), "%s", given);
	else
		model_random_id(&s->random, "item_", id);
	item = json_deep_copy(item);
	complete_item(item, id);
	struct model_item *added =
		model_conversation_insert(&s->conversation, id, item,
					  text_of(event, "previous_item_id"),
					  e);
	if (!added)
		return false;
	if (strcmp(text_of(item, "type"), "function_call") == 0)
		added->is_answered = true; /* replayed history */
	model_turns_show_item(s, added);
	return true;
}

static bool on_truncate(struct model_session *s, json_t *event,
			struct model_error *e)
{
	const char *id = text_of(event, "item_id");
	json_int_t index =
		json_integer_value(json_object_get(event, "content_index"));
	json_int_t end =
		json_integer_value(json_object_get(event, "audio_end_ms"));

	s->world->report.truncations++;
	if (!model_conversation_truncate(&s->conversation, id, index, end, e))
		return false;
	model_emit_log(s, "truncated %s at %lld ms", id, (long long)end);
	model_emit_event(s, "conversation.item.truncated",
			 json_pack("{s:s, s:i, s:I}", "item_id", id,
				   "content_index", 0, "audio_end_ms", end));
	return true;
}

static bool on_delete(struct model_session *s, json_t *event,
		      struct model_error *e)
{
	const char *id = text_of(event, "item_id");

	s->world->report.deletions++;
	if (!model_conversation_delete(&s->conversation, id, e))
		return false;
	model_emit_event(s, "conversation.item.deleted",
			 json_pack("{s:s}", "item_id", id));
	return true;
}

static bool on_retrieve(struct model_session *s, json_t *event,
			struct model_error *e)
{
	const char *id = text_of(event, "item_id");
	struct model_item *item = model_conversation_find(&s->conversation, id);

	if (!item)
		return model_error_set(e, "item_retrieve_invalid_item_id",
				       "item_id",
				       "Error retrieving item: the item with "
				       "id '%.128s' does not exist.",
				       id);
	model_emit_event(s, "conversation.item.retrieved",
			 json_pack("{s:o}", "item", model_item_show(item)));
	return true;
}

/* --- audio buffer and responses --- */

static bool on_append(struct model_session *s, json_t *event,
		      struct model_error *e)
{
	return model_turns_append(s, event, e);
}

static bool on_commit(struct model_session *s, json_t *event,
		      struct model_error *e)
{
	(void)event;
	return model_turns_commit(s, e);
}

static bool on_clear(struct model_session *s, json_t *event,
		     struct model_error *e)
{
	(void)event;
	(void)e;
	model_turns_clear(s);
	return true;
}

static bool on_create(struct model_session *s, json_t *event,
		      struct model_error *e)
{
	return model_response_create(s, json_object_get(event, "response"),
				     true, e);
}

static bool on_cancel(struct model_session *s, json_t *event,
		      struct model_error *e)
{
	return model_response_cancel(s, text_of(event, "response_id"), e);
}

static bool on_output_clear(struct model_session *s, json_t *event,
			    struct model_error *e)
{
	(void)s;
	(void)event;
	return model_error_set(e, "invalid_event", NULL,
			       "'output_audio_buffer.clear' is only supported "
			       "for WebRTC and SIP connections.");
}

static const struct command {
	const char *type;
	const struct model_shape *shape;
	bool (*run)(struct model_session *s, json_t *event,
		    struct model_error *e);
	bool waits; /* for session.updated, or it is a breach */
} command[] = {
	{ "session.update", &model_command_shape_update, on_update, false },
	{ "input_audio_buffer.append", &model_command_shape_append, on_append,
	  true },
	{ "input_audio_buffer.commit", &model_command_shape_plain, on_commit,
	  true },
	{ "input_audio_buffer.clear", &model_command_shape_plain, on_clear,
	  false },
	{ "conversation.item.create", &model_command_shape_create_item,
	  on_create_item, true },
	{ "conversation.item.truncate", &model_command_shape_truncate,
	  on_truncate, false },
	{ "conversation.item.delete", &model_command_shape_item_id, on_delete,
	  false },
	{ "conversation.item.retrieve", &model_command_shape_item_id,
	  on_retrieve, false },
	{ "response.create", &model_command_shape_create, on_create, true },
	{ "response.cancel", &model_command_shape_cancel, on_cancel, false },
	{ "output_audio_buffer.clear", &model_command_shape_plain,
	  on_output_clear, false },
};
#define COMMANDS (sizeof(command) / sizeof(command[0]))

static const struct command *find_command(const char *type,
					  struct model_error *e)
{
	const char *values[COMMANDS + 1] = { NULL };
	char list[700];

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(command[i].type, type) == 0)
			return &command[i];
		values[i] = command[i].type;
	}
	model_schema_list(list, sizeof(list), values);
	model_error_set(e, "invalid_value", "type",
			"Invalid value: '%.60s'. Supported values are: %s.",
			type, list);
	return NULL;
}

static json_t *parse(const char *text, size_t len, struct model_error *e)
{
	json_error_t why;
	json_t *event = json_loadb(text, len, JSON_ALLOW_NUL, &why);

	if (!event) {
		model_error_set(e, "invalid_json", NULL,
				"Invalid event: failed to parse JSON value. "
				"%s",
				why.text);
		return NULL;
	}
	if (json_is_object(event))
		return event;
	model_error_set(e, "invalid_event", NULL,
			"Invalid event: expected a JSON object.");
	json_decref(event);
	return NULL;
}

static void refuse(struct model_session *s, json_t *event,
		   const struct model_error *e)
{
	model_judge_refusal(s, event, e);
	model_emit_error(s, e, event ? text_of(event, "event_id") : NULL);
	if (strcmp(e->code, "beta_api_shape_disabled") == 0)
		model_emit_close(
			s, 4000,
			"invalid_request_error.beta_api_shape_disabled");
}

/* What a client tells the model in words of its own. */
static void trace_words(json_t *members, const json_t *event)
{
	static const char *const holder[] = { "session", "response" };
	json_t *item = json_object_get(event, "item");
	json_t *part = json_array_get(json_object_get(item, "content"), 0);
	json_t *tool, *names = json_array();
	size_t i;

	for (i = 0; i < sizeof(holder) / sizeof(holder[0]); i++) {
		json_t *said = json_object_get(
			json_object_get(event, holder[i]), "instructions");
		if (json_is_string(said))
			json_object_set(members, "instructions", said);
	}
	json_array_foreach(
		json_object_get(json_object_get(event, "session"), "tools"), i,
		tool) json_array_append(names, json_object_get(tool, "name"));
	if (json_array_size(names))
		json_object_set(members, "tools", names);
	if (json_is_string(json_object_get(part, "text"))) {
		json_object_set(members, "role", json_object_get(item, "role"));
		json_object_set(members, "text", json_object_get(part, "text"));
	}
	if (json_is_string(json_object_get(item, "output"))) {
		json_object_set(members, "call_id",
				json_object_get(item, "call_id"));
		json_object_set(members, "output",
				json_object_get(item, "output"));
	}
	json_decref(names);
}

static json_t *traced_members(struct model_session *s, const char *type,
			      json_t *event)
{
	const char *id = text_of(event, "item_id");
	const struct model_item *item =
		id ? model_conversation_find(&s->conversation, id) : NULL;
	json_t *members = json_object();

	if (id)
		json_object_set_new(members, "item_id", json_string(id));
	if (strcmp(type, "conversation.item.truncate") == 0) {
		json_t *end = json_object_get(event, "audio_end_ms");
		if (end)
			json_object_set(members, "audio_end_ms", end);
		json_object_set_new(
			members, "item_ms",
			json_integer(item ? (json_int_t)model_item_ms(item)
					  : 0));
	}
	trace_words(members, event);
	return members;
}

/* The type of an event, or NULL with *e set. */
static const char *type_of(json_t *event, struct model_error *e)
{
	json_t *type = json_object_get(event, "type");

	if (!type)
		model_error_set(e, "invalid_event", "type",
				"The 'type' field is missing.");
	else if (!json_is_string(type))
		model_error_set(e, "invalid_type", "type",
				"Invalid type for 'type': expected a string.");
	return json_string_value(type);
}

static bool carry_out(struct model_session *s, json_t *event, bool is_early,
		      struct model_error *e)
{
	const char *type = type_of(event, e);

	if (!type)
		return false;
	if (strcmp(type, "input_audio_buffer.append") != 0)
		model_emit_received(s, type, traced_members(s, type, event));
	const struct command *c = find_command(type, e);
	if (!c)
		return false;
	if (c->waits && (is_early || !s->is_configured))
		model_emit_breach(s, MODEL_BREACH_EARLY,
				  "%s before session.updated", type);
	return model_schema_check(event, c->shape, "", e) &&
	       c->run(s, event, e);
}

void model_command_handle(struct model_session *s, const char *text, size_t len,
			  bool is_early)
{
	/* What stands when memory ran out before anything was judged. */
	struct model_error e = { .type = "server_error",
				 .code = "server_error",
				 .message = "The server is out of memory." };
	json_t *event = parse(text, len, &e);

	if (s->is_expired)
		model_emit_breach(s, MODEL_BREACH_EXPIRED,
				  "an event after session_expired");
	if (!event || !carry_out(s, event, is_early, &e))
		refuse(s, event, &e);
	json_decref(event);
}
