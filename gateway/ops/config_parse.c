#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_check.h"
#include "gateway/ops/config_report.h"
#include "gateway/ops/config_schema.h"
#include "gateway/ops/config_together.h"

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

/* config_check has passed the document, so a failure here is lack of memory or
 * a disagreement between two readers of YAML: say it as libcyaml does. */
static void load_into(struct config *c, const struct config_check *check,
		      struct config_report *report, const char *yaml,
		      size_t len)
{
	const cyaml_config_t how = {
		.log_fn = on_cyaml_log,
		.log_ctx = report,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_NO_ALIAS,
	};
	struct config *loaded = NULL;
	cyaml_err_t err = cyaml_load_data((const uint8_t *)yaml, len, &how,
					  &config_schema_root,
					  (cyaml_data_t **)&loaded, NULL);
	if (err && !report->mistakes)
		config_report_add(report, 0, "cannot be loaded: %s",
				  cyaml_strerror(err));
	for (size_t i = 0; !err && loaded && i < check->set_count; i++)
		memcpy((char *)c + check->set[i].offset,
		       (const char *)loaded + check->set[i].offset,
		       check->set[i].size);
	cyaml_free(&how, &config_schema_root, loaded, 0);
}

/* -- the whole file ------------------------------------------------------ */

static void drop_last_slash(char *url)
{
	size_t len = strlen(url);
	while (len > 0 && url[len - 1] == '/')
		url[--len] = '\0';
}

static void take_document(struct config *c, yaml_document_t *document,
			  struct config_report *report, const char *yaml,
			  size_t len)
{
	yaml_node_t *root = yaml_document_get_root_node(document);
	struct config_check check;
	if (!root)
		return; /* comments only: every default */
	if (root->type != YAML_MAPPING_NODE) {
		config_report_add(report, root->start_mark.line + 1,
				  "must be keys with values, like \"listen: "
				  "127.0.0.1:8080\"");
		return;
	}
	config_check(&check, report, document, root);
	if (!report->mistakes)
		load_into(c, &check, report, yaml, len);
	if (!report->mistakes)
		config_together_check(c, document, report);
	drop_last_slash(c->public_url);
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

static void parse(struct config *c, struct config_report *report,
		  const char *yaml, size_t len)
{
	yaml_parser_t parser;
	yaml_document_t document;
	if (!yaml_parser_initialize(&parser)) {
		config_report_add(report, 0, "no memory");
		return;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, len);
	if (yaml_parser_load(&parser, &document)) {
		if (yaml_document_get_root_node(&document))
			check_end(&parser, report, yaml, len);
		take_document(c, &document, report, yaml, len);
		yaml_document_delete(&document);
	} else {
		report_syntax(report, &parser, yaml, len);
	}
	yaml_parser_delete(&parser);
}

int config_parse(struct config *c, const char *yaml, size_t len,
		 const char *name, char *errors, size_t cap)
{
	struct config_report report;
	struct config *parsed = malloc(sizeof(*parsed));
	config_report_begin(&report, name, errors, cap);
	if (!parsed) {
		config_report_add(&report, 0, "no memory");
		return -ENOMEM;
	}
	config_default(parsed);
	if (is_blank(yaml, len))
		config_report_add(&report, 0,
				  "is empty; for the defaults start without "
				  "a file");
	else
		parse(parsed, &report, yaml, len);
	int err = config_report_end(&report);
	if (!err)
		*c = *parsed;
	free(parsed);
	return err;
}
