#include "gateway/agents/spoken_number.h"

#include <string.h>

#define EN SPOKEN_ENGLISH
#define DE SPOKEN_GERMAN
#define FR SPOKEN_FRENCH

#define PIECES_MAX 32 /* of one number; what follows is not looked at */

enum part {
	PART_UNIT, /* 0 to 9 */
	PART_TEEN, /* 10 to 19 */
	PART_TENS, /* 20 to 90 */
	PART_HUNDRED,
	PART_SCALE, /* 10^3, 10^6, 10^9 */
	PART_AND,
	PART_A /* one, before a hundred or a scale */
};

struct entry {
	const char *word; /* folded; of a German ordinal the stem */
	unsigned languages;
	enum part part;
	uint32_t value;
	bool is_ordinal;
};

static const struct entry entries[] = {
	{ "zero", EN, PART_UNIT, 0, false },
	{ "nought", EN, PART_UNIT, 0, false },
	{ "one", EN, PART_UNIT, 1, false },
	{ "two", EN, PART_UNIT, 2, false },
	{ "three", EN, PART_UNIT, 3, false },
	{ "four", EN, PART_UNIT, 4, false },
	{ "five", EN, PART_UNIT, 5, false },
	{ "six", EN | FR, PART_UNIT, 6, false },
	{ "seven", EN, PART_UNIT, 7, false },
	{ "eight", EN, PART_UNIT, 8, false },
	{ "nine", EN, PART_UNIT, 9, false },
	{ "niner", EN, PART_UNIT, 9, false },
	{ "ten", EN, PART_TEEN, 10, false },
	{ "eleven", EN, PART_TEEN, 11, false },
	{ "twelve", EN, PART_TEEN, 12, false },
	{ "thirteen", EN, PART_TEEN, 13, false },
	{ "fourteen", EN, PART_TEEN, 14, false },
	{ "fifteen", EN, PART_TEEN, 15, false },
	{ "sixteen", EN, PART_TEEN, 16, false },
	{ "seventeen", EN, PART_TEEN, 17, false },
	{ "eighteen", EN, PART_TEEN, 18, false },
	{ "nineteen", EN, PART_TEEN, 19, false },
	{ "twenty", EN, PART_TENS, 20, false },
	{ "thirty", EN, PART_TENS, 30, false },
	{ "forty", EN, PART_TENS, 40, false },
	{ "fourty", EN, PART_TENS, 40, false },
	{ "fifty", EN, PART_TENS, 50, false },
	{ "sixty", EN, PART_TENS, 60, false },
	{ "seventy", EN, PART_TENS, 70, false },
	{ "eighty", EN, PART_TENS, 80, false },
	{ "ninety", EN, PART_TENS, 90, false },
	{ "hundred", EN, PART_HUNDRED, 100, false },
	{ "thousand", EN, PART_SCALE, 1000, false },
	{ "million", EN | DE | FR, PART_SCALE, 1000000, false },
	{ "billion", EN, PART_SCALE, 1000000000, false },
	{ "and", EN, PART_AND, 0, false },
	{ "a", EN, PART_A, 1, false },
	{ "first", EN, PART_UNIT, 1, true },
	{ "second", EN, PART_UNIT, 2, true },
	{ "third", EN, PART_UNIT, 3, true },
	{ "fourth", EN, PART_UNIT, 4, true },
	{ "fifth", EN, PART_UNIT, 5, true },
	{ "sixth", EN, PART_UNIT, 6, true },
	{ "seventh", EN, PART_UNIT, 7, true },
	{ "eighth", EN, PART_UNIT, 8, true },
	{ "ninth", EN, PART_UNIT, 9, true },
	{ "tenth", EN, PART_TEEN, 10, true },
	{ "eleventh", EN, PART_TEEN, 11, true },
	{ "twelfth", EN, PART_TEEN, 12, true },
	{ "thirteenth", EN, PART_TEEN, 13, true },
	{ "fourteenth", EN, PART_TEEN, 14, true },
	{ "fifteenth", EN, PART_TEEN, 15, true },
	{ "sixteenth", EN, PART_TEEN, 16, true },
	{ "seventeenth", EN, PART_TEEN, 17, true },
	{ "eighteenth", EN, PART_TEEN, 18, true },
	{ "nineteenth", EN, PART_TEEN, 19, true },
	{ "twentieth", EN, PART_TENS, 20, true },
	{ "thirtieth", EN, PART_TENS, 30, true },

	{ "null", DE, PART_UNIT, 0, false },
	{ "ein", DE, PART_UNIT, 1, false },
	{ "eins", DE, PART_UNIT, 1, false },
	{ "eine", DE, PART_A, 1, false },
	{ "zwei", DE, PART_UNIT, 2, false },
	{ "zwo", DE, PART_UNIT, 2, false },
	{ "drei", DE, PART_UNIT, 3, false },
	{ "vier", DE, PART_UNIT, 4, false },
	{ "funf", DE, PART_UNIT, 5, false },
	{ "fuenf", DE, PART_UNIT, 5, false },
	{ "sechs", DE, PART_UNIT, 6, false },
	{ "sieben", DE, PART_UNIT, 7, false },
	{ "acht", DE, PART_UNIT, 8, false },
	{ "neun", DE, PART_UNIT, 9, false },
	{ "zehn", DE, PART_TEEN, 10, false },
	{ "elf", DE, PART_TEEN, 11, false },
	{ "zwolf", DE, PART_TEEN, 12, false },
	{ "zwoelf", DE, PART_TEEN, 12, false },
	{ "dreizehn", DE, PART_TEEN, 13, false },
	{ "vierzehn", DE, PART_TEEN, 14, false },
	{ "funfzehn", DE, PART_TEEN, 15, false },
	{ "fuenfzehn", DE, PART_TEEN, 15, false },
	{ "sechzehn", DE, PART_TEEN, 16, false },
	{ "siebzehn", DE, PART_TEEN, 17, false },
	{ "achtzehn", DE, PART_TEEN, 18, false },
	{ "neunzehn", DE, PART_TEEN, 19, false },
	{ "zwanzig", DE, PART_TENS, 20, false },
	{ "dreissig", DE, PART_TENS, 30, false },
	{ "vierzig", DE, PART_TENS, 40, false },
	{ "funfzig", DE, PART_TENS, 50, false },
	{ "fuenfzig", DE, PART_TENS, 50, false },
	{ "sechzig", DE, PART_TENS, 60, false },
	{ "siebzig", DE, PART_TENS, 70, false },
	{ "achtzig", DE, PART_TENS, 80, false },
	{ "neunzig", DE, PART_TENS, 90, false },
	{ "hundert", DE, PART_HUNDRED, 100, false },
	{ "tausend", DE, PART_SCALE, 1000, false },
	{ "millionen", DE, PART_SCALE, 1000000, false },
	{ "und", DE, PART_AND, 0, false },
	{ "erst", DE, PART_UNIT, 1, true },
	{ "zweit", DE, PART_UNIT, 2, true },
	{ "dritt", DE, PART_UNIT, 3, true },
	{ "viert", DE, PART_UNIT, 4, true },
	{ "funft", DE, PART_UNIT, 5, true },
	{ "fuenft", DE, PART_UNIT, 5, true },
	{ "sechst", DE, PART_UNIT, 6, true },
	{ "siebt", DE, PART_UNIT, 7, true },
	{ "siebent", DE, PART_UNIT, 7, true },
	{ "acht", DE, PART_UNIT, 8, true },
	{ "neunt", DE, PART_UNIT, 9, true },
	{ "zehnt", DE, PART_TEEN, 10, true },
	{ "elft", DE, PART_TEEN, 11, true },
	{ "zwolft", DE, PART_TEEN, 12, true },
	{ "zwoelft", DE, PART_TEEN, 12, true },
	{ "dreizehnt", DE, PART_TEEN, 13, true },
	{ "vierzehnt", DE, PART_TEEN, 14, true },
	{ "funfzehnt", DE, PART_TEEN, 15, true },
	{ "fuenfzehnt", DE, PART_TEEN, 15, true },
	{ "sechzehnt", DE, PART_TEEN, 16, true },
	{ "siebzehnt", DE, PART_TEEN, 17, true },
	{ "achtzehnt", DE, PART_TEEN, 18, true },
	{ "neunzehnt", DE, PART_TEEN, 19, true },
	{ "zwanzigst", DE, PART_TENS, 20, true },
	{ "dreissigst", DE, PART_TENS, 30, true },

	{ "zero", FR, PART_UNIT, 0, false },
	{ "un", FR, PART_UNIT, 1, false },
	{ "une", FR, PART_UNIT, 1, false },
	{ "deux", FR, PART_UNIT, 2, false },
	{ "trois", FR, PART_UNIT, 3, false },
	{ "quatre", FR, PART_UNIT, 4, false },
	{ "cinq", FR, PART_UNIT, 5, false },
	{ "sept", FR, PART_UNIT, 7, false },
	{ "huit", FR, PART_UNIT, 8, false },
	{ "neuf", FR, PART_UNIT, 9, false },
	{ "dix", FR, PART_TEEN, 10, false },
	{ "onze", FR, PART_TEEN, 11, false },
	{ "douze", FR, PART_TEEN, 12, false },
	{ "treize", FR, PART_TEEN, 13, false },
	{ "quatorze", FR, PART_TEEN, 14, false },
	{ "quinze", FR, PART_TEEN, 15, false },
	{ "seize", FR, PART_TEEN, 16, false },
	{ "vingt", FR, PART_TENS, 20, false },
	{ "vingts", FR, PART_TENS, 20, false },
	{ "trente", FR, PART_TENS, 30, false },
	{ "quarante", FR, PART_TENS, 40, false },
	{ "cinquante", FR, PART_TENS, 50, false },
	{ "soixante", FR, PART_TENS, 60, false },
	{ "septante", FR, PART_TENS, 70, false },
	{ "huitante", FR, PART_TENS, 80, false },
	{ "octante", FR, PART_TENS, 80, false },
	{ "nonante", FR, PART_TENS, 90, false },
	{ "cent", FR, PART_HUNDRED, 100, false },
	{ "cents", FR, PART_HUNDRED, 100, false },
	{ "mille", FR, PART_SCALE, 1000, false },
	{ "millions", FR, PART_SCALE, 1000000, false },
	{ "et", FR, PART_AND, 0, false },
	{ "premier", FR, PART_UNIT, 1, true },
	{ "premiere", FR, PART_UNIT, 1, true },
};

