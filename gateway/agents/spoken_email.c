/* E-mail addresses (RFC 5321: local part up to 64 bytes, 254 in all), of the
 * characters that are used in them; always in lower case. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gateway/agents/spoken_letters.h"
#include "gateway/agents/spoken_number.h"
#include "gateway/agents/spoken_parts.h"
#include "protocols/utf8.h"

#define LOCAL_MAX   64
#define ADDRESS_MAX 254
#define LABEL_MAX   63

enum last { LAST_SYMBOL, LAST_WORD, LAST_LETTERS, LAST_DIGITS };

struct address {
	struct spoken *s;
	const struct spoken_words *w;
	unsigned languages;
	unsigned at;
	struct spoken_text text;
	enum last last;
	size_t last_from; /* where in text it begins */
	bool has_at;      /* the rest is the domain */
	bool is_one_word; /* "all one word" was said of this side */
	bool is_spelling; /* "that's spelled": of the word before */
};

/* --- What is said for a character --- */

static const struct {
	const char *phrase;
	unsigned languages;
	const char *text;
} symbols[] = {
	{ "@", SPOKEN_ANY_LANGUAGE, "@" },
	{ "at", SPOKEN_ANY_LANGUAGE, "@" },
	{ "at sign", SPOKEN_ENGLISH, "@" },
	{ "at zeichen", SPOKEN_GERMAN, "@" },
	{ "klammeraffe", SPOKEN_GERMAN, "@" },
	{ "arobase", SPOKEN_FRENCH, "@" },
	{ "arrobase", SPOKEN_FRENCH, "@" },
	{ "a commercial", SPOKEN_FRENCH, "@" },
	{ ".", SPOKEN_ANY_LANGUAGE, "." },
	{ "dot", SPOKEN_ANY_LANGUAGE, "." },
	{ "period", SPOKEN_ENGLISH, "." },
	{ "full stop", SPOKEN_ENGLISH, "." },
	{ "punkt", SPOKEN_GERMAN, "." },
	{ "point", SPOKEN_FRENCH, "." },
	{ "dotcom", SPOKEN_ANY_LANGUAGE, ".com" },
	{ "-", SPOKEN_ANY_LANGUAGE, "-" },
	{ "dash", SPOKEN_ENGLISH, "-" },
	{ "hyphen", SPOKEN_ENGLISH, "-" },
	{ "minus", SPOKEN_ENGLISH | SPOKEN_GERMAN, "-" },
	{ "bindestrich", SPOKEN_GERMAN, "-" },
	{ "strich", SPOKEN_GERMAN, "-" },
	{ "tiret", SPOKEN_FRENCH, "-" },
	{ "tiret du six", SPOKEN_FRENCH, "-" },
	{ "trait d'union", SPOKEN_FRENCH, "-" },
	{ "moins", SPOKEN_FRENCH, "-" },
	{ "_", SPOKEN_ANY_LANGUAGE, "_" },
	{ "underscore", SPOKEN_ANY_LANGUAGE, "_" },
	{ "under score", SPOKEN_ENGLISH, "_" },
	{ "unterstrich", SPOKEN_GERMAN, "_" },
	{ "tiret bas", SPOKEN_FRENCH, "_" },
	{ "tiret du huit", SPOKEN_FRENCH, "_" },
	{ "souligne", SPOKEN_FRENCH, "_" },
	{ "+", SPOKEN_ANY_LANGUAGE, "+" },
	{ "plus", SPOKEN_ANY_LANGUAGE, "+" },
	{ "plus sign", SPOKEN_ENGLISH, "+" },
};

/* Of the domain: names that are said as several words. */
static const struct {
	const char *phrase;
	const char *text;
} providers[] = {
	{ "g mail", "gmail" },           { "gee mail", "gmail" },
	{ "google mail", "googlemail" }, { "hot mail", "hotmail" },
	{ "out look", "outlook" },       { "i cloud", "icloud" },
	{ "t online", "t-online" },
};

static const char *const one_word[] = {
	"all one word", "one word",
	"in one word",  "as one word",
	"no spaces",    "without spaces",
	"together",     "alles zusammen",
	"zusammen",     "zusammengeschrieben",
	"ein wort",     "in einem wort",
	"en un mot",    "en un seul mot",
	"tout attache", "attache",
	"sans espace",  NULL,
};
static const char *const noise[] = {
	",",          "then",    "and then",  "letter",        "the letter",
	"the number", "dann",    "und dann",  "der buchstabe", "die zahl",
	"puis",       "ensuite", "la lettre", "le chiffre",    NULL,
};

