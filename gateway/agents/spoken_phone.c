/* Telephone numbers: ITU-T E.164, "+" and up to 15 digits; an extension behind
 * it as RFC 3966 writes it. */
#include <stdio.h>
#include <string.h>

#include "gateway/agents/spoken_country.h"
#include "gateway/agents/spoken_letters.h"
#include "gateway/agents/spoken_number.h"
#include "gateway/agents/spoken_parts.h"

#define NUMBER_MAX    15 /* digits of E.164 */
#define NUMBER_MIN    7  /* of a country that is not in the table */
#define EXTENSION_MAX 8
#define DIALLED_MAX   40 /* digits looked at */

static const char *const plus[] = { "+", "plus", NULL };
static const char *const extension[] = {
	"extension", "ext", "x",       "durchwahl", "nebenstelle",
	"poste",     "#",   "interne", "klappe",    NULL,
};
/* What is said or written between digits. */
static const char *const between[] = {
	"-",
	"/",
	"(",
	")",
	".",
	",",
	"dash",
	"hyphen",
	"space",
	"slash",
	"strich",
	"bindestrich",
	"schragstrich",
	"tiret",
	"espace",
	"then",
	"and then",
	"dann",
	"und dann",
	"und",
	"puis",
	"ensuite",
	"et",
	"and",
	"area code",
	"country code",
	"vorwahl",
	"indicatif",
	"le",
	"mobile",
	"number",
	"nummer",
	"numero",
	NULL,
};

struct dialled {
	char digits[DIALLED_MAX + 1];
	unsigned count;
	bool has_plus;
	char extension[EXTENSION_MAX + 1];
	unsigned extension_count;
	bool in_extension;
	bool is_full;
};

static void add(struct dialled *d, const char *digits, size_t n)
{
	char *to = d->in_extension ? d->extension : d->digits;
	unsigned *count = d->in_extension ? &d->extension_count : &d->count;
	unsigned max = d->in_extension ? EXTENSION_MAX : DIALLED_MAX;

	if (n > max - *count) {
		d->is_full = true;
		return;
	}
	memcpy(to + *count, digits, n);
	*count += (unsigned)n;
	to[*count] = '\0';
}

/* "+41 (0)79": the prefix between them is not dialled. */
static bool skip_trunk(const struct dialled *d, const struct spoken_words *w,
		       unsigned *at)
{
	if (!d->count || !(d->has_plus || strncmp(d->digits, "00", 2) == 0) ||
	    spoken_words_phrase(w, *at, "( 0 )") != 3)
		return false;
	*at += 3;
	return true;
}

static unsigned copy_digits(const struct spoken_word *word, size_t max,
			    char text[24])
{
	if (word->len > max)
		return 0;
	snprintf(text, 24, "%.*s", (int)word->len, word->said);
	return 1;
}

/* Digits, at the place behind "double". Returns how many words. */
static unsigned read_digits(const struct spoken_words *w, unsigned at,
			    unsigned languages, bool is_repeated, char text[24])
{
	const struct spoken_word *word = spoken_words_at(w, at);
	struct spoken_number n;

	if (word->kind == SPOKEN_DIGITS)
		return copy_digits(word, is_repeated ? 1 : 23, text);
	if (strcmp(word->folded, "oh") == 0 || strcmp(word->folded, "o") == 0) {
		strcpy(text, "0");
		return 1;
	}
	if (!spoken_number_read(w, at, languages, &n) || n.is_ordinal ||
	    (is_repeated && n.value > 9))
		return 0;
	snprintf(text, 24, "%llu", (unsigned long long)n.value);
	return n.words;
}

static bool take_digits(struct dialled *d, const struct spoken_words *w,
			unsigned *at, unsigned languages)
{
	unsigned words, times = spoken_times(w, *at, &words);
	char text[24];
	unsigned n = read_digits(w, *at + words, languages, times > 0, text);

	if (!n)
		return false;
	for (unsigned i = 0; i < (times ? times : 1); i++)
		add(d, text, strlen(text));
	*at += words + n;
	return true;
}

static bool take_sign(struct dialled *d, const struct spoken_words *w,
		      unsigned *at)
{
	unsigned n = 0;

	if (!d->count && !d->has_plus && (n = spoken_words_any(w, *at, plus)))
		d->has_plus = true;
	else if (d->count && !d->in_extension &&
		 (n = spoken_words_any(w, *at, extension)))
		d->in_extension = true;
	else
		n = spoken_words_any(w, *at, between);
	*at += n;
	return n > 0;
}

static int collect(struct spoken *s, struct dialled *d, unsigned languages,
		   const struct spoken_words *w)
{
	for (unsigned at = 0; spoken_words_at(w, at)->kind;)
		if (!skip_trunk(d, w, &at) &&
		    !take_digits(d, w, &at, languages) && !take_sign(d, w, &at))
			return spoken_odd(s, w, at, "a telephone number");
	if (d->is_full)
		return spoken_fail(s, "it has too many digits for a telephone "
				      "number; ask for it again");
	return 0;
}

