/* One call: what a phone leg and a model session say to each other.
 *
 * The core is pure: it is told what happened and when, and acts through its
 * ports (call_port.h). It opens no socket, reads no clock and knows no wire
 * format, so a call is a function of its events and can be replayed. */
#ifndef GATEWAY_CALL_CALL_H
#define GATEWAY_CALL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/call/audio_queue.h"
#include "gateway/call/call_port.h"
#include "gateway/call/call_state.h"
#include "gateway/call/caller_timeline.h"
#include "gateway/call/digits.h"
#include "gateway/call/keypad.h"
#include "gateway/call/playout.h"
#include "gateway/call/sequencer.h"
#include "gateway/call/transcoder.h"
#include "gateway/call/variables.h"

/* Limits. */
#define CALL_FAREWELL_MS       20000 /* for a goodbye to be made */
#define CALL_WRAP_UPS_MAX      3     /* times it is asked to end, at most */
#define CALL_LAST_SPEECH_MS    5000  /* that may still play when time is up */
#define CALL_SOUND_MS          2000 /* more patience, once an answer has begun */
#define CALL_TAIL_MS           250  /* silence between goodbye and hang-up */
#define CALL_TRANSFER_MS       120000 /* for a transfer to succeed or fail */
#define CALL_CANCEL_MS         8000   /* for a cancelled response to end */
#define CALL_MUTE_MS           3000   /* the same, when it was silent before */
#define CALL_RETRY_MS          1500 /* before a failed answer is asked again */
#define CALL_FAILURES_MAX      2    /* failed answers in a row: model lost */
#define CALL_APPEND_MS_MAX     100  /* audio in one message to the model */
#define CALL_ANSWER_SILENCE_MS 200  /* that answers a ringing call */
#define CALL_TEXT_MAX          4096 /* bytes of one text, with NUL; more is cut */
#define CALL_TEXT_CHAR_MS      60   /* to speak one character, estimated */
#define CALL_ERRAND_MS         10000 /* until speech must have ended for them */
#define CALL_ERRANDS_MAX       4 /* requests that wait for the speech's end */
#define CALL_PARTICIPANTS_MAX  8
#define CALL_MUTE_TAIL_MS      250 /* behind the last masked key: its tone */
#define CALL_MASKED_MAX        8 /* masked entries kept; then the oldest goes */
#define CALL_TOOLS_MAX         16  /* functions under way; more is an error */
#define CALL_KEYPAD_ALONE_MAX  8   /* keys acted on without a model */
#define CALL_FILLER_AHEAD_MS   100 /* of a filler's sound at the carrier */
#define CALL_TONE_MS_MAX       500
#define CALL_TONE_LEVEL        -100 /* each of the two, in tenths of dBm0 */
#define CALL_TOOL_ID_MAX       128 /* bytes of a function call's id, with NUL */

/* What happened, for the log. */
enum call_note {
	CALL_NOTE_STATE,    /* text: the new state; number: call-relative ms */
	CALL_NOTE_BARGE_IN, /* text: item; number: ms heard of it */
	CALL_NOTE_DIGITS,   /* number: how many keys */
	CALL_NOTE_KEYPAD,   /* of the menu; text: what is done; number: likewise
			     */
	CALL_NOTE_KEYPAD_UNDONE,    /* behind it; text: why it was not */
	CALL_NOTE_FAILED_ANSWER,    /* text: why */
	CALL_NOTE_MODEL_LOST,       /* text: why */
	CALL_NOTE_RING_OVERFLOW,    /* number: bytes of caller audio dropped */
	CALL_NOTE_PLAYOUT_OVERFLOW, /* text: item that was cut off */
	CALL_NOTE_GAP_FILLED,       /* number: ms of silence inserted */
	CALL_NOTE_DETACHED,         /* number: ms of speech that go back */
	CALL_NOTE_ATTACHED,         /* number: ms the line was away */
	CALL_NOTE_REQUEST,          /* text: what the model asked for */
	CALL_NOTE_TRANSFER_FAILED,  /* text: why */
	CALL_NOTE_NO_INPUT,         /* number: times in a row */
	CALL_NOTE_WARNING,          /* number: ms until the time is up */
	CALL_NOTE_NO_ANSWER,        /* number: ms the model owes one */
	CALL_NOTE_FIRST_SOUND, /* number: us from the call's beginning until
				  the caller hears the model for the first
				  time, by the ledger */
	CALL_NOTE_TURN,        /* number: us from the end of the caller's speech
				  (the model's speech_stopped) until the answer
				  is heard, likewise */
	CALL_NOTE_INTERRUPTED  /* behind its CALL_NOTE_BARGE_INs; number: ms of
				  speech that was received and not heard */
};

