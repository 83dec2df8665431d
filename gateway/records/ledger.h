/* The ledger: what calls have cost so far, of all workers: by agent and model
 * for the metrics, and today's, in all and by number, for the budgets. Any
 * thread: a lock is held for one look into a table, once for an answer of the
 * model or a call that wants to begin; never on the path of a frame.
 *
 * Bounded: LEDGER_ROWS_MAX agents and models, LEDGER_NUMBERS_MAX numbers a day;
 * what comes after those is counted together, as "other". (Numbers are those
 * that are dialled, or bots: a gateway serves few.)
 *
 * A day is a number that grows by one each midnight, somewhere (time_zone.h);
 * the tables know today's and forget it when a later one comes. */
#ifndef GATEWAY_RECORDS_LEDGER_H
#define GATEWAY_RECORDS_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#define LEDGER_ROWS_MAX    256
#define LEDGER_NUMBERS_MAX 4096 /* a power of two */
#define LEDGER_NAME_MAX    128  /* bytes with NUL; what is longer is cut */

/* One answer of a model, or one transcript. */
struct ledger_entry {
	const char *agent;
	const char *model;
	const char *number; /* dialled, or the bot's name; "": none */
	int32_t day;
	uint64_t cost; /* money.h */
	bool is_known; /* it is all of it */
};

/* What was spent, of a day. */
struct ledger_day {
	uint64_t all;
	uint64_t number;
};

/* Since the start. */
struct ledger_row {
	char agent[LEDGER_NAME_MAX];
	char model[LEDGER_NAME_MAX];
	uint64_t cost;
	uint64_t unpriced; /* answers whose cost is not known */
};

/* A number's, or "": all calls'. */
struct ledger_change {
	char number[LEDGER_NAME_MAX];
	uint64_t cost;
};

struct ledger_number;

struct ledger {
	uv_mutex_t lock;
	struct ledger_row *row;
	unsigned rows;
	int32_t day;
	uint64_t all;
	uint64_t all_taken;           /* of it, by ledger_take_changes */
	struct ledger_number *number; /* by hash, probed in a row */
	unsigned numbers;
	unsigned changed; /* of them */
};

/* ledger_init: returns 0 or a negative errno. ledger_free: valid for one that
 * is all zero, and twice. */
int ledger_init(struct ledger *l);
void ledger_free(struct ledger *l);

/* ledger_charge: one more. Of a day that is over only the row is counted.
 * *after is what was spent that day, with it. */
void ledger_charge(struct ledger *l, const struct ledger_entry *e,
		   struct ledger_day *after);

/* ledger_look: what was spent on that day. */
void ledger_look(struct ledger *l, const char *number, int32_t day,
		 struct ledger_day *spent);

/* ledger_restore: what an earlier process has spent on a day: of a number, or
 * of all (""). Before there are calls. */
void ledger_restore(struct ledger *l, const char *number, int32_t day,
		    uint64_t cost);

/* ledger_take_changes: what was spent on *day since this was asked last, by
 * those who have; at most cap, the rest the next time. What is counted as
 * "other" is not among them.
 * ledger_return_changes: they were not written, and will be taken again. */
unsigned ledger_take_changes(struct ledger *l, int32_t *day,
			     struct ledger_change *out, unsigned cap);
void ledger_return_changes(struct ledger *l, int32_t day,
			   const struct ledger_change *c, unsigned n);

/* ledger_rows: copies at most cap of them; in the order in which they came.
 * Returns how many. */
unsigned ledger_rows(struct ledger *l, struct ledger_row *out, unsigned cap);

#endif
