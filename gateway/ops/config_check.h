/* Compare a parsed YAML document with the schema and report every mistake in
 * it, with its line. What this passes, libcyaml can load. */
#ifndef GATEWAY_OPS_CONFIG_CHECK_H
#define GATEWAY_OPS_CONFIG_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

struct config_report;

#define CONFIG_CHECK_LEAVES 128 /* more than there are keys */

/* Which parts of struct config the document sets: byte ranges. */
struct config_check {
	struct {
		uint32_t offset, size;
	} set[CONFIG_CHECK_LEAVES];
	size_t set_count;
};

/* config_check: mistakes are added to report. root is a mapping node. */
void config_check(struct config_check *check, struct config_report *report,
		  yaml_document_t *document, yaml_node_t *root);

#endif
