#include "gateway/agents/http_offer.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/http_function.h"
#include "gateway/agents/http_template.h"
#include "gateway/agents/json_schema.h"
#include "gateway/agents/tools.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_file.h"

static const char no_parameters[] = "{\"type\":\"object\",\"properties\":{},"
				    "\"additionalProperties\":false}";

static int complain(const struct config_function *f, char *why, size_t cap,
		    const char *key, const char *what, int err)
{
	snprintf(why, cap, "agent.functions: %s: %s %s", f->name, key, what);
	return err;
}

static int read_text(struct tool *t, const struct config_function *f, char *why,
		     size_t cap)
{
	char *text = NULL;

	if (f->parameters_file[0]) {
		ssize_t n = config_file_read(f->parameters_file,
					     HTTP_OFFER_FILE_MAX, &text);
		if (n < 0)
			return complain(f, why, cap, f->parameters_file,
					strerror((int)-n), (int)n);
	} else {
		text = strdup(f->parameters[0] ? f->parameters : no_parameters);
	}
	t->parameters = text;
	return text ? 0
		    : complain(f, why, cap, "parameters", "out of memory",
			       -ENOMEM);
}

static int read_schema(struct tool *t, const struct config_function *f,
		       char *why, size_t cap)
{
	json_error_t where;
	char what[256];

	t->schema = json_loads(t->parameters, JSON_REJECT_DUPLICATES, &where);
	if (!t->schema) {
		snprintf(what, sizeof(what), "is no JSON: line %d: %s",
			 where.line, where.text);
		return complain(f, why, cap, "parameters", what, -EINVAL);
	}
	if (!json_schema_check(t->schema, what, sizeof(what)))
		return complain(f, why, cap, "parameters:", what, -EINVAL);
	const char *type =
		json_string_value(json_object_get(t->schema, "type"));
	return type && strcmp(type, "object") == 0
		       ? 0
		       : complain(f, why, cap, "parameters",
				  "must have \"type\": \"object\"", -EINVAL);
}

static int check_places(const struct tool *t, const struct config_function *f,
			char *why, size_t cap)
{
	char what[192];

	if (!http_template_check(f->url, t->schema, what, sizeof(what)))
		return complain(f, why, cap, "url", what, -EINVAL);
	for (unsigned i = 0; i < f->header_count; i++)
		if (!http_template_check(f->headers[i].value, NULL, what,
					 sizeof(what)))
			return complain(f, why, cap, f->headers[i].name,
					"has a {{ that is no place", -EINVAL);
	return 0;
}

int http_offer(struct tool *t, const struct config_function *f, char *why,
	       size_t cap)
{
	*t = (struct tool){
		.name = f->name,
		.description = f->description,
		.kind = &http_function_kind,
		.function = f,
	};
	int err = read_text(t, f, why, cap);
	if (!err)
		err = read_schema(t, f, why, cap);
	return err ? err : check_places(t, f, why, cap);
}
