#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "protocols/audiocodes_command.h"
#include "protocols/audiocodes_write.h"
#include "protocols/buffer.h"
#include "tools/testing/allocations.h"

static struct buffer out;
static char written[1024];

/* What err's writer left in out, which is empty again. */
static const char *taken(int err)
{
	snprintf(written, sizeof(written), "%.*s", (int)out.used,
		 out.used ? (const char *)buffer_head(&out) : "");
	out.used = 0;
	return err ? "" : written;
}

#define WRITES(text, call, why) CHECK_STR(text, taken(call), why)

/* The shapes of the reference, 2.1 to 2.3. */
static void test_session(void **state)
{
	(void)state;
	WRITES("{\"type\":\"connection.validated\",\"success\":true}",
	       audiocodes_write_validated(&out, true), "2.1");
	WRITES("{\"type\":\"connection.validated\",\"success\":false}",
	       audiocodes_write_validated(&out, false), "2.1");
	WRITES("{\"type\":\"session.accepted\",\"mediaFormat\":"
	       "\"raw/lpcm16_24\"}",
	       audiocodes_write_accepted(&out, AUDIOCODES_RAW_LPCM16_24),
	       "2.2");
	WRITES("{\"type\":\"session.error\",\"reason\":"
	       "\"no media format in common\"}",
	       audiocodes_write_error(&out, "no media format in common"),
	       "2.2");
}

/* 2.5, and 4.6: each participant is echoed. */
static void test_user_stream(void **state)
{
	(void)state;
	WRITES("{\"type\":\"userStream.started\"}",
	       audiocodes_write_user_started(&out, ""), "nobody named");
	WRITES("{\"type\":\"userStream.started\",\"participant\":\"callee\"}",
	       audiocodes_write_user_started(&out, "callee"), "echoed");
	WRITES("{\"type\":\"userStream.stopped\"}",
	       audiocodes_write_user_stopped(&out, NULL), "nobody named");
	WRITES("{\"type\":\"userStream.stopped\",\"participant\":\"a\\\"b\"}",
	       audiocodes_write_user_stopped(&out, "a\"b"), "escaped");
}

static void test_speech(void **state)
{
	(void)state;
	WRITES("{\"type\":\"userStream.speech.started\"}",
	       audiocodes_write_speech_started(&out, ""), "no participants");
	WRITES("{\"type\":\"userStream.speech.stopped\","
	       "\"participant\":\"caller\",\"participantId\":\"caller\"}",
	       audiocodes_write_speech_stopped(&out, "caller"),
	       "both names where there are participants");
	WRITES("{\"type\":\"userStream.speech.committed\"}",
	       audiocodes_write_speech_committed(&out, ""), "no participants");
	WRITES("{\"type\":\"userStream.speech.hypothesis\",\"alternatives\":"
	       "[{\"text\":\"i would like\"}]}",
	       audiocodes_write_hypothesis(&out, "i would like", ""),
	       "no confidence yet");
	WRITES("{\"type\":\"userStream.speech.recognition\",\"alternatives\":"
	       "[{\"text\":\"Yes.\",\"confidence\":0.930}],"
	       "\"participant\":\"caller\"}",
	       audiocodes_write_recognition(&out, "Yes.", 0.93, "caller"),
	       "a number; participant alone");
}

static void test_play(void **state)
{
	(void)state;
	WRITES("{\"type\":\"playStream.start\",\"streamId\":\"p7\","
	       "\"mediaFormat\":\"raw/lpcm16_24\"}",
	       audiocodes_write_play_start(&out, "p7",
					   AUDIOCODES_RAW_LPCM16_24),
	       "2.6");
	WRITES("{\"type\":\"playStream.chunk\",\"streamId\":\"p7\","
	       "\"audioChunk\":\"FAAUABUA\"}",
	       audiocodes_write_play_chunk(
		       &out, "p7", (const uint8_t *)"\x14\0\x14\0\x15\0", 6),
	       "three samples");
	CHECK_EQ(-EINVAL, audiocodes_write_play_chunk(&out, "p7", NULL, 0),
		 "chunks are not empty");
	WRITES("{\"type\":\"playStream.stop\",\"streamId\":\"p7\"}",
	       audiocodes_write_play_stop(&out, "p7"), "2.6");
	WRITES("{\"type\":\"playStream.mark.set\",\"streamId\":\"p7\","
	       "\"mark\":\"m1\"}",
	       audiocodes_write_mark_set(&out, "p7", "m1"), "2.6");
}

#define STAMP "\"id\":\"5f0a\",\"timestamp\":\"2026-03-04T10:17:40.002Z\""
#define EVENT(name)                                                     \
	"{\"type\":\"activities\",\"activities\":[{\"type\":\"event\"," \
	"\"name\":\"" name "\"," STAMP

static const struct audiocodes_stamp stamp = { "5f0a",
					       "2026-03-04T10:17:40.002Z" };
static const struct audiocodes_header header = { "X-Case", "A-88213" };

