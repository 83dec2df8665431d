/* A load: calls at the carrier's end and sessions at the model's end of one
 * server under test, in one thread, so that the times of both compare. */
#ifndef TOOLS_BENCH_BENCH_LOAD_H
#define TOOLS_BENCH_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/ops/histogram.h"
#include "tools/bench/bench_audio.h"
#include "tools/bench/bench_loop.h"
#include "tools/bench/bench_socket.h"
#include "tools/bench/bench_target.h"

struct bench_call;
struct bench_greeter;
struct bench_session;
struct tls_context;

#define BENCH_DELTA_MS    100   /* audio in one delta of the model */
#define BENCH_HEAD_MS     20    /* the model stays this much ahead of the ear */
#define BENCH_GREETING_MS 1000  /* the first response */
#define BENCH_RESPONSE_MS 10000 /* one response; then the next begins */
#define BENCH_LATE_MS     20    /* a frame that comes later is late */

enum bench_carrier { BENCH_TWILIO, BENCH_AUDIOCODES };

/* What the calls are like. */
struct bench_plan {
	enum bench_carrier carrier;
	const char *offer; /* AudioCodes: the media format by its name */
	enum bench_format carrier_format;
	unsigned calls;            /* that last and are measured */
	unsigned per_second;       /* of those, at the start */
	unsigned short_per_second; /* once measuring: more, that do not last */
	unsigned short_ms;
	bool is_burst;       /* the model sends 4 times faster than real time */
	bool interrupts;     /* its caller interrupts every response */
	bool speaks_at_once; /* without response.create */
	bool may_lose_start; /* audio from before the session may be missing */
};

/* What was measured, of the calls that last, while measuring. */
struct bench_figures {
	struct histogram up;    /* a caller's frame to its append */
	struct histogram down;  /* a delta to the media that completes it */
	struct histogram setup; /* start (AudioCodes: initiate) to media */
	struct histogram cut;   /* error of a truncation, 1 ms as 1 ms */
	struct histogram late;  /* of our own schedule */
	uint64_t late_up;       /* frames later than BENCH_LATE_MS */
	uint64_t late_down;     /* times the ear heard nothing, not our fault */
	uint64_t late_own;      /* … because we were late ourselves */
	uint64_t frames, appends, deltas, medias, clears, truncates;
	uint64_t units_up, units_down;
	uint64_t calls_started, calls_ended;
};

struct bench_load {
	struct bench_loop loop;
	struct bench_plan plan;
	struct bench_target target;
	struct bench_figures figures;
	struct bench_payload frame[BENCH_LOUDNESSES + 1];
	struct bench_payload delta[2][2]; /* [pcmu?][first?] */
	struct tls_context *client_tls;
	struct bench_greeter *greeter; /* of the model's sessions */
	unsigned model_port;
	struct bench_call *call;
	unsigned calls; /* slots */
	struct bench_session *sessions;
	unsigned session_numbers;
	unsigned live;   /* calls with their session, both ways up */
	unsigned placed; /* lasting calls begun */
	unsigned open;   /* calls that have not ended, of any kind */
	struct bench_timer ramp;
	uint64_t ramp_ns; /* when the first was placed */
	uint64_t short_ns;
	uint64_t shorts;
	bool is_measuring;
	bool is_ending;
	uint64_t errors;
	char error[256]; /* the first */
};

/* bench_load_open: listen on this machine for model sessions (port 0: any) with
 * TLS, by the certificate in dir (ca.pem, cert.pem, key.pem); one is made when
 * there is none. Returns 0 or a negative errno with why. */
int bench_load_open(struct bench_load *l, const char *dir, unsigned port,
		    const char **why);
void bench_load_close(struct bench_load *l);

/* bench_load_start: place plan.calls calls, plan.per_second at a time. Returns
 * 0 or -ENOMEM. The plan and the target must be set. */
int bench_load_start(struct bench_load *l);

/* bench_load_is_up: every lasting call has its session and has heard the
 * greeting. */
bool bench_load_is_up(const struct bench_load *l);

/* bench_load_measure: figures begin anew, or stop counting. */
void bench_load_measure(struct bench_load *l, bool on);

/* bench_load_end: hang up all of them. bench_load_is_over: they are gone. */
void bench_load_end(struct bench_load *l);
bool bench_load_is_over(const struct bench_load *l);

/* bench_load_fail: count an error; the first is kept. */
__attribute__((format(printf, 2, 3))) void bench_load_fail(struct bench_load *l,
							   const char *format,
							   ...);

#endif
