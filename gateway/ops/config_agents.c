#include "gateway/ops/config_agents.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_file.h"
#include "gateway/ops/config_find.h"
#include "gateway/ops/config_parse.h"
#include "gateway/ops/config_report.h"
#include "gateway/ops/config_text.h"

/* One file on its way. */
struct reading {
	struct config *c;
	const struct config_agents_place *at;
	unsigned file;
};

static size_t line_of(const struct reading *r)
{
	char path[32];
	snprintf(path, sizeof(path), "agents.%u", r->file);
	return config_find_line(r->at->document, path);
}

/* A mistake in the configuration itself, where it names the file. */
static void complain(const struct reading *r, const char *what, const char *why)
{
	config_report_add(r->at->report, line_of(r), "agents: %s %s%s",
			  r->c->agent_files[r->file], what, why);
}

static bool take_path(const struct reading *r)
{
	char *path = r->c->agent_files[r->file];
	bool is_good = config_file_resolve(path, r->at->report->file);
	if (!is_good)
		complain(r, "is too long with the directory before it", "");
	for (unsigned i = 0; is_good && i < r->file; i++)
		if (strcmp(r->c->agent_files[i], path) == 0) {
			complain(r, "is named twice", "");
			return false;
		}
	return is_good;
}

void config_agents_lines(struct config_agent *a, yaml_document_t *document,
			 const char *within)
{
	char path[48];
	for (unsigned i = 0; i < a->persona.hand_off_count; i++) {
		snprintf(path, sizeof(path), "%shand_offs.%u", within, i);
		a->persona.hand_offs[i].line =
			(unsigned)config_find_line(document, path);
	}
	for (unsigned i = 0; i < a->keypad.count; i++) {
		snprintf(path, sizeof(path), "%skeypad.%u", within, i);
		a->keypad.keys[i].line =
			(unsigned)config_find_line(document, path);
	}
}

/* Every key of an agent that names a file. */
static bool resolve_all(struct config_agent *a, const char *file)
{
	struct config_agent_persona *p = &a->persona;
	bool is_good = config_file_resolve(p->instructions_file, file) &&
		       config_file_resolve(p->greeting_file, file) &&
		       config_file_resolve(a->keypad.prompt, file);
	for (unsigned i = 0; is_good && i < p->context_count; i++)
		is_good = config_file_resolve(p->context[i], file);
	for (unsigned i = 0; is_good && i < a->knowledge.file_count; i++)
		is_good = config_file_resolve(a->knowledge.files[i], file);
	for (unsigned i = 0; is_good && i < a->functions.count; i++)
		is_good = config_file_resolve(
			a->functions.function[i].parameters_file, file);
	return is_good;
}

/* "agents/receptionist.yaml" is receptionist, unless it says otherwise. */
static void name_agent(const struct reading *r, struct config_agent *a)
{
	const char *file = r->c->agent_files[r->file];
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	const char *dot = strrchr(base, '.');
	int len = dot && dot > base ? (int)(dot - base) : (int)strlen(base);
	char *name = a->persona.name;
	if (*name)
		return;
	snprintf(name, sizeof(a->persona.name), "%.*s", len, base);
	if (!config_text_is_word(name) || len >= (int)sizeof(a->persona.name))
		config_report_add(r->at->report, 0,
				  "has no \"name\", and its file's name is "
				  "none: letters, digits and . _ - only, at "
				  "most %zu",
				  sizeof(a->persona.name) - 1);
}

static void check_name(const struct reading *r, const struct config_agent *a)
{
	int taken = config_agent_find(r->c, a->persona.name);
	if (taken < 0)
		return;
	config_report_add(r->at->report, 0, "is another agent \"%s\": %s is",
			  a->persona.name,
			  taken ? "a file before it"
				: "the agent section of the configuration");
}

static void parse(const struct reading *r, struct config_agent *a,
		  const char *yaml, size_t len)
{
	struct config_report *report = r->at->report;
	const char *configuration = report->file;
	unsigned before = report->mistakes;
	report->file = r->c->agent_files[r->file];
	config_parse_agent(a, r->c, yaml, len, r->at->environment, report,
			   r->at->warnings);
	name_agent(r, a);
	check_name(r, a);
	if (!resolve_all(a, report->file))
		config_report_add(report, 0,
				  "a path in it is over %d bytes with the "
				  "file's directory before it",
				  CONFIG_TEXT_MAX - 1);
	report->file = configuration;
	if (report->mistakes == before)
		r->c->agents->count++;
	else
		explicit_bzero(a, sizeof(*a));
}

static void read_one(const struct reading *r)
{
	struct config_agents *all = r->c->agents;
	char *yaml = NULL;
	if (!take_path(r))
		return;
	ssize_t len = config_file_read(r->c->agent_files[r->file],
				       CONFIG_FILE_MAX, &yaml);
	if (len == -EFBIG)
		complain(r, "is over 64 KiB, too large for an agent", "");
	else if (len < 0)
		complain(r, "cannot be read: ", strerror((int)-len));
	if (len < 0)
		return;
	parse(r, &all->agent[all->count], yaml, (size_t)len);
	free(yaml);
}

