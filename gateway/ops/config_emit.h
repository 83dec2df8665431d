/* A YAML document as text again. */
#ifndef GATEWAY_OPS_CONFIG_EMIT_H
#define GATEWAY_OPS_CONFIG_EMIT_H

#include <stddef.h>
#include <yaml.h>

/* config_emit: what another reader takes for the same document. It has passed
 * the check: no aliases in it, and no deeper than the schema.
 *
 * out  on 0 *len bytes, for free()
 * Returns 0 or -ENOMEM. */
int config_emit(char **out, size_t *len, yaml_document_t *document);

#endif
