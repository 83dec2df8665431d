#include "tools/desk/desk_text_shape.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MESSAGES_MAX 4096

/* What a member may be. */
enum type { TEXT, NUMBER, BOOLEAN, OBJECT, ARRAY, ANY };

struct member {
	const char *name;
	enum type type;
	bool is_required;
};

struct check {
	char *why;
	size_t cap;
};

__attribute__((format(printf, 2, 3))) static int wrong(struct check *c,
						       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->why, c->cap, format, args);
	va_end(args);
	return -EINVAL;
}

static bool is_of(const json_t *value, enum type type)
{
	switch (type) {
	case TEXT:
		return json_is_string(value);
	case NUMBER:
		return json_is_number(value);
	case BOOLEAN:
		return json_is_boolean(value);
	case OBJECT:
		return json_is_object(value);
	case ARRAY:
		return json_is_array(value);
	default:
		return value != NULL;
	}
}

static const struct member *find(const struct member *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

/* Known members of the right type, and those that must be there. */
static int check_members(struct check *c, const char *where,
			 const json_t *object, const struct member *table)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return wrong(c, "%s is no object", where);
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		const struct member *m = find(table, name);
		if (!m)
			return wrong(c, "%s: unknown member %s", where, name);
		if (!is_of(value, m->type))
			return wrong(c, "%s: %s has a wrong type", where, name);
	}
	for (; table->name; table++)
		if (table->is_required && !json_object_get(object, table->name))
			return wrong(c, "%s: %s is missing", where,
				     table->name);
	return 0;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static bool is_one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(*list, text) == 0)
			return true;
	return false;
}

/* JSON in a text, as functions' arguments are. */
static bool holds_object(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);
	bool is_object = json_is_object(value);

	json_decref(value);
	return is_object;
}

/* Whether content is a text, or parts of these types. */
static int check_content(struct check *c, const json_t *content,
			 const char *const *types)
{
	static const struct member part_members[] = { { "type", TEXT, true },
						      { "text", TEXT, true },
						      { "annotations", ARRAY,
							false },
						      { NULL, ANY, false } };
	size_t i;
	json_t *part;

	if (json_is_string(content))
		return 0;
	if (!json_is_array(content) || !json_array_size(content))
		return wrong(c, "content is neither text nor parts");
	json_array_foreach(content, i, part)
	{
		if (check_members(c, "content", part, part_members))
			return -EINVAL;
		if (!is_one_of(text_of(part, "type"), types))
			return wrong(c, "content: unknown type");
	}
	return 0;
}

static int check_function(struct check *c, const json_t *f,
			  const struct member *members)
{
	if (check_members(c, "a function", f, members))
		return -EINVAL;
	const json_t *type =
		json_object_get(json_object_get(f, "parameters"), "type");
	if (!json_is_string(type) ||
	    strcmp(json_string_value(type), "object") != 0)
		return wrong(c, "%s: parameters are no object's schema",
			     text_of(f, "name"));
	return 0;
}

/* --- Responses --- */

static const struct member responses_members[] = {
	{ "model", TEXT, true },
	{ "input", ANY, true },
	{ "instructions", TEXT, false },
	{ "tools", ARRAY, false },
	{ "tool_choice", ANY, false },
	{ "parallel_tool_calls", BOOLEAN, false },
	{ "max_output_tokens", NUMBER, false },
	{ "temperature", NUMBER, false },
	{ "top_p", NUMBER, false },
	{ "store", BOOLEAN, false },
	{ "stream", BOOLEAN, false },
	{ "metadata", OBJECT, false },
	{ "reasoning", OBJECT, false },
	{ "text", OBJECT, false },
	{ "truncation", TEXT, false },
	{ "previous_response_id", TEXT, false },
	{ NULL, ANY, false }
};

static bool is_called(const json_t *input, size_t before, const char *call_id)
{
	for (size_t i = 0; i < before; i++) {
		const json_t *item = json_array_get(input, i);
		if (strcmp(text_of(item, "type"), "function_call") == 0 &&
		    strcmp(text_of(item, "call_id"), call_id) == 0)
			return true;
	}
	return false;
}

