/* The configuration: one YAML file, every key optional, and secrets from
 * elsewhere. deploy/tandem.yaml shows every key with its default and what it
 * means; this header adds units and shapes only.
 *
 * A struct config is fixed text, and never changed once loaded. It holds
 * secrets, and its agents: config_wipe when done, config_copy for another. */
#ifndef GATEWAY_OPS_CONFIG_H
#define GATEWAY_OPS_CONFIG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway/ops/log.h"
#include "gateway/ops/secret.h"

struct config_environment;

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
#define CONFIG_ACCOUNTS_MAX     32
#define CONFIG_CERTIFICATES_MAX 32
#define CONFIG_PROXIES_MAX      64
#define CONFIG_BLOCK_MAX        44 /* an address, "/" and bits; with NUL */
#define CONFIG_ROUTES_MAX       32
#define CONFIG_PRICES_MAX       64
#define CONFIG_CURRENCY_MAX     4  /* ISO 4217, with NUL */
#define CONFIG_ZONE_MAX         64 /* "Europe/Zurich", with NUL */
#define CONFIG_AGENTS_MAX       32 /* agent files */
#define CONFIG_STANDBY_MAX      64 /* sessions, of all agents on a worker */
#define CONFIG_CONTEXT_MAX      16 /* files of an agent's context */
#define CONFIG_HAND_OFFS_MAX    16
#define CONFIG_CALL_ROUTES_MAX  64
#define CONFIG_HOURS_MAX        128  /* bytes with NUL */
#define CONFIG_WHEN_MAX         256  /* bytes with NUL */
#define CONFIG_VALUE_MAX        256  /* of a variable; bytes with NUL */
#define CONFIG_FUNCTIONS_MAX    12   /* of an agent */
#define CONFIG_PARAMETERS_MAX   1536 /* bytes of JSON with NUL */
#define CONFIG_DESCRIPTION_MAX  512
#define CONFIG_CALL_HEADERS_MAX 4   /* of a function */
#define CONFIG_FILLER_MAX       256 /* bytes with NUL */
#define CONFIG_MCP_MAX          4   /* servers of an agent */
#define CONFIG_MCP_TOOLS_MAX    8   /* allowed ones of a server */
#define CONFIG_KNOWLEDGE_MAX    16  /* patterns of file names */
#define CONFIG_KEYS_MAX         16  /* entries of a keypad menu */
#define CONFIG_KEY_MAX          5   /* keys of one, with NUL */
#define CONFIG_ROUTE_KEYS_MAX   8   /* entries that a route adds */
#define CONFIG_KEY_JSON_MAX     256 /* bytes with NUL */
#define CONFIG_ERRANDS_MAX      16  /* functions of a supervisor */

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
enum config_then {
	CONFIG_THEN_AS_ELSEWHERE, /* failure.by_number only: not said there */
	CONFIG_THEN_HANGUP,
	CONFIG_THEN_DIAL
};
enum config_overload_then {
	CONFIG_OVERLOAD_REJECT,
	CONFIG_OVERLOAD_SAY,
	CONFIG_OVERLOAD_DIAL,
	CONFIG_OVERLOAD_REDIRECT
};
enum config_tool { /* bits */
		   CONFIG_TOOL_END_CALL = 1,
		   CONFIG_TOOL_TRANSFER_CALL = 2,
		   CONFIG_TOOL_SEND_DTMF = 4,
		   CONFIG_TOOL_SEND_METADATA = 8,
		   CONFIG_TOOL_RECORD_CALL = 16,
		   CONFIG_TOOL_HAND_OFF = 32,
		   CONFIG_TOOL_SEARCH_KNOWLEDGE = 1 << 10,
		   CONFIG_TOOL_SAVE_FORM = 1 << 11,
		   CONFIG_TOOL_COLLECT_DIGITS = 1 << 12,
		   CONFIG_TOOL_ASK_SUPERVISOR = 1 << 13,
};

