/* Names of people: as they are written, with what was spelled put together. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/agents/spoken_letters.h"
#include "gateway/agents/spoken_parts.h"
#include "protocols/utf8.h"

#define SPELLED_MIN 3 /* letters in a row; fewer are initials */

struct name {
	struct spoken *s;
	const struct spoken_words *w;
	unsigned at;
	struct spoken_text text;
	size_t last_from; /* where the last word begins */
	bool is_glued;    /* what comes next has no space before it */
	bool is_spelling; /* "spelled": of the word before */
	bool has_small;   /* not all of it is in capitals */
};

static const char *const particles[] = {
	"von", "van", "der", "den", "de",  "del", "della", "di",  "da",
	"du",  "la",  "le",  "les", "des", "zu",  "zur",   "zum", "vom",
	"y",   "al",  "dos", "das", "ten", "ter", NULL,
};

/* --- Large and small --- */

static bool is_between(char c, int from, int to)
{
	return (unsigned char)c >= from && (unsigned char)c <= to;
}

/* One character: ASCII, or two bytes of Latin-1 (without its signs). */
static void change(char *text, size_t n, bool is_large)
{
	static const int large[2][2] = { { 'A', 'Z' }, { 0x80, 0x9e } };
	bool is_wide = n == 2 && *text == '\xc3';
	char *last = text + is_wide;
	int shift = is_large ? 0x20 : 0; /* from where they are small */

	if ((n > 1 && !is_wide) || (is_wide && (*last & 0x1f) == 0x17))
		return; /* the signs for times and divided by */
	if (is_between(*last, large[is_wide][0] + shift,
		       large[is_wide][1] + shift))
		*last = (char)(*last ^ 0x20);
}

static size_t first(const char *text)
{
	return utf8_character((const uint8_t *)text, strlen(text));
}

static void capitalise(char *text, bool and_rest_small)
{
	bool is_first = true;

	for (size_t n; (n = first(text)); text += n) {
		if (is_first || and_rest_small)
			change(text, n, is_first);
		is_first = *text == '\'';
	}
}

static bool has_small(const char *text)
{
	for (; *text; text++)
		if ((*text >= 'a' && *text <= 'z') ||
		    (*text == '\xc3' && (unsigned char)text[1] >= 0x9f))
			return true;
	return false;
}

static bool has_large(const char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			return true;
	return false;
}

/* --- Adding --- */

static void add(struct name *m, const char *text)
{
	if (m->text.len && !m->is_glued)
		spoken_add(&m->text, " ", 1);
	if (!m->is_glued)
		m->last_from = m->text.len;
	spoken_add(&m->text, text, strlen(text));
	m->is_glued = false;
}

static int add_spelled(struct name *m, char *letters)
{
	char word[SPOKEN_MAX], now[SPOKEN_MAX];
	const char *before = m->text.text + m->last_from;

	capitalise(letters, false);
	spoken_fold(word, before, strlen(before));
	spoken_fold(now, letters, strlen(letters));
	bool is_same = m->text.len && strcmp(word, now) == 0;
	bool is_close = m->text.len && *word == *now &&
			strlen(word) < strlen(now) + 3 &&
			strlen(now) < strlen(word) + 3;
	if (is_close && !is_same && !m->is_spelling)
		return spoken_fail(m->s,
				   "\"%s\" and its spelling \"%s\" are not the "
				   "same; ask which is right",
				   before, letters);
	if (is_same || m->is_spelling) {
		/* Spelling wins: that is what it is for. */
		m->is_glued = true;
		m->text.len = m->last_from;
	}
	add(m, letters);
	m->is_spelling = false;
	return 0;
}

/* Letters in a row. */
struct run {
	struct spoken_text text;
	unsigned letters;
	unsigned end; /* where it does */
	bool is_unclear;
};

/* A mark between two letters of one word. */
static bool is_joint(const struct spoken_words *w, unsigned at)
{
	struct spoken_letter next;
	const char *joint = spoken_words_at(w, at)->folded;

	return *joint && !joint[1] && strchr("-,.", *joint) &&
	       spoken_letter_read(w, at + 1, &next);
}