/* --- From words to pieces --- */

struct piece {
	enum part part;
	uint32_t value;
	bool is_ordinal;
	unsigned words; /* when it is the last of its word: so many so far */
};

struct pieces {
	unsigned count;
	struct piece piece[PIECES_MAX];
	unsigned language;
};

static bool add(struct pieces *p, const struct entry *e)
{
	if (p->count == PIECES_MAX)
		return false;
	p->piece[p->count++] =
		(struct piece){ e->part, e->value, e->is_ordinal, 0 };
	return true;
}

static bool ends_ordinal(const char *rest)
{
	static const char *const ending[] = { "e", "en", "er", "es", "em" };

	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		if (strcmp(rest, ending[i]) == 0)
			return true;
	return false;
}

/* What text begins with: the longest, and an ordinal only at its end. */
static const struct entry *find(const char *text, unsigned language,
				size_t *len)
{
	const struct entry *best = NULL;

	*len = 0;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		const struct entry *e = &entries[i];
		size_t n = strlen(e->word);
		if (!(e->languages & language) || strncmp(text, e->word, n))
			continue;
		if (language != DE && text[n])
			continue;
		if (language == DE && e->is_ordinal) {
			if (!ends_ordinal(text + n))
				continue;
			n += strlen(text + n);
		}
		if (n > *len) {
			best = e;
			*len = n;
		}
	}
	return best;
}

