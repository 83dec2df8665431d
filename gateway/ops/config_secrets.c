#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"

#define TWILIO     "TWILIO_AUTH_TOKEN"
#define AUDIOCODES "AUDIOCODES_TOKENS"

/* Where the reason goes. */
struct complaint {
	char *errors;
	size_t cap;
};

static int report_secret(int err, const char *name, struct complaint *to)
{
	if (err == -E2BIG)
		snprintf(to->errors, to->cap, "%s is over %d characters long",
			 name, SECRET_MAX);
	else
		snprintf(to->errors, to->cap,
			 "%s is set, but has a space or another character in "
			 "it that no key has",
			 name);
	return -EINVAL;
}

static bool is_absent(int err)
{
	return err == -ENOENT || err == -ENODATA;
}

/* One token more, when it is one. holder stands for its list in words. */
static int add_token(struct secret tokens[CONFIG_TOKENS_MAX], unsigned *count,
		     const char *text, size_t len, const char *holder,
		     struct complaint *to)
{
	struct secret one;
	int err = secret_set(&one, text, len);
	if (is_absent(err))
		return 0;
	if (err)
		return report_secret(err, holder, to);
	if (*count < CONFIG_TOKENS_MAX) {
		tokens[(*count)++] = one;
	} else {
		snprintf(to->errors, to->cap, "%s holds over %d tokens", holder,
			 CONFIG_TOKENS_MAX);
		err = -EINVAL;
	}
	secret_wipe(&one);
	return err;
}

/* -- lists with commas --------------------------------------------------- */

typedef int take_entry(struct config *c, const char *text, size_t len,
		       unsigned number, struct complaint *to);

static int take_twilio(struct config *c, const char *text, size_t len,
		       unsigned number, struct complaint *to)
{
	(void)number;
	return add_token(c->twilio.auth_tokens, &c->twilio.auth_token_count,
			 text, len, TWILIO, to);
}

static int find_bot(const struct config_audiocodes *a, const char *name,
		    size_t len)
{
	for (unsigned i = 0; i < a->bot_count; i++)
		if (strlen(a->bots[i]) == len &&
		    memcmp(a->bots[i], name, len) == 0)
			return (int)i;
	return -1;
}

static int report_entry(unsigned number, const char *what, struct complaint *to)
{
	snprintf(to->errors, to->cap, "entry %u of " AUDIOCODES " %s", number,
		 what);
	return -EINVAL;
}

static size_t trim(const char **text, size_t len)
{
	while (len > 0 && isspace((unsigned char)**text)) {
		(*text)++;
		len--;
	}
	while (len > 0 && isspace((unsigned char)(*text)[len - 1]))
		len--;
	return len;
}

/* What stands before "=" is repeated only when it is one of our own names:
 * who leaves the name out writes a token there. */
static int take_audiocodes(struct config *c, const char *text, size_t len,
			   unsigned number, struct complaint *to)
{
	char holder[CONFIG_WORD_MAX + 48];
	len = trim(&text, len);
	if (len == 0)
		return 0;
	const char *equals = memchr(text, '=', len);
	if (!equals)
		return report_entry(number, "is not bot=token", to);
	size_t name_len = (size_t)(equals - text);
	int bot = find_bot(&c->audiocodes, text, name_len);
	if (bot < 0)
		return report_entry(number,
				    "is for a bot that audiocodes.bots does "
				    "not have",
				    to);
	if (name_len + 1 == len)
		return report_entry(number, "has no token after the =", to);
	snprintf(holder, sizeof(holder), AUDIOCODES " for the bot \"%s\"",
		 c->audiocodes.bots[bot]);
	struct config_bot_tokens *t = &c->audiocodes.tokens[bot];
	return add_token(t->token, &t->count, equals + 1, len - name_len - 1,
			 holder, to);
}

/* The variable, an entry at a time; then it is gone. */
static int take_list(struct config *c, const char *name, take_entry *take,
		     struct complaint *to)
{
	char *list = getenv(name);
	unsigned number = 0;
	int err = 0;
	for (const char *at = list; at && !err; at = strchr(at, ',')) {
		at += *at == ',';
		err = take(c, at, strcspn(at, ","), ++number, to);
	}
	if (list) {
		explicit_bzero(list, strlen(list));
		unsetenv(name);
	}
	return err;
}

int config_secrets(struct config *c, char *errors, size_t cap)
{
	struct complaint to = { errors, cap };
	errors[0] = '\0';
	config_wipe(c);
	int err = secret_from_env(&c->model.key, "OPENAI_API_KEY");
	if (is_absent(err))
		err = 0;
	else if (err)
		report_secret(err, "OPENAI_API_KEY", &to);
	if (!err)
		err = take_list(c, TWILIO, take_twilio, &to);
	if (!err)
		err = take_list(c, AUDIOCODES, take_audiocodes, &to);
	if (err)
		config_wipe(c);
	return err ? -EINVAL : 0;
}
