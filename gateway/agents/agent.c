#include "gateway/agents/agent.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent_text.h"
#include "gateway/agents/knowledge.h"
#include "gateway/agents/supervisor.h"
#include "gateway/ops/config.h"

/* What it may call must be there. */
static int brief_supervisor(struct agent *a, char *why, size_t cap)
{
	const struct config_agent_supervisor *s = &a->wanted->supervisor;
	const struct tool *tools[CONFIG_ERRANDS_MAX];
	const char *missing;
	int err = 0;

	if (a->wanted->knowledge.file_count)
		err = tools_init_only(&a->supervisor_tools, a->config,
				      CONFIG_TOOL_SEARCH_KNOWLEDGE);
	if (err)
		snprintf(why, cap, "out of memory");
	else if (s->url[0] && (supervisor_tools(a, tools, &missing), missing)) {
		snprintf(why, cap,
			 "supervisor.tools: there is no function \"%s\" that "
			 "it could call",
			 missing);
		err = -EINVAL;
	}
	return err;
}

int agent_init(struct agent *a, const struct config *c, unsigned index,
	       char *why, size_t cap)
{
	a->index = index;
	a->knowledge = NULL;
	memset(&a->supervisor_tools, 0, sizeof(a->supervisor_tools));
	a->config = c;
	a->wanted = config_agent_at(c, index);
	int err = tools_init(&a->tools, c, a->wanted);
	if (err)
		snprintf(why, cap, "out of memory");
	if (!err)
		err = brief_supervisor(a, why, cap);
	return err ? err
		   : agent_text_make(&a->instructions, a->wanted, why, cap);
}

void agent_free(struct agent *a)
{
	free(a->instructions);
	a->instructions = NULL;
	tools_free(&a->tools);
	tools_free(&a->supervisor_tools);
	knowledge_drop(a->knowledge);
	a->knowledge = NULL;
}

int agent_learn(struct agent *a, struct knowledge_library *l, char *why,
		size_t cap)
{
	char reason[CONFIG_TEXT_MAX + 128];
	int err = knowledge_open(&a->knowledge, l, a->wanted, reason,
				 sizeof(reason));

	if (err)
		snprintf(why, cap, "knowledge.files: %s", reason);
	return err;
}
