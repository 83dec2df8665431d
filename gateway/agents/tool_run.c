#include "gateway/agents/tool_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/tools.h"
#include "protocols/utf8.h"

#define NS_PER_MS 1000000ull

static const char no_memory[] = "{\"error\":\"out of memory\"}";

/* --- Its place among the call's --- */

static void link_last(struct agent_call *a, struct tool_run *r)
{
	struct tool_run **at = &a->runs;

	while (*at)
		at = &(*at)->next;
	*at = r;
	a->running++;
}

static void unlink_run(struct agent_call *a, const struct tool_run *r)
{
	struct tool_run **at = &a->runs;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	a->running--;
}

static void release(struct tool_run *r)
{
	json_decref(r->arguments);
	free(r);
}

/* --- Its end --- */

/* The text a function ended with, from inside its kind's begin. Returns what is
 * to be used instead of it without memory. */
static char *keep(struct agent_call *a, const char *text)
{
	free(a->text);
	a->text = text ? strdup(text) : NULL;
	return a->text;
}

static void log_end_of(const struct tool_run *r, const char *how)
{
	struct log_line l;

	agent_call_count(r->agent_call, how);
	log_begin(&l, &r->agent_call->log, LOG_INFO, "tool_done");
	log_text(&l, "name", r->tool->name);
	log_text(&l, "how", how);
	log_number(&l, "took_ms",
		   (int64_t)((uv_hrtime() - r->begun_ns) / NS_PER_MS));
	log_end(&l);
}

static void tell(struct tool_run *r, const char *json, const char *how)
{
	struct agent_call *a = r->agent_call;

	if (a) {
		log_end_of(r, how);
		unlink_run(a, r);
		if (r->on_done) {
			r->on_done(r->owner, json);
		} else if (a->beginning != r) {
			call_tool_answered(a->call, r->call_id, json,
					   uv_hrtime());
		} else {
			a->outcome->fate = CALL_TOOL_ANSWERED;
			a->outcome->answer =
				keep(a, json) ? a->text : no_memory;
			a->beginning = NULL;
		}
	}
	release(r);
}

static void tell_error(struct tool_run *r, const char *sentence)
{
	json_t *error = json_pack("{s:s}", "error", sentence);
	char *text = error ? json_dumps(error, JSON_COMPACT) : NULL;

	tell(r, text ? text : no_memory, "failed");
	free(text);
	json_decref(error);
}

void tool_run_fail(struct tool_run *r, const char *format, ...)
{
	char sentence[TOOLS_ERROR_MAX], whole[TOOLS_ERROR_MAX];
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(sentence, sizeof(sentence), format, ap);
	va_end(ap);
	if (n >= (int)sizeof(sentence)) /* not in the middle of a character */
		sentence[utf8_cut(sentence, sizeof(sentence) - 1,
				  sizeof(sentence) - 5)] = '\0';
	utf8_copy(whole, sizeof(whole), sentence);
	tell_error(r, whole[0] ? whole : "it failed, and not in words");
}

void tool_run_answer(struct tool_run *r, const char *json)
{
	size_t n = strlen(json);

	if (n > TOOL_ANSWER_MAX)
		tool_run_fail(r,
			      "the answer has %zu bytes, at most %d can be "
			      "taken; ask for less",
			      n, TOOL_ANSWER_MAX);
	else if (!utf8_is_valid((const uint8_t *)json, n))
		tool_run_fail(r, "the answer is no text (not UTF-8)");
	else
		tell(r, json, "answered");
}

void tool_run_ask(struct tool_run *r, const struct call_request *q)
{
	struct agent_call *a = r->agent_call;

	if (a && r->on_done) {
		tool_run_fail(r, "only the assistant on the telephone can do "
				 "that");
		return;
	}
	if (a) {
		log_end_of(r, "asked");
		unlink_run(a, r);
		if (a->beginning != r) {
			call_tool_asks(a->call, r->call_id, q, uv_hrtime());
		} else {
			a->outcome->fate = CALL_TOOL_ASKS;
			a->outcome->request = *q;
			a->outcome->request.data = keep(a, q->data);
			a->beginning = NULL;
		}
	}
	release(r);
}

/* --- Its beginning --- */

static struct tool_run *new_run(struct agent_call *a, const struct tool *tool,
				const char *call_id, json_t *arguments)
{
	struct tool_run *r = NULL;

	if (a->running < TOOL_RUNS_MAX && strlen(call_id) < TOOL_ID_MAX)
		r = calloc(1, sizeof(*r));
	if (!r) {
		json_decref(arguments);
		return NULL;
	}
	r->agent_call = a;
	r->agent = a->agent;
	r->tool = tool;
	r->kind = tool->kind;
	memcpy(r->call_id, call_id, strlen(call_id) + 1);
	r->arguments = arguments;
	r->begun_ns = uv_hrtime();
	return r;
}

void tool_run_begin(struct agent_call *a, const struct tool *tool,
		    const char *call_id, json_t *arguments, struct call_tool *t)
{
	struct tool_run *r = new_run(a, tool, call_id, arguments);

	if (!r) {
		t->fate = CALL_TOOL_ANSWERED;
		agent_call_count(a, "failed");
		t->answer = "{\"error\":\"too many functions run already, try "
			    "again later\"}";
		return;
	}
	t->fate = CALL_TOOL_RUNS;
	link_last(a, r);
	a->beginning = r;
	a->outcome = t;
	r->kind->begin(r);
	a->beginning = NULL;
	a->outcome = NULL;
}

bool tool_run_start(struct agent_call *a, const struct agent *agent,
		    const struct tool *tool, json_t *arguments, uint64_t due_ns,
		    tool_run_done_fn *on_done, void *owner)
{
	struct tool_run *r = new_run(a, tool, "", arguments);

	if (!r)
		return false;
	r->agent = agent;
	r->due_ns = due_ns;
	r->on_done = on_done;
	r->owner = owner;
	link_last(a, r);
	r->kind->begin(r);
	return true;
}

void tool_run_leave_all(struct agent_call *a)
{
	while (a->runs) {
		struct tool_run *r = a->runs;

		log_end_of(r, r->kind->cancel ? "cancelled" : "left");
		unlink_run(a, r);
		if (r->kind->cancel) {
			r->kind->cancel(r);
			release(r);
			continue;
		}
		r->agent_call = NULL;
		r->on_done = NULL;
		r->agent = NULL;
		r->tool = NULL;
	}
}
