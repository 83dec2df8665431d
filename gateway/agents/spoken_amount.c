/* Numbers: "1'250.50", "three point one four", "zweieinhalb". */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/agents/spoken_number.h"
#include "gateway/agents/spoken_parts.h"

#define DIGITS_MAX 15 /* what a double holds exactly */
#define GROUPS_MAX 6

static const char *const minus[] = { "minus", "negative", "moins", "-", NULL };
static const char *const plus[] = { "plus", "+", NULL };
static const char *const point[] = { "point", "dot",     "decimal", "komma",
				     "comma", "virgule", "punkt",   NULL };
static const char *const half_more[] = { "and a half",   "einhalb",
					 "und ein halb", "et demi",
					 "et demie",     NULL };
static const char *const half[] = { "half",    "a half", "one half", "ein halb",
				    "einhalb", "demi",   "un demi",  NULL };
static const char *const one_and_half[] = { "anderthalb", "eineinhalb", NULL };

static const char ask[] = "ask for the number again, in digits";

/* --- In digits --- */

struct numeral {
	unsigned groups;
	const struct spoken_word *group[GROUPS_MAX];
	char mark[GROUPS_MAX]; /* before it; a space is one */
	unsigned words;
};

/* A mark within a number; a space is one before three digits. */
static char mark_at(const struct spoken_words *w, unsigned at)
{
	const struct spoken_word *word = spoken_words_at(w, at);
	const struct spoken_word *next = spoken_words_at(w, at + 1);
	bool is_mark = word->kind == SPOKEN_MARK && word->is_glued &&
		       next->kind == SPOKEN_DIGITS && next->is_glued;

	if (is_mark && strchr(".,'", *word->folded))
		return *word->folded;
	return word->kind == SPOKEN_DIGITS && word->len == 3 ? ' ' : '\0';
}

static bool cut_numeral(struct numeral *n, const struct spoken_words *w,
			unsigned at)
{
	unsigned from = at;

	*n = (struct numeral){ .groups = 1 };
	n->group[0] = spoken_words_at(w, at++);
	for (char mark; (mark = mark_at(w, at)); at++) {
		if (n->groups == GROUPS_MAX)
			return false;
		at += mark != ' ';
		n->mark[n->groups] = mark;
		n->group[n->groups++] = spoken_words_at(w, at);
	}
	n->words = at - from;
	return true;
}

/* Whether the groups but the first, up to a last one, are thousands. */
static bool is_grouped(const struct numeral *n, unsigned last)
{
	if (n->group[0]->len > 3 || *n->group[0]->said == '0')
		return false;
	for (unsigned i = 1; i <= last; i++)
		if (n->group[i]->len != 3 || n->mark[i] != n->mark[1])
			return false;
	return true;
}

enum fraction { FRACTION_NONE, FRACTION_LAST, FRACTION_UNSURE, FRACTION_BAD };

/* 1,250 and 1.250: only who knows the language can tell. */
static enum fraction look_alone(const struct numeral *n, unsigned languages)
{
	if (!is_grouped(n, 1))
		return FRACTION_LAST;
	if (languages == SPOKEN_ENGLISH)
		return n->mark[1] == '.' ? FRACTION_LAST : FRACTION_NONE;
	if (languages == SPOKEN_GERMAN)
		return n->mark[1] == ',' ? FRACTION_LAST : FRACTION_NONE;
	if (languages == SPOKEN_FRENCH && n->mark[1] == ',')
		return FRACTION_LAST;
	return FRACTION_UNSURE;
}

static enum fraction look(const struct numeral *n, unsigned languages)
{
	unsigned last = n->groups - 1;
	bool is_decimal = last && strchr(".,", n->mark[last]);

	if (!last)
		return FRACTION_NONE;
	if (last == 1 && is_decimal)
		return look_alone(n, languages);
	if (is_grouped(n, last))
		return FRACTION_NONE;
	if (is_decimal && last > 1 && n->mark[last] != n->mark[1] &&
	    is_grouped(n, last - 1))
		return FRACTION_LAST;
	return FRACTION_BAD;
}

static int read_digits(struct spoken *s, struct spoken_text *t,
		       unsigned languages, const struct spoken_words *w,
		       unsigned *at)
{
	struct numeral n;
	enum fraction fraction = FRACTION_BAD;
	const char *said = spoken_words_at(w, *at)->said;

	if (cut_numeral(&n, w, *at))
		fraction = look(&n, languages);
	if (fraction == FRACTION_BAD)
		return spoken_fail(s,
				   "its thousands are not where they "
				   "belong; %s",
				   ask);
	*at += n.words;
	const struct spoken_word *end = n.group[n.groups - 1];
	if (fraction == FRACTION_UNSURE)
		return spoken_fail(s,
				   "\"%.*s\" may be thousands or a fraction; "
				   "ask which, and write it without the mark "
				   "or in words",
				   (int)(end->said + end->len - said), said);
	for (unsigned i = 0; i < n.groups; i++) {
		if (i && i == n.groups - 1 && fraction == FRACTION_LAST)
			spoken_add(t, ".", 1);
		spoken_add(t, n.group[i]->said, n.group[i]->len);
	}
	return 0;
}

/* --- In words --- */

static void add_value(struct spoken_text *t, uint64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRIu64, value);

	spoken_add(t, text, (size_t)n);
}

