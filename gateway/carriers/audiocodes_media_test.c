/* The media path of a call over VoiceAI Connect, whole: socket, leg, call and
 * ledger are the real ones; below them a WebSocket, above them a model are
 * stood in for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/carriers/audiocodes_leg.h"
#include "gateway/carriers/audiocodes_port.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "gateway/net/http_server.h"
#include "gateway/net/ws.h"
#include "protocols/audiocodes_message.h"
#include "protocols/base64.h"
#include "protocols/wav_stream.h"
#include "tools/testing/allocations.h"
#include "tools/testing/check.h"

#define MS       1000000ull
#define FRAME_MS 20
#define PCM24    48 /* bytes per ms */

static struct {
	uint64_t now_ns;
	const struct ws_events *events;
	struct audiocodes_socket *socket;
	size_t chunks;   /* of audio to the carrier */
	size_t appended; /* bytes of audio to the model */
	bool is_gone;

	struct audiocodes_settings settings;
	struct audiocodes_host host;
	struct audiocodes_leg leg;
	struct call call;
	struct audio_pool pool;
	struct log log;
	uv_loop_t loop;
	struct metronome metronome;
} rig;

/* --- Below: a WebSocket --- */

int ws_send_text(struct ws *w, const char *text, size_t len)
{
	(void)w;
	rig.chunks += memmem(text, len, "playStream.chunk", 16) != NULL;
	return 0;
}

int ws_text_begin(struct ws *w, size_t cap, char **text)
{
	static char room[8192];

	(void)w;
	CHECK(cap <= sizeof(room), "of 100 ms at most");
	*text = room;
	return 0;
}

int ws_text_end(struct ws *w, size_t len)
{
	char *text;

	ws_text_begin(w, len, &text);
	return ws_send_text(w, text, len);
}

int ws_ping(struct ws *w, const void *payload, size_t len)
{
	(void)w;
	(void)payload;
	(void)len;
	return 0;
}

void ws_flush(struct ws *w)
{
	(void)w;
}

void ws_close(struct ws *w, unsigned code, const char *reason)
{
	(void)w;
	(void)code;
	(void)reason;
}

void ws_abort(struct ws *w)
{
	(void)w;
}

int ws_leave(struct ws *w, void (*on_left)(void *owner))
{
	(void)w;
	(void)on_left;
	return -ENOTSUP;
}

void ws_arrive(struct ws *w, uv_loop_t *loop)
{
	(void)w;
	(void)loop;
}

void ws_receive(struct ws *w, uint8_t *bytes, size_t n)
{
	(void)w;
	(void)bytes;
	(void)n;
}

size_t ws_waiting(const struct ws *w)
{
	(void)w;
	return 0;
}

uint64_t ws_read_ns(const struct ws *w)
{
	(void)w;
	return rig.now_ns;
}

struct ws *http_upgrade(struct http_connection *c, const char *accept,
			const char *extra, size_t message_max,
			const struct ws_events *events, void *owner)
{
	(void)c;
	(void)accept;
	(void)extra;
	(void)message_max;
	rig.events = events;
	rig.socket = owner;
	return (struct ws *)&rig;
}

void http_respond_text(struct http_connection *c, unsigned status,
		       const char *text)
{
	(void)c;
	(void)status;
	(void)text;
}

/* --- Above: a model, and nobody's agent --- */

static void append(void *session, const uint8_t *bytes, size_t n)
{
	(void)session;
	(void)bytes;
	rig.appended += n;
}

static void hang_up(void *session)
{
	(void)session;
}

static size_t brief(void *agent, const struct call_variables *v, char *out,
		    size_t cap)
{
	(void)agent;
	(void)v;
	(void)out;
	(void)cap;
	return 0;
}

static const struct call_model_port model = { .append = append,
					      .close = hang_up };
static const struct call_agent_port agent = { .brief = brief };

/* --- The owner of both --- */

static void on_handled(void *owner, uint64_t read_ns)
{
	(void)owner;
	(void)read_ns;
}

static void on_ended(void *owner, enum audiocodes_leg_end how)
{
	(void)owner;
	(void)how;
}

static const struct audiocodes_leg_owner leg_owner = {
	.on_handled = on_handled,
	.on_ended = on_ended,
};

static struct audiocodes_leg *find(void *owner, struct audiocodes_socket *s,
				   const char *conversation)
{
	(void)owner;
	(void)s;
	(void)conversation;
	return NULL;
}

static struct audiocodes_leg *on_initiate(void *owner,
					  struct audiocodes_socket *s,
					  const struct audiocodes_event *ev,
					  const char **why)
{
	const struct call_ports ports = { .carrier = &audiocodes_port,
					  .leg = &rig.leg,
					  .model = &model,
					  .agent = &agent };
	struct call_settings settings = {
		.model_format = AUDIO_PCM24,
		.lead_ms = 400,
		.can_detach = true,
		.awaits_ready = true,
		.append_ms = FRAME_MS,
		.ring_ms = 1000,
		.connect_ms = 1000,
		.model_silence_ms = 5000,
		.digits_max = 8,
	};

	(void)owner;
	(void)s;
	CHECK_EQ(0,
		 audiocodes_leg_open(&rig.leg, &rig.settings, &rig.call,
				     &rig.log, &leg_owner, NULL, ev, why),
		 "the format is taken");
	settings.caller_format =
		audiocodes_settings_audio(rig.leg.caller_format);
	settings.playout_format =
		audiocodes_settings_audio(rig.leg.play_format);
	call_init(&rig.call, &settings, &rig.pool, &ports, rig.now_ns);
	return &rig.leg;
}

