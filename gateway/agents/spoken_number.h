/* Numbers in words: "three hundred and five", "einundzwanzigster",
 * "quatre-vingt-dix-sept". */
#ifndef GATEWAY_AGENTS_SPOKEN_NUMBER_H
#define GATEWAY_AGENTS_SPOKEN_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/agents/spoken_words.h"

struct spoken_number {
	uint64_t value; /* below 10^12 */
	bool is_ordinal;
	unsigned words; /* it takes so many */
	unsigned language;
};

/* spoken_number_read: the longest number in words at this place, in one of the
 * languages. Digits are no words. Returns false when there is none. */
bool spoken_number_read(const struct spoken_words *w, unsigned at,
			unsigned languages, struct spoken_number *n);

/* spoken_number_digit: one word for 0 to 9 ("zwo", "sept"); -1: another. */
int spoken_number_digit(const struct spoken_words *w, unsigned at,
			unsigned languages);

#endif
