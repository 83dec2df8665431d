/* What a model may ask of its call, by calling a function. */
#ifndef GATEWAY_CALL_CALL_REQUEST_H
#define GATEWAY_CALL_CALL_REQUEST_H

#include <stdbool.h>

#define CALL_REASON_MAX      256  /* bytes, with NUL */
#define CALL_TARGET_MAX      256  /* likewise */
#define CALL_DIGITS_MAX      20   /* keys sent at once */
#define CALL_DIGITS_NAME_MAX 32   /* bytes with NUL; a word of a-z 0-9 _ - */
#define CALL_DATA_MAX        4096 /* bytes of JSON, with NUL */
#define CALL_SUMMARY_MAX     601  /* bytes, with NUL */

enum call_request_kind {
	CALL_REQUEST_END,       /* reason */
	CALL_REQUEST_TRANSFER,  /* target, reason; perhaps is_warm and data */
	CALL_REQUEST_KEYS,      /* digits */
	CALL_REQUEST_METADATA,  /* data */
	CALL_REQUEST_RECORDING, /* recording */
	CALL_REQUEST_COLLECT    /* collect; answered once the caller has pressed
				   them, or has not */
};

/* Keys that a function asks for. */
struct call_collect_request {
	unsigned min, max; /* 1..DIGITS_MAX */
	unsigned timeout_ms;
	char terminator; /* 0: none */
	bool is_masked;  /* only call_masked_digits tells them */
	char name[CALL_DIGITS_NAME_MAX];
};

enum call_recording {
	CALL_RECORDING_START,
	CALL_RECORDING_STOP,
	CALL_RECORDING_PAUSE,
	CALL_RECORDING_RESUME
};

/* Text that is not used is "". */
struct call_request {
	enum call_request_kind kind;
	enum call_recording recording;
	char reason[CALL_REASON_MAX];
	char target[CALL_TARGET_MAX]; /* tel:, sip:, sips: or client: URI */
	bool is_warm; /* whoever answers there hears data, and may decline */
	char digits[CALL_DIGITS_MAX + 1]; /* 0-9 * # */
	struct call_collect_request collect;
	char *data; /* METADATA: a JSON object as text; TRANSFER: what is to be
		       told, or NULL; whose it is, is said where a request is
		       handed over */
};

#endif