/* "point one four", "virgule vingt-cinq". */
static void read_fraction(struct spoken_text *t, unsigned languages,
			  const struct spoken_words *w, unsigned *at)
{
	struct spoken_number n;
	unsigned took = spoken_words_any(w, *at, point);
	size_t before = t->len;

	if (!took)
		return;
	spoken_add(t, ".", 1);
	for (*at += took;; *at += took) {
		const struct spoken_word *word = spoken_words_at(w, *at);
		took = 1;
		if (word->kind == SPOKEN_DIGITS)
			spoken_add(t, word->said, word->len);
		else if (spoken_number_read(w, *at, languages, &n) &&
			 !n.is_ordinal && n.value < 100)
			add_value(t, n.value), took = n.words;
		else if (strcmp(word->folded, "oh") == 0)
			spoken_add(t, "0", 1);
		else
			break;
	}
	if (t->len == before + 1) { /* a point, and nothing behind it */
		t->len = before;
		(*at)--;
	}
}

/* "one two five": three digits and more, said one by one. */
static bool read_one_by_one(struct spoken_text *t, unsigned languages,
			    const struct spoken_words *w, unsigned *at)
{
	unsigned n = 0;
	int digit;
	char text[DIGITS_MAX + 1];

	while (n < DIGITS_MAX &&
	       (digit = spoken_number_digit(w, *at + n, languages)) >= 0)
		text[n++] = (char)('0' + digit);
	if (n < 3 || text[0] == '0')
		return false;
	spoken_add(t, text, n);
	*at += n;
	return true;
}

/* "zweieinhalb" is one word: the number before "einhalb". */
static bool read_german_half(struct spoken_text *t,
			     const struct spoken_words *w, unsigned *at)
{
	static const char end[] = "einhalb";
	struct spoken_words one;
	struct spoken_number n;
	const struct spoken_word *word = spoken_words_at(w, *at);
	size_t len = strlen(word->folded);
	char before[32];

	if (word->kind != SPOKEN_WORD || len < sizeof(end) ||
	    len >= sizeof(before) ||
	    strcmp(word->folded + len - (sizeof(end) - 1), end) != 0)
		return false;
	len -= sizeof(end) - 1;
	memcpy(before, word->folded, len);
	before[len] = '\0';
	if (!spoken_words_read(&one, before) ||
	    !spoken_number_read(&one, 0, SPOKEN_GERMAN, &n) || n.is_ordinal)
		return false;
	add_value(t, n.value);
	spoken_add(t, ".5", 2);
	(*at)++;
	return true;
}

static bool read_half(struct spoken_text *t, const struct spoken_words *w,
		      unsigned *at)
{
	unsigned n = spoken_words_any(w, *at, one_and_half);
	unsigned m = spoken_words_any(w, *at, half);

	if (n)
		spoken_add(t, "1.5", 3);
	else if (m)
		spoken_add(t, "0.5", 3);
	else
		return read_german_half(t, w, at);
	*at += n ? n : m;
	return true;
}

static int read_words(struct spoken *s, struct spoken_text *t,
		      unsigned languages, const struct spoken_words *w,
		      unsigned *at)
{
	struct spoken_number n;

	if (read_half(t, w, at) || read_one_by_one(t, languages, w, at))
		return 0;
	if (!spoken_number_read(w, *at, languages, &n))
		return spoken_odd(s, w, *at, "a number");
	if (n.is_ordinal)
		return spoken_fail(s,
				   "it is a place in an order, like "
				   "\"third\"; %s",
				   ask);
	*at += n.words;
	add_value(t, n.value);
	unsigned more = spoken_words_any(w, *at, half_more);
	if (more)
		spoken_add(t, ".5", 2);
	else
		read_fraction(t, languages, w, at);
	*at += more;
	return 0;
}

/* --- Normal form --- */

/* Without zeros in front. */
static int tell(struct spoken *s, const struct spoken_text *t, bool is_negative)
{
	const char *text = t->text;
	size_t len = t->len;

	if (t->is_full || len - (memchr(text, '.', len) != NULL) > DIGITS_MAX)
		return spoken_fail(s,
				   "it has more than %d digits; ask whether "
				   "that is right",
				   DIGITS_MAX);
	while (len > 1 && text[0] == '0' && text[1] != '.')
		text++, len--;
	is_negative = is_negative && text[strspn(text, "0.")] != '\0';
	snprintf(s->normal, sizeof(s->normal), "%s%.*s", is_negative ? "-" : "",
		 (int)len, text);
	return 0;
}

int spoken_read_number(struct spoken *s, const struct spoken_context *c,
		       const struct spoken_words *w)
{
	struct spoken_text t = { .len = 0 };
	unsigned negative = spoken_words_any(w, 0, minus);
	unsigned at = negative ? negative : spoken_words_any(w, 0, plus);
	bool has_digits = spoken_words_at(w, at)->kind == SPOKEN_DIGITS;
	int err = has_digits ? read_digits(s, &t, c->languages, w, &at)
			     : read_words(s, &t, c->languages, w, &at);

	if (err)
		return err;
	if (has_digits && !memchr(t.text, '.', t.len))
		read_fraction(&t, c->languages, w, &at);
	if (spoken_words_at(w, at)->kind != SPOKEN_END)
		return spoken_odd(s, w, at, "a number");
	return tell(s, &t, negative > 0);
}
