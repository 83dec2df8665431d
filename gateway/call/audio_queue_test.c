#include "gateway/call/audio_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/testing/check.h"

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

static void test_bytes_come_out_in_order(void **state)
{
	(void)state;
	struct audio_pool pool;
	struct audio_queue q;
	size_t in = 0, out = 0;
	uint8_t buf[5000];

	audio_pool_init(&pool, 64 * AUDIO_BLOCK_BYTES);
	audio_queue_init(&q, &pool, 50000);
	for (int round = 0; round < 400; round++) {
		size_t n = (size_t)(round * 37 % 4999);
		for (size_t i = 0; i < n; i++)
			buf[i] = pattern(in + i);
		if (audio_queue_push(&q, buf, n) == 0)
			in += n;
		n = audio_queue_pop(&q, buf, (size_t)(round * 53 % 4800));
		for (size_t i = 0; i < n; i++)
			CHECK_EQ(pattern(out + i), buf[i], "byte in order");
		out += n;
		CHECK_EQ(in - out, q.used, "used counts what waits");
	}
	audio_queue_clear(&q);
	CHECK_EQ(0, pool.in_use, "every block is back");
	audio_pool_free(&pool);
}

/* At random; what waits and what is kept is always the right stretch. */
static void test_kept_bytes_wait_again(void **state)
{
	(void)state;
	struct audio_pool pool;
	struct audio_queue q;
	size_t first = 0, next = 0, in = 0; /* kept from, waiting from, to */
	uint8_t buf[5000];

	audio_pool_init(&pool, 64 * AUDIO_BLOCK_BYTES);
	audio_queue_init(&q, &pool, 50000);
	srand(5);
	for (int round = 0; round < 20000; round++) {
		size_t n = (size_t)rand() % sizeof(buf);
		switch (rand() % 8) {
		case 0:
		case 1:
		case 2:
			for (size_t i = 0; i < n; i++)
				buf[i] = pattern(in + i);
			if (audio_queue_push(&q, buf, n) == 0)
				in += n;
			break;
		case 3:
		case 4:
			n = audio_queue_read(&q, buf, n);
			for (size_t i = 0; i < n; i++)
				CHECK_EQ(pattern(next + i), buf[i], "in order");
			next += n;
			break;
		case 5:
			audio_queue_forget(&q, n);
			first += n < next - first ? n : next - first;
			break;
		case 6:
			audio_queue_rewind(&q);
			next = first;
			break;
		default:
			if (rand() % 4)
				break;
			audio_queue_drop(&q);
			in = next;
		}
		CHECK_EQ(in - next, q.used, "what waits");
		CHECK_EQ(next - first, q.kept, "what is kept");
	}
	audio_queue_clear(&q);
	CHECK_EQ(0, pool.in_use, "every block is back");
	audio_pool_free(&pool);
}

static void test_limits(void **state)
{
	(void)state;
	struct audio_pool pool;
	struct audio_queue a, b;
	uint8_t zero[3 * AUDIO_BLOCK_BYTES] = { 0 };

	audio_pool_init(&pool, 4 * AUDIO_BLOCK_BYTES);
	audio_queue_init(&a, &pool, 2 * AUDIO_BLOCK_BYTES + 1);
	audio_queue_init(&b, &pool, 100 * AUDIO_BLOCK_BYTES);
	CHECK_EQ(-ENOBUFS, audio_queue_push(&a, zero, sizeof(zero)),
		 "over the queue's own limit");
	CHECK_EQ(0, a.used, "a refused push leaves nothing behind");
	CHECK_EQ(0, audio_queue_push(&a, zero, 2 * AUDIO_BLOCK_BYTES + 1),
		 "up to the limit");
	CHECK_EQ(-ENOBUFS, audio_queue_push(&b, zero, 2 * AUDIO_BLOCK_BYTES),
		 "the pool has one block left");
	CHECK_EQ(0, audio_queue_push(&b, zero, AUDIO_BLOCK_BYTES),
		 "which still can be used");
	CHECK_EQ(2 * AUDIO_BLOCK_BYTES + 1, audio_queue_pop(&a, NULL, SIZE_MAX),
		 "dropping counts too");
	CHECK_EQ(4, pool.blocks, "freed blocks are kept");
	audio_pool_trim(&pool);
	CHECK_EQ(pool.in_use, pool.blocks, "until they are not wanted");
	audio_queue_clear(&b);
	audio_pool_free(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_come_out_in_order),
		cmocka_unit_test(test_kept_bytes_wait_again),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
