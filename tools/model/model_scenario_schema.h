/* The YAML schema of scenario files. */
#ifndef TOOLS_MODEL_MODEL_SCENARIO_SCHEMA_H
#define TOOLS_MODEL_MODEL_SCENARIO_SCHEMA_H

#include <cyaml/cyaml.h>

extern const cyaml_schema_value_t model_scenario_schema;
extern const cyaml_strval_t model_scenario_schema_faults[];
extern const size_t model_scenario_schema_fault_count;

#endif
