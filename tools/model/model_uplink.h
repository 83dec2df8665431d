/* Does the caller's audio arrive as a telephone line gives it: continuously,
 * in real time?
 *
 * Source: the assertions of the reference (6.8): within 5 % over 10 s, except
 * for what was held back while connecting or in a pause, and no pause of more
 * than 1 s. */
#ifndef TOOLS_MODEL_MODEL_UPLINK_H
#define TOOLS_MODEL_MODEL_UPLINK_H

#include <stdint.h>

#define MODEL_UPLINK_WINDOW_US 10000000u
#define MODEL_UPLINK_TOLERANCE 0.05
#define MODEL_UPLINK_SETTLE_US 2000000u /* held audio may come in a burst */
#define MODEL_UPLINK_GAP_US    1000000u

struct model_uplink {
	uint64_t from_us; /* the first append, or the first after a pause; 0:
			     none yet */
	uint64_t last_us;
	uint64_t window_us; /* begin of the window; 0: still settling */
	uint64_t window_ms; /* audio at its begin */
};

enum model_uplink_fault {
	MODEL_UPLINK_FINE,
	MODEL_UPLINK_GAP,
	MODEL_UPLINK_FAST,
	MODEL_UPLINK_SLOW
};

/* model_uplink_append: audio came at now_us, making total_ms in all.
 * measure: how long the pause was in ms, or the rate in percent. */
enum model_uplink_fault model_uplink_append(struct model_uplink *u,
					    uint64_t now_us, uint64_t total_ms,
					    unsigned *measure);

#endif
