/* A call from Twilio that has another stream behind it or before it: what it
 * takes along, and what its model is told when it is back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent_book.h"
#include "gateway/bridge.h"
#include "gateway/exchange.h"
#include "gateway/ops/config.h"
#include "gateway/settings.h"
#include "gateway/worker.h"

/* --- It ends --- */

/* What the last transfer came to is not for ever. */
static void copy_variables(struct call_variables *to,
			   const struct call_variables *from)
{
	const char *name = NULL;

	while ((name = call_variables_next(from, name)))
		if (strcmp(name, TWILIO_RETURNED) != 0)
			(void)call_variables_set(
				to, name, call_variables_get(from, name));
}

void bridge_twilio_keep(struct bridge *b)
{
	struct twilio_context *k =
		twilio_context_new(b->twilio.call_sid, b->twilio.stream);

	if (!k) {
		log_event(&b->log, LOG_ERROR, "no_memory", "what",
			  "the call's next stream begins as if it were new",
			  NULL);
		return;
	}
	snprintf(k->agent, sizeof(k->agent), "%s",
		 b->agent->wanted->persona.name);
	copy_variables(&k->variables, &b->call.variables);
	agent_call_transcript(&b->agent_call, k->words, sizeof(k->words));
	twilio_contexts_put(&b->worker->exchange->contexts, k, uv_hrtime());
}

/* --- It is back --- */

static const char *words_of(const char *status)
{
	static const struct {
		const char *status, *words;
	} row[] = {
		{ "busy", "the line was busy" },
		{ "no-answer", "nobody answered" },
		{ "failed", "the number could not be reached" },
		{ "canceled", "it was broken off" },
		{ TWILIO_DECLINED, "the person who answered did not take "
				   "the call" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (strcmp(row[i].status, status) == 0)
			return row[i].words;
	return "nobody took the call";
}

/* From malloc. */
static char *after_transfer(const char *status)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "[transfer] This caller was being put through, but %s, and "
		 "is with you again. Do not greet: say so, and offer other "
		 "help.",
		 words_of(status));
	return strdup(text);
}

/* Nobody need be reminded of a call in which nothing was said. */
static char *after_loss(const struct twilio_context *k)
{
	if (!k || !k->words[0])
		return NULL;
	return strdup("[line] The connection to the caller was lost for a "
		      "moment and is there again; your last words may not "
		      "have been heard. Do not greet: say so briefly, and go "
		      "on where you were.");
}

static void go_on_with(struct bridge *b, const char *agent)
{
	if (strcmp(agent, b->agent->wanted->persona.name) != 0 &&
	    agent_book_find(b->settings->book, agent))
		bridge_route(b, agent, b->route);
}

struct twilio_context *bridge_twilio_take(struct bridge *b,
					  const struct twilio_event *start)
{
	const char *status = json_string_value(
		json_object_get(start->parameters, TWILIO_RETURNED));
	struct twilio_context *k =
		twilio_contexts_take(&b->worker->exchange->contexts,
				     b->twilio.call_sid, b->twilio.stream,
				     uv_hrtime());

	if (k)
		go_on_with(b, k->agent);
	b->twilio.opening = status ? after_transfer(status) : after_loss(k);
	return k;
}

void bridge_twilio_recall(struct bridge *b, struct twilio_context *k)
{
	agent_call_remember(&b->agent_call);
	if (!k)
		return;
	copy_variables(&b->call.variables, &k->variables);
	agent_call_recall(&b->agent_call, k->words);
	log_event(&b->log, LOG_INFO, "recalled", "agent", k->agent, NULL);
	twilio_context_drop(k);
}
