/* The configuration: one YAML file, every key optional, and secrets from the
 * environment. deploy/tandem.yaml shows every key with its default and what it
 * means; this header adds units and shapes only.
 *
 * A struct config is a plain value: fixed text, no pointers, nothing to free,
 * and never changed once loaded. It holds secrets: config_wipe when done. */
#ifndef GATEWAY_OPS_CONFIG_H
#define GATEWAY_OPS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/ops/log.h"
#include "gateway/ops/secret.h"

#define CONFIG_FILE_MAX         (64u << 10) /* bytes of YAML; more is refused */
#define CONFIG_TEXT_MAX         512         /* URL or path, with NUL */
#define CONFIG_INSTRUCTIONS_MAX 16384       /* bytes with NUL */
#define CONFIG_SENTENCE_MAX     2048        /* bytes with NUL */
#define CONFIG_NAME_MAX         128         /* model, voice, number; with NUL */
#define CONFIG_SIDS_MAX         32
#define CONFIG_SID_LEN          35 /* "AC" and 32 hex digits, with NUL */
#define CONFIG_TOKENS_MAX       4  /* old and new ones during rotation */
#define CONFIG_WORD_MAX         65 /* bot, event, variable; with NUL */
#define CONFIG_BOTS_MAX         32
#define CONFIG_EVENTS_MAX       32
#define CONFIG_FORMATS_MAX      8  /* as many as there are */
#define CONFIG_AUDIO_FORMAT_MAX 16 /* "raw/lpcm16_24", with NUL */
#define CONFIG_HEADERS_MAX      16
#define CONFIG_TARGETS_MAX      32
#define CONFIG_TARGET_MAX       256 /* bytes with NUL, as call_request.h has */
#define CONFIG_VARIABLES_MAX    32
#define CONFIG_WORKERS_MAX      64

enum config_format { CONFIG_FORMAT_PCM24, CONFIG_FORMAT_PCMU };
enum config_turns { CONFIG_TURNS_SERVER_VAD, CONFIG_TURNS_SEMANTIC_VAD };
enum config_eagerness {
	CONFIG_EAGERNESS_AUTO,
	CONFIG_EAGERNESS_LOW,
	CONFIG_EAGERNESS_MEDIUM,
	CONFIG_EAGERNESS_HIGH,
};
enum config_noise {
	CONFIG_NOISE_NONE,
	CONFIG_NOISE_NEAR_FIELD,
	CONFIG_NOISE_FAR_FIELD,
};
enum config_then { CONFIG_THEN_HANGUP, CONFIG_THEN_DIAL };
enum config_tool { /* bits */
		   CONFIG_TOOL_END_CALL = 1,
		   CONFIG_TOOL_TRANSFER_CALL = 2,
		   CONFIG_TOOL_SEND_DTMF = 4,
		   CONFIG_TOOL_SEND_METADATA = 8,
		   CONFIG_TOOL_RECORD_CALL = 16,
};

struct config_log {
	enum log_level level;
};

struct config_twilio {
	unsigned account_sid_count; /* 0: any account */
	char account_sids[CONFIG_SIDS_MAX][CONFIG_SID_LEN];
	unsigned auth_token_count; /* 0: signatures not checked */
	struct secret auth_tokens[CONFIG_TOKENS_MAX];
};

/* Who may present which signed token (JWT). All of it is off when jwks is "",
 * and jwks is never set without issuer. */
struct config_oauth {
	char issuer[CONFIG_TEXT_MAX];   /* claim iss */
	char audience[CONFIG_TEXT_MAX]; /* claim aud; "": any */
	char scope[CONFIG_TEXT_MAX];    /* a scope it must hold; "": any */
	char jwks[CONFIG_TEXT_MAX];     /* https:// URL, or a file */
};

struct config_bot_tokens {
	unsigned count; /* 0: the bot has none */
	struct secret token[CONFIG_TOKENS_MAX];
};

struct config_header {
	char name[CONFIG_NAME_MAX];  /* token characters of RFC 3261 */
	char value[CONFIG_TEXT_MAX]; /* visible, no line break */
};

/* Where it says 3.1, 4.2 …: AudioCodes reference. */
struct config_audiocodes {
	unsigned bot_count; /* 0: nothing is served */
	char bots[CONFIG_BOTS_MAX][CONFIG_WORD_MAX];
	struct config_bot_tokens tokens[CONFIG_BOTS_MAX]; /* of bots[i] */
	struct config_oauth oauth;
	bool configure; /* send the config activity */
	bool barge_in;
	bool dtmf;
	unsigned event_count;
	char events[CONFIG_EVENTS_MAX][CONFIG_WORD_MAX]; /* names of 4.2 */
	unsigned no_input_ms;  /* 0: as the administrator set it */
	unsigned no_input_max; /* 0: never ends the call */
	bool abort_prompts;
	unsigned lead_ms; /* 100..10000; 0: everything at once */
	bool marks;
	unsigned resume_s;        /* 0: a lost socket ends the call */
	unsigned answer_after_ms; /* 0: at once */
	bool outbound_greeting;
	unsigned caller_format_count; /* 0: by the model's format */
	char caller_formats[CONFIG_FORMATS_MAX]
			   [CONFIG_AUDIO_FORMAT_MAX]; /* names of 3.1 */
	unsigned play_format_count;
	char play_formats[CONFIG_FORMATS_MAX][CONFIG_AUDIO_FORMAT_MAX];
	char participant[CONFIG_WORD_MAX];
	bool transfer_notifications;
	unsigned hangup_header_count;
	struct config_header hangup_headers[CONFIG_HEADERS_MAX];
	bool record_calls;
};

