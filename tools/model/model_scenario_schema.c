#include "tools/model/model_scenario_schema.h"

#include "tools/model/model_scenario.h"

#define OPTIONAL     CYAML_FLAG_OPTIONAL
#define OPTIONAL_PTR (CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER)
#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))

#define UINT(key, where) CYAML_FIELD_UINT(#key, OPTIONAL, struct where, key)
#define UINT_PTR(key, where) \
	CYAML_FIELD_UINT_PTR(#key, OPTIONAL_PTR, struct where, key)
#define BOOL(key, where) CYAML_FIELD_BOOL(#key, OPTIONAL, struct where, key)
#define TEXT(key, where)                                                 \
	CYAML_FIELD_STRING_PTR(#key, OPTIONAL_PTR, struct where, key, 0, \
			       CYAML_UNLIMITED)
#define RANGE(key, where)                                          \
	CYAML_FIELD_SEQUENCE(#key, OPTIONAL_PTR | CYAML_FLAG_FLOW, \
			     struct where, key, &number, 2, 2)
#define TEXTS(key, where)                                                     \
	CYAML_FIELD_SEQUENCE(#key, OPTIONAL_PTR, struct where, key, &text, 0, \
			     32)
#define MAPPING(key, type, where, fields) \
	CYAML_FIELD_MAPPING_PTR(#key, OPTIONAL_PTR, struct where, key, fields)

static const cyaml_schema_value_t number = { CYAML_VALUE_UINT(
	CYAML_FLAG_DEFAULT, unsigned) };
static const cyaml_schema_value_t text = { CYAML_VALUE_STRING(
	CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED) };

static const cyaml_schema_field_t timing_fields[] = {
	RANGE(first_delta_ms, model_timing),
	RANGE(delta_ms, model_timing),
	RANGE(pause_ms, model_timing),
	CYAML_FIELD_FLOAT_PTR("speed", OPTIONAL_PTR, struct model_timing,
			      speed),
	UINT_PTR(stall_ms, model_timing),
	UINT_PTR(session_created_delay_ms, model_timing),
	RANGE(update_delay_ms, model_timing),
	RANGE(late_deltas, model_timing),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t utterance_fields[] = {
	CYAML_FIELD_UINT("start_ms", CYAML_FLAG_DEFAULT, struct model_utterance,
			 start_ms),
	CYAML_FIELD_UINT("stop_ms", CYAML_FLAG_DEFAULT, struct model_utterance,
			 stop_ms),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t utterance = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct model_utterance, utterance_fields) };

static const cyaml_schema_field_t hearing_fields[] = {
	CYAML_FIELD_FLOAT_PTR("threshold_dbm0", OPTIONAL_PTR,
			      struct model_hearing, threshold_dbm0),
	BOOL(takes_missing_rate, model_hearing),
	BOOL(answers_while_speaking, model_hearing),
	CYAML_FIELD_SEQUENCE("scripted", OPTIONAL_PTR, struct model_hearing,
			     scripted, &utterance, 0, 1000),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t loopback_fields[] = {
	UINT(delay_ms, model_loopback_script), CYAML_FIELD_END
};

static const cyaml_strval_t triggers[] = {
	{ "any", MODEL_ON_ANY },   { "greeting", MODEL_ON_GREETING },
	{ "turn", MODEL_ON_TURN }, { "text", MODEL_ON_TEXT },
	{ "tool", MODEL_ON_TOOL }, { "note", MODEL_ON_NOTE },
};
static const cyaml_strval_t statuses[] = {
	{ "completed", MODEL_COMPLETED },
	{ "failed", MODEL_FAILED },
	{ "incomplete", MODEL_INCOMPLETE },
	{ "cancelled", MODEL_CANCELLED },
};

static const cyaml_schema_field_t call_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER,
			       struct model_call_script, name, 1,
			       CYAML_UNLIMITED),
	TEXT(arguments, model_call_script), CYAML_FIELD_END
};
static const cyaml_schema_value_t call = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct model_call_script, call_fields) };

static const cyaml_schema_field_t answer_fields[] = {
	CYAML_FIELD_ENUM("on", OPTIONAL | CYAML_FLAG_STRICT,
			 struct model_answer, on, triggers, COUNT(triggers)),
	BOOL(repeat, model_answer),
	TEXTS(preamble, model_answer),
	TEXTS(say, model_answer),
	TEXT(transcript, model_answer),
	CYAML_FIELD_SEQUENCE("call", OPTIONAL_PTR, struct model_answer, call,
			     &call, 0, 4),
	CYAML_FIELD_ENUM("status", OPTIONAL | CYAML_FLAG_STRICT,
			 struct model_answer, status, statuses,
			 COUNT(statuses)),
	TEXT(reason, model_answer),
	TEXT(error_code, model_answer),
	TEXT(error_message, model_answer),
	BOOL(late_done, model_answer),
	BOOL(split_samples, model_answer),
	BOOL(null_usage, model_answer),
	BOOL(no_created, model_answer),
	MAPPING(timing, model_timing, model_answer, timing_fields),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t answer = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct model_answer, answer_fields) };

