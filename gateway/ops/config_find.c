#include "gateway/ops/config_find.h"

#include <stdlib.h>
#include <string.h>

const yaml_node_pair_t *config_find_pair(yaml_document_t *document,
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
		    memcmp(k->data.scalar.value, key, len) == 0)
			return pair;
	}
	return NULL;
}

static yaml_node_t *find_entry(yaml_document_t *document,
			       const yaml_node_t *list, const char *number)
{
	const yaml_node_item_t *start = list->data.sequence.items.start;
	long i = strtol(number, NULL, 10);
	if (i < 0 || i >= list->data.sequence.items.top - start)
		return NULL;
	return yaml_document_get_node(document, start[i]);
}

size_t config_find_line(yaml_document_t *document, const char *path)
{
	const yaml_node_t *node = yaml_document_get_root_node(document);
	const yaml_node_t *place = NULL;
	while (node && *path) {
		size_t len = strcspn(path, ".");
		const yaml_node_pair_t *pair =
			config_find_pair(document, node, path, len);
		if (pair) {
			place = yaml_document_get_node(document, pair->key);
			node = yaml_document_get_node(document, pair->value);
		} else if (node->type == YAML_SEQUENCE_NODE) {
			place = node = find_entry(document, node, path);
		} else {
			return 0;
		}
		path += len + (path[len] == '.');
	}
	return place ? place->start_mark.line + 1 : 0;
}
