#include "gateway/agents/agent.h"

int agent_init(struct agent *a, const struct config *c)
{
	a->config = c;
	return tools_init(&a->tools, c);
}

void agent_free(struct agent *a)
{
	tools_free(&a->tools);
}
