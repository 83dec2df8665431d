#include "gateway/agents/agent.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/agents/agent_text.h"
#include "gateway/ops/config.h"

int agent_init(struct agent *a, const struct config *c, unsigned index,
	       char *why, size_t cap)
{
	a->index = index;
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
}
