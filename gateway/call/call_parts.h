/* What the parts of the call core share; nobody else includes this. */
#ifndef GATEWAY_CALL_CALL_PARTS_H
#define GATEWAY_CALL_CALL_PARTS_H

#include "gateway/call/call.h"

#define CALL_NS_PER_MS 1000000ull

/* Feed an event to the state table and do what it says. */
void call_step(struct call *c, enum call_event event, uint64_t now_ns);

/* Whether the model is in the conversation. */
bool call_is_live(const struct call *c);

/* Whether only the last words are still to be said. */
bool call_is_leaving(const struct call *c);

/* Send the model what the ring holds, in whole messages. */
void call_uplink(struct call *c);

/* Give the model the words that waited for it. Returns whether there were any.
 */
bool call_pass_text(struct call *c);

/* Send the carrier what is due. */
void call_pump(struct call *c, uint64_t now_ns);

/* Stop what is being said: the caller spoke, or pressed a key (by_key: then the
 * model has to be told to stop). */
void call_interrupt(struct call *c, bool by_key, uint64_t now_ns);

/* Ask the model to speak, now or when it can. */
void call_want(struct call *c, enum speak what, uint64_t now_ns);

/* The model's watchdogs, once per tick. */
void call_model_tick(struct call *c, uint64_t now_ns);

/* The caller's, likewise. */
void call_caller_tick(struct call *c, uint64_t now_ns);

/* What is told of time: the caller's silence, and the call's end. */
void call_time_tick(struct call *c, uint64_t now_ns);

/* Have the model say goodbye: the call is to end, and not by its own wish. */
void call_ask_goodbye(struct call *c, uint64_t now_ns);

/* Play a sound of our own; mu-law. */
void call_play(struct call *c, const uint8_t *ulaw, size_t n);
/* call_play_keys: as tones (call_tones.c). */
void call_play_keys(struct call *c, const char *keys);

/* Greet the caller with a sound of our own, where the settings have one. */
void call_hello(struct call *c, uint64_t now_ns);

/* Tell the model as much of it as was heard: it is over, or is about to be cut
 * (is_cut). */
void call_tell_hello(struct call *c, bool is_cut, uint64_t now_ns);

/* The model is there, and the line: the first words. */
void call_begin_talking(struct call *c, uint64_t now_ns);

/* Answer the call if it still rings. */
void call_answer_tick(struct call *c, uint64_t now_ns);

/* Whether this state's time stands still. */
bool call_is_paused(const struct call *c);

/* Let the carrier speak a text. */
void call_say_text(struct call *c, const char *text, uint64_t now_ns);

/* Do, or put off, what the model asked for, and answer its function. Returns
 * whether it is owed a response for that. */
bool call_carry_out(struct call *c, const char *call_id,
		    const struct call_request *r, uint64_t now_ns);

/* Functions that take their time: whether one runs; one that this round's
 * response has called; and: no model waits for them any more. */
bool call_tools_run(const struct call *c);
bool call_tools_run_of(const struct call *c, unsigned round);
void call_tools_drop(struct call *c);

/* One that the call itself answers later, by call_tool_answered. Returns 0 or
 * a negative errno. */
int call_tools_hold(struct call *c, const char *call_id);

/* Keys for a function: begin (0; -EALREADY, -ENOBUFS, -ENOMEM), whether they
 * are being collected, a key while they are, the clock. */
int call_collect_begin(struct call *c, const char *call_id,
		       const struct call_request *r, uint64_t now_ns);
bool call_collects(const struct call *c);
void call_collect_key(struct call *c, char key, uint64_t now_ns);
void call_collect_tick(struct call *c, uint64_t now_ns);
void call_collect_free(struct call *c);

/* Whether the model must not hear the caller: tones would tell the keys. */
bool call_is_muted(const struct call *c, uint64_t now_ns);

/* The agent's keypad menu. Whether keys are for it though there is no model;
 * before a key: whether a new entry begins; behind it (is_whole: it ended the
 * entry): whether the menu has done something; the clock; the rest of an entry
 * may follow, in an apology. */
bool call_keypad_is_alone(const struct call *c);
void call_keypad_split(struct call *c, uint64_t now_ns);
bool call_keypad_key(struct call *c, bool is_whole, uint64_t now_ns);
void call_keypad_tick(struct call *c, uint64_t now_ns);
bool call_keypad_is_begun(const struct call *c);

/* Whether its own prompt is played in place of the apology, and how long a key
 * is waited for behind it. */
bool call_has_menu(const struct call *c);
uint64_t call_menu_ms(const struct call *c);

/* Fillers: once per tick; the words that are to be said; and: somebody speaks,
 * no sound of ours any more. */
void call_filler_tick(struct call *c, uint64_t now_ns);
const char *call_filler_words(const struct call *c);
void call_filler_hush(struct call *c);

/* Do what the model asked for and what waited for its speech to end. */
void call_run_errands(struct call *c, uint64_t now_ns);
void call_drop_errands(struct call *c);
void call_set_transfer(struct call *c, const struct call_request *r);
void call_drop_transfer(struct call *c);

/* Whether the line can do it. */
bool call_can(const struct call *c, enum call_request_kind what);

/* Whether an apology is followed by a person; once. */
bool call_rescue(struct call *c);

/* Hand the call over; what the model is told when it comes to nothing. */
void call_transfer(struct call *c, uint64_t now_ns);
void call_tell_kept(struct call *c, uint64_t now_ns);
void call_tell_failed(struct call *c, uint64_t now_ns);

/* Tell the agent what was said, if it wants to know. */
void call_tell_words(struct call *c, const struct call_words *w);

void call_note(struct call *c, enum call_note note, const char *text,
	       uint64_t number);

#endif
