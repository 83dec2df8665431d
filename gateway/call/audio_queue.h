/* A queue of audio bytes in blocks of a pool: a call holds only what waits.
 *
 * The pool belongs to a worker and is shared by its calls; blocks that are free
 * are kept, so a worker that has seen its peak allocates nothing more. Neither
 * is safe to share between threads. */
#ifndef GATEWAY_CALL_AUDIO_QUEUE_H
#define GATEWAY_CALL_AUDIO_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#define AUDIO_BLOCK_BYTES 2016 /* payload; a block is 2 KiB with its header */

struct audio_block;

struct audio_pool {
	struct audio_block *free;
	size_t blocks; /* taken from the system so far */
	size_t in_use;
	size_t limit; /* blocks; more is refused */
};

/* audio_pool_init: a pool that never holds more than limit_bytes of audio. */
void audio_pool_init(struct audio_pool *p, size_t limit_bytes);

/* audio_pool_trim: give the free blocks back to the system (an idle worker). */
void audio_pool_trim(struct audio_pool *p);

/* audio_pool_free: every queue must be empty. */
void audio_pool_free(struct audio_pool *p);

/* Bytes that were read may be kept in front of those that wait, until they are
 * forgotten, or wait once more. */
struct audio_queue {
	struct audio_pool *pool;
	struct audio_block *head;
	struct audio_block *tail;
	struct audio_block *reader; /* where the first waiting byte is or will
				     * be; NULL only if the queue is empty */
	uint32_t read;              /* bytes of that block already read */
	size_t used;                /* bytes waiting */
	size_t kept;                /* bytes read and not forgotten */
	size_t limit;               /* bytes that may wait */
};

void audio_queue_init(struct audio_queue *q, struct audio_pool *pool,
		      size_t limit);

/* audio_queue_push: append n bytes, all or none.
 * Returns 0; -ENOBUFS when the queue's or the pool's limit is reached. */
int audio_queue_push(struct audio_queue *q, const uint8_t *bytes, size_t n);

/* audio_queue_pop: move up to n waiting bytes to out (NULL drops them); what
 * was kept is forgotten. Returns how many. */
size_t audio_queue_pop(struct audio_queue *q, uint8_t *out, size_t n);

/* audio_queue_read: copy up to n waiting bytes to out (NULL skips them) and
 * keep them. Returns how many. */
size_t audio_queue_read(struct audio_queue *q, uint8_t *out, size_t n);

/* audio_queue_forget: drop the oldest n of the bytes kept, or all if fewer. */
void audio_queue_forget(struct audio_queue *q, size_t n);

/* audio_queue_rewind: everything kept waits again, in front of the rest. This
 * may be more than limit; then pushes are refused until it no longer is. */
void audio_queue_rewind(struct audio_queue *q);

/* audio_queue_drop: drop what waits, not what is kept. */
void audio_queue_drop(struct audio_queue *q);

/* audio_queue_clear: drop all, give every block back. */
void audio_queue_clear(struct audio_queue *q);

#endif
