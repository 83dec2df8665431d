/* Whatever a client sends, in whatever pieces of time: the server answers with
 * events only, each a JSON object with a type and an event_id, and never a
 * session.updated that echoes something it should have refused.
 *
 * The input is a list of messages, one a line. The first byte of a line is how
 * long to wait before it, in units of 20 ms. */
#include <jansson.h>

#include "tools/model/model_session.h"
#include "tools/testing/fuzz.h"

struct seen {
	struct model_session *session;
	uint64_t now_us;
	bool is_closed;
};

static void on_send(void *owner, const char *text, size_t len)
{
	json_t *event = json_loadb(text, len, JSON_ALLOW_NUL, NULL);

	(void)owner;
	FUZZ_CHECK(json_is_object(event));
	FUZZ_CHECK(json_is_string(json_object_get(event, "type")));
	FUZZ_CHECK(json_is_string(json_object_get(event, "event_id")));
	json_t *session = json_object_get(event, "session");
	FUZZ_CHECK(!session || json_object_size(session) <= 17);
	json_decref(event);
}

static void on_binary(void *owner, const void *bytes, size_t len)
{
	(void)owner;
	(void)bytes;
	(void)len;
	FUZZ_CHECK(false);
}

static void on_ping(void *owner, const uint8_t payload[4])
{
	struct seen *seen = owner;

	(void)payload;
	(void)seen;
}

static void on_close(void *owner, unsigned code, const char *reason)
{
	struct seen *seen = owner;

	(void)reason;
	FUZZ_CHECK(code >= 1000 && code <= 4999);
	FUZZ_CHECK(!seen->is_closed);
	seen->is_closed = true;
}

static void on_reset(void *owner)
{
	struct seen *seen = owner;

	seen->is_closed = true;
}

static void on_reading(void *owner, bool is_reading)
{
	(void)owner;
	(void)is_reading;
}

static const struct model_session_out out = {
	.send = on_send,
	.send_binary = on_binary,
	.ping = on_ping,
	.close = on_close,
	.reset = on_reset,
	.set_reading = on_reading,
};

static void send_line(struct seen *seen, const uint8_t *line, size_t n)
{
	if (n == 0)
		return;
	char *text = fuzz_copy(line + 1, n - 1);
	seen->now_us += 20000ull * line[0];
	model_session_run(seen->session, seen->now_us);
	model_session_text(seen->session, text, n - 1, seen->now_us);
	model_session_run(seen->session, seen->now_us);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct model_world world;
	static struct model_voice *voice;
	struct seen seen = { .now_us = 1 };

	voice = voice ? voice : model_voice_new();
	world = (struct model_world){ .voice = voice };
	model_scenario_default(&world.scenario);
	seen.session = model_session_new(&world, 1, "gpt-realtime-2.1", &out,
					 &seen, seen.now_us);
	FUZZ_CHECK(seen.session != NULL);
	for (size_t from = 0, at = 0; at <= n; at++) {
		if (at < n && data[at] != '\n')
			continue;
		send_line(&seen, data + from, at - from);
		from = at + 1;
	}
	model_session_run(seen.session, seen.now_us + 3000000);
	model_session_end(seen.session, true, 1000, seen.now_us + 3000000);
	model_session_free(seen.session);
	model_scenario_free(&world.scenario);
	return 0;
}