/* Germans write a number as one word. Returns false when it is none. */
static bool split(struct pieces *p, const char *text)
{
	unsigned before = p->count;

	while (*text) {
		size_t len;
		const struct entry *e = find(text, p->language, &len);
		if (!e || !add(p, e)) {
			p->count = before;
			return false;
		}
		text += len;
	}
	return p->count > before;
}

static void cut(struct pieces *p, const struct spoken_words *w, unsigned from,
		unsigned language)
{
	unsigned at = from;

	*p = (struct pieces){ .language = language };
	while (spoken_words_at(w, at)->kind == SPOKEN_WORD &&
	       split(p, spoken_words_at(w, at)->folded)) {
		p->piece[p->count - 1].words = ++at - from;
		if (spoken_words_is(w, at, "-") &&
		    spoken_words_at(w, at)->is_glued)
			at++;
	}
}

/* --- From pieces to a number --- */

static bool is(const struct pieces *p, unsigned at, enum part part)
{
	return at < p->count && p->piece[at].part == part;
}

/* Each of these returns how many pieces it took, 0: none, and adds to value. */
static unsigned read_unit(const struct pieces *p, unsigned at, uint64_t *value)
{
	if (!is(p, at, PART_UNIT) || !p->piece[at].value)
		return 0;
	*value += p->piece[at].value;
	return 1;
}

