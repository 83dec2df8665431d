/* A call as VoiceAI Connect places it. */
#include <stdio.h>
#include <string.h>

#include "tools/bench/bench_call.h"
#include "tools/bench/bench_text.h"

static void open(struct bench_call *c)
{
	char text[BENCH_MESSAGE_ROOM];

	c->state = BENCH_CALL_OPENING;
	c->started_ns = bench_now_ns();
	bench_ws_send(&c->ws, text,
		      bench_audiocodes_initiate(text, c->id,
						c->load->plan.offer));
}

static void accepted(struct bench_call *c, const char *message, size_t len)
{
	char text[BENCH_MESSAGE_ROOM];

	if (!bench_text_is(message, len, "mediaFormat", c->load->plan.offer))
		bench_load_fail(c->load, "another media format than offered");
	bench_ws_send(&c->ws, text, bench_audiocodes_start(text, c->id));
	bench_ws_send(&c->ws, text, bench_audiocodes_user_start(text, c->id));
}

static void take_chunk(struct bench_call *c, const char *text, size_t len)
{
	size_t n;
	const char *audio = bench_text_find(text, len, "audioChunk", &n);

	if (audio)
		bench_call_hear(c, bench_text_decoded(audio, n));
	else
		bench_load_fail(c->load, "a chunk without audio");
}

/* The end of a play stream is reported when it has been heard. */
static void take_stop(struct bench_call *c, const char *text, size_t len)
{
	size_t n;
	const char *id = bench_text_find(text, len, "streamId", &n);

	if (id)
		bench_call_mark(c, id, n);
}

static void text_in(struct bench_call *c, char *text, size_t len)
{
	if (bench_text_is(text, len, "type", "playStream.chunk"))
		take_chunk(c, text, len);
	else if (bench_text_is(text, len, "type", "playStream.stop"))
		take_stop(c, text, len);
	else if (bench_text_is(text, len, "type", "session.accepted"))
		accepted(c, text, len);
	else if (bench_text_is(text, len, "type", "userStream.started"))
		bench_call_live(c);
	else if (bench_text_is(text, len, "type", "userStream.speech.started"))
		bench_call_clear(c);
	else if (bench_text_is(text, len, "type", "session.error"))
		bench_call_end(c, "session.error");
}

static size_t frame(struct bench_call *c, char *out,
		    const struct bench_payload *payload)
{
	return bench_audiocodes_chunk(out, c->id, payload);
}

static void mark(struct bench_call *c, const char *name)
{
	char text[BENCH_MESSAGE_ROOM];
	int len = snprintf(
		text, sizeof(text),
		"{\"type\":\"activities\",\"conversationId\":\"%s\","
		"\"activities\":[{\"type\":\"event\",\"name\":\"playFinished\","
		"\"id\":\"%s-%s\",\"timestamp\":\"2026-01-01T00:00:00.000Z\","
		"\"parameters\":{\"streamId\":\"%s\"}}]}",
		c->id, c->id, name, name);

	bench_ws_send(&c->ws, text, (size_t)len);
}

static void stop(struct bench_call *c)
{
	char text[BENCH_MESSAGE_ROOM];

	bench_ws_send(&c->ws, text, bench_audiocodes_end(text, c->id));
}

const struct bench_carrier_kind bench_audiocodes = {
	.open = open,
	.text = text_in,
	.frame = frame,
	.mark = mark,
	.stop = stop,
};
