#include "gateway/drain.h"

/* A cell that is not here means nothing: stay. */
static const enum drain_stage next[DRAIN_STAGES][DRAIN_EVENTS] = {
	[DRAIN_RUNNING] = { [DRAIN_TERMINATED] = DRAIN_DRAINING,
			    [DRAIN_INTERRUPTED] = DRAIN_STOPPING },
	[DRAIN_DRAINING] = { [DRAIN_TERMINATED] = DRAIN_STOPPING,
			     [DRAIN_INTERRUPTED] = DRAIN_STOPPING,
			     [DRAIN_TIME_OVER] = DRAIN_LEAVING },
	[DRAIN_LEAVING] = { [DRAIN_TERMINATED] = DRAIN_STOPPING,
			    [DRAIN_INTERRUPTED] = DRAIN_STOPPING,
			    [DRAIN_TIME_OVER] = DRAIN_STOPPING },
	[DRAIN_STOPPING] = { [DRAIN_TERMINATED] = DRAIN_CUTTING,
			     [DRAIN_INTERRUPTED] = DRAIN_CUTTING,
			     [DRAIN_TIME_OVER] = DRAIN_CUTTING },
};

enum drain_stage drain_next(enum drain_stage stage, enum drain_event event)
{
	enum drain_stage to = next[stage][event];

	return to > stage ? to : stage;
}

uint64_t drain_ms(enum drain_stage stage, unsigned seconds)
{
	switch (stage) {
	case DRAIN_DRAINING:
		return seconds ? seconds * 1000ull : 1;
	case DRAIN_LEAVING:
		return DRAIN_LEAVING_MS;
	case DRAIN_STOPPING:
		return DRAIN_STOPPING_MS;
	default:
		return 0;
	}
}

uint64_t drain_left_ms(enum drain_stage stage, unsigned seconds)
{
	uint64_t ms = 0;

	for (; stage < DRAIN_CUTTING; stage++)
		ms += drain_ms(stage, seconds);
	return ms;
}

const char *drain_stage_name(enum drain_stage stage)
{
	static const char *const name[DRAIN_STAGES] = {
		[DRAIN_RUNNING] = "running", [DRAIN_DRAINING] = "draining",
		[DRAIN_LEAVING] = "leaving", [DRAIN_STOPPING] = "stopping",
		[DRAIN_CUTTING] = "cutting",
	};
	return name[stage];
}