static const cyaml_strval_t moments[] = {
	{ "start", MODEL_AT_START },       { "connect", MODEL_AT_CONNECT },
	{ "created", MODEL_AT_CREATED },   { "updated", MODEL_AT_UPDATED },
	{ "response", MODEL_AT_RESPONSE }, { "audio", MODEL_AT_AUDIO },
	{ "done", MODEL_AT_DONE },         { "turn", MODEL_AT_TURN },
};

const cyaml_strval_t model_scenario_schema_faults[] = {
	{ "refuse_http", MODEL_REFUSE_HTTP },
	{ "bad_key", MODEL_BAD_KEY },
	{ "never_created", MODEL_NEVER_CREATED },
	{ "never_updated", MODEL_NEVER_UPDATED },
	{ "reject_update", MODEL_REJECT_UPDATE },
	{ "wrong_echo", MODEL_WRONG_ECHO },
	{ "stall", MODEL_STALL },
	{ "freeze", MODEL_FREEZE },
	{ "no_pong", MODEL_NO_PONG },
	{ "drop", MODEL_DROP },
	{ "close", MODEL_CLOSE },
	{ "expire", MODEL_EXPIRE },
	{ "error", MODEL_ERROR_EVENT },
	{ "failed_response", MODEL_FAILED_RESPONSE },
	{ "burst", MODEL_BURST },
	{ "slow", MODEL_SLOW },
	{ "giant_delta", MODEL_GIANT_DELTA },
	{ "micro_deltas", MODEL_MICRO_DELTAS },
	{ "empty_delta", MODEL_EMPTY_DELTA },
	{ "deltas_after_done", MODEL_DELTAS_AFTER_DONE },
	{ "damaged_base64", MODEL_DAMAGED_BASE64 },
	{ "unknown_events", MODEL_UNKNOWN_EVENTS },
	{ "garbage_json", MODEL_GARBAGE_JSON },
	{ "binary_frame", MODEL_BINARY_FRAME },
	{ "oversize", MODEL_OVERSIZE },
	{ "nul_transcript", MODEL_NUL_TRANSCRIPT },
	{ "phantom_speech", MODEL_PHANTOM_SPEECH },
};
const size_t model_scenario_schema_fault_count =
	COUNT(model_scenario_schema_faults);

static const cyaml_schema_field_t fault_fields[] = {
	CYAML_FIELD_ENUM("fault", CYAML_FLAG_STRICT, struct model_fault, fault,
			 model_scenario_schema_faults,
			 COUNT(model_scenario_schema_faults)),
	CYAML_FIELD_ENUM("at", OPTIONAL | CYAML_FLAG_STRICT, struct model_fault,
			 at, moments, COUNT(moments)),
	UINT(number, model_fault),
	UINT(after_ms, model_fault),
	UINT(session, model_fault),
	UINT(status, model_fault),
	UINT(retry_after_s, model_fault),
	TEXT(body, model_fault),
	UINT(code, model_fault),
	TEXT(reason, model_fault),
	TEXT(error_code, model_fault),
	TEXT(error_message, model_fault),
	UINT(for_ms, model_fault),
	UINT(bytes, model_fault),
	BOOL(quietly, model_fault),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t fault = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct model_fault, fault_fields) };

static const cyaml_schema_field_t transcriber_fields[] = {
	TEXT(text, model_transcriber), RANGE(delay_ms, model_transcriber),
	BOOL(fails, model_transcriber), CYAML_FIELD_END
};

static const cyaml_schema_field_t life_fields[] = {
	UINT(expires_after_s, model_life), UINT(ping_interval_ms, model_life),
	UINT(pong_timeout_ms, model_life), CYAML_FIELD_END
};

static const cyaml_schema_field_t expect_fields[] = {
	UINT(sessions, model_expect), BOOL(allow_gaps, model_expect),
	BOOL(half_duplex, model_expect), BOOL(allow_unanswered, model_expect),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t script_fields[] = {
	MAPPING(timing, model_timing, model_script, timing_fields),
	MAPPING(vad, model_hearing, model_script, hearing_fields),
	MAPPING(loopback, model_loopback_script, model_script, loopback_fields),
	CYAML_FIELD_SEQUENCE("responses", OPTIONAL_PTR, struct model_script,
			     responses, &answer, 0, 1000),
	CYAML_FIELD_SEQUENCE("faults", OPTIONAL_PTR, struct model_script,
			     faults, &fault, 0, 100),
	MAPPING(transcription, model_transcriber, model_script,
		transcriber_fields),
	MAPPING(session, model_life, model_script, life_fields),
	MAPPING(expect, model_expect, model_script, expect_fields),
	CYAML_FIELD_END
};

const cyaml_schema_value_t model_scenario_schema = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_POINTER, struct model_script, script_fields) };
