/* Texts that are read and written where they stand. */
#include "tools/testing/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/websocket.h"
#include "tools/testing/allocations.h"

#define MESSAGE_MAX 70000
#define OUT_MAX     200000

/* One end, and what came to it last. */
struct end {
	struct websocket *ws;
	struct buffer out;
	unsigned texts;
	const char *at; /* where it stood */
	size_t len;
	char text[MESSAGE_MAX + 1];
	bool closes; /* at the first text */
};

static void on_text(void *owner, char *text, size_t len)
{
	struct end *e = owner;

	CHECK_EQ(0, text[len], "a NUL behind it");
	e->texts++;
	e->at = text;
	e->len = len;
	memcpy(e->text, text, len);
	memset(text, 'x', len + 1); /* may be changed */
	if (e->closes)
		websocket_close(e->ws, WEBSOCKET_NORMAL, "bye");
}

static void mask(void *owner, uint8_t *out, size_t n)
{
	(void)owner;
	CHECK_EQ(4, n, "a mask is four bytes");
	memcpy(out, "\x37\xfa\x21\x3d", 4);
}

static const struct websocket_events events = { .on_text = on_text };

static void begin(struct end *e, enum websocket_role role)
{
	memset(e, 0, sizeof(*e));
	buffer_init(&e->out, OUT_MAX);
	e->ws = websocket_new(role, MESSAGE_MAX, &events, mask, e, &e->out);
	CHECK(e->ws != NULL, "made");
}

static void finish(struct end *e)
{
	websocket_free(e->ws);
	buffer_free(&e->out);
}

static char some_text[MESSAGE_MAX + 1];

static void fill_text(void)
{
	for (size_t i = 0; i < sizeof(some_text); i++)
		some_text[i] = (char)('!' + i % 90);
}

static void write_text(struct end *e, size_t cap, size_t len, const char *why)
{
	char *text;

	CHECK_EQ(0, websocket_begin_text(e->ws, cap, &text), why);
	memcpy(text, some_text, len);
	websocket_end_text(e->ws, len);
}

/* Every form of the length, and one promised longer than it became. */
static const struct {
	size_t cap, len;
	const char *why;
} row[] = {
	{ 0, 0, "nothing" },
	{ 125, 0, "nothing of something" },
	{ 125, 125, "the longest short one" },
	{ 126, 126, "the first of two bytes" },
	{ 344, 300, "20 ms of audio" },
	{ 300, 125, "moves by two bytes" },
	{ 65535, 65535, "the last of two bytes" },
	{ 65536, 65536, "the first of eight bytes" },
	{ 65536, 65535, "moves by six bytes" },
	{ 65536, 9, "moves by eight bytes" },
};

static void check_written(enum websocket_role role)
{
	struct end e, whole;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(&e, role);
		begin(&whole, role);
		write_text(&e, row[i].cap, row[i].len, row[i].why);
		CHECK_EQ(0,
			 websocket_send_frame(whole.ws, 1, true, some_text,
					      row[i].len),
			 "wslay's");
		CHECK_EQ(whole.out.used, e.out.used, row[i].why);
		CHECK(!memcmp(buffer_head(&whole.out), buffer_head(&e.out),
			      e.out.used),
		      row[i].why);
		finish(&e);
		finish(&whole);
	}
}

static void test_written_as_wslay_writes(void **state)
{
	(void)state;
	check_written(WEBSOCKET_SERVER);
	check_written(WEBSOCKET_CLIENT);
}

static void test_not_written(void **state)
{
	struct end e;
	char *text;

	(void)state;
	begin(&e, WEBSOCKET_SERVER);
	CHECK_EQ(-ENOBUFS, websocket_begin_text(e.ws, OUT_MAX, &text),
		 "no room for the header");
	CHECK(!text, "nowhere to write");
	CHECK_EQ(-ENOBUFS, websocket_begin_text(e.ws, SIZE_MAX, &text),
		 "endless");
	CHECK_EQ(0, websocket_begin_text(e.ws, OUT_MAX - 10, &text), "fits");
	CHECK_EQ(0, e.out.used, "given up: nothing is sent");
	write_text(&e, 5, 5, "after it");
	CHECK_EQ(7, e.out.used, "and only that");
	websocket_close(e.ws, 0, NULL);
	CHECK_EQ(-EPIPE, websocket_begin_text(e.ws, 1, &text),
		 "nothing behind a close");
	CHECK(!text, "nowhere to write");
	finish(&e);
}

/* Two frames in one block of their size: each is delivered inside it, and what
 * is done to the first does not touch the second. */
