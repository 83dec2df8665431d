#include "gateway/agents/spoken_words.h"

#include <string.h>

#include "protocols/utf8.h"

/* --- Characters --- */

/* Latin-1 and Latin Extended-A (Unicode blocks, U+00C0 to U+017F), without
 * what makes them different from the letters of ASCII. */
static const char base[] =
	"aaaaaa*ceeeeiiiidnooooo?ouuuuy**aaaaaa*ceeeeiiiidnooooo?ouuuuy*y"
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkklllllll"
	"lllnnnnnnnnnoooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static uint32_t code_of(const char *text, size_t n)
{
	const uint8_t *b = (const uint8_t *)text;

	switch (n) {
	case 2:
		return (uint32_t)(b[0] & 0x1f) << 6 | (b[1] & 0x3f);
	case 3:
		return (uint32_t)(b[0] & 0x0f) << 12 |
		       (uint32_t)(b[1] & 0x3f) << 6 | (b[2] & 0x3f);
	default:
		return b[0];
	}
}

/* Letters that are two: the same number of bytes as in UTF-8. */
static const char *pair_of(uint32_t code)
{
	switch (code) {
	case 0xdf:
		return "ss";
	case 0xc6:
	case 0xe6:
		return "ae";
	case 0x152:
	case 0x153:
		return "oe";
	case 0xde:
	case 0xfe:
		return "th";
	case 0x132:
	case 0x133:
		return "ij";
	default:
		return NULL;
	}
}

static size_t fold_character(char *out, const char *text, size_t n)
{
	uint32_t code = code_of(text, n);
	const char *pair = pair_of(code);

	if (pair)
		return (size_t)(stpcpy(out, pair) - out);
	if (code >= 0xc0 && code < 0xc0 + sizeof(base) - 1 &&
	    base[code - 0xc0] >= 'a') {
		*out = base[code - 0xc0];
		return 1;
	}
	memcpy(out, text, n);
	if (n == 1 && *out >= 'A' && *out <= 'Z')
		*out = (char)(*out + 'a' - 'A');
	return n;
}

size_t spoken_fold(char *out, const char *text, size_t len)
{
	size_t at = 0;

	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_character((const uint8_t *)text + i, len - i);
		if (!n)
			break;
		at += fold_character(out + at, text + i, n);
	}
	out[at] = '\0';
	return at;
}

/* --- What a character is --- */

enum category { CLASS_SPACE, CLASS_LETTER, CLASS_DIGIT, CLASS_MARK };

/* The first row that has it counts; none: a letter. */
static enum category class_of_wide(uint32_t code)
{
	static const struct {
		uint32_t from, to;
		enum category class;
	} row[] = {
		{ 0xa0, 0xa0, CLASS_SPACE },
		{ 0, 0xa9, CLASS_MARK },
		{ 0xab, 0xab, CLASS_MARK }, /* quotation marks */
		{ 0xbb, 0xbb, CLASS_MARK },
		{ 0xbf, 0xbf, CLASS_MARK },
		{ 0xd7, 0xd7, CLASS_MARK }, /* times, divided by */
		{ 0xf7, 0xf7, CLASS_MARK },
		/* General Punctuation: spaces, then dashes and quotes. */
		{ 0x2000, 0x200f, CLASS_SPACE },
		{ 0x202f, 0x202f, CLASS_SPACE },
		{ 0x2010, 0x206f, CLASS_MARK },
		{ 0x3000, 0x3000, CLASS_SPACE },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (code >= row[i].from && code <= row[i].to)
			return row[i].class;
	return CLASS_LETTER;
}

static enum category class_of(const char *text, size_t n)
{
	unsigned char c = (unsigned char)*text;

