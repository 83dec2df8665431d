/* A seeded random generator, and the identifiers of the Realtime API made from
 * it: the same seed gives the same session, byte for byte. Not for secrets. */
#ifndef TOOLS_MODEL_MODEL_RANDOM_H
#define TOOLS_MODEL_MODEL_RANDOM_H

#include <stdint.h>

#define MODEL_ID_LEN                                            \
	32 /* longest prefix, 21 characters, NUL, room to spare \
	    */

struct model_random {
	uint64_t state;
};

void model_random_seed(struct model_random *r, uint64_t seed);
uint64_t model_random_next(struct model_random *r);

/* model_random_between: uniform in [lo, hi]; lo when hi < lo. */
unsigned model_random_between(struct model_random *r, unsigned lo, unsigned hi);

/* model_random_id: prefix (at most 8 characters) and 21 base-62 characters. */
void model_random_id(struct model_random *r, const char *prefix,
		     char id[MODEL_ID_LEN]);

/* model_random_letters: n base-62 characters and a NUL. */
void model_random_letters(struct model_random *r, char *out, unsigned n);

#endif