/* Why it ended. */
enum call_end {
	CALL_END_CALLER,       /* the caller hung up */
	CALL_END_MODEL,        /* the model said goodbye */
	CALL_END_MODEL_LOST,   /* no model: apologised */
	CALL_END_TOO_LONG,     /* the longest call allowed */
	CALL_END_SHUTDOWN,     /* the gateway stopped */
	CALL_END_SILENCE,      /* the caller says nothing any more */
	CALL_END_TRANSFERRED,  /* handed to somebody else */
	CALL_END_CARRIER,      /* the carrier ended it for reasons of its own */
	CALL_END_CARRIER_LOST, /* the line broke and did not come back */
	CALL_END_REPLACED,     /* the carrier began the same call anew */
	CALL_END_BUDGET,       /* it has cost what it may */
	CALL_END_KEYPAD,       /* the caller pressed the key for it */
	CALL_ENDS
};

/* A person on the line, where there may be several. */
struct call_participant {
	char name[64]; /* the carrier's word for the role: "caller" */
	char user[64];
	char host[64];
	char display_name[64];
};

struct call_settings {
	enum audio_format caller_format;  /* as the carrier sends it */
	enum audio_format playout_format; /* as it is to be sent */
	enum audio_format model_format;
	unsigned lead_ms;    /* playout ahead of the caller's ear */
	bool has_marks;      /* the carrier echoes marks */
	bool can_detach;     /* the line may be lost and come back */
	bool awaits_ready;   /* nothing is said before call_carrier_ready */
	bool must_answer;    /* it rings until something is played */
	unsigned answer_ms;  /* from ready to CALL_ANSWER_SILENCE_MS of silence,
				unless something was said by then */
	unsigned append_ms;  /* 20..CALL_APPEND_MS_MAX */
	unsigned ring_ms;    /* caller audio kept while connecting */
	unsigned connect_ms; /* for the model to become ready */
	unsigned ending_ms;  /* for the carrier to end when told to */
	unsigned longest_ms; /* the longest call; 0: no limit */
	unsigned warning_ms; /* before that, the caller is told; 0: not */
	/* What the carrier reports as silence, and ours of silence_ms (0: any)
	 * in which nobody talked, count together, in a row. One of the
	 * carrier's ends the call when they are no_input_max (0: none does);
	 * one of ours when it was asked silence_asks times before. */
	unsigned no_input_max;
	unsigned silence_ms;
	unsigned silence_asks;
	/* The model owes an answer, or, CALL_SOUND_MS longer, sound of one that
	 * has begun, and nothing comes: it is asked once more, then it is lost.
	 */
	unsigned model_silence_ms;
	unsigned digits_max;
	unsigned digits_gap_ms;
	char digits_terminator;      /* 0: none */
	const struct keypad *keypad; /* keys that do something; or NULL. Not
					owned */
	unsigned tone_ms;       /* of keys that are sent as sound, where the
				   carrier has no other way; 0: none are.
				   At most CALL_TONE_MS_MAX, like the next */
	unsigned tone_pause_ms; /* behind each */
	bool greets;            /* the model speaks first */
	/* Played as soon as the line may be spoken on, in place of the model's
	 * greeting; mu-law, not owned. NULL: nothing. Then what is said in it,
	 * for the model, and for a carrier that speaks the words itself; "" or
	 * NULL: not known. */
	const uint8_t *hello;
	size_t hello_len;
	const char *hello_text;
	const char *opening;    /* what the model is told first, and answers, in
				   place of a greeting; or NULL. Not owned */
	const uint8_t *apology; /* G.711 mu-law, not owned */
	size_t apology_len;
	const uint8_t *farewell; /* likewise, when the gateway goes down */
	size_t farewell_len;
	const char *fallback;      /* URI of a person to transfer to behind the
				      apology, where the carrier transfers; or
				      NULL. Not owned */
	const char *apology_text;  /* said instead, on a carrier that speaks
				      the words itself; else NULL. Not owned */
	const char *farewell_text; /* likewise */
};

