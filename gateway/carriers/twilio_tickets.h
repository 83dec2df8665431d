/* One-use tickets for Twilio's media sockets, and what became of each call.
 *
 * The signature on a media socket signs a constant URL and would replay for
 * ever; so the answer to each voice webhook carries a fresh secret in the
 * stream's path, bound to the call, good once and for a minute. The same record
 * remembers how the call ended, for the request that Twilio makes afterwards,
 * and until the socket comes it keeps the call's line: who was invited has
 * room.
 *
 * Bounded: when the table is full the oldest finished call is forgotten, and
 * with none finished the new one is refused. Not on the media path. Time and
 * random bytes are passed in.
 *
 * One table for all workers, because Twilio's requests and its socket arrive
 * anywhere: a lock is held for one pass over the table, and what is handed out
 * are copies.
 *
 * Source: Twilio reference 3.6 and 1.6. */
#ifndef GATEWAY_CARRIERS_TWILIO_TICKETS_H
#define GATEWAY_CARRIERS_TWILIO_TICKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/ops/lines.h"

#define TWILIO_TICKET_LEN  33     /* 128 bits in hex, with NUL */
#define TWILIO_AGENT_MAX   65     /* name of an agent, with NUL */
#define TWILIO_TICKET_MS   60000  /* from the webhook to the socket */
#define TWILIO_RECORD_MS   600000 /* a finished call is remembered */
#define TWILIO_STREAMS_MAX 3      /* streams for one call, in a row */

enum twilio_fate {
	TWILIO_INVITED,     /* the webhook was answered */
	TWILIO_STREAMING,   /* the socket is open */
	TWILIO_ENDED,       /* we ended it: hang up */
	TWILIO_FAILED,      /* no model: do as the configuration says */
	TWILIO_CALLER_GONE, /* the caller hung up */
	TWILIO_CUT          /* the socket was lost */
};

struct twilio_ticket {
	char secret[TWILIO_TICKET_LEN]; /* "" once used */
	char call_sid[35];
	char number[LINES_NAME_MAX];  /* dialled; or "" */
	char source[LINES_NAME_MAX];  /* the caller's; or "" */
	char agent[TWILIO_AGENT_MAX]; /* who answers; "": not decided */
	uint64_t route;               /* by what, see routing_key; 0: none */
	struct lines_seat seat;       /* the line, until the socket has it */
	enum twilio_fate fate;
	unsigned streams; /* tickets given to this call so far */
	bool is_asked;    /* what follows the last stream */
	uint64_t since_ns;
	bool is_taken;
};

struct twilio_tickets {
	uv_mutex_t lock;
	/* A ticket has become another, here: k is a copy. Any thread, without
	 * the lock; set before there are others, or NULL. */
	void (*on_change)(void *owner, const struct twilio_ticket *k);
	void *owner;
	struct twilio_ticket *ticket;
	size_t count;
	size_t seats;        /* kept by tickets */
	struct lines *lines; /* where they go back to */
};

/* Who calls whom, and on which line. */
struct twilio_party {
	const char *number; /* cut at LINES_NAME_MAX, like the next; or NULL */
	const char *source;
	const char *agent;      /* decided for a call once; or NULL */
	uint64_t route;         /* with it */
	struct lines_seat seat; /* or none: to be had when the socket opens */
	const char *returned;   /* from a transfer, how that went; or NULL */
};

/* twilio_tickets_init: room for count calls at once. lines is kept.
 * Returns 0, -ENOMEM, or why there is no lock. */
int twilio_tickets_init(struct twilio_tickets *t, size_t count,
			struct lines *lines);
/* twilio_tickets_free: valid twice, and for one that is all zero. */
void twilio_tickets_free(struct twilio_tickets *t);

/* twilio_tickets_issue: a ticket for a call; a webhook that is repeated before
 * its socket opened gets the same one. entropy becomes the secret; party's seat
 * is the table's from here on, also on failure, and goes back when the call has
 * one already.
 * Returns 0 and a copy; -ENOBUFS when the table is full of running calls. */
int twilio_tickets_issue(struct twilio_tickets *t, const char *call_sid,
			 const struct twilio_party *party,
			 const uint8_t entropy[16], uint64_t now_ns,
			 struct twilio_ticket *out);

/* twilio_tickets_reissue: the same for the next stream of a call whose last
 * one broke, or was never opened, which is a try, too.
 * Returns likewise, or -EDQUOT when it has had TWILIO_STREAMS_MAX. */
int twilio_tickets_reissue(struct twilio_tickets *t, const char *call_sid,
			   const struct twilio_party *party,
			   const uint8_t entropy[16], uint64_t now_ns,
			   struct twilio_ticket *out);

/* twilio_tickets_is_invited: the call has a ticket that is good, and a line. */
bool twilio_tickets_is_invited(struct twilio_tickets *t, const char *call_sid,
			       uint64_t now_ns);

/* twilio_tickets_abandon: the caller is gone; a line that was kept goes back.
 */
void twilio_tickets_abandon(struct twilio_tickets *t, const char *call_sid,
			    uint64_t now_ns);

/* twilio_tickets_lapse: lines go back whose sockets did not come in time.
 * Returns how many. */
size_t twilio_tickets_lapse(struct twilio_tickets *t, uint64_t now_ns);

/* twilio_tickets_redeem: a socket presents a secret (len characters). Good
 * once, on whichever worker comes first; compared in constant time.
 * Returns 0 and a copy, whose seat is the caller's; -ENOENT for an unknown,
 * used or expired one. */
int twilio_tickets_redeem(struct twilio_tickets *t, const char *secret,
			  size_t len, uint64_t now_ns,
			  struct twilio_ticket *out);

/* twilio_tickets_find: what is known of a call.
 * Returns 0 and a copy, or -ENOENT. */
int twilio_tickets_find(struct twilio_tickets *t, const char *call_sid,
			struct twilio_ticket *out);

/* twilio_tickets_ask: Twilio asks what follows the call's stream: as
 * twilio_tickets_find.
 * twilio_tickets_owed: calls it will still ask about, or whose stream it is
 * about to open, counted for as long as within_ms. */
int twilio_tickets_ask(struct twilio_tickets *t, const char *call_sid,
		       struct twilio_ticket *out);
unsigned twilio_tickets_owed(struct twilio_tickets *t, unsigned within_ms,
			     uint64_t now_ns);

/* twilio_tickets_learn: another table has this one now, which shares its calls
 * with this: taken unless what is known is newer. on_change does not follow.
 * twilio_tickets_each: a copy of each that may still matter to another table.
 * tell runs without the lock, and returns whether there may be more. */
void twilio_tickets_learn(struct twilio_tickets *t,
			  const struct twilio_ticket *k, uint64_t now_ns);
void twilio_tickets_each(struct twilio_tickets *t, uint64_t now_ns,
			 bool (*tell)(void *owner,
				      const struct twilio_ticket *k),
			 void *owner);

/* twilio_tickets_settle: a stream of the call is over. stream is its ticket's
 * streams: Twilio may have asked what comes next before we noticed, and the end
 * of an earlier stream must not undo the invitation to the next. */
void twilio_tickets_settle(struct twilio_tickets *t, const char *call_sid,
			   unsigned stream, enum twilio_fate fate,
			   uint64_t now_ns);

#endif
