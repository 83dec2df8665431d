/* The response sequencer: one response at a time.
 *
 * Voice detection, keypad entries, tools and our own greeting all want the
 * model to speak; the model takes one at a time. A wish made at a bad moment
 * waits (at most one: the most urgent) until the response is done and the
 * caller is silent.
 *
 * Pure. Source: OpenAI Realtime reference, 4.7. */
#ifndef GATEWAY_CALL_SEQUENCER_H
#define GATEWAY_CALL_SEQUENCER_H

#include <stdbool.h>
#include <stdint.h>

#define SEQUENCER_ID_MAX 128 /* characters of a response's id, with NUL */
#define SEQUENCER_DEAD   8   /* ended responses remembered */

/* Why the model is asked to speak; the higher wins when two wait. */
enum speak {
	SPEAK_NOTHING,
	SPEAK_FILLER, /* words of the agent's, while a function runs */
	SPEAK_AGAIN,  /* a failed or missing answer */
	SPEAK_NOTE,   /* it was told something: a text, a silence, a failure */
	SPEAK_TOOL,   /* tools have answered */
	SPEAK_DIGITS, /* a keypad entry */
	SPEAK_WORDS,  /* those that a key of the menu stands for */
	SPEAK_GREETING,
	SPEAK_GOODBYE
};

enum sequencer_state {
	SEQUENCER_IDLE,
	SEQUENCER_REQUESTED, /* asked, not yet created */
	SEQUENCER_ACTIVE,    /* the model is generating */
	SEQUENCER_CANCELLING /* cancelled, not yet done */
};

struct sequencer {
	enum sequencer_state state;
	enum speak requested; /* what REQUESTED asked for */
	enum speak pending;
	bool caller_speaking;
	bool abandoned;     /* REQUESTED, but the caller interrupted since */
	unsigned create_ms; /* until a wish must have been granted */
	uint64_t requested_ns;
	unsigned unanswered; /* requests in a row that nothing came of */
	char active[SEQUENCER_ID_MAX];
	char dead[SEQUENCER_DEAD][SEQUENCER_ID_MAX];
	unsigned next_dead;
};

/* All zero is a sequencer at rest; create_ms is set by its owner. */

/* sequencer_want: returns what to ask the model for now, or SPEAK_NOTHING when
 * the wish has to wait. */
enum speak sequencer_want(struct sequencer *s, enum speak what,
			  uint64_t now_ns);

/* sequencer_created: a response began. by_us: it carries our own tag.
 * Returns true when it must be cancelled: we asked for it and gave up on it. */
bool sequencer_created(struct sequencer *s, const char *id, bool by_us);

/* sequencer_done: a response ended, known or not; it may end without having
 * been announced. */
void sequencer_done(struct sequencer *s, const char *id, bool by_us);

/* sequencer_refused: our request was answered by an error. is_busy: because
 * another response is active; the wish then waits for its end. */
void sequencer_refused(struct sequencer *s, bool is_busy);

/* sequencer_missed: the model owed a response unasked, and none came. */
void sequencer_missed(struct sequencer *s);

/* sequencer_interrupt: the caller begins to speak: what is being said is dead,
 * what waits is forgotten (the answer to the caller will cover it). Returns the
 * response that was active, or NULL. */
const char *sequencer_interrupt(struct sequencer *s);

/* sequencer_is_dead: interrupted or done: late audio of this response must not
 * be played. */
bool sequencer_is_dead(const struct sequencer *s, const char *id);

/* sequencer_due: to be called after every change and tick: what to ask the
 * model for now, or SPEAK_NOTHING. A request that was never granted is
 * repeated. */
enum speak sequencer_due(struct sequencer *s, uint64_t now_ns);

/* sequencer_is_quiet: no response runs and none is wanted. */
bool sequencer_is_quiet(const struct sequencer *s);

#endif
