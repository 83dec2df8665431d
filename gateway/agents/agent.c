#include "gateway/agents/agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent_text.h"
#include "gateway/agents/plain_text.h"
#include "gateway/ops/config.h"

static int read_tool(void *owner, const char *name, const char *arguments,
		     struct call_request *r, char *error, size_t cap)
{
	const struct agent *a = owner;

	return tools_read(&a->tools, name, arguments, r, error, cap);
}

/* Returns what was added to out. */
static size_t tell(char *out, size_t cap, const char *name, const char *value)
{
	char line[CALL_VARIABLE_NAME_MAX + CALL_VARIABLE_VALUE_MAX + 4];
	char plain[CALL_VARIABLE_VALUE_MAX];
	int n;

	plain_text_copy(plain, sizeof(plain), value);
	n = snprintf(line, sizeof(line), "\n%s: %s", name, plain);
	if ((size_t)n >= cap)
		return 0;
	memcpy(out, line, (size_t)n + 1);
	return (size_t)n;
}

static size_t brief(void *owner, const struct call_variables *v, char *out,
		    size_t cap)
{
	static const char head[] = "[call] Facts from the telephone network:";
	const struct config_agent *wanted =
		((const struct agent *)owner)->wanted;
	size_t begin = (size_t)snprintf(out, cap, "%s", head), at = begin;

	if (begin >= cap)
		return 0;
	for (unsigned i = 0; i < wanted->variable_count; i++) {
		const char *name = wanted->variables[i];
		const char *value = call_variables_get(v, name);
		if (value && value[0])
			at += tell(out + at, cap - at, name, value);
	}
	return at > begin ? at : 0;
}

const struct call_agent_port agent_port = {
	.read_tool = read_tool,
	.brief = brief,
};

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
