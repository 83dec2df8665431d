#include "gateway/ops/config_schema.h"

#define FLAGS  CYAML_FLAG_OPTIONAL
#define NEEDED CYAML_FLAG_DEFAULT /* in each entry of a list */

/* One of a few words. */
#define FIELD_WORD(key, type, member, names)                                  \
	CYAML_FIELD_ENUM(key, FLAGS | CYAML_FLAG_STRICT, type, member, names, \
			 CYAML_ARRAY_LEN(names))

/* A list in an array that begins at member, counted in count. */
#define FIELD_LIST(key, type, member, count, entry, max)                      \
	CYAML_FIELD_SEQUENCE_COUNT(key, FLAGS, type, member, count, &(entry), \
				   0, max)

/* clang-format off */
const struct config config_schema_defaults = {
	.listen = "127.0.0.1:8080",
	.log = { .level = LOG_INFO },
	.audiocodes = {
		.bot_count = 1,
		.bots = { "tandem" },
		.configure = true,
		.barge_in = true,
		.dtmf = true,
		.event_count = 2,
		.events = { "noUserInput", "playFinished" },
		.no_input_max = 3,
		.abort_prompts = true,
		.lead_ms = 400,
		.resume_s = 60,
		.answer_after_ms = 300,
		.outbound_greeting = true,
		.participant = "caller",
		.transfer_notifications = true,
	},
	.model = {
		.url = "wss://api.openai.com/v1/realtime",
		.name = "gpt-realtime-2.1",
		.connect_timeout_ms = 10000,
		.configure_timeout_ms = 5000,
		.standby = 2,
	},
	.agent = {
		.instructions =
			"You are a friendly telephone assistant. Speak "
			"naturally and briefly, one or two sentences at a "
			"time, and ask only one question at a time. The caller "
			"hears you over a telephone line and cannot see text, "
			"so never spell out formatting, links or lists. If you "
			"did not understand, say so and ask again. When the "
			"caller is done, say goodbye and end the call.",
		.greeting =
			"Greet the caller in one short sentence and ask how "
			"you can help.",
		.voice = "marin",
		.format = CONFIG_FORMAT_PCM24,
		.turns = {
			.type = CONFIG_TURNS_SERVER_VAD,
			.threshold = 0.5,
			.prefix_padding_ms = 300,
			.silence_duration_ms = 500,
			.eagerness = CONFIG_EAGERNESS_AUTO,
		},
		.noise_reduction = CONFIG_NOISE_NONE,
		.tools = CONFIG_TOOL_END_CALL,
	},
	.audio = { .lead_ms = 400, .append_ms = 40 },
	.digits = { .gap_ms = 1500, .terminator = "#", .max = 32 },
	.failure = {
		.then = CONFIG_THEN_HANGUP,
		.say = "We are sorry, something went wrong. Please call again "
		       "later.",
	},
	.drain = {
		.seconds = 600,
		.say = "We are sorry, we have to end this call now. Thank you "
		       "for calling.",
	},
	.limits = { .calls = 500, .call_minutes = 60, .ring_seconds = 10 },
};
/* clang-format on */

/* -- keys and types ------------------------------------------------------ */

static const cyaml_strval_t level_names[] = {
	{ "debug", LOG_DEBUG },
	{ "info", LOG_INFO },
	{ "warn", LOG_WARN },
	{ "error", LOG_ERROR },
};
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
static const cyaml_strval_t then_names[] = {
	{ "hangup", CONFIG_THEN_HANGUP },
	{ "dial", CONFIG_THEN_DIAL },
};
static const cyaml_strval_t tool_names[] = {
	{ "end_call", CONFIG_TOOL_END_CALL },
	{ "transfer_call", CONFIG_TOOL_TRANSFER_CALL },
	{ "send_dtmf", CONFIG_TOOL_SEND_DTMF },
	{ "send_metadata", CONFIG_TOOL_SEND_METADATA },
	{ "record_call", CONFIG_TOOL_RECORD_CALL },
};