static bool has_value(const struct pieces *p, unsigned at, enum part part,
		      uint32_t value)
{
	return is(p, at, part) && p->piece[at].value == value;
}

/* French: "vingt et un", "soixante et onze". */
static bool is_joined(const struct pieces *p, unsigned at)
{
	return p->language == FR && is(p, at, PART_AND) &&
	       (has_value(p, at + 1, PART_UNIT, 1) ||
		has_value(p, at + 1, PART_TEEN, 11));
}

/* What may follow tens: "-one", "et un", "-dix-sept" where the French have no
 * seventy. */
static unsigned read_rest(const struct pieces *p, unsigned at, uint64_t *value)
{
	bool has_teens = p->language == FR && (*value == 60 || *value == 80);
	unsigned joined = is_joined(p, at);

	if (p->language == DE || (at && p->piece[at - 1].is_ordinal))
		return 0;
	at += joined;
	if (has_teens && is(p, at, PART_TEEN)) {
		uint32_t teen = p->piece[at].value;
		*value += teen;
		return joined + 1 +
		       (teen == 10 ? read_unit(p, at + 1, value) : 0);
	}
	unsigned n = read_unit(p, at, value);
	return n ? joined + n : 0;
}

static unsigned read_teen(const struct pieces *p, unsigned at, uint64_t *value)
{
	*value += p->piece[at].value;
	if (p->language == FR && p->piece[at].value == 10 &&
	    is(p, at + 1, PART_UNIT) && p->piece[at + 1].value >= 7)
		return 1 + read_unit(p, at + 1, value);
	return 1;
}

static unsigned read_tens(const struct pieces *p, unsigned at, uint64_t *value)
{
	uint64_t tens = p->piece[at].value;
	unsigned n = 1 + read_rest(p, at + 1, &tens);

	*value += tens;
	return n;
}

static bool is_quatre_vingt(const struct pieces *p, unsigned at)
{
	return p->language == FR && p->piece[at].value == 4 &&
	       is(p, at + 1, PART_TENS) && p->piece[at + 1].value == 20;
}

