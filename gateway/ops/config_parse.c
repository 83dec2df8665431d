#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_agents.h"
#include "gateway/ops/config_check.h"
#include "gateway/ops/config_emit.h"
#include "gateway/ops/config_expand.h"
#include "gateway/ops/config_parse.h"
#include "gateway/ops/config_report.h"
#include "gateway/ops/config_schema.h"
#include "gateway/ops/config_together.h"

#define BROKEN_MAX                                                \
	16 /* blocks of a file that are no YAML; more stay unsaid \
	    */

/* One file on its way. Large. */
struct parsing {
	struct config parsed; /* of an agent file: its agent alone is read */
	const struct config_check_root *root;
	bool reads_agents;
	struct config_check check;
	struct config_expand expand;
	struct config_report *report;
};

/* -- libcyaml: text to struct -------------------------------------------- */

/* What libcyaml says first is the reason; what follows is where. */
__attribute__((format(printf, 3, 0))) static void on_cyaml_log(
	cyaml_log_t level, void *ctx, const char *format, va_list args)
{
	struct config_report *report = ctx;
	char text[256];
	(void)level;
	if (report->mistakes)
		return;
	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	config_report_add(report, 0, "cannot be loaded: %s", text);
}

static void copy_set(struct parsing *p, const char *loaded)
{
	const struct config_check *check = &p->check;
	for (size_t i = 0; i < check->set_count; i++)
		memcpy((char *)&p->parsed + check->set[i].offset,
		       loaded + check->set[i].offset - p->root->offset,
		       check->set[i].size);
}

/* config_check has passed the document, so a failure here is lack of memory or
 * a disagreement between two readers of YAML: say it as libcyaml does. */
static void load_text(struct parsing *p, const char *yaml, size_t len)
{
	struct config_report *report = p->report;
	const cyaml_config_t how = {
		.log_fn = on_cyaml_log,
		.log_ctx = report,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_NO_ALIAS,
	};
	cyaml_data_t *loaded = NULL;
	cyaml_err_t err = cyaml_load_data((const uint8_t *)yaml, len, &how,
					  p->root->schema, &loaded, NULL);
	if (err && !report->mistakes)
		config_report_add(report, 0, "cannot be loaded: %s",
				  cyaml_strerror(err));
	if (!err && loaded)
		copy_set(p, loaded);
	cyaml_free(&how, p->root->schema, loaded, 0);
}

static void put_secret(void *owner, struct secret *s)
{
	config_expand_secret(owner, s);
}

/* As it was written, or, when some of it came from elsewhere or was bad, what
 * the document has become. */
static void load_document(struct parsing *p, yaml_document_t *document,
			  const char *yaml, size_t len)
{
	char *emitted = NULL;
	size_t emitted_len = 0;
	if (!p->expand.count && !p->report->mistakes) {
		load_text(p, yaml, len);
		return;
	}
	if (config_emit(&emitted, &emitted_len, document)) {
		config_report_add(p->report, 0, "no memory");
		return;
	}
	load_text(p, emitted, emitted_len);
	explicit_bzero(emitted, emitted_len);
	free(emitted);
	config_each_secret(&p->parsed, put_secret, &p->expand);
}

/* -- the whole file ------------------------------------------------------ */

static void drop_last_slash(char *url)
{
	size_t len = strlen(url);
	while (len > 0 && url[len - 1] == '/')
		url[--len] = '\0';
}

/* The file's list has them in any order; in struct config they stand beside
 * their bots. */
static void arrange_tokens(struct config_audiocodes *a)
{
	struct config_bot_tokens list[CONFIG_BOTS_MAX];
	memcpy(list, a->tokens, sizeof(list));
	memset(a->tokens, 0, sizeof(a->tokens));
	for (unsigned i = 0; i < a->bot_count; i++)
		for (unsigned j = 0; j < a->token_list_count; j++)
			if (strcmp(list[j].bot, a->bots[i]) == 0)
				a->tokens[i] = list[j];
	explicit_bzero(list, sizeof(list));
}

static void read_agents(struct parsing *p, yaml_document_t *document)
{
	const struct config_agents_place at = { document, p->expand.environment,
						p->report, p->expand.warnings };
	config_agents_load(&p->parsed, &at);
}

