/* Letters, said one by one: "capital d", "double l", "u umlaut", "b as in
 * bravo", "double u", "e accent aigu". */
#ifndef GATEWAY_AGENTS_SPOKEN_LETTERS_H
#define GATEWAY_AGENTS_SPOKEN_LETTERS_H

#include "gateway/agents/spoken_words.h"

struct spoken_letter {
	char text[8];    /* lower case, UTF-8; twice when it is double */
	unsigned words;  /* it takes so many */
	bool is_capital; /* and it was said so */
	bool is_unclear; /* "b as in paris" */
};

/* spoken_letter_read: the letter at this place. Returns false when there is
 * none. */
bool spoken_letter_read(const struct spoken_words *w, unsigned at,
			struct spoken_letter *letter);

/* spoken_times: "double", "triple" … with something behind it: 2, 3; else 0. */
unsigned spoken_times(const struct spoken_words *w, unsigned at,
		      unsigned *words);

/* spoken_capitals: how many words at this place say only that something is
 * written large ("with a capital"). */
unsigned spoken_capitals(const struct spoken_words *w, unsigned at);

/* spoken_spelling: how many words at this place say that the word before is
 * going to be spelled ("that's"). */
unsigned spoken_spelling(const struct spoken_words *w, unsigned at);

/* spoken_hyphens: letters written "S-M-I-T-H": how many, 0: fewer than three.
 */
unsigned spoken_hyphens(const struct spoken_words *w, unsigned at);

#endif
