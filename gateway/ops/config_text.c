#include "gateway/ops/config_text.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS    "0123456789"
#define PHONE_MIN 4  /* digits; a short internal number */
#define PHONE_MAX 15 /* E.164 */
#define PORT_MAX  65535

/* Characters that neither a URL nor a SIP address may hold. */
static bool is_visible(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~' || strchr("\"<>\\^`{|}", *text))
			return false;
	return true;
}

static bool is_port(const char *text)
{
	size_t n = strspn(text, DIGITS);
	return n > 0 && n <= 5 && text[n] == '\0' && atoi(text) <= PORT_MAX;
}

/* A literal address: names are not looked up for listening. Whether it is one
 * of this machine's is for the listener to say. */
bool config_text_is_listen(const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t host = colon ? (size_t)(colon - text) : 0;
	if (host == 0 || !is_port(colon + 1))
		return false;
	if (text[0] == '[')
		return text[host - 1] == ']' && host > 3 &&
		       strspn(text + 1, DIGITS "abcdefABCDEF:.") == host - 2;
	return strspn(text, DIGITS ".") == host;
}

/* scheme, then a host that is there at all. */
static bool is_url(const char *text, const char *scheme)
{
	size_t n = strlen(scheme);
	return strncmp(text, scheme, n) == 0 && is_visible(text) &&
	       text[n] != '\0' && !strchr("/:?#", text[n]) &&
	       !strpbrk(text, "?#@");
}

bool config_text_is_public_url(const char *text)
{
	return !*text || is_url(text, "https://") || is_url(text, "http://");
}

bool config_text_is_model_url(const char *text)
{
	return is_url(text, "wss://") || is_url(text, "ws://");
}

bool config_text_is_account_sid(const char *text)
{
	return strncmp(text, "AC", 2) == 0 && strlen(text) == 34 &&
	       strspn(text + 2, DIGITS "abcdefABCDEF") == 32;
}

bool config_text_is_language(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	return !*text || ((n == 2 || n == 3) && text[n] == '\0');
}

bool config_text_is_terminator(const char *text)
{
	return strspn(text, DIGITS "ABCD*#") == strlen(text) &&
	       strlen(text) <= 1;
}

bool config_text_is_dial(const char *text)
{
	if (strncmp(text, "sip:", 4) == 0 || strncmp(text, "sips:", 5) == 0)
		return is_visible(text) && strchr(text, ':')[1] != '\0';
	const char *digits = text + (text[0] == '+');
	size_t n = strspn(digits, DIGITS);
	return !*text || (n >= PHONE_MIN && n <= PHONE_MAX && !digits[n]);
}
