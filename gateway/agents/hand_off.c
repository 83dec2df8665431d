#include "gateway/agents/hand_off.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent_book.h"
#include "gateway/agents/plain_text.h"
#include "gateway/agents/tool_run.h"
#include "gateway/ops/config.h"

#define REASON_MAX 256 /* bytes with NUL, of the model's words in the log */

/* --- The offer --- */

char *hand_off_description(const struct config_agent *a)
{
	const struct config_agent_persona *p = &a->persona;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fputs("Have another agent go on with this call. It knows all that was "
	      "said. Say nothing of it to the caller. Agents:",
	      out);
	for (unsigned i = 0; i < p->hand_off_count; i++)
		fprintf(out, "%s %s%s%s", i ? ";" : "", p->hand_offs[i].agent,
			p->hand_offs[i].when[0] ? " when " : "",
			p->hand_offs[i].when);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

char *hand_off_parameters(const struct config_agent *a)
{
	const struct config_agent_persona *p = &a->persona;
	json_t *names = json_array();
	int err = 0;

	for (unsigned i = 0; i < p->hand_off_count; i++)
		err |= json_array_append_new(
			names, json_string(p->hand_offs[i].agent));
	json_t *schema =
		json_pack("{s:s, s:{s:{s:s, s:o}, s:{s:s, s:s}}, s:[s, s]}",
			  "type", "object", "properties", "agent", "type",
			  "string", "enum", names, "reason", "type", "string",
			  "description",
			  "What the caller wants, in a few words.", "required",
			  "agent", "reason");
	char *text = err ? NULL : json_dumps(schema, JSON_COMPACT);
	json_decref(schema);
	return text;
}

/* --- The hand-off --- */

static void log_it(const struct agent_call *a, const struct agent *to,
		   const char *intent)
{
	char reason[REASON_MAX];
	struct log_line l;

	plain_text_copy(reason, sizeof(reason), intent);
	log_begin(&l, &a->log, LOG_INFO, "hand_off");
	log_text(&l, "from", a->agent->wanted->persona.name);
	log_text(&l, "to", to->wanted->persona.name);
	log_text(&l, "intent", reason);
	log_end(&l);
}

/* Two in one response: the first counts. */
static bool has_the_call(const struct tool_run *r)
{
	return r->agent == r->agent_call->agent;
}

static void begin(struct tool_run *r)
{
	struct agent_call *a = r->agent_call;
	const char *name =
		json_string_value(json_object_get(r->arguments, "agent"));
	const struct agent *to = agent_book_find(a->book, name);
	char answer[CONFIG_WORD_MAX + 128];

	if (!to || !has_the_call(r)) {
		tool_run_fail(r, "the call is not yours to hand off any more");
		return;
	}
	if (a->hand_offs == HAND_OFFS_MAX) {
		tool_run_fail(r,
			      "this call was handed off %d times, which is "
			      "enough: help the caller yourself, or end the "
			      "call",
			      HAND_OFFS_MAX);
		return;
	}
	a->hand_offs++;
	log_it(a, to,
	       json_string_value(json_object_get(r->arguments, "reason")));
	agent_call_become(a, to);
	snprintf(answer, sizeof(answer),
		 "{\"status\":\"you are %s now; go on with the caller, without "
		 "a greeting\"}",
		 to->wanted->persona.name);
	tool_run_answer(r, answer);
}

bool hand_off_by_key(struct agent_call *a, const char *name)
{
	const struct agent *to = agent_book_find(a->book, name);

	if (!to || to == a->agent)
		return false;
	log_it(a, to, "a key");
	agent_call_become(a, to);
	return true;
}

/* It ends from inside: there is nothing to cancel. */
const struct tool_kind hand_off_kind = { .begin = begin };
