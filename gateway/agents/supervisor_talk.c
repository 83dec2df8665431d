#include "gateway/agents/supervisor_talk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/agents/plain_text.h"
#include "gateway/agents/supervisor_usage.h"
#include "gateway/agents/tools.h"
#include "gateway/ops/config.h"
#include "protocols/utf8.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool is_chat(const json_t *request)
{
	return json_object_get(request, "messages") != NULL;
}

/* --- To it --- */

static json_t *function_of(const struct tool *t)
{
	return json_pack("{s:s, s:s, s:o}", "name", t->name, "description",
			 t->description, "parameters",
			 json_loads(t->parameters, 0, NULL));
}

static json_t *chat_tool(const struct tool *t)
{
	return json_pack("{s:s, s:o}", "type", "function", "function",
			 function_of(t));
}

static json_t *responses_tool(const struct tool *t)
{
	json_t *f = function_of(t);

	if (json_object_set_new(f, "type", json_string("function")) ||
	    json_object_set_new(f, "strict", json_false())) {
		json_decref(f);
		return NULL;
	}
	return f;
}

static int add_tools(json_t *request, const struct tool *const *tools,
		     size_t count)
{
	json_t *list = json_array();
	int err = 0;

	for (size_t i = 0; i < count; i++)
		err |= json_array_append_new(
			list, is_chat(request) ? chat_tool(tools[i])
					       : responses_tool(tools[i]));
	if (!err && count)
		return json_object_set_new(request, "tools", list);
	json_decref(list);
	return err;
}

json_t *supervisor_talk_begin(const struct config_agent_supervisor *c,
			      const char *question,
			      const struct tool *const *tools, size_t count)
{
	bool chat = c->api == CONFIG_SUPERVISOR_CHAT;
	json_t *r;

	if (chat)
		r = json_pack("{s:s, s:[{s:s, s:s}, {s:s, s:s}]}", "model",
			      c->model, "messages", "role", "system", "content",
			      c->instructions, "role", "user", "content",
			      question);
	else
		r = json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}], s:b}", "model",
			      c->model, "instructions", c->instructions,
			      "input", "type", "message", "role", "user",
			      "content", question, "store", 0);
	int err = !r || add_tools(r, tools, count);
	if (!err && c->max_tokens)
		err = json_object_set_new(
			r, chat ? "max_completion_tokens" : "max_output_tokens",
			json_integer(c->max_tokens));
	if (!err)
		return r;
	json_decref(r);
	return NULL;
}

int supervisor_talk_output(json_t *request, const char *call_id,
			   const char *output)
{
	json_t *item, *list;

	if (is_chat(request)) {
		list = json_object_get(request, "messages");
		item = json_pack("{s:s, s:s, s:s}", "role", "tool",
				 "tool_call_id", call_id, "content", output);
	} else {
		list = json_object_get(request, "input");
		item = json_pack("{s:s, s:s, s:s}", "type",
				 "function_call_output", "call_id", call_id,
				 "output", output);
	}
	return json_array_append_new(list, item) ? -ENOMEM : 0;
}

/* The functions stay: servers want those that were called to be declared. */
int supervisor_talk_end(json_t *request)
{
	if (!json_object_get(request, "tools"))
		return 0;
	return json_object_set_new(request, "tool_choice", json_string("none"))
		       ? -ENOMEM
		       : 0;
}

/* --- From it --- */

static void fail(struct supervisor_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void fail(struct supervisor_answer *a, const char *format, ...)
{
	char sentence[SUPERVISOR_WHY_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(sentence, sizeof(sentence), format, ap);
	va_end(ap);
	sentence[utf8_cut(sentence, strlen(sentence), SUPERVISOR_WHY_MAX - 5)] =
		'\0';
	plain_text_copy(a->why, sizeof(a->why), sentence);
	a->said = SUPERVISOR_FAILS;
}

static void add_text(struct supervisor_answer *a, const char *text)
{
	size_t at = strlen(a->text);

	utf8_copy(a->text + at, sizeof(a->text) - at, text);
	a->said = SUPERVISOR_ANSWERS;
}

/* Names and ids are the server's; a long or odd one cannot be answered. */
static void add_call(struct supervisor_answer *a, const char *id,
		     const char *name, const char *arguments)
{
	struct supervisor_call *c = &a->call[a->count];

	if (a->count == SUPERVISOR_CALLS_MAX) {
		fail(a, "it called more than %d functions at once",
		     SUPERVISOR_CALLS_MAX);
		return;
	}
	if (!id[0] || !name[0] || strlen(id) >= sizeof(c->id) ||
	    strlen(name) >= sizeof(c->name)) {
		fail(a, "it called a function in a way nobody can read");
		return;
	}
	strcpy(c->id, id);
	strcpy(c->name, name);
	c->arguments = arguments;
	a->count++;
}

/* A text, or parts of which some hold text. */
static void read_content(struct supervisor_answer *a, const json_t *content)
{
	size_t i;
	json_t *part;

	if (json_is_string(content) && json_string_length(content))
		add_text(a, json_string_value(content));
	json_array_foreach(content, i, part)
	{
		const char *text = text_of(part, "text");
		const char *refusal = text_of(part, "refusal");
		if (text[0])
			add_text(a, text);
		else if (refusal[0])
			fail(a, "it refuses: %s", refusal);
	}
}

static void read_responses(struct supervisor_answer *a)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(a->document, "output"), i, item)
	{
		const char *type = text_of(item, "type");
		if (strcmp(type, "message") == 0)
			read_content(a, json_object_get(item, "content"));
		else if (strcmp(type, "function_call") == 0)
			add_call(a, text_of(item, "call_id"),
				 text_of(item, "name"),
				 text_of(item, "arguments"));
		if (a->why[0])
			return;
	}
}