/* What every frame touches comes first and lies together: with hundreds of
 * calls the memory that is looked at costs more than the arithmetic. */
struct call {
	struct call_settings settings;
	struct call_ports ports;
	void (*on_note)(void *owner, enum call_note note, const char *text,
			uint64_t number);
	void *owner;

	enum call_state state;
	enum call_end end;
	uint64_t started_ns;
	uint64_t deadline_ns; /* of this state; 0: none */
	bool has_model;       /* the session may be spoken to */
	bool is_open;         /* the line may be spoken on */
	bool may_greet;       /* and the caller greeted */
	bool is_detached;
	uint64_t detached_ns;
	bool is_answered;   /* something was played */
	uint64_t answer_ns; /* silence answers the call then; 0: no need */

	/* From the caller. */
	struct audio_queue ring;
	struct transcoder up;
	struct caller_timeline timeline;
	struct digits digits;
	unsigned keys_from;           /* in digits: the last entry's */
	unsigned keypad_alone;        /* actions without a model */
	const char *keypad_words;     /* to be said; not owned */
	struct call_collect *collect; /* keys for functions; NULL: none ever */
	char *text; /* waits for the model, CALL_TEXT_MAX bytes; or NULL */
	unsigned no_inputs; /* in a row */
	uint64_t quiet_ns;  /* since when nobody talks; 0: somebody does */
	bool was_warned;

	/* Totals. */
	uint64_t caller_bytes; /* received from the carrier */
	uint64_t ring_dropped;
	uint64_t gap_ms;      /* silence put in */
	uint64_t dead_bytes;  /* audio of interrupted responses */
	uint64_t cut_sent_ms; /* of what was interrupted: at the carrier, and
				 not heard */
	size_t ring_most;     /* bytes: the fullest the ring has been */
	unsigned barge_ins;
	unsigned responses;

	/* The model's turns. */
	bool response_has_audio;
	bool tool_answered;  /* a response is owed for tool output */
	bool tool_late;      /* … behind the answer that the caller is owed */
	unsigned tool_round; /* responses that are over */
	struct call_tools *tools; /* functions that run; NULL: none ever has */
	bool goodbye_asked;
	bool goodbye_said;
	uint64_t tail_ns; /* goodbye was heard: hang up then */
	uint64_t answer_due_ns;
	uint64_t audio_due_ns;
	uint64_t cancel_due_ns; /* a cancelled response has ended by then */
	uint64_t retry_ns;
	enum speak retry_what;
	unsigned failures;
	unsigned errands;   /* that the model asked for, below */
	uint64_t errand_ns; /* the first one is run by then */
	struct sequencer sequencer;

	/* The greeting that was played: what the model is not told yet. */
	bool has_hello;
	unsigned hello_item; /* in the ledger */

