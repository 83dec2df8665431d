/* What a bridge needs of a phone leg, whoever carries it. A leg has a struct
 * leg as its first member. */
#ifndef GATEWAY_CARRIERS_LEG_H
#define GATEWAY_CARRIERS_LEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes a connection may hold that the kernel has not taken: three seconds of
 * mu-law or half a second of PCM at 24 kHz, as JSON. More audio waits in the
 * call. */
#define LEG_WAITING_MAX 32768

struct leg;
struct ws;

struct leg_kind {
	/* Watchdogs. Once per 20 ms. */
	void (*tick)(struct leg *leg, uint64_t now_ns);
	/* The gateway goes down: what must be said before the call is told to
	 * stop, which hangs up. NULL: nothing. */
	void (*stop)(struct leg *leg);
	/* The gateway listens no more: who loses the line now gets no other,
	 * nor does who has none. NULL: there never is another. */
	void (*seclude)(struct leg *leg);
	/* Cut the connection, now. */
	void (*abort)(struct leg *leg);
	/* Bytes its connection holds that the kernel has not taken; NULL: not
	 * known. */
	size_t (*waiting)(const struct leg *leg);
	/* The connection is gone and none will follow: the memory may go. */
	bool (*is_gone)(const struct leg *leg);
	/* The connection; NULL while there is none. */
	struct ws *(*ws)(const struct leg *leg);
};

/* Counted by the leg from its beginning. */
struct leg_totals {
	uint64_t media_in;  /* messages with audio */
	uint64_t media_out; /* likewise */
	uint64_t clears;
	uint64_t ignored;   /* messages unknown or misplaced */
	uint64_t bad;       /* of impossible shape */
	uint64_t reordered; /* sequence numbers that jumped */
	uint64_t repeated;  /* messages that had come before */
	uint64_t dropped;   /* audio that could not be used, messages */
	uint64_t resumes;   /* connections that took over from a lost one */
};

struct leg {
	const struct leg_kind *kind;
	struct leg_totals total;
};

#endif