static const cyaml_schema_value_t account_sid = {
	CYAML_VALUE_STRING(CYAML_FLAG_DEFAULT, char[CONFIG_SID_LEN], 0,
			   CONFIG_SID_LEN - 1),
};
static const cyaml_schema_value_t word = {
	CYAML_VALUE_STRING(CYAML_FLAG_DEFAULT, char[CONFIG_WORD_MAX], 0,
			   CONFIG_WORD_MAX - 1),
};
static const cyaml_schema_value_t audio_format = {
	CYAML_VALUE_STRING(CYAML_FLAG_DEFAULT, char[CONFIG_AUDIO_FORMAT_MAX], 0,
			   CONFIG_AUDIO_FORMAT_MAX - 1),
};

static const cyaml_schema_field_t log_keys[] = {
	FIELD_WORD("level", struct config_log, level, level_names),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t twilio_keys[] = {
	FIELD_LIST("account_sids", struct config_twilio, account_sids,
		   account_sid_count, account_sid, CONFIG_SIDS_MAX),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t oauth_keys[] = {
	CYAML_FIELD_STRING("issuer", FLAGS, struct config_oauth, issuer, 0),
	CYAML_FIELD_STRING("audience", FLAGS, struct config_oauth, audience, 0),
	CYAML_FIELD_STRING("scope", FLAGS, struct config_oauth, scope, 0),
	CYAML_FIELD_STRING("jwks", FLAGS, struct config_oauth, jwks, 0),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t header_keys[] = {
	CYAML_FIELD_STRING("name", NEEDED, struct config_header, name, 1),
	CYAML_FIELD_STRING("value", NEEDED, struct config_header, value, 1),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t header = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_header,
			    header_keys),
};
static const cyaml_schema_field_t audiocodes_keys[] = {
	FIELD_LIST("bots", struct config_audiocodes, bots, bot_count, word,
		   CONFIG_BOTS_MAX),
	CYAML_FIELD_MAPPING("oauth", FLAGS, struct config_audiocodes, oauth,
			    oauth_keys),
	CYAML_FIELD_BOOL("configure", FLAGS, struct config_audiocodes,
			 configure),
	CYAML_FIELD_BOOL("barge_in", FLAGS, struct config_audiocodes, barge_in),
	CYAML_FIELD_BOOL("dtmf", FLAGS, struct config_audiocodes, dtmf),
	FIELD_LIST("events", struct config_audiocodes, events, event_count,
		   word, CONFIG_EVENTS_MAX),
	CYAML_FIELD_UINT("no_input_ms", FLAGS, struct config_audiocodes,
			 no_input_ms),
	CYAML_FIELD_UINT("no_input_max", FLAGS, struct config_audiocodes,
			 no_input_max),
	CYAML_FIELD_BOOL("abort_prompts", FLAGS, struct config_audiocodes,
			 abort_prompts),
	CYAML_FIELD_UINT("lead_ms", FLAGS, struct config_audiocodes, lead_ms),
	CYAML_FIELD_BOOL("marks", FLAGS, struct config_audiocodes, marks),
	CYAML_FIELD_UINT("resume_s", FLAGS, struct config_audiocodes, resume_s),
	CYAML_FIELD_UINT("answer_after_ms", FLAGS, struct config_audiocodes,
			 answer_after_ms),
	CYAML_FIELD_BOOL("outbound_greeting", FLAGS, struct config_audiocodes,
			 outbound_greeting),
	FIELD_LIST("caller_formats", struct config_audiocodes, caller_formats,
		   caller_format_count, audio_format, CONFIG_FORMATS_MAX),
	FIELD_LIST("play_formats", struct config_audiocodes, play_formats,
		   play_format_count, audio_format, CONFIG_FORMATS_MAX),
	CYAML_FIELD_STRING("participant", FLAGS, struct config_audiocodes,
			   participant, 1),
	CYAML_FIELD_BOOL("transfer_notifications", FLAGS,
			 struct config_audiocodes, transfer_notifications),
	FIELD_LIST("hangup_headers", struct config_audiocodes, hangup_headers,
		   hangup_header_count, header, CONFIG_HEADERS_MAX),
	CYAML_FIELD_BOOL("record_calls", FLAGS, struct config_audiocodes,
			 record_calls),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t target_keys[] = {
	CYAML_FIELD_STRING("name", NEEDED, struct config_target, name, 1),
	CYAML_FIELD_STRING("to", NEEDED, struct config_target, to, 1),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t target = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_target,
			    target_keys),
};
static const cyaml_schema_field_t transfer_keys[] = {
	FIELD_LIST("targets", struct config_transfer, targets, target_count,
		   target, CONFIG_TARGETS_MAX),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t model_keys[] = {
	CYAML_FIELD_STRING("url", FLAGS, struct config_model, url, 1),
	CYAML_FIELD_STRING("name", FLAGS, struct config_model, name, 1),
	CYAML_FIELD_STRING("ca_file", FLAGS, struct config_model, ca_file, 0),
	CYAML_FIELD_UINT("connect_timeout_ms", FLAGS, struct config_model,
			 connect_timeout_ms),
	CYAML_FIELD_UINT("configure_timeout_ms", FLAGS, struct config_model,
			 configure_timeout_ms),
	CYAML_FIELD_UINT("standby", FLAGS, struct config_model, standby),
	CYAML_FIELD_END,
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
static const cyaml_schema_field_t agent_keys[] = {
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
		   word, CONFIG_VARIABLES_MAX),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t audio_keys[] = {
	CYAML_FIELD_UINT("lead_ms", FLAGS, struct config_audio, lead_ms),
	CYAML_FIELD_UINT("append_ms", FLAGS, struct config_audio, append_ms),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t digits_keys[] = {
	CYAML_FIELD_UINT("gap_ms", FLAGS, struct config_digits, gap_ms),
	CYAML_FIELD_STRING("terminator", FLAGS, struct config_digits,
			   terminator, 0),
	CYAML_FIELD_UINT("max", FLAGS, struct config_digits, max),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t failure_keys[] = {
	CYAML_FIELD_STRING("prompt", FLAGS, struct config_failure, prompt, 0),
	FIELD_WORD("then", struct config_failure, then, then_names),
	CYAML_FIELD_STRING("dial", FLAGS, struct config_failure, dial, 0),
	CYAML_FIELD_STRING("say", FLAGS, struct config_failure, say, 0),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t drain_keys[] = {
	CYAML_FIELD_UINT("seconds", FLAGS, struct config_drain, seconds),
	CYAML_FIELD_STRING("prompt", FLAGS, struct config_drain, prompt, 0),
	CYAML_FIELD_STRING("say", FLAGS, struct config_drain, say, 0),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t limits_keys[] = {
	CYAML_FIELD_UINT("calls", FLAGS, struct config_limits, calls),
	CYAML_FIELD_UINT("call_minutes", FLAGS, struct config_limits,
			 call_minutes),
	CYAML_FIELD_UINT("ring_seconds", FLAGS, struct config_limits,
			 ring_seconds),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t config_keys[] = {
	CYAML_FIELD_STRING("listen", FLAGS, struct config, listen, 1),
	CYAML_FIELD_STRING("public_url", FLAGS, struct config, public_url, 0),
	CYAML_FIELD_BOOL("listen_shared", FLAGS, struct config, listen_shared),
	CYAML_FIELD_UINT("workers", FLAGS, struct config, workers),
	CYAML_FIELD_MAPPING("log", FLAGS, struct config, log, log_keys),
	CYAML_FIELD_MAPPING("twilio", FLAGS, struct config, twilio,
			    twilio_keys),
	CYAML_FIELD_MAPPING("audiocodes", FLAGS, struct config, audiocodes,
			    audiocodes_keys),
	CYAML_FIELD_MAPPING("transfer", FLAGS, struct config, transfer,
			    transfer_keys),
	CYAML_FIELD_MAPPING("model", FLAGS, struct config, model, model_keys),
	CYAML_FIELD_MAPPING("agent", FLAGS, struct config, agent, agent_keys),
	CYAML_FIELD_MAPPING("audio", FLAGS, struct config, audio, audio_keys),
	CYAML_FIELD_MAPPING("digits", FLAGS, struct config, digits,
			    digits_keys),
	CYAML_FIELD_MAPPING("failure", FLAGS, struct config, failure,
			    failure_keys),
	CYAML_FIELD_MAPPING("drain", FLAGS, struct config, drain, drain_keys),
	CYAML_FIELD_MAPPING("limits", FLAGS, struct config, limits,
			    limits_keys),
	CYAML_FIELD_END,
};

/* Loaded into memory of libcyaml's, hence the pointer. */
const struct cyaml_schema_value config_schema_root = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config, config_keys),
};
