#include "tools/testing/fake_bot.h"

#include "tools/testing/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "codecs/g711.h"
#include "gateway/net/http_server.h"
#include "gateway/net/ws.h"
#include "protocols/base64.h"
#include "protocols/http.h"
#include "protocols/websocket.h"

#define PI          3.14159265358979323846
#define MESSAGE_MAX (1u << 20)
#define CHUNK_MS    100 /* of what it says */
#define CHUNK_MAX   (24 * CHUNK_MS * 2)
#define RIFF_HEADER 44
#define LOUD        300

struct fake_bot fake_bot;

static unsigned stream; /* number of the play stream */
static unsigned phase;  /* samples of it that were sent */
static bool has_started;
static bool has_user;
static bool has_told;

void fake_bot_send(const char *format, ...)
{
	char text[2 * CHUNK_MAX];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!fake_bot.ws)
		return;
	ws_send_text(fake_bot.ws, text, (size_t)n);
	ws_flush(fake_bot.ws);
}

void fake_bot_accept(void)
{
	fake_bot_send("{\"type\":\"session.accepted\",\"mediaFormat\":\"%s\"}",
		      fake_bot.format);
}

void fake_bot_event(const char *name, const char *more)
{
	fake_bot_send("{\"type\":\"activities\",\"activities\":[{\"type\":"
		      "\"event\",\"name\":\"%s\"%s}]}",
		      name, more);
}

/* --- Speaking --- */

static const char *play_format(void)
{
	return fake_bot.play ? fake_bot.play : fake_bot.format;
}

/* Samples per ms of a format: 8, 16 or 24. */
static unsigned rate_of(const char *format)
{
	if (strstr(format, "_24"))
		return 24;
	return strstr(format, "mulaw") || strstr(format, "_8") ? 8 : 16;
}

void fake_bot_play(void)
{
	phase = 0;
	fake_bot_send("{\"type\":\"playStream.start\",\"streamId\":\"p%u\","
		      "\"mediaFormat\":\"%s\"}",
		      ++stream, play_format());
}

void fake_bot_tone(unsigned ms)
{
	unsigned rate = rate_of(play_format());
	bool is_ulaw = strstr(play_format(), "mulaw") != NULL;

	for (unsigned at = 0; at < ms; at += CHUNK_MS) {
		int16_t pcm[24 * CHUNK_MS];
		uint8_t bytes[CHUNK_MAX];
		char text[BASE64_ENCODED(CHUNK_MAX) + 1];
		size_t n = (ms - at < CHUNK_MS ? ms - at : CHUNK_MS) * rate;

		for (size_t i = 0; i < n; i++)
			pcm[i] = (int16_t)(8000 * sin(2 * PI * phase++ /
						      (5.0 * rate)));
		if (is_ulaw)
			g711_ulaw_encode(bytes, pcm, n);
		else
			memcpy(bytes, pcm, n * 2);
		text[base64_encode(text, bytes, is_ulaw ? n : n * 2)] = 0;
		fake_bot_send("{\"type\":\"playStream.chunk\",\"streamId\":"
			      "\"p%u\",\"audioChunk\":\"%s\"}",
			      stream, text);
	}
}

void fake_bot_stop(void)
{
	fake_bot_send("{\"type\":\"playStream.stop\",\"streamId\":\"p%u\"}",
		      stream);
}

void fake_bot_speak(unsigned ms)
{
	fake_bot_play();
	fake_bot_tone(ms);
	fake_bot_stop();
}

/* --- Listening --- */

static const char *member(json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text ? text : "";
}

static void note(char *list, size_t cap, const char *word, const char *more)
{
	snprintf(list + strlen(list), cap - strlen(list), "%s%s%s ", word,
		 *more ? "=" : "", more);
}

static bool is_loud(const uint8_t *bytes, size_t n)
{
	int16_t pcm[CHUNK_MAX];
	bool is_ulaw = strstr(fake_bot.format, "mulaw") != NULL;

	if (n > CHUNK_MAX)
		n = CHUNK_MAX;
	if (is_ulaw)
		g711_ulaw_decode(pcm, bytes, n);
	else
		memcpy(pcm, bytes, n);
	for (size_t i = 0; i < (is_ulaw ? n : n / 2); i++)
		if (abs(pcm[i]) > LOUD)
			return true;
	return false;
}

/* 9.3: real time on an anchored clock. */
static void check_pace(void)
{
	uint64_t now = uv_hrtime();

	if (fake_bot.chunks++ == 0)
		fake_bot.first_ns = now;
	double off = fabs((double)(now - fake_bot.first_ns) / 1e6 -
			  (double)(fake_bot.chunks - 1) * fake_bot.chunk_ms);
	if (off > fake_bot.worst_ms)
		fake_bot.worst_ms = off;
	if (fake_bot.chunks == 50 ||
	    (fake_bot.chunks > 50 && off < fake_bot.best_late_ms))
		fake_bot.best_late_ms = off;
}