/* A level for each part; LOG_LEVELS: as log.level says. */
struct config_log_levels {
	enum log_level of[LOG_MODULES];
};

enum config_numbers { CONFIG_NUMBERS_MASKED, CONFIG_NUMBERS_FULL };

struct config_log {
	enum log_level level;
	enum log_format format;
	struct config_log_levels levels;
	enum config_numbers numbers;
};

struct config_admin {
	char listen[64];     /* as listen below; "": off */
	struct secret token; /* of /api; unset: none is asked for */
};

struct config_twilio_account {
	char sid[CONFIG_SID_LEN]; /* no two alike */
	unsigned auth_token_count;
	struct secret auth_tokens[CONFIG_TOKENS_MAX];
	char rest_url[CONFIG_TEXT_MAX]; /* "": as rest.url */
};

/* Twilio's REST interface, for what a call cannot say on its stream. */
struct config_twilio_rest {
	char url[CONFIG_TEXT_MAX];     /* "": not used */
	char key_sid[CONFIG_WORD_MAX]; /* "": the account's SID and token */
	struct secret key_secret;
	char ca_file[CONFIG_TEXT_MAX]; /* "": the system's store */
	unsigned timeout_ms;           /* of one request */
	bool hang_up;                  /* calls end by it */
};

struct config_twilio {
	unsigned account_sid_count; /* 0: any account */
	char account_sids[CONFIG_SIDS_MAX][CONFIG_SID_LEN];
	unsigned auth_token_count; /* of every account that has none below */
	struct secret auth_tokens[CONFIG_TOKENS_MAX];
	unsigned account_count;
	struct config_twilio_account accounts[CONFIG_ACCOUNTS_MAX];
	struct config_twilio_rest rest;
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
	char bot[CONFIG_WORD_MAX]; /* as bots[i], or "" */
	unsigned count;            /* 0: the bot has none */
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
	unsigned token_list_count; /* entries of the file's list */
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
	char to[CONFIG_TARGET_MAX]; /* tel:, sip:, sips: or client: */
	bool warm; /* whoever answers hears what it is about, and presses 1 */
};

struct config_transfer {
	unsigned target_count;
	struct config_target targets[CONFIG_TARGETS_MAX];
	unsigned ring_seconds;         /* on Twilio, like those below */
	char whisper[CONFIG_TEXT_MAX]; /* what whoever answers hears: words
					  around CONFIG_SUMMARY */
	char whisper_language[CONFIG_WORD_MAX]; /* of those; "": Twilio's */
	unsigned accept_seconds;                /* for a key, behind them */
};

#define CONFIG_SUMMARY "{{summary}}" /* its place in whisper */

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

/* Whom an agent may hand its call to. */
struct config_hand_off {
	char agent[CONFIG_WORD_MAX]; /* one that there is */
	char when[CONFIG_WHEN_MAX];  /* told to the model; may be "" */
	unsigned line;               /* of its file */
};

/* What a variable is when the call has none of that name. */
struct config_variable {
	char name[CONFIG_WORD_MAX]; /* no two alike */
	char value[CONFIG_VALUE_MAX];
};

/* Who an agent is, beside the session it has. */
struct config_agent_persona {
	char name[CONFIG_WORD_MAX];  /* "default" the agent section's */
	char model[CONFIG_NAME_MAX]; /* "": model.name */
	char language[16];           /* ISO 639-1; "": unset */
	unsigned standby;            /* "default": model.standby counts */
	char instructions_file[CONFIG_TEXT_MAX]; /* instead of instructions */
	unsigned context_count;
	char context[CONFIG_CONTEXT_MAX][CONFIG_TEXT_MAX]; /* files */
	/* Instead of greeting; at most one of them. */
	char greeting_says[CONFIG_SENTENCE_MAX];
	char greeting_file[CONFIG_TEXT_MAX]; /* WAV */
	char greeting_file_text[CONFIG_SENTENCE_MAX];
	unsigned default_count;
	struct config_variable defaults[CONFIG_VARIABLES_MAX];
	unsigned hand_off_count;
	struct config_hand_off hand_offs[CONFIG_HAND_OFFS_MAX];
};

