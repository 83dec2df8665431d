/* What Twilio calls take along from one of their streams to the next: a stream
 * is followed by another when its socket was lost, and when a caller comes back
 * from a transfer. Written when the first has ended, taken once when the next
 * one starts; then it is that stream's, which writes its own.
 *
 * What is not in it: keys that a caller pressed masked, which are in neither
 * the variables nor the words; and what was under way (functions, forms that
 * were not saved, what was being said).
 *
 * Bounded: TWILIO_CONTEXTS_MAX calls and TWILIO_CONTEXTS_BYTES in all; when
 * either is reached the oldest is forgotten, and that call begins as if it were
 * a new one. Each is forgotten after TWILIO_RECORD_MS, like its ticket. Not on
 * the media path. Time is passed in.
 *
 * One table for all workers, because the next stream opens anywhere: a lock is
 * held for one pass over it, and what is handed over changes hands. Another
 * instance on the same port has a table of its own that learns what this one
 * knows.
 *
 * Source: Twilio reference 1.6, 1.9, 5.6, 5.8. */
#ifndef GATEWAY_CARRIERS_TWILIO_CONTEXTS_H
#define GATEWAY_CARRIERS_TWILIO_CONTEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/call/variables.h"
#include "gateway/carriers/twilio_tickets.h"

#define TWILIO_CONTEXTS_MAX   1024
#define TWILIO_CONTEXTS_BYTES (8 * 1024 * 1024) /* variables and words */
#define TWILIO_CONTEXT_WORDS  4096              /* bytes of words, with NUL */

struct twilio_context {
	char call_sid[35];
	unsigned stream;              /* it is of; see twilio_ticket.streams */
	char agent[TWILIO_AGENT_MAX]; /* who had the call at its end */
	struct call_variables variables;
	char words[TWILIO_CONTEXT_WORDS]; /* the last ones of both sides, as
					     the transcript writes them */
};

struct twilio_contexts_row {
	struct twilio_context *context; /* NULL: free */
	uint64_t since_ns;
};

/* What one table tells another (twilio_context_text.h). */
struct twilio_context_news {
	bool is_gone; /* what a stream up to this one has left; no more is told
		       */
	uint64_t since_ns;
	struct twilio_context *context; /* of one that is gone: the call and
					   the stream */
};

struct twilio_contexts {
	uv_mutex_t lock;
	/* A row has become another, here. Any thread; what is told of is valid
	 * for the call. Set before there are others, or NULL. */
	void (*on_change)(void *owner, const struct twilio_context_news *n);
	void *owner;
	struct twilio_contexts_row *row;
	size_t bytes;
};

/* twilio_contexts_init: Returns 0, -ENOMEM, or why there is no lock.
 * twilio_contexts_free: valid twice, and for one that is all zero. */
int twilio_contexts_init(struct twilio_contexts *t);
void twilio_contexts_free(struct twilio_contexts *t);

/* twilio_context_new: of a call, empty; NULL without memory.
 * twilio_context_drop: NULL is fine. */
struct twilio_context *twilio_context_new(const char *call_sid,
					  unsigned stream);
void twilio_context_drop(struct twilio_context *c);

/* twilio_contexts_put: c is the table's from here on. Of one call the latest
 * stream's counts. */
void twilio_contexts_put(struct twilio_contexts *t, struct twilio_context *c,
			 uint64_t now_ns);

/* twilio_contexts_take: what an earlier stream than this has left, the caller's
 * to drop; NULL: nothing. */
struct twilio_context *twilio_contexts_take(struct twilio_contexts *t,
					    const char *call_sid,
					    unsigned stream, uint64_t now_ns);

/* twilio_contexts_forget: no stream of the call follows. */
void twilio_contexts_forget(struct twilio_contexts *t, const char *call_sid);

/* twilio_contexts_learn: another table has told this; c is the table's from
 * here on.
 * twilio_contexts_lose: another table has none any more of the call, up to this
 * stream. on_change follows on neither.
 * twilio_contexts_each: what is known. tell runs with the lock held, and
 * returns whether there may be more. */
void twilio_contexts_learn(struct twilio_contexts *t, struct twilio_context *c,
			   uint64_t since_ns, uint64_t now_ns);
void twilio_contexts_lose(struct twilio_contexts *t, const char *call_sid,
			  unsigned stream);
void twilio_contexts_each(struct twilio_contexts *t, uint64_t now_ns,
			  bool (*tell)(void *owner,
				       const struct twilio_context_news *n),
			  void *owner);

#endif
