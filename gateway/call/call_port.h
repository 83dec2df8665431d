/* What a call needs of its three sides: the phone leg, the model session and
 * the agent. Each is an object with a table of functions, which may not call
 * back into the call from inside. */
#ifndef GATEWAY_CALL_CALL_PORT_H
#define GATEWAY_CALL_CALL_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/call/call_request.h"
#include "gateway/call/keypad.h"
#include "gateway/call/playout.h"
#include "gateway/call/sequencer.h"
#include "gateway/call/variables.h"

/* What the model makes of the caller's voice. */
enum call_speech {
	CALL_SPEECH_STARTED,
	CALL_SPEECH_STOPPED,
	CALL_SPEECH_COMMITTED,  /* it became a turn, an answer follows */
	CALL_SPEECH_HYPOTHESIS, /* text: the words so far */
	CALL_SPEECH_RECOGNITION /* text: the words */
};

/* What the call does to its phone leg. send_audio, clear and hang_up must be
 * there; another that is NULL is one the carrier has no use for. While the leg
 * is detached all but hang_up do nothing. */
struct call_carrier_port {
	/* In the playout format, whole frames of PLAYOUT_FRAME_MS. */
	void (*send_audio)(void *leg, const uint8_t *bytes, size_t n);
	/* Whether the connection holds as much as it should: audio then waits
	 * in the call, where it can still be taken back. */
	bool (*is_congested)(const void *leg);
	/* Required with settings.has_marks. */
	void (*send_mark)(void *leg, const struct playout_mark *mark);
	/* What was sent is a whole utterance: nothing more belongs to it. */
	void (*end_speech)(void *leg);
	/* Drop what was sent and has not been played. Returns false when the
	 * carrier plays on: then all of it will be heard. */
	bool (*clear)(void *leg);
	/* text: "" but for words. STARTED comes before the clear it causes. */
	void (*hear)(void *leg, enum call_speech what, const char *text);
	/* The model's words, for a carrier that speaks them itself. */
	void (*say)(void *leg, const char *text);
	/* Transfer, keys, metadata, recording; *r is the caller's again when
	 * this returns. Returns 0 or -ENOTSUP. A transfer is answered later, by
	 * call_carrier_transfer_failed or call_carrier_ended. */
	int (*request)(void *leg, const struct call_request *r);
	/* Whether request may do it at all. NULL: whatever there is. */
	bool (*can)(const void *leg, enum call_request_kind what);
	/* End the call; reason in words, for the carrier's records. Comes once;
	 * a leg that is detached keeps it in mind. */
	void (*hang_up)(void *leg, const char *reason);
};

/* What the call does to its model session. */
struct call_model_port {
	void (*append)(void *session, const uint8_t *bytes, size_t n);
	void (*speak)(void *session, enum speak what);
	/* The same for SPEAK_FILLER and SPEAK_WORDS: these words exactly, no
	 * function. */
	void (*say)(void *session, const char *words);
	void (*cancel)(void *session, const char *response_id);
	void (*truncate)(void *session, const char *item_id,
			 unsigned content_index, unsigned heard_ms);
	void (*forget_item)(void *session, const char *item_id);
	void (*add_digits)(void *session, const char *digits);
	/* What the caller wrote, or was recognised to say. */
	void (*add_text)(void *session, const char *text);
	/* What the model should know about the call; nobody said it. */
	void (*add_note)(void *session, const char *text);
	/* What the caller heard as if the model had said it. NULL: it cannot be
	 * told. */
	void (*add_said)(void *session, const char *text);
	/* Both sides are there, and nothing has been said: the last moment for
	 * what the model is told about itself. NULL: nothing. */
	void (*begin)(void *session);
	void (*tool_output)(void *session, const char *call_id,
			    const char *output);
	void (*close)(void *session);
};

/* What becomes of a function that the model calls. */
enum call_tool_fate {
	CALL_TOOL_ANSWERED, /* answer is what the model is told */
	CALL_TOOL_ASKS,     /* the call does it, and answers: request */
	CALL_TOOL_RUNS      /* call_tool_answered or call_tool_asks follows */
};

/* What the caller hears while a function runs: words by the model, once, or
 * else a sound of ours, again and again. Not owned; outlives the call. */
struct call_filler {
	unsigned after_ms;
	const char *say;      /* NULL: nothing is said */
	const uint8_t *sound; /* G.711 mu-law, 8 kHz; NULL: none */
	size_t sound_len;
};

/* Texts, request.data among them, live until the next function is called. */
struct call_tool {
	enum call_tool_fate fate;
	const char *answer; /* one JSON value */
	struct call_request request;
	struct call_filler filler; /* of one that runs */
};

/* What is known of what was said. */
enum call_words_kind {
	CALL_WORDS_TURN,   /* the caller's turn is over; its words may follow */
	CALL_WORDS_CALLER, /* text: the caller's */
	CALL_WORDS_AGENT,  /* text: the model's, of item_id; it may not be heard
			      yet */
	CALL_WORDS_CUT     /* of item_id heard_ms were heard, of all_ms that
			      there were */
};

/* Texts that are not used are "". */
struct call_words {
	enum call_words_kind kind;
	const char *item_id;
	const char *text;
	unsigned heard_ms, all_ms;
};

/* What the call asks its agent. */
struct call_agent_port {
	/* Words were said. NULL: nobody wants to know. */
	void (*hear)(void *agent, const struct call_words *w);
	/* A function is called. *t is zeroed, and filled. */
	void (*begin_tool)(void *agent, const char *call_id, const char *name,
			   const char *arguments, struct call_tool *t);
	/* A key of the caller's: another agent is to take the call. Returns
	 * false when it has it already, or is not there. NULL: none can. */
	bool (*hand_off)(void *agent, const char *name);
	/* What was said in this call before its present line was there, turn by
	 * turn from 0; NULL: no more. NULL: never anything. */
	const char *(*recall)(void *agent, unsigned i, bool *by_caller);
	/* Likewise, a function is to run; call_key_answered tells what came of
	 * it, perhaps from inside. Returns NULL, or why it does not, and then
	 * nothing comes. NULL: none can. */
	const char *(*run_key)(void *agent, const struct keypad_entry *e);
	/* What the model is told when the call begins, from the variables.
	 * Returns the length; 0: nothing. */
	size_t (*brief)(void *agent, const struct call_variables *v, char *out,
			size_t cap);
};

/* The three sides of a call. Tables and objects outlive it. */
struct call_ports {
	const struct call_carrier_port *carrier;
	void *leg;
	const struct call_model_port *model;
	void *session;
	const struct call_agent_port *agent;
	void *agent_owner;
};

#endif
