/* A configuration in memory, for those who load it. */
#ifndef GATEWAY_OPS_CONFIG_PARSE_H
#define GATEWAY_OPS_CONFIG_PARSE_H

#include <stdbool.h>
#include <stddef.h>

struct config;
struct config_agent;
struct config_environment;
struct config_report;

/* config_parse_report: as config_parse, with an environment that secrets are
 * moved into (or NULL), the mistakes in a report that has begun, and room for
 * warnings (or NULL). The report is ended; warnings is not.
 *
 * reads_agents  the files that it names, too
 * Returns 0, -EINVAL or -ENOMEM; c is filled on 0 only. */
int config_parse_report(struct config *c, const char *yaml, size_t len,
			struct config_environment *environment,
			bool reads_agents, struct config_report *report,
			struct config_report *warnings);

/* config_parse_agent: the text of an agent file, for the configuration c. The
 * report's file is that one; the report is not ended. a is filled with what is
 * good, its name may be "". */
void config_parse_agent(struct config_agent *a, const struct config *c,
			const char *yaml, size_t len,
			struct config_environment *environment,
			struct config_report *report,
			struct config_report *warnings);

#endif
