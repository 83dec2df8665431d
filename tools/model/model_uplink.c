#include "tools/model/model_uplink.h"

static void begin_window(struct model_uplink *u, uint64_t now_us,
			 uint64_t total_ms)
{
	u->window_us = now_us;
	u->window_ms = total_ms;
}

static enum model_uplink_fault judge_window(struct model_uplink *u,
					    uint64_t now_us, uint64_t total_ms,
					    unsigned *measure)
{
	double audio_us = (double)(total_ms - u->window_ms) * 1000;
	double rate = audio_us / (double)(now_us - u->window_us);

	begin_window(u, now_us, total_ms);
	*measure = (unsigned)(rate * 100 + 0.5);
	if (rate > 1 + MODEL_UPLINK_TOLERANCE)
		return MODEL_UPLINK_FAST;
	return rate < 1 - MODEL_UPLINK_TOLERANCE ? MODEL_UPLINK_SLOW
						 : MODEL_UPLINK_FINE;
}

enum model_uplink_fault model_uplink_append(struct model_uplink *u,
					    uint64_t now_us, uint64_t total_ms,
					    unsigned *measure)
{
	uint64_t pause_us = u->from_us ? now_us - u->last_us : 0;

	u->last_us = now_us;
	if (!u->from_us)
		u->from_us = now_us;
	if (pause_us > MODEL_UPLINK_GAP_US) {
		*measure = (unsigned)(pause_us / 1000);
		/* The pause is told once, not again as a low rate. */
		u->from_us = now_us;
		u->window_us = 0;
		return MODEL_UPLINK_GAP;
	}
	if (!u->window_us) {
		if (now_us - u->from_us >= MODEL_UPLINK_SETTLE_US)
			begin_window(u, now_us, total_ms);
		return MODEL_UPLINK_FINE;
	}
	if (now_us - u->window_us < MODEL_UPLINK_WINDOW_US)
		return MODEL_UPLINK_FINE;
	return judge_window(u, now_us, total_ms, measure);
}
