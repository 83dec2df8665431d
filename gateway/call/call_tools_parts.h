/* What a call keeps of functions that run; for call_tools.c and call_filler.c
 * alone. */
#ifndef GATEWAY_CALL_CALL_TOOLS_PARTS_H
#define GATEWAY_CALL_CALL_TOOLS_PARTS_H

#include "gateway/call/call.h"

struct call_pending {
	char call_id[CALL_TOOL_ID_MAX];
	unsigned round; /* of the response that called it */
	struct call_filler filler;
	uint64_t filler_ns; /* it begins then; 0: it has, or there is none */
};

/* A filler's sound, while it goes on. */
struct call_sound {
	const uint8_t *ulaw; /* NULL: silence */
	size_t len;
	size_t at;         /* in the sound: sent up to there */
	uint64_t until_ns; /* it is sent for so long */
	struct transcoder to_playout;
};

struct call_tools {
	unsigned count;
	struct call_pending pending[CALL_TOOLS_MAX];
	const char *words; /* to be said */
	struct call_sound sound;
};

#endif
