#include "gateway/agents/supervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent.h"
#include "gateway/agents/supervisor_fetch.h"
#include "gateway/agents/supervisor_talk.h"
#include "gateway/net/fetch.h"
#include "gateway/ops/config.h"

#define NS_PER_MS 1000000ull
#define FACTS_MAX 4096

/* What the model that speaks is told to do without an answer. */
#define WITHOUT                                                                 \
	"; tell the caller that you cannot find that out right now, and offer " \
	"other help"

struct supervision {
	struct tool_run *run;
	json_t *request;
	struct fetch *fetch; /* under way; NULL: none */
	uint64_t due_ns;
	unsigned rounds;
	/* Functions of the last answer. */
	struct supervisor_answer answer;
	unsigned open; /* of them not answered yet */
	bool is_starting;
	struct errand {
		struct supervision *of;
		char *output; /* owned; NULL: not yet */
	} errand[SUPERVISOR_CALLS_MAX];
};

static const struct config_agent_supervisor *config_of(
	const struct supervision *s)
{
	return &s->run->agent->wanted->supervisor;
}

static void release(struct supervision *s)
{
	for (unsigned i = 0; i < SUPERVISOR_CALLS_MAX; i++)
		free(s->errand[i].output);
	supervisor_answer_free(&s->answer);
	json_decref(s->request);
	free(s);
}

/* --- Its end --- */

/* logged: why, without a word of the conversation; code: the server's. */
static void give_up_with(struct supervision *s, const char *why,
			 const char *logged, const char *code)
{
	struct tool_run *r = s->run;

	log_event(&r->agent_call->log, LOG_WARN, "supervisor_failed", "why",
		  logged, "code", code, NULL);
	release(s);
	tool_run_fail(r, "the supervisor does not answer: %s" WITHOUT, why);
}

static void give_up(struct supervision *s, const char *why)
{
	give_up_with(s, why, why, "");
}

static void answer(struct supervision *s)
{
	struct tool_run *r = s->run;
	json_t *told = json_pack("{s:s}", "answer", s->answer.text);
	char *text = told ? json_dumps(told, JSON_COMPACT) : NULL;

	json_decref(told);
	release(s);
	if (text)
		tool_run_answer(r, text);
	else
		tool_run_fail(r, "out of memory");
	free(text);
}

/* --- What it costs --- */

static void bill(struct supervision *s, const struct price_usage *usage)
{
	struct agent_call *a = s->run->agent_call;

	if (a->on_billed)
		a->on_billed(a->owner, s->run->agent, config_of(s)->model,
			     usage);
}

/* It was asked, and nobody will tell. */
static void bill_unknown(struct supervision *s)
{
	bill(s, &(struct price_usage){ .unsplit = 1 });
}

/* --- Asking --- */

static void on_answer(void *owner, const struct fetch_answer *a);

static void ask(struct supervision *s)
{
	uint64_t now_ns = uv_hrtime();
	char *body = NULL;

	if (now_ns + NS_PER_MS >= s->due_ns) {
		give_up(s, "it took too long");
		return;
	}
	if (s->rounds++ < SUPERVISOR_ROUNDS_MAX ||
	    supervisor_talk_end(s->request) == 0)
		body = json_dumps(s->request, JSON_COMPACT);
	if (body)
		s->fetch = supervisor_fetch(
			s->run, body,
			(unsigned)((s->due_ns - now_ns) / NS_PER_MS), on_answer,
			s);
	free(body);
	if (s->fetch)
		s->run->agent_call->asking++;
	else
		give_up(s, "the request could not be made");
}

/* --- Functions that it calls --- */

static void on_outputs(struct supervision *s)
{
	int err = 0;

	for (unsigned i = 0; i < s->answer.count && !err; i++) {
		err = supervisor_talk_output(s->request, s->answer.call[i].id,
					     s->errand[i].output);
		free(s->errand[i].output);
		s->errand[i].output = NULL;
	}
	supervisor_answer_free(&s->answer);
	if (err)
		give_up(s, "out of memory");
	else
		ask(s);
}

static void on_output(void *owner, const char *json)
{
	struct errand *e = owner;
	struct supervision *s = e->of;

	e->output = strdup(json);
	if (!e->output)
		e->output = calloc(1, 1);
	if (--s->open == 0 && !s->is_starting)
		on_outputs(s);
}

static const struct tool *find(const struct supervision *s, const char *name)
{
	const struct tool *tools[CONFIG_ERRANDS_MAX];
	const char *missing;
	size_t n = supervisor_tools(s->run->agent, tools, &missing);

	for (size_t i = 0; i < n; i++)
		if (strcmp(tools[i]->name, name) == 0)
			return tools[i];
	return NULL;
}

