#include "tools/desk/desk_scenario.h"

#include <cyaml/cyaml.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define OPTIONAL     CYAML_FLAG_OPTIONAL
#define OPTIONAL_PTR (CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER)

#define UINT(key, where) CYAML_FIELD_UINT(#key, OPTIONAL, struct where, key)
#define UINT_PTR(key, where) \
	CYAML_FIELD_UINT_PTR(#key, OPTIONAL_PTR, struct where, key)
#define BOOL(key, where) CYAML_FIELD_BOOL(#key, OPTIONAL, struct where, key)
#define TEXT(key, where)                                                 \
	CYAML_FIELD_STRING_PTR(#key, OPTIONAL_PTR, struct where, key, 0, \
			       CYAML_UNLIMITED)
#define NAME(key, where)                                                       \
	CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER, struct where, key, 1, \
			       CYAML_UNLIMITED)
#define LIST(key, where, of, most)                                           \
	CYAML_FIELD_SEQUENCE(#key, OPTIONAL_PTR, struct where, key, (of), 0, \
			     (most))

static const cyaml_schema_field_t answer_fields[] = {
	UINT(status, desk_answer),        TEXT(type, desk_answer),
	TEXT(body, desk_answer),          UINT(delay_ms, desk_answer),
	UINT(retry_after_s, desk_answer), UINT(size, desk_answer),
	BOOL(bad_utf8, desk_answer),      BOOL(drop, desk_answer),
	BOOL(cut, desk_answer),           CYAML_FIELD_END
};
static const cyaml_schema_value_t answer = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct desk_answer, answer_fields) };

static const cyaml_schema_field_t pair_fields[] = { NAME(name, desk_pair),
						    NAME(value, desk_pair),
						    CYAML_FIELD_END };
static const cyaml_schema_value_t pair = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct desk_pair, pair_fields) };

static const cyaml_schema_field_t webhook_fields[] = {
	NAME(path, desk_webhook),
	TEXT(method, desk_webhook),
	TEXT(secret, desk_webhook),
	BOOL(no_key, desk_webhook),
	LIST(headers, desk_webhook, &pair, 16),
	TEXT(wants, desk_webhook),
	LIST(answers, desk_webhook, &answer, DESK_ANSWERS_MAX),
	UINT_PTR(requests, desk_webhook),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t webhook = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct desk_webhook, webhook_fields) };

static const cyaml_schema_field_t call_fields[] = { NAME(name, desk_call),
						    TEXT(arguments, desk_call),
						    CYAML_FIELD_END };
static const cyaml_schema_value_t call = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct desk_call, call_fields) };

static const cyaml_schema_field_t usage_fields[] = { UINT(input, desk_usage),
						     UINT(cached, desk_usage),
						     UINT(output, desk_usage),
						     CYAML_FIELD_END };

static const cyaml_schema_field_t word_fields[] = {
	TEXT(say, desk_word),
	LIST(call, desk_word, &call, DESK_CALLS_MAX),
	UINT(status, desk_word),
	UINT(delay_ms, desk_word),
	TEXT(code, desk_word),
	TEXT(message, desk_word),
	TEXT(wants, desk_word),
	CYAML_FIELD_MAPPING_PTR("usage", OPTIONAL_PTR, struct desk_word, usage,
				usage_fields),
	BOOL(null_usage, desk_word),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t word = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct desk_word, word_fields) };

static const cyaml_schema_field_t text_fields[] = {
	TEXT(key, desk_text), LIST(answers, desk_text, &word, DESK_ANSWERS_MAX),
	UINT_PTR(requests, desk_text), CYAML_FIELD_END
};

static const cyaml_schema_field_t scenario_fields[] = {
	LIST(webhooks, desk_scenario, &webhook, DESK_WEBHOOKS_MAX),
	CYAML_FIELD_MAPPING_PTR("text", OPTIONAL_PTR, struct desk_scenario,
				text, text_fields),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t scenario = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_POINTER, struct desk_scenario, scenario_fields) };

/* --- What libcyaml says while it fails: what, then where, with lines --- */

struct note {
	char *out;
	size_t cap;
	size_t used;
};

static void on_log(cyaml_log_t level, void *context, const char *format,
		   va_list args) __attribute__((format(printf, 3, 0)));

static void on_log(cyaml_log_t level, void *context, const char *format,
		   va_list args)
{
	struct note *n = context;

	(void)level;
	if (n->used + 1 >= n->cap)
		return;
	int len = vsnprintf(n->out + n->used, n->cap - n->used, format, args);
	n->used += len > 0 ? (size_t)len : 0;
	if (n->used >= n->cap)
		n->used = n->cap - 1;
	for (size_t i = 0; i < n->used; i++)
		if (n->out[i] == '\n')
			n->out[i] = ' ';
}

static const cyaml_config_t *config_of(cyaml_config_t *c, struct note *n)
{
	*c = (cyaml_config_t){
		.log_fn = on_log,
		.log_ctx = n,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
	};
	return c;
}

/* --- What the schema cannot see --- */

static bool is_json(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	json_decref(value);
	return value != NULL;
}

static const char *fault_of_webhook(const struct desk_webhook *w)
{
	if (w->path[0] != '/')
		return "a webhook's path begins with /";
	if (!w->answers_count)
		return "a webhook needs answers";
	if (w->wants && !is_json(w->wants))
		return "a webhook's wants is JSON";
	return NULL;
}

static const char *fault_of_word(const struct desk_word *w)
{
	for (unsigned i = 0; i < w->call_count; i++)
		if (w->call[i].arguments && !is_json(w->call[i].arguments))
			return "arguments of a call are JSON";
	if (w->usage && w->usage->cached > w->usage->input)
		return "usage.cached is part of usage.input";
	return NULL;
}

static const char *fault_of_text(const struct desk_text *t)
{
	const char *fault = t->answers_count ? NULL : "text needs answers";

	for (unsigned i = 0; i < t->answers_count && !fault; i++)
		fault = fault_of_word(&t->answers[i]);
	return fault;
}

static const char *fault_of(const struct desk_scenario *s)
{
	const char *fault = s->text ? fault_of_text(s->text) : NULL;

	for (unsigned i = 0; i < s->webhooks_count && !fault; i++)
		fault = fault_of_webhook(&s->webhooks[i]);
	return fault;
}

struct desk_scenario *desk_scenario_load(const char *path, char *why,
					 size_t cap)
{
	struct note n = { .out = why, .cap = cap };
	struct desk_scenario *s = NULL;
	cyaml_config_t c;

	why[0] = '\0';
	cyaml_err_t err = cyaml_load_file(path, config_of(&c, &n), &scenario,
					  (cyaml_data_t **)&s, NULL);
	if (err) {
		if (!why[0])
			snprintf(why, cap, "%s", cyaml_strerror(err));
		return NULL;
	}
	const char *fault = s ? fault_of(s) : "it is empty";
	if (!fault)
		return s;
	snprintf(why, cap, "%s", fault);
	desk_scenario_free(s);
	return NULL;
}

void desk_scenario_free(struct desk_scenario *s)
{
	struct note n = { .out = NULL };
	cyaml_config_t c;

	if (s)
		cyaml_free(config_of(&c, &n), &scenario, s, 0);
}
