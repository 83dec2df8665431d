#include "gateway/ops/config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config_file.h"
#include "gateway/ops/config_parse.h"
#include "gateway/ops/config_report.h"
#include "gateway/ops/config_schema.h"
#include "gateway/ops/config_secrets.h"

void config_default(struct config *c)
{
	*c = config_schema_defaults;
}

/* -- reading it ---------------------------------------------------------- */

static int read_and_parse(struct config *c, const char *path,
			  struct config_environment *environment,
			  struct config_report *report,
			  struct config_report *warnings)
{
	char *yaml = NULL;
	ssize_t len = config_file_read(path, CONFIG_FILE_MAX, &yaml);
	if (len == -EFBIG)
		config_report_add(report, 0,
				  "is over %u KiB, too large for a "
				  "configuration",
				  CONFIG_FILE_MAX >> 10);
	else if (len < 0)
		config_report_add(report, 0, "cannot be read: %s",
				  strerror((int)-len));
	if (len < 0)
		return (int)len;
	int err = config_parse_report(c, yaml, (size_t)len, environment, true,
				      report, warnings);
	free(yaml);
	return err;
}

static bool resolve_certificates(struct config *c, const char *path)
{
	bool is_good = true;
	for (unsigned i = 0; is_good && i < c->tls.certificate_count; i++)
		is_good = config_file_resolve(
				  c->tls.certificates[i].certificate, path) &&
			  config_file_resolve(c->tls.certificates[i].key, path);
	return is_good;
}

/* Every key that names a file. */
static bool resolve_all(struct config *c, const char *path)
{
	bool is_good = config_file_resolve(c->model.ca_file, path) &&
		       config_file_resolve(c->twilio.rest.ca_file, path) &&
		       config_file_resolve(c->failure.prompt, path) &&
		       config_file_resolve(c->drain.prompt, path) &&
		       config_file_resolve(c->store.path, path) &&
		       config_file_resolve(c->audiocodes.oauth.jwks, path) &&
		       resolve_certificates(c, path);
	for (unsigned i = 0; is_good && i < c->failure.by_number_count; i++)
		is_good = config_file_resolve(c->failure.by_number[i].prompt,
					      path);
	return is_good;
}

static int load(struct config *c, const char *path,
		struct config_environment *environment,
		struct config_report *report, struct config_report *warnings)
{
	if (!path) {
		config_default(c);
		return 0;
	}
	int err = read_and_parse(c, path, environment, report, warnings);
	if (err || resolve_all(c, path))
		return err;
	config_wipe(c);
	config_report_add(report, 0,
			  "a path in it is over %d bytes with the file's "
			  "directory before it",
			  CONFIG_TEXT_MAX - 1);
	return -EINVAL;
}

int config_load(struct config *c, const char *path, char *errors, size_t cap)
{
	struct config_report report;
	config_report_begin(&report, path ? path : "", errors, cap);
	return load(c, path, NULL, &report, NULL);
}

/* Secrets of bots cannot be told apart without the file that names the bots:
 * with one that has mistakes, they are looked at all the same, for theirs. */
static int load_both(struct config *c, const char *path,
		     struct config_environment *environment,
		     struct config_report *report,
		     struct config_report *warnings)
{
	config_default(c);
	int err = load(c, path, environment, report, warnings);
	int worse = config_secrets(c, environment, err != 0, report, warnings);
	config_report_end(report);
	return err ? err : worse;
}

int config_load_all(struct config *c, const char *path,
		    const struct config_loading *l)
{
	struct config_report report, warnings;
	struct config *loaded = malloc(sizeof(*loaded));
	const char *name = path ? path : "";
	config_report_begin(&report, name, l->errors, l->errors_cap);
	if (l->warnings)
		config_report_begin(&warnings, name, l->warnings,
				    l->warnings_cap);
	if (!loaded) {
		config_report_add(&report, 0, "no memory");
		return -ENOMEM;
	}
	int err = load_both(loaded, path, l->environment, &report,
			    l->warnings ? &warnings : NULL);
	if (l->warnings)
		config_report_end(&warnings);
	if (err)
		config_wipe(loaded);
	else
		config_move(c, loaded);
	free(loaded);
	return err;
}