struct config_agent_knowledge {
	unsigned file_count; /* 0: the agent knows nothing by itself */
	char files[CONFIG_KNOWLEDGE_MAX][CONFIG_TEXT_MAX]; /* * ? [ ] */
	unsigned results;  /* of one search, at most */
	char language[16]; /* ISO 639-1; "": the agent's, or en */
};

enum config_method {
	CONFIG_METHOD_POST,
	CONFIG_METHOD_GET,
	CONFIG_METHOD_PUT,
	CONFIG_METHOD_PATCH,
	CONFIG_METHOD_DELETE
};
enum config_sound {
	CONFIG_SOUND_AS_ELSEWHERE, /* a function's only: as the agent's */
	CONFIG_SOUND_NONE,
	CONFIG_SOUND_SOFT
};

/* What the caller hears while a function runs; words come before sound. */
struct config_filler {
	unsigned after_ms;           /* a function's, 0: as the agent's */
	char say[CONFIG_FILLER_MAX]; /* "": nothing */
	enum config_sound sound;
};

struct config_call_header {
	char name[CONFIG_WORD_MAX];
	char value[CONFIG_VALUE_MAX]; /* may hold a secret, and {{…}} */
};

/* A function that is an HTTP request. */
struct config_function {
	char name[CONFIG_WORD_MAX];
	char description[CONFIG_DESCRIPTION_MAX];
	char parameters[CONFIG_PARAMETERS_MAX]; /* JSON Schema; or … */
	char parameters_file[CONFIG_TEXT_MAX];  /* "" and "": none */
	enum config_method method;
	char url[CONFIG_TEXT_MAX]; /* http_template.h */
	unsigned header_count;
	struct config_call_header headers[CONFIG_CALL_HEADERS_MAX];
	struct secret secret; /* of the signature; unset: none */
	unsigned timeout_ms;  /* of all tries together; 0: 10000 */
	unsigned retries;
	unsigned answer_max; /* bytes; 0: as many as a model is told */
	struct config_filler filler;
};

enum config_approval { CONFIG_APPROVAL_NEVER };

/* A server of functions that the model's own server calls. */
struct config_mcp {
	char label[CONFIG_WORD_MAX]; /* no two alike */
	char url[CONFIG_TEXT_MAX];
	struct secret authorization; /* unset: none */
	unsigned allowed_tool_count; /* 0: all it has */
	char allowed_tools[CONFIG_MCP_TOOLS_MAX][CONFIG_WORD_MAX];
	enum config_approval require_approval;
};

struct config_agent_functions {
	unsigned count;
	struct config_function function[CONFIG_FUNCTIONS_MAX];
	struct config_filler filler; /* of those that name none */
	unsigned mcp_count;
	struct config_mcp mcp[CONFIG_MCP_MAX];
};

#define CONFIG_FORM_FIELDS_MAX  24
#define CONFIG_FORM_CHOICES_MAX 16
#define CONFIG_FORM_CHOICE_MAX  64 /* bytes with NUL */

enum config_field_type { /* as agents/spoken.h has them */
			 CONFIG_FIELD_NAME,
			 CONFIG_FIELD_EMAIL,
			 CONFIG_FIELD_PHONE,
			 CONFIG_FIELD_DATE,
			 CONFIG_FIELD_NUMBER,
			 CONFIG_FIELD_CHOICE,
			 CONFIG_FIELD_TEXT,
};

struct config_form_field {
	char name[CONFIG_WORD_MAX]; /* no two alike */
	enum config_field_type type;
	bool required;
	bool read_back;
	unsigned choice_count; /* of a choice: 1 at least */
	char choices[CONFIG_FORM_CHOICES_MAX][CONFIG_FORM_CHOICE_MAX];
};

