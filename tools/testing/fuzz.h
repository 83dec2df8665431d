/* What every fuzz target includes: claims that end the run when they do not
 * hold, and input in a block of exactly its size, so that reading one byte too
 * far is seen. */
#ifndef TOOLS_TESTING_FUZZ_H
#define TOOLS_TESTING_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_CHECK(claim)                                                      \
	do {                                                                   \
		if (!(claim)) {                                                \
			fprintf(stderr, "%s:%d: not %s\n", __FILE__, __LINE__, \
				#claim);                                       \
			abort();                                               \
		}                                                              \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A copy for free(): exactly n bytes (one for n = 0, never to be read). */
static inline void *fuzz_copy(const void *data, size_t n)
{
	void *copy = malloc(n ? n : 1);

	FUZZ_CHECK(copy != NULL);
	if (n)
		memcpy(copy, data, n);
	return copy;
}

/* The same with a NUL behind it. */
static inline char *fuzz_text(const void *data, size_t n)
{
	char *copy = malloc(n + 1);

	FUZZ_CHECK(copy != NULL);
	if (n)
		memcpy(copy, data, n);
	copy[n] = 0;
	return copy;
}

#endif
