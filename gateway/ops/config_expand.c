#include "gateway/ops/config_expand.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config_report.h"
#include "gateway/ops/config_rule.h"

#define PATH_LEN  128
#define SHOWN_LEN 60 /* of a value as written */
#define WORD      "@secret:"

struct pass {
	struct config_expand *x;
	yaml_document_t *document;
	int *parent; /* of a node; 0: none known */
	char directory[CONFIG_REFERENCE_NAME];
};

/* -- where a node stands ------------------------------------------------- */

static yaml_node_t *get(const struct pass *p, int id)
{
	return yaml_document_get_node(p->document, id);
}

static const char *key_of(const struct pass *p, const yaml_node_t *mapping,
			  int value)
{
	const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
	for (; pair < mapping->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = get(p, pair->key);
		if (pair->value == value && key->type == YAML_SCALAR_NODE)
			return (const char *)key->data.scalar.value;
	}
	return "";
}

/* "agent.voice"; an entry of a list has the list's path. Built from its end.
 * A parent is an earlier node, so this comes to an end. */
static const char *path_of(const struct pass *p, int id, char out[PATH_LEN])
{
	size_t at = PATH_LEN - 1;
	out[at] = '\0';
	for (int parent; (parent = p->parent[id]); id = parent) {
		if (get(p, parent)->type != YAML_MAPPING_NODE)
			continue;
		const char *key = key_of(p, get(p, parent), id);
		size_t len = strlen(key);
		if (len + 1 > at)
			break;
		if (out[at])
			out[--at] = '.';
		at -= len;
		memcpy(out + at, key, len);
	}
	size_t len = strlen(p->x->within);
	if (len && len + 1 <= at) {
		out[--at] = '.';
		memcpy(out + (at -= len), p->x->within, len);
	}
	return out + at;
}

/* -- one value ----------------------------------------------------------- */

static void complain(struct pass *p, int id, const char *path, const char *why)
{
	config_report_add(p->x->report, get(p, id)->start_mark.line + 1,
			  "%s %s", path, why);
}

static void check_public(struct pass *p, int id, const char *path,
			 const struct config_reference_result *result)
{
	if (result->is_public && p->x->warnings)
		config_report_add(
			p->x->warnings, get(p, id)->start_mark.line + 1,
			"%s comes from a file that everybody on this machine "
			"may read (%.*s); take that away: chmod o-r",
			path, SHOWN_LEN,
			(const char *)get(p, id)->data.scalar.value);
}

static int take_secret(struct pass *p, int id, const char *path,
		       const char *text,
		       const struct config_reference_result *r)
{
	struct config_expanded *e = &p->x->of[p->x->count];
	int err = r->is_whole ? secret_set(&e->secret, text, strlen(text)) : 0;
	if (err == -ENODATA)
		complain(p, id, path, "is to come from a place that is empty");
	else if (err == -E2BIG)
		complain(p, id, path, "is longer than any key is");
	else if (err)
		complain(p, id, path,
			 "has a space or another character in it that no key "
			 "has");
	check_public(p, id, path, r);
	return err;
}

/* A node of its own for what was fetched. Returns its id, or 0. */
static int add_node(struct pass *p, int id, const char *text)
{
	yaml_mark_t begin = get(p, id)->start_mark, end = get(p, id)->end_mark;
	int added = yaml_document_add_scalar(p->document, NULL,
					     (const yaml_char_t *)text, -1,
					     YAML_DOUBLE_QUOTED_SCALAR_STYLE);
	if (!added)
		return 0;
	get(p, added)->start_mark = begin;
	get(p, added)->end_mark = end;
	return added;
}

static int put(struct pass *p, int id, const char *path, const char *text)
{
	int added = add_node(p, id, text);
	if (!added) {
		complain(p, id, path, "is to come from what is no UTF-8 text");
		p->x->of[p->x->count].has_failed = true;
		added = add_node(p, id, "");
	}
	if (!added)
		return id; /* no memory even for that */
	p->x->of[p->x->count++].written = id;
	return added;
}

