/* Keypad digits, collected until they make one message.
 *
 * An entry ends with the terminator, at the maximum length, or when no key
 * follows within the gap. Pure: time is passed in. */
#ifndef GATEWAY_CALL_DIGITS_H
#define GATEWAY_CALL_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

#define DIGITS_MAX 64

struct digits {
	char entry[DIGITS_MAX + 1]; /* NUL-terminated, terminator included */
	unsigned count;
	unsigned max; /* 1..DIGITS_MAX */
	unsigned gap_ms;
	char terminator; /* 0: none */
	uint64_t last_ns;
};

void digits_init(struct digits *d, unsigned max, unsigned gap_ms,
		 char terminator);

/* digits_press: one key, 0-9 A-D * #; anything else is ignored.
 * Returns true when the entry is whole. */
bool digits_press(struct digits *d, char key, uint64_t now_ns);

/* digits_due: whether the gap has ended a begun entry. */
bool digits_due(const struct digits *d, uint64_t now_ns);

/* digits_take_back: the last n keys (at most count) were for somebody else. */
void digits_take_back(struct digits *d, unsigned n);

/* digits_clear: after the entry was used. */
void digits_clear(struct digits *d);

#endif
