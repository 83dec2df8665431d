/* Telephone numbers of countries: what a national number is made of.
 *
 * Sources: calling codes by ITU-T E.164, list of assigned country codes (Annex
 * to ITU Operational Bulletin 1114); trunk and international prefixes by the
 * ITU-T list of dialling procedures (Annex to Operational Bulletin 994), and
 * what has changed since: Lithuania's trunk prefix is 0, where it was 8, and
 * Mexico has none, where it was 01 and a mobile number began with 1 abroad.
 * Lengths by the national numbering plans as presented to the ITU under
 * E.129, and NANPA's: the shortest and the longest number that subscribers
 * have; short codes, numbers of machines and numbers of services aside. */
#ifndef GATEWAY_AGENTS_SPOKEN_COUNTRY_H
#define GATEWAY_AGENTS_SPOKEN_COUNTRY_H

#include <stdbool.h>

struct spoken_country {
	char code[3];        /* ISO 3166-1 alpha-2 */
	const char *calling; /* ITU-T E.164, without "+" */
	const char *trunk;   /* dialled before a national number; "": nothing */
	const char *abroad;  /* dialled before a calling code */
	unsigned char min, max; /* digits of a national number, without it;
				   spoken_country_digits has the exceptions */
	unsigned char local;    /* most digits of a number that is dialled
				   without trunk and area; 0: none is */
	const char
		*former; /* was dialled before it, and may still be said; or
			    NULL. Only counts when it is that much too long */
};

/* spoken_country_find: by its code; NULL: not in the table.
 * spoken_country_called: the first whose calling code the digits begin with. */
const struct spoken_country *spoken_country_find(const char *code);
const struct spoken_country *spoken_country_called(const char *digits);

/* spoken_country_digits: how many a national number that begins like this one
 * has there; *max 0: none begins so, as none begins with the trunk prefix. */
void spoken_country_digits(const struct spoken_country *c, const char *national,
			   unsigned *min, unsigned *max);

/* spoken_country_month_first: 3/5 is March there. */
bool spoken_country_month_first(const char *code);

#endif
