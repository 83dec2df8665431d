/* One call: what a phone leg and a model session say to each other.
 *
 * The core is pure: it is told what happened and when, and acts through two
 * ports. It opens no socket, reads no clock and knows no wire format, so a call
 * is a function of its events and can be replayed.
 *
 * A port may not call back into the call from inside one of its functions. */
#ifndef GATEWAY_CALL_CALL_H
#define GATEWAY_CALL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/call/audio_queue.h"
#include "gateway/call/call_state.h"
#include "gateway/call/caller_timeline.h"
#include "gateway/call/digits.h"
#include "gateway/call/playout.h"
#include "gateway/call/sequencer.h"
#include "gateway/call/transcoder.h"

/* Limits. */
#define CALL_FAREWELL_MS   20000 /* for a goodbye to be made */
#define CALL_TAIL_MS       250   /* silence between goodbye and hang-up */
#define CALL_ENDING_MS     5000  /* for the carrier to end */
#define CALL_ANSWER_MS     5000  /* from the caller's last word to a response */
#define CALL_SILENT_MS     7000  /* a response under way may say nothing */
#define CALL_CANCEL_MS     8000  /* for a cancelled response to end */
#define CALL_MUTE_MS       3000  /* the same, when it was silent before */
#define CALL_RETRY_MS      1500  /* before a failed answer is asked again */
#define CALL_FAILURES_MAX  2     /* failed answers in a row: model lost */
#define CALL_APPEND_MS_MAX 100   /* audio in one message to the model */

/* What the call does to its phone leg. */
struct call_carrier_port {
	void (*send_audio)(void *leg, const uint8_t *bytes, size_t n);
	void (*send_mark)(void *leg, const struct playout_mark *mark);
	void (*clear)(void *leg);
	void (*hang_up)(void *leg);
};

/* What the call does to its model session. */
struct call_model_port {
	void (*append)(void *session, const uint8_t *bytes, size_t n);
	void (*speak)(void *session, enum speak what);
	void (*cancel)(void *session, const char *response_id);
	void (*truncate)(void *session, const char *item_id,
			 unsigned content_index, unsigned heard_ms);
	void (*forget_item)(void *session, const char *item_id);
	void (*add_digits)(void *session, const char *digits);
	void (*tool_output)(void *session, const char *call_id,
			    const char *output);
	void (*close)(void *session);
};

/* What happened, for the log, the metrics and the live page. */
enum call_note {
	CALL_NOTE_STATE,    /* text: the new state; number: call-relative ms */
	CALL_NOTE_BARGE_IN, /* text: item; number: ms heard of it */
	CALL_NOTE_DIGITS,   /* number: how many keys */
	CALL_NOTE_FAILED_ANSWER,    /* text: why */
	CALL_NOTE_MODEL_LOST,       /* text: why */
	CALL_NOTE_RING_OVERFLOW,    /* number: bytes of caller audio dropped */
	CALL_NOTE_PLAYOUT_OVERFLOW, /* text: item that was cut off */
	CALL_NOTE_GAP_FILLED        /* number: ms of silence inserted */
};

/* Why it ended. */
enum call_end {
	CALL_END_CALLER,     /* the caller hung up */
	CALL_END_MODEL,      /* the model said goodbye */
	CALL_END_MODEL_LOST, /* no model: apologised */
	CALL_END_TOO_LONG,   /* the longest call allowed */
	CALL_END_SHUTDOWN    /* the gateway stopped */
};

struct call_settings {
	enum audio_format carrier_format;
	enum audio_format model_format;
	unsigned lead_ms;    /* playout ahead of the caller's ear */
	unsigned append_ms;  /* 20..CALL_APPEND_MS_MAX */
	unsigned ring_ms;    /* caller audio kept while connecting */
	unsigned connect_ms; /* for the model to become ready */
	unsigned longest_ms; /* the longest call; 0: no limit */
	unsigned digits_max;
	unsigned digits_gap_ms;
	char digits_terminator; /* 0: none */
	bool greets;            /* the model speaks first */
	const uint8_t *apology; /* in the carrier's format, not owned */
	size_t apology_len;
};

