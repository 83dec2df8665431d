#include "protocols/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_MIN 512 /* bytes of the first allocation */

void buffer_init(struct buffer *b, size_t limit)
{
	*b = (struct buffer){ .limit = limit };
}

void buffer_on(struct buffer *b, void *memory, size_t n)
{
	*b = (struct buffer){
		.bytes = memory,
		.capacity = n - 1,
		.limit = n - 1,
	};
}

void buffer_free(struct buffer *b)
{
	free(b->bytes);
	b->bytes = NULL;
	b->start = b->used = b->capacity = 0;
}

/* --- Blocks --- */

struct buffer_block {
	struct buffer_block *next;
};

static uint8_t *take_block(struct buffer_pool *pool)
{
	struct buffer_block *block = pool->spare;

	if (!block)
		return malloc(BUFFER_BLOCK + 1);
	pool->spare = block->next;
	pool->spares--;
	return (uint8_t *)block;
}

void buffer_rest(struct buffer *b)
{
	struct buffer_block *block = (struct buffer_block *)(void *)b->bytes;

	if (!block || b->used > 0 || !b->pool)
		return;
	if (b->capacity != BUFFER_BLOCK ||
	    b->pool->spares == BUFFER_BLOCKS_KEPT) {
		buffer_free(b);
		return;
	}
	block->next = b->pool->spare;
	b->pool->spare = block;
	b->pool->spares++;
	b->bytes = NULL;
	b->start = b->capacity = 0;
}

void buffer_pool_free(struct buffer_pool *pool)
{
	while (pool->spare)
		free(take_block(pool));
}

/* --- Room --- */

static size_t grown_capacity(const struct buffer *b, size_t need)
{
	size_t capacity = b->capacity > BUFFER_MIN ? b->capacity : BUFFER_MIN;

	if (b->capacity >= BUFFER_MIN)
		capacity = capacity > b->limit / 2 ? b->limit : capacity * 2;
	while (capacity < need)
		capacity = capacity > b->limit / 2 ? b->limit : capacity * 2;
	return capacity < b->limit ? capacity : b->limit;
}

/* One byte more than the capacity, so that text can be ended by a NUL. */
static bool grow(struct buffer *b, size_t need)
{
	bool is_block = b->pool && need <= BUFFER_BLOCK &&
			BUFFER_BLOCK <= b->limit && b->capacity < BUFFER_BLOCK;
	size_t capacity = is_block ? BUFFER_BLOCK : grown_capacity(b, need);
	uint8_t *bytes = is_block ? take_block(b->pool) : malloc(capacity + 1);

	if (!bytes)
		return false;
	if (b->bytes)
		memcpy(bytes, b->bytes + b->start, b->used);
	free(b->bytes);
	b->bytes = bytes;
	b->start = 0;
	b->capacity = capacity;
	return true;
}

/* Content moves to the front only when at least as much was consumed as is
 * moved (so a queue costs O(1) per byte), or when it cannot grow any more. */
static bool make_room(struct buffer *b, size_t n)
{
	if (n > b->limit - b->used)
		return false;
	if (b->bytes && b->capacity - b->start - b->used >= n)
		return true;
	bool is_cheap = b->start >= b->used || b->capacity == b->limit;
	if (!b->bytes || !is_cheap || b->used + n > b->capacity)
		return grow(b, b->used + n);
	memmove(b->bytes, b->bytes + b->start, b->used);
	b->start = 0;
	return true;
}

uint8_t *buffer_reserve(struct buffer *b, size_t n)
{
	return make_room(b, n) ? b->bytes + b->start + b->used : NULL;
}

void buffer_commit(struct buffer *b, size_t n)
{
	b->used += n;
}

int buffer_append(struct buffer *b, const void *bytes, size_t n)
{
	if (n == 0)
		return 0;
	uint8_t *room = buffer_reserve(b, n);
	if (!room)
		return -ENOBUFS;
	memcpy(room, bytes, n);
	b->used += n;
	return 0;
}

int buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	uint8_t *room = len < 0 ? NULL : buffer_reserve(b, (size_t)len);
	if (!room)
		return -ENOBUFS;
	va_start(args, format);
	vsnprintf((char *)room, (size_t)len + 1, format, args);
	va_end(args);
	b->used += (size_t)len;
	return 0;
}

void buffer_consume(struct buffer *b, size_t n)
{
	b->used -= n;
	b->start = b->used ? b->start + n : 0;
}

uint8_t *buffer_head(const struct buffer *b)
{
	return b->used ? b->bytes + b->start : NULL;
}
