/* For the tests of the AudioCodes leg and its sockets: the socket below, the
 * call above and the clock are stood in for. What happens is a transcript, a
 * line each:
 *
 *   > {…}      a message to VoiceAI Connect; ids and times of activities left
 *              out, their presence checked
 *   call …     the call was told something
 *   ws …       the socket was pinged, closed, cut
 *   owner …    the leg's owner was told something
 *
 * Include it in one file of a program: it defines what it stands in for. */
#ifndef TOOLS_TESTING_AUDIOCODES_FAKES_H
#define TOOLS_TESTING_AUDIOCODES_FAKES_H

#ifndef CHECK /* a fuzz target brings its own */
#include "tools/testing/check.h"
#endif

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/audiocodes_leg.h"
#include "gateway/carriers/audiocodes_port.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "gateway/net/http_server.h"
#include "gateway/net/ws.h"

#define FAKE_SOCKETS 6
#define FAKE_LEGS    6
#define MS           1000000ull

static struct {
	uint64_t now_ns;
	char said[16384]; /* the transcript */
	size_t said_len;
	bool is_quiet; /* nothing is written */
	void (*on_message)(unsigned socket, const json_t *message);
	uint8_t heard[4096];
	size_t heard_len;
	uint64_t lost_ns;

	struct ws *ws[FAKE_SOCKETS]; /* addresses only */
	const struct ws_events *events[FAKE_SOCKETS];
	struct audiocodes_socket *socket[FAKE_SOCKETS]; /* NULL: gone */
	uint64_t pinged_ns[FAKE_SOCKETS];
	unsigned sockets;
	size_t waiting;   /* bytes, in any of them */
	int variable_err; /* what becomes of a variable */

	struct audiocodes_settings settings;
	struct audiocodes_host host;
	void (*on_left)(void *owner); /* of the socket that leaves */
	int leave_error;
	struct audiocodes_leg leg[FAKE_LEGS];
	unsigned legs;
	struct call call;
	struct log log;
	uv_loop_t loop;
	struct metronome metronome;
} fake;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	va_list args;

	if (fake.is_quiet)
		return;
	va_start(args, format);
	fake.said_len += (size_t)vsnprintf(fake.said + fake.said_len,
					   sizeof(fake.said) - fake.said_len,
					   format, args);
	va_end(args);
	CHECK(fake.said_len < sizeof(fake.said), "the transcript fits");
}

/* The transcript since the last time. */
static inline void heard(const char *expected, const char *why)
{
	CHECK_STR(expected, fake.said, why);
	fake.said_len = 0;
	fake.said[0] = '\0';
}

static inline void forget(void)
{
	fake.said_len = 0;
	fake.said[0] = '\0';
}

/* --- The socket --- */

uint64_t uv_hrtime(void)
{
	return fake.now_ns;
}

static void strip(json_t *activity)
{
	CHECK(json_string_length(json_object_get(activity, "id")) == 36,
	      "activities have a UUID");
	CHECK(json_string_length(json_object_get(activity, "timestamp")) == 24,
	      "and a time");
	json_object_del(activity, "id");
	json_object_del(activity, "timestamp");
}

static const char *which(const struct ws *w)
{
	static const char *const name[] = { "", "2", "3", "4", "5", "6" };

	return name[(uintptr_t)w - 1];
}

int ws_send_text(struct ws *w, const char *text, size_t len)
{
	json_t *message;
	char *dump;

	if (fake.is_quiet && !fake.on_message)
		return 0;
	message = json_loadb(text, len, 0, NULL);
	CHECK(json_is_object(message), "what is sent is a JSON object");
	for (size_t i = 0;
	     i < json_array_size(json_object_get(message, "activities")); i++)
		strip(json_array_get(json_object_get(message, "activities"),
				     i));
	if (fake.on_message)
		fake.on_message((unsigned)((uintptr_t)w - 1), message);
	dump = json_dumps(message, JSON_COMPACT);
	say(">%s %s\n", which(w), dump);
	free(dump);
	json_decref(message);
	return 0;
}

static struct {
	struct ws *ws; /* NULL: nobody writes */
	char *text;    /* up to the end of the room */
	char room[65536];
} writing;

