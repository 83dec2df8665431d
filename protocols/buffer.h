/* A bounded byte queue: append at the end, consume at the front.
 *
 * Grows by doubling up to its limit and keeps what it has grown to, so a
 * steady stream allocates nothing. When the limit is reached the append is
 * refused; the caller states what happens then. */
#ifndef PROTOCOLS_BUFFER_H
#define PROTOCOLS_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/* Memory for the buffers of one thread while they hold something: the block
 * that was given back last, which the processor still has at hand, is taken
 * first. All zero is empty. */
#define BUFFER_BLOCK       16384 /* bytes; what needs more is not of the pool */
#define BUFFER_BLOCKS_KEPT 64    /* the others go back to the system */

struct buffer_block;

struct buffer_pool {
	struct buffer_block *spare;
	unsigned spares;
};

/* Embedded by value. bytes[start .. start+used) is the content. */
struct buffer {
	uint8_t *bytes;
	size_t start;
	size_t used;
	size_t capacity;
	size_t limit;
	struct buffer_pool *pool; /* NULL: none; may change at any time */
};

/* buffer_init: an empty queue that never holds more than limit bytes.
 * Allocates nothing until the first append. */
void buffer_init(struct buffer *b, size_t limit);

/* buffer_on: an empty queue in n >= 1 bytes of the caller's. It holds n - 1
 * (the last is the NUL's of buffer_reserve), never allocates, and is not freed.
 */
void buffer_on(struct buffer *b, void *memory, size_t n);

/* buffer_rest: an empty one gives its memory back, to its pool when it is a
 * block; without a pool it keeps it. For those that are empty most of the time.
 */
void buffer_rest(struct buffer *b);

/* buffer_pool_free: give all of it back to the system. */
void buffer_pool_free(struct buffer_pool *pool);

/* buffer_free: release the memory; b is empty and usable again. */
void buffer_free(struct buffer *b);

/* buffer_reserve: contiguous room for n more bytes, or NULL when that would
 * pass the limit or memory is short. Valid until the next call on b. One byte
 * behind the room may be written too, so text can be ended by a NUL there. */
uint8_t *buffer_reserve(struct buffer *b, size_t n);

/* buffer_commit: the first n bytes of the last reserve are content now. */
void buffer_commit(struct buffer *b, size_t n);

/* buffer_append: returns 0, or -ENOBUFS with b unchanged. */
int buffer_append(struct buffer *b, const void *bytes, size_t n);

/* buffer_printf: append formatted text without its NUL.
 * Returns 0, or -ENOBUFS with b unchanged. */
int buffer_printf(struct buffer *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* buffer_consume: drop n <= used bytes from the front. */
void buffer_consume(struct buffer *b, size_t n);

/* buffer_head: the first byte of the content (NULL when empty). */
uint8_t *buffer_head(const struct buffer *b);

#endif
