#include "gateway/ops/phone.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MIN 7  /* fewer: a mask would hide too little */
#define DIGITS_MAX 20 /* E.164 has 15; room for prefixes */
#define TAIL       2
#define KIND_MAX   8 /* "client", "sip", "whatsapp" */

/* How many digits the country code of an international number has: zones 1 and
 * 7 have one; the codes below two; all others three.
 * Source: ITU-T E.164, list of assigned country codes. */
static size_t country_digits(const char *digits)
{
	static const char two[] =
		" 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 "
		"53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 "
		"93 94 95 98 ";
	const char code[] = { ' ', digits[0], digits[1], ' ', '\0' };
	if (digits[0] == '1' || digits[0] == '7')
		return 1;
	return strstr(two, code) ? 2 : 3;
}

static bool mask_digits(char out[PHONE_MASKED_MAX], const char *number)
{
	bool is_international = number[0] == '+';
	const char *digits = number + is_international;
	size_t n = strspn(digits, "0123456789");
	if (digits[n] || n < DIGITS_MIN || n > DIGITS_MAX)
		return false;
	size_t shown = is_international ? 1 + country_digits(digits) : 0;
	size_t len = strlen(number);
	memcpy(out, number, len + 1);
	memset(out + shown, '*', len - shown - TAIL);
	return true;
}

static bool mask_name(char out[PHONE_MASKED_MAX], const char *number)
{
	size_t kind = strspn(number, "abcdefghijklmnopqrstuvwxyz");
	if (kind == 0 || kind > KIND_MAX || number[kind] != ':')
		return false;
	snprintf(out, PHONE_MASKED_MAX, "%.*s:***", (int)kind, number);
	return true;
}

void phone_mask(char out[PHONE_MASKED_MAX], const char *number)
{
	if (!number || !*number)
		strcpy(out, "-");
	else if (!mask_digits(out, number) && !mask_name(out, number))
		strcpy(out, "***");
}

void phone_mask_text(char *out, size_t cap, const char *text)
{
	size_t n;

	snprintf(out, cap, "%s", text);
	for (char *at = out; *at; at += n ? n : 1) {
		n = strspn(at, "0123456789");
		if (n < DIGITS_MIN)
			continue;
		bool is_international = at > out && at[-1] == '+';
		size_t shown = is_international ? country_digits(at) : 0;
		memset(at + shown, '*', n - shown - TAIL);
	}
}