	/* To the caller. */
	struct transcoder down;
	char source_item[PLAYOUT_ID_MAX];
	unsigned source_content;
	uint64_t source_bytes; /* of the model's audio in that item */
	bool is_speaking;      /* audio was sent, its end was not yet */
	int64_t begun_ns;      /* what playout.begun_ns was when last told */
	uint64_t turn_ns;      /* the caller's speech ended then; 0: answered */
	uint64_t text_ns;      /* what was said as text is over then */
	struct playout playout;

	/* What the model asked for. */
	struct call_request *errand;  /* room for CALL_ERRANDS_MAX, and data,
					 owned; NULL: there never was one */
	struct call_request transfer; /* while handing over */
	bool was_rescued;             /* the fallback was tried */
	char transfer_why[CALL_REASON_MAX]; /* it failed */
	unsigned wrap_ups;                  /* times it was asked to end */
	enum call_end farewell_end;         /* why it is said */
	enum call_end carrier_end;          /* why the carrier ended */
	char end_reason[CALL_REASON_MAX];

	/* Who and what the call is about. */
	struct call_variables variables;
	struct call_participant *participant; /* likewise */
	unsigned participants;
};

/* call_init: the carrier's stream has begun; the model is being connected. The
 * call keeps the pointers it is given. */
void call_init(struct call *c, const struct call_settings *settings,
	       struct audio_pool *pool, const struct call_ports *ports,
	       uint64_t now_ns);

/* call_expect_model: the model, which was not to be waited for yet, is being
 * connected: of s count its format, the time it has, the greetings and what
 * follows when it cannot be reached. While it connects only. */
void call_expect_model(struct call *c, const struct call_settings *s,
		       uint64_t now_ns);

/* call_free: give back what the call holds. Valid once it is over (when it
 * holds its variables and no more), or before it ever began to send. */
void call_free(struct call *c);

/* --- From the carrier --- */

/* Speech may begin. greets: the agent's greeting is wanted (settings.greets
 * allowing). Comes at most once; without settings.awaits_ready never. */
void call_carrier_ready(struct call *c, bool greets, uint64_t now_ns);

/* A fact about the call; see call_variables_set. */
int call_carrier_variable(struct call *c, const char *name, const char *value);
/* Who is there; of one name the last counts. Returns 0, -ENOBUFS or -ENOMEM. */
int call_carrier_participant(struct call *c, const struct call_participant *p);

/* Audio in the caller's format, whole samples. timestamp_ms of its first
 * sample, or CALLER_NO_TIMESTAMP. */
void call_caller_audio(struct call *c, uint64_t timestamp_ms,
		       const uint8_t *bytes, size_t n, uint64_t now_ns);
/* The audio turns out to be of another format. */
void call_caller_format(struct call *c, enum audio_format format);
/* No audio comes for now, by the carrier's will. */
void call_caller_paused(struct call *c, uint64_t now_ns);
void call_caller_digit(struct call *c, char key, uint64_t now_ns);
/* What the caller said, recognised by the carrier; cut at CALL_TEXT_MAX. */
void call_caller_text(struct call *c, const char *text, uint64_t now_ns);
/* The carrier waited for the caller to say something, in vain. */
void call_caller_silent(struct call *c, uint64_t now_ns);

void call_carrier_mark(struct call *c, unsigned generation, unsigned number,
		       uint64_t now_ns);
/* All that was sent has been played, says the carrier. */
void call_carrier_played(struct call *c, uint64_t now_ns);
/* A round trip was measured. */
void call_carrier_rtt(struct call *c, uint64_t rtt_ns);

/* The line was there at alive_ns: something came through. A carrier whose line
 * may be lost unnoticed says so all the time. */
void call_carrier_alive(struct call *c, uint64_t alive_ns);

/* The line broke, at lost_ns as far as is known, and may come back: what was
 * not heard by then is said again after call_carrier_attached. */
void call_carrier_detached(struct call *c, uint64_t lost_ns, uint64_t now_ns);
void call_carrier_attached(struct call *c, uint64_t now_ns);

