/* References (config_reference.h) in a parsed YAML document, before it is
 * compared with the schema. */
#ifndef GATEWAY_OPS_CONFIG_EXPAND_H
#define GATEWAY_OPS_CONFIG_EXPAND_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "gateway/ops/config_reference.h"
#include "gateway/ops/secret.h"

struct config;
struct config_environment;
struct config_report;

#define CONFIG_EXPAND_MAX 256 /* references in a file; more is a mistake */

/* Values that were references. Theirs are the nodes behind the document's own;
 * a secret is no part of the document: a word stands for it there. Large. */
struct config_expand {
	struct config_environment *environment; /* or NULL */
	const char *file;                       /* the configuration's path */
	const char *within; /* what the root of the document is: "", "agent" */
	struct config_report *report;
	struct config_report *warnings; /* or NULL */
	size_t first;                   /* index of the first such node */
	unsigned count;
	struct config_expanded {
		int written; /* the node as it was written */
		bool is_whole;
		bool has_failed; /* and that was reported */
		struct secret secret;
	} of[CONFIG_EXPAND_MAX];
};

/* config_expand: environment, file, report and warnings are set; mistakes are
 * added to report. Afterwards a node pointer of before is void. */
void config_expand(struct config_expand *x, yaml_document_t *document);

/* config_expand_find: what is known of a value; NULL when it stands in the file
 * as it is. */
const struct config_expanded *config_expand_find(const struct config_expand *x,
						 yaml_document_t *document,
						 const yaml_node_t *node);

/* config_expand_secret: the secret that a word of the document stands for, in
 * its place. */
void config_expand_secret(const struct config_expand *x, struct secret *s);

/* config_expand_wipe: forget the secrets. */
void config_expand_wipe(struct config_expand *x);

#endif
