#include "gateway/agents/tools.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/filler_sound.h"
#include "gateway/agents/form.h"
#include "gateway/agents/hand_off.h"
#include "gateway/agents/http_offer.h"
#include "gateway/agents/json_schema.h"
#include "gateway/agents/knowledge_tool.h"
#include "gateway/agents/plain_text.h"
#include "gateway/agents/supervisor.h"
#include "gateway/call/digits.h"
#include "gateway/ops/config.h"
#include "protocols/utf8.h"

#define SENTENCE_MAX 320 /* bytes of an error */
#define QUOTE_MAX    64  /* bytes of the model's own words in it */

/* --- What is wrong, as JSON --- */

struct complaint {
	char *text;
	size_t cap;
};

static int complain(const struct complaint *to, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int complain(const struct complaint *to, const char *format, ...)
{
	char sentence[SENTENCE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(sentence, sizeof(sentence), format, ap);
	va_end(ap);
	json_t *error = json_pack("{s:s}", "error", sentence);
	size_t n =
		error ? json_dumpb(error, to->text, to->cap, JSON_COMPACT) : 0;
	json_decref(error);
	if (n && n < to->cap)
		to->text[n] = '\0';
	else
		snprintf(to->text, to->cap,
			 "{\"error\":\"the arguments do not fit\"}");
	return -EINVAL;
}

/* --- Reading --- */

static const char *text_of(const json_t *arguments, const char *key)
{
	const char *text = json_string_value(json_object_get(arguments, key));

	return text ? text : "";
}

typedef int read_fn(const struct tools *t, const json_t *arguments,
		    struct call_request *r, const struct complaint *to);

static int read_end(const struct tools *t, const json_t *arguments,
		    struct call_request *r, const struct complaint *to)
{
	(void)t;
	(void)to;
	plain_text_copy(r->reason, sizeof(r->reason),
			text_of(arguments, "reason"));
	return 0;
}

/* "sales, support", as many as fit whole. */
static const char *known_targets(const struct config_transfer *transfer,
				 char *list, size_t cap)
{
	size_t at = 0;

	list[0] = '\0';
	for (unsigned i = 0; i < transfer->target_count; i++) {
		const char *name = transfer->targets[i].name;
		if (at + strlen(name) + 3 > cap)
			break;
		at += (size_t)snprintf(list + at, cap - at, "%s%s",
				       at ? ", " : "", name);
	}
	return list;
}

/* What is told to whoever answers at a warm target. */
static int read_summary(const struct config_target *target,
			const json_t *arguments, struct call_request *r,
			const struct complaint *to)
{
	const char *summary = text_of(arguments, "summary");
	char plain[CALL_SUMMARY_MAX];

	if (!summary[strspn(summary, " \t\r\n")])
		return complain(to,
				"summary is missing: %s is told who calls and "
				"what for before taking the call",
				target->name);
	if (strlen(summary) >= sizeof(plain))
		return complain(to,
				"summary is too long to be told on the "
				"telephone: at most %zu bytes",
				sizeof(plain) - 1);
	plain_text_copy(plain, sizeof(plain), summary);
	r->is_warm = true;
	r->data = strdup(plain);
	return r->data ? 0 : complain(to, "out of memory, try again later");
}

static int read_transfer(const struct tools *t, const json_t *arguments,
			 struct call_request *r, const struct complaint *to)
{
	const char *name = text_of(arguments, "target");
	char list[SENTENCE_MAX / 2];

	_Static_assert(sizeof(t->transfer->targets[0].to) <= sizeof(r->target),
		       "a number cut short is another number");
	for (unsigned i = 0; i < t->transfer->target_count; i++) {
		const struct config_target *target = &t->transfer->targets[i];
		if (strcmp(target->name, name) != 0)
			continue;
		plain_text_copy(r->target, sizeof(r->target), target->to);
		plain_text_copy(r->reason, sizeof(r->reason),
				text_of(arguments, "reason"));
		return target->warm ? read_summary(target, arguments, r, to)
				    : 0;
	}
	return complain(to, "there is no target \"%.*s\"; known: %s",
			(int)utf8_cut(name, strlen(name), QUOTE_MAX), name,
			known_targets(t->transfer, list, sizeof(list)));
}

static int read_digits(const struct tools *t, const json_t *arguments,
		       struct call_request *r, const struct complaint *to)
{
	const char *digits = text_of(arguments, "digits");
	size_t n = strlen(digits);

	(void)t;
	if (!n || n > CALL_DIGITS_MAX || digits[strspn(digits, "0123456789*#")])
		return complain(to, "digits must be 1 to %d of 0-9 * #",
				CALL_DIGITS_MAX);
	memcpy(r->digits, digits, n + 1);
	return 0;
}

static int read_metadata(const struct tools *t, const json_t *arguments,
			 struct call_request *r, const struct complaint *to)
{
	const json_t *data = json_object_get(arguments, "data");

	(void)t;
	if (!json_is_object(data))
		return complain(to, "data must be a JSON object");
	char *text = json_dumps(data, JSON_COMPACT);
	if (text && strlen(text) < CALL_DATA_MAX) {
		r->data = text;
		return 0;
	}
	free(text);
	return complain(to, "data must be at most %d bytes of JSON",
			CALL_DATA_MAX - 1);
}

static int read_recording(const struct tools *t, const json_t *arguments,
			  struct call_request *r, const struct complaint *to)
{
	static const char *const action[] = {
		[CALL_RECORDING_START] = "start",
		[CALL_RECORDING_STOP] = "stop",
		[CALL_RECORDING_PAUSE] = "pause",
		[CALL_RECORDING_RESUME] = "resume",
	};
	const char *asked = text_of(arguments, "action");

	(void)t;
	for (size_t i = 0; i < sizeof(action) / sizeof(action[0]); i++)
		if (strcmp(action[i], asked) == 0) {
			r->recording = (enum call_recording)i;
			return 0;
		}
	return complain(to, "action must be start, stop, pause or resume");
}

/* A whole number of the arguments; without it, what is usual. */
static bool read_number(const json_t *arguments, const char *key,
			unsigned usual, unsigned min, unsigned max,
			unsigned *value)
{
	const json_t *number = json_object_get(arguments, key);
	json_int_t n = number ? json_integer_value(number) : usual;

	*value = (unsigned)n;
	return (!number || json_is_integer(number)) && n >= min && n <= max;
}

static int read_terminator(const json_t *arguments, char *terminator)
{
	const json_t *key = json_object_get(arguments, "terminator");
	const char *text = key ? json_string_value(key) : "#";

	if (!text || strlen(text) > 1 ||
	    !strspn(text, "0123456789*#") != !*text)
		return -EINVAL;
	*terminator = *text;
	return 0;
}

static int read_collect(const struct tools *t, const json_t *arguments,
			struct call_request *r, const struct complaint *to)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	struct call_collect_request *q = &r->collect;
	const json_t *masked = json_object_get(arguments, "masked");
	const char *purpose = text_of(arguments, "purpose");
	size_t len = strlen(purpose);

	(void)t;
	if (!len || len >= sizeof(q->name) || strspn(purpose, letters) != len)
		return complain(to,
				"purpose must be a word of at most %zu small "
				"letters, digits, _ and -",
				sizeof(q->name) - 1);
	if (!read_number(arguments, "max", 20, 1, DIGITS_MAX, &q->max) ||
	    !read_number(arguments, "min", 1, 1, q->max, &q->min))
		return complain(to,
				"min and max must be 1 to %d, and min no "
				"more than max",
				DIGITS_MAX);
	if (!read_number(arguments, "timeout_ms", 10000, 1000, 60000,
			 &q->timeout_ms))
		return complain(to, "timeout_ms must be 1000 to 60000");
	if (read_terminator(arguments, &q->terminator))
		return complain(to, "terminator must be one key of 0-9 * #, or "
				    "empty");
	if (masked && !json_is_boolean(masked))
		return complain(to, "masked must be true or false");
	q->is_masked = json_is_true(masked);
	memcpy(q->name, purpose, len + 1);
	return 0;
}

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
	const struct tool_kind *kind; /* who does it; NULL: the call, when … */
	enum call_request_kind request; /* … asked for this … */
	read_fn *read;                  /* … as the arguments say */
	const char *description;        /* NULL: made from the configuration */
	const char *parameters;         /* likewise */
} table[] = {
	{ "end_call", CONFIG_TOOL_END_CALL, NULL, CALL_REQUEST_END, read_end,
	  "Hang up. Say goodbye to the caller in the same answer; the call "
	  "ends when the goodbye has been heard.",
	  SCHEMA(REASON, "") },
	{ "transfer_call", CONFIG_TOOL_TRANSFER_CALL, NULL,
	  CALL_REQUEST_TRANSFER, read_transfer,
	  "Put the caller through to somebody else. Say so in the same answer; "
	  "it happens when that has been heard. If it fails you are told, and "
	  "the caller is with you again.",
	  NULL },
	{ "send_dtmf", CONFIG_TOOL_SEND_DTMF, NULL, CALL_REQUEST_KEYS,
	  read_digits,
	  "Press keys on the line, for a menu or an extension at its other "
	  "end.",
	  SCHEMA("\"digits\":{\"type\":\"string\",\"description\":\"1 to 20 of "
		 "0-9 * #\"}",
		 "\"digits\"") },
	{ "send_metadata", CONFIG_TOOL_SEND_METADATA, NULL,
	  CALL_REQUEST_METADATA, read_metadata,
	  "Hand over what is known of this call to the systems behind the "
	  "telephone line.",
	  SCHEMA("\"data\":{\"type\":\"object\"}", "\"data\"") },
	{ "record_call", CONFIG_TOOL_RECORD_CALL, NULL, CALL_REQUEST_RECORDING,
	  read_recording,
	  "Start, stop, pause or resume the recording of this call. Pause it "
	  "before the caller says a secret such as a card number.",
	  SCHEMA("\"action\":{\"type\":\"string\",\"enum\":[\"start\","
		 "\"stop\",\"pause\",\"resume\"]}",
		 "\"action\"") },
	{ "search_knowledge", CONFIG_TOOL_SEARCH_KNOWLEDGE, &knowledge_tool, 0,
	  NULL,
	  "Look something up in the documents that are there for this line. "
	  "Answers with passages and where they stand.",
	  SCHEMA("\"query\":{\"type\":\"string\",\"description\":\"A question, "
		 "or the words to look for, in the language of the "
		 "documents.\"}",
		 "\"query\"") },
	{ "collect_digits", CONFIG_TOOL_COLLECT_DIGITS, NULL,
	  CALL_REQUEST_COLLECT, read_collect,
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
	{ "save_form", CONFIG_TOOL_SAVE_FORM, &form_kind, 0, NULL,
	  "Save what the caller tells, as soon as it is said, one or more "
	  "fields at a time, and again when the caller corrects it. Write each "
	  "down as it was said. The answer has what was stored, what is "
	  "missing, what to read back to the caller, and what was not "
	  "understood and why: ask for that again.",
	  NULL },
	{ "hand_off", CONFIG_TOOL_HAND_OFF, &hand_off_kind, 0, NULL, NULL,
	  NULL },
	{ "ask_supervisor", CONFIG_TOOL_ASK_SUPERVISOR, &supervisor_tool, 0,
	  NULL,
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
	return complain(to,
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
		complain(&to, "%s", why);
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
		complain(&to, "there is no function \"%.*s\"",
			 (int)utf8_cut(name, strlen(name), QUOTE_MAX), name);
		return -ENOENT;
	}
	while (strcmp(table[row].name, name) != 0)
		row++;
	memset(r, 0, sizeof(*r));
	r->kind = table[row].request;
	json_t *json = arguments_json(arguments);
	if (json_is_object(json) || r->kind == CALL_REQUEST_END)
		err = table[row].read(t, json, r, &to);
	else
		err = complain_of_shape(&to);
	json_decref(json);
	return err;
}
