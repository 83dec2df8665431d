/* Dates: "the third of May", "03.05.2026", "in drei Tagen", "le 1er mai". One
 * without a year is the next such day, today included. */
#include <stdio.h>
#include <string.h>

#include "gateway/agents/spoken_calendar.h"
#include "gateway/agents/spoken_country.h"
#include "gateway/agents/spoken_date_parts.h"
#include "gateway/agents/spoken_number.h"
#include "gateway/agents/spoken_parts.h"

static const struct phrase months[] = {
	{ "january", 1 },   { "jan", 1 },       { "februar", 2 },
	{ "february", 2 },  { "feb", 2 },       { "march", 3 },
	{ "mar", 3 },       { "april", 4 },     { "apr", 4 },
	{ "may", 5 },       { "june", 6 },      { "jun", 6 },
	{ "july", 7 },      { "jul", 7 },       { "august", 8 },
	{ "aug", 8 },       { "september", 9 }, { "sep", 9 },
	{ "sept", 9 },      { "october", 10 },  { "oct", 10 },
	{ "november", 11 }, { "nov", 11 },      { "december", 12 },
	{ "dec", 12 },      { "januar", 1 },    { "janner", 1 },
	{ "jaenner", 1 },   { "marz", 3 },      { "maerz", 3 },
	{ "mai", 5 },       { "juni", 6 },      { "juno", 6 },
	{ "juli", 7 },      { "oktober", 10 },  { "okt", 10 },
	{ "dezember", 12 }, { "dez", 12 },      { "janvier", 1 },
	{ "fevrier", 2 },   { "mars", 3 },      { "avril", 4 },
	{ "juin", 6 },      { "juillet", 7 },   { "aout", 8 },
	{ "septembre", 9 }, { "octobre", 10 },  { "novembre", 11 },
	{ "decembre", 12 }, { NULL, 0 },
};
const struct phrase spoken_weekdays[] = {
	{ "monday", 1 },   { "tuesday", 2 },    { "wednesday", 3 },
	{ "thursday", 4 }, { "friday", 5 },     { "saturday", 6 },
	{ "sunday", 7 },   { "montag", 1 },     { "dienstag", 2 },
	{ "mittwoch", 3 }, { "donnerstag", 4 }, { "freitag", 5 },
	{ "samstag", 6 },  { "sonnabend", 6 },  { "sonntag", 7 },
	{ "lundi", 1 },    { "mardi", 2 },      { "mercredi", 3 },
	{ "jeudi", 4 },    { "vendredi", 5 },   { "samedi", 6 },
	{ "dimanche", 7 }, { NULL, 0 },
};
static const char *const small[] = { "the", "of", "on",          "der", "den",
				     "dem", "am", "le",          "la",  "du",
				     "de",  ",",  "the date is", "in",  NULL };

/* --- Parts --- */

unsigned spoken_date_find(const struct spoken_words *w, unsigned at,
			  const struct phrase *p, int *value)
{
	unsigned best = 0;

	for (; p->text; p++) {
		unsigned n = spoken_words_phrase(w, at, p->text);
		if (n > best) {
			best = n;
			*value = p->value;
		}
	}
	return best;
}

static void skip_small(struct date *d)
{
	unsigned n;

	while ((n = spoken_words_any(d->w, d->at, small)))
		d->at += n;
}

int spoken_date_value(const struct spoken_word *word)
{
	int value = 0;

	for (size_t i = 0; i < word->len && i < 6; i++)
		value = value * 10 + (word->said[i] - '0');
	return value;
}

/* What follows the digits of an ordinal: "3rd", "3.", "1er", "3ten". */
static unsigned ordinal_mark(const struct spoken_words *w, unsigned at)
{
	static const char *const mark[] = { "st",  "nd", "rd", "th",
					    "er",  "re", "te", "ten",
					    "ter", ".",  NULL };

	return spoken_words_at(w, at)->is_glued ? spoken_words_any(w, at, mark)
						: 0;
}

/* A number of one or two digits, or in words. Returns how many words. */
static unsigned read_small(const struct date *d, unsigned at, int max,
			   int *value)
{
	const struct spoken_word *word = spoken_words_at(d->w, at);
	struct spoken_number n;

	if (word->kind == SPOKEN_DIGITS) {
		*value = spoken_date_value(word);
		return word->len <= 2 && *value >= 1 && *value <= max
			       ? 1 + ordinal_mark(d->w, at + 1)
			       : 0;
	}
	if (!spoken_number_read(d->w, at, d->c->languages, &n) || !n.value ||
	    n.value > (unsigned)max)
		return 0;
	*value = (int)n.value;
	return n.words;
}

