/* Keys that a function asked for: how many, until when. Pure: time is passed
 * in. */
#ifndef GATEWAY_CALL_DIGITS_COLLECT_H
#define GATEWAY_CALL_DIGITS_COLLECT_H

#include <stdint.h>

#include "gateway/call/digits.h"

enum digits_state {
	DIGITS_GO_ON,
	DIGITS_WHOLE,   /* the terminator, the most, or enough and a pause */
	DIGITS_TOO_FEW, /* the terminator or a pause, before the fewest */
	DIGITS_NONE     /* a pause before the first */
};

struct digits_collect {
	char entry[DIGITS_MAX + 1]; /* without the terminator */
	unsigned count;
	unsigned min, max; /* 1..DIGITS_MAX */
	unsigned timeout_ms;
	char terminator;  /* 0: none */
	uint64_t last_ns; /* the pause began then */
};

void digits_collect_begin(struct digits_collect *d, unsigned min, unsigned max,
			  unsigned timeout_ms, char terminator,
			  uint64_t now_ns);

/* digits_collect_press: one key, 0-9 A-D * #; anything else is ignored. */
enum digits_state digits_collect_press(struct digits_collect *d, char key,
				       uint64_t now_ns);

/* digits_collect_wait: the caller is still being told what to press: before the
 * first key the pause begins now. digits_collect_look: whether it is over. */
void digits_collect_wait(struct digits_collect *d, uint64_t now_ns);
enum digits_state digits_collect_look(const struct digits_collect *d,
				      uint64_t now_ns);

/* digits_collect_wipe: nothing of it stays in memory. */
void digits_collect_wipe(struct digits_collect *d);

#endif
