/* The faults a scenario can inject, by name. */
#ifndef TOOLS_CALL_PHONE_FAULT_H
#define TOOLS_CALL_PHONE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/* Those up to the marks hold from the call's beginning, wherever their step
 * stands; the others happen when their step is reached. */
enum phone_fault {
	PHONE_FAULT_NONE,
	/* webhook */
	PHONE_FAULT_BAD_SIGNATURE,
	PHONE_FAULT_NO_SIGNATURE,
	PHONE_FAULT_DUPLICATE_WEBHOOK,
	PHONE_FAULT_OUT_OF_ORDER_CALLBACKS,
	/* upgrade */
	PHONE_FAULT_BAD_UPGRADE_SIGNATURE,
	PHONE_FAULT_NO_UPGRADE_SIGNATURE,
	PHONE_FAULT_TRAILING_SLASH_SIGNATURE,
	PHONE_FAULT_PORT_SIGNATURE,
	PHONE_FAULT_REPLAY_TOKEN,
	/* start */
	PHONE_FAULT_LATE_START,
	PHONE_FAULT_NO_START,
	PHONE_FAULT_SPLIT_BYTES,
	PHONE_FAULT_WRONG_ACCOUNT,
	PHONE_FAULT_WRONG_CALL,
	PHONE_FAULT_OUTBOUND_TRACK,
	PHONE_FAULT_BAD_FORMAT,
	PHONE_FAULT_99_PARAMETERS,
	PHONE_FAULT_UNKNOWN_FIELDS,
	/* marks */
	PHONE_FAULT_NO_MARKS,
	PHONE_FAULT_LATE_MARKS,
	PHONE_FAULT_STALE_MARKS,
	/* when the step is reached */
	PHONE_FAULT_SECOND_START,
	PHONE_FAULT_GARBAGE_JSON,
	PHONE_FAULT_OVERSIZE,
	PHONE_FAULT_BINARY,
	PHONE_FAULT_UNKNOWN_EVENT,
	PHONE_FAULT_GAP,
	PHONE_FAULT_STALL,
	PHONE_FAULT_SLOW_READER,
	PHONE_FAULT_HALF_OPEN,
	PHONE_FAULT_TCP_RESET,
	PHONE_FAULT_CLOSE_WITHOUT_STOP,
	PHONE_FAULTS
};

enum phone_fault_when {
	PHONE_FAULT_SETUP,  /* from the call's beginning */
	PHONE_FAULT_NOW,    /* when its step is reached */
	PHONE_FAULT_BREAKS, /* then, too, and the stream ends of it */
};

struct phone_fault_kind {
	const char *name; /* as in a scenario */
	enum phone_fault_when when;
	unsigned value;   /* default of the step's value */
	const char *what; /* for --help and the timeline */
};

/* phone_fault_kind: never NULL for a fault of the enum. */
const struct phone_fault_kind *phone_fault_kind(enum phone_fault fault);

/* phone_fault_find: by name; PHONE_FAULT_NONE when there is none. */
enum phone_fault phone_fault_find(const char *name);

/* A set of faults, each with its value. */
struct phone_faults {
	uint64_t set;
	unsigned value[PHONE_FAULTS];
};

void phone_faults_add(struct phone_faults *f, enum phone_fault fault,
		      unsigned value);
bool phone_faults_has(const struct phone_faults *f, enum phone_fault fault);

#endif
