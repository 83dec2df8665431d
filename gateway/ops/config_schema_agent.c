/* The keys of an agent: the agent section, and an agent file. */
#include "gateway/ops/config_schema_parts.h"

static const cyaml_strval_t format_names[] = {
	{ "pcm24", CONFIG_FORMAT_PCM24 },
	{ "pcmu", CONFIG_FORMAT_PCMU },
};
static const cyaml_strval_t turns_names[] = {
	{ "server_vad", CONFIG_TURNS_SERVER_VAD },
	{ "semantic_vad", CONFIG_TURNS_SEMANTIC_VAD },
};
static const cyaml_strval_t eagerness_names[] = {
	{ "auto", CONFIG_EAGERNESS_AUTO },
	{ "low", CONFIG_EAGERNESS_LOW },
	{ "medium", CONFIG_EAGERNESS_MEDIUM },
	{ "high", CONFIG_EAGERNESS_HIGH },
};
static const cyaml_strval_t noise_names[] = {
	{ "none", CONFIG_NOISE_NONE },
	{ "near_field", CONFIG_NOISE_NEAR_FIELD },
	{ "far_field", CONFIG_NOISE_FAR_FIELD },
};
static const cyaml_strval_t tool_names[] = {
	{ "end_call", CONFIG_TOOL_END_CALL },
	{ "transfer_call", CONFIG_TOOL_TRANSFER_CALL },
	{ "send_dtmf", CONFIG_TOOL_SEND_DTMF },
	{ "send_metadata", CONFIG_TOOL_SEND_METADATA },
	{ "record_call", CONFIG_TOOL_RECORD_CALL },
	{ "hand_off", CONFIG_TOOL_HAND_OFF },
	{ "search_knowledge", CONFIG_TOOL_SEARCH_KNOWLEDGE },
	{ "save_form", CONFIG_TOOL_SAVE_FORM },
	{ "collect_digits", CONFIG_TOOL_COLLECT_DIGITS },
	{ "ask_supervisor", CONFIG_TOOL_ASK_SUPERVISOR },
};
static const cyaml_strval_t field_type_names[] = {
	{ "name", CONFIG_FIELD_NAME },     { "email", CONFIG_FIELD_EMAIL },
	{ "phone", CONFIG_FIELD_PHONE },   { "date", CONFIG_FIELD_DATE },
	{ "number", CONFIG_FIELD_NUMBER }, { "choice", CONFIG_FIELD_CHOICE },
	{ "text", CONFIG_FIELD_TEXT },
};
static const cyaml_schema_field_t turns_keys[] = {
	FIELD_WORD("type", struct config_agent_turns, type, turns_names),
	CYAML_FIELD_FLOAT("threshold", FLAGS, struct config_agent_turns,
			  threshold),
	CYAML_FIELD_UINT("prefix_padding_ms", FLAGS, struct config_agent_turns,
			 prefix_padding_ms),
	CYAML_FIELD_UINT("silence_duration_ms", FLAGS,
			 struct config_agent_turns, silence_duration_ms),
	FIELD_WORD("eagerness", struct config_agent_turns, eagerness,
		   eagerness_names),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t transcription_keys[] = {
	CYAML_FIELD_STRING("model", FLAGS, struct config_agent_transcription,
			   model, 0),
	CYAML_FIELD_STRING("language", FLAGS, struct config_agent_transcription,
			   language, 0),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t variable = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_variable,
			    config_schema_variable_keys),
};
static const cyaml_schema_field_t hand_off_keys[] = {
	CYAML_FIELD_STRING("agent", NEEDED, struct config_hand_off, agent, 1),
	CYAML_FIELD_STRING("when", FLAGS, struct config_hand_off, when, 0),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t hand_off = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_hand_off,
			    hand_off_keys),
};
static const cyaml_schema_field_t knowledge_keys[] = {
	FIELD_LIST("files", struct config_agent_knowledge, files, file_count,
		   config_schema_path, CONFIG_KNOWLEDGE_MAX),
	CYAML_FIELD_UINT("results", FLAGS, struct config_agent_knowledge,
			 results),
	CYAML_FIELD_STRING("language", FLAGS, struct config_agent_knowledge,
			   language, 0),
	CYAML_FIELD_END,
};
static const cyaml_strval_t method_names[] = {
	{ "POST", CONFIG_METHOD_POST },     { "GET", CONFIG_METHOD_GET },
	{ "PUT", CONFIG_METHOD_PUT },       { "PATCH", CONFIG_METHOD_PATCH },
	{ "DELETE", CONFIG_METHOD_DELETE },
};
static const cyaml_strval_t sound_names[] = {
	{ "none", CONFIG_SOUND_NONE },
	{ "soft", CONFIG_SOUND_SOFT },
};
static const cyaml_strval_t approval_names[] = {
	{ "never", CONFIG_APPROVAL_NEVER },
};
static const cyaml_schema_field_t filler_keys[] = {
	CYAML_FIELD_UINT("after_ms", FLAGS, struct config_filler, after_ms),
	CYAML_FIELD_STRING("say", FLAGS, struct config_filler, say, 0),
	FIELD_WORD("sound", struct config_filler, sound, sound_names),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t call_header_keys[] = {
	CYAML_FIELD_STRING("name", NEEDED, struct config_call_header, name, 1),
	CYAML_FIELD_STRING("value", NEEDED, struct config_call_header, value,
			   1),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t call_header = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_call_header,
			    call_header_keys),
};
static const cyaml_schema_field_t function_keys[] = {
	CYAML_FIELD_STRING("name", NEEDED, struct config_function, name, 1),
	CYAML_FIELD_STRING("description", NEEDED, struct config_function,
			   description, 1),
	CYAML_FIELD_STRING("parameters", FLAGS, struct config_function,
			   parameters, 0),
	CYAML_FIELD_STRING("parameters_file", FLAGS, struct config_function,
			   parameters_file, 0),
	FIELD_WORD("method", struct config_function, method, method_names),
	CYAML_FIELD_STRING("url", NEEDED, struct config_function, url, 1),
	FIELD_LIST("headers", struct config_function, headers, header_count,
		   call_header, CONFIG_CALL_HEADERS_MAX),
	CYAML_FIELD_STRING("secret", FLAGS, struct config_function,
			   secret.hidden, 0),
	CYAML_FIELD_UINT("timeout_ms", FLAGS, struct config_function,
			 timeout_ms),
	CYAML_FIELD_UINT("retries", FLAGS, struct config_function, retries),
	CYAML_FIELD_UINT("answer_max", FLAGS, struct config_function,
			 answer_max),
	CYAML_FIELD_MAPPING("filler", FLAGS, struct config_function, filler,
			    filler_keys),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t function = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_function,
			    function_keys),
};
static const cyaml_schema_field_t mcp_keys[] = {
	CYAML_FIELD_STRING("label", NEEDED, struct config_mcp, label, 1),
	CYAML_FIELD_STRING("url", NEEDED, struct config_mcp, url, 1),
	CYAML_FIELD_STRING("authorization", FLAGS, struct config_mcp,
			   authorization.hidden, 0),
	FIELD_LIST("allowed_tools", struct config_mcp, allowed_tools,
		   allowed_tool_count, config_schema_word,
		   CONFIG_MCP_TOOLS_MAX),
	FIELD_WORD("require_approval", struct config_mcp, require_approval,
		   approval_names),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t mcp = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_mcp, mcp_keys),
};
static const cyaml_schema_value_t choice = {
	CYAML_VALUE_STRING(CYAML_FLAG_DEFAULT, char[CONFIG_FORM_CHOICE_MAX], 1,
			   CONFIG_FORM_CHOICE_MAX - 1),
};
static const cyaml_schema_field_t form_field_keys[] = {
	CYAML_FIELD_STRING("name", NEEDED, struct config_form_field, name, 1),
	CYAML_FIELD_ENUM("type", NEEDED | CYAML_FLAG_STRICT,
			 struct config_form_field, type, field_type_names,
			 CYAML_ARRAY_LEN(field_type_names)),
	CYAML_FIELD_BOOL("required", FLAGS, struct config_form_field, required),
	CYAML_FIELD_BOOL("read_back", FLAGS, struct config_form_field,
			 read_back),
	FIELD_LIST("choices", struct config_form_field, choices, choice_count,
		   choice, CONFIG_FORM_CHOICES_MAX),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t form_field = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_form_field,
			    form_field_keys),
};
static const cyaml_schema_field_t form_webhook_keys[] = {
	CYAML_FIELD_STRING("url", FLAGS, struct config_form_webhook, url, 0),
	CYAML_FIELD_STRING("secret", FLAGS, struct config_form_webhook,
			   secret.hidden, 0),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t form_keys[] = {
	CYAML_FIELD_STRING("name", FLAGS, struct config_agent_form, name, 0),
	FIELD_LIST("fields", struct config_agent_form, fields, field_count,
		   form_field, CONFIG_FORM_FIELDS_MAX),
	CYAML_FIELD_STRING("language", FLAGS, struct config_agent_form,
			   language, 0),
	CYAML_FIELD_STRING("country", FLAGS, struct config_agent_form, country,
			   0),
	CYAML_FIELD_BOOL("extensions", FLAGS, struct config_agent_form,
			 extensions),
	CYAML_FIELD_MAPPING("webhook", FLAGS, struct config_agent_form, webhook,
			    form_webhook_keys),
	CYAML_FIELD_END,
};
static const cyaml_strval_t supervisor_api_names[] = {
	{ "responses", CONFIG_SUPERVISOR_RESPONSES },
	{ "chat", CONFIG_SUPERVISOR_CHAT },
};
static const cyaml_schema_field_t supervisor_keys[] = {
	CYAML_FIELD_STRING("url", FLAGS, struct config_agent_supervisor, url,
			   0),
	FIELD_WORD("api", struct config_agent_supervisor, api,
		   supervisor_api_names),
	CYAML_FIELD_STRING("model", FLAGS, struct config_agent_supervisor,
			   model, 1),
	CYAML_FIELD_STRING("key", FLAGS, struct config_agent_supervisor,
			   key.hidden, 0),
	CYAML_FIELD_STRING("instructions", FLAGS,
			   struct config_agent_supervisor, instructions, 1),
	CYAML_FIELD_UINT("timeout_ms", FLAGS, struct config_agent_supervisor,
			 timeout_ms),
	CYAML_FIELD_UINT("max_tokens", FLAGS, struct config_agent_supervisor,
			 max_tokens),
	FIELD_LIST("tools", struct config_agent_supervisor, tools, tool_count,
		   config_schema_word, CONFIG_ERRANDS_MAX),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t key_keys[] = {
	CYAML_FIELD_STRING("keys", NEEDED, struct config_key, keys, 1),
	CYAML_FIELD_STRING("hand_off", FLAGS, struct config_key, hand_off, 0),
	CYAML_FIELD_STRING("transfer", FLAGS, struct config_key, transfer, 0),
	CYAML_FIELD_STRING("say", FLAGS, struct config_key, say, 0),
	CYAML_FIELD_STRING("function", FLAGS, struct config_key, function, 0),
	CYAML_FIELD_STRING("arguments", FLAGS, struct config_key, arguments, 0),
	CYAML_FIELD_BOOL("end", FLAGS, struct config_key, end),
	CYAML_FIELD_END,
};
const cyaml_schema_value_t config_schema_key = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_key, key_keys),
};
static const cyaml_schema_field_t limits_keys[] = {
	CYAML_FIELD_UINT("call_minutes", FLAGS, struct config_agent_limits,
			 call_minutes),
	CYAML_FIELD_UINT("silence_seconds", FLAGS, struct config_agent_limits,
			 silence_seconds),
	CYAML_FIELD_END,
};
const cyaml_schema_field_t config_schema_agent_keys[] = {
	CYAML_FIELD_STRING("instructions", FLAGS, struct config_agent,
			   instructions, 0),
	CYAML_FIELD_STRING("greeting", FLAGS, struct config_agent, greeting, 0),
	CYAML_FIELD_STRING("voice", FLAGS, struct config_agent, voice, 1),
	FIELD_WORD("format", struct config_agent, format, format_names),
	CYAML_FIELD_MAPPING("turns", FLAGS, struct config_agent, turns,
			    turns_keys),
	FIELD_WORD("noise_reduction", struct config_agent, noise_reduction,
		   noise_names),
	CYAML_FIELD_MAPPING("transcription", FLAGS, struct config_agent,
			    transcription, transcription_keys),
	CYAML_FIELD_UINT("max_output_tokens", FLAGS, struct config_agent,
			 max_output_tokens),
	CYAML_FIELD_FLAGS("tools", FLAGS | CYAML_FLAG_STRICT,
			  struct config_agent, tools, tool_names,
			  CYAML_ARRAY_LEN(tool_names)),
	FIELD_LIST("variables", struct config_agent, variables, variable_count,
		   config_schema_word, CONFIG_VARIABLES_MAX),
	CYAML_FIELD_STRING("name", FLAGS, struct config_agent, persona.name, 1),
	CYAML_FIELD_STRING("model", FLAGS, struct config_agent, persona.model,
			   0),
	CYAML_FIELD_STRING("language", FLAGS, struct config_agent,
			   persona.language, 0),
	CYAML_FIELD_UINT("standby", FLAGS, struct config_agent,
			 persona.standby),
	CYAML_FIELD_STRING("instructions_file", FLAGS, struct config_agent,
			   persona.instructions_file, 0),
	FIELD_LIST("context", struct config_agent, persona.context,
		   persona.context_count, config_schema_path,
		   CONFIG_CONTEXT_MAX),
	CYAML_FIELD_STRING("greeting_says", FLAGS, struct config_agent,
			   persona.greeting_says, 0),
	CYAML_FIELD_STRING("greeting_file", FLAGS, struct config_agent,
			   persona.greeting_file, 0),
	CYAML_FIELD_STRING("greeting_file_text", FLAGS, struct config_agent,
			   persona.greeting_file_text, 0),
	FIELD_LIST("variable_defaults", struct config_agent, persona.defaults,
		   persona.default_count, variable, CONFIG_VARIABLES_MAX),
	FIELD_LIST("hand_offs", struct config_agent, persona.hand_offs,
		   persona.hand_off_count, hand_off, CONFIG_HAND_OFFS_MAX),
	CYAML_FIELD_MAPPING("knowledge", FLAGS, struct config_agent, knowledge,
			    knowledge_keys),
	FIELD_LIST("functions", struct config_agent, functions.function,
		   functions.count, function, CONFIG_FUNCTIONS_MAX),
	CYAML_FIELD_MAPPING("filler", FLAGS, struct config_agent,
			    functions.filler, filler_keys),
	FIELD_LIST("mcp", struct config_agent, functions.mcp,
		   functions.mcp_count, mcp, CONFIG_MCP_MAX),
	CYAML_FIELD_MAPPING("form", FLAGS, struct config_agent, form,
			    form_keys),
	CYAML_FIELD_MAPPING("supervisor", FLAGS, struct config_agent,
			    supervisor, supervisor_keys),
	FIELD_LIST("keypad", struct config_agent, keypad.keys, keypad.count,
		   config_schema_key, CONFIG_KEYS_MAX),
	CYAML_FIELD_STRING("keypad_prompt", FLAGS, struct config_agent,
			   keypad.prompt, 0),
	CYAML_FIELD_STRING("keypad_prompt_text", FLAGS, struct config_agent,
			   keypad.prompt_text, 0),
	CYAML_FIELD_UINT("keypad_seconds", FLAGS, struct config_agent,
			 keypad.seconds),
	CYAML_FIELD_MAPPING("limits", FLAGS, struct config_agent, limits,
			    limits_keys),
	CYAML_FIELD_MAPPING("fallback", FLAGS, struct config_agent, fallback,
			    config_schema_fallback_keys),
	CYAML_FIELD_END,
};

/* Loaded into memory of libcyaml's, hence the pointer. */
const struct cyaml_schema_value config_schema_agent = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config_agent,
			    config_schema_agent_keys),
};
