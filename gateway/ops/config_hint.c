#include "gateway/ops/config_hint.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/ops/config_schema.h"

#define WORD_MAX 32 /* characters; no key of ours is longer */

/* Secrets people look for a key for, and where they belong. */
static const struct {
	const char *group; /* where it was written; "" anywhere */
	const char *key;
	const char *variable;
} secrets[] = {
	{ "", "api_key", "OPENAI_API_KEY" },
	{ "", "apikey", "OPENAI_API_KEY" },
	{ "", "key", "OPENAI_API_KEY" },
	{ "", "openai_api_key", "OPENAI_API_KEY" },
	{ "", "audiocodes_tokens", "AUDIOCODES_TOKENS" },
	{ "audiocodes", "auth_token", "AUDIOCODES_TOKENS" },
	{ "audiocodes", "token", "AUDIOCODES_TOKENS" },
	{ "audiocodes", "tokens", "AUDIOCODES_TOKENS" },
	{ "", "auth_token", "TWILIO_AUTH_TOKEN" },
	{ "", "auth_tokens", "TWILIO_AUTH_TOKEN" },
	{ "", "authtoken", "TWILIO_AUTH_TOKEN" },
	{ "", "token", "TWILIO_AUTH_TOKEN" },
	{ "", "twilio_auth_token", "TWILIO_AUTH_TOKEN" },
};

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many characters to add, drop or change (Levenshtein), case aside. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[WORD_MAX + 1];
	size_t n = strlen(b);
	if (strlen(a) > WORD_MAX || n > WORD_MAX)
		return WORD_MAX;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1]; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			bool same = !strncasecmp(&a[i - 1], &b[j - 1], 1);
			unsigned change = diagonal + !same;
			diagonal = row[j];
			row[j] = least(change, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[n];
}

/* The nearest key here, when it is near enough to be meant. */
static const char *nearest(const char *key,
			   const struct cyaml_schema_field *fields)
{
	const char *best = NULL;
	unsigned best_distance = WORD_MAX;
	for (; fields->key; fields++) {
		unsigned d = distance(key, fields->key);
		size_t longest = strlen(fields->key);
		if (d < best_distance && d <= (longest + 2) / 3) {
			best = fields->key;
			best_distance = d;
		}
	}
	return best;
}

/* Where in the whole file the key may stand: "agent", or false. */
static bool find_home(char *path, size_t cap, const char *key,
		      const struct cyaml_schema_field *fields)
{
	size_t len = strlen(path);
	for (; fields->key; fields++) {
		if (strcmp(fields->key, key) == 0)
			return true;
		if (fields->value.type != CYAML_MAPPING)
			continue;
		snprintf(path + len, cap - len, "%s%s", len ? "." : "",
			 fields->key);
		if (find_home(path, cap, key, fields->value.mapping.fields))
			return true;
		path[len] = '\0';
	}
	return false;
}

static const char *secret_variable(const char *key, const char *path)
{
	for (size_t i = 0; i < CYAML_ARRAY_LEN(secrets); i++)
		if (strcasecmp(secrets[i].key, key) == 0 &&
		    strncmp(path, secrets[i].group, strlen(secrets[i].group)) ==
			    0)
			return secrets[i].variable;
	return NULL;
}

static void list_keys(char *out, size_t cap,
		      const struct cyaml_schema_field *fields)
{
	size_t n = (size_t)snprintf(out, cap, "known here:");
	for (; fields->key && n < cap; fields++)
		n += (size_t)snprintf(out + n, cap - n, " %s%s", fields->key,
				      fields[1].key ? "," : "");
}

void config_hint(char *out, size_t cap, const char *key, const char *path,
		 const struct cyaml_schema_field *fields)
{
	char home[WORD_MAX * 4] = "";
	const char *variable = secret_variable(key, path);
	const char *near = nearest(key, fields);
	if (variable)
		snprintf(out, cap,
			 "secrets are not kept in files: set %s in the "
			 "environment",
			 variable);
	else if (near)
		snprintf(out, cap, "did you mean \"%s\"?", near);
	else if (find_home(home, sizeof(home), key,
			   config_schema_root.mapping.fields))
		snprintf(out, cap, "it belongs %s%s", *home ? "in " : "",
			 *home ? home : "at the top level");
	else
		list_keys(out, cap, fields);
}
