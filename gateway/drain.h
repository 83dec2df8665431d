/* How the gateway goes down: stages, each with what leads to the next. Pure.
 *
 *   stage     what happens in it                   ends by
 *   RUNNING   calls come and go                    SIGTERM, SIGINT
 *   DRAINING  no new calls; those that run end     drain.seconds; SIGTERM or
 *             by themselves                        SIGINT (to STOPPING)
 *   LEAVING   the rest hears the farewell, then    DRAIN_LEAVING_MS; a signal
 *             ends as failure.then says
 *   STOPPING  every call ends now, connections     DRAIN_STOPPING_MS; a signal
 *             are closed in proper form
 *   CUTTING   connections are cut                  -
 *
 * In every stage but the first the program ends, with status 0, as soon as
 * nothing is left. SIGINT comes from a person at a terminal, who waits: it goes
 * to STOPPING at once. */
#ifndef GATEWAY_DRAIN_H
#define GATEWAY_DRAIN_H

#include <stdint.h>

/* Limits. */
/* In LEAVING: for a farewell to be heard, and a transfer to succeed. */
#define DRAIN_LEAVING_MS 30000
/* In STOPPING: for peers to answer a close. */
#define DRAIN_STOPPING_MS 2500
/* Before the last stage: for Twilio to ask what follows a stream. */
#define DRAIN_LINGER_MS 5000

enum drain_stage {
	DRAIN_RUNNING,
	DRAIN_DRAINING,
	DRAIN_LEAVING,
	DRAIN_STOPPING,
	DRAIN_CUTTING,
	DRAIN_STAGES
};

enum drain_event {
	DRAIN_TERMINATED,  /* SIGTERM */
	DRAIN_INTERRUPTED, /* SIGINT */
	DRAIN_TIME_OVER,   /* drain_ms have passed in this stage */
	DRAIN_EVENTS
};

/* drain_next: the stage that an event leads to; the same when it means nothing.
 */
enum drain_stage drain_next(enum drain_stage stage, enum drain_event event);

/* drain_ms: how long a stage may last; 0: for ever. seconds: drain.seconds;
 * with 0 DRAINING ends at once, after 1 ms. */
uint64_t drain_ms(enum drain_stage stage, unsigned seconds);

/* drain_left_ms: from the beginning of a stage until everything is over at the
 * latest. */
uint64_t drain_left_ms(enum drain_stage stage, unsigned seconds);

/* drain_stage_name: "running", "draining", … */
const char *drain_stage_name(enum drain_stage stage);

#endif
