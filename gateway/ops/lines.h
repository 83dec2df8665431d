/* How many calls may run at once, over all workers: limits.calls as lines that
 * are taken and given back, and how many of them for one dialled number (or
 * bot) and from one caller. Any thread: a lock is held for one look into the
 * table; exactly as many are taken as the limits allow, however many ask at the
 * same moment.
 *
 * Callers who withhold their number are one source of their own, with a limit
 * of its own: those of all the world must not be counted as one person, nor be
 * a way around the limit of each.
 *
 * Bounded: a line that is taken names one number and one source, so there are
 * never more of either than lines. */
#ifndef GATEWAY_OPS_LINES_H
#define GATEWAY_OPS_LINES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#define LINES_NAME_MAX 96 /* bytes with NUL; what is longer is cut: alike */

/* Calls at a time. */
struct lines_limits {
	unsigned calls;
	unsigned per_number; /* 0: no limit of its own, here and below */
	unsigned per_source;
	unsigned anonymous;
};

/* What there was no line of. */
enum lines_refusal {
	LINES_FREE, /* none: it is taken */
	LINES_CALLS,
	LINES_PER_WORKER, /* for the workers to say; not counted here */
	LINES_PER_NUMBER,
	LINES_PER_SOURCE,
	LINES_ANONYMOUS,
	LINES_BUDGET,  /* likewise: too much was spent */
	LINES_STOPPING /* likewise: the gateway goes down */
};

/* A line that is taken. A plain value with one owner; all zero: none. */
struct lines_seat {
	bool is_taken;
	uint32_t number; /* places in the table; 0: not counted */
	uint32_t source;
};

struct lines_name;

struct lines {
	atomic_uint busy; /* to look at; changed under the lock */
	struct lines_limits limit;
	uv_mutex_t lock;
	uint32_t *bucket; /* places, by the hash of a name */
	uint32_t buckets; /* a power of two */
	struct lines_name *name;
	uint32_t unused; /* the first place of those nobody uses */
};

/* lines_init: returns 0, -ENOMEM, or why there is no lock. lines_free: valid
 * twice, and for one that is all zero. */
int lines_init(struct lines *l, const struct lines_limits *limit);
void lines_free(struct lines *l);

/* lines_take: a line for a call, where every limit allows one.
 *
 * number  dialled, or the bot's name; NULL or "": not counted
 * source  the caller's; NULL: not known yet (lines_add_source tells); what
 *         lines_is_anonymous says is counted as that
 * Returns LINES_FREE with *seat filled, or what there is none of, with *seat
 * all zero. */
enum lines_refusal lines_take(struct lines *l, const char *number,
			      const char *source, struct lines_seat *seat);

/* lines_add_source: who calls turns out later. A seat that has a source, or is
 * none, stays as it is. Returns LINES_FREE, or what there is none of: the
 * seat is still taken. */
enum lines_refusal lines_add_source(struct lines *l, struct lines_seat *seat,
				    const char *source);

/* lines_give: back; *seat is all zero afterwards. One that is none: nothing. */
void lines_give(struct lines *l, struct lines_seat *seat);

/* lines_are_busy: none is free, at this moment. */
bool lines_are_busy(const struct lines *l);

/* lines_is_anonymous: "", the words of SIP and of the carriers for a number
 * that is withheld, and what Twilio puts in its place ("ANONYMOUS" and the like
 * on the keypad). Source: Twilio, "My phone calls are coming from +266696687".
 */
bool lines_is_anonymous(const char *source);

/* lines_refusal_text: for the log: "limits.calls is reached". */
const char *lines_refusal_text(enum lines_refusal r);

#endif
