/* Prints what the bytes of 20 ms of audio cost, one call, one direction:
 *
 *     byte_cost [--json]
 *
 * Nanoseconds per frame on this CPU, best of several rounds. "plain" is the way
 * every CPU has (of WebSocket: wslay's), "wide" what is taken here; where there
 * is but one way, it stands under "wide". */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "codecs/g711.h"
#include "codecs/g711_inner.h"
#include "codecs/resample_inner.h"
#include "gateway/call/transcoder.h"
#include "protocols/base64.h"
#include "protocols/base64_simd.h"
#include "protocols/buffer.h"
#include "protocols/byte_run.h"
#include "protocols/json_scan.h"
#include "protocols/realtime_command.h"
#include "protocols/realtime_event.h"
#include "protocols/twilio_message.h"
#include "protocols/utf8.h"
#include "protocols/websocket.h"
#include "protocols/websocket_frame.h"
#include "tools/measure/figure_table.h"

#define ROUNDS   400
#define ROUND_NS 20000u /* short: the best is one that nothing broke into */

#define ULAW_FRAME  160 /* bytes of 20 ms */
#define PCM24_FRAME 960
#define DELTA       4800 /* 100 ms of PCM16 at 24 kHz */

static uint8_t audio[DELTA];
static char letters[BASE64_ENCODED(DELTA)];
static char media[TWILIO_MEDIA_ROOM(ULAW_FRAME) + 200];
static size_t media_len;
static char delta[BASE64_ENCODED(DELTA) + 512];
static size_t delta_len;
static char text[sizeof(delta)]; /* worked on */
static uint8_t bytes[DELTA * 4];
static volatile size_t sink; /* what is worked out is not left out */

/* --- base64 --- */

static const struct base64_path *path;

static void encode(size_t n)
{
	sink = base64_encode_on(path, text, audio, n);
}

static void decode(size_t n)
{
	sink = (size_t)base64_decode_on(path, bytes, letters,
					BASE64_ENCODED(n));
}

/* --- Text --- */

static void ascii_plain(size_t n)
{
	sink = byte_run_ascii_words((uint8_t *)letters, BASE64_ENCODED(n));
}

static void ascii_wide(size_t n)
{
	sink = utf8_is_valid((uint8_t *)letters, BASE64_ENCODED(n));
}

static void run_plain(size_t n)
{
	sink = byte_run_plain_words((uint8_t *)letters, BASE64_ENCODED(n));
}

static void run_wide(size_t n)
{
	sink = byte_run_plain((uint8_t *)letters, BASE64_ENCODED(n));
}

static void scan(size_t n)
{
	static const char *const name[] = { "event", "streamSid", "media" };
	struct json_member m[3];

	(void)n;
	sink = (size_t)json_scan_pick(media, media_len, name, m, 3);
}

static void parse_media(size_t n)
{
	struct twilio_event ev;

	(void)n;
	memcpy(text, media, media_len + 1);
	sink = (size_t)twilio_message_parse(&ev, text, media_len);
	sink = ev.audio_len;
	twilio_event_release(&ev);
}

static void parse_delta(size_t n)
{
	struct realtime_event ev;

	(void)n;
	memcpy(text, delta, delta_len + 1);
	sink = (size_t)realtime_event_parse(&ev, text, delta_len);
	sink = ev.audio_len;
	realtime_event_release(&ev);
}

static void write_media(size_t n)
{
	sink = twilio_message_media(text, sizeof(text),
				    "MZ0123456789abcdef0123456789abcdef", audio,
				    n);
}

static void write_append(size_t n)
{
	sink = realtime_command_append(text, sizeof(text), audio, n);
}

/* --- WebSocket --- */

static struct websocket *server, *client;
static struct buffer from_server, from_client;
static uint8_t frame[sizeof(media) + WEBSOCKET_HEADER_MAX];
static size_t frame_len;

static void on_text(void *owner, char *at, size_t len)
{
	(void)owner;
	sink = len + (uint8_t)at[0];
}

static const struct websocket_events events = { .on_text = on_text };

static void mask_of_zeros(void *owner, uint8_t *out, size_t n)
{
	(void)owner;
	memset(out, 0x5a, n);
}

static void receive_split(size_t n)
{
	(void)n;
	memcpy(bytes, frame, frame_len);
	websocket_receive(server, bytes, 1);
	websocket_receive(server, bytes + 1, frame_len - 1);
}