/* What callers are asked for. */
struct config_agent_form {
	char name[CONFIG_WORD_MAX]; /* "": there is none */
	unsigned field_count;
	struct config_form_field fields[CONFIG_FORM_FIELDS_MAX];
	char language[16]; /* en, de, fr; "": any of them */
	char country[3];   /* ISO 3166-1 alpha-2; "": numbers need "+" */
	bool extensions;   /* of telephone numbers are kept */
	struct config_form_webhook {
		char url[CONFIG_TEXT_MAX]; /* "": nobody is told */
		struct secret secret;      /* set when url is */
	} webhook;
};

enum config_supervisor_api {
	CONFIG_SUPERVISOR_RESPONSES,
	CONFIG_SUPERVISOR_CHAT
};

/* A text model behind the one that speaks. */
struct config_agent_supervisor {
	char url[CONFIG_TEXT_MAX]; /* http:// or https://; "": there is none */
	enum config_supervisor_api api;
	char model[CONFIG_NAME_MAX];
	struct secret key; /* unset: model.key, of the same host */
	char instructions[CONFIG_SENTENCE_MAX];
	unsigned timeout_ms; /* for all of an answer */
	unsigned max_tokens; /* of each part of it; 0: not said */
	unsigned tool_count;
	char tools[CONFIG_ERRANDS_MAX][CONFIG_WORD_MAX];
};

/* What a key does; one of them. */
struct config_key {
	char keys[CONFIG_KEY_MAX];      /* 0-9 * #; no two alike */
	char hand_off[CONFIG_WORD_MAX]; /* an agent that there is */
	char transfer[CONFIG_WORD_MAX]; /* of transfer.targets */
	char say[CONFIG_FILLER_MAX];
	char function[CONFIG_WORD_MAX];      /* that the agent has */
	char arguments[CONFIG_KEY_JSON_MAX]; /* its own, an object; "": none */
	bool end;
	unsigned line; /* of its file; of an agent's */
};

struct config_agent_keypad {
	unsigned count; /* 0: keys are for the model */
	struct config_key keys[CONFIG_KEYS_MAX];
	char prompt[CONFIG_TEXT_MAX]; /* WAV; "": the apology */
	char prompt_text[CONFIG_SENTENCE_MAX];
	unsigned seconds; /* a key is waited for behind it */
};

/* What failure says, for calls of one route or agent; what is "" or
 * AS_ELSEWHERE is as the next has it: route, agent, number, all. */
struct config_fallback {
	enum config_then then;
	char dial[CONFIG_NAME_MAX];
	char say[CONFIG_SENTENCE_MAX];
};

/* 0: as struct config_limits has it. */
struct config_agent_limits {
	unsigned call_minutes;
	unsigned silence_seconds;
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
	struct config_agent_persona persona;
	struct config_agent_knowledge knowledge;
	struct config_agent_functions functions;
	struct config_agent_form form;
	struct config_agent_supervisor supervisor;
	struct config_agent_keypad keypad;
	struct config_agent_limits limits;
	struct config_fallback fallback;
};

/* Those that have files of their own. Never changed; shared by all copies of a
 * configuration, and freed, its secrets wiped, with the last (config_wipe). */
struct config_agents {
	atomic_uint uses;
	unsigned count;
	struct config_agent agent[]; /* in the order of agent_files */
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
	unsigned tone_ms;   /* of a key that is sent as sound */
	unsigned pause_ms;  /* behind it */
};

/* What is "" or AS_ELSEWHERE here is as failure has it. */
struct config_failure_route {
	char number[CONFIG_NAME_MAX]; /* dialled, or a bot; no two alike */
	char prompt[CONFIG_TEXT_MAX];
	enum config_then then;
	char dial[CONFIG_NAME_MAX];
	char say[CONFIG_SENTENCE_MAX];
};

