/* Any order of what VoiceAI Connect says, what the call does, lost sockets and
 * time: what is sent obeys the protocol (AudioCodes reference, 8.2):
 *
 *   nothing before session.accepted but session.error, connection.validated
 *   nothing behind session.end and session.error
 *   nothing behind hangup but what must be answered
 *   one play stream at a time, numbers that never come again, no chunk outside
 *   of one, none without audio
 *
 * Input: pairs of bytes, what is done and to which of several. */
#include <stdbool.h>

#include "tools/testing/fuzz.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define CHECK(claim, why)          \
	do {                       \
		(void)(why);       \
		FUZZ_CHECK(claim); \
	} while (0)
#define CHECK_EQ(expected, got, why)  CHECK((expected) == (got), why)
#define CHECK_STR(expected, got, why) CHECK(!strcmp(expected, got), why)

#include "tools/testing/audiocodes_fakes.h"

static struct {
	bool is_accepted[FAKE_SOCKETS];
	bool is_over[FAKE_SOCKETS];  /* session.end came, session.error went */
	unsigned open[FAKE_SOCKETS]; /* number of the play stream, or 0 */
	bool hung_up[FAKE_SOCKETS];
	unsigned last[FAKE_LEGS]; /* play stream */
} seen;

/* --- What is sent --- */

static unsigned number_of(const json_t *message)
{
	const char *id =
		json_string_value(json_object_get(message, "streamId"));

	FUZZ_CHECK(id && id[0] == 'p');
	return (unsigned)strtoul(id + 1, NULL, 10);
}

static void check_play(unsigned i, const char *type, const json_t *message)
{
	unsigned number = number_of(message);
	long leg = fake.socket[i]->leg - fake.leg;

	FUZZ_CHECK(!seen.hung_up[i]);
	if (!strcmp(type, "playStream.start")) {
		FUZZ_CHECK(!seen.open[i] && number > seen.last[leg]);
		seen.open[i] = seen.last[leg] = number;
		return;
	}
	if (!strcmp(type, "playStream.mark.set")) {
		FUZZ_CHECK(seen.open[i] == number);
		return;
	}
	FUZZ_CHECK(seen.open[i] == number);
	if (!strcmp(type, "playStream.stop"))
		seen.open[i] = 0;
	else
		FUZZ_CHECK(json_string_length(
				   json_object_get(message, "audioChunk")) > 0);
}

static void check_activity(unsigned i, const json_t *message)
{
	const json_t *a =
		json_array_get(json_object_get(message, "activities"), 0);
	const char *name = json_string_value(json_object_get(a, "name"));

	FUZZ_CHECK(!seen.hung_up[i]);
	if (name && !strcmp(name, "hangup")) {
		FUZZ_CHECK(!seen.open[i]);
		seen.hung_up[i] = true;
	}
}

static void on_message(unsigned i, const json_t *message)
{
	const char *type = json_string_value(json_object_get(message, "type"));

	FUZZ_CHECK(!seen.is_over[i]);
	if (!strcmp(type, "session.accepted")) {
		seen.is_accepted[i] = true;
	} else if (!strcmp(type, "session.error")) {
		seen.is_over[i] = true;
	} else if (strcmp(type, "connection.validated") != 0) {
		FUZZ_CHECK(seen.is_accepted[i]);
		if (!strncmp(type, "playStream.", 11))
			check_play(i, type, message);
		else if (!strcmp(type, "activities"))
			check_activity(i, message);
		else if (!strncmp(type, "userStream.speech", 17))
			FUZZ_CHECK(!seen.hung_up[i]);
	}
}

/* --- What is done --- */

#define ID(id) "\"conversationId\":\"" id "\""

static const char *const message[] = {
	INITIATE("c1"),
	INITIATE("c2"),
	RESUME("c1"),
	RESUME("c2"),
	RESUME("c9"),
	EVENT("start", ""),
	EVENT("start", ",\"id\":\"a\",\"parameters\":{\"participants\":"
		       "[{\"participant\":\"caller\"}]}"),
	"{\"type\":\"session.end\"," ID("c1") "}",
	"{\"type\":\"session.end\"}",
	"{\"type\":\"userStream.start\"}",
	"{\"type\":\"userStream.stop\"}",
	"{\"type\":\"userStream.start\",\"participant\":\"callee\"}",
	"{\"type\":\"userStream.chunk\",\"audioChunk\":\"AAE=\"}",
	"{\"type\":\"userStream.chunk\",\"audioChunk\":\"AAEC\"}",
	"{\"type\":\"connection.validate\"}",
	EVENT("DTMF", ",\"value\":\"4\",\"id\":\"b\""),
	EVENT("transferStatus", ",\"value\":{\"status\":\"failed\"}"),
	EVENT("playFinished", ""),
	EVENT("noUserInput", ""),
	"{\"type\":\"playStream.mark.reached\",\"mark\":\"g1.n1\"}",
	"{\"type\":\"new\"}",
	"{\"type\":\"activities\"}",
	"garbage",
	"{\"type\":\"session.initiate\"}",
};

static void speak(unsigned i, unsigned which)
{
	const char *text = message[which % ARRAY_LEN(message)];
	struct audiocodes_leg *before;

	if (!fake.socket[i])
		return;
	if (fake.legs == FAKE_LEGS && strstr(text, "session.initiate"))
		return;
	before = fake.socket[i]->leg;
	says(i, text);
	if (before && strstr(text, "session.end") && !fake.socket[i]->leg)
		seen.is_over[i] = true;
}

static void act(struct audiocodes_leg *leg, unsigned what)
{
	static const uint8_t audio[9600];
	const struct playout_mark mark = { .generation = 1, .number = 1 };
	struct call_request r = { .kind = CALL_REQUEST_TRANSFER,
				  .target = "sip:a@b" };

	switch (what % 10) {
	case 0:
		port->send_audio(leg, audio, 960);
		break;
	case 1:
		port->send_audio(leg, audio, sizeof(audio));
		break;
	case 2:
		port->end_speech(leg);
		break;
	case 3:
		port->hear(leg, CALL_SPEECH_STARTED, "");
		port->clear(leg);
		break;
	case 4:
		port->hear(leg, CALL_SPEECH_RECOGNITION, "x");
		break;
	case 5:
		port->request(leg, &r);
		break;
	case 6:
		port->hang_up(leg, "bye");
		break;
	case 7:
		port->send_mark(leg, &mark);
		break;
	case 8:
		r.kind = CALL_REQUEST_KEYS;
		r.digits[0] = '1';
		port->request(leg, &r);
		break;
	default:
		audiocodes_leg_fail(leg, "no", fake.now_ns);
		break;
	}
}

static void one(uint8_t what, uint8_t which)
{
	unsigned i = which % FAKE_SOCKETS;

	fake.heard_len = 0;
	switch (what % 8) {
	case 0:
		if (fake.sockets < FAKE_SOCKETS)
			dial();
		break;
	case 1:
		lose(i);
		break;
	case 2:
		wait_ms(20 * (which % 16 + 1));
		break;
	case 3:
		wait_ms(500 * (which % 64));
		break;
	case 4:
	case 5:
		if (fake.legs > 0)
			act(&fake.leg[which % fake.legs], what / 8);
		break;
	default:
		speak(i, what / 8);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	setup(NULL);
	memset(&seen, 0, sizeof(seen));
	fake.is_quiet = true;
	fake.on_message = on_message;
	fake.settings.configures = true;
	fake.settings.records = true;
	for (size_t at = 0; at + 1 < n && at < 400; at += 2)
		one(data[at], data[at + 1]);
	teardown(NULL);
	return 0;
}
