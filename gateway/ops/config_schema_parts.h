/* What the tables of config_schema.c and config_schema_agent.c share, for these
 * two alone. */
#ifndef GATEWAY_OPS_CONFIG_SCHEMA_PARTS_H
#define GATEWAY_OPS_CONFIG_SCHEMA_PARTS_H

#include "gateway/ops/config_schema.h"

#define FLAGS  CYAML_FLAG_OPTIONAL
#define NEEDED CYAML_FLAG_DEFAULT /* in each entry of a list */

/* One of a few words. */
#define FIELD_WORD(key, type, member, names)                                  \
	CYAML_FIELD_ENUM(key, FLAGS | CYAML_FLAG_STRICT, type, member, names, \
			 CYAML_ARRAY_LEN(names))

/* A list in an array that begins at member, counted in count. */
#define FIELD_LIST(key, type, member, count, entry, max)                      \
	CYAML_FIELD_SEQUENCE_COUNT(key, FLAGS, type, member, count, &(entry), \
				   0, max)

/* Entries of lists: a word, a file's name, a key of a menu. */
extern const cyaml_schema_value_t config_schema_word;
extern const cyaml_schema_value_t config_schema_path;
extern const cyaml_schema_value_t config_schema_key;
extern const cyaml_schema_field_t config_schema_variable_keys[];

extern const cyaml_schema_field_t config_schema_agent_keys[];
extern const cyaml_schema_field_t config_schema_fallback_keys[];

#endif