static void take_chunk(json_t *m)
{
	static uint8_t bytes[MESSAGE_MAX];
	const char *text = member(m, "audioChunk");
	ssize_t n = base64_decode(bytes, text, strlen(text));
	size_t skip = 0;

	check_pace();
	if (n <= 0 || !has_user) {
		fake_bot.bad_chunks++;
		return;
	}
	fake_bot.chunk_bytes += (unsigned)n;
	fake_bot.odd_chunks += n & 1;
	if (n >= RIFF_HEADER && memcmp(bytes, "RIFF", 4) == 0) {
		fake_bot.riff_chunks++;
		skip = RIFF_HEADER;
	}
	/* Odd chunks shift the samples: they are not listened to. */
	if (fake_bot.odd_chunks || !is_loud(bytes + skip, (size_t)n - skip))
		return;
	if (fake_bot.loud_chunks++ == 0 && fake_bot.on_loud)
		fake_bot.on_loud();
}

static void tell_start(void)
{
	if (!has_started || !has_user || has_told)
		return;
	has_told = true;
	if (fake_bot.on_start)
		fake_bot.on_start();
}

static void take_activity(json_t *a)
{
	json_t *value = json_object_get(a, "value");
	const char *name = member(a, "name"), *id = member(a, "id");
	char text[32] = "";

	if (json_is_integer(value))
		snprintf(text, sizeof(text), "%lld",
			 (long long)json_integer_value(value));
	else if (json_is_string(value))
		snprintf(text, sizeof(text), "%s", json_string_value(value));
	fake_bot.activities++;
	note(fake_bot.events, sizeof(fake_bot.events), name, text);
	if (*id && strcmp(id, fake_bot.activity) == 0)
		fake_bot.repeated++;
	snprintf(fake_bot.activity, sizeof(fake_bot.activity), "%s", id);
	if (strcmp(name, "start") == 0) {
		snprintf(fake_bot.callee, sizeof(fake_bot.callee), "%s",
			 member(json_object_get(a, "parameters"), "callee"));
		has_started = true;
		tell_start();
	} else if (fake_bot.on_event) {
		fake_bot.on_event(name);
	}
}

static void take_activities(json_t *m)
{
	json_t *list = json_object_get(m, "activities"), *a;
	size_t i;

	json_array_foreach(list, i, a) take_activity(a);
}

static void take_initiate(json_t *m)
{
	json_t *offered = json_object_get(m, "supportedMediaFormats"), *f;
	static char first[32];
	size_t i;

	fake_bot.initiates++;
	snprintf(fake_bot.conversation, sizeof(fake_bot.conversation), "%s",
		 member(m, "conversationId"));
	snprintf(fake_bot.botname, sizeof(fake_bot.botname), "%s",
		 member(m, "botName"));
	snprintf(fake_bot.caller, sizeof(fake_bot.caller), "%s",
		 member(m, "caller"));
	json_array_foreach(offered, i, f)
		note(fake_bot.formats, sizeof(fake_bot.formats),
		     json_string_value(f), "");
	snprintf(first, sizeof(first), "%s",
		 json_string_value(json_array_get(offered, 0)));
	if (!fake_bot.format)
		fake_bot.format = first;
	if (fake_bot.on_initiate)
		fake_bot.on_initiate();
	else
		fake_bot_accept();
}

static void take_resume(json_t *m)
{
	fake_bot.resumes++;
	fake_bot.resumed_events = fake_bot.activities;
	has_user = false;
	if (fake_bot.refuses_resume ||
	    strcmp(member(m, "conversationId"), fake_bot.conversation) != 0) {
		fake_bot_send("{\"type\":\"session.error\",\"reason\":"
			      "\"conversation not found\"}");
		return;
	}
	fake_bot_accept();
	if (fake_bot.on_resumed)
		fake_bot.on_resumed();
}

static void take_user_start(json_t *m)
{
	(void)m;
	fake_bot.starts++;
	if (fake_bot.is_slow_to_start)
		return;
	has_user = true;
	fake_bot_send("{\"type\":\"userStream.started\"}");
	tell_start();
}

static void take_user_stop(json_t *m)
{
	(void)m;
	fake_bot.stops++;
	has_user = false;
	fake_bot_send("{\"type\":\"userStream.stopped\"}");
	if (fake_bot.on_stop)
		fake_bot.on_stop();
}

static void take_end(json_t *m)
{
	snprintf(fake_bot.end, sizeof(fake_bot.end), "%s",
		 member(m, "reasonCode"));
	ws_close(fake_bot.ws, 1000, "");
}

