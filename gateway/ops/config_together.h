/* What several values of a configuration must be together. */
#ifndef GATEWAY_OPS_CONFIG_TOGETHER_H
#define GATEWAY_OPS_CONFIG_TOGETHER_H

#include <yaml.h>

struct config;
struct config_check;
struct config_report;

/* config_together_check: mistakes are added to report, on the line of document
 * to which c was set from. Each value by itself is good; keys that were not are
 * in check, and what a sentence says of one of them is not reported: it would
 * go away with the mistake. */
void config_together_check(const struct config *c,
			   const struct config_check *check,
			   yaml_document_t *document,
			   struct config_report *report);

#endif
