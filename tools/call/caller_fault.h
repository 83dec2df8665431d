/* The faults a scenario can inject, by name. */
#ifndef TOOLS_CALL_CALLER_FAULT_H
#define TOOLS_CALL_CALLER_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/* Who places the calls. */
enum caller_carrier {
	CALLER_CARRIER_TWILIO,
	CALLER_CARRIER_AUDIOCODES,
	CALLER_CARRIERS
};

/* caller_carrier_name: "twilio", "audiocodes". */
const char *caller_carrier_name(enum caller_carrier carrier);

/* caller_carrier_find: Returns whether there is one of that name. */
bool caller_carrier_find(enum caller_carrier *carrier, const char *name);

/* When each happens, and over which carrier, is told by its kind. */
enum caller_fault {
	CALLER_FAULT_NONE,
	/* webhook */
	CALLER_FAULT_BAD_SIGNATURE,
	CALLER_FAULT_NO_SIGNATURE,
	CALLER_FAULT_DUPLICATE_WEBHOOK,
	CALLER_FAULT_OUT_OF_ORDER_CALLBACKS,
	/* upgrade */
	CALLER_FAULT_BAD_UPGRADE_SIGNATURE,
	CALLER_FAULT_NO_UPGRADE_SIGNATURE,
	CALLER_FAULT_TRAILING_SLASH_SIGNATURE,
	CALLER_FAULT_PORT_SIGNATURE,
	CALLER_FAULT_REPLAY_TOKEN,
	/* start */
	CALLER_FAULT_LATE_START,
	CALLER_FAULT_NO_START,
	CALLER_FAULT_SPLIT_BYTES,
	CALLER_FAULT_WRONG_ACCOUNT,
	CALLER_FAULT_WRONG_CALL,
	CALLER_FAULT_OUTBOUND_TRACK,
	CALLER_FAULT_BAD_FORMAT,
	CALLER_FAULT_99_PARAMETERS,
	CALLER_FAULT_UNKNOWN_FIELDS,
	/* marks */
	CALLER_FAULT_NO_MARKS,
	CALLER_FAULT_LATE_MARKS,
	CALLER_FAULT_STALE_MARKS,
	/* conversation */
	CALLER_FAULT_NO_START_ACTIVITY,
	CALLER_FAULT_DUPLICATE_ACTIVITY,
	CALLER_FAULT_MIXED_CASE_DTMF,
	CALLER_FAULT_DTMF_COLLECTED,
	CALLER_FAULT_FRAGMENTS,
	CALLER_FAULT_PINGS,
	CALLER_FAULT_ODD_CHUNKS,
	CALLER_FAULT_WAV_HEADERS,
	/* strange messages, and sockets that break */
	CALLER_FAULT_SECOND_START,
	CALLER_FAULT_GARBAGE_JSON,
	CALLER_FAULT_OVERSIZE,
	CALLER_FAULT_BINARY,
	CALLER_FAULT_UNKNOWN_EVENT,
	CALLER_FAULT_GAP,
	CALLER_FAULT_STALL,
	CALLER_FAULT_SLOW_READER,
	CALLER_FAULT_HALF_OPEN,
	CALLER_FAULT_TCP_RESET,
	CALLER_FAULT_CLOSE_WITHOUT_STOP,
	CALLER_FAULT_NO_USER_INPUT,
	CALLER_FAULT_UNKNOWN_ACTIVITY,
	CALLER_FAULT_BAD_CONVERSATION_ID,
	CALLER_FAULT_BAD_BASE64,
	CALLER_FAULT_EMPTY_CHUNK,
	CALLER_FAULT_BIG_CHUNK,
	CALLER_FAULT_SECOND_INITIATE,
	CALLER_FAULT_DROP_AND_RESUME,
	CALLER_FAULT_FINISH_AND_RESUME,
	CALLER_FAULT_SECOND_SOCKET,
	CALLER_FAULT_RESUME_UNKNOWN,
	CALLER_FAULT_NO_RESUME,
	CALLER_FAULTS
};

enum caller_fault_when {
	CALLER_FAULT_SETUP,  /* from the call's beginning */
	CALLER_FAULT_NOW,    /* when its step is reached */
	CALLER_FAULT_BREAKS, /* then, too, and the stream ends of it */
};

struct caller_fault_kind {
	const char *name; /* as in a scenario */
	enum caller_fault_when when;
	unsigned carriers; /* that know it: bits, 1 << enum caller_carrier */
	unsigned value;    /* default of the step's value */
	const char *what;  /* for --help and the timeline */
};

/* caller_fault_kind: never NULL for a fault of the enum. */
const struct caller_fault_kind *caller_fault_kind(enum caller_fault fault);

/* caller_fault_find: by name; CALLER_FAULT_NONE when there is none. */
enum caller_fault caller_fault_find(const char *name);

/* caller_fault_is_known: by the carrier. */
bool caller_fault_is_known(enum caller_fault fault,
			   enum caller_carrier carrier);

/* A set of faults, each with its value. */
struct caller_faults {
	uint64_t set;
	unsigned value[CALLER_FAULTS];
};

void caller_faults_add(struct caller_faults *f, enum caller_fault fault,
		       unsigned value);
bool caller_faults_has(const struct caller_faults *f, enum caller_fault fault);

#endif