static void read_run(struct run *run, const struct spoken_words *w, unsigned at)
{
	struct spoken_letter letter;

	memset(run, 0, sizeof(*run));
	while (!run->is_unclear && spoken_letter_read(w, at, &letter)) {
		bool is_double = letter.words > 1 && run->text.len;
		run->is_unclear = letter.is_unclear;
		run->letters += is_double ? SPELLED_MIN : 1;
		spoken_add(&run->text, letter.text, strlen(letter.text));
		at += letter.words;
		at += is_joint(w, at);
	}
	run->end = at;
}

static bool take_spelled(struct name *m, int *err)
{
	struct run run;

	read_run(&run, m->w, m->at);
	bool is_all = m->at == 0 && !spoken_words_at(m->w, run.end)->kind &&
		      run.letters > 1;
	if (run.is_unclear) {
		*err = spoken_fail(m->s, "a letter and the word that explains "
					 "it do not go together; ask for it "
					 "again");
		return true;
	}
	if (run.letters < SPELLED_MIN && !(run.letters && m->is_spelling) &&
	    !is_all)
		return false;
	*err = run.text.is_full ? spoken_odd(m->s, m->w, m->at, "a name")
				: add_spelled(m, run.text.text);
	m->at = run.end;
	return true;
}

static bool take_mark(struct name *m)
{
	const struct spoken_word *word = spoken_words_at(m->w, m->at);
	bool is_dot = strcmp(word->folded, ".") == 0 && word->is_glued;
	bool is_dash = strcmp(word->folded, "-") == 0;
	unsigned n = spoken_words_is(m->w, m->at, ",");

	if (m->text.len && (n = n ? n : spoken_spelling(m->w, m->at)))
		m->is_spelling |= !spoken_words_is(m->w, m->at, ",");
	else if (!n)
		n = spoken_capitals(m->w, m->at);
	if (!n && m->text.len && (is_dot || is_dash)) {
		spoken_add(&m->text, word->folded, 1);
		m->is_glued = is_dash;
		n = 1;
	}
	m->at += n;
	return n > 0;
}

/* "john" becomes John, "von" stays, "SMITH" becomes Smith where all is so. */
static void take_word(struct name *m, const struct spoken_word *word)
{
	char text[SPOKEN_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)word->len, word->said);
	bool is_particle = spoken_words_any(m->w, m->at, particles) &&
			   has_small(text) &&
			   spoken_words_at(m->w, m->at + 1)->kind;
	if (!m->has_small && strlen(text) > 1)
		capitalise(text, true);
	else if (!has_large(text) && !is_particle)
		capitalise(text, false);
	add(m, text);
	m->at++;
}

static int take(struct name *m)
{
	const struct spoken_word *word = spoken_words_at(m->w, m->at);
	int err = 0;

	if (take_spelled(m, &err) || take_mark(m))
		return err;
	if (word->kind == SPOKEN_DIGITS)
		return spoken_fail(m->s, "a name has no digits; ask for it "
					 "again");
	if (word->kind != SPOKEN_WORD)
		return spoken_odd(m->s, m->w, m->at, "a name");
	take_word(m, word);
	return 0;
}

int spoken_read_name(struct spoken *s, const struct spoken_context *c,
		     const struct spoken_words *w)
{
	struct name m = { .s = s, .w = w };

	(void)c;
	for (unsigned i = 0; i < w->count; i++) {
		char text[SPOKEN_MAX + 1];
		snprintf(text, sizeof(text), "%.*s", (int)w->word[i].len,
			 w->word[i].said);
		m.has_small |= has_small(text);
	}
	while (spoken_words_at(w, m.at)->kind) {
		int err = take(&m);
		if (err)
			return err;
	}
	if (!m.text.len || m.text.is_full || m.is_glued)
		return spoken_fail(s, "it is not the whole of a name; ask for "
				      "it again");
	snprintf(s->normal, sizeof(s->normal), "%s", m.text.text);
	return 0;
}