struct config_failure {
	char prompt[CONFIG_TEXT_MAX]; /* WAV; "": the bundled one */
	enum config_then then;
	char dial[CONFIG_NAME_MAX];    /* set when then is dial */
	char say[CONFIG_SENTENCE_MAX]; /* said by the carrier's own voice,
					  where no prompt can be played */
	unsigned by_number_count;
	struct config_failure_route by_number[CONFIG_ROUTES_MAX];
};

enum config_carrier {
	CONFIG_CARRIER_ANY,
	CONFIG_CARRIER_TWILIO,
	CONFIG_CARRIER_AUDIOCODES
};

/* What a route adds to the menus of all agents its calls come to. */
struct config_route_keypad {
	unsigned count;
	struct config_key keys[CONFIG_ROUTE_KEYS_MAX];
};

/* Who answers which calls. All that is set must fit; "": any. */
struct config_route {
	char number[CONFIG_NAME_MAX]; /* dialled; with * at its end a beginning
				       */
	enum config_carrier carrier;
	char bot[CONFIG_WORD_MAX];
	char caller[CONFIG_NAME_MAX]; /* the beginning of the number */
	struct config_variable parameter;
	char hours[CONFIG_HOURS_MAX];   /* hours.h */
	char timezone[CONFIG_WORD_MAX]; /* "": UTC */
	char agent[CONFIG_WORD_MAX];    /* one that there is */
	struct config_fallback fallback;
	char country[3]; /* of telephone numbers; "": as the form has it */
	struct config_route_keypad keypad; /* last: routing_key */
};

/* Who is asked before a call is routed; off when url is "". */
struct config_call_webhook {
	char url[CONFIG_TEXT_MAX]; /* http(s)://… */
	unsigned timeout_ms;
	struct secret secret; /* that it is signed with; may be unset */
};

/* What a caller from Twilio gets while there is no room. */
struct config_overload {
	enum config_overload_then then;
	char dial[CONFIG_NAME_MAX];    /* set when then is dial */
	char say[CONFIG_SENTENCE_MAX]; /* set when then is say */
	char url[CONFIG_TEXT_MAX];     /* set when then is redirect */
};

struct config_certificate {
	char certificate[CONFIG_TEXT_MAX]; /* PEM files: a chain … */
	char key[CONFIG_TEXT_MAX];         /* … and its key */
};

struct config_tls {
	unsigned certificate_count; /* 0: plain HTTP is spoken */
	struct config_certificate certificates[CONFIG_CERTIFICATES_MAX];
};

/* How long the gateway waits for its calls when it is to go down. */
struct config_drain {
	unsigned seconds;              /* for calls to end by themselves */
	char prompt[CONFIG_TEXT_MAX];  /* WAV; "": the bundled one */
	char say[CONFIG_SENTENCE_MAX]; /* said by the carrier's own voice,
					  where no prompt can be played */
};

enum config_machine {
	CONFIG_MACHINE_IGNORE, /* nobody asks who answers */
	CONFIG_MACHINE_CONTINUE,
	CONFIG_MACHINE_HANGUP,
	CONFIG_MACHINE_MESSAGE
};

/* Calls that we place, with Twilio. Off unless account and from are set. */
struct config_outbound {
	char account[CONFIG_SID_LEN];
	char from[CONFIG_NAME_MAX];
	enum config_machine machine;       /* that answers */
	char message[CONFIG_SENTENCE_MAX]; /* set when machine is message */
	unsigned per_second;
	unsigned per_number_day;      /* 0: no limit */
	char hours[CONFIG_HOURS_MAX]; /* hours.h; "": always */
	char timezone[CONFIG_ZONE_MAX];
};

/* Where forms remain. */
struct config_store {
	char path[CONFIG_TEXT_MAX]; /* SQLite; "": nowhere */
};

