#include "tools/bench/bench_message.h"

#include <stdio.h>
#include <string.h>

/* --- Without printf, for what is sent thousands of times a second --- */

static char *put(char *at, const char *text, size_t n)
{
	memcpy(at, text, n);
	return at + n;
}

#define PUT(at, literal) put(at, literal, sizeof(literal) - 1)

static char *put_text(char *at, const char *text)
{
	return put(at, text, strlen(text));
}

static char *put_number(char *at, uint64_t number)
{
	char digits[20];
	size_t n = sizeof(digits);

	do
		digits[--n] = (char)('0' + number % 10);
	while (number /= 10);
	return put(at, digits + n, sizeof(digits) - n);
}

/* --- Twilio --- */

size_t bench_twilio_media(char *out, const char *sid, uint64_t sequence,
			  uint64_t chunk, uint64_t timestamp_ms,
			  const struct bench_payload *payload)
{
	char *at = PUT(out, "{\"event\":\"media\",\"sequenceNumber\":\"");

	at = put_number(at, sequence);
	at = PUT(at, "\",\"media\":{\"track\":\"inbound\",\"chunk\":\"");
	at = put_number(at, chunk);
	at = PUT(at, "\",\"timestamp\":\"");
	at = put_number(at, timestamp_ms);
	at = PUT(at, "\",\"payload\":\"");
	at = put(at, payload->base64, payload->len);
	at = PUT(at, "\"},\"streamSid\":\"");
	at = put_text(at, sid);
	return (size_t)(PUT(at, "\"}") - out);
}

size_t bench_twilio_start(char *out, const char *sid, const char *call_sid,
			  const char *account_sid)
{
	return (size_t)snprintf(
		out, BENCH_MESSAGE_ROOM,
		"{\"event\":\"start\",\"sequenceNumber\":\"1\",\"start\":{"
		"\"accountSid\":\"%s\",\"streamSid\":\"%s\",\"callSid\":\"%s\","
		"\"tracks\":[\"inbound\"],\"mediaFormat\":{\"encoding\":"
		"\"audio/x-mulaw\",\"sampleRate\":8000,\"channels\":1},"
		"\"customParameters\":{}},\"streamSid\":\"%s\"}",
		account_sid, sid, call_sid, sid);
}

size_t bench_twilio_mark(char *out, const char *sid, uint64_t sequence,
			 const char *name)
{
	return (size_t)snprintf(
		out, BENCH_MESSAGE_ROOM,
		"{\"event\":\"mark\",\"sequenceNumber\":\"%llu\","
		"\"streamSid\":\"%s\",\"mark\":{\"name\":\"%s\"}}",
		(unsigned long long)sequence, sid, name);
}

size_t bench_twilio_stop(char *out, const char *sid, uint64_t sequence,
			 const char *call_sid, const char *account_sid)
{
	return (size_t)snprintf(
		out, BENCH_MESSAGE_ROOM,
		"{\"event\":\"stop\",\"sequenceNumber\":\"%llu\",\"stop\":{"
		"\"accountSid\":\"%s\",\"callSid\":\"%s\"},"
		"\"streamSid\":\"%s\"}",
		(unsigned long long)sequence, account_sid, call_sid, sid);
}

/* --- AudioCodes --- */

size_t bench_audiocodes_initiate(char *out, const char *id, const char *format)
{
	return (size_t)snprintf(
		out, BENCH_MESSAGE_ROOM,
		"{\"type\":\"session.initiate\",\"conversationId\":\"%s\","
		"\"botName\":\"tandem\",\"caller\":\"+15550100\","
		"\"expectAudioMessages\":true,"
		"\"supportedMediaFormats\":[\"%s\"]}",
		id, format);
}

size_t bench_audiocodes_start(char *out, const char *id)
{
	return (size_t)snprintf(
		out, BENCH_MESSAGE_ROOM,
		"{\"type\":\"activities\",\"conversationId\":\"%s\","
		"\"activities\":[{\"type\":\"event\",\"name\":\"start\","
		"\"id\":\"start-%s\",\"timestamp\":"
		"\"2026-01-01T00:00:00.000Z\",\"language\":\"en-US\","
		"\"parameters\":{\"locale\":\"en-US\",\"vaigConversationId\":"
		"\"%s\",\"caller\":\"+15550100\",\"callee\":\"+15550101\"}}]}",
		id, id, id);
}

size_t bench_audiocodes_user_start(char *out, const char *id)
{
	return (size_t)snprintf(out, BENCH_MESSAGE_ROOM,
				"{\"type\":\"userStream.start\","
				"\"conversationId\":\"%s\"}",
				id);
}

size_t bench_audiocodes_chunk(char *out, const char *id,
			      const struct bench_payload *payload)
{
	char *at = PUT(out, "{\"type\":\"userStream.chunk\","
			    "\"conversationId\":\"");

	at = put_text(at, id);
	at = PUT(at, "\",\"audioChunk\":\"");
	at = put(at, payload->base64, payload->len);
	return (size_t)(PUT(at, "\"}") - out);
}

size_t bench_audiocodes_end(char *out, const char *id)
{
	return (size_t)snprintf(out, BENCH_MESSAGE_ROOM,
				"{\"type\":\"session.end\","
				"\"conversationId\":\"%s\",\"reasonCode\":"
				"\"client-disconnected\",\"reason\":"
				"\"Client Side\"}",
				id);
}

/* --- Realtime --- */

size_t bench_realtime_delta(char *out, struct bench_ids *ids,
			    const struct bench_payload *payload)
{
	char *at = PUT(out, "{\"type\":\"response.output_audio.delta\","
			    "\"event_id\":\"event_");

	at = put_number(at, ids->session);
	at = PUT(at, "_");
	at = put_number(at, ++ids->event);
	at = PUT(at, "\",\"response_id\":\"resp_");
	at = put_number(at, ids->session);
	at = PUT(at, "_");
	at = put_number(at, ids->response);
	at = PUT(at, "\",\"item_id\":\"item_");
	at = put_number(at, ids->session);
	at = PUT(at, "_");
	at = put_number(at, ids->response);
	at = PUT(at, "\",\"output_index\":0,\"content_index\":0,\"delta\":\"");
	at = put(at, payload->base64, payload->len);
	return (size_t)(PUT(at, "\"}") - out);
}
