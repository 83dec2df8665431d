/* One placed call, whichever network places it: what a run, its report and its
 * verdict know of a call. A carrier's call begins with a struct caller_call and
 * fills it in; nobody else needs to know which carrier it is.
 *
 * Pure: a carrier brings the sockets and the clock. */
#ifndef TOOLS_CALL_CALLER_CALL_H
#define TOOLS_CALL_CALLER_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/call/caller.h"
#include "tools/call/caller_exact.h"
#include "tools/call/caller_fault.h"
#include "tools/call/caller_figures.h"

struct caller_call;
struct tls_context;
struct uv_loop_s;

#define CALLER_CALL_BREACHES_MAX    32 /* kept; more are counted */
#define CALLER_CALL_BREACH_CODE_MAX 32
#define CALLER_CALL_BREACH_TEXT_MAX 160
#define CALLER_CALL_ID_MAX          40 /* a UUID, a SID; with NUL */

/* The same for all calls of a run; outlives them. */
struct caller_call_options {
	const struct caller_call_kind *kind;
	const void *carrier;     /* the kind's own options */
	struct tls_context *tls; /* NULL: plain only */
	const struct caller_script *script;
	const struct caller_faults *faults;
	unsigned timeout_ms; /* of a whole call */
	bool keeps_tracks;
	uint64_t seed;
	/* Live view of the timeline; may be NULL. */
	void (*on_event)(void *owner, const struct caller_event *e);
	void *owner;
};

typedef void caller_call_over_fn(void *owner, struct caller_call *call);

/* A carrier. */
struct caller_call_kind {
	enum caller_carrier carrier;
	const char *id_name; /* of the call's id, in JSON */
	/* on_over comes exactly once, later, when nothing of the call is open
	 * any more. Returns NULL without memory. */
	struct caller_call *(*begin)(struct uv_loop_s *loop,
				     const struct caller_call_options *options,
				     unsigned index,
				     caller_call_over_fn *on_over, void *owner);
	void (*end)(struct caller_call *call); /* the run is being ended */
	void (*free)(struct caller_call *call);
};

enum caller_outcome {
	CALLER_OUTCOME_HUNG_UP, /* by the far end */
	CALLER_OUTCOME_CALLER_HUNG_UP,
	CALLER_OUTCOME_REJECTED,
	CALLER_OUTCOME_BUSY,
	CALLER_OUTCOME_DIALLED,     /* a <Dial> took it elsewhere */
	CALLER_OUTCOME_TRANSFERRED, /* a transfer did */
	CALLER_OUTCOME_CHECKED,     /* no call: a connectivity check passed */
	CALLER_OUTCOME_REFUSED,     /* an answer, but no */
	CALLER_OUTCOME_BROKEN, /* the stream was lost or broke the protocol */
	CALLER_OUTCOME_FAILED, /* no answer, or none that can be used */
	CALLER_OUTCOME_TIMED_OUT,
	CALLER_OUTCOMES
};

const char *caller_call_outcome_name(enum caller_outcome outcome);

/* A breach of the protocol by the far end. */
struct caller_breach {
	int64_t at_ms;
	/* What it is against: a number of the carrier's ("31951"), or words for
	 * the rule broken ("one stream at a time"). */
	char code[CALLER_CALL_BREACH_CODE_MAX];
	char text[CALLER_CALL_BREACH_TEXT_MAX];
};

/* How it went. */
struct caller_call_result {
	enum caller_outcome outcome;
	bool could_not_connect; /* nobody answered at the URL */
	char how[360];          /* it ended, in words */
	char id[CALLER_CALL_ID_MAX];
	uint64_t start_ns; /* sample 0, monotonic; 0 without */
	struct caller_breach breach[CALLER_CALL_BREACHES_MAX];
	size_t breaches; /* all of them */
	struct caller_figures figures;
};

/* The first member of every carrier's call. */
struct caller_call {
	const struct caller_call_options *options;
	caller_call_over_fn *on_over;
	void *owner;
	struct caller caller;
	struct caller_native native; /* the line's own sound */
	struct caller_call_result result;
	uint64_t random; /* state of caller_call_random */
};

/* --- For those who place calls --- */

/* caller_call_begin: as the kind's begin. */
struct caller_call *caller_call_begin(struct uv_loop_s *loop,
				      const struct caller_call_options *options,
				      unsigned index,
				      caller_call_over_fn *on_over,
				      void *owner);

/* caller_call_end: the run is being ended: hang up now. */
void caller_call_end(struct caller_call *call);

/* caller_call_line: the line's own tracks, whichever they are; borrowed. */
struct caller_native caller_call_line(const struct caller_call *call);

/* caller_call_forget_tracks: they were judged; their memory is wanted
 * elsewhere. */
void caller_call_forget_tracks(struct caller_call *call);

void caller_call_free(struct caller_call *call); /* after on_over; NULL too */

/* --- For carriers --- */

/* caller_call_init: the person, the seed of this index, empty figures. */
void caller_call_init(struct caller_call *call,
		      const struct caller_call_options *options, unsigned index,
		      caller_call_over_fn *on_over, void *owner,
		      const struct caller_phone *phone, void *phone_owner);

/* caller_call_clear: undoes init; called by the kind's free. */
void caller_call_clear(struct caller_call *call);

uint64_t caller_call_random(struct caller_call *call);
bool caller_call_has_fault(const struct caller_call *call,
			   enum caller_fault fault);
void caller_call_set(struct caller_call *call, enum caller_figure f,
		     double value);

/* caller_call_breach: counted, kept and put on the timeline. */
void caller_call_breach(struct caller_call *call, int64_t at_ms,
			const char *code, const char *text);

/* caller_call_compare: the figures of what was repeated: what was said against
 * what was heard, from the tracks, if there are any. It can take a second, in
 * which no other call may run. */
void caller_call_compare(struct caller_call *call);

/* caller_call_finish: the call is over: the figures that the caller gives. The
 * carrier's own are set before or after.
 *
 * has_streamed  there was a stream, on which something could be heard */
void caller_call_finish(struct caller_call *call, bool has_streamed);

#endif