struct config_limits {
	unsigned calls;
	unsigned calls_per_worker; /* 0: no limit of its own; so the next */
	unsigned calls_per_number;
	unsigned calls_per_source;
	unsigned calls_anonymous;
	unsigned call_minutes;
	unsigned warning_seconds; /* before the end; 0: none */
	unsigned silence_seconds; /* of the caller; 0: any */
	unsigned silence_asks;    /* before it ends the call */
	unsigned model_silence_seconds;
	unsigned ring_seconds;            /* caller audio kept */
	unsigned connections;             /* without a call, of all workers */
	unsigned connections_per_address; /* of them; 0: no limit */
	unsigned handshakes; /* TLS, begun and not done, of each worker */
	unsigned head_ms;    /* for a handshake and a whole request */
};

/* Of a million tokens, in config.currency; 0: none is known. */
struct config_price {
	char model[CONFIG_NAME_MAX]; /* no two alike */
	double text_in;
	double text_in_cached; /* 0: as text_in */
	double text_out;
	double audio_in;
	double audio_in_cached; /* 0: as audio_in */
	double audio_out;
	double audio_minute; /* of a model that bills by time */
};

enum config_budget_action {
	CONFIG_BUDGET_WARN,
	CONFIG_BUDGET_WRAP_UP,
	CONFIG_BUDGET_REFUSE
};
enum config_budget_running {
	CONFIG_RUNNING_GO_ON,
	CONFIG_RUNNING_WRAP_UP,
};

struct config_budget {
	double amount; /* in config.currency; 0: no budget */
	enum config_budget_action action;
};

struct config_budgets {
	char timezone[CONFIG_ZONE_MAX]; /* where a day begins */
	struct config_budget per_call;  /* never refuse */
	struct config_budget per_number_day;
	struct config_budget per_day;
	enum config_budget_running running; /* calls, when others are refused */
};

struct config {
	char listen[64];                  /* "127.0.0.1:8080", "[::]:80" */
	char public_url[CONFIG_TEXT_MAX]; /* https://…, no trailing slash;
					     "": by the Host header */
	bool listen_shared; /* other instances may have the same port */
	unsigned workers;   /* 0: as many as there are cores */
	struct config_tls tls;
	unsigned proxy_count;
	/* Addresses, alone or with "/" and bits. */
	char proxies[CONFIG_PROXIES_MAX][CONFIG_BLOCK_MAX];
	struct config_log log;
	struct config_admin admin;
	struct config_twilio twilio;
	struct config_audiocodes audiocodes;
	struct config_transfer transfer;
	struct config_model model;
	struct config_agent agent;
	unsigned agent_file_count;
	char agent_files[CONFIG_AGENTS_MAX][CONFIG_TEXT_MAX];
	struct config_agents *agents; /* NULL: there are no files, or they were
					 not read */
	unsigned route_count;
	struct config_route routes[CONFIG_CALL_ROUTES_MAX];
	struct config_call_webhook call_webhook;
	struct config_audio audio;
	struct config_digits digits;
	struct config_failure failure;
	struct config_overload overload;
	struct config_drain drain;
	struct config_limits limits;
	char currency[CONFIG_CURRENCY_MAX];
	unsigned price_count;
	struct config_price prices[CONFIG_PRICES_MAX];
	struct config_budgets budgets;
	struct config_store store;
	struct config_outbound outbound;
};

/* config_default: every default; no secrets. */
void config_default(struct config *c);

/* What a load is given and has to tell beside the configuration. */
struct config_loading {
	struct config_environment *environment; /* NULL: the process's, where
						   everything stays */
	char *errors; /* on failure: every mistake found, one a line without
			 the last newline: "tandem.yaml:12: unknown key "voise"
			 in agent (did you mean "voice"?)"; what does not fit is
			 counted on the last line */
	size_t errors_cap; /* at least 256 */
	char *warnings;    /* in the same way, on success, too; or NULL */
	size_t warnings_cap;
};

