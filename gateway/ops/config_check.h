/* Compare a parsed YAML document with the schema and report every mistake in
 * it, with its line. What this passes, libcyaml can load. */
#ifndef GATEWAY_OPS_CONFIG_CHECK_H
#define GATEWAY_OPS_CONFIG_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

struct config_expand;
struct config_report;
struct cyaml_schema_value;

#define CONFIG_CHECK_LEAVES 256 /* more than there are keys */
#define CONFIG_CHECK_PATH   128

/* Which parts of struct config the document sets: byte ranges. */
struct config_check {
	struct {
		uint32_t offset, size;
	} set[CONFIG_CHECK_LEAVES];
	size_t set_count;

	/* Keys with a mistake in them, which are no longer in the document: the
	 * rest of it can be loaded. */
	struct config_check_bad {
		yaml_node_t *holder;
		yaml_node_pair_t *pair;
		char path[CONFIG_CHECK_PATH]; /* "" an unknown one's */
	} bad[CONFIG_CHECK_LEAVES];
	size_t bad_count;
	bool has_overflown; /* there were more: some are still in it */
};

/* What the root of a document is. */
struct config_check_root {
	const struct cyaml_schema_value *schema; /* a mapping */
	const char *path;                        /* "", or "agent" */
	uint32_t offset;                         /* in struct config */
};
extern const struct config_check_root config_check_whole; /* tandem.yaml */
extern const struct config_check_root config_check_agent; /* an agent file */

/* config_check: mistakes are added to report. expand is what was done to the
 * document, whose root is a mapping node. */
void config_check(struct config_check *check, struct config_report *report,
		  const struct config_expand *expand, yaml_document_t *document,
		  const struct config_check_root *root);

/* config_check_is_about_bad: does a sentence name a key that has a mistake in
 * it, so that it is perhaps only a consequence? */
bool config_check_is_about_bad(const struct config_check *check,
			       const char *sentence);

#endif
