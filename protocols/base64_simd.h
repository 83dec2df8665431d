/* Inside base64: the wide ways through the bulk of the bytes, one row per kind
 * of CPU. base64.c takes the best; tests and measures take each. */
#ifndef PROTOCOLS_BASE64_SIMD_H
#define PROTOCOLS_BASE64_SIMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct base64_path {
	const char *name;
	bool (*is_there)(void); /* has this CPU what it needs? */

	/* From the front, as far as whole blocks go: returns the bytes taken,
	 * a multiple of 3, for which 4/3 as many characters are written. */
	size_t (*encode)(char *text, const uint8_t *bytes, size_t n);

	/* The same of characters, a multiple of 4; stops before the block in
	 * which one is no letter, and before the last four, which may carry
	 * padding. bytes may be the same memory as text. */
	size_t (*decode)(uint8_t *bytes, const char *text, size_t n);
};

/* Best first; the last is always there and leaves all to the plain loops. */
#if defined(__x86_64__)
#define BASE64_PATHS 3
#else
#define BASE64_PATHS 1
#endif
extern const struct base64_path base64_path[BASE64_PATHS];

/* base64_encode, base64_decode on a path that is there. */
size_t base64_encode_on(const struct base64_path *path, char *text,
			const uint8_t *bytes, size_t n);
ssize_t base64_decode_on(const struct base64_path *path, uint8_t *bytes,
			 const char *text, size_t n);

#endif
