#include "gateway/carriers/audiocodes_seen.h"

/* FNV-1a. */
static uint64_t hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	return h;
}

bool audiocodes_seen_before(struct audiocodes_seen *s, const char *id)
{
	uint64_t h = hash(id);
	unsigned kept =
		s->count < AUDIOCODES_SEEN_MAX ? s->count : AUDIOCODES_SEEN_MAX;

	if (!id[0])
		return false;
	for (unsigned i = 0; i < kept; i++)
		if (s->id[i] == h)
			return true;
	s->id[s->count++ % AUDIOCODES_SEEN_MAX] = h;
	return false;
}
