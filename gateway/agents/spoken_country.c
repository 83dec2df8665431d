#include "gateway/agents/spoken_country.h"

#include <string.h>

/* Calling codes: ITU-T E.164, list of assigned country codes (Annex to ITU
 * Operational Bulletin 1114). Trunk and international prefixes: ITU-T list of
 * dialling procedures (Annex to Operational Bulletin 994). Lengths: national
 * numbering plans as presented to the ITU under E.129; the shortest and the
 * longest number that subscribers have, short codes aside. Of a calling code
 * that several share the first one here is found. */
static const struct spoken_country countries[] = {
	{ "AE", "971", "0", "00", 8, 9 },  { "AR", "54", "0", "00", 10, 10 },
	{ "AT", "43", "0", "00", 7, 13 },  { "AU", "61", "0", "0011", 9, 9 },
	{ "BE", "32", "0", "00", 8, 9 },   { "BG", "359", "0", "00", 7, 9 },
	{ "BR", "55", "0", "00", 10, 11 }, { "CH", "41", "0", "00", 9, 9 },
	{ "CY", "357", "", "00", 8, 8 },   { "CZ", "420", "", "00", 9, 9 },
	{ "DE", "49", "0", "00", 6, 11 },  { "DK", "45", "", "00", 8, 8 },
	{ "EE", "372", "", "00", 7, 8 },   { "ES", "34", "", "00", 9, 9 },
	{ "FI", "358", "0", "00", 5, 11 }, { "FR", "33", "0", "00", 9, 9 },
	{ "GB", "44", "0", "00", 9, 10 },  { "GR", "30", "", "00", 10, 10 },
	{ "HK", "852", "", "001", 8, 8 },  { "HR", "385", "0", "00", 8, 9 },
	{ "HU", "36", "06", "00", 8, 9 },  { "IE", "353", "0", "00", 7, 9 },
	{ "IL", "972", "0", "00", 8, 9 },  { "IN", "91", "0", "00", 10, 10 },
	{ "IS", "354", "", "00", 7, 7 },   { "IT", "39", "", "00", 6, 11 },
	{ "JP", "81", "0", "010", 9, 10 }, { "LI", "423", "", "00", 7, 7 },
	{ "LU", "352", "", "00", 6, 11 },  { "LV", "371", "", "00", 8, 8 },
	{ "MC", "377", "", "00", 8, 9 },   { "MT", "356", "", "00", 8, 8 },
	{ "MX", "52", "", "00", 10, 10 },  { "NL", "31", "0", "00", 9, 9 },
	{ "NO", "47", "", "00", 8, 8 },    { "NZ", "64", "0", "00", 8, 10 },
	{ "PL", "48", "", "00", 9, 9 },    { "PT", "351", "", "00", 9, 9 },
	{ "RO", "40", "0", "00", 9, 9 },   { "SE", "46", "0", "00", 7, 9 },
	{ "SG", "65", "", "001", 8, 8 },   { "SI", "386", "0", "00", 8, 8 },
	{ "SK", "421", "0", "00", 9, 9 },  { "TR", "90", "0", "00", 10, 10 },
	{ "UA", "380", "0", "00", 9, 9 },  { "US", "1", "1", "011", 10, 10 },
	{ "CA", "1", "1", "011", 10, 10 }, { "ZA", "27", "0", "00", 9, 9 },
};

#define COUNTRIES (sizeof(countries) / sizeof(countries[0]))

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

bool spoken_country_month_first(const char *code)
{
	return strcmp(code, "US") == 0;
}
