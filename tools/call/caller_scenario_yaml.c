#include "tools/call/caller_scenario_parts.h"

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define TEXT(type, key)                                                        \
	CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | OPTIONAL, type, key, \
			       0, 512)

static const cyaml_schema_field_t interrupt_keys[] = {
	CYAML_FIELD_UINT("after_ms", OPTIONAL, struct yaml_interrupt, after_ms),
	CYAML_FIELD_UINT("within_ms", OPTIONAL, struct yaml_interrupt,
			 within_ms),
	CYAML_FIELD_STRING_PTR("say", CYAML_FLAG_POINTER, struct yaml_interrupt,
			       say, 1, 512),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t step_keys[] = {
	TEXT(struct yaml_step, say),
	TEXT(struct yaml_step, press),
	TEXT(struct yaml_step, wait),
	CYAML_FIELD_MAPPING_PTR("interrupt", CYAML_FLAG_POINTER | OPTIONAL,
				struct yaml_step, interrupt, interrupt_keys),
	CYAML_FIELD_BOOL("hangup", OPTIONAL, struct yaml_step, hangup),
	TEXT(struct yaml_step, inject),
	TEXT(struct yaml_step, label),
	CYAML_FIELD_UINT("timeout_ms", OPTIONAL, struct yaml_step, timeout_ms),
	CYAML_FIELD_UINT_PTR("value", CYAML_FLAG_POINTER | OPTIONAL,
			     struct yaml_step, value),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t expect_keys[] = { TEXT(struct yaml_expect,
							 outcome),
#define KEY(name, what) TEXT(struct yaml_expect, name),
						    CALLER_FIGURES(KEY)
#undef KEY
							    CYAML_FIELD_END };

static const cyaml_schema_value_t step_value = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct yaml_step, step_keys) };

static const cyaml_schema_field_t scenario_keys[] = {
	TEXT(struct yaml_scenario, name),
	TEXT(struct yaml_scenario, dial_status),
	CYAML_FIELD_SEQUENCE("steps", CYAML_FLAG_POINTER, struct yaml_scenario,
			     steps, &step_value, 1, CALLER_SCRIPT_STEPS_MAX),
	CYAML_FIELD_MAPPING_PTR("expect", CYAML_FLAG_POINTER | OPTIONAL,
				struct yaml_scenario, expect, expect_keys),
	CYAML_FIELD_END
};

const cyaml_schema_value_t caller_scenario_yaml_schema = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_POINTER, struct yaml_scenario, scenario_keys) };
