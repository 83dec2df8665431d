/* JSON Schema, as far as the arguments of a function need it: is the schema one
 * that can be kept to, and does a value fit it?
 *
 * Keywords that constrain (JSON Schema 2020-12, the tools' dialect):
 *
 *   type                  a name or a list of them; 3.0 is an integer, too
 *   enum, const           compared as JSON
 *   anyOf                 one of them is enough
 *   properties, required, additionalProperties (true, false or a schema)
 *   items, minItems, maxItems
 *   minLength, maxLength  in characters (code points)
 *   pattern               a POSIX extended regular expression, found anywhere
 *                         in the text, byte by byte; no \d, \w, \1, (?…) and
 *                         no repetition above JSON_SCHEMA_REPEAT_MAX
 *   minimum, maximum, exclusiveMinimum, exclusiveMaximum
 *
 * Ignored, for they only describe: title, description, default, examples,
 * format, deprecated, readOnly, writeOnly, $schema, $id, $comment. Anything
 * else ($ref, oneOf, not …) is a mistake, for it would be no constraint in
 * silence. */
#ifndef GATEWAY_AGENTS_JSON_SCHEMA_H
#define GATEWAY_AGENTS_JSON_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Limits: a schema beyond one of them is a mistake, a value one that does not
 * fit. */
#define JSON_SCHEMA_DEPTH_MAX   16  /* schemas in schemas */
#define JSON_SCHEMA_NODES_MAX   512 /* of them in all */
#define JSON_SCHEMA_LIST_MAX    256 /* entries of enum, required, anyOf, type */
#define JSON_SCHEMA_PATTERN_MAX 256 /* bytes of a pattern */
#define JSON_SCHEMA_REPEAT_MAX  255 /* in {n,m} */
#define JSON_SCHEMA_SUBJECT_MAX 4096 /* bytes a pattern is tried on */

/* json_schema_check: can the schema be kept to?
 *
 * why  on false: where and what is wrong, in words: "properties.id.pattern must
 *      be …"; cap at least 256 */
bool json_schema_check(const json_t *schema, char *why, size_t cap);

/* json_schema_accepts: does value fit a schema that was found good?
 *
 * why  on false: one sentence for who made the value, without a full stop:
 *      "order.id must be at least 1"; cap at least 256. UTF-8, as both are */
bool json_schema_accepts(const json_t *schema, const json_t *value, char *why,
			 size_t cap);

#endif
