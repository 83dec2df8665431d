#include "gateway/ops/config_secrets.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_environment.h"
#include "gateway/ops/config_report.h"
#include "gateway/ops/secret_file.h"

#define NAME_LEN   64
#define PATH_LEN   1024
#define SEPARATORS ",\n"

/* One secret, or list of them, on its way into c. */
struct source {
	struct config *c;
	struct config_environment *environment;
	bool is_bad;
	struct config_report *report;
	struct config_report *warnings;
	const char *name;        /* as the author knows it */
	struct secret_file file; /* when it came from one */
};

static int report_secret(struct source *s, int err, const char *holder)
{
	if (err == -E2BIG)
		config_report_elsewhere(s->report,
					"%s is over %d characters long", holder,
					SECRET_MAX);
	else
		config_report_elsewhere(
			s->report,
			"%s is set, but has a space or another character in "
			"it that no key has",
			holder);
	return -EINVAL;
}

/* -- where it is --------------------------------------------------------- */

/* Returns the file's text, or NULL with a mistake reported. */
static const char *read_file(struct source *s, const char *path)
{
	int err = secret_file_read(&s->file, path);
	if (err) {
		config_report_elsewhere(s->report, "%s cannot be read (%s): %s",
					s->name, path, secret_file_error(err));
		return NULL;
	}
	if (s->file.is_public && s->warnings)
		config_report_elsewhere(
			s->warnings,
			"%s comes from a file that everybody on this machine "
			"may read (%s); take that away: chmod o-r",
			s->name, path);
	return s->file.text;
}

/* Of the environment: set, and not to nothing. */
static const char *set_to(struct source *s, const char *name)
{
	const char *text = config_environment_get(s->environment, name);
	return text && *text ? text : NULL;
}

static const char *find_in_environment(struct source *s, const char *name)
{
	char of_file[NAME_LEN];
	snprintf(of_file, sizeof(of_file), "%s_FILE", name);
	const char *path = set_to(s, of_file);
	const char *text = config_environment_take(s->environment, name);
	if (text && !*text)
		text = NULL;
	if (text && path)
		config_report_elsewhere(
			s->report,
			"%s and %s are both set; which one counts cannot be "
			"known: unset one",
			name, of_file);
	return text || !path ? text : read_file(s, path);
}

/* "openai_api_key" in the directory that systemd makes for us. */
static const char *find_credential(struct source *s, const char *name)
{
	char path[PATH_LEN];
	const char *directory = set_to(s, "CREDENTIALS_DIRECTORY");
	if (!directory)
		return NULL;
	int n = snprintf(path, sizeof(path), "%s/", directory);
	for (; *name && n > 0 && (size_t)n + 1 < sizeof(path); name++)
		path[n++] = (char)tolower((unsigned char)*name);
	if (n < 0 || (size_t)n + 1 >= sizeof(path))
		return NULL; /* systemd makes none of that length */
	path[n] = '\0';
	int err = secret_file_read(&s->file, path);
	if (err == -ENOENT)
		return NULL;
	secret_file_close(&s->file);
	return read_file(s, path);
}

/* -- one token more ------------------------------------------------------ */

/* holder stands for its list in words. */
static int add_token(struct source *s, struct secret tokens[CONFIG_TOKENS_MAX],
		     unsigned *count, const char *text, size_t len,
		     const char *holder)
{
	struct secret one;
	int err = secret_set(&one, text, len);
	if (err == -ENODATA)
		return 0;
	if (err)
		return report_secret(s, err, holder);
	if (*count < CONFIG_TOKENS_MAX) {
		tokens[(*count)++] = one;
	} else {
		config_report_elsewhere(s->report, "%s holds over %d tokens",
					holder, CONFIG_TOKENS_MAX);
		err = -EINVAL;
	}
	secret_wipe(&one);
	return err;
}

