/* Counters by names that are not known beforehand, but few: what comes beyond
 * TALLY_NAMES_MAX of them is counted as "other". For any thread; rare. */
#ifndef GATEWAY_OPS_TALLY_H
#define GATEWAY_OPS_TALLY_H

#include <stdint.h>
#include <uv.h>

#define TALLY_NAMES_MAX 64
#define TALLY_NAME_MAX  65 /* with NUL; a longer one is cut */

struct tally {
	uv_mutex_t lock;
	unsigned count;
	struct {
		char name[TALLY_NAME_MAX];
		uint64_t n;
	} row[TALLY_NAMES_MAX + 1]; /* the last: "other" */
};

/* tally_init: Returns 0, or why there is no lock. */
int tally_init(struct tally *t);
void tally_free(struct tally *t);

void tally_add(struct tally *t, const char *name);

/* tally_copy: as it is now, for whoever reads it out; lock is not valid. */
void tally_copy(struct tally *t, struct tally *out);

#endif
