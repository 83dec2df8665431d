/* Two claims. Garbage: fed whole or byte by byte, an engine opens for nobody
 * and gives the same result. Damage: whatever is changed, cut or swapped on a
 * real connection's wire, what a side reads is a beginning of what the other
 * side wrote, and never anything else. */
#include "tools/testing/fuzz.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "protocols/buffer.h"
#include "protocols/tls.h"
#include "tools/testing/test_cert.h"

#define WIRE_MAX (1u << 17)

static struct tls_context *client_context, *server_context;

static void put_file(char *path, size_t cap, const char *text)
{
	int fd = memfd_create("pem", 0);

	FUZZ_CHECK(fd >= 0);
	FUZZ_CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	snprintf(path, cap, "/proc/self/fd/%d", fd);
}

static void make_contexts(void)
{
	static const struct test_cert_request request = { .host = { "a" },
							  .hosts = 1 };
	struct test_cert cert;
	char ca[40], chain[40], key[40];
	const char *error;

	FUZZ_CHECK(!test_cert_make(&cert, &request));
	put_file(ca, sizeof ca, cert.ca);
	put_file(chain, sizeof chain, cert.cert);
	put_file(key, sizeof key, cert.key);
	client_context = tls_client_context(ca, &error);
	server_context = tls_server_context_files(chain, key, &error);
	FUZZ_CHECK(client_context && server_context);
}

struct end {
	struct tls *tls;
	struct buffer wire, plain, sent;
};

static void begin(struct end *e, bool is_client)
{
	buffer_init(&e->wire, WIRE_MAX);
	buffer_init(&e->plain, WIRE_MAX);
	buffer_init(&e->sent, WIRE_MAX);
	e->tls = is_client ? tls_new(client_context, "a", &e->wire)
			   : tls_new(server_context, NULL, &e->wire);
	FUZZ_CHECK(e->tls != NULL);
	if (is_client)
		FUZZ_CHECK(!tls_receive(e->tls, NULL, 0, &e->plain));
}

static void finish(struct end *e)
{
	tls_free(e->tls);
	buffer_free(&e->wire);
	buffer_free(&e->plain);
	buffer_free(&e->sent);
}

static int feed(struct end *e, const uint8_t *data, size_t n, size_t step)
{
	int result = 0;

	for (size_t at = 0; at < n; at += step) {
		size_t part = n - at < step ? n - at : step;
		uint8_t *block = fuzz_copy(data + at, part);
		result = tls_receive(e->tls, block, part, &e->plain);
		free(block);
	}
	return result;
}

static void garbage(bool is_client, const uint8_t *data, size_t n)
{
	struct end whole, bytewise;

	begin(&whole, is_client);
	begin(&bytewise, is_client);
	int result = feed(&whole, data, n, n + 1);
	FUZZ_CHECK(result == feed(&bytewise, data, n, 1));
	FUZZ_CHECK(!result || result == -ECONNRESET || *tls_error(whole.tls));
	FUZZ_CHECK(!tls_is_open(whole.tls) && !tls_is_open(bytewise.tls));
	FUZZ_CHECK(!whole.plain.used && !bytewise.plain.used);
	finish(&whole);
	finish(&bytewise);
}

static void say_again(struct buffer *wire, size_t at)
{
	size_t n = wire->used - at;
	uint8_t *room = buffer_reserve(wire, n);

	if (!room)
		return;
	memcpy(room, room - n, n);
	buffer_commit(wire, n);
}

/* Two bytes of input for each flight: what to do to it, and where. */
struct script {
	const uint8_t *data;
	size_t left;
};

static void damage(struct buffer *wire, struct script *script)
{
	if (script->left < 2 || !wire->used)
		return;
	uint8_t what = script->data[0];
	size_t at = script->data[1] * wire->used / 256;
	script->data += 2;
	script->left -= 2;
	if (what >= 192)
		say_again(wire, at);
	else if (what >= 160)
		wire->used = at;
	else if (what >= 128)
		buffer_head(wire)[at] ^= (uint8_t)(what - 127);
}

static void carry(struct end *from, struct end *to, struct script *script)
{
	damage(&from->wire, script);
	tls_receive(to->tls, buffer_head(&from->wire), from->wire.used,
		    &to->plain);
	buffer_consume(&from->wire, from->wire.used);
	FUZZ_CHECK(to->plain.used <= from->sent.used);
	FUZZ_CHECK(!to->plain.used ||
		   !memcmp(buffer_head(&to->plain), buffer_head(&from->sent),
			   to->plain.used));
}

static void speak(struct end *e, size_t round)
{
	uint8_t text[700];

	memset(text, (int)round, sizeof text);
	size_t n = round * 37 % sizeof text + 1;
	if (tls_is_open(e->tls) && !tls_send(e->tls, text, n, &e->wire))
		buffer_append(&e->sent, text, n);
}

static void damaged_connection(const uint8_t *data, size_t n)
{
	struct script script = { data, n };
	struct end client, server;

	begin(&client, true);
	begin(&server, false);
	for (size_t round = 0; round < 4 || (script.left && round < 40);
	     round++) {
		carry(&client, &server, &script);
		carry(&server, &client, &script);
		speak(&client, round);
		speak(&server, round);
	}
	FUZZ_CHECK(n > 0 || (client.plain.used && server.plain.used));
	finish(&client);
	finish(&server);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (!client_context)
		make_contexts();
	if (n > 0 && data[0] < 128)
		garbage(data[0] & 1, data + 1, n - 1);
	else
		damaged_connection(data + !!n, n - !!n);
	return 0;
}
