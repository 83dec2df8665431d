#include "gateway/call/audio_queue.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Under the address sanitizer a block that nobody has is out of bounds: who
 * still uses it is found, not the call that gets it next. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_POISON 1
#endif
#endif
#ifdef HAS_POISON
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, n)   ((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
#endif

struct audio_block {
	struct audio_block *next;
	uint32_t start;
	uint32_t used;
	uint8_t bytes[AUDIO_BLOCK_BYTES];
};

void audio_pool_init(struct audio_pool *p, size_t limit_bytes)
{
	*p = (struct audio_pool){ .limit = limit_bytes / AUDIO_BLOCK_BYTES };
}

void audio_pool_trim(struct audio_pool *p)
{
	while (p->free) {
		struct audio_block *b = p->free;
		ASAN_UNPOISON_MEMORY_REGION(b, sizeof(*b));
		p->free = b->next;
		free(b);
		p->blocks--;
	}
}

void audio_pool_free(struct audio_pool *p)
{
	assert(p->in_use == 0);
	audio_pool_trim(p);
}

static struct audio_block *pool_take(struct audio_pool *p)
{
	struct audio_block *b = p->free;

	if (b) {
		ASAN_UNPOISON_MEMORY_REGION(b, sizeof(*b));
		p->free = b->next;
	} else {
		if (p->blocks == p->limit)
			return NULL;
		b = malloc(sizeof(*b));
		if (!b)
			return NULL;
		p->blocks++;
	}
	b->next = NULL;
	b->start = 0;
	b->used = 0;
	p->in_use++;
	return b;
}

static void pool_give(struct audio_pool *p, struct audio_block *b)
{
	b->next = p->free;
	p->free = b;
	p->in_use--;
	ASAN_POISON_MEMORY_REGION(b, sizeof(*b));
}

void audio_queue_init(struct audio_queue *q, struct audio_pool *pool,
		      size_t limit)
{
	*q = (struct audio_queue){ .pool = pool, .limit = limit };
}

static size_t tail_room(const struct audio_queue *q)
{
	if (!q->tail)
		return 0;
	return AUDIO_BLOCK_BYTES - q->tail->start - q->tail->used;
}

static bool has_blocks(const struct audio_queue *q, size_t n)
{
	size_t room = tail_room(q);
	size_t more = n > room ? n - room : 0;
	size_t wanted = (more + AUDIO_BLOCK_BYTES - 1) / AUDIO_BLOCK_BYTES;

	return wanted <= q->pool->limit - q->pool->in_use;
}

static struct audio_block *grow(struct audio_queue *q)
{
	struct audio_block *b = pool_take(q->pool);

	if (!b)
		return NULL;
	if (q->tail) {
		q->tail->next = b;
	} else {
		q->head = b;
		q->reader = b;
		q->read = 0;
	}
	q->tail = b;
	return b;
}

int audio_queue_push(struct audio_queue *q, const uint8_t *bytes, size_t n)
{
	if (q->used > q->limit || n > q->limit - q->used || !has_blocks(q, n))
		return -ENOBUFS;
	while (n) {
		size_t room = tail_room(q);
		if (!room) {
			if (!grow(q))
				return -ENOBUFS; /* memory, not the bound */
			continue;
		}
		size_t part = n < room ? n : room;
		struct audio_block *b = q->tail;
		memcpy(b->bytes + b->start + b->used, bytes, part);
		b->used += (uint32_t)part;
		q->used += part;
		bytes += part;
		n -= part;
	}
	return 0;
}

static void drop_head(struct audio_queue *q)
{
	struct audio_block *b = q->head;

	q->head = b->next;
	if (!q->head)
		q->tail = NULL;
	if (q->reader == b) {
		q->reader = b->next;
		q->read = 0;
	}
	pool_give(q->pool, b);
}

size_t audio_queue_read(struct audio_queue *q, uint8_t *out, size_t n)
{
	size_t done = 0;

	if (n > q->used)
		n = q->used;
	while (done < n) {
		struct audio_block *b = q->reader;
		size_t left = b->used - q->read;
		if (!left) {
			q->reader = b->next;
			q->read = 0;
			continue;
		}
		size_t part = n - done < left ? n - done : left;
		if (out)
			memcpy(out + done, b->bytes + b->start + q->read, part);
		q->read += (uint32_t)part;
		done += part;
	}
	q->used -= n;
	q->kept += n;
	return n;
}

void audio_queue_forget(struct audio_queue *q, size_t n)
{
	if (n > q->kept)
		n = q->kept;
	q->kept -= n;
	while (n) {
		struct audio_block *b = q->head;
		size_t part = n < b->used ? n : b->used;
		b->start += (uint32_t)part;
		b->used -= (uint32_t)part;
		if (q->reader == b)
			q->read -= (uint32_t)part;
		n -= part;
		if (!b->used)
			drop_head(q);
	}
}

size_t audio_queue_pop(struct audio_queue *q, uint8_t *out, size_t n)
{
	n = audio_queue_read(q, out, n);
	audio_queue_forget(q, q->kept);
	return n;
}

void audio_queue_rewind(struct audio_queue *q)
{
	q->reader = q->head;
	q->read = 0;
	q->used += q->kept;
	q->kept = 0;
}

void audio_queue_drop(struct audio_queue *q)
{
	struct audio_block *last = q->reader;

	if (!q->kept) {
		audio_queue_clear(q);
		return;
	}
	while (last->next) {
		struct audio_block *b = last->next;
		last->next = b->next;
		pool_give(q->pool, b);
	}
	last->used = q->read;
	q->tail = last;
	q->used = 0;
}

void audio_queue_clear(struct audio_queue *q)
{
	while (q->head)
		drop_head(q);
	q->used = 0;
	q->kept = 0;
}