	if (n > 1)
		return class_of_wide(n == 4 ? 0x10000 : code_of(text, n));
	if (c <= ' ' || c == 0x7f)
		return CLASS_SPACE;
	if (c >= '0' && c <= '9')
		return CLASS_DIGIT;
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
		return CLASS_LETTER;
	return CLASS_MARK;
}

static size_t character(const char *text)
{
	return utf8_character((const uint8_t *)text, strnlen(text, 4));
}

/* ' and U+2019 between letters belong to the word. */
static size_t apostrophe(const char *text)
{
	size_t n = *text == '\''                           ? 1
		   : strncmp(text, "\xe2\x80\x99", 3) == 0 ? 3
							   : 0;
	size_t next = n ? character(text + n) : 0;

	return next && class_of(text + n, next) == CLASS_LETTER ? n : 0;
}

/* How much of text, which begins with such a character, is one word. */
static size_t word_len(const char *text, enum category class)
{
	size_t len = character(text), n;

	while (class != CLASS_MARK && (n = character(text + len))) {
		if (class_of(text + len, n) != class)
			n = class == CLASS_LETTER ? apostrophe(text + len) : 0;
		if (!n)
			break;
		len += n;
	}
	return len;
}

/* --- Words --- */

static const char *plain_mark(uint32_t code)
{
	if (code >= 0x2010 && code <= 0x2015)
		return "-";
	if (code == 0x2019 || code == 0x2018)
		return "'";
	return NULL;
}

static size_t fold_word(char *out, const struct spoken_word *word)
{
	const char *mark = plain_mark(code_of(word->said, word->len));
	size_t n = mark && word->kind == SPOKEN_MARK
			   ? (size_t)(stpcpy(out, mark) - out)
			   : spoken_fold(out, word->said, word->len);
	char *curly = out;

	while ((curly = strstr(curly, "\xe2\x80\x99"))) {
		*curly = '\'';
		memmove(curly + 1, curly + 3, strlen(curly + 3) + 1);
		n -= 2;
	}
	return n;
}

bool spoken_words_read(struct spoken_words *w, const char *said)
{
	static const enum spoken_kind kind[] = {
		[CLASS_LETTER] = SPOKEN_WORD,
		[CLASS_DIGIT] = SPOKEN_DIGITS,
		[CLASS_MARK] = SPOKEN_MARK,
	};
	char *out = w->folded;
	bool is_glued = false;
	size_t n;

	w->count = 0;
	for (; (n = character(said)); said += n) {
		enum category class = class_of(said, n);
		if (class == CLASS_SPACE) {
			is_glued = false;
			continue;
		}
		if (w->count == SPOKEN_WORDS_MAX)
			return false;
		n = word_len(said, class);
		struct spoken_word *word = &w->word[w->count++];
		*word = (struct spoken_word){ kind[class], is_glued, out, said,
					      n };
		out += fold_word(out, word) + 1;
		is_glued = true;
	}
	w->word[w->count] =
		(struct spoken_word){ SPOKEN_END, false, "", said, 0 };
	return true;
}

const struct spoken_word *spoken_words_at(const struct spoken_words *w,
					  unsigned at)
{
	return &w->word[at < w->count ? at : w->count];
}

bool spoken_words_is(const struct spoken_words *w, unsigned at,
		     const char *folded)
{
	return strcmp(spoken_words_at(w, at)->folded, folded) == 0;
}

bool spoken_words_letter(const struct spoken_words *w, unsigned at)
{
	const struct spoken_word *word = spoken_words_at(w, at);

	return word->kind == SPOKEN_WORD && character(word->said) == word->len;
}

unsigned spoken_words_phrase(const struct spoken_words *w, unsigned at,
			     const char *phrase)
{
	unsigned from = at;

	for (;;) {
		size_t len = strcspn(phrase, " ");
		const char *folded = spoken_words_at(w, at)->folded;
		if (strlen(folded) != len || memcmp(folded, phrase, len) != 0)
			return 0;
		at++;
		if (!phrase[len])
			return at - from;
		phrase += len + 1;
		if (spoken_words_is(w, at, "-"))
			at++;
	}
}

unsigned spoken_words_any(const struct spoken_words *w, unsigned at,
			  const char *const *phrases)
{
	unsigned best = 0;

	for (; *phrases; phrases++) {
		unsigned n = spoken_words_phrase(w, at, *phrases);
		if (n > best)
			best = n;
	}
	return best;
}
