/* Whatever is said: a normal form has the shape of its type, keeps to its
 * bounds and is read as itself again; or there is an error. The first byte is
 * the type, the second languages and country. */
#include "tools/testing/fuzz.h"

#include "gateway/agents/spoken.h"
#include "protocols/utf8.h"

static void check_shape(enum spoken_type type, const char *text)
{
	size_t n = strlen(text);
	int year, month, day;

	FUZZ_CHECK(n > 0);
	FUZZ_CHECK(utf8_is_valid((const uint8_t *)text, n));
	for (const char *c = text; *c; c++)
		FUZZ_CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
	if (type == SPOKEN_PHONE)
		FUZZ_CHECK(text[0] == '+' &&
			   strspn(text + 1, "0123456789") >= 5 &&
			   strspn(text + 1, "0123456789") <= 15);
	if (type == SPOKEN_EMAIL)
		FUZZ_CHECK(n <= 254 && strchr(text, '@') &&
			   strrchr(text, '.') > strchr(text, '@'));
	if (type == SPOKEN_DATE)
		FUZZ_CHECK(n == 10 && sscanf(text, "%4d-%2d-%2d", &year, &month,
					     &day) == 3);
	if (type == SPOKEN_NUMBER)
		FUZZ_CHECK(n <= 17 && strspn(text, "-0123456789.") == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const country[] = { "",   "CH", "US", "IT",
					       "LT", "MX", "BR", "DE" };
	static struct spoken s, again;
	struct spoken_context c = { .today = { 2026, 11, 26 },
				    .choice = { "red", "light blue", "Grün" },
				    .choices = 3 };

	if (n < 2)
		return 0;
	enum spoken_type type = (enum spoken_type)(data[0] % SPOKEN_TYPES);
	c.languages = data[1] & 7u;
	strcpy(c.country, country[(data[1] >> 3 & 3) | (data[1] >> 4 & 4)]);
	c.keeps_extension = data[1] >> 5 & 1;
	char *said = fuzz_text(data + 2, n - 2);
	int err = spoken_read(&s, type, &c, said);
	FUZZ_CHECK((err == 0) == (s.error[0] == '\0'));
	FUZZ_CHECK((err == 0) == (s.normal[0] != '\0'));
	FUZZ_CHECK(utf8_is_valid((const uint8_t *)s.error, strlen(s.error)));
	if (!err) {
		check_shape(type, s.normal);
		/* A name may be said such that it looks like a spelling. */
		if (type == SPOKEN_EMAIL || type == SPOKEN_PHONE ||
		    type == SPOKEN_DATE || type == SPOKEN_CHOICE) {
			FUZZ_CHECK(!spoken_read(&again, type, &c, s.normal));
			FUZZ_CHECK(!strcmp(again.normal, s.normal));
		}
	}
	free(said);
	return 0;
}