int ws_text_begin(struct ws *w, size_t cap, char **text)
{
	CHECK(cap <= sizeof(writing.room), "a message of that size");
	writing.text = writing.room + sizeof(writing.room) - cap;
	writing.ws = w;
	*text = writing.text;
	return 0;
}

int ws_text_end(struct ws *w, size_t len)
{
	CHECK(writing.ws == w, "begun on the same socket");
	writing.ws = NULL;
	return ws_send_text(w, writing.text, len);
}

int ws_ping(struct ws *w, const void *payload, size_t len)
{
	CHECK_EQ(8, len, "a ping carries its time");
	memcpy(&fake.pinged_ns[(uintptr_t)w - 1], payload, len);
	return 0;
}

void ws_flush(struct ws *w)
{
	(void)w;
}

void ws_close(struct ws *w, unsigned code, const char *reason)
{
	(void)reason;
	say("ws%s close %u\n", which(w), code);
}

void ws_abort(struct ws *w)
{
	say("ws%s abort\n", which(w));
}

/* It leaves when the test says so: fake.on_left. */
int ws_leave(struct ws *w, void (*on_left)(void *owner))
{
	if (fake.leave_error)
		return fake.leave_error;
	say("ws%s leaves\n", which(w));
	fake.on_left = on_left;
	return 0;
}

void ws_arrive(struct ws *w, uv_loop_t *loop)
{
	CHECK(!loop, "the loop it is given");
	say("ws%s arrives\n", which(w));
}

void ws_receive(struct ws *w, uint8_t *bytes, size_t n)
{
	(void)w;
	CHECK(!bytes && !n, "nothing but to flush");
}

size_t ws_waiting(const struct ws *w)
{
	(void)w;
	return fake.waiting;
}

uint64_t ws_read_ns(const struct ws *w)
{
	(void)w;
	return fake.now_ns;
}

struct ws *http_upgrade(struct http_connection *c, const char *accept,
			const char *extra, size_t message_max,
			const struct ws_events *events, void *owner)
{
	uintptr_t number = ++fake.sockets;

	(void)c;
	(void)accept;
	(void)extra;
	CHECK_EQ(1024 * 1024, message_max, "8.3");
	CHECK(number <= FAKE_SOCKETS, "enough sockets");
	fake.events[number - 1] = events;
	fake.socket[number - 1] = owner;
	return (struct ws *)number;
}

void http_respond_text(struct http_connection *c, unsigned status,
		       const char *text)
{
	(void)c;
	say("http %u %s\n", status, text);
}

/* --- The call --- */

void call_carrier_ready(struct call *c, bool greets, uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	say("call ready%s\n", greets ? ", greets" : "");
}

int call_carrier_variable(struct call *c, const char *name, const char *value)
{
	(void)c;
	say("call %s=%s\n", name, value);
	return fake.variable_err;
}

int call_carrier_participant(struct call *c, const struct call_participant *p)
{
	(void)c;
	say("call participant %s %s@%s %s\n", p->name, p->user, p->host,
	    p->display_name);
	return 0;
}

void call_caller_audio(struct call *c, uint64_t timestamp_ms,
		       const uint8_t *bytes, size_t n, uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	CHECK(timestamp_ms == CALLER_NO_TIMESTAMP, "the carrier has none");
	CHECK(n > 0 && fake.heard_len + n <= sizeof(fake.heard), "it fits");
	memcpy(fake.heard + fake.heard_len, bytes, n);
	fake.heard_len += n;
}

void call_caller_format(struct call *c, enum audio_format format)
{
	(void)c;
	say("call format %d\n", format);
}

void call_caller_paused(struct call *c, uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	say("call paused\n");
}

void call_caller_digit(struct call *c, char key, uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	say("call digit %c\n", key);
}

void call_caller_text(struct call *c, const char *text, uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	say("call text %s\n", text);
}

void call_caller_silent(struct call *c, uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	say("call silent\n");
}

void call_carrier_mark(struct call *c, unsigned generation, unsigned number,
		       uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	say("call mark %u %u\n", generation, number);
}

void call_carrier_played(struct call *c, uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	say("call played\n");
}

void call_carrier_alive(struct call *c, uint64_t alive_ns)
{
	(void)c;
	CHECK(alive_ns <= fake.now_ns, "not in the future");
}

void call_carrier_rtt(struct call *c, uint64_t rtt_ns)
{
	(void)c;
	say("call rtt %llu\n", (unsigned long long)(rtt_ns / MS));
}