static unsigned read_below_100(const struct pieces *p, unsigned at,
			       uint64_t *value)
{
	uint64_t eighty = 80;

	if (is(p, at, PART_TEEN))
		return read_teen(p, at, value);
	if (is(p, at, PART_TENS))
		return read_tens(p, at, value);
	if (!is(p, at, PART_UNIT))
		return 0;
	if (is_quatre_vingt(p, at)) {
		unsigned n = 2 + read_rest(p, at + 2, &eighty);
		*value += eighty;
		return n;
	}
	*value += p->piece[at].value;
	if (p->language == DE && p->piece[at].value &&
	    is(p, at + 1, PART_AND) && is(p, at + 2, PART_TENS)) {
		*value += p->piece[at + 2].value;
		return 3;
	}
	return 1;
}

/* "and" belongs to a number only with something behind it. */
static unsigned read_joined(const struct pieces *p, unsigned at,
			    uint64_t *value,
			    unsigned (*read)(const struct pieces *p,
					     unsigned at, uint64_t *value))
{
	unsigned joined = p->language != FR && is(p, at, PART_AND);
	uint64_t more = 0;
	unsigned n = read(p, at + joined, &more);

	if (!n || !more || (at && p->piece[at - 1].is_ordinal))
		return 0;
	*value += more;
	return joined + n;
}

static unsigned read_below_1000(const struct pieces *p, unsigned at,
				uint64_t *value)
{
	uint64_t group = 0;
	unsigned n = is(p, at, PART_A) &&
		     (is(p, at + 1, PART_HUNDRED) || is(p, at + 1, PART_SCALE));

	if (n)
		group = 1;
	else
		n = read_below_100(p, at, &group);
	/* "nineteen hundred", but "seventy-nine, hundred and three". */
	bool may =
		!n || (group && group < 20 && !p->piece[at + n - 1].is_ordinal);
	if (may && is(p, at + n, PART_HUNDRED)) {
		group = (n ? group : 1) * 100;
		n++;
		n += read_joined(p, at + n, &group, read_below_100);
	}
	*value += group;
	return n;
}

static unsigned read_all(const struct pieces *p, uint64_t *value)
{
	uint64_t scale = UINT64_MAX;
	unsigned n = 0;

	*value = 0;
	for (;;) {
		uint64_t group = 0;
		unsigned more = n ? read_joined(p, n, &group, read_below_1000)
				  : read_below_1000(p, 0, &group);
		bool is_scaled = (more ? group > 0 : n == 0) &&
				 is(p, n + more, PART_SCALE) &&
				 p->piece[n + more].value < scale;
		if (!is_scaled) {
			/* "two hundred, three hundred" are two. */
			if (n && group >= scale)
				return n;
			*value += group;
			return n + more;
		}
		scale = p->piece[n + more].value;
		*value += (more ? group : 1) * scale;
		n += more + 1;
	}
}

static bool read_in(const struct spoken_words *w, unsigned at,
		    unsigned language, struct spoken_number *n)
{
	struct pieces p;

	cut(&p, w, at, language);
	unsigned used = read_all(&p, &n->value);
	if (!used || !p.piece[used - 1].words || n->value >= 1000000000000)
		return false;
	n->is_ordinal = p.piece[used - 1].is_ordinal;
	n->words = p.piece[used - 1].words;
	n->language = language;
	return true;
}

bool spoken_number_read(const struct spoken_words *w, unsigned at,
			unsigned languages, struct spoken_number *n)
{
	struct spoken_number one;

	n->words = 0;
	for (unsigned bit = 1; bit <= SPOKEN_FRENCH; bit <<= 1)
		if (bit & languages && read_in(w, at, bit, &one) &&
		    one.words > n->words)
			*n = one;
	return n->words > 0;
}

int spoken_number_digit(const struct spoken_words *w, unsigned at,
			unsigned languages)
{
	const struct spoken_word *word = spoken_words_at(w, at);

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		const struct entry *e = &entries[i];
		if (e->part == PART_UNIT && !e->is_ordinal &&
		    (e->languages & languages) && word->kind == SPOKEN_WORD &&
		    strcmp(e->word, word->folded) == 0)
			return (int)e->value;
	}
	return -1;
}