/* --- Adding --- */

static void add(struct address *a, enum last what, const char *text)
{
	if (a->last != what || what == LAST_WORD)
		a->last_from = a->text.len;
	spoken_add(&a->text, text, strlen(text));
	a->last = what;
}

/* Two words side by side: is a dot between them, or nothing? */
static int miss(struct address *a, const char *next)
{
	return spoken_fail(a->s,
			   "between \"%s\" and \"%s\" it is not clear whether "
			   "there is a dot, a dash, an underscore or nothing; "
			   "ask which",
			   a->text.text + a->last_from, next);
}

static bool says(const struct address *a, unsigned from,
		 const char *const *phrases)
{
	for (unsigned i = from; spoken_words_at(a->w, i)->kind; i++) {
		if (spoken_words_is(a->w, i, "@") ||
		    spoken_words_is(a->w, i, "at") ||
		    spoken_words_is(a->w, i, "arobase"))
			return false;
		if (spoken_words_any(a->w, i, phrases))
			return true;
	}
	return false;
}

static bool take_symbol(struct address *a, int *err)
{
	unsigned best = 0;
	const char *text = NULL;

	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		unsigned n =
			spoken_words_phrase(a->w, a->at, symbols[i].phrase);
		if (n > best && (symbols[i].languages & a->languages)) {
			best = n;
			text = symbols[i].text;
		}
	}
	if (!best)
		return false;
	a->at += best;
	if (*text == '@') {
		if (a->has_at)
			*err = spoken_fail(a->s, "it has two @ signs; ask for "
						 "the address again, slowly");
		a->has_at = true;
		a->is_one_word = says(a, a->at, one_word);
	}
	add(a, LAST_SYMBOL, text);
	return true;
}

static bool take_noise(struct address *a)
{
	unsigned spelled =
		a->last == LAST_WORD ? spoken_spelling(a->w, a->at) : 0;
	unsigned n = spelled ? spelled : spoken_words_any(a->w, a->at, noise);

	if (!n)
		n = spoken_words_any(a->w, a->at, one_word);
	if (!n && (n = spoken_capitals(a->w, a->at))) {
		/* "john with a capital j": the letter is no other one. */
		const char *before = a->text.text + a->last_from;
		if (spoken_words_letter(a->w, a->at + n) &&
		    *spoken_words_at(a->w, a->at + n)->folded == *before)
			n++;
	}
	a->is_spelling |= spelled > 0;
	a->at += n;
	return n > 0;
}

/* --- Letters --- */

static int add_letters(struct address *a, const char *letters)
{
	const char *word = a->text.text + a->last_from;
	bool follows_word = a->last == LAST_WORD;

	if (follows_word && strcmp(word, letters) == 0) {
		a->last = LAST_LETTERS; /* its spelling, nothing new */
		return 0;
	}
	if (follows_word && a->is_spelling)
		a->text.len = a->last_from;
	else if (follows_word && !a->is_one_word)
		return miss(a, letters);
	a->is_spelling = false;
	add(a, LAST_LETTERS, letters);
	return 0;
}

static int unclear(struct address *a)
{
	return spoken_fail(a->s, "a letter and the word that explains it do "
				 "not go together; ask for it again");
}

/* ä is written ae, a or as it is; French accents are always left out. */
static int check_ascii(struct address *a, const char *text)
{
	for (; *text; text++)
		if (*text & 0x80)
			return spoken_fail(
				a->s,
				"it has a letter that addresses rarely have; "
				"ask how it is written there, \"ue\" or \"u\" "
				"for instance");
	return 0;
}

static void drop_accent(char text[8])
{
	static const char *const umlaut[] = { "\xc3\xa4", "\xc3\xb6",
					      "\xc3\xbc", "\xc3\x9f",
					      "\xc3\xb8", "\xc3\xa5" };
	char folded[8];

	for (size_t i = 0; i < sizeof(umlaut) / sizeof(umlaut[0]); i++)
		if (strncmp(text, umlaut[i], 2) == 0)
			return;
	spoken_fold(folded, text, strlen(text));
	memcpy(text, folded, sizeof(folded));
}