/* "twenty twenty-six", "nineteen oh five". */
static unsigned read_pair(const struct date *d, unsigned at, int *value)
{
	struct spoken_number century, rest;

	if (!spoken_number_read(d->w, at, d->c->languages, &century) ||
	    century.is_ordinal || (century.value != 19 && century.value != 20))
		return 0;
	at += century.words;
	int oh = spoken_words_is(d->w, at, "oh") ||
		 spoken_words_is(d->w, at, "o");
	if (!spoken_number_read(d->w, at + (unsigned)oh, d->c->languages,
				&rest) ||
	    rest.is_ordinal || rest.value > 99 || (rest.value < 10) != oh)
		return 0;
	*value = (int)(century.value * 100 + rest.value);
	return century.words + (unsigned)oh + rest.words;
}

static unsigned read_year(const struct date *d, unsigned at, int *value)
{
	const struct spoken_word *word = spoken_words_at(d->w, at);
	struct spoken_number n;
	unsigned pair = read_pair(d, at, value);

	if (pair)
		return pair;
	if (word->kind == SPOKEN_DIGITS && word->len == 4) {
		*value = spoken_date_value(word);
		return 1;
	}
	if (!spoken_number_read(d->w, at, d->c->languages, &n) ||
	    n.is_ordinal || n.value < SPOKEN_YEAR_MIN ||
	    n.value > SPOKEN_YEAR_MAX)
		return 0;
	*value = (int)n.value;
	return n.words;
}

/* --- The end --- */

const char *spoken_date_day_name(int weekday)
{
	return spoken_weekdays[weekday - 1].text;
}

int spoken_date_tell(struct date *d)
{
	const struct spoken_day *day = &d->day;

	if (!spoken_day_is_valid(day))
		return spoken_fail(d->s, "there is no such day; ask for the "
					 "date again");
	if (d->weekday && spoken_day_of_week(day) != d->weekday)
		return spoken_fail(
			d->s,
			"%04d-%02d-%02d is a %s, not a %s; ask "
			"which of both is right",
			day->year, day->month, day->day,
			spoken_date_day_name(spoken_day_of_week(day)),
			spoken_date_day_name(d->weekday));
	snprintf(d->s->normal, sizeof(d->s->normal), "%04d-%02d-%02d",
		 day->year, day->month, day->day);
	return 0;
}

int spoken_date_need_today(struct date *d)
{
	return spoken_fail(d->s, "it is not known which day today is; ask for "
				 "the date with its year");
}

/* The next such day: 29 February may be years ahead. */
static int tell_next(struct date *d)
{
	const struct spoken_day *today = &d->c->today;

	if (!spoken_day_is_valid(today))
		return spoken_date_need_today(d);
	d->day.year = today->year;
	for (int i = 0; i < 9; i++, d->day.year++)
		if (spoken_day_is_valid(&d->day) &&
		    !spoken_day_is_before(&d->day, today))
			return spoken_date_tell(d);
	return spoken_fail(d->s, "there is no such day; ask for the date "
				 "again");
}

static int end_with_year(struct date *d)
{
	unsigned n;
	int weekday;

	skip_small(d);
	const struct spoken_word *word = spoken_words_at(d->w, d->at);
	if (!d->weekday &&
	    (n = spoken_date_find(d->w, d->at, spoken_weekdays, &weekday)) &&
	    !spoken_words_at(d->w, d->at + n)->kind) {
		d->weekday = weekday;
		d->at += n;
		word = spoken_words_at(d->w, d->at);
	}
	if (!word->kind)
		return tell_next(d);
	if (word->kind == SPOKEN_DIGITS && word->len == 2)
		return spoken_fail(d->s, "its year has only two digits; ask "
					 "for the year in full");
	n = read_year(d, d->at, &d->day.year);
	if (!n || spoken_words_at(d->w, d->at + n)->kind)
		return spoken_odd(d->s, d->w, d->at + n, "a date");
	return spoken_date_tell(d);
}

/* --- In digits: 2026-05-03, 03.05.2026, 3/5/2026 --- */

static bool take_digits(const struct date *d, unsigned *at, int *value,
			size_t *len)
{
	const struct spoken_word *word = spoken_words_at(d->w, *at);

	if (word->kind != SPOKEN_DIGITS)
		return false;
	*value = spoken_date_value(word);
	*len = word->len;
	(*at)++;
	return true;
}

static char separator(const struct date *d, unsigned *at)
{
	const struct spoken_word *word = spoken_words_at(d->w, *at);

	if (word->kind != SPOKEN_MARK || !strchr("-./", *word->folded))
		return '\0';
	(*at)++;
	return *word->folded;
}

