#include "gateway/check/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/announce.h"
#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/ops/config.h"

#define ERRORS_MAX (64u << 10) /* bytes of mistakes that are told */

/* One run. */
struct check {
	const struct check_request *request;
	struct check_list list;
	struct config config;
	int status; /* of the file */
	char errors[ERRORS_MAX];
	char warnings[ERRORS_MAX];
};

static const char *name_of(const struct check *c)
{
	return c->request->path ? c->request->path
				: "the default configuration";
}

static bool is_shown(const struct check *c)
{
	const char *terminal = getenv("TERM");
	return !c->request->is_json && isatty(fileno(c->request->out)) &&
	       !(terminal && strcmp(terminal, "dumb") == 0) &&
	       !getenv("NO_COLOR");
}

static void load(struct check *c)
{
	const struct config_loading loading = {
		.environment = c->request->environment,
		.errors = c->errors,
		.errors_cap = sizeof(c->errors),
		.warnings = c->warnings,
		.warnings_cap = sizeof(c->warnings),
	};
	c->status = config_load_all(&c->config, c->request->path, &loading);
	if (!c->status)
		c->status = c->request->override(c->request->owner, &c->config);
}

/* -- the parts ----------------------------------------------------------- */

/* A line each: fn(line). */
static void each_line(char *text, void (*fn)(void *owner, const char *line),
		      void *owner)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *next = text + len + (text[len] == '\n');
		text[len] = '\0';
		fn(owner, text);
		text = next;
	}
}

static void add_warning(void *owner, const char *line)
{
	check_list_add(owner, CHECK_IS_WARNING, "secrets", "%s", line);
}

static void add_open(void *owner, const char *event, const char *bot,
		     const char *why)
{
	(void)event;
	if (bot)
		check_list_add(owner, CHECK_IS_WARNING, "audiocodes.tokens",
			       "bot %s: %s", bot, why);
	else
		check_list_add(owner, CHECK_IS_WARNING, "secrets", "%s", why);
}

static void run_parts(struct check *c)
{
	struct check_list *l = &c->list;
	each_line(c->warnings, add_warning, l);
	announce_each_warning(&c->config, add_open, l);
	check_listen(l, "listen", c->config.listen);
	check_public(l, &c->config);
	check_certificates(l, &c->config, time(NULL));
	check_files(l, &c->config);
	check_prices(l, &c->config);
	check_agents(l, &c->config);
	check_outbound(l, &c->config);
	check_jwks(l, &c->config);
	check_model(l, &c->config);
}

/* -- for a person -------------------------------------------------------- */

static void print_end(const struct check *c)
{
	FILE *out = c->request->out;
	fputc('\n', out);
	if (c->list.bad)
		fprintf(out, "%s: %u of these will not work, warnings: %u\n",
			name_of(c), c->list.bad, c->list.warnings);
	else
		fprintf(out, "%s: good, warnings: %u\n", name_of(c),
			c->list.warnings);
}

static void run_for_person(struct check *c)
{
	if (c->status) {
		if (*c->errors)
			fprintf(c->request->errors, "%s\n", c->errors);
		return;
	}
	run_parts(c);
	fputc('\n', c->request->out);
	announce_paste(c->request->out, &c->config);
	print_end(c);
}

/* -- for a program ------------------------------------------------------- */

static void add_mistake(void *owner, const char *line)
{
	json_array_append_new(owner, json_string(line));
}

static json_t *pasted(const struct config *c)
{
	char url[ANNOUNCE_URL_MAX];
	json_t *bots = json_array();
	for (unsigned i = 0; i < c->audiocodes.bot_count; i++) {
		announce_bot_url(c, i, url);
		json_array_append_new(bots, json_pack("{s:s, s:s}", "bot",
						      c->audiocodes.bots[i],
						      "url", url));
	}
	announce_voice_url(c, url);
	return json_pack("{s:s, s:o}", "twilio_voice", url, "audiocodes", bots);
}

static void run_for_program(struct check *c)
{
	json_t *mistakes = json_array();
	c->list.rows = json_array();
	each_line(c->errors, add_mistake, mistakes);
	if (!c->status)
		run_parts(c);
	bool is_good = !c->status && !c->list.bad;
	json_t *all = json_pack("{s:s, s:b, s:o, s:i, s:o, s:o*}",
				"configuration", name_of(c), "good", is_good,
				"mistakes", mistakes, "warnings",
				(int)c->list.warnings, "checks", c->list.rows,
				"paste", c->status ? NULL : pasted(&c->config));
	if (all)
		json_dumpf(all, c->request->out, JSON_INDENT(2));
	fputc('\n', c->request->out);
	json_decref(all);
}

int check_run(const struct check_request *request)
{
	struct check *c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->request = request;
	c->list.out = request->out;
	c->list.is_terminal = is_shown(c);
	c->list.is_offline = request->is_offline;
	load(c);
	if (request->is_json)
		run_for_program(c);
	else
		run_for_person(c);
	int err = c->status ? c->status : c->list.bad ? -EINVAL : 0;
	config_wipe(&c->config);
	free(c);
	return err;
}
