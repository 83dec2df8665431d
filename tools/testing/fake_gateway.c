#include "tools/testing/fake_gateway.h"

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
#include "protocols/form.h"
#include "protocols/http.h"
#include "protocols/twilio_signature.h"
#include "protocols/websocket.h"

#define MS 8
#define PI 3.14159265358979323846

struct fake_gateway fake_gateway;

static const char stream_twiml[] =
	"<Response><Connect><Stream url=\"%W/media/k7\" name=\"ai\" "
	"statusCallback=\"%H/status\"/></Connect></Response>";

void fake_gateway_send(const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ws_send_text(fake_gateway.ws, text, (size_t)n);
	ws_flush(fake_gateway.ws);
}

void fake_gateway_speak(unsigned ms)
{
	for (unsigned at = 0; at < ms; at += 100) {
		int16_t pcm[100 * MS];
		uint8_t ulaw[100 * MS];
		char text[BASE64_ENCODED(100 * MS)];

		for (size_t i = 0; i < 100 * MS; i++)
			pcm[i] = (int16_t)(8000 * sin(2 * PI * 200 * (double)i /
						      8000));
		g711_ulaw_encode(ulaw, pcm, 100 * MS);
		size_t n = base64_encode(text, ulaw, sizeof(ulaw));
		fake_gateway_send(
			"{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":"
			"{\"payload\":\"%.*s\"}}",
			fake_gateway.sid, (int)n, text);
		fake_gateway_send(
			"{\"event\":\"mark\",\"streamSid\":\"%s\",\"mark\":{"
			"\"name\":\"%u\"}}",
			fake_gateway.sid, at / 100);
	}
}

void fake_gateway_clear(void)
{
	fake_gateway_send("{\"event\":\"clear\",\"streamSid\":\"%s\"}",
			  fake_gateway.sid);
}