void call_carrier_transfer_failed(struct call *c, const char *why,
				  uint64_t now_ns);
void call_carrier_ended(struct call *c, enum call_end why, uint64_t now_ns);

/* --- From the model --- */

void call_model_ready(struct call *c, uint64_t now_ns);
void call_model_lost(struct call *c, const char *why, uint64_t now_ns);
void call_model_speech(struct call *c, bool is_speaking, uint64_t now_ns);
/* The caller's words became a turn. */
void call_model_committed(struct call *c);
/* The caller's words: all so far, or whole. */
void call_model_transcript(struct call *c, const char *text, bool is_final,
			   uint64_t now_ns);
/* The model's own words, whole, of an item that is spoken. */
void call_model_words(struct call *c, const char *item_id, const char *text);
void call_model_response(struct call *c, const char *response_id, bool by_us,
			 uint64_t now_ns);
/* Audio in the model's format, any length. */
void call_model_audio(struct call *c, const char *response_id,
		      const char *item_id, unsigned content_index,
		      const uint8_t *bytes, size_t n, uint64_t now_ns);

/* The model's words, whole, of a session that answers in text. */
void call_model_text(struct call *c, const char *response_id, const char *text,
		     uint64_t now_ns);

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
/* A function the model calls. The agent answers it, or has the call do what it
 * asks for; what cannot be done is answered with an error. One that runs
 * already is not called again. */
void call_model_tool(struct call *c, const char *call_id, const char *name,
		     const char *arguments, uint64_t now_ns);

/* --- From the agent --- */

/* A function that the model called has taken its time: what the model is told,
 * one JSON value; or what the call is to do.
 *
 * Once all that one response has called are answered and the response is over,
 * the model is asked to go on, once. Not when the caller speaks: the answer to
 * that covers it; an answer that the caller is owed already comes first.
 *
 * A call that says goodbye, or hands the caller over, still takes the output to
 * the model (who hears of it should the caller stay) and does not ask it to
 * speak; one that is to end or be transferred by call_tool_asks has the model
 * say goodbye first. Without a model, and when the call is over, it comes to
 * nothing; so does an id that does not run. */
void call_tool_answered(struct call *c, const char *call_id, const char *output,
			uint64_t now_ns);
void call_tool_asks(struct call *c, const char *call_id,
		    const struct call_request *r, uint64_t now_ns);

/* call_key_answered: what a function said that a key has called: the model is
 * told, and speaks of it unless the call says goodbye or hands the caller over.
 * Without a model it comes to nothing.
 *
 * keys      that were pressed
 * json      its answer, text of one JSON value */
void call_key_answered(struct call *c, const char *keys, const char *function,
		       const char *json, uint64_t now_ns);

/* call_masked_digits: what the caller pressed for a function that asked for it
 * masked, by its name; of up to CALL_MASKED_MAX names. For other functions to
 * pass on, and for nobody's eyes. NULL: nothing. Wiped when the call is over.
 */
const char *call_masked_digits(const struct call *c, const char *name);

/* --- The clock --- */

/* call_tick: once per 20 ms. */
void call_tick(struct call *c, uint64_t now_ns);

/* call_dismiss: the gateway goes down: the caller hears the farewell, then the
 * call ends as after an apology. One that is ending already goes on to.
 * call_stop: end it now. */
void call_dismiss(struct call *c, uint64_t now_ns);
void call_stop(struct call *c, uint64_t now_ns);

/* call_wrap_up: the call has cost what it may: the model is asked to come to a
 * polite end, says goodbye, and we hang up (CALL_END_BUDGET). A caller who then
 * speaks up is answered, until it is asked again; the time after
 * CALL_WRAP_UPS_MAX is the last, as if the call's time were up. Nothing happens
 * in a call that is not up, or is ending. */
void call_wrap_up(struct call *c, uint64_t now_ns);

const char *call_end_name(enum call_end end);

#endif