void call_carrier_detached(struct call *c, uint64_t lost_ns, uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	fake.lost_ns = lost_ns;
	say("call detached\n");
}

void call_carrier_attached(struct call *c, uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	say("call attached\n");
}

void call_carrier_transfer_failed(struct call *c, const char *why,
				  uint64_t now_ns)
{
	(void)c;
	(void)now_ns;
	say("call transfer failed %s\n", why);
}

void call_carrier_ended(struct call *c, enum call_end why, uint64_t now_ns)
{
	static const char *const name[] = {
		[CALL_END_CALLER] = "caller",
		[CALL_END_TRANSFERRED] = "transferred",
		[CALL_END_CARRIER] = "carrier",
		[CALL_END_CARRIER_LOST] = "lost",
		[CALL_END_REPLACED] = "replaced",
	};

	(void)c;
	(void)now_ns;
	say("call ended %s\n", name[why]);
}

/* --- The owner --- */

static void on_handled(void *owner, uint64_t read_ns)
{
	(void)owner;
	(void)read_ns;
}

static void on_ended(void *owner, enum audiocodes_leg_end how)
{
	static const char *const name[] = {
		[AUDIOCODES_LEG_BY_CARRIER] = "carrier",
		[AUDIOCODES_LEG_BY_US] = "us",
		[AUDIOCODES_LEG_REFUSED] = "refused",
		[AUDIOCODES_LEG_REPLACED] = "replaced",
		[AUDIOCODES_LEG_LOST] = "lost",
	};

	(void)owner;
	say("owner ended by %s\n", name[how]);
}

static const struct audiocodes_leg_owner leg_owner = {
	.on_handled = on_handled,
	.on_ended = on_ended,
};

static struct audiocodes_leg *find_leg(void *owner, struct audiocodes_socket *s,
				       const char *conversation)
{
	(void)owner;
	(void)s;
	for (unsigned i = fake.legs; i-- > 0;)
		if (!strcmp(fake.leg[i].conversation, conversation))
			return &fake.leg[i];
	return NULL;
}

static struct audiocodes_leg *on_initiated(void *owner,
					   struct audiocodes_socket *s,
					   const struct audiocodes_event *ev,
					   const char **why)
{
	struct audiocodes_leg *leg = &fake.leg[fake.legs];

	(void)owner;
	(void)s;
	CHECK(fake.legs < FAKE_LEGS, "enough legs");
	if (audiocodes_leg_open(leg, &fake.settings, &fake.call, &fake.log,
				&leg_owner, NULL, ev, why))
		return NULL;
	fake.legs++;
	return leg;
}

static void on_gone(void *owner, struct audiocodes_socket *s)
{
	(void)owner;
	for (unsigned i = 0; i < FAKE_SOCKETS; i++)
		if (fake.socket[i] == s)
			fake.socket[i] = NULL;
}

/* --- What a test does --- */

static inline int setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.now_ns = 1000 * MS;
	uv_loop_init(&fake.loop);
	metronome_init(&fake.metronome, &fake.loop);
	log_open(&fake.log, -1, LOG_ERROR);
	fake.settings = (struct audiocodes_settings){
		.barge_in = true,
		.abort_prompts = true,
		.resume_ms = 60000,
		.participant = "caller",
	};
	audiocodes_settings_prefer(&fake.settings, false);
	fake.host = (struct audiocodes_host){
		.find = find_leg,
		.on_initiate = on_initiated,
		.on_gone = on_gone,
		.metronome = &fake.metronome,
		.log = &fake.log,
	};
	return 0;
}

/* Socket number i, from 0, is gone. */
static inline void lose(unsigned i)
{
	struct ws_end how = { .was_open = true, .code = 1006 };

	if (fake.socket[i])
		fake.events[i]->on_closed(fake.socket[i], &how);
}

static inline int teardown(void **state)
{
	(void)state;
	fake.is_quiet = true;
	for (unsigned i = 0; i < FAKE_SOCKETS; i++)
		lose(i);
	CHECK_EQ(0, fake.host.count, "every socket is gone");
	metronome_close(&fake.metronome, NULL);
	uv_run(&fake.loop, UV_RUN_DEFAULT);
	CHECK_EQ(0, uv_loop_close(&fake.loop), "nothing stays open");
	return 0;
}

