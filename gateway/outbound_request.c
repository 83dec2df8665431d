#include "gateway/outbound_request.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call/variables.h"
#include "gateway/call_webhook.h"
#include "gateway/ops/config_text.h"
#include "protocols/twilio_message.h"

#define DIGITS_MIN 7
/* Twilio reference, 1.4: what a <Parameter> holds. */
#define PAIR_MAX 499

struct reading {
	struct outbound_request *out;
	char *why;
};

__attribute__((format(printf, 2, 3))) static int object_to(
	const struct reading *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->why, OUTBOUND_WHY_MAX, format, args);
	va_end(args);
	return -EINVAL;
}

/* --- Single fields --- */

static bool is_number(const char *text)
{
	size_t n = text && text[0] == '+' ? strspn(text + 1, "0123456789") : 0;

	return n >= DIGITS_MIN && n < OUTBOUND_NUMBER_MAX - 1 &&
	       text[1] != '0' && !text[1 + n];
}

static int take_number(const struct reading *r, const char *name, json_t *value,
		       char out[OUTBOUND_NUMBER_MAX])
{
	const char *text = json_string_value(value);

	if (!is_number(text))
		return object_to(r,
				 "%s must be a text like \"+41791234567\": + "
				 "and the country's code, 7 to 15 digits",
				 name);
	snprintf(out, OUTBOUND_NUMBER_MAX, "%s", text);
	return 0;
}

static int take_called(const struct reading *r, json_t *value)
{
	return take_number(r, "number", value, r->out->number);
}

static int take_from(const struct reading *r, json_t *value)
{
	return take_number(r, "from", value, r->out->from);
}

static int take_account(const struct reading *r, json_t *value)
{
	const char *text = json_string_value(value);

	if (!text || !twilio_sid_ok(text, "AC"))
		return object_to(r, "account must be AC and 32 hexadecimal "
				    "digits");
	snprintf(r->out->account, sizeof(r->out->account), "%s", text);
	return 0;
}

static int take_agent(const struct reading *r, json_t *value)
{
	const char *text = json_string_value(value);

	if (!text || strlen(text) >= sizeof(r->out->call.agent) ||
	    !config_text_is_word(text))
		return object_to(r, "agent must be the name of one");
	snprintf(r->out->call.agent, sizeof(r->out->call.agent), "%s", text);
	return 0;
}

/* --- Variables --- */

/* What every call has of its own would hide them. */
static bool is_free_name(const char *name)
{
	static const char *const own[] = { "caller", "callee", "answered_by" };

	if (!config_text_is_word(name) ||
	    strlen(name) >= CALL_VARIABLE_NAME_MAX ||
	    strncmp(name, "tandem-", 7) == 0)
		return false;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(own[i], name) == 0)
			return false;
	return true;
}

static int append(struct twilio_outbound_call *call, const char *text)
{
	size_t n = strlen(text) + 1;

	if (n > sizeof(call->text) - call->len)
		return -ENOBUFS;
	memcpy(call->text + call->len, text, n);
	call->len += n;
	return 0;
}

static int take_variable(const struct reading *r, const char *name,
			 json_t *value)
{
	struct twilio_outbound_call *call = &r->out->call;
	char room[32];
	const char *text = call_webhook_text(value, room);

	if (!is_free_name(name))
		return object_to(r, "variables: a name must be letters, digits "
				    "and . _ - only, at most 63, and not "
				    "caller, callee, answered_by or tandem-…");
	if (!text || !config_text_is_line(text) ||
	    strlen(name) + strlen(text) > PAIR_MAX)
		return object_to(r,
				 "variables.%s must be a text, a number or a "
				 "boolean, one line of at most %d bytes with "
				 "its name",
				 name, PAIR_MAX);
	if (append(call, name) != 0 || append(call, text) != 0)
		return object_to(r, "variables are too much, over %d bytes",
				 TWILIO_OUTBOUND_TEXT_MAX);
	return 0;
}

static int take_variables(const struct reading *r, json_t *value)
{
	const char *name;
	json_t *each;
	int err = 0;

	if (!json_is_object(value))
		return object_to(r, "variables must be an object");
	if (json_object_size(value) > TWILIO_OUTBOUND_VARIABLES)
		return object_to(r, "variables are over %d",
				 TWILIO_OUTBOUND_VARIABLES);
	json_object_foreach(value, name, each)
	{
		if (!err)
			err = take_variable(r, name, each);
	}
	return err;
}

/* --- The whole --- */

static const struct {
	const char *name;
	int (*take)(const struct reading *r, json_t *value);
} field[] = {
	{ "number", take_called },       { "agent", take_agent },
	{ "from", take_from },           { "account", take_account },
	{ "variables", take_variables },
};

static int take(const struct reading *r, const char *name, json_t *value)
{
	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
		if (strcmp(field[i].name, name) == 0)
			return field[i].take(r, value);
	return object_to(r, "there may be number, agent, from, account and "
			    "variables, and nothing else");
}

static int take_all(const struct reading *r, json_t *root)
{
	const char *name;
	json_t *value;
	int err = 0;

	if (!json_is_object(root))
		return object_to(r, "the body must be a JSON object");
	json_object_foreach(root, name, value)
	{
		if (!err)
			err = take(r, name, value);
	}
	if (!err && !r->out->number[0])
		err = object_to(r, "number is missing: who is to be called");
	return err;
}

int outbound_request_read(struct outbound_request *out, const char *body,
			  size_t len, char why[OUTBOUND_WHY_MAX])
{
	const struct reading r = { out, why };
	json_t *root = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);

	memset(out, 0, sizeof(*out));
	int err = take_all(&r, root);
	json_decref(root);
	return err;
}
