#include "gateway/agents/agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent_text.h"
#include "gateway/agents/knowledge.h"
#include "gateway/ops/config.h"

int agent_init(struct agent *a, const struct config *c, unsigned index,
	       char *why, size_t cap)
{
	a->index = index;
	a->knowledge = NULL;
	a->config = c;
	a->wanted = config_agent_at(c, index);
	int err = tools_init(&a->tools, c, a->wanted);
	if (err)
		snprintf(why, cap, "out of memory");
	return err ? err
		   : agent_text_make(&a->instructions, a->wanted, why, cap);
}

void agent_free(struct agent *a)
{
	free(a->instructions);
	a->instructions = NULL;
	tools_free(&a->tools);
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
