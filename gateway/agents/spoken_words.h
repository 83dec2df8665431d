/* What was said, cut into words, runs of digits and single marks. */
#ifndef GATEWAY_AGENTS_SPOKEN_WORDS_H
#define GATEWAY_AGENTS_SPOKEN_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/agents/spoken.h"

#define SPOKEN_WORDS_MAX 160 /* more is an error */

enum spoken_kind {
	SPOKEN_END, /* behind the last */
	SPOKEN_WORD,
	SPOKEN_DIGITS,
	SPOKEN_MARK /* one character; dashes of all lengths are '-' */
};

struct spoken_word {
	enum spoken_kind kind;
	bool is_glued; /* nothing between it and the one before */
	/* In lower case and without accents ("über" is "uber", "ß" is "ss"). */
	const char *folded;
	const char *said; /* as it was said */
	size_t len;       /* of said */
};

struct spoken_words {
	unsigned count;
	struct spoken_word word[SPOKEN_WORDS_MAX + 1];
	char folded[SPOKEN_MAX + SPOKEN_WORDS_MAX];
};

/* spoken_words_read: said is well-formed UTF-8 of up to SPOKEN_MAX bytes and
 * outlives w. Returns false when there are too many. */
bool spoken_words_read(struct spoken_words *w, const char *said);

/* spoken_words_at: the word at any place; behind the last one SPOKEN_END. */
const struct spoken_word *spoken_words_at(const struct spoken_words *w,
					  unsigned at);

/* spoken_words_is: a word or a mark. */
bool spoken_words_is(const struct spoken_words *w, unsigned at,
		     const char *folded);

/* spoken_words_phrase: words with a space between them ("tiret bas"); a dash
 * between two may be said or not. Returns how many it takes at this place, 0:
 * another one is there. */
unsigned spoken_words_phrase(const struct spoken_words *w, unsigned at,
			     const char *phrase);

/* The longest of several, in a list that NULL ends. */
unsigned spoken_words_any(const struct spoken_words *w, unsigned at,
			  const char *const *phrases);

/* spoken_words_letter: whether it is one letter. */
bool spoken_words_letter(const struct spoken_words *w, unsigned at);

/* spoken_fold: text in lower case and without accents; see above. Returns the
 * length; out has room for strlen(text) + 1. */
size_t spoken_fold(char *out, const char *text, size_t len);

#endif
