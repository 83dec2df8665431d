/* One call from Twilio's side: the webhook, the TwiML it answers, the stream it
 * opens, the person who speaks on it, and how it ended. */
#ifndef TOOLS_CALL_PHONE_CALL_H
#define TOOLS_CALL_PHONE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "tools/call/caller.h"
#include "tools/call/caller_figures.h"
#include "tools/call/phone_fault.h"
#include "tools/call/phone_message.h"

struct phone_call;
struct tls_context;

#define PHONE_CALL_BREACHES_MAX  32 /* kept; more are counted */
#define PHONE_CALL_DOCUMENTS_MAX 20 /* TwiML fetched in one call */

/* The same for all calls of a run; outlives them. */
struct phone_call_options {
	const char *webhook_url;
	const char *stream_url; /* opened directly; or NULL */
	const char *auth_token; /* NULL: nothing is signed */
	const char *account_sid;
	const char *from;
	const char *to;
	const char *dial_status; /* of every <Dial>: "completed", … */
	struct tls_context *tls;
	const struct caller_script *script;
	const struct phone_faults *faults;
	unsigned timeout_ms; /* of a whole call */
	bool keeps_tracks;
	uint64_t seed;
	/* Live view of the timeline; may be NULL. */
	void (*on_event)(void *owner, const struct caller_event *e);
	void *owner;
};

enum phone_outcome {
	PHONE_HUNG_UP, /* by the far end */
	PHONE_CALLER_HUNG_UP,
	PHONE_REJECTED,
	PHONE_BUSY,
	PHONE_DIALLED,
	PHONE_REFUSED, /* webhook or upgrade: an answer, but no */
	PHONE_BROKEN,  /* the stream was lost or broke the protocol */
	PHONE_FAILED,  /* no answer, no TwiML */
	PHONE_TIMED_OUT,
	PHONE_OUTCOMES
};

const char *phone_call_outcome_name(enum phone_outcome outcome);

struct phone_call_breach {
	int64_t at_ms;
	struct phone_breach breach;
};

/* How it went; valid until the call is freed. */
struct phone_call_result {
	enum phone_outcome outcome;
	bool could_not_connect; /* nobody answered at the URL */
	char how[360];          /* it ended, in words */
	char call_sid[PHONE_SID_LEN];
	uint64_t start_ns; /* sample 0, monotonic; 0 without */
	struct phone_call_breach breach[PHONE_CALL_BREACHES_MAX];
	size_t breaches; /* all of them */
	struct caller_figures figures;
};

/* phone_call_begin: on_over comes exactly once, later, when nothing of the call
 * is open any more. Returns NULL without memory. */
struct phone_call *phone_call_begin(
	uv_loop_t *loop, const struct phone_call_options *options,
	unsigned index, void (*on_over)(void *owner, struct phone_call *call),
	void *owner);

/* phone_call_end: the run is being ended: hang up now. */
void phone_call_end(struct phone_call *call);

struct phone_call_result *phone_call_result(struct phone_call *call);
struct caller *phone_call_caller(struct phone_call *call);
void phone_call_free(struct phone_call *call); /* after on_over */

#endif