static void take_mapping(struct parsing *p, yaml_document_t *document,
			 const char *yaml, size_t len)
{
	config_expand(&p->expand, document);
	config_check(&p->check, p->report, &p->expand, document, p->root);
	if (p->check.has_overflown)
		return;
	load_document(p, document, yaml, len);
	if (p->reads_agents)
		read_agents(p, document);
	config_together_check(&p->parsed, &p->check, document, p->report);
	if (p->root != &config_check_whole) {
		config_agents_lines(&p->parsed.agent, document, "");
		return;
	}
	arrange_tokens(&p->parsed.audiocodes);
	drop_last_slash(p->parsed.public_url);
	drop_last_slash(p->parsed.twilio.rest.url);
	for (unsigned i = 0; i < p->parsed.twilio.account_count; i++)
		drop_last_slash(p->parsed.twilio.accounts[i].rest_url);
}

static void take_document(struct parsing *p, yaml_document_t *document,
			  const char *yaml, size_t len)
{
	yaml_node_t *root = yaml_document_get_root_node(document);
	if (!root)
		return; /* comments only: every default */
	if (root->type == YAML_MAPPING_NODE)
		take_mapping(p, document, yaml, len);
	else
		config_report_add(p->report, root->start_mark.line + 1,
				  "must be keys with values, like \"listen: "
				  "127.0.0.1:8080\"");
}

/* Is there a tab where only spaces may indent, on this line (from 0)? */
static bool is_tab_indented(const char *yaml, size_t len, size_t line)
{
	const char *at = yaml, *end = yaml + len;
	while (line-- > 0 && at)
		at = memchr(at, '\n', (size_t)(end - at)),
		at = at ? at + 1 : NULL;
	while (at && at < end && *at == ' ')
		at++;
	return at && at < end && *at == '\t';
}

static void report_syntax(struct config_report *report,
			  const yaml_parser_t *parser, const char *yaml,
			  size_t len)
{
	size_t line = parser->problem_mark.line;
	const char *problem = parser->problem ? parser->problem : "no memory";
	if (is_tab_indented(yaml, len, line))
		config_report_add(report, line + 1,
				  "a tab; YAML is indented with spaces");
	else if (parser->error == YAML_READER_ERROR)
		config_report_add(report, 0,
				  "not text in UTF-8: %s at byte %zu", problem,
				  parser->problem_offset);
	else if (parser->context)
		config_report_add(report, line + 1,
				  "not YAML: %s, %s that begins on line %zu",
				  problem, parser->context,
				  parser->context_mark.line + 1);
	else
		config_report_add(report, line + 1, "not YAML: %s", problem);
}

/* Another document after the first would be ignored in silence. */
static void check_end(yaml_parser_t *parser, struct config_report *report,
		      const char *yaml, size_t len)
{
	yaml_document_t next;
	if (!yaml_parser_load(parser, &next)) {
		report_syntax(report, parser, yaml, len);
		return;
	}
	const yaml_node_t *root = yaml_document_get_root_node(&next);
	if (root)
		config_report_add(report, root->start_mark.line + 1,
				  "a second document (after ---); only one "
				  "is read");
	yaml_document_delete(&next);
}

static bool is_blank(const char *yaml, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\n", yaml[i]) || !yaml[i])
			return false;
	return true;
}

/* -- what is not YAML ---------------------------------------------------- */

/* A line that begins something new at the top: neither indented, nor empty, nor
 * a comment, nor the end of something in brackets. */
static bool begins_block(const char *yaml, size_t at, size_t len)
{
	return (at == 0 || yaml[at - 1] == '\n') && at < len &&
	       !strchr(" \t\r\n#]}", yaml[at]);
}

/* Replace the block that has a line (from 0) in it by empty lines, which keeps
 * the others' numbers. Returns false when there is nothing left to take. */
static bool take_out(char *yaml, size_t len, size_t line)
{
	size_t begin = 0, at = 0;
	bool is_left = false;
	for (size_t n = 0; at < len && n <= line; n += yaml[at++] == '\n')
		if (begins_block(yaml, at, len))
			begin = at;
	while (at < len && !begins_block(yaml, at, len))
		at++;
	for (; begin < at; begin++)
		if (yaml[begin] != '\n') {
			is_left |= yaml[begin] != ' ';
			yaml[begin] = ' ';
		}
	return is_left;
}

