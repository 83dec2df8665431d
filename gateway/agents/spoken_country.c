#include "gateway/agents/spoken_country.h"

#include <string.h>

/* Of a calling code that several share the first one here is found. In Austria,
 * Finland and Germany a local number may be longer than another's national one:
 * so they all need the prefix. */
static const struct spoken_country countries[] = {
	{ "AE", "971", "0", "00", 8, 9, 7, NULL },
	{ "AR", "54", "0", "00", 10, 10, 8, NULL },
	{ "AT", "43", "0", "00", 6, 13, 12, NULL },
	{ "AU", "61", "0", "0011", 9, 9, 8, NULL },
	{ "BE", "32", "0", "00", 8, 9, 0, NULL },
	{ "BG", "359", "0", "00", 7, 9, 7, NULL },
	{ "BR", "55", "0", "00", 10, 11, 9, NULL },
	{ "CH", "41", "0", "00", 9, 9, 0, NULL },
	{ "CY", "357", "", "00", 8, 8, 0, NULL },
	{ "CZ", "420", "", "00", 9, 9, 0, NULL },
	{ "DE", "49", "0", "00", 6, 13, 12, NULL },
	{ "DK", "45", "", "00", 8, 8, 0, NULL },
	{ "EE", "372", "", "00", 7, 8, 0, NULL },
	{ "ES", "34", "", "00", 9, 9, 0, NULL },
	{ "FI", "358", "0", "00", 5, 12, 11, NULL },
	{ "FR", "33", "0", "00", 9, 9, 0, NULL },
	{ "GB", "44", "0", "00", 9, 10, 8, NULL },
	{ "GR", "30", "", "00", 10, 10, 0, NULL },
	{ "HK", "852", "", "001", 8, 8, 0, NULL },
	{ "HR", "385", "0", "00", 8, 9, 7, NULL },
	{ "HU", "36", "06", "00", 8, 8, 7, NULL },
	{ "IE", "353", "0", "00", 7, 9, 7, NULL },
	{ "IL", "972", "0", "00", 8, 8, 7, NULL },
	{ "IN", "91", "0", "00", 10, 10, 8, NULL },
	{ "IS", "354", "", "00", 7, 7, 0, NULL },
	{ "IT", "39", "", "00", 6, 11, 0, NULL },
	{ "JP", "81", "0", "010", 9, 10, 8, NULL },
	{ "LI", "423", "", "00", 7, 7, 0, NULL },
	{ "LT", "370", "0", "00", 8, 8, 0, "8" },
	{ "LU", "352", "", "00", 5, 11, 0, NULL },
	{ "LV", "371", "", "00", 8, 8, 0, NULL },
	{ "MC", "377", "0", "00", 8, 8, 0, NULL },
	{ "MT", "356", "", "00", 8, 8, 0, NULL },
	{ "MX", "52", "", "00", 10, 10, 0, "1" },
	{ "NL", "31", "0", "00", 9, 9, 8, NULL },
	{ "NO", "47", "", "00", 8, 8, 0, NULL },
	{ "NZ", "64", "0", "00", 8, 10, 7, NULL },
	{ "PL", "48", "", "00", 9, 9, 0, "0" },
	{ "PT", "351", "", "00", 9, 9, 0, NULL },
	{ "RO", "40", "0", "00", 9, 9, 0, NULL },
	{ "SE", "46", "0", "00", 7, 9, 8, NULL },
	{ "SG", "65", "", "001", 8, 8, 0, NULL },
	{ "SI", "386", "0", "00", 8, 8, 7, NULL },
	{ "SK", "421", "0", "00", 9, 9, 8, NULL },
	{ "TR", "90", "0", "00", 10, 10, 7, NULL },
	{ "UA", "380", "0", "00", 9, 9, 7, NULL },
	{ "US", "1", "1", "011", 10, 10, 0, NULL },
	{ "CA", "1", "1", "011", 10, 10, 0, NULL },
	{ "ZA", "27", "0", "00", 9, 9, 0, NULL },
};

/* Numbers that begin like this have other lengths. No two of a country's begin
 * alike. */
static const struct {
	const char *calling;
	const char *begins;
	unsigned char min, max; /* 0: there are none */
} exceptions[] = {
	/* Mobile numbers; Argentina's as they are called from abroad. */
	{ "971", "5", 9, 9 },
	{ "54", "9", 11, 11 },
	{ "49", "15", 11, 11 },
	{ "49", "16", 10, 11 },
	{ "49", "17", 10, 11 },
	{ "44", "7", 10, 10 },
	{ "36", "20", 9, 9 },
	{ "36", "30", 9, 9 },
	{ "36", "31", 9, 9 },
	{ "36", "50", 9, 9 },
	{ "36", "70", 9, 9 },
	{ "353", "8", 9, 9 },
	{ "972", "5", 9, 9 },
	{ "39", "3", 9, 10 },
	{ "81", "70", 10, 10 },
	{ "81", "80", 10, 10 },
	{ "81", "90", 10, 10 },
	{ "423", "6", 9, 9 },
	{ "352", "6", 9, 9 },
	{ "377", "6", 9, 9 },
	{ "46", "7", 9, 9 },
	/* Of no place. */
	{ "36", "21", 9, 9 },
	{ "972", "7", 9, 9 },
	{ "81", "50", 10, 10 },
	{ "44", "3", 10, 10 },
	/* Places: London and other large ones; Dublin; all of New Zealand. */
	{ "44", "2", 10, 10 },
	{ "353", "1", 8, 8 },
	{ "64", "3", 8, 8 },
	{ "64", "4", 8, 8 },
	{ "64", "6", 8, 8 },
	{ "64", "7", 8, 8 },
	{ "64", "9", 8, 8 },
	/* Milan and Rome: their 0 belongs to them. */
	{ "39", "2", 0, 0 },
	{ "39", "6", 0, 0 },
};

#define COUNTRIES  (sizeof(countries) / sizeof(countries[0]))
#define EXCEPTIONS (sizeof(exceptions) / sizeof(exceptions[0]))

const struct spoken_country *spoken_country_find(const char *code)
{
	for (size_t i = 0; i < COUNTRIES; i++)
		if (strcmp(countries[i].code, code) == 0)
			return &countries[i];
	return NULL;
}

/* No assigned calling code is the beginning of another one. */
const struct spoken_country *spoken_country_called(const char *digits)
{
	for (size_t i = 0; i < COUNTRIES; i++)
		if (strncmp(countries[i].calling, digits,
			    strlen(countries[i].calling)) == 0)
			return &countries[i];
	return NULL;
}

void spoken_country_digits(const struct spoken_country *c, const char *national,
			   unsigned *min, unsigned *max)
{
	size_t trunk = strlen(c->trunk);

	*min = c->min;
	*max = c->max;
	if (trunk && strncmp(national, c->trunk, trunk) == 0)
		*max = 0;
	for (size_t i = 0; i < EXCEPTIONS; i++) {
		const char *begins = exceptions[i].begins;
		if (strcmp(exceptions[i].calling, c->calling) != 0 ||
		    strncmp(national, begins, strlen(begins)) != 0)
			continue;
		*min = exceptions[i].min;
		*max = exceptions[i].max;
		return;
	}
}

bool spoken_country_month_first(const char *code)
{
	return strcmp(code, "US") == 0;
}
