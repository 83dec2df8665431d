/* Calls that we have asked Twilio to place, and how such calls went.
 *
 * Twilio asks what to do with a call once it is answered: the URL it was given
 * for that carries a fresh token, which brings back who speaks and what is
 * known of the call. A token belongs to one call: to the one Twilio said it has
 * placed, or the first that comes with it. A repeated webhook of that call gets
 * the same again; any other call with the token is an ordinary one, and learns
 * nothing.
 *
 * Bounded: TWILIO_OUTBOUND_MAX calls that were placed and are not known to be
 * over; each is forgotten after TWILIO_OUTBOUND_MS. Not on the media path. Time
 * and random bytes are passed in.
 *
 * One table for the thread that places calls and all workers: a lock is held
 * for one pass over it, and what is handed out are copies. Another instance on
 * the same port has a table of its own that learns what this one knows.
 *
 * Source: Twilio reference 4.4 to 4.6, 5.7. */
#ifndef GATEWAY_CARRIERS_TWILIO_OUTBOUND_H
#define GATEWAY_CARRIERS_TWILIO_OUTBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/ops/tally.h"

#define TWILIO_OUTBOUND_MAX       1024
#define TWILIO_OUTBOUND_MS        600000 /* queue, ringing, detection */
#define TWILIO_OUTBOUND_TOKEN     33     /* 128 bits in hex, with NUL */
#define TWILIO_OUTBOUND_AGENT     65     /* with NUL */
#define TWILIO_OUTBOUND_TEXT_MAX  4096   /* bytes */
#define TWILIO_OUTBOUND_VARIABLES 32
#define TWILIO_OUTBOUND_QUERY     "placed=" /* and the token */

/* What a call was placed for. */
struct twilio_outbound_call {
	char agent[TWILIO_OUTBOUND_AGENT];   /* "": the routes decide */
	size_t len;                          /* of text */
	char text[TWILIO_OUTBOUND_TEXT_MAX]; /* name NUL value NUL … */
};

struct twilio_outbound_row {
	char token[TWILIO_OUTBOUND_TOKEN]; /* "": free */
	char call_sid[35];                 /* "": not known yet */
	char agent[TWILIO_OUTBOUND_AGENT];
	char *text; /* owned; or NULL */
	size_t len;
	uint64_t since_ns;
};

/* What one table tells another (twilio_outbound_text.h). */
struct twilio_outbound_news {
	bool is_gone; /* forget it */
	char token[TWILIO_OUTBOUND_TOKEN];
	char call_sid[35];
	uint64_t since_ns;
	struct twilio_outbound_call call;
};

struct twilio_outbound {
	uv_mutex_t lock;
	/* A row has become another, here: n is a copy. Any thread, without the
	 * lock; set before there are others, or NULL. */
	void (*on_change)(void *owner, const struct twilio_outbound_news *n);
	void *owner;
	struct twilio_outbound_row *row;
	struct tally asked;    /* requests, by what they were answered */
	struct tally answered; /* calls, by who answered */
	struct tally ended;    /* calls, by how they ended */
};

/* twilio_outbound_init: Returns 0, -ENOMEM, or why there is no lock.
 * twilio_outbound_free: valid twice, and for one that is all zero. */
int twilio_outbound_init(struct twilio_outbound *t);
void twilio_outbound_free(struct twilio_outbound *t);

/* twilio_outbound_place: a call is about to be placed; entropy becomes its
 * token. Returns 0; -ENOBUFS too many; -ENOMEM. */
int twilio_outbound_place(struct twilio_outbound *t,
			  const struct twilio_outbound_call *call,
			  const uint8_t entropy[16], uint64_t now_ns,
			  char token[TWILIO_OUTBOUND_TOKEN]);

/* twilio_outbound_name: Twilio has placed it, as this call.
 * twilio_outbound_drop: it has not. */
void twilio_outbound_name(struct twilio_outbound *t, const char *token,
			  const char *call_sid);
void twilio_outbound_drop(struct twilio_outbound *t, const char *token);

/* twilio_outbound_find: a webhook of a call came to this target (a path with
 * its query). Returns 0 and *out; -ENOENT: it is no call of ours, or another's
 * token. */
int twilio_outbound_find(struct twilio_outbound *t, const char *target,
			 const char *call_sid, uint64_t now_ns,
			 struct twilio_outbound_call *out);

/* twilio_outbound_learn: another table has told this; what is known already
 * stays, but for a call SID that was not. A full table learns nothing.
 * on_change does not follow.
 * twilio_outbound_each: what is known, a copy of each. tell runs without the
 * lock, and returns whether there may be more. */
void twilio_outbound_learn(struct twilio_outbound *t,
			   const struct twilio_outbound_news *n,
			   uint64_t now_ns);
void twilio_outbound_each(struct twilio_outbound *t, uint64_t now_ns,
			  bool (*tell)(void *owner,
				       const struct twilio_outbound_news *n),
			  void *owner);

/* twilio_outbound_next: the variables of a call in turn: name from NULL to
 * NULL. */
const char *twilio_outbound_next(const struct twilio_outbound_call *call,
				 const char *name);

/* twilio_outbound_answered: by whom, in Twilio's word; NULL: it does not say.
 * twilio_outbound_ended: a call is over: Twilio's word for how. Returns whether
 * it is such a word. */
void twilio_outbound_answered(struct twilio_outbound *t, const char *by);
bool twilio_outbound_ended(struct twilio_outbound *t, const char *call_sid,
			   const char *status);

#endif
