#include "tools/model/model_random.h"

#include <string.h>

#define ID_LETTERS 21

void model_random_seed(struct model_random *r, uint64_t seed)
{
	r->state = seed;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t model_random_next(struct model_random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

unsigned model_random_between(struct model_random *r, unsigned lo, unsigned hi)
{
	if (hi <= lo)
		return lo;
	return lo + (unsigned)(model_random_next(r) % ((uint64_t)hi - lo + 1));
}

void model_random_letters(struct model_random *r, char *out, unsigned n)
{
	static const char letter[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";

	for (unsigned i = 0; i < n; i++)
		out[i] = letter[model_random_next(r) % (sizeof(letter) - 1)];
	out[n] = 0;
}

void model_random_id(struct model_random *r, const char *prefix,
		     char id[MODEL_ID_LEN])
{
	size_t n = strnlen(prefix, MODEL_ID_LEN - ID_LETTERS - 1);

	memcpy(id, prefix, n);
	model_random_letters(r, id + n, ID_LETTERS);
}
