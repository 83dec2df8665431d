/* What a model writes down of what a caller said, in normal form.
 *
 *   name    "s m i double t h"                  Smitth
 *   email   "john dot smith at gmail dot com"   john.smith@gmail.com
 *   phone   "oh seven nine, double two …"       +4179… (ITU-T E.164)
 *   date    "the third of May"                  2027-05-03 (ISO 8601)
 *   number  "zweieinhalb"                       2.5
 *   choice  "the blue one, please"              Blue, as it was configured
 *   text    "  as   it is "                     as it is
 *
 * English, German and French. Nothing is guessed: what has two readings, or
 * none, is an error in words that the model can ask the caller with. Pure.
 * test-vectors/spoken has a row for each claim. */
#ifndef GATEWAY_AGENTS_SPOKEN_H
#define GATEWAY_AGENTS_SPOKEN_H

#include <stdbool.h>
#include <stddef.h>

/* Limits. */
#define SPOKEN_MAX 512 /* bytes of one that is no text; more: an error */
#define SPOKEN_TEXT_MAX                                       \
	2048 /* bytes of a text, and of any normal form, with \
		NUL */
#define SPOKEN_ERROR_MAX   320
#define SPOKEN_CHOICES_MAX 32

enum spoken_type {
	SPOKEN_NAME,
	SPOKEN_EMAIL,
	SPOKEN_PHONE,
	SPOKEN_DATE,
	SPOKEN_NUMBER,
	SPOKEN_CHOICE,
	SPOKEN_TEXT,
	SPOKEN_TYPES
};

enum spoken_language { /* bits */
		       SPOKEN_ENGLISH = 1,
		       SPOKEN_GERMAN = 2,
		       SPOKEN_FRENCH = 4,
		       SPOKEN_ANY_LANGUAGE = 7
};

struct spoken_day {
	int year; /* 1900..2100 */
	int month;
	int day;
};

struct spoken_context {
	unsigned languages;      /* that may be spoken; 0: any */
	char country[3];         /* ISO 3166-1 alpha-2; "": not known. Of
				    national numbers, and of 3/5 */
	struct spoken_day today; /* where the caller is */
	bool keeps_extension;    /* of a phone: ";ext=12"; else an error */
	const char *choice[SPOKEN_CHOICES_MAX];
	unsigned choices;
};

struct spoken {
	char normal[SPOKEN_TEXT_MAX];
	char error[SPOKEN_ERROR_MAX]; /* "" on 0 */
};

/* spoken_read: one value.
 *
 * said  well-formed UTF-8 or not
 * Returns 0 and s->normal, well-formed UTF-8 without control characters of
 * ASCII, not empty; or -EINVAL and s->error. */
int spoken_read(struct spoken *s, enum spoken_type type,
		const struct spoken_context *context, const char *said);

/* spoken_language_of: "en", "de-CH" … to its bit; 0: none of these. */
unsigned spoken_language_of(const char *code);

#endif