static int expand(struct pass *p, int id)
{
	char buffer[PATH_LEN], word[32];
	const char *path = path_of(p, id, buffer);
	const struct config_rule *rule = config_rule_find(path);
	struct config_reference_place place = { p->x->environment, p->directory,
						rule && rule->is_secret };
	struct config_reference_result result;
	struct config_expanded *e = &p->x->of[p->x->count];
	char *text = NULL;
	int err = config_reference_expand(
		&text, (const char *)get(p, id)->data.scalar.value, &place,
		&result);
	if (err)
		complain(p, id, path,
			 err == -ENOMEM ? "finds no memory" : result.why);
	else if (place.is_secret)
		err = take_secret(p, id, path, text, &result);
	e->is_whole = result.is_whole;
	e->has_failed = err != 0;
	snprintf(word, sizeof(word), WORD "%u", p->x->count);
	int added = put(p, id, path, err ? "" : place.is_secret ? word : text);
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
	return added;
}

static int expanded(struct pass *p, int id)
{
	const yaml_node_t *node = get(p, id);
	if (node->type != YAML_SCALAR_NODE ||
	    !config_reference_is_in((const char *)node->data.scalar.value))
		return id;
	if (p->x->count < CONFIG_EXPAND_MAX)
		return expand(p, id);
	config_report_add(p->x->report, node->start_mark.line + 1,
			  "a file has at most %d ${…} in it",
			  CONFIG_EXPAND_MAX);
	return id;
}

/* -- all of them --------------------------------------------------------- */

/* Of an alias the first holder counts; the check refuses it anyway. */
static void adopt(struct pass *p, int parent, int child)
{
	if (!p->parent[child] && child > parent)
		p->parent[child] = parent;
}

static void visit_mapping(struct pass *p, int id)
{
	yaml_node_pair_t *pair = get(p, id)->data.mapping.pairs.start;
	yaml_node_pair_t *top = get(p, id)->data.mapping.pairs.top;
	for (; pair < top; pair++) {
		adopt(p, id, pair->value);
		pair->value = expanded(p, pair->value);
	}
}

static void visit_list(struct pass *p, int id)
{
	yaml_node_item_t *item = get(p, id)->data.sequence.items.start;
	yaml_node_item_t *top = get(p, id)->data.sequence.items.top;
	for (; item < top; item++) {
		adopt(p, id, *item);
		*item = expanded(p, *item);
	}
}

/* A holder comes before what it holds. */
static void visit_all(struct pass *p)
{
	for (int id = 1; id <= (int)p->x->first; id++) {
		if (get(p, id)->type == YAML_MAPPING_NODE)
			visit_mapping(p, id);
		else if (get(p, id)->type == YAML_SEQUENCE_NODE)
			visit_list(p, id);
	}
}

void config_expand(struct config_expand *x, yaml_document_t *document)
{
	struct pass p = { .x = x, .document = document };
	const char *slash = strrchr(x->file, '/');
	size_t len = slash ? (size_t)(slash - x->file) + 1 : 0;
	x->first = (size_t)(document->nodes.top - document->nodes.start);
	x->count = 0;
	p.parent = calloc(x->first + 1, sizeof(*p.parent));
	if (!p.parent || len >= sizeof(p.directory)) {
		config_report_add(x->report, 0, "%s",
				  p.parent ? "its path is too long"
					   : "no memory");
	} else {
		memcpy(p.directory, x->file, len);
		visit_all(&p);
	}
	free(p.parent);
}

const struct config_expanded *config_expand_find(const struct config_expand *x,
						 yaml_document_t *document,
						 const yaml_node_t *node)
{
	size_t i = (size_t)(node - document->nodes.start);
	return i < x->first || i - x->first >= x->count ? NULL
							: &x->of[i - x->first];
}

void config_expand_secret(const struct config_expand *x, struct secret *s)
{
	if (strncmp(s->hidden, WORD, sizeof(WORD) - 1) != 0)
		return;
	unsigned long i = strtoul(s->hidden + sizeof(WORD) - 1, NULL, 10);
	if (i < x->count)
		*s = x->of[i].secret;
}

void config_expand_wipe(struct config_expand *x)
{
	explicit_bzero(x->of, sizeof(x->of));
	x->count = 0;
}
