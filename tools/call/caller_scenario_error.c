#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "tools/call/caller_scenario_parts.h"

int caller_scenario_error(struct scenario_reader *r, unsigned line,
			  const char *format, ...)
{
	char text[CALLER_SCENARIO_ERROR_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (line)
		snprintf(r->error, CALLER_SCENARIO_ERROR_MAX,
			 "%.80s:%u: %.160s", r->file, line, text);
	else
		snprintf(r->error, CALLER_SCENARIO_ERROR_MAX, "%.80s: %.160s",
			 r->file, text);
	return -EINVAL;
}

void caller_scenario_error_log(cyaml_log_t level, void *context,
			       const char *format, va_list args)
{
	struct scenario_reader *r = context;
	char text[CALLER_SCENARIO_ERROR_MAX];

	if (level < CYAML_LOG_ERROR)
		return;
	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = 0;
	const char *at = strstr(text, "(line: ");
	if (at && !r->line)
		r->line = (unsigned)strtoul(at + 7, NULL, 10);
	if (!at && !r->first[0])
		memcpy(r->first, text, sizeof(text));
}

/* The list below the key "steps"; libcyaml has made sure that it is one. */
static const yaml_node_t *find_steps(yaml_document_t *document)
{
	yaml_node_t *root = yaml_document_get_root_node(document);
	yaml_node_pair_t *p = root->data.mapping.pairs.start;

	for (; p < root->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(document, p->key);

		if (strcmp((const char *)key->data.scalar.value, "steps") == 0)
			return yaml_document_get_node(document, p->value);
	}
	return NULL;
}

static unsigned line_in(yaml_document_t *document, size_t index)
{
	const yaml_node_t *steps = find_steps(document);

	if (!steps)
		return 0;
	int item = steps->data.sequence.items.start[index];
	return (unsigned)yaml_document_get_node(document, item)
		       ->start_mark.line +
	       1;
}

unsigned caller_scenario_error_line(const struct scenario_reader *r,
				    size_t index)
{
	yaml_parser_t parser;
	yaml_document_t document;
	unsigned line = 0;

	if (!yaml_parser_initialize(&parser))
		return 0;
	yaml_parser_set_input_string(&parser, (const unsigned char *)r->text,
				     r->len);
	if (yaml_parser_load(&parser, &document)) {
		line = line_in(&document, index);
		yaml_document_delete(&document);
	}
	yaml_parser_delete(&parser);
	return line;
}
