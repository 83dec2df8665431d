#include "gateway/ops/config_environment.h"

#include <stdlib.h>
#include <string.h>

static int find(const struct config_environment *e, const char *name)
{
	for (unsigned i = 0; e && i < e->count; i++)
		if (strcmp(e->kept[i].name, name) == 0)
			return (int)i;
	return -1;
}

const char *config_environment_get(const struct config_environment *e,
				   const char *name)
{
	const char *text = getenv(name);
	int i = find(e, name);
	return text || i < 0 ? text : e->kept[i].text;
}

static void forget(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

/* A place for the name, or -1. */
static int make_place(struct config_environment *e, const char *name)
{
	int i = find(e, name);
	if (i >= 0)
		return i;
	if (e->count == CONFIG_ENVIRONMENT_MAX)
		return -1;
	char *copy = strdup(name);
	if (!copy)
		return -1;
	e->kept[e->count].name = copy;
	e->kept[e->count].text = NULL;
	return (int)e->count++;
}

const char *config_environment_take(struct config_environment *e,
				    const char *name)
{
	char *text = getenv(name);
	if (!text || !e)
		return config_environment_get(e, name);
	int i = make_place(e, name);
	char *copy = i < 0 ? NULL : strdup(text);
	if (!copy)
		return text;
	forget(e->kept[i].text);
	e->kept[i].text = copy;
	explicit_bzero(text, strlen(text));
	unsetenv(name);
	return copy;
}

void config_environment_close(struct config_environment *e)
{
	for (unsigned i = 0; i < e->count; i++) {
		free(e->kept[i].name);
		forget(e->kept[i].text);
	}
	e->count = 0;
}