/* config_load_all: the defaults, changed by a file, and the secrets.
 *
 * path  the file; NULL means the defaults alone. A relative path inside it is
 *       taken from the file's own directory. The agent files it names are read
 *       with it; what is wrong in one is told with that one's name.
 *
 * A secret is looked for in this order; what is found first counts alone:
 *   1  the variable OPENAI_API_KEY, TWILIO_AUTH_TOKEN or AUDIOCODES_TOKENS,
 *      or the file that OPENAI_API_KEY_FILE … names (both: a mistake)
 *   2  the file openai_api_key, twilio_auth_token or audiocodes_tokens in
 *      $CREDENTIALS_DIRECTORY
 *   3  the file's model.key, twilio.auth_tokens or audiocodes.tokens, which
 *      hold ${…} (config_reference.h) and no key in the clear
 * In 1 and 2 Twilio's is one token, or up to CONFIG_TOKENS_MAX with commas or
 * line ends between; AudioCodes' are bot=token in the same way, a bot up to
 * CONFIG_TOKENS_MAX times. An empty one is none. Variables with a secret are
 * moved into the environment given.
 *
 * May be called again at any time, for a reload; keeps nothing. c is filled on
 * 0 only.
 * Returns 0; -EINVAL mistakes; -EFBIG over CONFIG_FILE_MAX; or why the file
 * could not be read (-ENOENT, -EACCES, -EISDIR, …). */
int config_load_all(struct config *c, const char *path,
		    const struct config_loading *loading);

/* config_load: the file alone, with the secrets it names, from the process's
 * environment, which is left as it is.
 * cap  at least 256 */
int config_load(struct config *c, const char *path, char *errors, size_t cap);

/* config_parse: the same from memory; name stands for the file in errors, and
 * for its directory. Agent files are not read. */
int config_parse(struct config *c, const char *yaml, size_t len,
		 const char *name, char *errors, size_t cap);

/* config_wipe: forget the secrets, and let go of the agents. */
void config_wipe(struct config *c);

/* config_copy: to becomes what from is; each is to be wiped. config_move: what
 * from was, which is wiped. What to was before is not looked at. */
void config_copy(struct config *to, const struct config *from);
void config_move(struct config *to, struct config *from);

/* config_agent_count: with the default one. config_agent_at: 0 is the agent
 * section, i the i-th file. config_agent_find: by its name; the index, or -1.
 */
unsigned config_agent_count(const struct config *c);
const struct config_agent *config_agent_at(const struct config *c, unsigned i);
int config_agent_find(const struct config *c, const char *name);
/* config_agent_model: the model it speaks with. config_agent_minutes: how long
 * its calls may last; NULL: those of any agent. config_agent_silence: how many
 * seconds its callers may be silent; 0: any. */
const char *config_agent_model(const struct config *c,
			       const struct config_agent *a);
unsigned config_agent_minutes(const struct config *c,
			      const struct config_agent *a);
unsigned config_agent_silence(const struct config *c,
			      const struct config_agent *a);

/* config_each_secret: every place in c that may hold one. */
void config_each_secret(struct config *c,
			void (*each)(void *owner, struct secret *s),
			void *owner);

/* config_twilio_tokens: what a request of an account may be signed with.
 *
 * sid  len characters; len 0: the request does not say (an upgrade)
 * out  the tokens, which belong to c: of the account, when it has some of its
 *      own; else the common ones; of an upgrade all there are
 * Returns how many; 0: none is configured for it. */
#define CONFIG_TWILIO_TOKENS (CONFIG_TOKENS_MAX * (1 + CONFIG_ACCOUNTS_MAX))
size_t config_twilio_tokens(const struct config *c, const char *sid, size_t len,
			    const struct secret *out[CONFIG_TWILIO_TOKENS]);

/* config_twilio_account: what is said of this one alone, or NULL.
 * config_twilio_rest_url: where its calls are: its own, or rest.url; "": it has
 * no REST interface. */
const struct config_twilio_account *config_twilio_account(
	const struct config *c, const char *sid);
const char *config_twilio_rest_url(const struct config *c, const char *sid);

/* config_twilio_has_tokens: false: nothing can be checked, of any account. */
bool config_twilio_has_tokens(const struct config *c);

#endif