static int check_message_item(struct check *c, const json_t *item)
{
	static const struct member members[] = {
		{ "type", TEXT, false },   { "id", TEXT, false },
		{ "role", TEXT, true },    { "content", ANY, true },
		{ "status", TEXT, false }, { NULL, ANY, false }
	};
	static const char *const roles[] = { "user", "assistant", "system",
					     "developer", NULL };
	static const char *const types[] = { "input_text", "output_text",
					     NULL };

	if (check_members(c, "input", item, members))
		return -EINVAL;
	if (!is_one_of(text_of(item, "role"), roles))
		return wrong(c, "input: unknown role");
	return check_content(c, json_object_get(item, "content"), types);
}

static int check_call_item(struct check *c, const json_t *item)
{
	static const struct member members[] = {
		{ "type", TEXT, true },    { "id", TEXT, false },
		{ "call_id", TEXT, true }, { "name", TEXT, true },
		{ "status", TEXT, false }, { "arguments", TEXT, true },
		{ NULL, ANY, false }
	};

	if (check_members(c, "function_call", item, members))
		return -EINVAL;
	return holds_object(text_of(item, "arguments"))
		       ? 0
		       : wrong(c, "function_call: arguments are no object");
}

static int check_output_item(struct check *c, const json_t *input, size_t at)
{
	static const struct member members[] = {
		{ "type", TEXT, true },    { "id", TEXT, false },
		{ "call_id", TEXT, true }, { "output", TEXT, true },
		{ "status", TEXT, false }, { NULL, ANY, false }
	};
	const json_t *item = json_array_get(input, at);

	if (check_members(c, "function_call_output", item, members))
		return -EINVAL;
	return is_called(input, at, text_of(item, "call_id"))
		       ? 0
		       : wrong(c, "function_call_output without its call");
}

static int check_input(struct check *c, const json_t *input)
{
	size_t n = json_array_size(input);
	int err = 0;

	if (json_is_string(input))
		return 0;
	if (!json_is_array(input) || n == 0 || n > MESSAGES_MAX)
		return wrong(c, "input is neither text nor items");
	for (size_t i = 0; i < n && !err; i++) {
		const json_t *item = json_array_get(input, i);
		const char *type = text_of(item, "type");
		if (strcmp(type, "function_call") == 0)
			err = check_call_item(c, item);
		else if (strcmp(type, "function_call_output") == 0)
			err = check_output_item(c, input, i);
		else if (!type[0] || strcmp(type, "message") == 0)
			err = check_message_item(c, item);
		else
			err = wrong(c, "input: unknown type %s", type);
	}
	return err;
}

static int check_stream(struct check *c, const json_t *body)
{
	return json_is_true(json_object_get(body, "stream"))
		       ? wrong(c, "stream: nobody reads one here")
		       : 0;
}

int desk_text_shape_responses(const json_t *body, char *why, size_t cap)
{
	static const struct member members[] = {
		{ "type", TEXT, true },         { "name", TEXT, true },
		{ "description", TEXT, false }, { "parameters", OBJECT, true },
		{ "strict", BOOLEAN, false },   { NULL, ANY, false }
	};
	struct check c = { why, cap };
	size_t i;
	json_t *tool;

	if (check_members(&c, "the body", body, responses_members) ||
	    check_stream(&c, body) ||
	    check_input(&c, json_object_get(body, "input")))
		return -EINVAL;
	json_array_foreach(json_object_get(body, "tools"), i, tool)
	{
		if (check_function(&c, tool, members))
			return -EINVAL;
		if (strcmp(text_of(tool, "type"), "function") != 0)
			return wrong(&c, "tools: unknown type");
	}
	return 0;
}

/* --- Chat Completions --- */

