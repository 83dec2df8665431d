#include "tools/model/model_bench.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "tools/model/model_agenda.h"

#define APPEND_MS 20
#define TONE_HZ   440.0
#define TONE_PEAK 8000.0

static void on_send(void *owner, const char *text, size_t len)
{
	struct model_bench *b = owner;
	json_t *event = json_loadb(text, len, JSON_ALLOW_NUL, NULL);

	if (!event || !json_object_get(event, "event_id"))
		b->garbage++;
	if (!event || b->events == MODEL_BENCH_EVENTS) {
		json_decref(event);
		return;
	}
	b->event_us[b->events] = b->now_us;
	b->event[b->events++] = event;
}

static void on_binary(void *owner, const void *bytes, size_t len)
{
	struct model_bench *b = owner;

	(void)bytes;
	(void)len;
	b->binaries++;
}

static void on_ping(void *owner, const uint8_t payload[4])
{
	struct model_bench *b = owner;

	(void)payload;
	b->pings++;
	if (b->answers_pings)
		model_session_pong(b->session, b->now_us);
}

static void on_close(void *owner, unsigned code, const char *reason)
{
	struct model_bench *b = owner;

	b->is_closed = true;
	b->close_code = code;
	snprintf(b->close_reason, sizeof(b->close_reason), "%s", reason);
}

static void on_reset(void *owner)
{
	struct model_bench *b = owner;

	b->is_reset = true;
}

static void on_reading(void *owner, bool is_reading)
{
	struct model_bench *b = owner;

	b->is_reading = is_reading;
}

static const struct model_session_out bench_out = {
	.send = on_send,
	.send_binary = on_binary,
	.ping = on_ping,
	.close = on_close,
	.reset = on_reset,
	.set_reading = on_reading,
};

static void connect_session(struct model_bench *b)
{
	b->is_closed = b->is_reset = false;
	b->is_reading = true;
	b->session =
		model_session_new(&b->world, ++b->world.connections,
				  "gpt-realtime-2.1", &bench_out, b, b->now_us);
}