/* Who writes 3/5 and does not say where: 13/5 is clear, 4/4 does not matter. */
static bool is_clear(const struct date *d, char mark, int first, int second)
{
	return mark == '.' || *d->c->country || first == second || first > 12 ||
	       second > 12 || !(d->c->languages & SPOKEN_ENGLISH);
}

static bool is_month_first(const struct date *d, char mark, int first,
			   int second)
{
	if (mark == '.' || first > 12)
		return false;
	return second > 12 || spoken_country_month_first(d->c->country);
}

static int order(struct date *d, char mark, int first, int second)
{
	bool is_swapped = is_month_first(d, mark, first, second);

	if (!is_clear(d, mark, first, second))
		return spoken_fail(d->s, "day and month may be either way "
					 "round; ask for the name of the "
					 "month");
	d->day.month = is_swapped ? first : second;
	d->day.day = is_swapped ? second : first;
	return 0;
}

static int read_iso(struct date *d, unsigned at, int year)
{
	size_t len[2] = { 0, 0 };

	d->day.year = year;
	if (!take_digits(d, &at, &d->day.month, &len[0]) ||
	    separator(d, &at) != '-' ||
	    !take_digits(d, &at, &d->day.day, &len[1]) || len[0] > 2 ||
	    len[1] > 2 || spoken_words_at(d->w, at)->kind)
		return spoken_odd(d->s, d->w, at, "a date");
	return spoken_date_tell(d);
}

/* "3/5": day and month, at most two digits each; "2026-": no more than the
 * year. Returns the mark between them; 0: it is neither. */
static char read_two(const struct date *d, unsigned *at, int value[2],
		     bool *is_iso)
{
	size_t len[2];
	char mark;

	if (!take_digits(d, at, &value[0], &len[0]) ||
	    !(mark = separator(d, at)))
		return '\0';
	*is_iso = len[0] == 4 && mark == '-';
	if (*is_iso)
		return mark;
	if (!take_digits(d, at, &value[1], &len[1]) || len[0] > 2 || len[1] > 2)
		return '\0';
	return mark;
}

/* Returns whether it is such a date; *err then. */
static bool read_digits(struct date *d, int *err)
{
	unsigned at = d->at;
	int value[2];
	bool is_iso = false;
	char mark = read_two(d, &at, value, &is_iso);

	if (!mark)
		return false;
	if (is_iso) {
		*err = read_iso(d, at, value[0]);
		return true;
	}
	if (separator(d, &at) != mark && spoken_words_at(d->w, at)->kind) {
		*err = spoken_odd(d->s, d->w, at, "a date");
		return true;
	}
	d->at = at;
	*err = order(d, mark, value[0], value[1]);
	if (!*err)
		*err = end_with_year(d);
	return true;
}

/* --- Day and month --- */

/* "third of May", "dritter Mai", "am dritten Fünften". */
static bool read_day_month(struct date *d)
{
	unsigned from = d->at, n = read_small(d, d->at, 31, &d->day.day);

	if (!n)
		return false;
	d->at += n;
	skip_small(d);
	n = spoken_date_find(d->w, d->at, months, &d->day.month);
	if (n && spoken_words_is(d->w, d->at + n, "."))
		n++;
	struct spoken_number month;
	if (!n && spoken_number_read(d->w, d->at, SPOKEN_GERMAN, &month) &&
	    month.is_ordinal && month.value <= 12) {
		d->day.month = (int)month.value;
		n = month.words;
	}
	d->at = n ? d->at + n : from;
	return n > 0;
}

/* "May the third", "May 3rd". */
static bool read_month_day(struct date *d)
{
	unsigned from = d->at,
		 n = spoken_date_find(d->w, d->at, months, &d->day.month);

	if (!n)
		return false;
	d->at += n;
	if (spoken_words_is(d->w, d->at, "."))
		d->at++;
	skip_small(d);
	n = read_small(d, d->at, 31, &d->day.day);
	d->at = n ? d->at + n : from;
	return n > 0;
}

int spoken_read_date(struct spoken *s, const struct spoken_context *c,
		     const struct spoken_words *w)
{
	struct date d = { .s = s, .c = c, .w = w };
	int err = 0;

	if (spoken_date_near(&d, &err) || spoken_date_count(&d, &err))
		return err;
	skip_small(&d);
	if (spoken_date_near(&d, &err) || spoken_date_weekday(&d, &err))
		return err;
	skip_small(&d);
	if (read_digits(&d, &err))
		return err;
	if (read_day_month(&d) || read_month_day(&d))
		return end_with_year(&d);
	unsigned n = read_small(&d, d.at, 31, &d.day.day);
	if (n && !spoken_words_at(w, d.at + n)->kind)
		return spoken_fail(s, "its month is missing; ask for day and "
				      "month");
	return spoken_odd(s, w, d.at, "a date");
}