static void run_one(struct supervision *s, unsigned i)
{
	const struct supervisor_call *call = &s->answer.call[i];
	const struct tool *tool = find(s, call->name);
	char error[TOOLS_ERROR_MAX] =
		"{\"error\":\"there is no function of that name\"}";
	json_t *arguments = tool ? tools_arguments(tool, call->arguments, error,
						   sizeof(error))
				 : NULL;

	s->errand[i].of = s;
	if (!arguments)
		on_output(&s->errand[i], error);
	else if (!tool_run_start(s->run->agent_call, s->run->agent, tool,
				 arguments, s->due_ns, on_output,
				 &s->errand[i]))
		on_output(&s->errand[i],
			  "{\"error\":\"too many functions run already\"}");
}

/* All of them are begun before any answer counts as the last. */
static void run_all(struct supervision *s)
{
	s->open = s->answer.count;
	s->is_starting = true;
	for (unsigned i = 0; i < s->answer.count; i++)
		run_one(s, i);
	s->is_starting = false;
	if (!s->open)
		on_outputs(s);
}

/* --- What it says --- */

static void fail(struct supervision *s, const struct fetch_answer *a)
{
	char why[SUPERVISOR_WHY_MAX], code[64] = "";

	supervisor_fetch_why(why, a);
	if (!a->error)
		supervisor_talk_code(a->body, a->body_len, code, sizeof(code));
	give_up_with(s, why, why, code);
}

static void on_answer(void *owner, const struct fetch_answer *a)
{
	struct supervision *s = owner;
	char why[SUPERVISOR_WHY_MAX], code[64] = "";

	s->fetch = NULL;
	s->run->agent_call->asking--;
	if (supervisor_fetch_may_have_begun(a->error))
		bill_unknown(s);
	if (a->error || a->status < 200 || a->status > 299) {
		fail(s, a);
		return;
	}
	supervisor_talk_read(&s->answer, s->request, a->body, a->body_len);
	bill(s, &s->answer.usage);
	if (s->answer.said == SUPERVISOR_ANSWERS) {
		answer(s);
	} else if (s->answer.said == SUPERVISOR_FAILS) {
		snprintf(why, sizeof(why), "%s", s->answer.why);
		supervisor_talk_code(a->body, a->body_len, code, sizeof(code));
		give_up_with(s, why, "there is no answer in what it sent",
			     code);
	} else if (s->rounds > SUPERVISOR_ROUNDS_MAX) {
		give_up(s, "it called functions and never answered");
	} else {
		run_all(s);
	}
}

/* --- The question --- */

static char *question_of(const struct tool_run *r, const char *question)
{
	struct agent_call *a = r->agent_call;
	char facts[FACTS_MAX] = "", said[TOOLS_ARGUMENTS_MAX / 2];
	char *text = NULL;

	if (!agent_call_port.brief(a, &a->call->variables, facts,
				   sizeof(facts)))
		facts[0] = '\0';
	agent_call_transcript(a, said, sizeof(said));
	int n = asprintf(&text, "%s%s%s%s%sThe assistant asks you:\n%s", facts,
			 facts[0] ? "\n\n" : "",
			 said[0] ? "What was said lately:\n" : "", said,
			 said[0] ? "\n" : "", question);
	return n < 0 ? NULL : text;
}

static json_t *first_request(const struct tool_run *r, const char *question)
{
	const struct tool *tools[CONFIG_ERRANDS_MAX];
	const char *missing;
	size_t n = supervisor_tools(r->agent, tools, &missing);
	char *text = question_of(r, question);
	json_t *request = NULL;

	if (text)
		request = supervisor_talk_begin(&r->agent->wanted->supervisor,
						text, tools, n);
	free(text);
	return request;
}

static void begin(struct tool_run *r)
{
	const char *question =
		json_string_value(json_object_get(r->arguments, "question"));
	struct supervision *s;

	if (!question || !question[0]) {
		tool_run_fail(r, "question must be what you want to know");
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s && !(s->request = first_request(r, question))) {
		free(s);
		s = NULL;
	}
	if (!s) {
		tool_run_fail(r, "out of memory");
		return;
	}
	s->run = r;
	r->work = s;
	s->due_ns = r->begun_ns + config_of(s)->timeout_ms * NS_PER_MS;
	ask(s);
}

static void cancel(struct tool_run *r)
{
	struct supervision *s = r->work;

	if (s->fetch) {
		fetch_cancel(s->fetch);
		r->agent_call->asking--;
		bill_unknown(s);
	}
	release(s);
}

const struct tool_kind supervisor_tool = {
	.begin = begin,
	.cancel = cancel,
};

/* --- What it may call --- */

size_t supervisor_tools(const struct agent *a, const struct tool **out,
			const char **missing)
{
	const struct config_agent_supervisor *c = &a->wanted->supervisor;
	size_t n = 0;

	*missing = NULL;
	for (unsigned i = 0; i < c->tool_count; i++) {
		const struct tool *t = tools_find(&a->tools, c->tools[i]);
		if (!t)
			t = tools_find(&a->supervisor_tools, c->tools[i]);
		if (t && t->kind && t->kind != &supervisor_tool)
			out[n++] = t;
		else
			*missing = c->tools[i];
	}
	return n;
}
