#include "gateway/ops/config_text.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/hours.h"
#include "gateway/ops/time_zone.h"

#define DIGITS    "0123456789"
#define LETTERS   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define PHONE_MIN 4  /* digits; a short internal number */
#define PHONE_MAX 15 /* E.164 */
#define PORT_MAX  65535

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

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
	return begins(text, scheme) && is_visible(text) && text[n] != '\0' &&
	       !strchr("/:?#", text[n]) && !strpbrk(text, "?#@");
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

bool config_text_is_number(const char *text)
{
	return *text == '+' && config_text_is_dial(text);
}

bool config_text_is_language(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	return !*text || ((n == 2 || n == 3) && text[n] == '\0');
}

bool config_text_is_currency(const char *text)
{
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 && !text[3];
}

bool config_text_is_terminator(const char *text)
{
	return strspn(text, DIGITS "ABCD*#") == strlen(text) &&
	       strlen(text) <= 1;
}

bool config_text_is_keys(const char *text)
{
	return *text && strspn(text, DIGITS "*#") == strlen(text);
}

bool config_text_is_dial(const char *text)
{
	if (begins(text, "sip:") || begins(text, "sips:"))
		return is_visible(text) && strchr(text, ':')[1] != '\0';
	const char *digits = text + (text[0] == '+');
	size_t n = strspn(digits, DIGITS);
	return !*text || (n >= PHONE_MIN && n <= PHONE_MAX && !digits[n]);
}

bool config_text_is_word(const char *text)
{
	return *text && !text[strspn(text, LETTERS DIGITS "._-")];
}

bool config_text_is_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

bool config_text_is_hours(const char *text)
{
	struct hours h;
	return !*text || hours_parse(&h, text) == 0;
}

bool config_text_is_time_zone(const char *text)
{
	struct time_zone *zone = NULL;
	int err = time_zone_open(&zone, text);
	time_zone_free(zone);
	return err == 0;
}

/* AudioCodes reference, 3.1. */
bool config_text_is_audio_format(const char *text)
{
	static const char *const coding[] = { "mulaw", "lpcm16_8", "lpcm16",
					      "lpcm16_24" };
	if (!begins(text, "raw/") && !begins(text, "wav/"))
		return false;
	for (size_t i = 0; i < sizeof(coding) / sizeof(coding[0]); i++)
		if (strcmp(text + 4, coding[i]) == 0)
			return true;
	return false;
}

/* RFC 3261, 25.1: token. */
bool config_text_is_header_name(const char *text)
{
	return *text && !text[strspn(text, LETTERS DIGITS "-.!%*_+`'~")];
}

/* tel: RFC 3966; sip: and sips: RFC 3261, 19.1. */
bool config_text_is_target(const char *text)
{
	if (begins(text, "tel:"))
		return is_visible(text) && text[4] &&
		       strchr("+*#" DIGITS, text[4]);
	if (begins(text, "client:"))
		return is_visible(text) && text[strlen("client:")];
	return (begins(text, "sip:") || begins(text, "sips:")) &&
	       config_text_is_dial(text);
}

bool config_text_is_whisper(const char *text)
{
	const char *place = strstr(text, CONFIG_SUMMARY);

	return config_text_is_line(text) && place &&
	       !strstr(place + 1, CONFIG_SUMMARY);
}

/* What models take for the name of a function. */
bool config_text_is_function(const char *text)
{
	size_t n = strspn(text, LETTERS DIGITS "_-");

	return n && n <= 64 && !text[n];
}

/* Behind a place with a default, {{name|words}}, which will be encoded: any
 * text of one line; else text itself. */
static const char *pass_default(const char *text)
{
	const char *close =
		text[0] == '{' && text[1] == '{' ? strstr(text, "}}") : NULL;

	for (const char *c = text; close && c < close; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return text;
	return close ? close + 2 : text;
}

static bool is_url_character(char c)
{
	return c > ' ' && c <= '~' && c != '#';
}

/* Whatever is filled in, it goes to this host. */
bool config_text_is_webhook(const char *text)
{
	const char *host = strstr(text, "://"), *behind;

	for (const char *c = text; *c; c = behind > c ? behind : c + 1) {
		behind = pass_default(c);
		if (behind == c && !is_url_character(*c))
			return false;
	}
	if (!begins(text, "https://") && !begins(text, "http://"))
		return false;
	size_t n = strcspn(host + 3, "/?");
	return n && host[3] != ':' && !memchr(host + 3, '{', n) &&
	       !memchr(host + 3, '@', n);
}

bool config_text_is_spoken(const char *text)
{
	return !*text || strcmp(text, "en") == 0 || strcmp(text, "de") == 0 ||
	       strcmp(text, "fr") == 0;
}

bool config_text_is_country(const char *text)
{
	return !*text ||
	       (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2 && !text[2]);
}

bool config_text_is_redirect(const char *text)
{
	const char *host = strstr(text, "://");

	if (!*text)
		return true;
	return (begins(text, "https://") || begins(text, "http://")) &&
	       is_visible(text) && host[3] && !strchr("/:?#", host[3]);
}

/* Keys that anybody on the way can change prove nothing: in the clear from
 * this machine only. */
bool config_text_is_jwks(const char *text)
{
	static const char *const scheme[] = { "https://", "http://127.0.0.1",
					      "http://[::1]" };
	if (!strstr(text, "://"))
		return config_text_is_line(text);
	for (size_t i = 0; i < sizeof(scheme) / sizeof(scheme[0]); i++) {
		size_t n = strlen(scheme[i]);
		if (!begins(text, scheme[i]) || !is_visible(text))
			continue;
		return i == 0 ? text[n] && !strchr("/:?#", text[n])
			      : !text[n] || strchr(":/", text[n]);
	}
	return false;
}

/* Bits behind the prefix would say that somebody else was meant. */
static bool is_zero_behind(const uint8_t *bytes, size_t len, size_t bits)
{
	for (size_t i = bits; i < 8 * len; i++)
		if (bytes[i / 8] >> (7 - i % 8) & 1)
			return false;
	return true;
}

bool config_text_is_block(const char *text)
{
	bool is_six = strchr(text, ':');
	size_t len = is_six ? 16 : 4, n = strcspn(text, "/");
	uint8_t bytes[16] = { 0 };
	char address[INET6_ADDRSTRLEN];
	const char *bits = text + n + (text[n] == '/');

	if (n >= sizeof(address))
		return false;
	memcpy(address, text, n);
	address[n] = '\0';
	if (inet_pton(is_six ? AF_INET6 : AF_INET, address, bytes) != 1)
		return false;
	if (text[n] == '\0')
		return true;
	return *bits && strlen(bits) <= 3 && bits[strspn(bits, DIGITS)] == 0 &&
	       (size_t)atoi(bits) <= 8 * len &&
	       is_zero_behind(bytes, len, (size_t)atoi(bits));
}
