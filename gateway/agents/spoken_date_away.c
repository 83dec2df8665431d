/* Dates that are told from today: "tomorrow", "in drei Tagen", "vendredi". */
#include "gateway/agents/spoken_calendar.h"
#include "gateway/agents/spoken_date_parts.h"
#include "gateway/agents/spoken_number.h"

#define DAYS_MAX 3660 /* away from today, in words */

static const struct phrase near_days[] = {
	{ "today", 0 },
	{ "tomorrow", 1 },
	{ "the day after tomorrow", 2 },
	{ "day after tomorrow", 2 },
	{ "yesterday", -1 },
	{ "the day before yesterday", -2 },
	{ "day before yesterday", -2 },
	{ "heute", 0 },
	{ "morgen", 1 },
	{ "ubermorgen", 2 },
	{ "uebermorgen", 2 },
	{ "gestern", -1 },
	{ "vorgestern", -2 },
	{ "aujourd'hui", 0 },
	{ "demain", 1 },
	{ "apres demain", 2 },
	{ "hier", -1 },
	{ "avant hier", -2 },
	{ "a week from today", 7 },
	{ "a week today", 7 },
	{ "heute in einer woche", 7 },
	{ "in einer woche", 7 },
	{ "in a week", 7 },
	{ "dans une semaine", 7 },
	{ "vor einer woche", -7 },
	{ "a week ago", -7 },
	{ "il y a une semaine", -7 },
	{ "in einem tag", 1 },
	{ "in a day", 1 },
	{ "dans un jour", 1 },
	{ NULL, 0 },
};
static const char *const days_word[] = { "day",   "days", "tag",   "tage",
					 "tagen", "jour", "jours", NULL };
static const char *const weeks_word[] = { "week",   "weeks",   "woche",
					  "wochen", "semaine", "semaines",
					  NULL };
static int tell_away(struct date *d, int days)
{
	if (!spoken_day_is_valid(&d->c->today))
		return spoken_date_need_today(d);
	d->day = spoken_day_add(&d->c->today, days);
	return spoken_date_tell(d);
}

/* "acht Tage", "quinze jours": a week and two, or not? */
static bool is_idiom(const struct spoken_number *n)
{
	return (n->language == SPOKEN_GERMAN && (n->value == 8)) ||
	       (n->language == SPOKEN_FRENCH &&
		(n->value == 8 || n->value == 15));
}

static int tell_count(struct date *d, const struct spoken_number *n, int unit,
		      bool is_past)
{
	if (unit == 1 && is_idiom(n))
		return spoken_fail(d->s, "that many days may mean weeks; ask "
					 "for the date itself");
	if (n->value * (unsigned)unit > DAYS_MAX)
		return spoken_fail(d->s, "it is too far away; ask for the date "
					 "itself");
	return tell_away(d, (is_past ? -1 : 1) * unit * (int)n->value);
}

/* How many of what. Returns where it ends; 0: it is none. */
static unsigned read_amount(const struct date *d, unsigned at,
			    struct spoken_number *count, int *days)
{
	const struct spoken_word *word = spoken_words_at(d->w, at);

	*count = (struct spoken_number){ .words = 1 };
	if (word->kind == SPOKEN_DIGITS && word->len < 5)
		count->value = (unsigned)spoken_date_value(word);
	else if (!spoken_number_read(d->w, at, d->c->languages, count) ||
		 count->is_ordinal)
		return 0;
	at += count->words;
	if (spoken_words_any(d->w, at, days_word))
		*days = 1;
	else if (spoken_words_any(d->w, at, weeks_word))
		*days = 7;
	else
		return 0;
	return at + 1;
}

/* "in three days", "vor zwei Wochen", "three days ago". */
bool spoken_date_count(struct date *d, int *err)
{
	static const char *const ahead[] = { "in", "dans", NULL };
	static const char *const back[] = { "vor", "il y a", NULL };
	static const char *const ago[] = { "ago", NULL };
	static const char *const from_now[] = { "from now", "from today",
						NULL };
	unsigned later = spoken_words_any(d->w, d->at, ahead);
	unsigned earlier = spoken_words_any(d->w, d->at, back);
	struct spoken_number count;
	int days;
	unsigned at = read_amount(d, d->at + later + earlier, &count, &days);

	if (!at)
		return false;
	if (!later && !earlier) {
		earlier = spoken_words_any(d->w, at, ago);
		later = spoken_words_any(d->w, at, from_now);
		at += earlier + later;
	}
	if ((!later && !earlier) || spoken_words_at(d->w, at)->kind)
		*err = spoken_odd(d->s, d->w, at, "a date");
	else
		*err = tell_count(d, &count, days, earlier > 0);
	return true;
}

/* "Friday" is the one to come; today's name, and "next", have two readings. */
static int tell_weekday(struct date *d, int weekday)
{
	int ahead;

	if (!spoken_day_is_valid(&d->c->today))
		return spoken_date_need_today(d);
	ahead = (weekday - spoken_day_of_week(&d->c->today) + 7) % 7;
	if (!ahead)
		return spoken_fail(d->s,
				   "today is a %s, too; ask whether "
				   "today or in a week is meant",
				   spoken_date_day_name(weekday));
	return tell_away(d, ahead);
}

bool spoken_date_weekday(struct date *d, int *err)
{
	static const char *const coming[] = {
		"this",   "this coming", "coming", "diesen",
		"dieser", "kommenden",   "ce",     NULL,
	};
	static const char *const unsure[] = { "next",     "nachsten",
					      "nachster", "naechsten",
					      "last",     "letzten",
					      NULL };
	static const char *const behind[] = { "prochain", "dernier", "week",
					      NULL };
	unsigned next = spoken_words_any(d->w, d->at, unsure);
	unsigned at =
		d->at + (next ? next : spoken_words_any(d->w, d->at, coming));
	int weekday;
	unsigned n = spoken_date_find(d->w, at, spoken_weekdays, &weekday);

	if (!n)
		return false;
	bool is_behind = spoken_words_any(d->w, at + n, behind) > 0;
	if (next || is_behind) {
		*err = spoken_fail(d->s, "it is not clear which week is meant; "
					 "ask for the date itself");
		return true;
	}
	if (!spoken_words_at(d->w, at + n)->kind) {
		*err = tell_weekday(d, weekday);
		return true;
	}
	d->weekday = weekday;
	d->at = at + n;
	return false;
}

bool spoken_date_near(struct date *d, int *err)
{
	int days;
	unsigned n = spoken_date_find(d->w, d->at, near_days, &days);

	if (!n || spoken_words_at(d->w, d->at + n)->kind)
		return false;
	*err = tell_away(d, days);
	return true;
}
