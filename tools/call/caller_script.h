/* What the caller does: a list of steps, run against what is heard. Pure. */
#ifndef TOOLS_CALL_CALLER_SCRIPT_H
#define TOOLS_CALL_CALLER_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/call/caller_fault.h"

#define CALLER_SCRIPT_STEPS_MAX  100
#define CALLER_SCRIPT_DIGITS_MAX 33 /* with NUL */
#define CALLER_SCRIPT_LABEL_MAX  24 /* with NUL */
#define CALLER_SCRIPT_WHY_MAX    96
#define CALLER_SCRIPT_TIMEOUT_MS                                          \
	20000                      /* of a wait, unless it says otherwise \
				    */
#define CALLER_SCRIPT_QUIET_MS 500 /* of `wait: silence` */
#define CALLER_SCRIPT_KEY_MS   200 /* between two keys of one press */

/* Speech ready to be sent; owned by caller_speech. */
struct caller_clip {
	char name[64];
	uint8_t *ulaw;
	size_t samples;
	size_t onset; /* first loud sample; samples if none */
	size_t end;   /* behind the last loud one */
};

enum caller_step_kind {
	CALLER_SAY,          /* clip; done when it is said */
	CALLER_PRESS,        /* digits */
	CALLER_WAIT_START,   /* for an utterance to begin */
	CALLER_WAIT_END,     /* for one to end */
	CALLER_WAIT_SILENCE, /* for ms without a sound */
	CALLER_WAIT_MS,      /* for ms */
	CALLER_WAIT_HANGUP,  /* for the far end to end the call */
	CALLER_INTERRUPT,    /* ms into an utterance say clip; it must stop */
	CALLER_HANG_UP,
	CALLER_INJECT /* a fault */
};

struct caller_step {
	enum caller_step_kind kind;
	const struct caller_clip *clip;
	char digits[CALLER_SCRIPT_DIGITS_MAX];
	char label[CALLER_SCRIPT_LABEL_MAX]; /* of what is heard; or "" */
	unsigned ms;
	unsigned timeout_ms;
	unsigned within_ms; /* CALLER_INTERRUPT: the voice stops; 0: any */
	enum caller_fault fault;
	unsigned value;
};

struct caller_script {
	struct caller_step step[CALLER_SCRIPT_STEPS_MAX];
	size_t steps;
};

/* What the caller perceives now; ms on the call's clock. */
struct caller_view {
	uint64_t now_ms;
	bool is_saying; /* a clip is being said */
	bool hears_speech;
	unsigned starts; /* utterances heard to begin, and to end */
	unsigned ends;
	uint64_t start_ms;    /* of the last one */
	uint64_t quiet_ms;    /* since the last sound */
	unsigned heeded;      /* interruptions that made the far end stop */
	uint64_t reaction_ms; /* of the last one */
	bool is_ended;        /* the far end has ended the call */
};

enum caller_act {
	CALLER_ACT_NONE,
	CALLER_ACT_SAY,
	CALLER_ACT_BARGE_IN, /* say, into speech */
	CALLER_ACT_KEY,
	CALLER_ACT_FAULT,
	CALLER_ACT_HANG_UP
};

struct caller_action {
	enum caller_act act;
	const struct caller_clip *clip;
	char digit;
	enum caller_fault fault;
	unsigned value;
};

enum caller_result { CALLER_PENDING, CALLER_PASSED, CALLER_FAILED };

struct caller_step_result {
	enum caller_result result;
	char why[CALLER_SCRIPT_WHY_MAX]; /* of a failure */
};

/* One run of a script. */
struct caller_script_run {
	const struct caller_script *script;
	size_t at;
	bool is_entered;
	unsigned phase;    /* within a step */
	uint64_t since_ms; /* the phase began */
	unsigned old;      /* utterances that are no answer any more */
	unsigned heeded;   /* when the interruption began */
	struct caller_step_result result[CALLER_SCRIPT_STEPS_MAX];
};

void caller_script_begin(struct caller_script_run *r,
			 const struct caller_script *script);

/* caller_script_next: what to do now. Call it again until there is nothing.
 * A failed step ends the run with CALLER_ACT_HANG_UP. */
struct caller_action caller_script_next(struct caller_script_run *r,
					const struct caller_view *view);

bool caller_script_is_done(const struct caller_script_run *r);
/* caller_script_hangs_up: every step is done, so nobody stays on the line. A
 * script that only sets faults up has nothing to do: it waits for the far end.
 */
bool caller_script_hangs_up(const struct caller_script_run *r);
bool caller_script_has_failed(const struct caller_script_run *r);

/* caller_script_end: the call is over: steps not done have failed, those that
 * only set a fault up excepted. */
void caller_script_end(struct caller_script_run *r,
		       const struct caller_view *view);

/* caller_script_label: what the utterance heard now is called: the label of the
 * step that waits for it, or "reply". */
const char *caller_script_label(const struct caller_script_run *r);

/* caller_script_describe: a step in words, for people. Returns out. */
char *caller_script_describe(char *out, size_t cap,
			     const struct caller_step *step);

#endif
