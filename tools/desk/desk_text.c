#include "tools/desk/desk_text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/http.h"
#include "tools/desk/desk_report.h"
#include "tools/desk/desk_scenario.h"
#include "tools/desk/desk_server.h"
#include "tools/desk/desk_text_shape.h"

#define CREATED 1767225600 /* every answer's; nobody should care */

void desk_texts_init(struct desk_texts *t, const struct desk_text *script,
		     struct desk_report *report)
{
	*t = (struct desk_texts){ .script = script, .report = report };
}

/* --- Answers --- */

static void send_json(struct desk_reply *reply, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	reply->type = "application/json";
	if (text)
		(void)buffer_append(&reply->body, text, strlen(text));
	free(text);
	json_decref(value);
}

static void send_error(struct desk_reply *reply, unsigned status,
		       const char *code, const char *message)
{
	reply->status = status;
	send_json(reply, json_pack("{s:{s:s,s:s,s:s}}", "error", "message",
				   message, "type",
				   status < 500 ? "invalid_request_error"
						: "server_error",
				   "code", code));
}

static const char *arguments_of(const struct desk_call *c)
{
	return c->arguments ? c->arguments : "{}";
}

static struct desk_usage usage_of(const struct desk_word *w)
{
	static const struct desk_usage usual = { .input = 100, .output = 20 };

	return w->usage ? *w->usage : usual;
}

static json_t *responses_usage(const struct desk_word *w)
{
	const struct desk_usage u = usage_of(w);

	if (w->null_usage)
		return json_null();
	return json_pack("{s:i,s:{s:i},s:i,s:{s:i},s:i}", "input_tokens",
			 u.input, "input_tokens_details", "cached_tokens",
			 u.cached, "output_tokens", u.output,
			 "output_tokens_details", "reasoning_tokens", 0,
			 "total_tokens", u.input + u.output);
}

static json_t *chat_usage(const struct desk_word *w)
{
	const struct desk_usage u = usage_of(w);

	if (w->null_usage)
		return json_null();
	return json_pack("{s:i,s:i,s:i,s:{s:i,s:i},s:{s:i,s:i,s:i,s:i}}",
			 "prompt_tokens", u.input, "completion_tokens",
			 u.output, "total_tokens", u.input + u.output,
			 "prompt_tokens_details", "cached_tokens", u.cached,
			 "audio_tokens", 0, "completion_tokens_details",
			 "reasoning_tokens", 0, "audio_tokens", 0,
			 "accepted_prediction_tokens", 0,
			 "rejected_prediction_tokens", 0);
}

static json_t *responses_of(const struct desk_word *w, unsigned n,
			    const char *model)
{
	json_t *output = json_array();
	char id[48];

	if (w->say)
		json_array_append_new(
			output,
			json_pack("{s:s,s:s,s:s,s:s,s:[{s:s,s:s,s:[]}]}",
				  "type", "message", "id", "msg_desk", "status",
				  "completed", "role", "assistant", "content",
				  "type", "output_text", "text", w->say,
				  "annotations"));
	for (unsigned i = 0; i < w->call_count; i++) {
		snprintf(id, sizeof(id), "call_desk_%u_%u", n, i);
		json_array_append_new(
			output, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "type",
					  "function_call", "id", "fc_desk",
					  "status", "completed", "call_id", id,
					  "name", w->call[i].name, "arguments",
					  arguments_of(&w->call[i])));
	}
	snprintf(id, sizeof(id), "resp_desk_%u", n);
	return json_pack("{s:s,s:s,s:i,s:s,s:s,s:n,s:o,s:o}", "id", id,
			 "object", "response", "created_at", CREATED, "status",
			 "completed", "model", model, "error", "output", output,
			 "usage", responses_usage(w));
}

static json_t *chat_of(const struct desk_word *w, unsigned n, const char *model)
{
	json_t *message =
		json_pack("{s:s,s:s?}", "role", "assistant", "content", w->say);
	json_t *calls = json_array();
	char id[48];

	for (unsigned i = 0; i < w->call_count; i++) {
		snprintf(id, sizeof(id), "call_desk_%u_%u", n, i);
		json_array_append_new(
			calls, json_pack("{s:s,s:s,s:{s:s,s:s}}", "id", id,
					 "type", "function", "function", "name",
					 w->call[i].name, "arguments",
					 arguments_of(&w->call[i])));
	}
	if (w->call_count)
		json_object_set(message, "tool_calls", calls);
	json_decref(calls);
	snprintf(id, sizeof(id), "chatcmpl-desk-%u", n);
	return json_pack("{s:s,s:s,s:i,s:s,s:[{s:i,s:o,s:s}],s:o}", "id", id,
			 "object", "chat.completion", "created", CREATED,
			 "model", model, "choices", "index", 0, "message",
			 message, "finish_reason",
			 w->call_count ? "tool_calls" : "stop", "usage",
			 chat_usage(w));
}