static const struct member chat_members[] = {
	{ "model", TEXT, true },
	{ "messages", ARRAY, true },
	{ "tools", ARRAY, false },
	{ "tool_choice", ANY, false },
	{ "parallel_tool_calls", BOOLEAN, false },
	{ "max_tokens", NUMBER, false },
	{ "max_completion_tokens", NUMBER, false },
	{ "temperature", NUMBER, false },
	{ "top_p", NUMBER, false },
	{ "n", NUMBER, false },
	{ "stream", BOOLEAN, false },
	{ "store", BOOLEAN, false },
	{ "metadata", OBJECT, false },
	{ "reasoning_effort", TEXT, false },
	{ "response_format", OBJECT, false },
	{ NULL, ANY, false }
};

static int check_chat_calls(struct check *c, const json_t *calls)
{
	static const struct member members[] = { { "id", TEXT, true },
						 { "type", TEXT, true },
						 { "function", OBJECT, true },
						 { NULL, ANY, false } };
	static const struct member inner[] = { { "name", TEXT, true },
					       { "arguments", TEXT, true },
					       { NULL, ANY, false } };
	size_t i;
	json_t *call;

	json_array_foreach(calls, i, call)
	{
		const json_t *f = json_object_get(call, "function");
		if (check_members(c, "tool_calls", call, members) ||
		    check_members(c, "tool_calls", f, inner))
			return -EINVAL;
		if (!holds_object(text_of(f, "arguments")))
			return wrong(c, "tool_calls: arguments are no object");
	}
	return 0;
}

static bool is_chat_called(const json_t *messages, size_t before,
			   const char *id)
{
	size_t j;
	json_t *call;

	for (size_t i = 0; i < before; i++) {
		const json_t *calls = json_object_get(
			json_array_get(messages, i), "tool_calls");
		json_array_foreach(calls, j,
				   call) if (strcmp(text_of(call, "id"), id) ==
					     0) return true;
	}
	return false;
}

static int check_chat_message(struct check *c, const json_t *messages,
			      size_t at)
{
	static const struct member members[] = {
		{ "role", TEXT, true },          { "content", ANY, false },
		{ "name", TEXT, false },         { "tool_calls", ARRAY, false },
		{ "tool_call_id", TEXT, false }, { NULL, ANY, false }
	};
	static const char *const roles[] = { "system",    "developer", "user",
					     "assistant", "tool",      NULL };
	static const char *const types[] = { "text", NULL };
	const json_t *m = json_array_get(messages, at);
	const json_t *content = json_object_get(m, "content");
	const json_t *calls = json_object_get(m, "tool_calls");

	if (check_members(c, "messages", m, members) ||
	    check_chat_calls(c, calls))
		return -EINVAL;
	if (!is_one_of(text_of(m, "role"), roles))
		return wrong(c, "messages: unknown role");
	if (strcmp(text_of(m, "role"), "tool") == 0 &&
	    !is_chat_called(messages, at, text_of(m, "tool_call_id")))
		return wrong(c, "a tool's message without its call");
	if (calls && (!content || json_is_null(content)))
		return 0;
	return check_content(c, content, types);
}

int desk_text_shape_chat(const json_t *body, char *why, size_t cap)
{
	static const struct member members[] = { { "type", TEXT, true },
						 { "function", OBJECT, true },
						 { NULL, ANY, false } };
	static const struct member inner[] = { { "name", TEXT, true },
					       { "description", TEXT, false },
					       { "parameters", OBJECT, true },
					       { "strict", BOOLEAN, false },
					       { NULL, ANY, false } };
	struct check c = { why, cap };
	const json_t *messages = json_object_get(body, "messages");
	size_t i;
	json_t *tool;

	if (check_members(&c, "the body", body, chat_members) ||
	    check_stream(&c, body))
		return -EINVAL;
	if (!json_array_size(messages) ||
	    json_array_size(messages) > MESSAGES_MAX)
		return wrong(&c, "messages: none, or too many");
	for (i = 0; i < json_array_size(messages); i++)
		if (check_chat_message(&c, messages, i))
			return -EINVAL;
	json_array_foreach(json_object_get(body, "tools"), i, tool)
	{
		if (check_members(&c, "tools", tool, members) ||
		    check_function(&c, json_object_get(tool, "function"),
				   inner))
			return -EINVAL;
	}
	return 0;
}
