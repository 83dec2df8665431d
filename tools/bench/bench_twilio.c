/* A call as Twilio places it. */
#include "tools/bench/bench_call.h"
#include "tools/bench/bench_text.h"

#define ACCOUNT_SID "AC00000000000000000000000000000000"

static void open(struct bench_call *c)
{
	static const char connected[] = "{\"event\":\"connected\",\"protocol\":"
					"\"Call\",\"version\":\"1.0.0\"}";
	char text[BENCH_MESSAGE_ROOM];

	bench_ws_send(&c->ws, connected, sizeof(connected) - 1);
	c->sequence = 1;
	c->started_ns = bench_now_ns();
	bench_ws_send(&c->ws, text,
		      bench_twilio_start(text, c->id, c->call_sid,
					 ACCOUNT_SID));
	bench_call_live(c);
}

static void take_mark(struct bench_call *c, const char *text, size_t len)
{
	size_t n;
	const char *name = bench_text_find(text, len, "name", &n);

	if (name)
		bench_call_mark(c, name, n);
	else
		bench_load_fail(c->load, "a mark without a name");
}

static void text_in(struct bench_call *c, char *text, size_t len)
{
	size_t n;
	const char *payload;

	if (bench_text_is(text, len, "event", "media")) {
		payload = bench_text_find(text, len, "payload", &n);
		if (payload)
			bench_call_hear(c, bench_text_decoded(payload, n));
		else
			bench_load_fail(c->load, "media without a payload");
	} else if (bench_text_is(text, len, "event", "mark")) {
		take_mark(c, text, len);
	} else if (bench_text_is(text, len, "event", "clear")) {
		bench_call_clear(c);
	} else {
		bench_load_fail(c->load, "an event Twilio does not know");
	}
}

static size_t frame(struct bench_call *c, char *out,
		    const struct bench_payload *payload)
{
	return bench_twilio_media(out, c->id, ++c->sequence, c->frames + 1,
				  c->frames * BENCH_FRAME_MS, payload);
}

static void mark(struct bench_call *c, const char *name)
{
	char text[BENCH_MESSAGE_ROOM];

	bench_ws_send(&c->ws, text,
		      bench_twilio_mark(text, c->id, ++c->sequence, name));
}

static void stop(struct bench_call *c)
{
	char text[BENCH_MESSAGE_ROOM];

	bench_ws_send(&c->ws, text,
		      bench_twilio_stop(text, c->id, ++c->sequence, c->call_sid,
					ACCOUNT_SID));
}

const struct bench_carrier_kind bench_twilio = {
	.open = open,
	.text = text_in,
	.frame = frame,
	.mark = mark,
	.stop = stop,
};