static void receive_whole(size_t n)
{
	(void)n;
	memcpy(bytes, frame, frame_len);
	websocket_receive(server, bytes, frame_len);
}

static void send_wslay(struct websocket *ws, struct buffer *out)
{
	websocket_send_frame(ws, 1, true, media, media_len);
	buffer_consume(out, out->used);
}

static void send_in_place(struct websocket *ws, struct buffer *out)
{
	char *at;

	websocket_begin_text(ws, media_len + 50, &at);
	memcpy(at, media, media_len);
	websocket_end_text(ws, media_len);
	buffer_consume(out, out->used);
}

static void server_wslay(size_t n)
{
	(void)n;
	send_wslay(server, &from_server);
}

static void server_in_place(size_t n)
{
	(void)n;
	send_in_place(server, &from_server);
}

static void client_wslay(size_t n)
{
	(void)n;
	send_wslay(client, &from_client);
}

static void client_in_place(size_t n)
{
	(void)n;
	send_in_place(client, &from_client);
}

static void mask_words(size_t n)
{
	websocket_mask_words(bytes, bytes, BASE64_ENCODED(n), frame);
}

static void mask_wide(size_t n)
{
	websocket_mask(bytes, bytes, BASE64_ENCODED(n), frame);
}

/* --- Samples --- */

static struct transcoder up, down, up16;

static void on_samples(void *owner, const uint8_t *at, size_t n)
{
	(void)owner;
	sink = n + at[0];
}

static void transcode_up(size_t n)
{
	transcoder_run(&up, audio, n, on_samples, NULL);
}

static void transcode_down(size_t n)
{
	transcoder_run(&down, audio, n, on_samples, NULL);
}

static void transcode_up16(size_t n)
{
	transcoder_run(&up16, audio, n, on_samples, NULL);
}

static void expand(size_t n)
{
	static int16_t pcm[DELTA];

	sink = g711_ulaw_decode(pcm, audio, n);
}

static void compress_each(size_t n)
{
	static int16_t pcm[DELTA];

	memcpy(pcm, audio, 2 * n);
	g711_ulaw_encode_each(bytes, pcm, n);
}

static void compress(size_t n)
{
	static int16_t pcm[DELTA];

	memcpy(pcm, audio, 2 * n);
	sink = g711_ulaw_encode(bytes, pcm, n);
}

/* --- The table --- */

typedef void work_fn(size_t n);

static const struct work {
	const char *name;
	work_fn *plain, *wide;
	size_t n;
} table[] = {
	{ "base64 encode 160 bytes", encode, encode, ULAW_FRAME },
	{ "base64 encode 960 bytes", encode, encode, PCM24_FRAME },
	{ "base64 encode 4800 bytes", encode, encode, DELTA },
	{ "base64 decode 160 bytes", decode, decode, ULAW_FRAME },
	{ "base64 decode 960 bytes", decode, decode, PCM24_FRAME },
	{ "base64 decode 4800 bytes", decode, decode, DELTA },
	{ "UTF-8, base64 of 160", ascii_plain, ascii_wide, ULAW_FRAME },
	{ "UTF-8, base64 of 4800", ascii_plain, ascii_wide, DELTA },
	{ "JSON string, base64 of 160", run_plain, run_wide, ULAW_FRAME },
	{ "JSON string, base64 of 4800", run_plain, run_wide, DELTA },
	{ "mask, base64 of 160", mask_words, mask_wide, ULAW_FRAME },
	{ "mask, base64 of 960", mask_words, mask_wide, PCM24_FRAME },
	{ "JSON scan, media message", NULL, scan, 0 },
	{ "media message parsed", NULL, parse_media, 0 },
	{ "media message written", NULL, write_media, ULAW_FRAME },
	{ "delta of 4800 parsed", NULL, parse_delta, DELTA },
	{ "append of 960 written", NULL, write_append, PCM24_FRAME },
	{ "WebSocket: media received", receive_split, receive_whole, 0 },
	{ "WebSocket: media sent", server_wslay, server_in_place, 0 },
	{ "WebSocket: the same, masked", client_wslay, client_in_place, 0 },
	{ "mu-law expanded", NULL, expand, ULAW_FRAME },
	{ "mu-law compressed", compress_each, compress, ULAW_FRAME },
	{ "mu-law to 24 kHz", transcode_up, transcode_up, ULAW_FRAME },
	{ "24 kHz to mu-law", transcode_down, transcode_down, PCM24_FRAME },
	{ "16 to 24 kHz", transcode_up16, transcode_up16, 640 },
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double round_ns(work_fn *run, size_t n)
{
	double begun = now_ns(), spent = 0;
	unsigned times = 0;

	for (; spent < ROUND_NS; spent = now_ns() - begun, times += 10)
		for (unsigned i = 0; i < 10; i++)
			run(n);
	return spent / times;
}

/* The two ways take turns, so that a busy machine is unfair to neither. */
static void measure(const struct work *w, double *plain, double *wide)
{
	*plain = *wide = FIGURE_NONE;
	for (unsigned round = 0; round < ROUNDS; round++) {
		path = &base64_path[BASE64_PATHS - 1];
		resample_use_wide(false);
		double ns = w->plain ? round_ns(w->plain, w->n) : FIGURE_NONE;
		*plain = ns < *plain ? ns : *plain;
		for (path = base64_path; !path->is_there();)
			path++;
		resample_use_wide(true);
		ns = round_ns(w->wide, w->n);
		*wide = ns < *wide ? ns : *wide;
	}
}

static void print_table(struct figure_table *t)
{
	static const char *const column[] = { "plain", "wide", "plain/wide" };

	figure_table_begin(t, "ns per frame of 20 ms", column, 3);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct figure_row r = {
			table[i].name, 1, FIGURE_FREE, 0, { 0 }
		};
		measure(&table[i], &r.cell[0], &r.cell[1]);
		r.cell[2] =
			table[i].plain ? r.cell[0] / r.cell[1] : FIGURE_NONE;
		figure_table_row(t, &r);
	}
	figure_table_note(t, "4800 bytes are 100 ms of PCM16 at 24 kHz; "
			     "parsing and receiving with a copy of the input");
}

