/* What the parts of config_together share; nobody else includes this. */
#ifndef GATEWAY_OPS_CONFIG_TOGETHER_PARTS_H
#define GATEWAY_OPS_CONFIG_TOGETHER_PARTS_H

#include <stddef.h>
#include <yaml.h>

struct config;
struct config_check;
struct config_key;
struct config_report;

struct together {
	const struct config *c;
	const struct config_check *check;
	yaml_document_t *document;
	struct config_report *report;
};

/* config_together_line: where a key stands, or 0; its path begins with "agent."
 * in an agent file too. config_together_report: "PATH WHAT"; not when it is
 * about one that is bad by itself.
 * config_together_unique: a mistake for each name that list has twice. names:
 * count texts, stride bytes apart.
 * config_together_keys: the mistakes of a keypad, which stands in list. */
size_t config_together_line(const struct together *t, const char *path);
void config_together_report(struct together *t, const char *path,
			    const char *what);
void config_together_unique(struct together *t, const char *list,
			    const char *names, unsigned count, size_t stride);
void config_together_keys(struct together *t, const char *list,
			  const struct config_key *keys, unsigned count);

/* config_together_agent: what every agent must be, in whichever file it stands;
 * it is t->c->agent. */
void config_together_agent(struct together *t);

#endif