static void test_ending_commands(void **state)
{
	struct audiocodes_hangup hangup = { .reason = NULL };
	struct audiocodes_transfer_to to = { .target = "tel:+33180000100" };
	const struct audiocodes_stamp none = { NULL, NULL };

	(void)state;
	WRITES("{\"type\":\"activities\",\"activities\":[{\"type\":\"event\","
	       "\"name\":\"hangup\"}]}",
	       audiocodes_command_hangup(&out, &none, &hangup), "the least");
	hangup = (struct audiocodes_hangup){ "done", &header, 1 };
	WRITES(EVENT("hangup") ",\"activityParams\":{\"hangupReason\":\"done\","
			       "\"hangupSipHeaders\":[{\"name\":\"X-Case\","
			       "\"value\":\"A-88213\"}]}}]}",
	       audiocodes_command_hangup(&out, &stamp, &hangup), "4.4");
	WRITES(EVENT("transfer") ",\"activityParams\":{\"transferTarget\":"
				 "\"tel:+33180000100\"}}]}",
	       audiocodes_command_transfer(&out, &stamp, &to), "the least");
	to.reason = "caller asked for a person";
	to.notifies = true;
	WRITES(EVENT("transfer") ",\"activityParams\":{\"transferTarget\":"
				 "\"tel:+33180000100\",\"handoverReason\":"
				 "\"caller asked for a person\","
				 "\"transferNotifications\":true}}]}",
	       audiocodes_command_transfer(&out, &stamp, &to), "4.4");
}

static void test_other_commands(void **state)
{
	json_t *params = json_pack("{s:b}", "bargeIn", 1);

	(void)state;
	WRITES(EVENT("config") ",\"sessionParams\":{\"bargeIn\":true}}]}",
	       audiocodes_command_config(&out, &stamp, params), "4.4");
	WRITES(EVENT("abortPrompts") "}]}",
	       audiocodes_command_abort_prompts(&out, &stamp), "4.4");
	WRITES(EVENT("sendMetaData") ",\"value\":{\"bargeIn\":true}}]}",
	       audiocodes_command_send_meta_data(&out, &stamp, params),
	       "in value");
	WRITES("",
	       audiocodes_command_send_meta_data(
		       &out, &stamp, json_object_get(params, "bargeIn")),
	       "objects only");
	WRITES(EVENT("startCallRecording") "}]}",
	       audiocodes_command_recording(&out, &stamp,
					    AUDIOCODES_RECORDING_START),
	       "4.4");
	WRITES(EVENT("stopCallRecording") "}]}",
	       audiocodes_command_recording(&out, &stamp,
					    AUDIOCODES_RECORDING_STOP),
	       "4.4");
	WRITES(EVENT("pauseCallRecording") "}]}",
	       audiocodes_command_recording(&out, &stamp,
					    AUDIOCODES_RECORDING_PAUSE),
	       "4.4");
	WRITES(EVENT("resumeCallRecording") "}]}",
	       audiocodes_command_recording(&out, &stamp,
					    AUDIOCODES_RECORDING_RESUME),
	       "4.4");
	WRITES(EVENT("startRecognition") ",\"activityParams\":"
					 "{\"targetParticipant\":\"caller\"}}]}",
	       audiocodes_command_start_recognition(&out, &stamp, "caller"),
	       "4.4");
	WRITES("{\"type\":\"activities\",\"activities\":[{\"type\":"
	       "\"message\"," STAMP ",\"text\":\"Hello.\"}]}",
	       audiocodes_command_message(&out, &stamp, "Hello."),
	       "a message has no name");
	json_decref(params);
}

static void test_send_dtmf(void **state)
{
	static const struct {
		const char *digits;
		int err;
		const char *why;
	} row[] = {
		{ "1", 0, "one" },
		{ "0123456789*#01234567", 0, "twenty" },
		{ "0123456789*#012345678", -EINVAL, "twenty-one" },
		{ "", -EINVAL, "none" },
		{ "12A", -EINVAL, "a key it does not take" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].err,
			 audiocodes_command_send_dtmf(&out, &stamp,
						      row[i].digits),
			 row[i].why);
		out.used = 0;
	}
	WRITES(EVENT("sendDtmf") ",\"activityParams\":{\"dtmfDigits\":"
				 "\"4#\"}}]}",
	       audiocodes_command_send_dtmf(&out, &stamp, "4#"), "4.4");
}

static void test_limits(void **state)
{
	uint8_t audio[4800] = { 0 };
	struct buffer small;

	(void)state;
	CHECK_EQ(-EINVAL, audiocodes_write_error(&out, "caf\xe9"), "not UTF-8");
	buffer_init(&small, 100);
	CHECK_EQ(-ENOBUFS,
		 audiocodes_write_play_chunk(&small, "p1", audio, 100),
		 "more than the limit");
	CHECK_EQ(0, small.used, "and nothing of it");
	buffer_free(&small);
	CHECK(buffer_reserve(&out, AUDIOCODES_CHUNK_ROOM(sizeof(audio))),
	      "room for 100 ms at 24 kHz");
	allocations_watch();
	size_t before = allocations_count();
	audiocodes_write_play_chunk(&out, "p1", audio, sizeof(audio));
	CHECK_EQ(before, allocations_count(), "on the media path");
	CHECK(out.used <= AUDIOCODES_CHUNK_ROOM(sizeof(audio)),
	      "the room promised");
	out.used = 0;
}

static int give_back(void **state)
{
	(void)state;
	buffer_free(&out);
	return 0;
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_user_stream),
		cmocka_unit_test(test_speech),
		cmocka_unit_test(test_play),
		cmocka_unit_test(test_ending_commands),
		cmocka_unit_test(test_other_commands),
		cmocka_unit_test(test_send_dtmf),
		cmocka_unit_test(test_limits),
	};

	buffer_init(&out, 16384);
	return cmocka_run_group_tests(test, NULL, give_back);
}
