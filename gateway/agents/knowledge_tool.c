#include "gateway/agents/knowledge_tool.h"

#include <stdlib.h>

#include "gateway/agents/agent.h"
#include "gateway/agents/knowledge.h"
#include "gateway/ops/config.h"

static void on_found(void *owner, int error, json_t *results)
{
	struct tool_run *r = owner;
	json_t *answer = NULL;
	char *text = NULL;

	if (error) {
		tool_run_fail(r, "the search did not work this time; answer "
				 "without it, or try once more");
		return;
	}
	if (json_array_size(results))
		answer = json_pack("{s:O}", "results", results);
	else
		answer = json_pack(
			"{s:O, s:s}", "results", results, "note",
			"nothing was found for that; search with other words, "
			"or tell the caller that you do not know");
	json_decref(results);
	if (answer)
		text = json_dumps(answer, JSON_COMPACT);
	json_decref(answer);
	if (text)
		tool_run_answer(r, text);
	else
		tool_run_fail(r, "out of memory");
	free(text);
}

static void begin(struct tool_run *r)
{
	const struct agent *a = r->agent;
	const char *query =
		json_string_value(json_object_get(r->arguments, "query"));

	if (!query || !query[0]) {
		tool_run_fail(r, "query must be the words to look for");
		return;
	}
	if (!a->knowledge) {
		tool_run_fail(r, "there is nothing to search");
		return;
	}
	r->work = knowledge_ask(a->knowledge, r->agent_call->world->loop, query,
				a->wanted->knowledge.results, on_found, r);
	if (!r->work)
		tool_run_fail(r, "too many searches at once; try again");
}

static void cancel(struct tool_run *r)
{
	knowledge_ask_cancel(r->work);
}

const struct tool_kind knowledge_tool = {
	.begin = begin,
	.cancel = cancel,
};
