#include "gateway/agents/spoken_letters.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *phrase;
	const char *letter;
} names[] = {
	{ "double u", "w" },
	{ "double you", "w" },
	{ "double v", "w" },
	{ "double ve", "w" },
	{ "doppel u", "w" },
	{ "ypsilon", "y" },
	{ "i grec", "y" },
	{ "eszett", "\xc3\x9f" },
	{ "scharfes s", "\xc3\x9f" },
};
static const char *const capital[] = { "capital",   "upper case", "uppercase",
				       "big",       "gross",      "grosses",
				       "majuscule", NULL };
static const char *const small[] = { "small", "lower case", "lowercase",
				     "klein", "kleines",    "minuscule",
				     NULL };
static const char *const as_in[] = { "as in", "for",   "like",
				     "wie",   "comme", NULL };

unsigned spoken_times(const struct spoken_words *w, unsigned at,
		      unsigned *words)
{
	static const char *const twice[] = { "double",   "doppel",    "zweimal",
					     "zwei mal", "deux fois", NULL };
	static const char *const thrice[] = { "triple",   "treble",
					      "dreifach", "dreimal",
					      "drei mal", "trois fois",
					      NULL };

	*words = spoken_words_any(w, at, twice);
	if (*words)
		return 2;
	*words = spoken_words_any(w, at, thrice);
	return *words ? 3 : 0;
}

unsigned spoken_capitals(const struct spoken_words *w, unsigned at)
{
	static const char *const phrase[] = {
		"with a capital",     "with capital",
		"in capitals",        "mit grossem",
		"mit einem grossen",  "gross geschrieben",
		"avec une majuscule", "avec majuscule",
		"en majuscule",       NULL,
	};

	return spoken_words_any(w, at, phrase);
}

unsigned spoken_spelling(const struct spoken_words *w, unsigned at)
{
	static const char *const phrase[] = {
		"spelled",      "spelt",       "that's",      "that is",
		"buchstabiert", "das ist",     "geschrieben", "ca s'ecrit",
		"s'ecrit",      "qui s'ecrit", "epele",       NULL,
	};

	return spoken_words_any(w, at, phrase);
}

static bool is_joint(const struct spoken_words *w, unsigned at)
{
	return spoken_words_is(w, at, "-") &&
	       spoken_words_at(w, at)->is_glued &&
	       spoken_words_letter(w, at + 1) &&
	       spoken_words_at(w, at + 1)->is_glued;
}

unsigned spoken_hyphens(const struct spoken_words *w, unsigned at)
{
	unsigned n = 1;

	if (!spoken_words_letter(w, at))
		return 0;
	while (is_joint(w, at + 2 * n - 1))
		n++;
	return n < 3 ? 0 : n;
}

/* With the sign that is named behind the letter. Returns how many words. */
static unsigned read_sign(const struct spoken_words *w, unsigned at,
			  char letter, char text[8])
{
	static const struct {
		const char *phrase;
		const char *of;
		const char *signed_of[6]; /* in the order of "of" */
	} signs[] = {
		{ "umlaut", "aou", { "\xc3\xa4", "\xc3\xb6", "\xc3\xbc" } },
		{ "trema",
		  "aeiou",
		  { "\xc3\xa4", "\xc3\xab", "\xc3\xaf", "\xc3\xb6",
		    "\xc3\xbc" } },
		{ "accent aigu", "e", { "\xc3\xa9" } },
		{ "accent grave",
		  "aeu",
		  { "\xc3\xa0", "\xc3\xa8", "\xc3\xb9" } },
		{ "accent circonflexe",
		  "aeiou",
		  { "\xc3\xa2", "\xc3\xaa", "\xc3\xae", "\xc3\xb4",
		    "\xc3\xbb" } },
		{ "cedille", "c", { "\xc3\xa7" } },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		unsigned n = spoken_words_phrase(w, at, signs[i].phrase);
		const char *place = strchr(signs[i].of, letter);
		if (!n || !place)
			continue;
		snprintf(text, 8, "%s",
			 signs[i].signed_of[place - signs[i].of]);
		return n;
	}
	return 0;
}

/* "as in bravo": the word must begin with it. */
static unsigned read_example(const struct spoken_words *w, unsigned at,
			     struct spoken_letter *letter)
{
	unsigned n = spoken_words_any(w, at, as_in);
	const struct spoken_word *word = spoken_words_at(w, at + n);
	char first[8];

	if (!n || word->kind != SPOKEN_WORD || word->len < 2)
		return 0;
	spoken_fold(first, letter->text, strlen(letter->text));
	letter->is_unclear = *word->folded != *first;
	return n + 1;
}

static unsigned read_name(const struct spoken_words *w, unsigned at,
			  char text[8])
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		unsigned n = spoken_words_phrase(w, at, names[i].phrase);
		if (!n)
			continue;
		snprintf(text, 8, "%s", names[i].letter);
		return n;
	}
	return 0;
}

/* In lower case, with what it has above it. */
static void copy_letter(char text[8], const struct spoken_word *word)
{
	size_t len = word->len < 5 ? word->len : 0;

	memcpy(text, word->said, len);
	text[len] = '\0';
	if (len == 1)
		*text = *word->folded;
	else if (len == 2 && text[0] == '\xc3' && (unsigned char)text[1] < 0x9f)
		text[1] = (char)(text[1] + 0x20); /* Latin-1, capitals */
}

static unsigned read_one(const struct spoken_words *w, unsigned at,
			 struct spoken_letter *letter)
{
	unsigned n = read_name(w, at, letter->text);

	if (!n) {
		if (!spoken_words_letter(w, at))
			return 0;
		const struct spoken_word *word = spoken_words_at(w, at);
		copy_letter(letter->text, word);
		n = 1 + read_sign(w, at + 1, *letter->text, letter->text);
	}
	return n + read_example(w, at + n, letter);
}

static void repeat(char text[8], unsigned times)
{
	char one[4] = "";
	size_t len = strlen(text);

	if (len > 2)
		return;
	memcpy(one, text, len + 1);
	while (--times)
		strncat(text, one, 7 - strlen(text));
}

bool spoken_letter_read(const struct spoken_words *w, unsigned at,
			struct spoken_letter *letter)
{
	unsigned size, more = 0, n;

	*letter = (struct spoken_letter){ .text = "" };
	if ((n = read_name(w, at, letter->text))) {
		letter->words = n + read_example(w, at + n, letter);
		return true;
	}
	unsigned times = spoken_times(w, at, &more);
	size = spoken_words_any(w, at + more, capital);
	letter->is_capital = size > 0;
	if (!size)
		size = spoken_words_any(w, at + more, small);
	n = read_one(w, at + more + size, letter);
	if (!n)
		return false;
	if (times)
		repeat(letter->text, times);
	letter->words = more + size + n;
	return true;
}
