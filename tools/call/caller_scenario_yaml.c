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

static const cyaml_schema_value_t text_value = { CYAML_VALUE_STRING(
	CYAML_FLAG_POINTER, char *, 1, 512) };

#define VAIC_TEXT(key) TEXT(struct yaml_audiocodes, key)
#define VAIC_LIST(key, max)                                       \
	CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER | OPTIONAL, \
			     struct yaml_audiocodes, key, &text_value, 0, max)
#define VAIC_BOOL(key) \
	CYAML_FIELD_BOOL(#key, OPTIONAL, struct yaml_audiocodes, key)
#define VAIC_BOOL_PTR(key)                                        \
	CYAML_FIELD_BOOL_PTR(#key, CYAML_FLAG_POINTER | OPTIONAL, \
			     struct yaml_audiocodes, key)
#define VAIC_NUMBER(key)                                          \
	CYAML_FIELD_UINT_PTR(#key, CYAML_FLAG_POINTER | OPTIONAL, \
			     struct yaml_audiocodes, key)

static const cyaml_schema_field_t audiocodes_keys[] = {
	VAIC_LIST(formats, VAIC_FORMATS),
	VAIC_LIST(send_events, 16),
	VAIC_LIST(parameters, VAIC_CALL_PARAMETERS_MAX),
	VAIC_BOOL(barge_in),
	VAIC_BOOL(barge_in_on_dtmf),
	CYAML_FIELD_UINT("barge_in_min_words", OPTIONAL, struct yaml_audiocodes,
			 barge_in_min_words),
	VAIC_BOOL(send_dtmf),
	VAIC_BOOL(transfer_notifications),
	VAIC_BOOL(marks),
	VAIC_BOOL_PTR(direct_stt),
	VAIC_BOOL_PTR(direct_tts),
	VAIC_TEXT(order),
	VAIC_TEXT(transfer),
	VAIC_NUMBER(transfer_ms),
	VAIC_NUMBER(chunk_ms),
	VAIC_NUMBER(prompt_ms),
	VAIC_NUMBER(ahead_ms),
	VAIC_TEXT(caller),
	VAIC_TEXT(callee),
	VAIC_TEXT(participant),
	VAIC_TEXT(language),
	VAIC_TEXT(outbound_target),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t scenario_keys[] = {
	TEXT(struct yaml_scenario, name),
	TEXT(struct yaml_scenario, carrier),
	TEXT(struct yaml_scenario, dial_status),
	TEXT(struct yaml_scenario, dial_key),
	CYAML_FIELD_MAPPING_PTR("audiocodes", CYAML_FLAG_POINTER | OPTIONAL,
				struct yaml_scenario, audiocodes,
				audiocodes_keys),
	CYAML_FIELD_SEQUENCE("steps", CYAML_FLAG_POINTER, struct yaml_scenario,
			     steps, &step_value, 1, CALLER_SCRIPT_STEPS_MAX),
	CYAML_FIELD_MAPPING_PTR("expect", CYAML_FLAG_POINTER | OPTIONAL,
				struct yaml_scenario, expect, expect_keys),
	CYAML_FIELD_END
};

const cyaml_schema_value_t caller_scenario_yaml_schema = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_POINTER, struct yaml_scenario, scenario_keys) };

void caller_scenario_yaml_free(struct yaml_scenario *y)
{
	const cyaml_config_t config = { .mem_fn = cyaml_mem };

	cyaml_free(&config, &caller_scenario_yaml_schema, y, 0);
}
