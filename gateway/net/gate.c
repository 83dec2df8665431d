#include "gateway/net/gate.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <uv.h>

#include "protocols/ip_address.h"

#define NONE       (-1)
#define NETWORK    8 /* bytes of an IPv6 address that are one network's */
#define LOAD_SHIFT 1 /* buckets are at least twice the places */

struct place {
	uint8_t address[16];
	unsigned count; /* of its connections; 0: the place is free */
	int next;       /* in its bucket, or among the free */
};

struct gate {
	uv_mutex_t lock; /* of what changes */
	struct gate_limits limits;
	uint64_t seed; /* so that nobody chooses addresses of one bucket */
	unsigned entered;
	int vacant;
	struct place *places; /* limits.connections */
	int *buckets;
	unsigned bucket_mask;
};

static void key_of(uint8_t key[16], const struct ip_address *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(key, a->bytes, 16);
	if (memcmp(key, mapped, sizeof(mapped)) != 0)
		memset(key + NETWORK, 0, 16 - NETWORK);
}

/* Multiply and fold, from a seed nobody knows. */
static unsigned bucket_of(const struct gate *g, const uint8_t key[16])
{
	uint64_t h = g->seed, half[2];

	memcpy(half, key, sizeof(half));
	for (int i = 0; i < 2; i++) {
		h = (h ^ half[i]) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	return (unsigned)h & g->bucket_mask;
}

static unsigned bucket_count(unsigned places)
{
	unsigned n = 2;

	while (n >> LOAD_SHIFT < places)
		n <<= 1;
	return n;
}

static int make_table(struct gate *g)
{
	unsigned places = g->limits.connections;
	unsigned buckets = bucket_count(places);

	g->places = calloc(places, sizeof(*g->places));
	g->buckets = calloc(buckets, sizeof(*g->buckets));
	if (!g->places || !g->buckets)
		return -ENOMEM;
	g->bucket_mask = buckets - 1;
	for (unsigned i = 0; i < buckets; i++)
		g->buckets[i] = NONE;
	for (unsigned i = 0; i < places; i++)
		g->places[i].next = i + 1 < places ? (int)i + 1 : NONE;
	if (getrandom(&g->seed, sizeof(g->seed), 0) != sizeof(g->seed))
		return -EIO;
	return 0;
}

static void free_table(struct gate *g)
{
	free(g->places);
	free(g->buckets);
	free(g);
}

int gate_open(struct gate **out, const struct gate_limits *limits)
{
	struct gate *g = calloc(1, sizeof(*g));
	int err = -ENOMEM;

	if (!g)
		return err;
	g->limits = *limits;
	err = make_table(g);
	if (!err)
		err = uv_mutex_init(&g->lock);
	if (err)
		free_table(g);
	else
		*out = g;
	return err;
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	uv_mutex_destroy(&g->lock);
	free_table(g);
}

/* The place of an address, or a new one; there is one for each connection. */
static int find(struct gate *g, const uint8_t key[16])
{
	int *bucket = &g->buckets[bucket_of(g, key)];
	int i = *bucket;

	while (i != NONE && memcmp(g->places[i].address, key, 16) != 0)
		i = g->places[i].next;
	if (i != NONE)
		return i;
	i = g->vacant;
	struct place *p = &g->places[i];
	g->vacant = p->next;
	memcpy(p->address, key, 16);
	p->next = *bucket;
	*bucket = i;
	return i;
}

static void forget(struct gate *g, int i)
{
	struct place *p = &g->places[i];
	int *link = &g->buckets[bucket_of(g, p->address)];

	while (*link != i)
		link = &g->places[*link].next;
	*link = p->next;
	p->next = g->vacant;
	g->vacant = i;
}

static int enter(struct gate *g, const struct ip_address *address,
		 bool is_exempt, int *place)
{
	uint8_t key[16];

	*place = GATE_UNCOUNTED;
	if (g->entered >= g->limits.connections)
		return -ENOSPC;
	if (!is_exempt && g->limits.per_address) {
		key_of(key, address);
		int i = find(g, key);
		if (g->places[i].count >= g->limits.per_address)
			return -EDQUOT;
		g->places[i].count++;
		*place = i;
	}
	g->entered++;
	return 0;
}

int gate_enter(struct gate *g, const struct ip_address *address, bool is_exempt,
	       int *place)
{
	uv_mutex_lock(&g->lock);
	int err = enter(g, address, is_exempt, place);
	uv_mutex_unlock(&g->lock);
	return err;
}

void gate_leave(struct gate *g, int place)
{
	uv_mutex_lock(&g->lock);
	g->entered--;
	if (place != GATE_UNCOUNTED && --g->places[place].count == 0)
		forget(g, place);
	uv_mutex_unlock(&g->lock);
}
