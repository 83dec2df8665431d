#include "gateway/carriers/twilio_context_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/carriers/twilio_contexts.h"
#include "gateway/carriers/twilio_line.h"
#include "protocols/twilio_message.h"

#define KIND "c1"

/* --- Writing --- */

static json_t *variables_of(const struct call_variables *v)
{
	json_t *object = json_object();
	const char *name = NULL;

	while ((name = call_variables_next(v, name)))
		json_object_set_new(object, name,
				    json_string(call_variables_get(v, name)));
	return object;
}

static json_t *object_of(const struct twilio_context_news *n)
{
	const struct twilio_context *c = n->context;
	json_t *object = json_pack("{s:s, s:i}", "call", c->call_sid, "stream",
				   (int)c->stream);
	int err;

	if (n->is_gone)
		err = json_object_set_new(object, "gone", json_true());
	else
		err = json_object_update_new(
			object,
			json_pack("{s:I, s:s, s:s, s:o}", "since",
				  (json_int_t)n->since_ns, "agent", c->agent,
				  "words", c->words, "variables",
				  variables_of(&c->variables)));
	if (!err)
		return object;
	json_decref(object);
	return NULL;
}

size_t twilio_context_write(char out[TWILIO_CONTEXT_LINE_MAX],
			    const struct twilio_context_news *n)
{
	return twilio_line_write(out, TWILIO_CONTEXT_LINE_MAX, KIND,
				 object_of(n));
}

/* --- Reading --- */

static int read_variables(struct twilio_context *c, json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		if (!json_is_string(value))
			return -EBADMSG;
		int err = call_variables_set(&c->variables, name,
					     json_string_value(value));
		if (err)
			return err == -ENOMEM ? err : -EBADMSG;
	}
	return 0;
}

static int read_rest(struct twilio_context *c, struct twilio_context_news *n,
		     json_t *object)
{
	const char *agent, *words;
	json_t *variables;
	json_int_t since;

	if (json_unpack(object, "{s:I, s:s, s:s, s:o}", "since", &since,
			"agent", &agent, "words", &words, "variables",
			&variables) != 0)
		return -EBADMSG;
	if (since < 0 || strlen(agent) >= sizeof(c->agent) ||
	    (agent[0] && !twilio_line_is_of(agent, TWILIO_LINE_NAME)) ||
	    strlen(words) >= sizeof(c->words) || !json_is_object(variables))
		return -EBADMSG;
	n->since_ns = (uint64_t)since;
	snprintf(c->agent, sizeof(c->agent), "%s", agent);
	snprintf(c->words, sizeof(c->words), "%s", words);
	return read_variables(c, variables);
}

static int read_object(struct twilio_context_news *n, json_t *object)
{
	const char *call;
	int stream, gone = 0;

	if (json_unpack(object, "{s:s, s:i, s?b}", "call", &call, "stream",
			&stream, "gone", &gone) ||
	    !twilio_sid_ok(call, "CA") || stream < 1)
		return -EBADMSG;
	struct twilio_context *c = twilio_context_new(call, (unsigned)stream);
	if (!c)
		return -ENOMEM;
	n->is_gone = gone;
	int err = gone ? 0 : read_rest(c, n, object);
	if (err)
		twilio_context_drop(c);
	else
		n->context = c;
	return err;
}

int twilio_context_read(struct twilio_context_news *n, const char *text,
			size_t len)
{
	json_t *object = twilio_line_read(KIND, text, len);

	memset(n, 0, sizeof(*n));
	int err = object ? read_object(n, object) : -EBADMSG;
	json_decref(object);
	return err;
}
