/* Where something stands in a YAML document. */
#ifndef GATEWAY_OPS_CONFIG_FIND_H
#define GATEWAY_OPS_CONFIG_FIND_H

#include <stddef.h>
#include <yaml.h>

/* config_find_pair: a key of len bytes, and its value; NULL when node is no
 * mapping or has no such key. Both belong to the document. */
const yaml_node_pair_t *config_find_pair(yaml_document_t *document,
					 const yaml_node_t *node,
					 const char *key, size_t len);

/* config_find_line: the line, from 1, on which a key such as "failure.then" or
 * an entry such as "audiocodes.bots.1" (from 0) stands; 0 when the document
 * does not set it. */
size_t config_find_line(yaml_document_t *document, const char *path);

#endif