/* --- From what was dialled to E.164 --- */

static int fail_length(struct spoken *s, const struct spoken_country *c,
		       unsigned n, unsigned min, unsigned max)
{
	char most[16] = "";

	if (max > min)
		snprintf(most, sizeof(most), " to %u", max);
	return spoken_fail(s,
			   "it has %u digits%s, numbers there (+%s) have "
			   "%u%s; ask for it again, digit by digit",
			   n, *c->trunk ? " after the prefix" : "", c->calling,
			   min, most);
}

/* What nobody dials any more is not part of it. */
static const char *without_former(const struct spoken_country *c,
				  const char *national)
{
	size_t former = c->former ? strlen(c->former) : 0;

	return former && strlen(national) == c->max + former &&
			       strncmp(national, c->former, former) == 0
		       ? national + former
		       : national;
}

/* Numbers of the North American plan: neither area nor exchange begins with 0
 * or 1 (NANPA). */
static bool is_north_american(const char *national)
{
	return national[0] >= '2' && national[3] >= '2';
}

static int tell(struct spoken *s, const struct spoken_country *c,
		const char *national)
{
	unsigned min, max, n;

	national = without_former(c, national);
	n = (unsigned)strlen(national);
	spoken_country_digits(c, national, &min, &max);
	if (!max)
		return spoken_fail(s,
				   "no number there (+%s) begins with %c, "
				   "perhaps a digit before it is missing; ask "
				   "for it again, digit by digit",
				   c->calling, *national);
	if (n < min || n > max)
		return fail_length(s, c, n, min, max);
	if (strcmp(c->calling, "1") == 0 && !is_north_american(national))
		return spoken_fail(s, "no such number exists there: its area "
				      "or exchange begins with 0 or 1; ask for "
				      "it again, digit by digit");
	snprintf(s->normal, sizeof(s->normal), "+%s%s", c->calling, national);
	return 0;
}

/* digits: behind "+", the calling code first. */
static int read_abroad(struct spoken *s, const char *digits)
{
	const struct spoken_country *c = spoken_country_called(digits);
	size_t n = strlen(digits);

	if (!c) {
		if (n < NUMBER_MIN || n > NUMBER_MAX || *digits == '0')
			return spoken_fail(s, "it is no international number; "
					      "ask for it again, digit by "
					      "digit");
		snprintf(s->normal, sizeof(s->normal), "+%s", digits);
		return 0;
	}
	const char *national = digits + strlen(c->calling);
	size_t trunk = strlen(c->trunk);
	/* "+41 079": no national number there begins with the prefix. */
	if (trunk && strncmp(national, c->trunk, trunk) == 0)
		national += trunk;
	return tell(s, c, national);
}

static int read_national(struct spoken *s, const struct spoken_country *c,
			 const char *digits)
{
	size_t trunk = strlen(c->trunk);

	if (trunk && strncmp(digits, c->trunk, trunk) == 0)
		return tell(s, c, digits + trunk);
	/* It may be left out where the number cannot be one without area. */
	if (trunk && strlen(digits) <= c->local)
		return spoken_fail(s,
				   "it does not begin with %s; ask for the "
				   "number with its area code",
				   c->trunk);
	return tell(s, c, digits);
}

static int convert(struct spoken *s, const struct spoken_context *context,
		   const struct dialled *d)
{
	const struct spoken_country *c = spoken_country_find(context->country);
	const char *abroad = c ? c->abroad : "00";
	size_t n = strlen(abroad);

	if (d->has_plus)
		return read_abroad(s, d->digits);
	if (strncmp(d->digits, abroad, n) == 0)
		return read_abroad(s, d->digits + n);
	if (!c)
		return spoken_fail(s, "it is not clear which country it is in; "
				      "ask for it with the country code, like "
				      "+41");
	return read_national(s, c, d->digits);
}

int spoken_read_phone(struct spoken *s, const struct spoken_context *c,
		      const struct spoken_words *w)
{
	struct dialled d = { .count = 0 };
	int err = collect(s, &d, c->languages, w);

	if (err)
		return err;
	if (!d.count || (d.in_extension && !d.extension_count))
		return spoken_fail(s, "digits are missing; ask for the whole "
				      "number");
	if (d.in_extension && !c->keeps_extension)
		return spoken_fail(s, "a number with an extension cannot be "
				      "kept; ask for a direct number");
	err = convert(s, c, &d);
	if (!err && d.in_extension) {
		size_t at = strlen(s->normal);
		snprintf(s->normal + at, sizeof(s->normal) - at, ";ext=%s",
			 d.extension);
	}
	return err;
}
