/* Where Twilio's HTTP requests are answered: the voice webhook, what happens
 * after a stream, stream status; and whether a media socket may open.
 *
 * With auth tokens configured, every request must carry a right signature; with
 * none, only peers on this machine are served. Bytes in, an HTTP status and a
 * body out: no socket here.
 *
 * A call that is invited has its line from then on, so that what is admitted is
 * exact however many ring at once; who finds none gets what overload says.
 *
 * Source: Twilio reference 1 (webhooks and TwiML), 3 (signatures). */
#ifndef GATEWAY_CARRIERS_TWILIO_DESK_H
#define GATEWAY_CARRIERS_TWILIO_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/carriers/twilio_tickets.h"
#include "gateway/ops/lines.h"
#include "gateway/ops/log.h"

struct buffer;
struct config;
struct config_route;
struct form;
struct http_message;
struct twilio_contexts;
struct twilio_outbound;
struct twilio_whispers;
struct twiml_parameter;

#define TWILIO_PATH_VOICE   "/twilio/voice"
#define TWILIO_PATH_AFTER   "/twilio/after-stream"
#define TWILIO_PATH_STATUS  "/twilio/stream-status"
#define TWILIO_PATH_MEDIA   "/twilio/media/"
#define TWILIO_PATH_DIALLED "/twilio/after-dial"
#define TWILIO_PATH_CALL    "/twilio/call-status"
#define TWILIO_PATH_WHISPER "/twilio/whisper"
#define TWILIO_PATH_KEY     "/twilio/whisper-key"

/* The <Parameter> of a stream for a caller who is back from a transfer: how
 * that went, in Twilio's word (DialCallStatus), or that whoever answered did
 * not take it. */
#define TWILIO_RETURNED "tandem-returned"
#define TWILIO_DECLINED "declined"

#define TWILIO_FACTS_MAX  48   /* of a webhook, that are told with the stream */
#define TWILIO_EXPLAIN_MS 2000 /* between two looks into a wrong signature */

struct twilio_desk {
	const struct config *config;
	struct log log;
	struct twilio_tickets *tickets;   /* of all desks */
	struct twilio_contexts *contexts; /* likewise; NULL: none are kept */
	struct twilio_outbound *outbound; /* likewise; NULL: none are placed */
	struct twilio_whispers *whispers; /* likewise; NULL: nobody is told */
	void (*random)(void *owner, uint8_t *out, size_t n);
	/* A line for a call, over all workers; then a place for it on this one.
	 * As lines_take has it; take_line may find it has to refuse all. */
	enum lines_refusal (*take_line)(void *owner, const char *number,
					const char *source,
					struct lines_seat *seat);
	enum lines_refusal (*take_place)(void *owner);
	/* Who answers the call of a webhook: p->agent and p->route. NULL: it is
	 * not asked. */
	void (*decide)(void *owner, const struct form *form,
		       struct twilio_party *p);
	/* The route of a ticket, or NULL; likewise. */
	const struct config_route *(*route)(void *owner, uint64_t key);
	/* A line without a place goes back. */
	void (*give_line)(void *owner, struct lines_seat *seat);
	void *owner;
	uint64_t explained_ns; /* when a wrong signature was last looked into */
	uint32_t tokens_seen;  /* bits: this token has signed something */
	uint64_t rejected;     /* calls that were told the line is busy */
};

/* One request, and what is known of its connection. */
struct twilio_request {
	struct http_message *message;
	bool is_tls;      /* as Twilio sees it: a trusted proxy may say so */
	const char *host; /* likewise; NULL: by the Host header */
	const char *peer; /* likewise: "192.0.2.1:4321"; NULL: unknown */
	bool is_loopback; /* on this machine, and no proxy there */
	uint64_t now_ns;
};

/* twilio_desk_init: the callbacks and owner are set by the caller afterwards.
 * tickets  kept */
void twilio_desk_init(struct twilio_desk *d, const struct config *config,
		      struct twilio_tickets *tickets, const struct log *log);

/* Each answers one POST: the body (text/xml on 200, text/plain otherwise) is
 * appended to out.
 * Returns the HTTP status: 200; 400 no usable CallSid; 403 wrong or missing
 * signature, or an account that is not configured; 413 too many fields. */
unsigned twilio_desk_voice(struct twilio_desk *d,
			   const struct twilio_request *r, struct buffer *out);

/* The same in two steps, where somebody is asked in between: on 200 of the
 * first, form is good for the second, whose body is out.
 *
 * told  what was learnt of the call meanwhile */
struct twilio_told {
	const char *agent; /* who answers; NULL: decide says */
	const struct twiml_parameter *parameter;
	size_t parameters; /* those the webhook names itself are left out */
};
unsigned twilio_desk_voice_asked(struct twilio_desk *d,
				 const struct twilio_request *r,
				 struct form *form, struct buffer *out);
unsigned twilio_desk_voice_answer(struct twilio_desk *d,
				  const struct twilio_request *r,
				  const struct form *form,
				  const struct twilio_told *told,
				  struct buffer *out);
/* twilio_desk_is_placed: the webhook is of a call that we have placed: who
 * answers it was said then. */
bool twilio_desk_is_placed(struct twilio_desk *d,
			   const struct twilio_request *r,
			   const struct form *form);

unsigned twilio_desk_after_stream(struct twilio_desk *d,
				  const struct twilio_request *r,
				  struct buffer *out);
/* call_status: a call that we have placed is over. */
unsigned twilio_desk_call_status(struct twilio_desk *d,
				 const struct twilio_request *r,
				 struct buffer *out);
/* after_dial: a transfer is over: the call with it, or nobody took it and the
 * caller comes back, which counts among TWILIO_STREAMS_MAX. */
unsigned twilio_desk_after_dial(struct twilio_desk *d,
				const struct twilio_request *r,
				struct buffer *out);
unsigned twilio_desk_stream_status(struct twilio_desk *d,
				   const struct twilio_request *r,
				   struct buffer *out);

/* twilio_desk_admit: may this media socket open? Redeems the path's ticket and
 * sees to it that the call has a line, and a place on this worker.
 * Returns 0 and a copy of the ticket, with the seat, both the caller's; or,
 * with nothing taken, the HTTP status to refuse with: 403, 503. */
unsigned twilio_desk_admit(struct twilio_desk *d,
			   const struct twilio_request *r,
			   struct twilio_ticket *ticket);

/* twilio_desk_url: a path of ours as Twilio reaches it, by public_url or by
 * what this request came to. Returns 0 or a negative errno. */
int twilio_desk_url(struct twilio_desk *d, const struct twilio_request *r,
		    const char *path, char *out, size_t cap);

/* twilio_desk_voice_url: the URL to paste into Twilio for the voice webhook, as
 * far as it is known ("https://<this host>/twilio/voice" without public_url).
 */
void twilio_desk_voice_url(const struct config *c, char *out, size_t cap);

#endif