static int take_twilio(struct source *s, const char *text, size_t len,
		       unsigned number)
{
	struct config_twilio *t = &s->c->twilio;
	(void)number;
	return add_token(s, t->auth_tokens, &t->auth_token_count, text, len,
			 s->name);
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

static int report_entry(struct source *s, unsigned number, const char *what)
{
	config_report_elsewhere(s->report, "entry %u of %s %s", number, s->name,
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

static int add_bot_token(struct source *s, int bot, const char *text,
			 size_t len)
{
	char holder[CONFIG_WORD_MAX + 48];
	struct config_audiocodes *a = &s->c->audiocodes;
	snprintf(holder, sizeof(holder), "%s for the bot \"%s\"", s->name,
		 a->bots[bot]);
	memcpy(a->tokens[bot].bot, a->bots[bot], sizeof(a->bots[bot]));
	return add_token(s, a->tokens[bot].token, &a->tokens[bot].count, text,
			 len, holder);
}

/* What stands before "=" is repeated only when it is one of our own names:
 * who leaves the name out writes a token there. */
static int take_audiocodes(struct source *s, const char *text, size_t len,
			   unsigned number)
{
	len = trim(&text, len);
	if (len == 0)
		return 0;
	const char *equals = memchr(text, '=', len);
	if (!equals)
		return report_entry(s, number, "is not bot=token");
	size_t name_len = (size_t)(equals - text);
	if (name_len + 1 == len)
		return report_entry(s, number, "has no token after the =");
	int bot = find_bot(&s->c->audiocodes, text, name_len);
	if (bot < 0 && s->is_bad)
		return 0;
	if (bot < 0)
		return report_entry(s, number,
				    "is for a bot that audiocodes.bots does "
				    "not have");
	return add_bot_token(s, bot, equals + 1, len - name_len - 1);
}

typedef int take_entry(struct source *s, const char *text, size_t len,
		       unsigned number);

static int take_list(struct source *s, const char *list, take_entry *take)
{
	unsigned number = 0;
	int err = 0;
	for (const char *at = list; at;) {
		size_t len = strcspn(at, SEPARATORS);
		int worse = take(s, at, len, ++number);
		err = err ? err : worse;
		at = at[len] ? at + len + 1 : NULL;
	}
	return err;
}

/* -- the three ----------------------------------------------------------- */

static int use_key(struct source *s, const char *text)
{
	struct secret key;
	int err = secret_set(&key, text, strlen(text));
	if (err == -ENODATA)
		return 0;
	if (err)
		return report_secret(s, err, s->name);
	s->c->model.key = key;
	secret_wipe(&key);
	return 0;
}

static int use_twilio(struct source *s, const char *text)
{
	memset(s->c->twilio.auth_tokens, 0, sizeof(s->c->twilio.auth_tokens));
	s->c->twilio.auth_token_count = 0;
	return take_list(s, text, take_twilio);
}

static int use_audiocodes(struct source *s, const char *text)
{
	memset(s->c->audiocodes.tokens, 0, sizeof(s->c->audiocodes.tokens));
	return take_list(s, text, take_audiocodes);
}

static int take(struct source *s, const char *name,
		int (*use)(struct source *s, const char *text))
{
	unsigned before = s->report->mistakes;
	s->name = name;
	s->file = (struct secret_file){ 0 };
	const char *text = find_in_environment(s, name);
	if (!text && s->report->mistakes == before)
		text = find_credential(s, name);
	int err = text ? use(s, text) : 0;
	secret_file_close(&s->file);
	return s->report->mistakes == before ? err : -EINVAL;
}

int config_secrets(struct config *c, struct config_environment *environment,
		   bool is_bad, struct config_report *report,
		   struct config_report *warnings)
{
	struct source s = { c,        environment, is_bad, report,
			    warnings, NULL,        { 0 } };
	int key = take(&s, "OPENAI_API_KEY", use_key);
	int twilio = take(&s, "TWILIO_AUTH_TOKEN", use_twilio);
	int bots = take(&s, "AUDIOCODES_TOKENS", use_audiocodes);
	return key || twilio || bots ? -EINVAL : 0;
}
