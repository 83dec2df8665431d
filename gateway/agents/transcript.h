/* What caller and agent have said lately, by turns, as far as it is known: the
 * caller's words need transcription (or a carrier that recognises them), the
 * agent's are the model's own. Bounded: the oldest turns are forgotten. */
#ifndef GATEWAY_AGENTS_TRANSCRIPT_H
#define GATEWAY_AGENTS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/call/call_port.h"

/* Limits. */
#define TRANSCRIPT_TURNS_MAX 64
#define TRANSCRIPT_BYTES_MAX 8192 /* of words in all */
#define TRANSCRIPT_TURN_MAX  2048 /* of one turn; the rest is cut */

struct transcript;

/* NULL without memory. NULL is fine to free. */
struct transcript *transcript_new(void);
void transcript_free(struct transcript *t);

/* transcript_take: one more piece of it. A turn of the caller stands where it
 * ended, however late its words come; of a turn of the agent that was cut short
 * the words that were heard remain, by their share of its time, and " …". What
 * does not fit in memory is left out. */
void transcript_take(struct transcript *t, const struct call_words *w);

/* transcript_write: the newest whole turns that fit, in order, a line each:
 *
 *     caller: When do you open?
 *     agent: At eight.
 *
 * out  cap bytes, 1 at least; always NUL-terminated
 * Returns the length. */
size_t transcript_write(const struct transcript *t, char *out, size_t cap);

/* transcript_read: what transcript_write has made of another, behind what there
 * is; a line of any other shape is left out.
 * transcript_turn: one of them, oldest first: its words ("": not known yet),
 * valid until the next change; NULL when there are no more.
 * transcript_turns: how many there are. */
void transcript_read(struct transcript *t, const char *text);
const char *transcript_turn(const struct transcript *t, unsigned i,
			    bool *by_caller);
unsigned transcript_turns(const struct transcript *t);

#endif
