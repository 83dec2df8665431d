#include "tools/call/phone_fault.h"

#include <string.h>

_Static_assert(PHONE_FAULTS <= 64, "a set of faults is 64 bits");

static const struct phone_fault_kind kind[PHONE_FAULTS] = {
	[PHONE_FAULT_NONE] = { "none", PHONE_FAULT_SETUP, 0, "nothing" },
	[PHONE_FAULT_BAD_SIGNATURE] = { "bad_signature", PHONE_FAULT_SETUP, 0,
					"the webhook is signed wrongly" },
	[PHONE_FAULT_NO_SIGNATURE] = { "no_signature", PHONE_FAULT_SETUP, 0,
				       "the webhook is not signed" },
	[PHONE_FAULT_DUPLICATE_WEBHOOK] = { "duplicate_webhook",
					    PHONE_FAULT_SETUP, 0,
					    "the webhook comes twice" },
	[PHONE_FAULT_OUT_OF_ORDER_CALLBACKS] = { "out_of_order_callbacks",
						 PHONE_FAULT_SETUP, 0,
						 "stream-stopped is reported before stream-started" },
	[PHONE_FAULT_BAD_UPGRADE_SIGNATURE] = { "bad_upgrade_signature",
						PHONE_FAULT_SETUP, 0,
						"the upgrade is signed wrongly" },
	[PHONE_FAULT_NO_UPGRADE_SIGNATURE] = { "no_upgrade_signature",
					       PHONE_FAULT_SETUP, 0,
					       "the upgrade is not signed" },
	[PHONE_FAULT_TRAILING_SLASH_SIGNATURE] = { "trailing_slash_signature",
						   PHONE_FAULT_SETUP, 0,
						   "the upgrade is signed with a slash at the end of its URL" },
	[PHONE_FAULT_PORT_SIGNATURE] = { "port_signature", PHONE_FAULT_SETUP, 0,
					 "the upgrade is signed with the default port in its URL" },
	[PHONE_FAULT_REPLAY_TOKEN] = { "replay_token", PHONE_FAULT_SETUP, 0,
				       "the media URL is opened a second time" },
	[PHONE_FAULT_LATE_START] = { "late_start", PHONE_FAULT_SETUP, 3000,
				     "start comes value ms after connected" },
	[PHONE_FAULT_NO_START] = { "no_start", PHONE_FAULT_SETUP, 0,
				   "connected, but never start nor media" },
	[PHONE_FAULT_SPLIT_BYTES] = { "split_bytes", PHONE_FAULT_SETUP, 0,
				      "connected and start come byte by byte" },
	[PHONE_FAULT_WRONG_ACCOUNT] = { "wrong_account", PHONE_FAULT_SETUP, 0,
					"start names another account" },
	[PHONE_FAULT_WRONG_CALL] = { "wrong_call", PHONE_FAULT_SETUP, 0,
				     "start names another call" },
	[PHONE_FAULT_OUTBOUND_TRACK] = { "outbound_track", PHONE_FAULT_SETUP, 0,
					 "start lists the outbound track, as <Start> would" },
	[PHONE_FAULT_BAD_FORMAT] = { "bad_format", PHONE_FAULT_SETUP, 0,
				     "start announces 16 kHz linear audio" },
	[PHONE_FAULT_99_PARAMETERS] = { "99_parameters", PHONE_FAULT_SETUP, 0,
					"start carries 99 long parameters" },
	[PHONE_FAULT_UNKNOWN_FIELDS] = { "unknown_fields", PHONE_FAULT_SETUP, 0,
					 "every message has unknown fields" },
	[PHONE_FAULT_NO_MARKS] = { "no_marks", PHONE_FAULT_SETUP, 0,
				   "marks are never echoed" },
	[PHONE_FAULT_LATE_MARKS] = { "late_marks", PHONE_FAULT_SETUP, 100,
				     "marks are echoed value ms late" },
	[PHONE_FAULT_STALE_MARKS] = { "stale_marks", PHONE_FAULT_SETUP, 400,
				      "cleared marks are echoed value ms late" },
	[PHONE_FAULT_SECOND_START] = { "second_start", PHONE_FAULT_NOW, 0,
				       "start comes again" },
	[PHONE_FAULT_GARBAGE_JSON] = { "garbage_json", PHONE_FAULT_NOW, 0,
				       "a text message that is no JSON" },
	[PHONE_FAULT_OVERSIZE] = { "oversize", PHONE_FAULT_BREAKS, 1048576,
				   "a text message of value bytes" },
	[PHONE_FAULT_BINARY] = { "binary", PHONE_FAULT_NOW, 0,
				 "a binary message" },
	[PHONE_FAULT_UNKNOWN_EVENT] = { "unknown_event", PHONE_FAULT_NOW, 0,
					"an event nobody knows" },
	[PHONE_FAULT_GAP] = { "gap_ms", PHONE_FAULT_NOW, 400,
			      "value ms of the caller's audio are lost" },
	[PHONE_FAULT_STALL] = { "media_stall_ms", PHONE_FAULT_NOW, 3000,
				"no media for value ms, then all at once" },
	[PHONE_FAULT_SLOW_READER] = { "slow_reader", PHONE_FAULT_NOW, 3000,
				      "nothing is read for value ms" },
	[PHONE_FAULT_HALF_OPEN] = { "half_open", PHONE_FAULT_BREAKS, 0,
				    "silence on the socket, and no close" },
	[PHONE_FAULT_TCP_RESET] = { "tcp_reset", PHONE_FAULT_BREAKS, 0,
				    "the connection is reset" },
	[PHONE_FAULT_CLOSE_WITHOUT_STOP] = { "close_without_stop",
					     PHONE_FAULT_BREAKS, 1000,
					     "close code value (0: none) without stop" },
};

const struct phone_fault_kind *phone_fault_kind(enum phone_fault fault)
{
	return &kind[fault];
}

enum phone_fault phone_fault_find(const char *name)
{
	for (unsigned i = PHONE_FAULT_NONE + 1; i < PHONE_FAULTS; i++)
		if (strcmp(kind[i].name, name) == 0)
			return (enum phone_fault)i;
	return PHONE_FAULT_NONE;
}

void phone_faults_add(struct phone_faults *f, enum phone_fault fault,
		      unsigned value)
{
	f->set |= UINT64_C(1) << fault;
	f->value[fault] = value;
}

bool phone_faults_has(const struct phone_faults *f, enum phone_fault fault)
{
	return f->set >> fault & 1;
}