/* --- Requests --- */

static bool has_key(const struct desk_text *script, const char *header)
{
	static const char scheme[] = "Bearer ";
	size_t n = sizeof(scheme) - 1;

	if (!header || strncmp(header, scheme, n) != 0 || !header[n])
		return false;
	return !script->key || strcmp(header + n, script->key) == 0;
}

static bool offers(const json_t *body, const char *name)
{
	size_t i;
	json_t *tool;

	json_array_foreach(json_object_get(body, "tools"), i, tool)
	{
		json_t *inner = json_object_get(tool, "function");
		const char *n = json_string_value(
			json_object_get(inner ? inner : tool, "name"));
		if (n && strcmp(n, name) == 0)
			return true;
	}
	return false;
}

static void check_script(struct desk_texts *t, const struct desk_word *w,
			 const struct http_message *m, const json_t *body)
{
	if (w->wants &&
	    !memmem(m->body, m->body_len, w->wants, strlen(w->wants)))
		desk_report_breach(t->report, "%s: the request lacks \"%s\"",
				   m->target, w->wants);
	for (unsigned i = 0; i < w->call_count; i++)
		if (!offers(body, w->call[i].name))
			desk_report_breach(t->report,
					   "%s: no function %s is offered",
					   m->target, w->call[i].name);
}

static void answer(struct desk_texts *t, const struct http_message *m,
		   const json_t *body, bool is_chat, struct desk_reply *reply)
{
	unsigned n = t->asked++, last = t->script->answers_count - 1;
	const struct desk_word *w = &t->script->answers[n < last ? n : last];
	const char *model = json_string_value(json_object_get(body, "model"));

	check_script(t, w, m, body);
	reply->delay_ms = w->delay_ms;
	if (w->status >= 400)
		send_error(reply, w->status, w->code ? w->code : "scripted",
			   w->message ? w->message : "as the scenario says");
	else
		send_json(reply, is_chat ? chat_of(w, n, model)
					 : responses_of(w, n, model));
}

static void refuse(struct desk_texts *t, const struct http_message *m,
		   struct desk_reply *reply, unsigned status, const char *why)
{
	desk_report_breach(t->report, "%s: %s", m->target, why);
	send_error(reply, status,
		   status == 401 ? "invalid_api_key" : "invalid_request", why);
}

static void take(struct desk_texts *t, const struct http_message *m,
		 bool is_chat, struct desk_reply *reply)
{
	const char *type = http_header_value(m, "Content-Type");
	char why[256] = "the body is no JSON";

	if (!has_key(t->script, http_header_value(m, "Authorization"))) {
		refuse(t, m, reply, 401, "no key, or a wrong one");
		return;
	}
	if (strcmp(m->method, "POST") != 0 || !type ||
	    strncmp(type, "application/json", 16) != 0) {
		refuse(t, m, reply, 415, "not a POST of application/json");
		return;
	}
	json_t *body =
		json_loadb(m->body, m->body_len, JSON_REJECT_DUPLICATES, NULL);
	int err = !body     ? -1
		  : is_chat ? desk_text_shape_chat(body, why, sizeof(why))
			    : desk_text_shape_responses(body, why, sizeof(why));
	if (err)
		refuse(t, m, reply, 400, why);
	else
		answer(t, m, body, is_chat, reply);
	json_decref(body);
}

bool desk_texts_take(struct desk_texts *t, const struct http_message *m,
		     struct desk_reply *reply)
{
	bool is_chat = strcmp(m->target, "/v1/chat/completions") == 0;

	if (!t->script || (!is_chat && strcmp(m->target, "/v1/responses") != 0))
		return false;
	take(t, m, is_chat, reply);
	return true;
}

void desk_texts_end(struct desk_texts *t)
{
	if (t->script && t->script->requests &&
	    *t->script->requests != t->asked)
		desk_report_breach(t->report,
				   "the text model: %u good requests, not %u",
				   t->asked, *t->script->requests);
}
