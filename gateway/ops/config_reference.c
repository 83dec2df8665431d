#include "gateway/ops/config_reference.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config_environment.h"
#include "gateway/ops/secret_file.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define NAMES   LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

#define PATH_LEN (2 * CONFIG_REFERENCE_NAME)

struct expansion {
	const struct config_reference_place *place;
	struct config_reference_result *result;
	char *out; /* CONFIG_REFERENCE_TEXT */
	size_t len;
};

/* "${word:", or 0. *len: of all of it, up to the colon. */
static bool is_opening(const char *text, size_t *len)
{
	if (strncmp(text, "${", 2) != 0)
		return false;
	*len = 2 + strspn(text + 2, LETTERS);
	return *len > 2 && text[*len] == ':';
}

bool config_reference_is_in(const char *text)
{
	size_t len;
	for (; (text = strchr(text, '$')); text++)
		if (strncmp(text, "$${", 3) == 0 || is_opening(text, &len))
			return true;
	return false;
}

__attribute__((format(printf, 2, 3))) static int complain(struct expansion *e,
							  const char *format,
							  ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(e->result->why, sizeof(e->result->why), format, args);
	va_end(args);
	return -EINVAL;
}

static int append(struct expansion *e, const char *text, size_t len)
{
	if (len >= CONFIG_REFERENCE_TEXT - e->len)
		return complain(e, "is over %u KiB with what ${…} fetches",
				CONFIG_REFERENCE_TEXT >> 10);
	memcpy(e->out + e->len, text, len);
	e->len += len;
	e->out[e->len] = '\0';
	return 0;
}

/* -- the three places ---------------------------------------------------- */

static int take_file(struct expansion *e, const char *path)
{
	struct secret_file f;
	int err = secret_file_read(&f, path);
	if (err)
		return complain(e, "cannot be read from %s: %s", path,
				secret_file_error(err));
	e->result->is_public |= f.is_public;
	err = append(e, f.text, f.len);
	secret_file_close(&f);
	return err;
}

static int take_joined(struct expansion *e, const char *directory,
		       const char *name)
{
	char path[PATH_LEN];
	int n = snprintf(path, sizeof(path), "%s%s", directory, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return complain(e, "names a path of over %d bytes",
				PATH_LEN - 1);
	return take_file(e, path);
}

static int fetch_file(struct expansion *e, const char *path)
{
	return take_joined(e, *path == '/' ? "" : e->place->directory, path);
}

static int fetch_variable(struct expansion *e, const char *name)
{
	struct config_environment *environment = e->place->environment;
	if (name[strspn(name, NAMES)])
		return complain(e, "has ${env:%s}, which is no variable's name",
				name);
	const char *text = e->place->is_secret
				   ? config_environment_take(environment, name)
				   : config_environment_get(environment, name);
	if (!text)
		return complain(e,
				"is to come from the variable %s, which is "
				"not set",
				name);
	return append(e, text, strlen(text));
}

static int fetch_credential(struct expansion *e, const char *name)
{
	char directory[CONFIG_REFERENCE_NAME];
	const char *where = config_environment_get(e->place->environment,
						   "CREDENTIALS_DIRECTORY");
	if (strchr(name, '/') || strcmp(name, "..") == 0)
		return complain(e,
				"has ${credential:%s}; a credential is a "
				"name, not a path",
				name);
	if (!where || !*where)
		return complain(e,
				"is to come from the credential %s, but "
				"there are none: $CREDENTIALS_DIRECTORY is "
				"not set (in the unit: LoadCredential=%s:…)",
				name, name);
	int n = snprintf(directory, sizeof(directory), "%s/", where);
	if (n < 0 || (size_t)n >= sizeof(directory))
		return complain(e, "finds $CREDENTIALS_DIRECTORY too long");
	return take_joined(e, directory, name);
}

/* -- one after the other ------------------------------------------------- */

static int fetch(struct expansion *e, const char *kind, size_t len,
		 const char *name)
{
	static const struct {
		const char *kind;
		int (*fetch)(struct expansion *e, const char *name);
	} known[] = {
		{ "file", fetch_file },
		{ "env", fetch_variable },
		{ "credential", fetch_credential },
	};
	if (!*name)
		return complain(e, "has a ${%.*s:} that names nothing",
				(int)len, kind);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].kind) == len &&
		    memcmp(known[i].kind, kind, len) == 0)
			return known[i].fetch(e, name);
	return complain(e,
			"has ${%.*s:…}; there are ${file:PATH}, ${env:NAME} "
			"and ${credential:NAME} (for a plain ${ write $${)",
			len < 24 ? (int)len : 24, kind);
}

/* text begins with "${word:". *at: behind its "}". */
static int take_reference(struct expansion *e, const char *text,
			  size_t opening_len, const char **at)
{
	char name[CONFIG_REFERENCE_NAME];
	const char *begin = text + opening_len + 1;
	const char *end = strchr(begin, '}');
	if (!end)
		return complain(e, "has a ${ without its }");
	size_t len = (size_t)(end - begin);
	if (len >= sizeof(name))
		return complain(e, "has a ${…} of over %d bytes",
				CONFIG_REFERENCE_NAME - 1);
	memcpy(name, begin, len);
	name[len] = '\0';
	*at = end + 1;
	return fetch(e, text + 2, opening_len - 2, name);
}

static int expand(struct expansion *e, const char *text)
{
	const char *at = text;
	size_t len;
	int err = 0;
	while (*at && !err) {
		if (strncmp(at, "$${", 3) == 0) {
			err = append(e, "${", 2);
			at += 3;
		} else if (is_opening(at, &len)) {
			const char *begin = at;
			err = take_reference(e, begin, len, &at);
			e->result->is_whole = begin == text && !*at;
		} else {
			len = 1 + strcspn(at + 1, "$");
			err = append(e, at, len);
			at += len;
		}
	}
	return err;
}

int config_reference_expand(char **out, const char *text,
			    const struct config_reference_place *place,
			    struct config_reference_result *result)
{
	struct expansion e = { .place = place, .result = result };
	*result = (struct config_reference_result){ 0 };
	e.out = calloc(1, CONFIG_REFERENCE_TEXT);
	if (!e.out)
		return -ENOMEM;
	int err = expand(&e, text);
	if (err) {
		explicit_bzero(e.out, CONFIG_REFERENCE_TEXT);
		free(e.out);
	} else {
		*out = e.out;
	}
	return err;
}
