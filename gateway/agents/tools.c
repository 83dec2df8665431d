#include "gateway/agents/tools.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/filler_sound.h"
#include "gateway/agents/form.h"
#include "gateway/agents/hand_off.h"
#include "gateway/agents/http_offer.h"
#include "gateway/agents/json_schema.h"
#include "gateway/agents/knowledge_tool.h"
#include "gateway/agents/supervisor.h"
#include "gateway/agents/tools_request.h"
#include "gateway/ops/config.h"
#include "protocols/utf8.h"

/* --- The table --- */

#define SCHEMA(properties, required)                       \
	"{\"type\":\"object\",\"properties\":{" properties \
	"},\"required\":[" required "]}"
#define REASON                                                             \
	"\"reason\":{\"type\":\"string\",\"description\":\"Why, in a few " \
	"words, for the records.\"}"

static const struct {
	const char *name;
	enum config_tool bit;
	const struct tool_kind *kind;   /* who does it; NULL: the call … */
	enum call_request_kind request; /* … is asked for this */
	const char *description;        /* NULL: made from the configuration */
	const char *parameters;         /* likewise */
} table[] = {
	{ "end_call", CONFIG_TOOL_END_CALL, NULL, CALL_REQUEST_END,
	  "Hang up. Say goodbye to the caller in the same answer; the call "
	  "ends when the goodbye has been heard.",
	  SCHEMA(REASON, "") },
	{ "transfer_call", CONFIG_TOOL_TRANSFER_CALL, NULL,
	  CALL_REQUEST_TRANSFER,
	  "Put the caller through to somebody else. Say so in the same answer; "
	  "it happens when that has been heard. If it fails you are told, and "
	  "the caller is with you again.",
	  NULL },
	{ "send_dtmf", CONFIG_TOOL_SEND_DTMF, NULL, CALL_REQUEST_KEYS,
	  "Press keys on the line, for a menu or an extension at its other "
	  "end.",
	  SCHEMA("\"digits\":{\"type\":\"string\",\"description\":\"1 to 20 of "
		 "0-9 * #\"}",
		 "\"digits\"") },
	{ "send_metadata", CONFIG_TOOL_SEND_METADATA, NULL,
	  CALL_REQUEST_METADATA,
	  "Hand over what is known of this call to the systems behind the "
	  "telephone line.",
	  SCHEMA("\"data\":{\"type\":\"object\"}", "\"data\"") },
	{ "record_call", CONFIG_TOOL_RECORD_CALL, NULL, CALL_REQUEST_RECORDING,
	  "Start, stop, pause or resume the recording of this call. Pause it "
	  "before the caller says a secret such as a card number.",
	  SCHEMA("\"action\":{\"type\":\"string\",\"enum\":[\"start\","
		 "\"stop\",\"pause\",\"resume\"]}",
		 "\"action\"") },
	{ "search_knowledge", CONFIG_TOOL_SEARCH_KNOWLEDGE, &knowledge_tool, 0,
	  "Look something up in the documents that are there for this line. "
	  "Answers with passages and where they stand.",
	  SCHEMA("\"query\":{\"type\":\"string\",\"description\":\"A question, "
		 "or the words to look for, in the language of the "
		 "documents.\"}",
		 "\"query\"") },
	{ "collect_digits", CONFIG_TOOL_COLLECT_DIGITS, NULL,
	  CALL_REQUEST_COLLECT,
	  "Let the caller press keys, and wait for them. Say in the same answer "
	  "what to press. The answer has the digits; of secret ones (a card, a "
	  "PIN: masked) only how many there were, and other functions take "
	  "them by their purpose.",
	  SCHEMA("\"purpose\":{\"type\":\"string\",\"description\":\"What "
		 "they are, in one word: order, card, pin.\"},"
		 "\"min\":{\"type\":\"integer\",\"description\":\"Fewest "
		 "keys, 1.\"},"
		 "\"max\":{\"type\":\"integer\",\"description\":\"Most keys, "
		 "20; at most 64.\"},"
		 "\"terminator\":{\"type\":\"string\",\"description\":\"The "
		 "key that ends it, #.\"},"
		 "\"timeout_ms\":{\"type\":\"integer\",\"description\":"
		 "\"Longest wait for a key, 10000.\"},"
		 "\"masked\":{\"type\":\"boolean\",\"description\":\"Whether "
		 "they are secret.\"}",
		 "\"purpose\"") },
	{ "save_form", CONFIG_TOOL_SAVE_FORM, &form_kind, 0,
	  "Save what the caller tells, as soon as it is said, one or more "
	  "fields at a time, and again when the caller corrects it. Write each "
	  "down as it was said. The answer has what was stored, what is "
	  "missing, what to read back to the caller, and what was not "
	  "understood and why: ask for that again.",
	  NULL },
	{ "hand_off", CONFIG_TOOL_HAND_OFF, &hand_off_kind, 0, NULL, NULL },
	{ "ask_supervisor", CONFIG_TOOL_ASK_SUPERVISOR, &supervisor_tool, 0,
	  "Ask somebody who knows more and decides more than you. It takes a "
	  "few seconds: in the same answer tell the caller that you are going "
	  "to find out, in a few words. Then pass the answer on in your own "
	  "words.",
	  SCHEMA("\"question\":{\"type\":\"string\",\"description\":\"What you "
		 "want to know, with all that matters for it.\"}",
		 "\"question\"") },
};

