#include "gateway/ops/config_check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config_expand.h"
#include "gateway/ops/config_find.h"
#include "gateway/ops/config_hint.h"
#include "gateway/ops/config_report.h"
#include "gateway/ops/config_schema.h"
#include "gateway/ops/config_value.h"

#define PATH_MAX_LEN CONFIG_CHECK_PATH
#define HINT_MAX     400

struct walk {
	struct config_check *check;
	struct config_report *report;
	const struct config_expand *expand;
	yaml_document_t *document;
	unsigned failed; /* values that were not there to be looked at */
};

/* One value on its way through the schema. */
struct place {
	const char *path; /* "agent.turns.type" */
	uint32_t offset;  /* in struct config */
	const struct cyaml_schema_value *schema;
	yaml_node_t *node;
	bool in_list; /* in an entry: it has no offset of its own */
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

/* What stands before the node that holds it, or not after its neighbour, was
 * written elsewhere: an alias. libcyaml is told to refuse them; there is
 * nothing to repeat in this file. */
static bool is_alias(const yaml_node_t *holder, const yaml_node_t *node)
{
	return node->start_mark.index < holder->start_mark.index;
}

static bool is_repeated(const yaml_node_t *neighbour, const yaml_node_t *node)
{
	return neighbour && !is_alias(node, neighbour);
}

static void report_alias(struct walk *w, const char *path, size_t line)
{
	config_report_add(w->report, line,
			  "%s has an alias (*name) in it; write the value out",
			  path);
}

static void check_mapping(struct walk *w, const struct place *p);

static void check_scalar(struct walk *w, const char *path,
			 const struct cyaml_schema_value *schema,
			 const yaml_node_t *node)
{
	const struct config_expanded *e =
		config_expand_find(w->expand, w->document, node);
	struct config_value value = { path, schema, node, node, false };
	if (e && e->has_failed) {
		w->failed++;
		return;
	}
	if (e) {
		value.is_whole = e->is_whole;
		value.written = yaml_document_get_node(w->document, e->written);
	}
	config_value_check(w->report, &value);
}

static void check_entry(struct walk *w, const struct place *list,
			const struct cyaml_schema_value *schema,
			yaml_node_t *node, const yaml_node_t *before)
{
	struct place p = { list->path, 0, schema, node, true };
	bool has_keys = schema->type == CYAML_MAPPING;
	if (is_alias(list->node, node) || is_repeated(before, node))
		report_alias(w, list->path, line_of(list->node));
	else if (node->type !=
		 (has_keys ? YAML_MAPPING_NODE : YAML_SCALAR_NODE))
		config_report_add(w->report, line_of(node),
				  "an entry of %s must be %s", list->path,
				  has_keys ? "a group of keys" : "text");
	else if (has_keys)
		check_mapping(w, &p);
	else
		check_scalar(w, list->path, schema, node);
}

/* A list of entries, or of words that are bits of one number. */
static void check_list(struct walk *w, const struct place *p)
{
	yaml_node_item_t *item = p->node->data.sequence.items.start;
	yaml_node_item_t *top = p->node->data.sequence.items.top;
	const struct cyaml_schema_value *entry = p->schema;
	if (p->schema->type == CYAML_SEQUENCE) {
		entry = p->schema->sequence.entry;
		if (top - item > p->schema->sequence.max)
			config_report_add(w->report, line_of(p->node),
					  "%s has %td entries, at most %u fit",
					  p->path, top - item,
					  p->schema->sequence.max);
		if (top - item < p->schema->sequence.min)
			config_report_add(w->report, line_of(p->node),
					  "%s must not be empty", p->path);
	}
	yaml_node_t *node, *before = NULL;
	for (; item < top; item++, before = node) {
		node = yaml_document_get_node(w->document, *item);
		check_entry(w, p, entry, node, before);
	}
}

static void report_nothing(struct walk *w, const struct place *p)
{
	const char *help = "; remove the key for its default";
	if (p->schema->type == CYAML_MAPPING)
		help = "; remove it, or indent its keys below it";
	else if (!(p->schema->flags & CYAML_FLAG_OPTIONAL))
		help = "";
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
	else if (p->schema->type == CYAML_SEQUENCE ||
		 p->schema->type == CYAML_FLAGS)
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
		check_scalar(w, p->path, p->schema, p->node);
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
	config_hint(hint, sizeof(hint), text_of(key), p->path,
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
	if (parent->in_list || field->value.type == CYAML_MAPPING)
		return; /* the whole list is set; keys set themselves */
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
		.in_list = parent->in_list,
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

static unsigned mistakes(const struct walk *w)
{
	return w->report->mistakes + w->failed;
}

/* Did the check go into the group behind this key, and mark there what is bad?
 * Not into an alias, nor behind a key that was one or comes again. */
static bool was_entered(struct walk *w, const struct place *p,
			const struct cyaml_schema_field *field,
			const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = yaml_document_get_node(w->document, pair->key);
	const yaml_node_t *value =
		yaml_document_get_node(w->document, pair->value);
	return field && field->value.type == CYAML_MAPPING &&
	       value->type == YAML_MAPPING_NODE && !is_alias(p->node, key) &&
	       !is_alias(key, value) && !find_earlier(w, p->node, pair);
}

/* Inside a list the whole list is bad; inside a group only what is wrong. */
static void mark_bad(struct walk *w, const struct place *p,
		     yaml_node_pair_t *pair)
{
	struct config_check *c = w->check;
	const yaml_node_t *key = yaml_document_get_node(w->document, pair->key);
	const struct cyaml_schema_field *field =
		key->type == YAML_SCALAR_NODE
			? find_field(p->schema->mapping.fields, key)
			: NULL;
	if (p->in_list || was_entered(w, p, field, pair))
		return;
	if (c->bad_count == CONFIG_CHECK_LEAVES) {
		c->has_overflown = true;
		return;
	}
	struct config_check_bad *b = &c->bad[c->bad_count++];
	*b = (struct config_check_bad){ .holder = p->node, .pair = pair };
	if (field)
		snprintf(b->path, sizeof(b->path), "%s%s%s", p->path,
			 *p->path ? "." : "", field->key);
}

/* From the last to the first, so that none moves before its turn. */
static void remove_bad(struct config_check *c)
{
	for (size_t i = c->bad_count; i-- > 0;) {
		yaml_node_pair_t *pair = c->bad[i].pair;
		yaml_node_pair_t **top =
			&c->bad[i].holder->data.mapping.pairs.top;
		memmove(pair, pair + 1,
			(size_t)(*top - pair - 1) * sizeof(*pair));
		--*top;
	}
}

/* Not as a part of another key: "listen" is not in "admin.listen". */
static bool names_key(const char *sentence, const char *path)
{
	static const char in_key[] = "abcdefghijklmnopqrstuvwxyz_.";
	size_t len = strlen(path);
	for (const char *at = sentence; (at = strstr(at, path)); at += len)
		if ((at == sentence || !strchr(in_key, at[-1])) &&
		    (!at[len] || !strchr(in_key, at[len])))
			return true;
	return false;
}

bool config_check_is_about_bad(const struct config_check *check,
			       const char *sentence)
{
	for (size_t i = 0; i < check->bad_count; i++)
		if (*check->bad[i].path &&
		    names_key(sentence, check->bad[i].path))
			return true;
	return false;
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
	if (is_alias(p->node, key))
		report_alias(w, *p->path ? p->path : "a key", line_of(p->node));
	else if (field)
		check_known(w, p, field, pair);
	else
		report_unknown(w, p, key);
}

static void check_needed(struct walk *w, const struct place *p)
{
	const struct cyaml_schema_field *field = p->schema->mapping.fields;
	for (; field->key; field++)
		if (!(field->value.flags & CYAML_FLAG_OPTIONAL) &&
		    !config_find_pair(w->document, p->node, field->key,
				      strlen(field->key)))
			config_report_add(w->report, line_of(p->node),
					  "an entry of %s has no \"%s\"",
					  p->path, field->key);
}

static void check_mapping(struct walk *w, const struct place *p)
{
	yaml_node_pair_t *pair = p->node->data.mapping.pairs.start;
	for (; pair < p->node->data.mapping.pairs.top; pair++) {
		unsigned before = mistakes(w);
		check_pair(w, p, pair);
		if (mistakes(w) != before)
			mark_bad(w, p, pair);
	}
	check_needed(w, p);
}

const struct config_check_root config_check_whole = { &config_schema_root, "",
						      0 };
const struct config_check_root config_check_agent = {
	&config_schema_agent, "agent", offsetof(struct config, agent)
};

void config_check(struct config_check *check, struct config_report *report,
		  const struct config_expand *expand, yaml_document_t *document,
		  const struct config_check_root *root)
{
	struct walk w = { check, report, expand, document, 0 };
	struct place p = { root->path, root->offset, root->schema,
			   yaml_document_get_root_node(document), false };
	check->set_count = 0;
	check->bad_count = 0;
	check->has_overflown = false;
	check_mapping(&w, &p);
	remove_bad(check);
}