void model_bench_open(struct model_bench *b, const char *scenario)
{
	char why[512];

	memset(b, 0, sizeof(*b));
	if (!scenario) {
		model_scenario_default(&b->world.scenario);
	} else if (model_scenario_parse(&b->world.scenario, "test", scenario,
					strlen(scenario), why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
	b->now_us = 1000000;
	b->answers_pings = true;
	b->world.is_reasoning = true;
	b->world.voice = model_voice_new();
	model_random_seed(&b->world.random, 7);
	connect_session(b);
}

static void end_session(struct model_bench *b)
{
	if (!b->session)
		return;
	model_session_end(b->session, true, 1000, b->now_us);
	model_session_free(b->session);
	b->session = NULL;
}

void model_bench_next(struct model_bench *b)
{
	end_session(b);
	connect_session(b);
	model_bench_mark(b);
}

void model_bench_close(struct model_bench *b)
{
	end_session(b);
	for (size_t i = 0; i < b->events; i++)
		json_decref(b->event[i]);
	model_voice_free(b->world.voice);
	model_scenario_free(&b->world.scenario);
}

void model_bench_run(struct model_bench *b, unsigned ms)
{
	uint64_t end = b->now_us + 1000ull * ms;

	for (;;) {
		uint64_t due = model_session_due(b->session);

		if (due > end)
			break;
		b->now_us = due > b->now_us ? due : b->now_us;
		model_session_run(b->session, b->now_us);
	}
	b->now_us = end;
	model_session_run(b->session, end);
}

void model_bench_send(struct model_bench *b, const char *format, ...)
{
	char text[8192];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	model_session_text(b->session, text, (size_t)n, b->now_us);
	model_session_run(b->session, b->now_us);
}

void model_bench_send_json(struct model_bench *b, json_t *event)
{
	char *text = json_dumps(event, JSON_COMPACT);

	json_decref(event);
	model_session_text(b->session, text, strlen(text), b->now_us);
	model_session_run(b->session, b->now_us);
	free(text);
}

void model_bench_configure(struct model_bench *b, const char *format)
{
	const char *rate =
		strcmp(format, "audio/pcm") == 0 ? ",\"rate\":24000" : "";

	model_bench_run(b, 10);
	model_bench_send(
		b,
		"{\"type\":\"session.update\",\"session\":{\"type\":"
		"\"realtime\",\"audio\":{\"input\":{\"format\":{\"type\":"
		"\"%s\"%s},\"turn_detection\":{\"type\":\"server_vad\","
		"\"threshold\":0.5,\"prefix_padding_ms\":300,"
		"\"silence_duration_ms\":500,\"create_response\":true,"
		"\"interrupt_response\":true}},\"output\":{\"format\":{"
		"\"type\":\"%s\"%s},\"voice\":\"cedar\"}},\"tools\":[{"
		"\"type\":\"function\",\"name\":\"end_call\",\"description\":"
		"\"Hang up.\",\"parameters\":{\"type\":\"object\"}}]}}",
		format, rate, format, rate);
	model_bench_wait(b, "session.updated", 1000);
}

static void append_chunk(struct model_bench *b, const uint8_t *bytes, size_t n)
{
	char *text = malloc(BASE64_ENCODED(n) + 1);
	size_t len = base64_encode(text, bytes, n);

	model_bench_send_json(b, json_pack("{s:s, s:s%}", "type",
					   "input_audio_buffer.append", "audio",
					   text, len));
	free(text);
	model_bench_run(b, APPEND_MS);
}

void model_bench_append(struct model_bench *b, enum model_encoding e,
			const uint8_t *bytes, size_t len)
{
	size_t chunk = APPEND_MS * model_audio_bytes_per_ms(e);

	for (size_t at = 0; at + chunk <= len; at += chunk)
		append_chunk(b, bytes + at, chunk);
}

static void append_sine(struct model_bench *b, enum model_encoding e,
			unsigned ms, double peak)
{
	unsigned rate = model_audio_rate(e);
	struct model_clip clip = { .bytes = NULL };

	for (size_t i = 0; i < (size_t)rate / 1000 * ms; i++) {
		double phase = 6.283185307179586 * TONE_HZ * (double)i / rate;
		int16_t sample = (int16_t)lrint(peak * sin(phase));

		model_clip_append_pcm(&clip, e, &sample, 1);
	}
	model_bench_append(b, e, clip.bytes, clip.len);
	model_clip_free(&clip);
}

void model_bench_tone(struct model_bench *b, enum model_encoding e, unsigned ms)
{
	append_sine(b, e, ms, TONE_PEAK);
}

void model_bench_silence(struct model_bench *b, enum model_encoding e,
			 unsigned ms)
{
	append_sine(b, e, ms, 0);
}

void model_bench_mark(struct model_bench *b)
{
	b->mark = b->events;
}

static bool is_type(json_t *event, const char *type)
{
	return strcmp(model_bench_text(event, "type"), type) == 0;
}

json_t *model_bench_find(const struct model_bench *b, const char *type,
			 size_t nth)
{
	for (size_t i = b->mark; i < b->events; i++)
		if (is_type(b->event[i], type) && nth-- == 0)
			return b->event[i];
	return NULL;
}

size_t model_bench_count(const struct model_bench *b, const char *type)
{
	size_t n = 0;

	for (size_t i = b->mark; i < b->events; i++)
		n += is_type(b->event[i], type);
	return n;
}

json_t *model_bench_last(const struct model_bench *b, const char *type)
{
	size_t n = model_bench_count(b, type);

	return n ? model_bench_find(b, type, n - 1) : NULL;
}

json_t *model_bench_wait(struct model_bench *b, const char *type, unsigned ms)
{
	for (unsigned past = 0; past < ms && !model_bench_count(b, type);
	     past += 5)
		model_bench_run(b, 5);
	return model_bench_find(b, type, 0);
}

static json_t *walk(json_t *object, const char *path)
{
	char key[64];

	while (object && *path) {
		size_t n = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)n, path);
		if (json_is_array(object))
			object = json_array_get(object,
						(size_t)strtoul(key, NULL, 10));
		else
			object = json_object_get(object, key);
		path += n + (path[n] == '.');
	}
	return object;
}

const char *model_bench_text(json_t *object, const char *path)
{
	const char *text = json_string_value(walk(object, path));

	return text ? text : "";
}

double model_bench_number(json_t *object, const char *path)
{
	json_t *value = walk(object, path);

	return json_is_number(value) ? json_number_value(value) : -1;
}

static void append_delta(json_t *event, struct model_clip *clip)
{
	json_t *delta = json_object_get(event, "delta");
	size_t len = json_string_length(delta);
	uint8_t *bytes = malloc(BASE64_DECODED_MAX(len) + 1);
	ssize_t n = base64_decode(bytes, json_string_value(delta), len);

	if (n > 0)
		model_clip_append(clip, bytes, (size_t)n);
	free(bytes);
}

void model_bench_audio(const struct model_bench *b, const char *item,
		       struct model_clip *clip)
{
	*clip = (struct model_clip){ .bytes = NULL };
	for (size_t i = b->mark; i < b->events; i++) {
		json_t *event = b->event[i];

		if (!is_type(event, "response.output_audio.delta"))
			continue;
		if (!item ||
		    strcmp(model_bench_text(event, "item_id"), item) == 0)
			append_delta(event, clip);
	}
}
