/* Scenario files: what the server answers, how fast, and what goes wrong.
 *
 * YAML, checked against a schema; README.md explains every key by example.
 * Every key is optional; without a file the defaults here hold. */
#ifndef TOOLS_MODEL_MODEL_SCENARIO_H
#define TOOLS_MODEL_MODEL_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When a response's audio leaves the server. */
struct model_pace {
	unsigned first_delta_ms[2]; /* least, most after response.created */
	unsigned delta_ms[2];       /* audio in a delta */
	double speed;               /* times real time */
	unsigned pause_ms[2];       /* between bursts of deltas */
	unsigned stall_ms;          /* one silence in the middle */
};

/* The same as the file says it: what is NULL is not said. */
struct model_timing {
	unsigned *first_delta_ms;
	unsigned first_delta_ms_count;
	unsigned *delta_ms;
	unsigned delta_ms_count;
	unsigned *pause_ms;
	unsigned pause_ms_count;
	double *speed;
	unsigned *stall_ms;
	unsigned *session_created_delay_ms;
	unsigned *update_delay_ms;
	unsigned update_delay_ms_count;
	unsigned *late_deltas;
	unsigned late_deltas_count;
};

struct model_utterance {
	unsigned start_ms, stop_ms; /* on the time line of appended audio */
};

struct model_hearing {
	double *threshold_dbm0;
	bool takes_missing_rate;
	struct model_utterance *scripted;
	unsigned scripted_count;
	bool answers_while_speaking; /* interrupt_response false: a turn that
					ends during a response gets an error */
};

struct model_loopback_script {
	unsigned delay_ms;
};

enum model_trigger {
	MODEL_ON_ANY,
	MODEL_ON_GREETING, /* a response before the caller said anything */
	MODEL_ON_TURN,     /* the caller spoke */
	MODEL_ON_TEXT,     /* a text item came last */
	MODEL_ON_TOOL,     /* a function's output came last */
	MODEL_ON_NOTE      /* a system item came last, and not at first */
};

enum model_status {
	MODEL_COMPLETED,
	MODEL_FAILED,
	MODEL_INCOMPLETE,
	MODEL_CANCELLED
};

struct model_call_script {
	char *name;
	char *arguments; /* JSON text; "{}" when not said */
};

struct model_answer {
	enum model_trigger on;
	bool repeat;     /* answers more than once */
	char **preamble; /* sounds of a first, "commentary" item */
	unsigned preamble_count;
	char **say; /* sounds of the message */
	unsigned say_count;
	char *transcript;
	struct model_call_script *call;
	unsigned call_count;
	enum model_status status;
	char *reason;     /* of incomplete: max_output_tokens, … */
	char *error_code; /* of failed */
	char *error_message;
	bool late_done;     /* item 0 is done after item 1 has begun */
	bool split_samples; /* deltas may end inside a sample */
	bool null_usage;
	bool no_created; /* response.done without response.created */
	struct model_timing *timing;
};

enum model_moment {
	MODEL_AT_START,   /* the 101 has been sent */
	MODEL_AT_CONNECT, /* instead of the 101 */
	MODEL_AT_CREATED,
	MODEL_AT_UPDATED,  /* the first session.updated */
	MODEL_AT_RESPONSE, /* response.created number N */
	MODEL_AT_AUDIO,    /* the first audio delta of response N */
	MODEL_AT_DONE,     /* response.done number N */
	MODEL_AT_TURN      /* speech_started number N */
};

enum model_fault_kind {
	MODEL_REFUSE_HTTP,
	MODEL_BAD_KEY,
	MODEL_NEVER_CREATED,
	MODEL_NEVER_UPDATED,
	MODEL_REJECT_UPDATE,
	MODEL_WRONG_ECHO,
	MODEL_STALL,
	MODEL_FREEZE,
	MODEL_NO_PONG,
	MODEL_DROP,
	MODEL_CLOSE,
	MODEL_EXPIRE,
	MODEL_ERROR_EVENT,
	MODEL_FAILED_RESPONSE,
	MODEL_BURST,
	MODEL_SLOW,
	MODEL_GIANT_DELTA,
	MODEL_MICRO_DELTAS,
	MODEL_EMPTY_DELTA,
	MODEL_DELTAS_AFTER_DONE,
	MODEL_DAMAGED_BASE64,
	MODEL_UNKNOWN_EVENTS,
	MODEL_GARBAGE_JSON,
	MODEL_BINARY_FRAME,
	MODEL_OVERSIZE,
	MODEL_NUL_TRANSCRIPT,
	MODEL_PHANTOM_SPEECH
};

struct model_fault {
	enum model_fault_kind fault;
	enum model_moment at;
	unsigned number; /* of the response or turn; 0: every one */
	unsigned after_ms;
	unsigned session; /* connection, from 1; 0: every one */
	unsigned status;  /* refuse_http */
	unsigned retry_after_s;
	char *body;
	unsigned code; /* close */
	char *reason;
	char *error_code; /* reject_update, error, failed_response */
	char *error_message;
	unsigned for_ms; /* no_pong, phantom_speech; 0: for ever */
	unsigned bytes;  /* oversize */
	bool quietly;    /* expire: no error event before the close */
};

struct model_transcriber {
	char *text;
	unsigned *delay_ms;
	unsigned delay_ms_count;
	bool fails;
};

struct model_life {
	unsigned expires_after_s;
	unsigned ping_interval_ms;
	unsigned pong_timeout_ms;
};

struct model_expect {
	unsigned sessions;     /* more connections than this are a breach */
	bool allow_gaps;       /* pauses and rate are not judged */
	bool half_duplex;      /* the uplink pauses between turns */
	bool allow_unanswered; /* calls may stay without output */
};

/* The file, member for key. */
struct model_script {
	struct model_timing *timing;
	struct model_hearing *vad;
	struct model_loopback_script *loopback;
	struct model_answer *responses;
	unsigned responses_count;
	struct model_fault *faults;
	unsigned faults_count;
	struct model_transcriber *transcription;
	struct model_life *session;
	struct model_expect *expect;
};

/* What the server works with: the file laid over the defaults. */
struct model_scenario {
	struct model_script *script; /* never NULL */
	char directory[512];         /* sounds are looked for here */
	struct model_pace pace;
	unsigned created_delay_ms;
	unsigned update_delay_ms[2];
	unsigned late_deltas[2];
	double vad_dbm0;
	unsigned transcript_delay_ms[2];
	struct model_life life;
	struct model_expect expect;
};

/* model_scenario_default: no file. */
void model_scenario_default(struct model_scenario *s);

/* model_scenario_load: read a file.
 * Returns 0; or -EINVAL with what is wrong, "file, line N, key: …", in why. */
int model_scenario_load(struct model_scenario *s, const char *path, char *why,
			size_t cap);
/* model_scenario_parse: the same from memory; name stands for the file. */
int model_scenario_parse(struct model_scenario *s, const char *name,
			 const char *text, size_t len, char *why, size_t cap);
void model_scenario_free(struct model_scenario *s);

/* model_scenario_pace: lay what a response's timing says over the pace. */
void model_scenario_pace(struct model_pace *pace,
			 const struct model_timing *timing);

/* model_scenario_fault: the first fault of this kind for this connection and,
 * where it matters, this response or turn (0: whichever); NULL when there is
 * none. */
const struct model_fault *model_scenario_fault(const struct model_scenario *s,
					       enum model_fault_kind kind,
					       unsigned session,
					       unsigned number);

const char *model_scenario_fault_name(enum model_fault_kind kind);

#endif
