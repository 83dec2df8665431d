/* Telephone numbers of countries: what a national number is made of. */
#ifndef GATEWAY_AGENTS_SPOKEN_COUNTRY_H
#define GATEWAY_AGENTS_SPOKEN_COUNTRY_H

#include <stdbool.h>

struct spoken_country {
	char code[3];        /* ISO 3166-1 alpha-2 */
	const char *calling; /* ITU-T E.164, without "+" */
	const char *trunk;   /* dialled before a national number; "": nothing */
	const char *abroad;  /* dialled before a calling code */
	unsigned char min, max; /* digits of a national number, without it */
};

/* spoken_country_find: by its code; NULL: not in the table.
 * spoken_country_called: the first whose calling code the digits begin with. */
const struct spoken_country *spoken_country_find(const char *code);
const struct spoken_country *spoken_country_called(const char *digits);

/* spoken_country_month_first: 3/5 is March there. */
bool spoken_country_month_first(const char *code);

#endif
