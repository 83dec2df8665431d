#include "gateway/agents/spoken.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/agents/spoken_parts.h"
#include "protocols/utf8.h"

#define QUOTE_MAX 60 /* bytes of what was said, in an error */

int spoken_fail(struct spoken *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(s->error, sizeof(s->error), format, ap);
	va_end(ap);
	if ((size_t)n >= sizeof(s->error))
		s->error[utf8_cut(s->error, sizeof(s->error) - 1,
				  sizeof(s->error) - 4)] = '\0';
	s->normal[0] = '\0';
	return -EINVAL;
}

int spoken_odd(struct spoken *s, const struct spoken_words *w, unsigned at,
	       const char *thing)
{
	const struct spoken_word *word = spoken_words_at(w, at);

	if (word->kind == SPOKEN_END)
		return spoken_fail(s,
				   "it is not the whole of %s; ask for it "
				   "again",
				   thing);
	return spoken_fail(
		s, "\"%.*s\" is not understood as part of %s; ask for it again",
		(int)utf8_cut(word->said, word->len, QUOTE_MAX), word->said,
		thing);
}

void spoken_add(struct spoken_text *t, const char *text, size_t len)
{
	if (len >= sizeof(t->text) - t->len) {
		t->is_full = true;
		return;
	}
	memcpy(t->text + t->len, text, len);
	t->len += len;
	t->text[t->len] = '\0';
}

/* --- What people say around it --- */

static const char *const openings[] = {
	"uh",
	"um",
	"uhm",
	"hm",
	"well",
	"okay",
	"ok",
	"yes",
	"yeah",
	"so",
	"it's",
	"it is",
	"that's",
	"that is",
	"this is",
	"that would be",
	"it would be",
	"i'm",
	"i am",
	"my name is",
	"my name's",
	"the name is",
	"my email is",
	"my e mail is",
	"my email address is",
	"my e mail address is",
	"the email is",
	"the email address is",
	"my number is",
	"my phone number is",
	"the number is",
	"ah",
	"ahm",
	"ja",
	"also",
	"genau",
	"das ist",
	"es ist",
	"das ware",
	"das waere",
	"ich bin",
	"ich heisse",
	"mein name ist",
	"der name ist",
	"meine e mail ist",
	"meine email ist",
	"meine e mail adresse ist",
	"meine mailadresse ist",
	"meine nummer ist",
	"die nummer ist",
	"meine telefonnummer ist",
	"euh",
	"oui",
	"alors",
	"c'est",
	"c'est le",
	"c'est la",
	"je suis",
	"je m'appelle",
	"mon nom est",
	"mon adresse est",
	"mon adresse c'est",
	"mon adresse mail est",
	"mon email est",
	"mon numero est",
	"mon numero est le",
	"mon numero c'est",
	"mon numero c'est le",
	",",
	":",
	"\"",
	"\xe2\x80\x9e",
	"\xe2\x80\x9c",
	"\xc2\xab",
	"\xe2\x80\xa6",
	NULL,
};
static const char *const closings[] = {
	"please",
	"thanks",
	"thank you",
	"bitte",
	"danke",
	"merci",
	"s'il vous plait",
	"s'il te plait",
	".",
	",",
	"!",
	"?",
	";",
	"\"",
	"\xe2\x80\x9c",
	"\xe2\x80\x9d",
	"\xc2\xbb",
	"\xe2\x80\xa6",
	NULL,
};

/* Two words, or a word and a mark, are one thing: "so-what@example.com" does
 * not begin with "so". What only parts sentences joins nothing. */
static bool is_joined(const struct spoken_words *w, unsigned at)
{
	const struct spoken_word *a = spoken_words_at(w, at - 1);
	const struct spoken_word *b = spoken_words_at(w, at);

	return b->is_glued &&
	       !(a->kind == SPOKEN_MARK && strchr(",:;!?", *a->folded)) &&
	       !(b->kind == SPOKEN_MARK && strchr(",:;!?", *b->folded));
}

static bool drop_opening(struct spoken_words *w)
{
	unsigned n = spoken_words_any(w, 0, openings);

	if (!n || (w->word[n - 1].kind == SPOKEN_WORD && n < w->count &&
		   is_joined(w, n)))
		return false;
	memmove(w->word, w->word + n, (w->count - n + 1) * sizeof(w->word[0]));
	w->count -= n;
	return true;
}

/* A phrase that ends at the last word. */
static bool drop_closing(struct spoken_words *w)
{
	for (unsigned back = 1; back <= 4 && back <= w->count; back++) {
		unsigned at = w->count - back;
		if (spoken_words_any(w, at, closings) != back ||
		    (at && w->word[at].kind == SPOKEN_WORD && is_joined(w, at)))
			continue;
		w->count = at;
		w->word[at].kind = SPOKEN_END;
		w->word[at].folded = "";
		w->word[at].len = 0;
		return true;
	}
	return false;
}

/* --- Text --- */

/* Control characters and white space become single spaces. */
static int read_text(struct spoken *s, const char *said)
{
	size_t at = 0;

	for (const char *c = said; *c; c++) {
		bool is_space = (unsigned char)*c <= ' ' || *c == 0x7f;
		if (is_space && (!at || s->normal[at - 1] == ' '))
			continue;
		if (at == sizeof(s->normal) - 1)
			return spoken_fail(s,
					   "it is longer than %d bytes; "
					   "write less of it",
					   SPOKEN_TEXT_MAX - 1);
		s->normal[at++] = is_space ? ' ' : *c;
	}
	at -= at && s->normal[at - 1] == ' ';
	s->normal[at] = '\0';
	return at ? 0 : spoken_fail(s, "it is empty; ask for it");
}

/* --- All of them --- */

static int read_words(struct spoken *s, enum spoken_type type,
		      const struct spoken_context *c, const char *said)
{
	static spoken_reader *const reader[] = {
		[SPOKEN_NAME] = spoken_read_name,
		[SPOKEN_EMAIL] = spoken_read_email,
		[SPOKEN_PHONE] = spoken_read_phone,
		[SPOKEN_DATE] = spoken_read_date,
		[SPOKEN_NUMBER] = spoken_read_number,
		[SPOKEN_CHOICE] = spoken_read_choice,
	};
	struct spoken_context any = *c;
	struct spoken_words w;

	if (!any.languages)
		any.languages = SPOKEN_ANY_LANGUAGE;
	if (strnlen(said, SPOKEN_MAX + 1) > SPOKEN_MAX ||
	    !spoken_words_read(&w, said))
		return spoken_fail(s, "it is too long; write only the value "
				      "itself");
	/* "yes" may be one. */
	while (type != SPOKEN_CHOICE && (drop_opening(&w) || drop_closing(&w)))
		;
	if (!w.count)
		return spoken_fail(s, "it is empty; ask for it");
	return reader[type](s, &any, &w);
}

int spoken_read(struct spoken *s, enum spoken_type type,
		const struct spoken_context *context, const char *said)
{
	s->normal[0] = s->error[0] = '\0';
	if (!utf8_is_valid((const uint8_t *)said, strlen(said)))
		return spoken_fail(s, "it is not readable text; write it "
				      "again");
	return type == SPOKEN_TEXT ? read_text(s, said)
				   : read_words(s, type, context, said);
}

unsigned spoken_language_of(const char *code)
{
	static const char *const known[] = { "en", "de", "fr" };

	for (unsigned i = 0; i < 3; i++)
		if (strncasecmp(code, known[i], 2) == 0 &&
		    (!code[2] || code[2] == '-'))
			return 1u << i;
	return 0;
}
