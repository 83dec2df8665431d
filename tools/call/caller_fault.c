#include "tools/call/caller_fault.h"

#include <string.h>

_Static_assert(CALLER_FAULTS <= 64, "a set of faults is 64 bits");

enum {
	TWILIO = 1 << CALLER_CARRIER_TWILIO,
	AUDIOCODES = 1 << CALLER_CARRIER_AUDIOCODES,
	BOTH = TWILIO | AUDIOCODES
};

static const struct caller_fault_kind kind[CALLER_FAULTS] = {
	[CALLER_FAULT_NONE] = { "none", CALLER_FAULT_SETUP, BOTH, 0,
				"nothing" },
	[CALLER_FAULT_BAD_SIGNATURE] = { "bad_signature", CALLER_FAULT_SETUP,
					 TWILIO, 0,
					 "the webhook is signed wrongly" },
	[CALLER_FAULT_NO_SIGNATURE] = { "no_signature", CALLER_FAULT_SETUP,
					TWILIO, 0,
					"the webhook is not signed" },
	[CALLER_FAULT_DUPLICATE_WEBHOOK] = { "duplicate_webhook",
					     CALLER_FAULT_SETUP, TWILIO, 0,
					     "the webhook comes twice" },
	[CALLER_FAULT_OUT_OF_ORDER_CALLBACKS] = { "out_of_order_callbacks",
						  CALLER_FAULT_SETUP, TWILIO, 0,
						  "stream-stopped is reported before stream-started" },
	[CALLER_FAULT_BAD_UPGRADE_SIGNATURE] = { "bad_upgrade_signature",
						 CALLER_FAULT_SETUP, TWILIO, 0,
						 "the upgrade is signed wrongly" },
	[CALLER_FAULT_NO_UPGRADE_SIGNATURE] = { "no_upgrade_signature",
						CALLER_FAULT_SETUP, TWILIO, 0,
						"the upgrade is not signed" },
	[CALLER_FAULT_TRAILING_SLASH_SIGNATURE] = { "trailing_slash_signature",
						    CALLER_FAULT_SETUP, TWILIO,
						    0,
						    "the upgrade is signed with a slash at the end of its URL" },
	[CALLER_FAULT_PORT_SIGNATURE] = { "port_signature", CALLER_FAULT_SETUP,
					  TWILIO, 0,
					  "the upgrade is signed with the default port in its URL" },
	[CALLER_FAULT_REPLAY_TOKEN] = { "replay_token", CALLER_FAULT_SETUP,
					TWILIO, 0,
					"the media URL is opened a second time" },
	[CALLER_FAULT_LATE_START] = { "late_start", CALLER_FAULT_SETUP, TWILIO,
				      3000,
				      "start comes value ms after connected" },
	[CALLER_FAULT_NO_START] = { "no_start", CALLER_FAULT_SETUP, TWILIO, 0,
				    "connected, but never start nor media" },
	[CALLER_FAULT_SPLIT_BYTES] = { "split_bytes", CALLER_FAULT_SETUP,
				       TWILIO, 0,
				       "connected and start come byte by byte" },
	[CALLER_FAULT_WRONG_ACCOUNT] = { "wrong_account", CALLER_FAULT_SETUP,
					 TWILIO, 0,
					 "start names another account" },
	[CALLER_FAULT_WRONG_CALL] = { "wrong_call", CALLER_FAULT_SETUP, TWILIO,
				      0, "start names another call" },
	[CALLER_FAULT_OUTBOUND_TRACK] = { "outbound_track", CALLER_FAULT_SETUP,
					  TWILIO, 0,
					  "start lists the outbound track, as <Start> would" },
	[CALLER_FAULT_BAD_FORMAT] = { "bad_format", CALLER_FAULT_SETUP, TWILIO,
				      0,
				      "start announces 16 kHz linear audio" },
	[CALLER_FAULT_99_PARAMETERS] = { "99_parameters", CALLER_FAULT_SETUP,
					 TWILIO, 0,
					 "start carries 99 long parameters" },
	[CALLER_FAULT_UNKNOWN_FIELDS] = { "unknown_fields", CALLER_FAULT_SETUP,
					  BOTH, 0,
					  "every message has unknown fields" },
	[CALLER_FAULT_NO_MARKS] = { "no_marks", CALLER_FAULT_SETUP, TWILIO, 0,
				    "marks are never echoed" },
	[CALLER_FAULT_LATE_MARKS] = { "late_marks", CALLER_FAULT_SETUP, TWILIO,
				      100, "marks are echoed value ms late" },
	[CALLER_FAULT_STALE_MARKS] = { "stale_marks", CALLER_FAULT_SETUP,
				       TWILIO, 400,
				       "cleared marks are echoed value ms late" },
	[CALLER_FAULT_SECOND_START] = { "second_start", CALLER_FAULT_NOW,
					TWILIO, 0, "start comes again" },
	[CALLER_FAULT_GARBAGE_JSON] = { "garbage_json", CALLER_FAULT_NOW, BOTH,
					0, "a text message that is no JSON" },
	[CALLER_FAULT_OVERSIZE] = { "oversize", CALLER_FAULT_BREAKS, BOTH,
				    1048576, "a text message of value bytes" },
	[CALLER_FAULT_BINARY] = { "binary", CALLER_FAULT_NOW, BOTH, 0,
				  "a binary message" },
	[CALLER_FAULT_UNKNOWN_EVENT] = { "unknown_event", CALLER_FAULT_NOW,
					 BOTH, 0,
					 "a message of a type nobody knows" },
	[CALLER_FAULT_GAP] = { "gap_ms", CALLER_FAULT_NOW, BOTH, 400,
			       "value ms of the caller's audio are lost" },
	[CALLER_FAULT_STALL] = { "media_stall_ms", CALLER_FAULT_NOW, BOTH, 3000,
				 "no media for value ms, then all at once" },
	[CALLER_FAULT_SLOW_READER] = { "slow_reader", CALLER_FAULT_NOW, BOTH,
				       3000, "nothing is read for value ms" },
	[CALLER_FAULT_HALF_OPEN] = { "half_open", CALLER_FAULT_BREAKS, BOTH, 0,
				     "silence on the socket, and no close" },
	[CALLER_FAULT_TCP_RESET] = { "tcp_reset", CALLER_FAULT_BREAKS, TWILIO,
				     0, "the connection is reset" },
	[CALLER_FAULT_CLOSE_WITHOUT_STOP] = { "close_without_stop",
					      CALLER_FAULT_BREAKS, TWILIO, 1000,
					      "close code value (0: none) without stop" },
	[CALLER_FAULT_NO_START_ACTIVITY] = { "no_start_activity",
					     CALLER_FAULT_SETUP, AUDIOCODES, 0,
					     "the start activity never comes" },
	[CALLER_FAULT_DUPLICATE_ACTIVITY] = { "duplicate_activity",
					      CALLER_FAULT_SETUP, AUDIOCODES, 0,
					      "every activity comes twice, with the same id" },
	[CALLER_FAULT_MIXED_CASE_DTMF] = { "mixed_case_dtmf",
					   CALLER_FAULT_SETUP, AUDIOCODES, 0,
					   "event names are spelt dTmF, StArT" },
	[CALLER_FAULT_DTMF_COLLECTED] = { "dtmf_collected", CALLER_FAULT_SETUP,
					  AUDIOCODES, 0,
					  "the keys of a step come as one event" },
	[CALLER_FAULT_FRAGMENTS] = { "fragments", CALLER_FAULT_SETUP,
				     AUDIOCODES, 0,
				     "every message comes in three fragments" },
	[CALLER_FAULT_PINGS] = { "pings", CALLER_FAULT_SETUP, AUDIOCODES, 100,
				 "a ping every value ms" },
	[CALLER_FAULT_ODD_CHUNKS] = { "odd_chunks", CALLER_FAULT_SETUP,
				      AUDIOCODES, 0,
				      "chunks end in the middle of a sample" },
	[CALLER_FAULT_WAV_HEADERS] = { "wav_headers", CALLER_FAULT_SETUP,
				       AUDIOCODES, 0,
				       "of wav formats every chunk has a header" },
	[CALLER_FAULT_NO_USER_INPUT] = { "no_user_input", CALLER_FAULT_NOW,
					 AUDIOCODES, 1,
					 "noUserInput, for the value-th time" },
	[CALLER_FAULT_UNKNOWN_ACTIVITY] = { "unknown_activity",
					    CALLER_FAULT_NOW, AUDIOCODES, 0,
					    "an activity nobody knows" },
	[CALLER_FAULT_BAD_CONVERSATION_ID] = { "bad_conversation_id",
					       CALLER_FAULT_NOW, AUDIOCODES, 0,
					       "a chunk of another conversation" },
	[CALLER_FAULT_BAD_BASE64] = { "bad_base64", CALLER_FAULT_NOW,
				      AUDIOCODES, 0,
				      "a chunk that is no base64" },
	[CALLER_FAULT_EMPTY_CHUNK] = { "empty_chunk", CALLER_FAULT_NOW,
				       AUDIOCODES, 0,
				       "a chunk without audio, and one without audioChunk" },
	[CALLER_FAULT_BIG_CHUNK] = { "big_chunk", CALLER_FAULT_NOW, AUDIOCODES,
				     2000, "value ms of audio in one chunk" },
	[CALLER_FAULT_SECOND_INITIATE] = { "second_initiate",
					   CALLER_FAULT_BREAKS, AUDIOCODES, 0,
					   "session.initiate comes again" },
	[CALLER_FAULT_DROP_AND_RESUME] = { "drop_and_resume", CALLER_FAULT_NOW,
					   AUDIOCODES, 500,
					   "the connection is reset, and resumed after value ms" },
	[CALLER_FAULT_FINISH_AND_RESUME] = { "finish_and_resume",
					     CALLER_FAULT_NOW, AUDIOCODES, 500,
					     "TCP ends without a close frame, and the session is resumed after value ms" },
	[CALLER_FAULT_SECOND_SOCKET] = { "second_socket", CALLER_FAULT_NOW,
					 AUDIOCODES, 0,
					 "the session is resumed beside its living socket" },
	[CALLER_FAULT_RESUME_UNKNOWN] = { "resume_unknown", CALLER_FAULT_BREAKS,
					  AUDIOCODES, 500,
					  "the connection is reset, and another session resumed" },
	[CALLER_FAULT_NO_RESUME] = { "no_resume", CALLER_FAULT_BREAKS,
				     AUDIOCODES, 0,
				     "the connection is reset for good" },
};

