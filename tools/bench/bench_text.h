/* Members found in JSON text without reading all of it: for messages of which
 * thousands a second come and two things are wanted. The first member of that
 * name wins, however deep; what a peer may put into its strings does not matter
 * where peers are the server under test. */
#ifndef TOOLS_BENCH_BENCH_TEXT_H
#define TOOLS_BENCH_BENCH_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* bench_text_find: the string value of "name" (name without its quotes), as it
 * stands. Returns NULL when there is none. */
const char *bench_text_find(const char *text, size_t len, const char *name,
			    size_t *value_len);

/* bench_text_is: whether the value of "name" is exactly this. */
bool bench_text_is(const char *text, size_t len, const char *name,
		   const char *value);

/* bench_text_has: whether the bytes occur at all. */
bool bench_text_has(const char *text, size_t len, const char *needle);

/* bench_text_decoded: the bytes that len characters of base64 stand for. */
size_t bench_text_decoded(const char *base64, size_t len);

#endif