/* One reading of the whole text. Returns true, or false for a text that is not
 * YAML: *line then is where it begins not to be. */
static bool parse_once(struct parsing *p, const char *yaml, size_t len,
		       size_t *line)
{
	yaml_parser_t parser;
	yaml_document_t document;
	if (!yaml_parser_initialize(&parser)) {
		config_report_add(p->report, 0, "no memory");
		return true;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, len);
	bool is_yaml = yaml_parser_load(&parser, &document);
	if (is_yaml) {
		if (yaml_document_get_root_node(&document))
			check_end(&parser, p->report, yaml, len);
		take_document(p, &document, yaml, len);
		yaml_document_delete(&document);
	} else {
		report_syntax(p->report, &parser, yaml, len);
		*line = parser.context ? parser.context_mark.line
				       : parser.problem_mark.line;
		if (parser.error == YAML_READER_ERROR)
			*line = SIZE_MAX; /* it has no lines then */
	}
	yaml_parser_delete(&parser);
	return is_yaml;
}

/* What is broken is said, and then what is wrong in the rest of the file. */
static void parse(struct parsing *p, const char *yaml, size_t len)
{
	size_t line = 0;
	if (parse_once(p, yaml, len, &line) || line == SIZE_MAX)
		return;
	char *copy = malloc(len);
	if (!copy)
		return;
	memcpy(copy, yaml, len);
	for (unsigned i = 0; i < BROKEN_MAX; i++)
		if (!take_out(copy, len, line) || is_blank(copy, len) ||
		    parse_once(p, copy, len, &line) || line == SIZE_MAX)
			break;
	free(copy);
}

static int end_parsing(struct parsing *p, struct config *c)
{
	int err = config_report_end(p->report);
	if (err)
		config_wipe(&p->parsed);
	else
		config_move(c, &p->parsed);
	config_expand_wipe(&p->expand);
	return err;
}

static struct parsing *begin_parsing(const struct config_check_root *root,
				     struct config_environment *environment,
				     struct config_report *report,
				     struct config_report *warnings)
{
	struct parsing *p = malloc(sizeof(*p));
	if (!p) {
		config_report_add(report, 0, "no memory");
		return NULL;
	}
	config_default(&p->parsed);
	p->root = root;
	p->reads_agents = false;
	p->report = report;
	p->expand.count = 0;
	p->expand.environment = environment;
	p->expand.file = report->file;
	p->expand.within = root->path;
	p->expand.report = report;
	p->expand.warnings = warnings;
	return p;
}

void config_parse_agent(struct config_agent *a, const struct config *c,
			const char *yaml, size_t len,
			struct config_environment *environment,
			struct config_report *report,
			struct config_report *warnings)
{
	struct parsing *p = begin_parsing(&config_check_agent, environment,
					  report, warnings);
	if (!p)
		return;
	report->within = "agent";
	p->parsed.transfer = c->transfer;
	p->parsed.store = c->store;
	p->parsed.agent.persona.name[0] = '\0';
	if (is_blank(yaml, len))
		config_report_add(
			report, 0,
			"is empty; {} is an agent with every default");
	else
		parse(p, yaml, len);
	*a = p->parsed.agent;
	config_wipe(&p->parsed);
	config_expand_wipe(&p->expand);
	free(p);
	report->within = NULL;
}

int config_parse_report(struct config *c, const char *yaml, size_t len,
			struct config_environment *environment,
			bool reads_agents, struct config_report *report,
			struct config_report *warnings)
{
	struct parsing *p = begin_parsing(&config_check_whole, environment,
					  report, warnings);
	if (!p)
		return -ENOMEM;
	p->reads_agents = reads_agents;
	if (is_blank(yaml, len))
		config_report_add(report, 0,
				  "is empty; for the defaults start without "
				  "a file");
	else
		parse(p, yaml, len);
	int err = end_parsing(p, c);
	free(p);
	return err;
}

int config_parse(struct config *c, const char *yaml, size_t len,
		 const char *name, char *errors, size_t cap)
{
	struct config_report report;
	config_report_begin(&report, name, errors, cap);
	return config_parse_report(c, yaml, len, NULL, false, &report, NULL);
}