#define ROWS (sizeof(table) / sizeof(table[0]))
_Static_assert(ROWS + CONFIG_FUNCTIONS_MAX <= TOOLS_MAX,
	       "all of them may be offered");

/* --- The offer --- */

/* Where somebody is told. */
static int offer_summary(json_t *properties,
			 const struct config_transfer *transfer)
{
	char text[1024];
	size_t at = (size_t)snprintf(text, sizeof(text),
				     "What the person is told before taking "
				     "the call, at most %d bytes: who calls "
				     "and what for, in one or two sentences. "
				     "It is required for these targets:",
				     CALL_SUMMARY_MAX - 1);
	size_t before = at;

	for (unsigned i = 0; i < transfer->target_count; i++) {
		const char *name = transfer->targets[i].name;
		if (transfer->targets[i].warm &&
		    at + strlen(name) + 2 < sizeof(text))
			at += (size_t)snprintf(text + at, sizeof(text) - at,
					       "%s %s", at > before ? "," : "",
					       name);
	}
	return at == before
		       ? 0
		       : json_object_set_new(properties, "summary",
					     json_pack("{s:s, s:s}", "type",
						       "string", "description",
						       text));
}

static char *transfer_parameters(const struct config_transfer *transfer)
{
	json_t *names = json_array();
	json_t *schema =
		json_loads(SCHEMA("\"target\":{\"type\":\"string\"}," REASON,
				  "\"target\""),
			   0, NULL);
	json_t *properties = json_object_get(schema, "properties");
	json_t *target = json_object_get(properties, "target");
	int err = offer_summary(properties, transfer);

	for (unsigned i = 0; i < transfer->target_count; i++)
		err |= json_array_append_new(
			names, json_string(transfer->targets[i].name));
	err |= json_object_set_new(target, "enum", names);
	char *text = err ? NULL : json_dumps(schema, JSON_COMPACT);
	json_decref(schema);
	return text;
}

/* What is checked before anything is called. */
static int read_schema(struct tool *tool)
{
	char why[TOOLS_ERROR_MIN];

	tool->schema =
		json_loads(tool->parameters, JSON_REJECT_DUPLICATES, NULL);
	return json_schema_check(tool->schema, why, sizeof(why)) ? 0 : -EINVAL;
}

static char *make_parameters(const struct tools *t,
			     const struct config_agent *a, size_t row)
{
	if (table[row].parameters)
		return strdup(table[row].parameters);
	switch (table[row].bit) {
	case CONFIG_TOOL_SAVE_FORM:
		return form_parameters(&a->form);
	case CONFIG_TOOL_HAND_OFF:
		return hand_off_parameters(a);
	default:
		return transfer_parameters(t->transfer);
	}
}

static int offer(struct tools *t, const struct config_agent *a, size_t row)
{
	struct tool *tool = &t->offered[t->count++];

	tool->name = table[row].name;
	tool->kind = table[row].kind;
	if (table[row].bit == CONFIG_TOOL_HAND_OFF)
		tool->text = hand_off_description(a);
	tool->description = tool->text ? tool->text : table[row].description;
	tool->parameters = make_parameters(t, a, row);
	if (!tool->description || !tool->parameters)
		return -ENOMEM;
	return tool->kind ? read_schema(tool) : 0;
}

static int offer_built_in(struct tools *t, const struct config_agent *a,
			  unsigned bits)
{
	int err = 0;

	for (size_t i = 0; i < ROWS && !err; i++)
		if (bits & table[i].bit)
			err = offer(t, a, i);
	return err;
}

static int offer_functions(struct tools *t,
			   const struct config_agent_functions *f, char *why,
			   size_t cap)
{
	int err = 0;

	for (unsigned i = 0; i < f->count && !err; i++) {
		const char *name = f->function[i].name;
		if (tools_find(t, name)) {
			snprintf(why, cap,
				 "agent.functions: %s is another's name in "
				 "agent.tools",
				 name);
			return -EINVAL;
		}
		err = http_offer(&t->offered[t->count++], &f->function[i], why,
				 cap);
	}
	return err;
}

