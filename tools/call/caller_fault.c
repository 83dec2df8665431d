#include "tools/call/caller_fault.h"

#include <string.h>

_Static_assert(CALLER_FAULTS <= 64, "a set of faults is 64 bits");

enum {
	TWILIO = 1 << CALLER_CARRIER_TWILIO,
	AUDIOCODES = 1 << CALLER_CARRIER_AUDIOCODES,
	BOTH = TWILIO | AUDIOCODES
};

#define ROW(fault, when, who, value, name, what) \
	[CALLER_FAULT_##fault] = { name, CALLER_FAULT_##when, who, value, what }

static const struct caller_fault_kind kind[CALLER_FAULTS] = {
	ROW(NONE, SETUP, BOTH, 0, "none", "nothing"),
	ROW(BAD_SIGNATURE, SETUP, TWILIO, 0, "bad_signature",
	    "the webhook is signed wrongly"),
	ROW(NO_SIGNATURE, SETUP, TWILIO, 0, "no_signature",
	    "the webhook is not signed"),
	ROW(DUPLICATE_WEBHOOK, SETUP, TWILIO, 0, "duplicate_webhook",
	    "the webhook comes twice"),
	ROW(OUT_OF_ORDER_CALLBACKS, SETUP, TWILIO, 0, "out_of_order_callbacks",
	    "stream-stopped is reported before stream-started"),
	ROW(BAD_UPGRADE_SIGNATURE, SETUP, TWILIO, 0, "bad_upgrade_signature",
	    "the upgrade is signed wrongly"),
	ROW(NO_UPGRADE_SIGNATURE, SETUP, TWILIO, 0, "no_upgrade_signature",
	    "the upgrade is not signed"),
	ROW(TRAILING_SLASH_SIGNATURE, SETUP, TWILIO, 0,
	    "trailing_slash_signature",
	    "the upgrade is signed with a slash at the end of its URL"),
	ROW(PORT_SIGNATURE, SETUP, TWILIO, 0, "port_signature",
	    "the upgrade is signed with the default port in its URL"),
	ROW(REPLAY_TOKEN, SETUP, TWILIO, 0, "replay_token",
	    "the media URL is opened a second time"),
	ROW(LATE_START, SETUP, TWILIO, 3000, "late_start",
	    "start comes value ms after connected"),
	ROW(NO_START, SETUP, TWILIO, 0, "no_start",
	    "connected, but never start nor media"),
	ROW(SPLIT_BYTES, SETUP, TWILIO, 0, "split_bytes",
	    "connected and start come byte by byte"),
	ROW(WRONG_ACCOUNT, SETUP, TWILIO, 0, "wrong_account",
	    "start names another account"),
	ROW(WRONG_CALL, SETUP, TWILIO, 0, "wrong_call",
	    "start names another call"),
	ROW(OUTBOUND_TRACK, SETUP, TWILIO, 0, "outbound_track",
	    "start lists the outbound track, as <Start> would"),
	ROW(BAD_FORMAT, SETUP, TWILIO, 0, "bad_format",
	    "start announces 16 kHz linear audio"),
	ROW(99_PARAMETERS, SETUP, TWILIO, 0, "99_parameters",
	    "start carries 99 long parameters"),
	ROW(UNKNOWN_FIELDS, SETUP, BOTH, 0, "unknown_fields",
	    "every message has unknown fields"),
	ROW(NO_MARKS, SETUP, TWILIO, 0, "no_marks", "marks are never echoed"),
	ROW(LATE_MARKS, SETUP, TWILIO, 100, "late_marks",
	    "marks are echoed value ms late"),
	ROW(STALE_MARKS, SETUP, TWILIO, 400, "stale_marks",
	    "cleared marks are echoed value ms late"),
	ROW(SECOND_START, NOW, TWILIO, 0, "second_start", "start comes again"),
	ROW(GARBAGE_JSON, NOW, BOTH, 0, "garbage_json",
	    "a text message that is no JSON"),
	ROW(OVERSIZE, BREAKS, BOTH, 1048577, "oversize",
	    "a text message of value bytes"),
	ROW(BINARY, NOW, BOTH, 0, "binary", "a binary message"),
	ROW(UNKNOWN_EVENT, NOW, BOTH, 0, "unknown_event",
	    "a message of a type nobody knows"),
	ROW(GAP, NOW, BOTH, 400, "gap_ms",
	    "value ms of the caller's audio are lost"),
	ROW(STALL, NOW, BOTH, 3000, "media_stall_ms",
	    "no media for value ms, then all at once"),
	ROW(SLOW_READER, NOW, BOTH, 3000, "slow_reader",
	    "nothing is read for value ms"),
	ROW(HALF_OPEN, BREAKS, BOTH, 0, "half_open",
	    "silence on the socket, and no close"),
	ROW(TCP_RESET, BREAKS, TWILIO, 0, "tcp_reset",
	    "the connection is reset"),
	ROW(CLOSE_WITHOUT_STOP, BREAKS, TWILIO, 1000, "close_without_stop",
	    "close code value (0: none) without stop"),
	ROW(NO_START_ACTIVITY, SETUP, AUDIOCODES, 0, "no_start_activity",
	    "the start activity never comes"),
	ROW(DUPLICATE_ACTIVITY, SETUP, AUDIOCODES, 0, "duplicate_activity",
	    "every activity comes twice, with the same id"),
	ROW(MIXED_CASE_DTMF, SETUP, AUDIOCODES, 0, "mixed_case_dtmf",
	    "event names are spelt dTmF, StArT"),
	ROW(DTMF_COLLECTED, SETUP, AUDIOCODES, 0, "dtmf_collected",
	    "the keys of a step come as one event"),
	ROW(FRAGMENTS, SETUP, AUDIOCODES, 0, "fragments",
	    "every message comes in three fragments"),
	ROW(PINGS, SETUP, AUDIOCODES, 100, "pings", "a ping every value ms"),
	ROW(ODD_CHUNKS, SETUP, AUDIOCODES, 0, "odd_chunks",
	    "chunks end in the middle of a sample"),
	ROW(WAV_HEADERS, SETUP, AUDIOCODES, 0, "wav_headers",
	    "of wav formats every chunk has a header"),
	ROW(NO_USER_INPUT, NOW, AUDIOCODES, 1, "no_user_input",
	    "noUserInput, for the value-th time"),
	ROW(UNKNOWN_ACTIVITY, NOW, AUDIOCODES, 0, "unknown_activity",
	    "an activity nobody knows"),
	ROW(BAD_CONVERSATION_ID, NOW, AUDIOCODES, 0, "bad_conversation_id",
	    "a chunk of another conversation"),
	ROW(BAD_BASE64, NOW, AUDIOCODES, 0, "bad_base64",
	    "a chunk that is no base64"),
	ROW(EMPTY_CHUNK, NOW, AUDIOCODES, 0, "empty_chunk",
	    "a chunk without audio, and one without audioChunk"),
	ROW(BIG_CHUNK, NOW, AUDIOCODES, 2000, "big_chunk",
	    "value ms of audio in one chunk"),
	ROW(SECOND_INITIATE, BREAKS, AUDIOCODES, 0, "second_initiate",
	    "session.initiate comes again"),
	ROW(DROP_AND_RESUME, NOW, AUDIOCODES, 500, "drop_and_resume",
	    "the connection is reset, and resumed after value ms"),
	ROW(FINISH_AND_RESUME, NOW, AUDIOCODES, 500, "finish_and_resume",
	    "TCP ends without a close frame, and the session is resumed after value ms"),
	ROW(SECOND_SOCKET, NOW, AUDIOCODES, 0, "second_socket",
	    "the session is resumed beside its living socket"),
	ROW(RESUME_UNKNOWN, BREAKS, AUDIOCODES, 500, "resume_unknown",
	    "the connection is reset, and another session resumed"),
	ROW(NO_RESUME, BREAKS, AUDIOCODES, 0, "no_resume",
	    "the connection is reset for good"),
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
