/* The agent files that a configuration names. */
#ifndef GATEWAY_OPS_CONFIG_AGENTS_H
#define GATEWAY_OPS_CONFIG_AGENTS_H

#include <yaml.h>

struct config;
struct config_agent;
struct config_environment;
struct config_report;

struct config_agents_place {
	yaml_document_t *document; /* of the configuration */
	struct config_environment *environment;
	struct config_report *report;   /* its file is the configuration */
	struct config_report *warnings; /* or NULL */
};

/* config_agents_load: read all of c->agent_files, which become paths that do
 * not depend on the configuration's, and set c->agents to those that are good.
 * Mistakes are added to the report, each with the name of its file; what the
 * agents must be together, too. */
void config_agents_load(struct config *c, const struct config_agents_place *at);

/* config_agents_lines: note where an agent's hand-offs stand. within: "", or
 * "agent." in a configuration. */
void config_agents_lines(struct config_agent *a, yaml_document_t *document,
			 const char *within);

#endif
