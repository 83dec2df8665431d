#include "gateway/worker_figures.h"

const char *worker_delay_name(enum worker_delay delay)
{
	static const char *const name[] = {
		[WORKER_CALLER_TO_MODEL] = "caller_to_model",
		[WORKER_MODEL_TO_CALLER] = "model_to_caller",
		[WORKER_INTERRUPTION] = "interruption",
	};
	return name[delay];
}