struct call {
	struct call_settings settings;
	const struct call_carrier_port *carrier;
	void *leg;
	const struct call_model_port *model;
	void *session;
	void (*on_note)(void *owner, enum call_note note, const char *text,
			uint64_t number);
	void *owner;

	enum call_state state;
	enum call_end end;
	uint64_t started_ns;
	uint64_t deadline_ns; /* of this state; 0: none */
	bool has_model;       /* the session may be spoken to */

	/* From the caller. */
	struct audio_queue ring;
	struct transcoder up;
	struct caller_timeline timeline;
	struct digits digits;

	/* To the caller. */
	struct playout playout;
	struct transcoder down;
	char source_item[PLAYOUT_ID_MAX];
	unsigned source_content;
	uint64_t source_bytes; /* of the model's audio in that item */

	/* The model's turns. */
	struct sequencer sequencer;
	bool response_has_audio;
	bool tool_answered; /* a response is owed for tool output */
	bool goodbye_asked;
	bool goodbye_said;
	uint64_t tail_ns; /* goodbye was heard: hang up then */
	uint64_t answer_due_ns;
	uint64_t audio_due_ns;
	uint64_t cancel_due_ns; /* a cancelled response has ended by then */
	uint64_t retry_ns;
	enum speak retry_what;
	unsigned failures;

	/* Totals. */
	uint64_t caller_bytes; /* received from the carrier */
	uint64_t ring_dropped;
	uint64_t gap_ms;     /* silence put in */
	uint64_t dead_bytes; /* audio of interrupted responses */
	unsigned barge_ins;
	unsigned responses;
};

/* call_init: the carrier's stream has begun; the model is being connected.
 * Returns 0. The call keeps pointers to everything it is given. */
int call_init(struct call *c, const struct call_settings *settings,
	      struct audio_pool *pool, const struct call_carrier_port *carrier,
	      void *leg, const struct call_model_port *model, void *session,
	      uint64_t now_ns);

/* call_free: give back what the call holds. Valid once it is over, or before it
 * ever began to send. */
void call_free(struct call *c);

/* --- From the carrier --- */

/* Audio in the carrier's format. timestamp_ms of its first sample, or
 * CALLER_NO_TIMESTAMP. */
void call_caller_audio(struct call *c, uint64_t timestamp_ms,
		       const uint8_t *bytes, size_t n, uint64_t now_ns);
void call_caller_digit(struct call *c, char key, uint64_t now_ns);
void call_carrier_mark(struct call *c, unsigned generation, unsigned number,
		       uint64_t now_ns);
void call_carrier_ended(struct call *c, uint64_t now_ns);

/* --- From the model --- */

void call_model_ready(struct call *c, uint64_t now_ns);
void call_model_lost(struct call *c, const char *why, uint64_t now_ns);
void call_model_speech(struct call *c, bool is_speaking, uint64_t now_ns);
void call_model_response(struct call *c, const char *response_id, bool by_us,
			 uint64_t now_ns);
/* Audio in the model's format, any length. */
void call_model_audio(struct call *c, const char *response_id,
		      const char *item_id, unsigned content_index,
		      const uint8_t *bytes, size_t n, uint64_t now_ns);

enum call_outcome {
	CALL_RESPONSE_DONE,    /* complete, or cut by the model's own limits */
	CALL_RESPONSE_CUT,     /* cancelled, by the caller or by us */
	CALL_RESPONSE_FAILED,  /* may be tried again */
	CALL_RESPONSE_HOPELESS /* no quota, account closed: never again */
};

void call_model_response_done(struct call *c, const char *response_id,
			      bool by_us, enum call_outcome outcome,
			      const char *why, uint64_t now_ns);
/* A request to speak was answered by an error. */
void call_model_refused(struct call *c, bool is_busy, uint64_t now_ns);
/* A function the model calls. Unknown names are answered with an error. */
void call_model_tool(struct call *c, const char *call_id, const char *name,
		     uint64_t now_ns);

/* --- The clock --- */

/* call_tick: once per 20 ms. */
void call_tick(struct call *c, uint64_t now_ns);

/* call_stop: the gateway goes down: end politely, now. */
void call_stop(struct call *c, uint64_t now_ns);

const char *call_end_name(enum call_end end);

#endif
