/* What to tell someone who wrote a key that does not exist. */
#ifndef GATEWAY_OPS_CONFIG_HINT_H
#define GATEWAY_OPS_CONFIG_HINT_H

#include <stddef.h>

struct cyaml_schema_field;

/* config_hint: the likeliest of, in order: the key exists elsewhere; it is a
 * near miss of one here; it is a secret; else the keys there are.
 *
 * key     as written
 * path    the group it stands in, "agent.turns"; "" at the top
 * fields  the keys that may stand there
 * out     "did you mean "voice"?" */
void config_hint(char *out, size_t cap, const char *key, const char *path,
		 const struct cyaml_schema_field *fields);

#endif
