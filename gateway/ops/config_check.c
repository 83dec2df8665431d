#include "gateway/ops/config_check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config_hint.h"
#include "gateway/ops/config_report.h"
#include "gateway/ops/config_schema.h"
#include "gateway/ops/config_value.h"

#define PATH_MAX_LEN 128
#define HINT_MAX     320

struct walk {
	struct config_check *check;
	struct config_report *report;
	yaml_document_t *document;
};

/* One value on its way through the schema. */
struct place {
	const char *path; /* "agent.turns.type" */
	uint32_t offset;  /* in struct config */
	const struct cyaml_schema_value *schema;
	yaml_node_t *node;
};

static size_t line_of(const yaml_node_t *node)
{
	return node->start_mark.line + 1;
}

static const char *text_of(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

static void mark_set(struct walk *w, uint32_t offset, uint32_t size)
{
	struct config_check *c = w->check;
	if (c->set_count == CONFIG_CHECK_LEAVES)
		abort(); /* the schema has outgrown the constant */
	c->set[c->set_count].offset = offset;
	c->set[c->set_count++].size = size;
}

/* YAML's ways to write nothing, when no quotes are around it. */
static bool is_nothing(const yaml_node_t *node)
{
	static const char *const nothing[] = { "", "~", "null", "Null",
					       "NULL" };
	if (node->type != YAML_SCALAR_NODE ||
	    node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < CYAML_ARRAY_LEN(nothing); i++)
		if (strcmp(text_of(node), nothing[i]) == 0)
			return true;
	return false;
}

/* -- lists and mappings -------------------------------------------------- */

/* What stands before the node that holds it was written elsewhere: an alias.
 * libcyaml is told to refuse them; there is nothing to repeat in this file. */
static bool is_alias(const yaml_node_t *holder, const yaml_node_t *node)
{
	return node->start_mark.index < holder->start_mark.index;
}

static void report_alias(struct walk *w, const char *path, size_t line)
{
	config_report_add(w->report, line,
			  "%s has an alias (*name) in it; write the value out",
			  path);
}

static void check_list(struct walk *w, const struct place *p)
{
	yaml_node_item_t *item = p->node->data.sequence.items.start;
	yaml_node_item_t *top = p->node->data.sequence.items.top;
	if (top - item > p->schema->sequence.max)
		config_report_add(w->report, line_of(p->node),
				  "%s has %td entries, at most %u fit", p->path,
				  top - item, p->schema->sequence.max);
	for (; item < top; item++) {
		struct config_value entry = {
			.path = p->path,
			.schema = p->schema->sequence.entry,
			.node = yaml_document_get_node(w->document, *item),
		};
		if (is_alias(p->node, entry.node))
			report_alias(w, p->path, line_of(p->node));
		else if (entry.node->type == YAML_SCALAR_NODE)
			config_value_check(w->report, &entry);
		else
			config_report_add(w->report, line_of(entry.node),
					  "an entry of %s must be text",
					  p->path);
	}
}

static void check_mapping(struct walk *w, const struct place *p);

static void report_nothing(struct walk *w, const struct place *p)
{
	const char *help = "; remove the key for its default";
	if (p->schema->type == CYAML_MAPPING)
		help = "; remove it, or indent its keys below it";
	else if (strcmp(p->path, "digits.terminator") == 0)
		help = "; # begins a comment unless quoted: \"#\"";
	else if (p->schema->type == CYAML_STRING && !p->schema->string.min)
		help = "; write \"\" for none, or remove the key for its "
		       "default";
	config_report_add(w->report, line_of(p->node), "%s has no value%s",
			  p->path, help);
}

static void check_value(struct walk *w, const struct place *p)
{
	static const char *const found[] = {
		[YAML_SCALAR_NODE] = "a single value",
		[YAML_SEQUENCE_NODE] = "a list",
		[YAML_MAPPING_NODE] = "a group of keys",
	};
	yaml_node_type_t wanted = YAML_SCALAR_NODE;
	if (p->schema->type == CYAML_MAPPING)
		wanted = YAML_MAPPING_NODE;
	else if (p->schema->type == CYAML_SEQUENCE)
		wanted = YAML_SEQUENCE_NODE;
	if (is_nothing(p->node))
		report_nothing(w, p);
	else if (p->node->type != wanted)
		config_report_add(w->report, line_of(p->node),
				  "%s is %s, must be %s", p->path,
				  found[p->node->type], found[wanted]);
	else if (wanted == YAML_MAPPING_NODE)
		check_mapping(w, p);
	else if (wanted == YAML_SEQUENCE_NODE)
		check_list(w, p);
	else
		config_value_check(w->report,
				   &(struct config_value){ p->path, p->schema,
							   p->node });
}

static const struct cyaml_schema_field *find_field(
	const struct cyaml_schema_field *fields, const yaml_node_t *key)
{
	for (; fields->key; fields++)
		if (strcmp(fields->key, text_of(key)) == 0)
			return fields;
	return NULL;
}

/* The same key earlier in the same mapping, or NULL. */
static const yaml_node_t *find_earlier(struct walk *w, const yaml_node_t *node,
				       const yaml_node_pair_t *until)
{
	const yaml_node_t *key =
		yaml_document_get_node(w->document, until->key);
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	for (; pair < until; pair++) {
		const yaml_node_t *other =
			yaml_document_get_node(w->document, pair->key);
		if (other->type == YAML_SCALAR_NODE &&
		    strcmp(text_of(other), text_of(key)) == 0)
			return other;
	}
	return NULL;
}

static void report_unknown(struct walk *w, const struct place *p,
			   const yaml_node_t *key)
{
	char hint[HINT_MAX], name[CONFIG_VALUE_SHOWN];
	config_hint(hint, sizeof(hint), text_of(key),
		    p->schema->mapping.fields);
	config_report_add(w->report, line_of(key),
			  "unknown key \"%s\"%s%s (%s)",
			  config_value_show(name, key), *p->path ? " in " : "",
			  p->path, hint);
}

static void record_set(struct walk *w, const struct place *parent,
		       const struct cyaml_schema_field *field)
{
	uint32_t size = field->value.data_size;
	if (field->value.type == CYAML_MAPPING)
		return;
	if (field->value.type == CYAML_SEQUENCE) {
		size *= field->value.sequence.max;
		mark_set(w, parent->offset + field->count_offset,
			 field->count_size);
	}
	mark_set(w, parent->offset + field->data_offset, size);
}

static void check_known(struct walk *w, const struct place *parent,
			const struct cyaml_schema_field *field,
			const yaml_node_pair_t *pair)
{
	char path[PATH_MAX_LEN];
	snprintf(path, sizeof(path), "%s%s%s", parent->path,
		 *parent->path ? "." : "", field->key);
	struct place p = {
		.path = path,
		.offset = parent->offset + field->data_offset,
		.schema = &field->value,
		.node = yaml_document_get_node(w->document, pair->value),
	};
	const yaml_node_t *key = yaml_document_get_node(w->document, pair->key);
	const yaml_node_t *earlier = find_earlier(w, parent->node, pair);
	if (earlier) {
		config_report_add(w->report, line_of(key),
				  "%s is already set on line %zu", path,
				  line_of(earlier));
	} else if (is_alias(key, p.node)) {
		report_alias(w, path, line_of(key));
	} else {
		record_set(w, parent, field);
		check_value(w, &p);
	}
}

static void check_pair(struct walk *w, const struct place *p,
		       const yaml_node_pair_t *pair)
{
	yaml_node_t *key = yaml_document_get_node(w->document, pair->key);
	if (key->type != YAML_SCALAR_NODE) {
		config_report_add(w->report, line_of(key),
				  "a key must be a word");
		return;
	}
	const struct cyaml_schema_field *field =
		find_field(p->schema->mapping.fields, key);
	if (field)
		check_known(w, p, field, pair);
	else
		report_unknown(w, p, key);
}

static void check_mapping(struct walk *w, const struct place *p)
{
	yaml_node_pair_t *pair = p->node->data.mapping.pairs.start;
	for (; pair < p->node->data.mapping.pairs.top; pair++)
		check_pair(w, p, pair);
}

void config_check(struct config_check *check, struct config_report *report,
		  yaml_document_t *document, yaml_node_t *root)
{
	struct walk w = { check, report, document };
	struct place p = { "", 0, &config_schema_root, root };
	check->set_count = 0;
	check_mapping(&w, &p);
}

static const yaml_node_pair_t *find_pair(yaml_document_t *document,
					 const yaml_node_t *node,
					 const char *key, size_t len)
{
	if (node->type != YAML_MAPPING_NODE)
		return NULL;
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	for (; pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *k = yaml_document_get_node(document, pair->key);
		if (k->type == YAML_SCALAR_NODE &&
		    k->data.scalar.length == len &&
		    memcmp(text_of(k), key, len) == 0)
			return pair;
	}
	return NULL;
}

size_t config_check_line(yaml_document_t *document, const char *path)
{
	const yaml_node_t *node = yaml_document_get_root_node(document);
	size_t line = 0;
	while (node && *path) {
		size_t len = strcspn(path, ".");
		const yaml_node_pair_t *pair =
			find_pair(document, node, path, len);
		if (!pair)
			return 0;
		line = line_of(yaml_document_get_node(document, pair->key));
		node = yaml_document_get_node(document, pair->value);
		path += len + (path[len] == '.');
	}
	return line;
}