static void check_read(enum websocket_role from_role,
		       enum websocket_role to_role)
{
	static struct end from, to;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(&from, from_role);
		begin(&to, to_role);
		write_text(&from, row[i].len, row[i].len, row[i].why);
		size_t first = from.out.used;
		write_text(&from, 5, 5, "the second");
		size_t n = from.out.used;
		uint8_t *block = malloc(n);
		memcpy(block, buffer_head(&from.out), n);
		CHECK_EQ(0, websocket_receive(to.ws, block, first), "first");
		CHECK_EQ(1, to.texts, row[i].why);
		CHECK(to.at >= (char *)block &&
			      to.at + to.len < (char *)block + first,
		      "where it was read, its NUL too");
		CHECK_EQ(row[i].len, to.len, row[i].why);
		CHECK(!memcmp(some_text, to.text, to.len), row[i].why);
		memcpy(block, buffer_head(&from.out), first);
		CHECK_EQ(0, websocket_receive(to.ws, block, n), "both");
		CHECK_EQ(3, to.texts, "both");
		CHECK_EQ(5, to.len, "the second");
		CHECK(!memcmp(some_text, to.text, 5), "untouched by the first");
		free(block);
		finish(&from);
		finish(&to);
	}
}

static void test_read_where_it_stands(void **state)
{
	(void)state;
	check_read(WEBSOCKET_SERVER, WEBSOCKET_CLIENT);
	check_read(WEBSOCKET_CLIENT, WEBSOCKET_SERVER);
}

/* The usual frame behind the unusual, at every cut of the bytes. */
static void test_both_ways_mixed(void **state)
{
	static struct end from, to;

	(void)state;
	begin(&from, WEBSOCKET_CLIENT);
	write_text(&from, 9, 9, "usual");
	websocket_send_frame(from.ws, 1, false, some_text, 4);
	websocket_ping(from.ws, "?", 1);
	websocket_send_frame(from.ws, 0, true, some_text + 4, 5);
	write_text(&from, 130, 9, "usual");
	for (size_t cut = 0; cut <= from.out.used; cut++) {
		uint8_t *block = malloc(from.out.used);
		memcpy(block, buffer_head(&from.out), from.out.used);
		begin(&to, WEBSOCKET_SERVER);
		CHECK_EQ(0, websocket_receive(to.ws, block, cut), "one part");
		CHECK_EQ(0,
			 websocket_receive(to.ws, block + cut,
					   from.out.used - cut),
			 "the other");
		CHECK_EQ(3, to.texts, "three texts");
		CHECK_EQ(9, to.len, "of nine bytes");
		CHECK(!memcmp(some_text, to.text, 9), "the same");
		CHECK_EQ(3, to.out.used, "and the ping's answer");
		finish(&to);
		free(block);
	}
	finish(&from);
}

static void test_close_inside_the_callback(void **state)
{
	static struct end from, to;

	(void)state;
	begin(&from, WEBSOCKET_CLIENT);
	begin(&to, WEBSOCKET_SERVER);
	to.closes = true;
	write_text(&from, 9, 9, "one");
	write_text(&from, 9, 9, "two");
	websocket_close(from.ws, WEBSOCKET_NORMAL, NULL);
	CHECK_EQ(0,
		 websocket_receive(to.ws, buffer_head(&from.out),
				   from.out.used),
		 "taken");
	CHECK_EQ(2, to.texts, "what was under way still comes");
	CHECK_EQ(2 + 2 + 3, to.out.used, "one close");
	CHECK(websocket_is_closed(to.ws), "both ways");
	finish(&from);
	finish(&to);
}

/* Not even a first message takes memory to receive. */
static void test_nothing_is_allocated(void **state)
{
	static struct end from, to;

	(void)state;
	allocations_watch();
	begin(&from, WEBSOCKET_CLIENT);
	begin(&to, WEBSOCKET_SERVER);
	write_text(&from, 344, 300, "the first");
	size_t before = allocations_count();
	for (int i = 0; i < 1000; i++) {
		websocket_receive(to.ws, buffer_head(&from.out), from.out.used);
		buffer_consume(&from.out, from.out.used);
		write_text(&from, 344, 300, "the next");
	}
	CHECK_EQ(before, allocations_count(), "both sides");
	CHECK_EQ(1000, to.texts, "messages did come");
	finish(&from);
	finish(&to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written_as_wslay_writes),
		cmocka_unit_test(test_not_written),
		cmocka_unit_test(test_read_where_it_stands),
		cmocka_unit_test(test_both_ways_mixed),
		cmocka_unit_test(test_close_inside_the_callback),
		cmocka_unit_test(test_nothing_is_allocated),
	};
	fill_text();
	return cmocka_run_group_tests_name("websocket_text", tests, NULL, NULL);
}
