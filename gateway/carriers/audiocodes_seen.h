/* The ids of the last AUDIOCODES_SEEN_MAX activities, to find those that come
 * twice (AudioCodes reference, 4.1). Kept as 64-bit hashes: a peer that makes
 * two ids collide loses an activity of its own. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_SEEN_H
#define GATEWAY_CARRIERS_AUDIOCODES_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#define AUDIOCODES_SEEN_MAX 256

struct audiocodes_seen {
	uint64_t id[AUDIOCODES_SEEN_MAX];
	unsigned count; /* of those that came, ever */
};

/* audiocodes_seen_before: keep the id. Returns whether it was there; never for
 * "", which is no id. */
bool audiocodes_seen_before(struct audiocodes_seen *s, const char *id);

#endif