static const char *member(json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static bool is_loud(const char *payload)
{
	uint8_t ulaw[512];
	int16_t pcm[512];
	ssize_t n = base64_decode(ulaw, payload, strlen(payload));

	if (n != 160)
		fake_gateway.bad_frames++;
	g711_ulaw_decode(pcm, ulaw, n > 0 ? (size_t)n : 0);
	for (ssize_t i = 0; i < n; i++)
		if (abs(pcm[i]) > 150)
			return true;
	return false;
}

/* 2.5: the timestamp follows the clock, within its jitter of 2 ms. */
static void check_pace(unsigned timestamp)
{
	uint64_t now = uv_hrtime();

	if (fake_gateway.frames++ == 0) {
		fake_gateway.first_ns = now;
		fake_gateway.first_timestamp = timestamp;
	}
	double off = (double)(now - fake_gateway.first_ns) / 1e6 -
		     (double)(timestamp - fake_gateway.first_timestamp);
	if (fabs(off) > fake_gateway.worst_ms)
		fake_gateway.worst_ms = fabs(off);
	if (fake_gateway.frames == 50 ||
	    (fake_gateway.frames > 50 && fabs(off) < fake_gateway.best_late_ms))
		fake_gateway.best_late_ms = fabs(off);
	int step = (int)timestamp - (int)fake_gateway.last_timestamp;
	if (fake_gateway.frames > 1 && (step < 16 || step > 24))
		fake_gateway.bad_frames++;
	fake_gateway.last_timestamp = timestamp;
}

static void take_media(json_t *media)
{
	char chunk[16];

	check_pace((unsigned)atoi(member(media, "timestamp")));
	snprintf(chunk, sizeof(chunk), "%u", fake_gateway.frames);
	if (strcmp(chunk, member(media, "chunk")) != 0 ||
	    strcmp("inbound", member(media, "track")) != 0)
		fake_gateway.bad_frames++;
	if (is_loud(member(media, "payload")) &&
	    fake_gateway.loud_frames++ == 0 && fake_gateway.on_loud)
		fake_gateway.on_loud();
}

static void take_event(const char *event, json_t *m)
{
	if (strcmp(event, "start") == 0) {
		snprintf(fake_gateway.sid, sizeof(fake_gateway.sid), "%s",
			 member(m, "streamSid"));
		if (fake_gateway.on_start)
			fake_gateway.on_start();
	} else if (strcmp(event, "media") == 0) {
		take_media(json_object_get(m, "media"));
	} else if (strcmp(event, "mark") == 0) {
		strncat(fake_gateway.mark,
			member(json_object_get(m, "mark"), "name"), 8);
		if (fake_gateway.on_mark)
			fake_gateway.on_mark();
	} else if (strcmp(event, "dtmf") == 0) {
		strncat(fake_gateway.digits,
			member(json_object_get(m, "dtmf"), "digit"), 1);
		if (fake_gateway.on_digit)
			fake_gateway.on_digit();
	} else if (strcmp(event, "stop") == 0) {
		fake_gateway.has_stopped = true;
	}
}

static void on_text(void *owner, char *text, size_t len)
{
	json_t *m = json_loadb(text, len, 0, NULL);
	const char *event = member(m, "event");
	const char *sequence = member(m, "sequenceNumber");

	(void)owner;
	CHECK(m && event, "it is JSON with an event");
	if (sequence && (unsigned)atoi(sequence) != ++fake_gateway.sequence)
		fake_gateway.bad_frames++;
	take_event(event, m);
	json_decref(m);
}

static void on_closed(void *owner, const struct ws_end *end)
{
	(void)owner;
	fake_gateway.close_code = end->code;
	fake_gateway.ws = NULL;
}

static size_t substitute(char *out, char what)
{
	const char *scheme = what == 'W' ? "ws" : "http";

	return (size_t)sprintf(out, "%s%s://%s", scheme,
			       fake_gateway.is_tls ? "s" : "",
			       fake_gateway.authority);
}

static void respond_twiml(struct http_connection *c, const char *twiml)
{
	char text[2048];
	size_t n = 0;

	for (const char *at = twiml; *at; at++) {
		if (at[0] == '%')
			n += substitute(text + n, *++at);
		else
			text[n++] = *at;
	}
	http_respond(c, 200, "text/xml", NULL, text, n);
}

/* The URL that is signed: https loses its port (3.2). */
static void signed_url(char out[8448], const char *target)
{
	bool is_upgrade = strncmp(target, "/media", 6) == 0;
	size_t n = substitute(out, is_upgrade ? 'W' : 'H');

	if (fake_gateway.is_tls && !is_upgrade)
		n = (size_t)(strrchr(out, ':') - out);
	snprintf(out + n, 8448 - n, "%s", target);
}

/* By the gateway's own code: both readings of the rules must agree. */
static void check_signature(const struct http_message *m, struct form *f)
{
	char url[8448], expected[TWILIO_SIGNATURE_LEN];
	const char *got = http_header_value(m, "X-Twilio-Signature");

	signed_url(url, m->target);
	twilio_signature(expected, FAKE_GATEWAY_TOKEN, url, f);
	if (!got || strcmp(got, expected) != 0)
		fake_gateway.bad_signatures++;
}

/* 2.1: these headers in this order, and no others. */
static void check_headers(const struct http_message *m)
{
	static const char *const name[] = {
		"Host",
		"User-Agent",
		"Connection",
		"Upgrade",
		"Sec-WebSocket-Key",
		"Sec-WebSocket-Version",
		"X-Twilio-Signature",
	};

	CHECK_STR("Twilio.TmeWs/1.0", http_header_value(m, "User-Agent"),
		  "who asks");
	for (size_t i = 0; i < m->headers; i++)
		CHECK_STR(name[i], m->header[i].name, "as Twilio does");
}

static void take_upgrade(struct http_connection *c, struct http_message *m)
{
	static const struct ws_events events = { .on_text = on_text,
						 .on_closed = on_closed };
	char accept[WEBSOCKET_ACCEPT_LEN];

	CHECK_EQ(0, websocket_check_request(m, accept), "an upgrade");
	check_headers(m);
	fake_gateway.ws = http_upgrade(c, accept, NULL, 1 << 20, &events, NULL);
}

static void note(char *list, size_t cap, const char *word)
{
	snprintf(list + strlen(list), cap - strlen(list), "%s ",
		 word ? word : "-");
}

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *m)
{
	struct form f = { .count = 0 };

	(void)owner;
	form_parse(&f, m->body, m->body_len);
	check_signature(m, &f);
	if (strcmp(m->target, "/voice") == 0) {
		fake_gateway.voices++;
		if (fake_gateway.status == 200)
			respond_twiml(c, fake_gateway.twiml);
		else
			http_respond_text(c, fake_gateway.status, "no");
	} else if (strcmp(m->target, "/after") == 0) {
		note(fake_gateway.actions, sizeof(fake_gateway.actions),
		     form_value(&f, form_value(&f, "DialCallStatus")
					    ? "DialCallStatus"
					    : "CallStatus"));
		respond_twiml(c, fake_gateway.after);
	} else if (strcmp(m->target, "/status") == 0) {
		note(fake_gateway.callbacks, sizeof(fake_gateway.callbacks),
		     form_value(&f, "StreamEvent"));
		http_respond_text(c, 200, "");
	} else if (strcmp(m->target, "/media/k7") == 0) {
		take_upgrade(c, m);
	} else {
		http_respond_text(c, 404, "nothing here");
	}
}

void fake_gateway_open(struct tls_context *tls)
{
	static const struct http_server_events events = {
		.on_request = on_request,
	};

	memset(&fake_gateway, 0, sizeof(fake_gateway));
	fake_gateway.is_tls = tls != NULL;
	fake_gateway.status = 200;
	fake_gateway.twiml = stream_twiml;
	fake_gateway.after = "<Response><Hangup/></Response>";
	uv_loop_init(&fake_gateway.loop);
	CHECK_EQ(0,
		 http_server_open(&fake_gateway.server, &fake_gateway.loop,
				  "localhost", 0, tls, NULL, &events, NULL),
		 "listening");
	snprintf(fake_gateway.authority, sizeof(fake_gateway.authority),
		 "localhost:%u", http_server_port(fake_gateway.server));
}

void fake_gateway_close(void)
{
	http_server_close(fake_gateway.server, NULL);
	if (fake_gateway.ws)
		ws_abort(fake_gateway.ws);
}
