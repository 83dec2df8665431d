#include "tools/testing/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"

static void test_append_consume(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 100);
	CHECK(buffer_head(&b) == NULL, "empty has no head");
	CHECK_EQ(0, buffer_append(&b, NULL, 0), "nothing appends to nothing");
	CHECK_EQ(0, buffer_append(&b, "hello world", 11), "fits");
	buffer_consume(&b, 6);
	CHECK_EQ(5, b.used, "six consumed");
	CHECK(!memcmp(buffer_head(&b), "world", 5), "the rest stands");
	buffer_consume(&b, 5);
	CHECK(buffer_head(&b) == NULL, "empty again");
	buffer_free(&b);
	CHECK_EQ(0, buffer_append(&b, "x", 1), "usable after free");
	buffer_free(&b);
}

static void test_limit(void **state)
{
	struct buffer b;
	uint8_t block[1000] = { 0 };

	(void)state;
	buffer_init(&b, 1000);
	CHECK_EQ(0, buffer_append(&b, block, 1000), "exactly the limit");
	CHECK_EQ(-ENOBUFS, buffer_append(&b, "x", 1), "one more");
	CHECK_EQ(-ENOBUFS, buffer_printf(&b, "%d", 7), "printed: one more");
	CHECK_EQ(1000, b.used, "unchanged by a refusal");
	CHECK(buffer_reserve(&b, SIZE_MAX) == NULL, "no overflow");
	buffer_consume(&b, 10);
	CHECK_EQ(0, buffer_append(&b, "0123456789", 10), "the room comes back");
	CHECK(!memcmp(buffer_head(&b) + 990, "0123456789", 10), "in order");
	buffer_free(&b);
}

static void test_printf(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 12);
	CHECK_EQ(0, buffer_printf(&b, "%s=%d", "answer", 42), "9 bytes");
	CHECK_EQ(9, b.used, "without the NUL");
	CHECK_EQ(0, buffer_printf(&b, "abc"), "up to the limit exactly");
	CHECK_STR("answer=42abc", (char *)buffer_head(&b),
		  "a NUL stands behind the content");
	buffer_free(&b);
}

/* A long queue, against plain arithmetic: byte i of the stream is i % 251. */
static void test_queue_order(void **state)
{
	struct buffer b;
	unsigned in = 0, out = 0;

	(void)state;
	buffer_init(&b, 5000);
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t block[97];
		unsigned n = round * 31 % sizeof block;
		for (unsigned i = 0; i < n; i++)
			block[i] = (uint8_t)((in + i) % 251);
		if (!buffer_append(&b, block, n))
			in += n;
		unsigned m = round * 17 % 101;
		m = m < b.used ? m : (unsigned)b.used;
		for (unsigned i = 0; i < m; i++)
			CHECK_EQ((out + i) % 251, buffer_head(&b)[i], "order");
		buffer_consume(&b, m);
		out += m;
		CHECK_EQ(in - out, b.used, "nothing lost");
	}
	buffer_free(&b);
}

static void test_steady_stream_allocates_nothing(void **state)
{
	struct buffer b;
	uint8_t block[300] = { 0 };

	(void)state;
	buffer_init(&b, 1 << 20);
	buffer_append(&b, block, 300);
	buffer_append(&b, block, 300);
	buffer_append(&b, block, 300);
	buffer_consume(&b, 300);
	for (int i = 0; i < 100; i++) {
		buffer_append(&b, block, 300);
		buffer_consume(&b, 300);
	}
	size_t capacity = b.capacity;
	const uint8_t *bytes = b.bytes;
	for (int i = 0; i < 10000; i++) {
		buffer_append(&b, block, 300);
		buffer_consume(&b, 300);
		CHECK(b.bytes == bytes && b.capacity == capacity, "same block");
	}
	CHECK(capacity <= 4096, "and a small one");
	buffer_free(&b);
}

/* It grows no further than it was given, wherever its content stands. */
static void test_in_memory_of_the_caller(void **state)
{
	char *memory = malloc(10);
	struct buffer b;

	(void)state;
	buffer_on(&b, memory, 10);
	CHECK_EQ(0, buffer_append(&b, "abcdef", 6), "six");
	CHECK_EQ(-ENOBUFS, buffer_append(&b, "ghij", 4), "ten are too many");
	CHECK_EQ(0, buffer_printf(&b, "%s", "ghi"), "nine, and a NUL");
	CHECK_STR("abcdefghi", memory, "where it was to be");
	buffer_consume(&b, 4);
	CHECK_EQ(0, buffer_append(&b, "jkl", 3), "moves to the front");
	CHECK(b.bytes == (uint8_t *)memory, "in the same memory");
	CHECK(!memcmp("efghijkl", buffer_head(&b), 8), "all of it");
	CHECK(!buffer_reserve(&b, 2), "no more than that");
	free(memory);
}

static void test_blocks_are_lent(void **state)
{
	struct buffer_pool pool = { 0 };
	struct buffer a, b;
	uint8_t large[BUFFER_BLOCK + 1] = { 0 };

	(void)state;
	buffer_init(&a, 1 << 20);
	buffer_init(&b, 1 << 20);
	a.pool = b.pool = &pool;
	CHECK_EQ(0, buffer_append(&a, "one", 3), "a block");
	CHECK_EQ(BUFFER_BLOCK, a.capacity, "at once");
	uint8_t *block = a.bytes;
	buffer_rest(&a);
	CHECK(a.bytes == block, "it holds something");
	buffer_consume(&a, 3);
	buffer_rest(&a);
	buffer_rest(&a);
	CHECK(!a.bytes && pool.spares == 1, "given back, once");
	CHECK_EQ(0, buffer_append(&b, "two", 3), "the other one");
	CHECK(b.bytes == block && !pool.spares, "has it now");
	CHECK_EQ(0, buffer_append(&b, large, sizeof(large)), "it grows");
	CHECK(b.capacity > BUFFER_BLOCK, "out of the pool");
	CHECK(!memcmp(b.bytes, "two", 3), "with what it held");
	buffer_consume(&b, b.used);
	buffer_rest(&b);
	CHECK(!b.bytes && !pool.spares, "what is no block goes to the system");
	CHECK(b.pool == &pool, "and the next is of the pool again");
	buffer_init(&a, 100);
	a.pool = &pool;
	CHECK_EQ(0, buffer_append(&a, "x", 1), "a small one");
	CHECK(a.capacity <= 100, "keeps its bound");
	buffer_free(&a);
	buffer_pool_free(&pool);
}

static void test_a_pool_keeps_a_bounded_number(void **state)
{
	enum { MANY = BUFFER_BLOCKS_KEPT + 2 };
	static struct buffer b[MANY];
	struct buffer_pool pool = { 0 };

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		buffer_init(&b[i], 1 << 20);
		b[i].pool = &pool;
		buffer_append(&b[i], "x", 1);
	}
	for (size_t i = 0; i < MANY; i++) {
		buffer_consume(&b[i], 1);
		buffer_rest(&b[i]);
		CHECK(!b[i].bytes, "given back");
	}
	CHECK_EQ(BUFFER_BLOCKS_KEPT, pool.spares, "the bound");
	buffer_pool_free(&pool);
	CHECK(!pool.spare && !pool.spares, "empty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_are_lent),
		cmocka_unit_test(test_a_pool_keeps_a_bounded_number),
		cmocka_unit_test(test_append_consume),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_printf),
		cmocka_unit_test(test_queue_order),
		cmocka_unit_test(test_steady_stream_allocates_nothing),
		cmocka_unit_test(test_in_memory_of_the_caller),
	};
	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
