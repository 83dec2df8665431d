/* What a worker counts, always, on its own thread; other threads may read it
 * while it does (metrics.h says how and why). */
#ifndef GATEWAY_WORKER_FIGURES_H
#define GATEWAY_WORKER_FIGURES_H

#include <stdint.h>

#include "gateway/call/call.h"
#include "gateway/models/openai_figures.h"
#include "gateway/ops/histogram.h"
#include "gateway/ops/metrics.h"
#include "gateway/records/budget.h"

/* Delays, from a read to the write that it caused. */
enum worker_delay {
	WORKER_CALLER_TO_MODEL, /* frame -> append */
	WORKER_MODEL_TO_CALLER, /* delta -> media */
	WORKER_INTERRUPTION,    /* speech_started -> clear */
	WORKER_DELAYS
};

enum worker_carrier { WORKER_TWILIO, WORKER_AUDIOCODES, WORKER_CARRIERS };

/* A stream or conversation that ended before its call began. */
#define WORKER_END_NO_START CALL_ENDS
#define WORKER_ENDS         (CALL_ENDS + 1)

/* What was refused, and why, as the status of the answer tells; the log has the
 * words. */
enum worker_request {
	WORKER_WEBHOOK, /* of Twilio */
	WORKER_UPGRADE, /* of a socket, or a check of a bot's URL */
	WORKER_REQUESTS
};
enum worker_refusal {
	WORKER_MALFORMED,    /* 400, 405, 426 */
	WORKER_UNAUTHORIZED, /* 401, 403 */
	WORKER_UNKNOWN,      /* 404: no such bot */
	WORKER_TOO_LARGE,    /* 413 */
	WORKER_FULL,         /* 503, or <Reject>: no room for another call */
	WORKER_OTHERWISE,
	WORKER_REFUSALS
};

/* Answers of the HTTP server itself; 0 is TLS that failed. The last is any
 * other. */
#define WORKER_HTTP_STATUSES 10

/* Tokens of text models that supervisors ask. */
enum worker_text {
	WORKER_TEXT_IN, /* without what was cached */
	WORKER_TEXT_CACHED,
	WORKER_TEXT_OUT,
	WORKER_TEXT_TOKENS
};

/* What a look at all calls finds; taken about once a second (worker.h). */
struct worker_census {
	struct metric oldest_ns;   /* age of the oldest call */
	struct metric to_carrier;  /* bytes their sockets hold */
	struct metric to_model;    /* likewise */
	struct metric ring_ns;     /* caller audio that waits for the model */
	struct metric playout_ns;  /* speech that waits for its time */
	struct metric pool_blocks; /* of audio, in use */
};

struct worker_figures {
	struct metric webhook_failed; /* the routes decided */
	struct metric calls;          /* streams that began */
	struct metric failed;         /* of them, without a model */
	struct histogram delay[WORKER_DELAYS];
	struct histogram setup; /* beginning -> first sound */
	struct histogram turn;  /* end of the caller's speech -> answer heard */
	struct histogram
		unheard;      /* speech received and cut, per interruption */
	struct histogram lag; /* how late the 20 ms clock is */
	struct metric running[WORKER_CARRIERS][CALL_STATES]; /* calls now */
	struct metric ended[WORKER_CARRIERS][WORKER_ENDS];
	struct metric ended_ns[WORKER_CARRIERS]; /* how long they lasted */
	struct metric interruptions[WORKER_CARRIERS];
	struct metric resumed[WORKER_CARRIERS]; /* lines that came back */
	struct metric cut_sent_ns;  /* of those: sent, and not heard */
	struct metric underruns;    /* the carrier ran dry inside an item */
	struct metric ring_most_ns; /* the deepest any call's ring has been */
	struct metric ring_dropped_ns;
	struct metric playout_dropped; /* answers longer than the queue holds */
	struct metric refused[WORKER_CARRIERS][WORKER_REQUESTS]
			     [WORKER_REFUSALS];
	struct metric http_refused[WORKER_HTTP_STATUSES];
	struct metric budget_reached[BUDGETS];
	struct metric budget_refused[BUDGETS]; /* new calls */
	struct metric text_tokens[WORKER_TEXT_TOKENS];
	struct worker_census census;
	struct openai_figures model;
};

/* worker_figures_add: to the sum what a worker has counted; what is one
 * moment's (census) is left out. The sum is the caller's alone. */
void worker_figures_add(struct worker_figures *sum,
			const struct worker_figures *f);

const char *worker_delay_name(enum worker_delay delay);
const char *worker_carrier_name(enum worker_carrier carrier);
const char *worker_end_name(unsigned end); /* below WORKER_ENDS */
const char *worker_request_name(enum worker_request request);
const char *worker_refusal_name(enum worker_refusal refusal);

const char *worker_text_name(enum worker_text text);

/* worker_refusal_of: what an answer of that status says. */
enum worker_refusal worker_refusal_of(unsigned status);

/* worker_http_status: its place below WORKER_HTTP_STATUSES.
 * worker_http_status_name: "408"; "tls"; "other". */
unsigned worker_http_status(unsigned status);
const char *worker_http_status_name(unsigned place);

#endif
