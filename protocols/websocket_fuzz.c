/* Any split of a byte stream gives the same events, answers and result; a
 * message that one engine sends, in any fragments, is what the other gets; and
 * a text written in place leaves as the frame that wslay would make. */
#include "tools/testing/fuzz.h"

#include "protocols/buffer.h"
#include "protocols/utf8.h"
#include "protocols/websocket.h"

#define MESSAGE_MAX 500
#define OUT_MAX     2000

struct end {
	struct websocket *ws;
	struct buffer out, story;
};

static void tell(struct end *e, char what, const void *bytes, size_t len)
{
	FUZZ_CHECK(len <= MESSAGE_MAX);
	buffer_printf(&e->story, "%c%zu:", what, len);
	buffer_append(&e->story, bytes, len);
}

static void on_text(void *owner, char *text, size_t len)
{
	FUZZ_CHECK(text[len] == 0);
	FUZZ_CHECK(utf8_is_valid((const uint8_t *)text, len));
	tell(owner, 't', text, len);
	memset(text, 0xff, len);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	tell(owner, 'b', bytes, len);
}

static void on_ping(void *owner, const uint8_t *bytes, size_t len)
{
	FUZZ_CHECK(len <= 125);
	tell(owner, 'i', bytes, len);
}

static void on_pong(void *owner, const uint8_t *bytes, size_t len)
{
	FUZZ_CHECK(len <= 125);
	tell(owner, 'o', bytes, len);
}

static void on_close(void *owner, unsigned code, const char *reason, size_t len)
{
	struct end *e = owner;

	FUZZ_CHECK(len <= WEBSOCKET_REASON_MAX);
	FUZZ_CHECK(code >= 1000 && code < 5000);
	buffer_printf(&e->story, "%u", code);
	tell(e, 'c', reason, len);
}

static void mask(void *owner, uint8_t *out, size_t n)
{
	(void)owner;
	memset(out, 0x5a, n);
}

static const struct websocket_events events = { on_text, on_binary, on_ping,
						on_pong, on_close };

static void begin(struct end *e, enum websocket_role role)
{
	buffer_init(&e->out, OUT_MAX);
	buffer_init(&e->story, 1 << 22);
	e->ws = websocket_new(role, MESSAGE_MAX, &events, mask, e, &e->out);
	FUZZ_CHECK(e->ws != NULL);
}

static void finish(struct end *e)
{
	websocket_free(e->ws);
	buffer_free(&e->out);
	buffer_free(&e->story);
}

static size_t next_step(unsigned *seed)
{
	if (*seed < 2)
		return *seed ? 1 : SIZE_MAX;
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % 40 + 1;
}

static int receive(struct end *e, const uint8_t *data, size_t n, unsigned seed)
{
	int result = 0;

	for (size_t at = 0; at < n;) {
		size_t step = next_step(&seed);
		size_t part = n - at < step ? n - at : step;
		uint8_t *block = fuzz_copy(data + at, part);
		result = websocket_receive(e->ws, block, part);
		free(block);
		at += part;
	}
	return result;
}

static int same(const struct buffer *a, const struct buffer *b)
{
	return a->used == b->used &&
	       (!a->used || !memcmp(buffer_head(a), buffer_head(b), a->used));
}

static void any_split(enum websocket_role role, const uint8_t *data, size_t n,
		      unsigned seed)
{
	struct end e[3];
	int result[3];

	for (unsigned i = 0; i < 3; i++) {
		begin(&e[i], role);
		result[i] = receive(&e[i], data, n, i < 2 ? i : seed);
		FUZZ_CHECK(result[i] == result[0]);
		FUZZ_CHECK(same(&e[0].story, &e[i].story));
		FUZZ_CHECK(same(&e[0].out, &e[i].out));
	}
	for (unsigned i = 0; i < 3; i++)
		finish(&e[i]);
}

/* One binary message, cut where the seed says. */
static void there_and_back(enum websocket_role role, const uint8_t *data,
			   size_t n, unsigned seed)
{
	struct end from, to;
	size_t at = 0;

	n = n < MESSAGE_MAX ? n : MESSAGE_MAX;
	begin(&from, role);
	begin(&to,
	      role == WEBSOCKET_SERVER ? WEBSOCKET_CLIENT : WEBSOCKET_SERVER);
	do {
		size_t step = next_step(&seed) + 20;
		size_t part = n - at < step ? n - at : step;
		FUZZ_CHECK(!websocket_send_frame(
			from.ws, at ? 0 : 2, at + part == n, data + at, part));
		at += part;
	} while (at < n);
	FUZZ_CHECK(!receive(&to, buffer_head(&from.out), from.out.used, seed));
	tell(&from, 'b', data, n);
	FUZZ_CHECK(same(&from.story, &to.story));
	finish(&from);
	finish(&to);
}

static void text_in_place(enum websocket_role role, const uint8_t *data,
			  size_t n, size_t spare)
{
	struct end from, wslay;
	char *text;

	begin(&from, role);
	begin(&wslay, role);
	for (int i = 0; i < 2; i++) {
		int err = websocket_begin_text(from.ws, n + spare, &text);
		FUZZ_CHECK(!err == (text != NULL));
		if (err)
			break;
		memset(text, 0xee, n + spare);
		memcpy(text, data, n);
		websocket_end_text(from.ws, n);
		FUZZ_CHECK(!websocket_send_frame(wslay.ws, 1, true, data, n));
		FUZZ_CHECK(same(&from.out, &wslay.out));
	}
	finish(&from);
	finish(&wslay);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 2)
		return 0;
	enum websocket_role role =
		data[0] & 1 ? WEBSOCKET_SERVER : WEBSOCKET_CLIENT;
	any_split(role, data + 2, n - 2, data[1] + 2u);
	there_and_back(role, data + 2, n - 2, data[1] + 2u);
	text_in_place(role, data + 2, n - 2, data[1]);
	return 0;
}
