/* What a configuration file may say: keys, types and defaults, as tables. */
#ifndef GATEWAY_OPS_CONFIG_SCHEMA_H
#define GATEWAY_OPS_CONFIG_SCHEMA_H

#include <cyaml/cyaml.h>

#include "gateway/ops/config.h"

/* Keys, types and where they go in struct config. */
extern const struct cyaml_schema_value config_schema_root;
/* The agent section, which is what an agent file holds. */
extern const struct cyaml_schema_value config_schema_agent;
extern const struct config config_schema_defaults;

#endif