/* --- All of them --- */

/* What is wrong with an agent as somebody to hand a call to, or NULL. */
static const char *fault_of(const struct config *c, unsigned from,
			    const char *name)
{
	const struct config_agent *a = config_agent_at(c, from), *b;
	int to = config_agent_find(c, name);
	if (to < 0)
		return "and there is no agent of that name";
	b = config_agent_at(c, (unsigned)to);
	if (a == b)
		return "which it is itself";
	if (a->format != b->format)
		return "which has another format: a session cannot change it";
	return strcmp(config_agent_model(c, a), config_agent_model(c, b))
		       ? "which has another model: a session cannot change it"
		       : NULL;
}

static void check_hand_offs(const struct config *c,
			    const struct config_agents_place *at, unsigned i)
{
	const struct config_agent_persona *p = &config_agent_at(c, i)->persona;
	for (unsigned j = 0; j < p->hand_off_count; j++) {
		const struct config_hand_off *h = &p->hand_offs[j];
		const char *fault = fault_of(c, i, h->agent);
		if (fault)
			config_report_add(at->report, h->line,
					  "agent.hand_offs has \"%s\", %s",
					  h->agent, fault);
	}
}

static void check_keypad(const struct config *c,
			 const struct config_agents_place *at, unsigned i)
{
	const struct config_agent_keypad *k = &config_agent_at(c, i)->keypad;
	for (unsigned j = 0; j < k->count; j++) {
		const struct config_key *key = &k->keys[j];
		const char *fault =
			*key->hand_off ? fault_of(c, i, key->hand_off) : NULL;
		if (fault)
			config_report_add(at->report, key->line,
					  "agent.keypad has \"%s\", %s",
					  key->hand_off, fault);
	}
}

/* The calls of a route are its agent's at first. */
static void check_route_keypad(const struct config *c,
			       const struct config_agents_place *at, unsigned i)
{
	const struct config_route *r = &c->routes[i];
	int from = config_agent_find(c, r->agent);
	char path[48];
	for (unsigned j = 0; from >= 0 && j < r->keypad.count; j++) {
		const char *name = r->keypad.keys[j].hand_off;
		const char *fault =
			*name ? fault_of(c, (unsigned)from, name) : NULL;
		snprintf(path, sizeof(path), "routes.%u.keypad.%u", i, j);
		if (fault)
			config_report_add(at->report,
					  config_find_line(at->document, path),
					  "routes.%u.keypad has \"%s\", %s", i,
					  name, fault);
	}
}

/* With a file that could not be read, names may be missing. */
static void check_all_hand_offs(struct config *c,
				const struct config_agents_place *at)
{
	const char *configuration = at->report->file;
	check_hand_offs(c, at, 0);
	check_keypad(c, at, 0);
	for (unsigned i = 0; i < c->route_count; i++)
		check_route_keypad(c, at, i);
	at->report->within = "agent";
	for (unsigned i = 1; i < config_agent_count(c); i++) {
		at->report->file = c->agent_files[i - 1];
		check_hand_offs(c, at, i);
		check_keypad(c, at, i);
	}
	at->report->file = configuration;
	at->report->within = NULL;
}

static void check_standby(const struct config *c,
			  const struct config_agents_place *at)
{
	unsigned n = c->model.standby;
	for (unsigned i = 1; i < config_agent_count(c); i++)
		n += config_agent_at(c, i)->persona.standby;
	if (n > CONFIG_STANDBY_MAX)
		config_report_add(at->report,
				  config_find_line(at->document, "agents"),
				  "agents: with model.standby %u sessions are "
				  "to stand ready on each worker, at most %d "
				  "can",
				  n, CONFIG_STANDBY_MAX);
}

static void read_all(struct reading *r)
{
	struct config *c = r->c;
	c->agents = calloc(1, sizeof(*c->agents) +
				      c->agent_file_count *
					      sizeof(struct config_agent));
	if (!c->agents) {
		config_report_add(r->at->report, 0, "no memory");
		return;
	}
	atomic_init(&c->agents->uses, 1);
	for (; r->file < c->agent_file_count; r->file++)
		read_one(r);
}

void config_agents_load(struct config *c, const struct config_agents_place *at)
{
	struct reading r = { c, at, 0 };
	if (!resolve_all(&c->agent, at->report->file))
		config_report_add(at->report, 0,
				  "a path of agent is over %d bytes with the "
				  "file's directory before it",
				  CONFIG_TEXT_MAX - 1);
	config_agents_lines(&c->agent, at->document, "agent.");
	if (c->agent_file_count)
		read_all(&r);
	if (config_agent_count(c) == 1 + c->agent_file_count)
		check_all_hand_offs(c, at);
	check_standby(c, at);
}