/* What one says, or else its agent. */
static void fill(struct call_filler *out, const struct config_filler *own,
		 const struct config_filler *common, const uint8_t *soft)
{
	const struct config_filler *f =
		own->say[0] || own->sound != CONFIG_SOUND_AS_ELSEWHERE ? own
								       : common;

	out->after_ms = own->after_ms ? own->after_ms : common->after_ms;
	out->say = f->say[0] ? f->say : NULL;
	out->sound = f->sound == CONFIG_SOUND_SOFT ? soft : NULL;
	out->sound_len = FILLER_SOUND_LEN;
}

static int offer_fillers(struct tools *t,
			 const struct config_agent_functions *f, char *why,
			 size_t cap)
{
	static const struct config_filler none;

	t->soft = malloc(FILLER_SOUND_LEN);
	if (!t->soft) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	filler_sound_make(t->soft);
	for (size_t i = 0; i < t->count; i++)
		if (t->offered[i].kind)
			fill(&t->offered[i].filler,
			     t->offered[i].function
				     ? &t->offered[i].function->filler
				     : &none,
			     &f->filler, t->soft);
	return 0;
}

int tools_init(struct tools *t, const struct config *c,
	       const struct config_agent *a, char *why, size_t cap)
{
	unsigned bits = a->tools;

	memset(t, 0, sizeof(*t));
	t->transfer = &c->transfer;
	if (!c->transfer.target_count)
		bits &= ~(unsigned)CONFIG_TOOL_TRANSFER_CALL;
	if (a->persona.hand_off_count)
		bits |= CONFIG_TOOL_HAND_OFF;
	int err = offer_built_in(t, a, bits);
	if (err)
		snprintf(why, cap, "out of memory");
	else
		err = offer_functions(t, &a->functions, why, cap);
	return err ? err : offer_fillers(t, &a->functions, why, cap);
}

int tools_init_only(struct tools *t, const struct config *c,
		    enum config_tool bit)
{
	memset(t, 0, sizeof(*t));
	t->transfer = &c->transfer;
	return offer_built_in(t, NULL, bit);
}

void tools_free(struct tools *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->offered[i].text);
		free(t->offered[i].parameters);
		json_decref(t->offered[i].schema);
	}
	t->count = 0;
	free(t->soft);
	t->soft = NULL;
}

/* --- A call --- */

const struct tool *tools_find(const struct tools *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->offered[i].name, name) == 0)
			return &t->offered[i];
	return NULL;
}

static json_t *arguments_json(const char *text)
{
	if (strnlen(text, TOOLS_ARGUMENTS_MAX + 1) > TOOLS_ARGUMENTS_MAX)
		return NULL;
	return text[0] ? json_loads(text, 0, NULL) : json_object();
}

static int complain_of_shape(const struct complaint *to)
{
	return tools_complain(
		to,
		"the arguments must be a JSON object of at most %d "
		"bytes of UTF-8",
		TOOLS_ARGUMENTS_MAX);
}

json_t *tools_arguments(const struct tool *tool, const char *arguments,
			char *error, size_t cap)
{
	const struct complaint to = { error, cap };
	json_t *json = arguments_json(arguments);
	char why[TOOLS_ERROR_MIN];

	assert(cap >= TOOLS_ERROR_MIN);
	if (!json_is_object(json))
		complain_of_shape(&to);
	else if (!tool->schema ||
		 json_schema_accepts(tool->schema, json, why, sizeof(why)))
		return json;
	else
		tools_complain(&to, "%s", why);
	json_decref(json);
	return NULL;
}

int tools_read(const struct tools *t, const char *name, const char *arguments,
	       struct call_request *r, char *error, size_t cap)
{
	const struct complaint to = { error, cap };
	size_t row = 0;
	int err;

	assert(cap >= TOOLS_ERROR_MIN);
	if (!tools_find(t, name)) {
		tools_complain(&to, "there is no function \"%.*s\"",
			       (int)utf8_cut(name, strlen(name),
					     TOOLS_QUOTE_MAX),
			       name);
		return -ENOENT;
	}
	while (strcmp(table[row].name, name) != 0)
		row++;
	memset(r, 0, sizeof(*r));
	r->kind = table[row].request;
	json_t *json = arguments_json(arguments);
	if (json_is_object(json) || r->kind == CALL_REQUEST_END)
		err = tools_request_read(t, json, r, &to);
	else
		err = complain_of_shape(&to);
	json_decref(json);
	return err;
}