static void prepare_messages(void)
{
	base64_encode(letters, audio, DELTA);
	delta_len = (size_t)snprintf(
		delta, sizeof(delta),
		"{\"type\":\"response.output_audio.delta\","
		"\"event_id\":\"event_SCpMABCDEFGHIJKLMNOPQ\","
		"\"response_id\":\"resp_SCpMABCDEFGHIJKLMNOPQ\","
		"\"item_id\":\"item_SCpMABCDEFGHIJKLMNOPQR\","
		"\"output_index\":0,\"content_index\":0,"
		"\"delta\":\"%.*s\"}",
		(int)BASE64_ENCODED(DELTA), letters);
	media_len = (size_t)snprintf(
		media, sizeof(media),
		"{\"event\":\"media\",\"sequenceNumber\":\"4711\",\"media\":{"
		"\"track\":\"inbound\",\"chunk\":\"4709\",\"timestamp\":"
		"\"94180\",\"payload\":\"%.*s\"},\"streamSid\":"
		"\"MZ0123456789abcdef0123456789abcdef\"}",
		(int)BASE64_ENCODED(ULAW_FRAME), letters);
}

static void prepare(void)
{
	for (size_t i = 0; i < sizeof(audio); i++)
		audio[i] = (uint8_t)(i * 2654435761u >> 13);
	prepare_messages();
	buffer_init(&from_server, 1 << 16);
	buffer_init(&from_client, 1 << 16);
	server = websocket_new(WEBSOCKET_SERVER, 1 << 16, &events, NULL, NULL,
			       &from_server);
	client = websocket_new(WEBSOCKET_CLIENT, 1 << 16, &events,
			       mask_of_zeros, NULL, &from_client);
	websocket_send_text(client, media, media_len);
	frame_len = from_client.used;
	memcpy(frame, buffer_head(&from_client), frame_len);
	buffer_consume(&from_client, frame_len);
	transcoder_init(&up, AUDIO_ULAW, AUDIO_PCM24);
	transcoder_init(&down, AUDIO_PCM24, AUDIO_ULAW);
	transcoder_init(&up16, AUDIO_PCM16, AUDIO_PCM24);
}

int main(int argc, char **argv)
{
	struct figure_table t;
	bool is_json = argc == 2 && !strcmp(argv[1], "--json");

	if (argc > 2 || (argc == 2 && !is_json)) {
		fputs("usage: byte_cost [--json]\n", stderr);
		return 2;
	}
	prepare();
	figure_table_init(&t, stdout, is_json);
	print_table(&t);
	websocket_free(server);
	websocket_free(client);
	buffer_free(&from_server);
	buffer_free(&from_client);
	return figure_table_end(&t);
}