static void take_validate(json_t *m)
{
	(void)m;
	fake_bot_send("{\"type\":\"connection.validated\",\"success\":%s}",
		      fake_bot.is_valid ? "true" : "false");
}

static void take(json_t *m)
{
	static const struct {
		const char *type;
		void (*take)(json_t *m);
	} row[] = {
		{ "connection.validate", take_validate },
		{ "session.initiate", take_initiate },
		{ "session.resume", take_resume },
		{ "session.end", take_end },
		{ "userStream.start", take_user_start },
		{ "userStream.stop", take_user_stop },
		{ "userStream.chunk", take_chunk },
		{ "activities", take_activities },
	};
	const char *type = member(m, "type");

	if (strcmp(type, "userStream.chunk") != 0)
		note(fake_bot.messages, sizeof(fake_bot.messages), type, "");
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		if (strcmp(type, row[i].type) == 0)
			row[i].take(m);
}

static void on_text(void *owner, char *text, size_t len)
{
	json_t *m = json_loadb(text, len, 0, NULL);

	(void)owner;
	if (json_is_string(json_object_get(m, "type")))
		take(m);
	else
		fake_bot.bad_texts++;
	json_decref(m);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	(void)owner;
	(void)bytes;
	(void)len;
	fake_bot.binaries++;
}

static void on_ping(void *owner, const uint8_t *payload, size_t len)
{
	(void)owner;
	(void)payload;
	(void)len;
	fake_bot.pings++;
}

/* The owner is the number of the upgrade: an old socket's end is no end of the
 * newest. */
static void on_closed(void *owner, const struct ws_end *end)
{
	fake_bot.closes++;
	fake_bot.close_code = end->code;
	if ((uintptr_t)owner == fake_bot.upgrades)
		fake_bot.ws = NULL;
}

/* --- The server --- */

static const struct ws_events ws_events = {
	.on_text = on_text,
	.on_binary = on_binary,
	.on_ping = on_ping,
	.on_closed = on_closed,
};

static bool is_admitted(void)
{
	char wanted[128];

	snprintf(wanted, sizeof(wanted), "Bearer %s",
		 fake_bot.token ? fake_bot.token : "");
	return !fake_bot.token || strcmp(fake_bot.authorization, wanted) == 0;
}

static void copy_header(char *out, size_t cap, const struct http_message *m,
			const char *name)
{
	const char *value = http_header_value(m, name);

	snprintf(out, cap, "%s", value ? value : "");
}

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *m)
{
	char accept[WEBSOCKET_ACCEPT_LEN];

	(void)owner;
	copy_header(fake_bot.authorization, sizeof(fake_bot.authorization), m,
		    "Authorization");
	copy_header(fake_bot.header, sizeof(fake_bot.header), m, "X-Test");
	snprintf(fake_bot.target, sizeof(fake_bot.target), "%s", m->target);
	if (!is_admitted()) {
		http_respond(c, 401, "text/plain",
			     "WWW-Authenticate: Bearer\r\n", "no", 2);
	} else if (!m->is_upgrade) {
		http_respond(c, fake_bot.status, fake_bot.type, NULL,
			     fake_bot.body, strlen(fake_bot.body));
	} else {
		CHECK_EQ(0, websocket_check_request(m, accept), "an upgrade");
		CHECK(!http_header_value(m, "Sec-WebSocket-Protocol"),
		      "1.2: no subprotocol");
		fake_bot.upgrades++;
		fake_bot.ws =
			http_upgrade(c, accept, NULL, MESSAGE_MAX, &ws_events,
				     (void *)(uintptr_t)fake_bot.upgrades);
	}
}

void fake_bot_open(struct tls_context *tls)
{
	static const struct http_server_events events = {
		.on_request = on_request,
	};

	memset(&fake_bot, 0, sizeof(fake_bot));
	stream = phase = 0;
	has_started = has_user = has_told = false;
	fake_bot.is_tls = tls != NULL;
	fake_bot.token = FAKE_BOT_TOKEN;
	fake_bot.status = 200;
	fake_bot.type = "application/json";
	fake_bot.body = FAKE_BOT_BODY;
	fake_bot.is_valid = true;
	fake_bot.chunk_ms = 20;
	uv_loop_init(&fake_bot.loop);
	CHECK_EQ(0,
		 http_server_open(&fake_bot.server, &fake_bot.loop, "localhost",
				  0, tls, NULL, &events, NULL),
		 "listening");
	snprintf(fake_bot.authority, sizeof(fake_bot.authority), "localhost:%u",
		 http_server_port(fake_bot.server));
}

void fake_bot_close(void)
{
	http_server_close(fake_bot.server, NULL);
	if (fake_bot.ws)
		ws_abort(fake_bot.ws);
}