static void on_gone(void *owner, struct audiocodes_socket *s)
{
	(void)owner;
	(void)s;
	rig.is_gone = true;
}

/* --- A call --- */

static void says(const char *message)
{
	char text[4096];

	strcpy(text, message);
	rig.events->on_text(rig.socket, text, strlen(text));
}

static void begin(enum audiocodes_format_id format)
{
	const struct audiocodes_peer peer = { .bot = "tandem",
					      .address = "192.0.2.1:4321" };
	char text[256];

	memset(&rig, 0, sizeof(rig));
	rig.now_ns = 1000 * MS;
	log_open(&rig.log, -1, LOG_ERROR);
	uv_loop_init(&rig.loop);
	metronome_init(&rig.metronome, &rig.loop);
	audio_pool_init(&rig.pool, 4000000);
	rig.settings.participant = "caller";
	rig.settings.resume_ms = 60000;
	audiocodes_settings_prefer(&rig.settings, false);
	rig.host = (struct audiocodes_host){ .find = find,
					     .on_initiate = on_initiate,
					     .on_gone = on_gone,
					     .metronome = &rig.metronome,
					     .log = &rig.log };
	CHECK(audiocodes_socket_open(&rig.host, NULL, "", &peer), "upgraded");
	snprintf(text, sizeof(text),
		 "{\"type\":\"session.initiate\",\"conversationId\":\"c1\","
		 "\"supportedMediaFormats\":[\"%s\"]}",
		 audiocodes_format[format].name);
	says(text);
	says("{\"type\":\"activities\",\"activities\":[{\"type\":\"event\","
	     "\"name\":\"start\"}]}");
	says("{\"type\":\"userStream.start\"}");
	call_model_ready(&rig.call, rig.now_ns);
}

static void end(void)
{
	const struct ws_end how = { .was_open = true, .code = 1006 };

	audiocodes_leg_replace(&rig.leg, rig.now_ns);
	rig.events->on_closed(rig.socket, &how);
	CHECK(rig.is_gone, "the socket went");
	call_free(&rig.call);
	audio_pool_free(&rig.pool);
	metronome_close(&rig.metronome, NULL);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	uv_loop_close(&rig.loop);
}

/* A chunk of 20 ms; the first of a wav/… stream has its header. */
static void make_chunk(enum audiocodes_format_id id, bool is_first,
		       char text[4096])
{
	const struct audiocodes_format *f = &audiocodes_format[id];
	uint8_t audio[WAV_STREAM_WRITTEN + FRAME_MS * PCM24];
	bool is_ulaw = f->coding == AUDIOCODES_MULAW;
	size_t n = is_first && f->is_wav
			   ? wav_stream_header(audio,
					       is_ulaw ? WAV_STREAM_MULAW
						       : WAV_STREAM_PCM,
					       f->rate)
			   : 0;
	size_t len = f->rate / 1000 * FRAME_MS * (is_ulaw ? 1 : 2);
	int at = sprintf(text, "{\"type\":\"userStream.chunk\","
			       "\"conversationId\":\"c1\",\"audioChunk\":\"");

	memset(audio + n, 0x11, len);
	at += (int)base64_encode(text + at, audio, n + len);
	strcpy(text + at, "\"}");
}

/* Both sides speak for so long, 20 ms at a time. */
static void speak(enum audiocodes_format_id format, unsigned ms, bool is_first)
{
	static uint8_t pcm[FRAME_MS * PCM24];
	char text[4096];

	for (unsigned at = 0; at < ms; at += FRAME_MS) {
		make_chunk(format, is_first && at == 0, text);
		says(text);
		call_model_audio(&rig.call, "r1", "i1", 0, pcm, sizeof(pcm),
				 rig.now_ns);
		rig.now_ns += FRAME_MS * MS;
		rig.leg.leg.kind->tick(&rig.leg.leg, rig.now_ns);
		call_tick(&rig.call, rig.now_ns);
	}
}

/* Neither way, in none of the eight formats, once the worker's pool has seen
 * its peak. */
static void test_allocates_nothing(void **state)
{
	(void)state;
	allocations_watch();
	for (unsigned i = 0; i < AUDIOCODES_FORMATS; i++) {
		enum audiocodes_format_id f = (enum audiocodes_format_id)i;
		begin(f);
		call_model_response(&rig.call, "r1", false, rig.now_ns);
		speak(f, 2000, true);
		rig.chunks = rig.appended = 0;
		size_t before = allocations_count();
		speak(f, 2000, false);
		CHECK_EQ(before, allocations_count(),
			 audiocodes_format[f].name);
		CHECK(rig.appended > 1960 * PCM24 &&
			      rig.appended < 2040 * PCM24,
		      "2 s of the caller were heard");
		CHECK_EQ(100, rig.chunks, "and 100 frames played");
		CHECK_EQ(0, rig.leg.leg.total.dropped, "all of it");
		end();
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_allocates_nothing),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