static const char *const carrier_name[CALLER_CARRIERS] = {
	[CALLER_CARRIER_TWILIO] = "twilio",
	[CALLER_CARRIER_AUDIOCODES] = "audiocodes",
};

const char *caller_carrier_name(enum caller_carrier carrier)
{
	return carrier_name[carrier];
}

bool caller_carrier_find(enum caller_carrier *carrier, const char *name)
{
	for (unsigned i = 0; i < CALLER_CARRIERS; i++)
		if (strcmp(carrier_name[i], name) == 0) {
			*carrier = (enum caller_carrier)i;
			return true;
		}
	return false;
}

const struct caller_fault_kind *caller_fault_kind(enum caller_fault fault)
{
	return &kind[fault];
}

enum caller_fault caller_fault_find(const char *name)
{
	for (unsigned i = CALLER_FAULT_NONE + 1; i < CALLER_FAULTS; i++)
		if (strcmp(kind[i].name, name) == 0)
			return (enum caller_fault)i;
	return CALLER_FAULT_NONE;
}

bool caller_fault_is_known(enum caller_fault fault, enum caller_carrier carrier)
{
	return kind[fault].carriers >> carrier & 1;
}

void caller_faults_add(struct caller_faults *f, enum caller_fault fault,
		       unsigned value)
{
	f->set |= UINT64_C(1) << fault;
	f->value[fault] = value;
}

bool caller_faults_has(const struct caller_faults *f, enum caller_fault fault)
{
	return f->set >> fault & 1;
}
