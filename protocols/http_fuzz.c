/* Messages read whole, byte by byte and in a split the input chooses are the
 * same; and no header, target or method carries what could forge another. */
#include "tools/testing/fuzz.h"

#include <stdbool.h>

#include "protocols/buffer.h"
#include "protocols/http.h"

#define BODY_MAX  300
#define STORY_MAX (1u << 20)

static void check_header(const struct http_header *h)
{
	FUZZ_CHECK(*h->name && !strpbrk(h->name, " \t:\r\n"));
	FUZZ_CHECK(!strpbrk(h->value, "\r\n"));
	FUZZ_CHECK(!strchr(" \t", h->value[0]) || !h->value[0]);
	size_t len = strlen(h->value);
	FUZZ_CHECK(!len || !strchr(" \t", h->value[len - 1]));
}

/* All that a message says, as text. */
static void tell(struct buffer *story, const struct http_message *m)
{
	if (m->method)
		buffer_printf(story, "%s %s\n", m->method, m->target);
	FUZZ_CHECK(!m->target || !strpbrk(m->target, " \t\r\n"));
	buffer_printf(story, "%u %d %d\n", m->status, m->keep_alive,
		      m->is_upgrade);
	for (size_t i = 0; i < m->headers; i++) {
		check_header(&m->header[i]);
		buffer_printf(story, "%s: %s\n", m->header[i].name,
			      m->header[i].value);
		FUZZ_CHECK(http_header_count(m, m->header[i].name) > 0);
	}
	FUZZ_CHECK(m->body_len <= BODY_MAX && m->body[m->body_len] == 0);
	buffer_append(story, m->body, m->body_len);
}

static size_t next_step(unsigned *seed)
{
	if (*seed < 2)
		return *seed ? 1 : SIZE_MAX;
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % 40 + 1;
}

/* Read message after message; returns where it stopped. */
static size_t read_all(struct http_reader *r, const uint8_t *data, size_t n,
		       unsigned seed, struct buffer *story)
{
	size_t at = 0;
	int result = 0;

	while (at < n && result >= 0) {
		size_t step = next_step(&seed), used;
		size_t part = n - at < step ? n - at : step;
		uint8_t *block = fuzz_copy(data + at, part);
		result = http_reader_feed(r, block, part, &used);
		free(block);
		FUZZ_CHECK(used <= part);
		FUZZ_CHECK(result != HTTP_NEEDS_MORE || used == part);
		at += used;
		if (result != HTTP_COMPLETE)
			continue;
		tell(story, http_reader_message(r));
		bool is_over = http_reader_message(r)->is_upgrade;
		http_reader_next(r);
		if (is_over)
			break;
	}
	/* Where in its block an error is noticed depends on the block. */
	result = http_reader_finish(r);
	if (result == HTTP_COMPLETE)
		tell(story, http_reader_message(r));
	buffer_printf(story, "end %s\n", result < 0 ? "bad" : "good");
	return result < 0 ? 0 : at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buffer story[3];
	size_t stopped[3];

	if (n < 1)
		return 0;
	for (unsigned i = 0; i < 3; i++) {
		struct http_reader *r = http_reader_new(
			data[0] & 1 ? HTTP_READ_REQUESTS : HTTP_READ_RESPONSES,
			BODY_MAX);
		buffer_init(&story[i], STORY_MAX);
		unsigned seed = i < 2 ? i : data[0] + 2u;
		stopped[i] = read_all(r, data + 1, n - 1, seed, &story[i]);
		http_reader_free(r);
	}
	for (unsigned i = 1; i < 3; i++) {
		FUZZ_CHECK(stopped[0] == stopped[i]);
		FUZZ_CHECK(story[0].used == story[i].used);
		FUZZ_CHECK(!memcmp(buffer_head(&story[0]),
				   buffer_head(&story[i]), story[0].used));
	}
	for (unsigned i = 0; i < 3; i++)
		buffer_free(&story[i]);
	return 0;
}
