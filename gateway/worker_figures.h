/* What a worker measures, always. */
#ifndef GATEWAY_WORKER_FIGURES_H
#define GATEWAY_WORKER_FIGURES_H

#include <stdint.h>

#include "gateway/ops/histogram.h"

/* Delays, from a read to the write that it caused. */
enum worker_delay {
	WORKER_CALLER_TO_MODEL, /* frame -> append */
	WORKER_MODEL_TO_CALLER, /* delta -> media */
	WORKER_INTERRUPTION,    /* speech_started -> clear */
	WORKER_DELAYS
};

struct worker_figures {
	uint64_t calls;  /* streams that began */
	uint64_t failed; /* of them, without a model */
	struct histogram delay[WORKER_DELAYS];
};

const char *worker_delay_name(enum worker_delay delay);

#endif