/* "a-b-c" is an address, "A-B-C" a spelling. */
static bool is_spelled_out(const struct spoken_words *w, unsigned at,
			   unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!isupper((unsigned char)*spoken_words_at(w, at + 2 * i)
				     ->said))
			return false;
	return n > 0;
}

static bool take_letters(struct address *a, int *err)
{
	struct spoken_text run = { .len = 0 };
	struct spoken_letter letter;
	unsigned hyphens = spoken_hyphens(a->w, a->at);
	bool is_spelled = is_spelled_out(a->w, a->at, hyphens);
	unsigned from = a->at;

	while (!*err && spoken_letter_read(a->w, a->at, &letter)) {
		drop_accent(letter.text);
		*err = letter.is_unclear ? unclear(a)
					 : check_ascii(a, letter.text);
		spoken_add(&run, letter.text, strlen(letter.text));
		a->at += letter.words;
		bool is_comma = spoken_words_is(a->w, a->at, ",");
		if (spoken_letter_read(a->w, a->at + 1, &letter) &&
		    ((is_spelled && a->at < from + 2 * hyphens - 1) ||
		     is_comma))
			a->at++;
	}
	if (a->at == from)
		return false;
	if (!*err)
		*err = add_letters(a, run.text);
	return true;
}

/* --- Digits --- */

/* "dix" is a number and a name: numbers of two digits and more are taken for
 * such only where nothing else is spoken, or in English. */
static bool is_number(const struct address *a, const struct spoken_number *n)
{
	return !n->is_ordinal && n->value < 10000 &&
	       (n->language == SPOKEN_ENGLISH || a->languages == n->language);
}

static void add_digits(struct address *a, const char *digits, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		add(a, LAST_DIGITS, digits);
}

/* "un" and "ein" are articles as well. */
static bool is_article(const struct spoken_word *word)
{
	return strcmp(word->folded, "un") == 0 ||
	       strcmp(word->folded, "une") == 0 ||
	       strcmp(word->folded, "ein") == 0;
}

/* "deux l". Returns whether it is such. */
static bool is_doubtful(struct address *a, unsigned at, int *err)
{
	if (!spoken_words_is(a->w, at, "deux") ||
	    !spoken_words_letter(a->w, at + 1))
		return false;
	*err = spoken_fail(a->s,
			   "\"deux %s\" may be the digit 2 or a letter twice; "
			   "ask which",
			   spoken_words_at(a->w, at + 1)->folded);
	return true;
}

/* A number in words. Returns how many words. */
static unsigned read_number(const struct address *a, unsigned at, char text[16])
{
	struct spoken_number n;
	int digit = spoken_number_digit(a->w, at, a->languages);

	if (spoken_number_read(a->w, at, a->languages, &n) && n.value > 9 &&
	    is_number(a, &n)) {
		snprintf(text, 16, "%u", (unsigned)n.value);
		return n.words;
	}
	if (digit < 0 || is_article(spoken_words_at(a->w, at)))
		return 0;
	snprintf(text, 16, "%d", digit);
	return 1;
}

static bool take_digits(struct address *a, int *err)
{
	unsigned more, times = spoken_times(a->w, a->at, &more);
	unsigned at = a->at + more;
	const struct spoken_word *word = spoken_words_at(a->w, at);
	char text[16];

	if (word->kind == SPOKEN_DIGITS && (!times || word->len == 1)) {
		add_digits(a, word->folded, times ? times : 1);
		a->at = at + 1;
		return true;
	}
	if (is_doubtful(a, at, err))
		return true;
	unsigned n = read_number(a, at, text);
	if (!n)
		return false;
	add_digits(a, text, times ? times : 1);
	a->at = at + n;
	return true;
}

/* --- Words --- */

static bool take_provider(struct address *a)
{
	for (size_t i = 0; a->has_at && a->last == LAST_SYMBOL &&
			   i < sizeof(providers) / sizeof(providers[0]);
	     i++) {
		unsigned n =
			spoken_words_phrase(a->w, a->at, providers[i].phrase);
		if (!n)
			continue;
		a->at += n;
		add(a, LAST_WORD, providers[i].text);
		return true;
	}
	return false;
}

