/* Compare one scalar of a YAML document with what its key may hold. */
#ifndef GATEWAY_OPS_CONFIG_VALUE_H
#define GATEWAY_OPS_CONFIG_VALUE_H

#include <stdbool.h>
#include <yaml.h>

struct config_report;
struct cyaml_schema_value;

#define CONFIG_VALUE_SHOWN 44 /* bytes with NUL */

struct config_value {
	const char *path;                        /* "agent.turns.type" */
	const struct cyaml_schema_value *schema; /* CYAML_FLAGS: one word
						    of the list */
	const yaml_node_t *node;                 /* a scalar */
	const yaml_node_t *written; /* as it stands in the file: the node, or
				       the ${…} it came from */
	bool is_whole;              /* that is one ${…} and nothing else */
};

/* config_value_check: a mistake is added to report, with its line. */
void config_value_check(struct config_report *report,
			const struct config_value *value);

/* config_value_show: a scalar as it may be repeated to its author: cut, and
 * nothing invisible in it. Returns out. */
const char *config_value_show(char out[CONFIG_VALUE_SHOWN],
			      const yaml_node_t *node);

#endif
