/* A whole JSON object from a peer, as jansson's tree. */
#ifndef PROTOCOLS_JSON_LOAD_H
#define PROTOCOLS_JSON_LOAD_H

#include <jansson.h>
#include <stddef.h>

/* json_load_strict: len bytes; neither changed nor kept. Nesting is bounded by
 * JSON_SCAN_DEPTH_MAX before jansson, which recurses, sees the text; a member
 * that comes twice is refused.
 * Returns an object for json_decref, or NULL. */
json_t *json_load_strict(char *text, size_t len);

#endif