static void read_chat(struct supervisor_answer *a)
{
	json_t *choice =
		json_array_get(json_object_get(a->document, "choices"), 0);
	json_t *message = json_object_get(choice, "message"), *call;
	size_t i;

	if (text_of(message, "refusal")[0]) {
		fail(a, "it refuses: %s", text_of(message, "refusal"));
		return;
	}
	read_content(a, json_object_get(message, "content"));
	json_array_foreach(json_object_get(message, "tool_calls"), i, call)
	{
		json_t *f = json_object_get(call, "function");
		if (!a->why[0])
			add_call(a, text_of(call, "id"), text_of(f, "name"),
				 text_of(f, "arguments"));
	}
}

/* "{}" where arguments are no object: it must be told back as it can be read
 * again. */
static const char *object_or_none(const char *arguments)
{
	json_t *value = json_loads(arguments, 0, NULL);
	bool is_object = json_is_object(value);

	json_decref(value);
	return is_object ? arguments : "{}";
}

static int remember_responses(const struct supervisor_answer *a,
			      json_t *request)
{
	json_t *input = json_object_get(request, "input");
	int err = 0;

	for (unsigned i = 0; i < a->count; i++)
		err |= json_array_append_new(
			input,
			json_pack("{s:s, s:s, s:s, s:s}", "type",
				  "function_call", "call_id", a->call[i].id,
				  "name", a->call[i].name, "arguments",
				  object_or_none(a->call[i].arguments)));
	return err;
}

static int remember_chat(const struct supervisor_answer *a, json_t *request)
{
	json_t *calls = json_array();
	int err = 0;

	for (unsigned i = 0; i < a->count; i++)
		err |= json_array_append_new(
			calls,
			json_pack("{s:s, s:s, s:{s:s, s:s}}", "id",
				  a->call[i].id, "type", "function", "function",
				  "name", a->call[i].name, "arguments",
				  object_or_none(a->call[i].arguments)));
	return err |
	       json_array_append_new(json_object_get(request, "messages"),
				     json_pack("{s:s, s:s, s:o}", "role",
					       "assistant", "content", a->text,
					       "tool_calls", calls));
}

static void say_what_is_missing(struct supervisor_answer *a)
{
	const char *message =
		text_of(json_object_get(a->document, "error"), "message");
	const char *status = text_of(a->document, "status");

	if (message[0])
		fail(a, "it reports an error: %s", message);
	else if (strcmp(status, "incomplete") == 0)
		fail(a, "its answer was cut off before a word of it");
	else
		fail(a, "it answered nothing");
}

void supervisor_talk_read(struct supervisor_answer *a, json_t *request,
			  const char *body, size_t len)
{
	int err = 0;

	memset(a, 0, sizeof(*a));
	a->document = json_loadb(body, len, 0, NULL);
	supervisor_usage_read(&a->usage, a->document, is_chat(request));
	if (!json_is_object(a->document)) {
		fail(a, "its answer is not JSON");
		return;
	}
	if (is_chat(request))
		read_chat(a);
	else
		read_responses(a);
	if (a->why[0]) {
		a->said = SUPERVISOR_FAILS;
		return;
	}
	if (a->count) {
		a->said = SUPERVISOR_CALLS;
		err = is_chat(request) ? remember_chat(a, request)
				       : remember_responses(a, request);
	} else if (!a->text[0]) {
		say_what_is_missing(a);
	}
	if (err)
		fail(a, "out of memory");
}

void supervisor_talk_code(const char *body, size_t len, char *out, size_t cap)
{
	json_t *document = json_loadb(body, len, 0, NULL);
	json_t *error = json_object_get(document, "error");
	const char *code = text_of(error, "code");

	plain_text_copy(out, cap, code[0] ? code : text_of(error, "type"));
	json_decref(document);
}

void supervisor_answer_free(struct supervisor_answer *a)
{
	json_decref(a->document);
	a->document = NULL;
}