struct config_target {
	char name[CONFIG_WORD_MAX]; /* what the model calls it; no two alike */
	char to[CONFIG_TARGET_MAX]; /* tel:, sip: or sips: */
};

struct config_transfer {
	unsigned target_count;
	struct config_target targets[CONFIG_TARGETS_MAX];
};

struct config_model {
	char url[CONFIG_TEXT_MAX]; /* ws:// or wss://, no query */
	char name[CONFIG_NAME_MAX];
	char ca_file[CONFIG_TEXT_MAX]; /* "": the system's store */
	unsigned connect_timeout_ms;   /* until the 101 */
	unsigned configure_timeout_ms; /* until session.updated */
	unsigned standby;              /* sessions ready per worker */
	struct secret key;             /* may be unset: local server */
};

struct config_agent_turns {
	enum config_turns type;
	double threshold;                /* 0..1, server_vad only */
	unsigned prefix_padding_ms;      /* server_vad only */
	unsigned silence_duration_ms;    /* server_vad only */
	enum config_eagerness eagerness; /* semantic_vad only */
};

struct config_agent_transcription {
	char model[CONFIG_NAME_MAX]; /* "": off */
	char language[16];           /* ISO 639-1, "": unset */
};

struct config_agent {
	char instructions[CONFIG_INSTRUCTIONS_MAX];
	char greeting[CONFIG_SENTENCE_MAX]; /* what the first response is
					       told; "": the caller begins */
	char voice[CONFIG_NAME_MAX];
	enum config_format format; /* towards the model */
	struct config_agent_turns turns;
	enum config_noise noise_reduction;
	struct config_agent_transcription transcription;
	unsigned max_output_tokens; /* 0: no limit ("inf") */
	unsigned tools;             /* enum config_tool; transfer_call only
				       when there are transfer.targets */
	unsigned variable_count;
	char variables[CONFIG_VARIABLES_MAX][CONFIG_WORD_MAX];
};

struct config_audio {
	unsigned lead_ms;   /* model audio kept ahead at the
			       carrier */
	unsigned append_ms; /* caller audio per append; a
			       multiple of 20 */
};

struct config_digits {
	unsigned gap_ms;    /* pause that ends an entry */
	char terminator[2]; /* key that ends it, "": none */
	unsigned max;       /* keys in one entry */
};

struct config_failure {
	char prompt[CONFIG_TEXT_MAX]; /* WAV; "": the bundled one */
	enum config_then then;
	char dial[CONFIG_NAME_MAX];    /* set when then is dial */
	char say[CONFIG_SENTENCE_MAX]; /* said by the carrier's own voice,
					  where no prompt can be played */
};

/* How long the gateway waits for its calls when it is to go down. */
struct config_drain {
	unsigned seconds;              /* for calls to end by themselves */
	char prompt[CONFIG_TEXT_MAX];  /* WAV; "": the bundled one */
	char say[CONFIG_SENTENCE_MAX]; /* said by the carrier's own voice,
					  where no prompt can be played */
};

struct config_limits {
	unsigned calls;
	unsigned call_minutes;
	unsigned ring_seconds; /* caller audio kept */
};

struct config {
	char listen[64];                  /* "127.0.0.1:8080", "[::]:80" */
	char public_url[CONFIG_TEXT_MAX]; /* https://…, no trailing slash;
					     "": by the Host header */
	bool listen_shared; /* other instances may have the same port */
	unsigned workers;   /* 0: as many as there are cores */
	struct config_log log;
	struct config_twilio twilio;
	struct config_audiocodes audiocodes;
	struct config_transfer transfer;
	struct config_model model;
	struct config_agent agent;
	struct config_audio audio;
	struct config_digits digits;
	struct config_failure failure;
	struct config_drain drain;
	struct config_limits limits;
};

/* config_default: every default; no secrets. */
void config_default(struct config *c);

/* config_load: the defaults, changed by a file. No secrets.
 *
 * path    the file; NULL means the defaults alone. A relative path inside it
 *         is taken from the file's own directory.
 * errors  on failure: every mistake found, one a line without the last
 *         newline: "tandem.yaml:12: unknown key "voise" in agent (did you mean
 *         "voice"?)"; what does not fit is counted on the last line
 * cap     at least 256
 * Returns 0; -EINVAL mistakes in the file; -EFBIG over CONFIG_FILE_MAX; or why
 * it could not be read (-ENOENT, -EACCES, -EISDIR, …). c is filled on 0 only.
 */
int config_load(struct config *c, const char *path, char *errors, size_t cap);

/* config_parse: the same from memory; name stands for the file in errors. */
int config_parse(struct config *c, const char *yaml, size_t len,
		 const char *name, char *errors, size_t cap);

/* config_secrets: from the environment, where they are then removed:
 *   OPENAI_API_KEY
 *   TWILIO_AUTH_TOKEN   one, or up to CONFIG_TOKENS_MAX with commas between
 *   AUDIOCODES_TOKENS   bot=token, with commas between; a bot may come up to
 *                       CONFIG_TOKENS_MAX times, and is one of audiocodes.bots
 * Unset is no error; what is set but cannot be a key is.
 * Returns 0 or -EINVAL with the reason, and no token, in errors. */
int config_secrets(struct config *c, char *errors, size_t cap);

/* config_wipe: forget the secrets. */
void config_wipe(struct config *c);

#endif