static int fold_word(struct address *a, const struct spoken_word *word,
		     char out[SPOKEN_MAX])
{
	size_t at = 0;
	char one[8];

	for (size_t i = 0; i < word->len;) { /* well-formed */
		size_t n = utf8_character((const uint8_t *)word->said + i,
					  word->len - i);
		memcpy(one, word->said + i, n);
		one[n] = '\0';
		drop_accent(one);
		at += (size_t)snprintf(out + at, SPOKEN_MAX - at, "%s", one);
		i += n;
	}
	return check_ascii(a, out);
}

static int take_word(struct address *a)
{
	const struct spoken_word *word = spoken_words_at(a->w, a->at);
	char text[SPOKEN_MAX];
	bool is_open = a->last == LAST_WORD || a->last == LAST_LETTERS;

	if (word->kind != SPOKEN_WORD || strchr(word->folded, '\''))
		return spoken_odd(a->s, a->w, a->at, "an e-mail address");
	int err = fold_word(a, word, text);
	if (err)
		return err;
	if (is_open && !a->is_one_word)
		return miss(a, text);
	a->at++;
	add(a, LAST_WORD, text);
	return 0;
}

static int take(struct address *a)
{
	int err = 0;

	if (take_provider(a) || take_symbol(a, &err) || take_noise(a) ||
	    take_digits(a, &err) || take_letters(a, &err))
		return err;
	return take_word(a);
}

/* --- The whole --- */

static bool is_local(const char *text, size_t len)
{
	if (!len || len > LOCAL_MAX || text[0] == '.' || text[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++)
		if ((!isalnum((unsigned char)text[i]) &&
		     !strchr("._+-", text[i])) ||
		    (text[i] == '.' && text[i + 1] == '.'))
			return false;
	return true;
}

static bool is_label(const char *text, size_t len)
{
	if (!len || len > LABEL_MAX || text[0] == '-' || text[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '-')
			return false;
	return true;
}

static bool is_domain(const char *text)
{
	const char *dot = strrchr(text, '.');

	if (!dot || strlen(dot + 1) < 2 ||
	    strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz") != strlen(dot + 1))
		return false;
	for (;;) {
		size_t len = strcspn(text, ".");
		if (!is_label(text, len))
			return false;
		if (!text[len])
			return true;
		text += len + 1;
	}
}

static int judge(struct spoken *s, const struct spoken_text *t)
{
	const char *at = strchr(t->text, '@');

	if (!at)
		return spoken_fail(s, "it has no @; ask for the whole address, "
				      "with what follows the \"at\"");
	if (!is_local(t->text, (size_t)(at - t->text)))
		return spoken_fail(s, "what comes before the @ is missing or "
				      "not possible; ask for it again");
	if (!strchr(at, '.'))
		return spoken_fail(s,
				   "\"%s\" has no dot, as example.com has; "
				   "ask what follows the @",
				   at + 1);
	if (!is_domain(at + 1) || t->len > ADDRESS_MAX)
		return spoken_fail(s, "what follows the @ is not possible; ask "
				      "for it again");
	snprintf(s->normal, sizeof(s->normal), "%s", t->text);
	return 0;
}

/* Written as addresses are, not as they are said: "six@example.com" has no 6
 * in it. */
static bool is_written(const struct spoken_words *w)
{
	bool has_at = false;

	for (unsigned i = 0; i < w->count; i++) {
		if (i && !w->word[i].is_glued)
			return false;
		has_at |= spoken_words_is(w, i, "@");
	}
	return has_at;
}

static int read_written(struct address *a)
{
	char text[SPOKEN_MAX];

	for (unsigned i = 0; i < a->w->count; i++) {
		int err = fold_word(a, &a->w->word[i], text);
		if (err)
			return err;
		spoken_add(&a->text, text, strlen(text));
	}
	return 0;
}

int spoken_read_email(struct spoken *s, const struct spoken_context *c,
		      const struct spoken_words *w)
{
	struct address a = { .s = s, .w = w, .languages = c->languages };

	a.is_one_word = says(&a, 0, one_word);
	int err = is_written(w) ? read_written(&a) : 0;
	while (!err && !is_written(w) && spoken_words_at(w, a.at)->kind)
		err = take(&a);
	if (err)
		return err;
	if (a.text.is_full)
		return spoken_fail(s, "it is too long for an address; ask for "
				      "it again");
	return judge(s, &a.text);
}
