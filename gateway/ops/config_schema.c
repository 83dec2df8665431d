#include "gateway/ops/config_schema.h"

#include <string.h>

#include "gateway/ops/config_text.h"

#define FLAGS CYAML_FLAG_OPTIONAL

/* One of a few words. */
#define FIELD_WORD(key, type, member, names)                                  \
	CYAML_FIELD_ENUM(key, FLAGS | CYAML_FLAG_STRICT, type, member, names, \
			 CYAML_ARRAY_LEN(names))

/* clang-format off */
const struct config config_schema_defaults = {
	.listen = "127.0.0.1:8080",
	.log = { .level = LOG_INFO },
	.model = {
		.url = "wss://api.openai.com/v1/realtime",
		.name = "gpt-realtime-2.1",
		.connect_timeout_ms = 10000,
		.configure_timeout_ms = 5000,
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
	},
	.audio = { .lead_ms = 200, .append_ms = 20 },
	.digits = { .gap_ms = 1500, .terminator = "#", .max = 32 },
	.failure = {
		.then = CONFIG_THEN_HANGUP,
		.say = "We are sorry, something went wrong. Please call again "
		       "later.",
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

static const cyaml_schema_value_t account_sid = {
	CYAML_VALUE_STRING(CYAML_FLAG_DEFAULT, char[CONFIG_SID_LEN], 0,
			   CONFIG_SID_LEN - 1),
};

static const cyaml_schema_field_t log_keys[] = {
	FIELD_WORD("level", struct config_log, level, level_names),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t twilio_keys[] = {
	CYAML_FIELD_SEQUENCE_COUNT("account_sids", FLAGS, struct config_twilio,
				   account_sids, account_sid_count,
				   &account_sid, 0, CONFIG_SIDS_MAX),
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
	CYAML_FIELD_MAPPING("log", FLAGS, struct config, log, log_keys),
	CYAML_FIELD_MAPPING("twilio", FLAGS, struct config, twilio,
			    twilio_keys),
	CYAML_FIELD_MAPPING("model", FLAGS, struct config, model, model_keys),
	CYAML_FIELD_MAPPING("agent", FLAGS, struct config, agent, agent_keys),
	CYAML_FIELD_MAPPING("audio", FLAGS, struct config, audio, audio_keys),
	CYAML_FIELD_MAPPING("digits", FLAGS, struct config, digits,
			    digits_keys),
	CYAML_FIELD_MAPPING("failure", FLAGS, struct config, failure,
			    failure_keys),
	CYAML_FIELD_MAPPING("limits", FLAGS, struct config, limits,
			    limits_keys),
	CYAML_FIELD_END,
};

/* Loaded into memory of libcyaml's, hence the pointer. */
const struct cyaml_schema_value config_schema_root = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config, config_keys),
};

/* -- rules --------------------------------------------------------------- */

static const struct config_schema_rule rules[] = {
	{ .path = "listen",
	  .accepts = config_text_is_listen,
	  .must = "an address and port, like 127.0.0.1:8080 or [::1]:8080" },
	{ .path = "public_url",
	  .accepts = config_text_is_public_url,
	  .must = "empty or like https://voice.example.com" },
	{ .path = "twilio.account_sids",
	  .accepts = config_text_is_account_sid,
	  .must = "AC and 32 hexadecimal digits" },
	{ .path = "model.url",
	  .accepts = config_text_is_model_url,
	  .must = "like wss://host/path or ws://host:port/path, without ?" },
	{ "model.connect_timeout_ms", 100, 60000, 0, NULL, NULL },
	{ "model.configure_timeout_ms", 100, 60000, 0, NULL, NULL },
	{ "agent.turns.threshold", 0, 1, 0, NULL, NULL },
	{ "agent.turns.prefix_padding_ms", 0, 5000, 0, NULL, NULL },
	{ "agent.turns.silence_duration_ms", 50, 10000, 0, NULL, NULL },
	{ .path = "agent.transcription.language",
	  .accepts = config_text_is_language,
	  .must = "empty or an ISO 639-1 code, like en" },
	{ "agent.max_output_tokens", 0, 4096, 0, NULL, NULL },
	{ "audio.lead_ms", 20, 2000, 0, NULL, NULL },
	{ "audio.append_ms", 20, 100, 20, NULL, NULL },
	{ "digits.gap_ms", 100, 10000, 0, NULL, NULL },
	{ .path = "digits.terminator",
	  .accepts = config_text_is_terminator,
	  .must = "one key of 0-9 A-D * #, or empty" },
	{ "digits.max", 1, 128, 0, NULL, NULL },
	{ .path = "failure.dial",
	  .accepts = config_text_is_dial,
	  .must = "empty, a number like +41791234567, or sip:…" },
	{ "limits.calls", 1, 100000, 0, NULL, NULL },
	{ "limits.call_minutes", 1, 1440, 0, NULL, NULL },
	{ "limits.ring_seconds", 1, 60, 0, NULL, NULL },
};

const struct config_schema_rule *config_schema_find_rule(const char *path)
{
	for (size_t i = 0; i < CYAML_ARRAY_LEN(rules); i++)
		if (strcmp(rules[i].path, path) == 0)
			return &rules[i];
	return NULL;
}
