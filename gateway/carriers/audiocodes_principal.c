#include "gateway/carriers/audiocodes_principal.h"

#include <string.h>

bool audiocodes_principal_equal(const struct audiocodes_principal *a,
				const struct audiocodes_principal *b)
{
	return a->proof == b->proof && !memcmp(a->id, b->id, sizeof(a->id));
}