static inline void dial(void)
{
	const struct audiocodes_peer peer = { .bot = "tandem",
					      .address = "192.0.2.1:4321",
					      .is_enabled = true };

	CHECK(audiocodes_socket_open(&fake.host, NULL, "", &peer), "upgraded");
}

/* Socket i says it. */
static inline void says(unsigned i, const char *message)
{
	char *text = strdup(message);

	fake.events[i]->on_text(fake.socket[i], text, strlen(text));
	free(text);
}

/* Time goes by in steps of 20 ms. */
static inline void wait_ms(unsigned ms)
{
	for (unsigned at = 0; at < ms; at += 20) {
		fake.now_ns += 20 * MS;
		for (unsigned i = 0; i < FAKE_SOCKETS; i++)
			if (fake.socket[i])
				fake.socket[i]->clock.on_tick(
					&fake.socket[i]->clock, fake.now_ns);
		for (unsigned i = 0; i < fake.legs; i++)
			fake.leg[i].leg.kind->tick(&fake.leg[i].leg,
						   fake.now_ns);
	}
}

/* The peer answers its ping, after ms. */
static inline void pong(unsigned i, unsigned ms)
{
	fake.now_ns += ms * MS;
	fake.events[i]->on_pong(fake.socket[i],
				(const uint8_t *)&fake.pinged_ns[i], 8);
}

#define INITIATE(id)                                              \
	"{\"type\":\"session.initiate\",\"conversationId\":\"" id \
	"\",\"botName\":\"tandem\",\"caller\":\"+33170000001\","  \
	"\"expectAudioMessages\":true,\"supportedMediaFormats\":" \
	"[\"raw/lpcm16_8\",\"raw/mulaw\",\"raw/lpcm16_24\"]}"
#define RESUME(id) "{\"type\":\"session.resume\",\"conversationId\":\"" id "\"}"
#define EVENT(name, rest)                                               \
	"{\"type\":\"activities\",\"activities\":[{\"type\":\"event\"," \
	"\"name\":\"" name "\"" rest "}]}"
#define ACCEPTED(format) \
	"{\"type\":\"session.accepted\",\"mediaFormat\":\"" format "\"}\n"

/* A call that has begun, on socket 0. */
static inline struct audiocodes_leg *call_up(void)
{
	dial();
	says(0, INITIATE("c1"));
	says(0, EVENT("start", ""));
	forget();
	return &fake.leg[0];
}

/* --- What is expected on the wire --- */

#define SPEECH(what) "> {\"type\":\"userStream.speech." what "\"}\n"
#define OUT(name, rest)                                         \
	"> {\"type\":\"activities\",\"activities\":[{\"type\":" \
	"\"event\",\"name\":\"" name "\"" rest "}]}\n"
#define PLAY_START(id, format)                                      \
	"> {\"type\":\"playStream.start\",\"streamId\":\"" id "\"," \
	"\"mediaFormat\":\"" format "\"}\n"
#define PLAY_STOP(id) \
	"> {\"type\":\"playStream.stop\",\"streamId\":\"" id "\"}\n"
#define USER_START "{\"type\":\"userStream.start\"}"
#define USER_STOP  "{\"type\":\"userStream.stop\"}"
#define STARTED    "> {\"type\":\"userStream.started\"}\n"
#define STOPPED    "> {\"type\":\"userStream.stopped\"}\n"
#define CHUNK(bytes) \
	"{\"type\":\"userStream.chunk\",\"audioChunk\":\"" bytes "\"}"
#define END(code) "{\"type\":\"session.end\",\"reasonCode\":\"" code "\"}"

static const struct call_carrier_port *const port = &audiocodes_port;

static inline void heard_audio(const void *bytes, size_t n, const char *why)
{
	CHECK_EQ(n, fake.heard_len, why);
	CHECK(!memcmp(fake.heard, bytes, n), why);
	fake.heard_len = 0;
}

/* Two samples of 24 kHz as base64. */
#define PLAYED(id, base64)                                          \
	"> {\"type\":\"playStream.chunk\",\"streamId\":\"" id "\"," \
	"\"audioChunk\":\"" base64 "\"}\n"

static inline void play(struct audiocodes_leg *leg, const char *bytes, size_t n)
{
	port->send_audio(leg, (const uint8_t *)bytes, n);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
