/* Choices: one of the words that the configuration has. */
#include <stdio.h>
#include <string.h>

#include "gateway/agents/spoken_parts.h"

#define LIST_MAX 200 /* bytes of the choices in an error */

/* Whether words of w from at on are those of a choice: compared without
 * accents, case and marks, and with "ae" for "ä". */
static unsigned match(const struct spoken_words *w, unsigned at,
		      const struct spoken_words *choice)
{
	unsigned from = at;

	for (unsigned i = 0; i < choice->count; i++) {
		if (choice->word[i].kind == SPOKEN_MARK)
			continue;
		while (spoken_words_at(w, at)->kind == SPOKEN_MARK)
			at++;
		if (!spoken_words_is(w, at, choice->word[i].folded))
			return 0;
		at++;
	}
	return at - from;
}

/* What stands for the letters with an umlaut where there are none. */
static void spread(char out[SPOKEN_MAX], const char *text)
{
	static const char *const pair[][2] = {
		{ "\xc3\xa4", "ae" }, { "\xc3\xb6", "oe" },
		{ "\xc3\xbc", "ue" }, { "\xc3\x84", "Ae" },
		{ "\xc3\x96", "Oe" }, { "\xc3\x9c", "Ue" },
	};
	size_t at = 0;

	for (size_t step; *text && at < SPOKEN_MAX - 3; text += step) {
		step = 1;
		for (size_t i = 0; i < 6 && step == 1; i++)
			if (strncmp(text, pair[i][0], 2) == 0) {
				memcpy(out + at, pair[i][1], 2);
				step = 2;
			}
		if (step == 1)
			out[at] = *text;
		at += step;
	}
	out[at] = '\0';
}

/* The first place where it is said. Returns how many words; 0: nowhere. */
static unsigned find(const struct spoken_words *w, const char *choice,
		     unsigned *at)
{
	struct spoken_words words[2];
	char other[SPOKEN_MAX];

	spread(other, choice);
	if (!spoken_words_read(&words[0], choice) ||
	    !spoken_words_read(&words[1], other))
		return 0;
	for (*at = 0; *at < w->count; (*at)++)
		for (int i = 0; i < 2; i++) {
			unsigned n = match(w, *at, &words[i]);
			if (n)
				return n;
		}
	return 0;
}

/* Outside of what was chosen: "no" may be a choice. */
static bool is_denied(const struct spoken_words *w, unsigned from, unsigned n)
{
	static const char *const no[] = {
		"no",     "not",   "don't",  "isn't", "nor",  "neither",
		"except", "but",   "nein",   "nicht", "kein", "keine",
		"keinen", "weder", "ausser", "non",   "pas",  "ni",
		"sauf",   "aucun", NULL
	};

	for (unsigned i = 0; i < w->count; i++)
		if ((i < from || i >= from + n) && spoken_words_any(w, i, no))
			return true;
	return false;
}

static void list(char out[LIST_MAX], const struct spoken_context *c)
{
	size_t at = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < c->choices; i++) {
		if (at + strlen(c->choice[i]) + 5 > LIST_MAX)
			break;
		at += (size_t)snprintf(out + at, LIST_MAX - at, "%s%s",
				       at ? ", " : "", c->choice[i]);
	}
}

static int fail(struct spoken *s, const struct spoken_context *c,
		const char *what)
{
	char known[LIST_MAX];

	list(known, c);
	return spoken_fail(s, "%s; ask which it is: %s", what, known);
}

/* A choice, and where it was said. */
struct found {
	const char *choice;
	unsigned at, n;
	bool is_unsure; /* another one was said, too */
};

static bool covers(const struct found *a, const struct found *b)
{
	return a->n > b->n && b->at >= a->at && b->at + b->n <= a->at + a->n;
}

/* "light blue" is not also "blue". */
static void consider(struct found *best, const struct found *one)
{
	if (!best->choice || covers(one, best))
		*best = *one;
	else if (!covers(best, one))
		best->is_unsure = true;
}

int spoken_read_choice(struct spoken *s, const struct spoken_context *c,
		       const struct spoken_words *w)
{
	struct found best = { .choice = NULL };

	for (unsigned i = 0; i < c->choices; i++) {
		struct found one = { .choice = c->choice[i] };
		one.n = find(w, one.choice, &one.at);
		if (one.n)
			consider(&best, &one);
	}
	if (!best.choice)
		return fail(s, c, "it is none of the choices");
	if (best.is_unsure)
		return fail(s, c, "more than one choice is in it");
	if (is_denied(w, best.at, best.n))
		return fail(s, c,
			    "it is not clear what is wanted and what not");
	snprintf(s->normal, sizeof(s->normal), "%s", best.choice);
	return 0;
}
