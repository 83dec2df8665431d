#include "gateway/ops/config_rule.h"

#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_text.h"

#define WORD "letters, digits and . _ - only"
#define AUDIO_FORMAT                                     \
	"raw/ or wav/, then mulaw, lpcm16_8, lpcm16 or " \
	"lpcm16_24"

static const struct config_rule rules[] = {
	{ .path = "listen",
	  .accepts = config_text_is_listen,
	  .must = "an address and port, like 127.0.0.1:8080 or [::1]:8080" },
	{ .path = "public_url",
	  .accepts = config_text_is_public_url,
	  .must = "empty or like https://voice.example.com" },
	{ .path = "workers", .max = CONFIG_WORKERS_MAX },
	{ .path = "twilio.account_sids",
	  .accepts = config_text_is_account_sid,
	  .must = "AC and 32 hexadecimal digits" },
	{ .path = "audiocodes.bots",
	  .accepts = config_text_is_word,
	  .must = WORD },
	{ .path = "audiocodes.oauth.jwks",
	  .accepts = config_text_is_jwks,
	  .must = "empty, a file, or like https://host/path" },
	{ .path = "audiocodes.events",
	  .accepts = config_text_is_word,
	  .must = WORD },
	{ .path = "audiocodes.no_input_ms", .max = 60000 },
	{ .path = "audiocodes.no_input_max", .max = 20 },
	{ .path = "audiocodes.lead_ms",
	  .min = 100,
	  .max = 10000,
	  .or_zero = true },
	{ .path = "audiocodes.resume_s", .max = 600 },
	{ .path = "audiocodes.answer_after_ms", .max = 10000 },
	{ .path = "audiocodes.caller_formats",
	  .accepts = config_text_is_audio_format,
	  .must = AUDIO_FORMAT },
	{ .path = "audiocodes.play_formats",
	  .accepts = config_text_is_audio_format,
	  .must = AUDIO_FORMAT },
	{ .path = "audiocodes.participant",
	  .accepts = config_text_is_word,
	  .must = WORD },
	{ .path = "audiocodes.hangup_headers.name",
	  .accepts = config_text_is_header_name,
	  .must = "the name of a SIP header, like X-Reason" },
	{ .path = "audiocodes.hangup_headers.value",
	  .accepts = config_text_is_line,
	  .must = "one line of text" },
	{ .path = "transfer.targets.name",
	  .accepts = config_text_is_line,
	  .must = "one line of text" },
	{ .path = "transfer.targets.to",
	  .accepts = config_text_is_target,
	  .must = "like tel:+41791234567 or sip:sales@example.com" },
	{ .path = "agent.variables",
	  .accepts = config_text_is_word,
	  .must = WORD },
	{ .path = "model.url",
	  .accepts = config_text_is_model_url,
	  .must = "like wss://host/path or ws://host:port/path, without ?" },
	{ .path = "model.connect_timeout_ms", .min = 100, .max = 60000 },
	{ .path = "model.configure_timeout_ms", .min = 100, .max = 60000 },
	{ .path = "model.standby", .min = 0, .max = 64 },
	{ .path = "agent.turns.threshold", .min = 0, .max = 1 },
	{ .path = "agent.turns.prefix_padding_ms", .min = 0, .max = 5000 },
	{ .path = "agent.turns.silence_duration_ms", .min = 50, .max = 10000 },
	{ .path = "agent.transcription.language",
	  .accepts = config_text_is_language,
	  .must = "empty or an ISO 639-1 code, like en" },
	{ .path = "agent.max_output_tokens", .min = 0, .max = 4096 },
	{ .path = "audio.lead_ms", .min = 20, .max = 2000 },
	{ .path = "audio.append_ms", .min = 20, .max = 100, .step = 20 },
	{ .path = "digits.gap_ms", .min = 100, .max = 10000 },
	{ .path = "digits.terminator",
	  .accepts = config_text_is_terminator,
	  .must = "one key of 0-9 A-D * #, or empty" },
	{ .path = "digits.max", .min = 1, .max = 128 },
	{ .path = "failure.dial",
	  .accepts = config_text_is_dial,
	  .must = "empty, a number like +41791234567, or sip:…" },
	{ .path = "drain.seconds", .max = 86400 },
	{ .path = "limits.calls", .min = 1, .max = 100000 },
	{ .path = "limits.call_minutes", .min = 1, .max = 1440 },
	{ .path = "limits.ring_seconds", .min = 1, .max = 60 },
};

const struct config_rule *config_rule_find(const char *path)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i].path, path) == 0)
			return &rules[i];
	return NULL;
}
