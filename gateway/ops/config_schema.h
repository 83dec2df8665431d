/* What a configuration file may say: shapes, defaults and rules, as tables. */
#ifndef GATEWAY_OPS_CONFIG_SCHEMA_H
#define GATEWAY_OPS_CONFIG_SCHEMA_H

#include <cyaml/cyaml.h>
#include <stdbool.h>

#include "gateway/ops/config.h"

/* Keys, types and where they go in struct config. */
extern const struct cyaml_schema_value config_schema_root;
extern const struct config config_schema_defaults;

/* What a value must be beyond its type. path is "agent.turns.threshold". */
struct config_schema_rule {
	const char *path;
	double min, max; /* of a number */
	unsigned step;   /* whole numbers: a multiple of it; 0: any */
	bool (*accepts)(const char *text); /* of a text */
	const char *must;                  /* "must be …" */
};

/* config_schema_find_rule: NULL when any value of the type will do. */
const struct config_schema_rule *config_schema_find_rule(const char *path);

#endif
