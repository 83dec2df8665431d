/* The parts of a call, among themselves: phone_call.c lives its life,
 * phone_request.c asks over HTTP, phone_verbs.c runs TwiML, phone_dial.c whom
 * that dials, phone_media.c has the stream. Nobody else includes this. */
#ifndef TOOLS_CALL_PHONE_CALL_PARTS_H
#define TOOLS_CALL_PHONE_CALL_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/ops/phone.h"
#include "tools/call/caller.h"
#include "tools/call/phone_call.h"
#include "tools/call/phone_message.h"
#include "tools/call/phone_twiml.h"
#include "tools/call/phone_url.h"
#include "tools/call/phone_webhook.h"

#define PHONE_CALL_NS_PER_MS  1e6
#define PHONE_CALL_FIELDS_MAX 24
#define PHONE_SAY_MS          60 /* a character of <Say>: 160 words a minute */

struct http_message;
struct phone_stream;
struct ws;

/* Whoever answers a <Dial> that wants them to be asked first: a leg of its own,
 * with TwiML of its own. */
struct phone_leg {
	char sid[PHONE_SID_LEN];
	char url[PHONE_URL_MAX]; /* of the document */
	char to[PHONE_TWIML_TEXT_MAX];
	struct phone_twiml document;
	const struct phone_twiml_element *verb; /* being run, or next */
	unsigned gathers;                       /* words heard to their end */
};

struct phone_call {
	struct caller_call call;
	uv_loop_t *loop;
	uv_timer_t timer; /* the wait of a verb */
	uv_timer_t deadline;
	const struct phone_call_options *options;
	struct phone_stream *stream;
	struct ws *replay; /* the media URL, opened again */
	struct phone_twiml document;
	const struct phone_twiml_element *verb; /* being run, or next */
	const struct phone_twiml_element *stream_noun;
	char url[PHONE_URL_MAX]; /* of the document */
	char stream_url[PHONE_URL_MAX];
	char stream_sid[PHONE_SID_LEN];
	char stream_name[PHONE_TWIML_TEXT_MAX];
	const char *status; /* CallStatus */
	uint64_t offset;    /* samples: this stream's start on the
			       call's clock */
	uint64_t now;       /* samples on the call's clock */
	uint64_t begun_ns;
	uint64_t asked_ns; /* the request that is out */
	unsigned documents;
	unsigned pending; /* requests and sockets not yet done */
	unsigned handles;
	bool is_duplicated; /* the repeated webhook is out */
	bool is_over;       /* the outcome is known */
	bool has_streamed;
	bool has_dialled;
	char dialled[PHONE_MASKED_MAX];
	bool stream_failed; /* what its end means */
	enum caller_outcome stream_outcome;
	char stream_how[320];
	struct phone_leg leg;
	struct phone_twiml replacement; /* runs when the stream has ended */
	bool is_replaced;
	struct phone_call *next_of_rest;
	/* Of a call that was placed by REST; "": not said. */
	bool is_placed;
	char to[24];
	char from[24];
	char placed_url[PHONE_URL_MAX];
	char callback[PHONE_URL_MAX];
	char detection[24];
	bool starts_withheld; /* stream-started comes last (fault) */
};

/* --- phone_call.c --- */

/* Milliseconds since the stream's start; 0 before it. */
int64_t phone_call_now_ms(const struct phone_call *c);
void phone_call_note_breach(struct phone_call *c, const struct phone_breach *b);
void phone_call_breach(struct phone_call *c, unsigned code, const char *format,
		       ...) __attribute__((format(printf, 3, 4)));

#define PHONE_CALL_NOTE(c, ...)                                               \
	caller_timeline_add(&(c)->call.caller.timeline, phone_call_now_ms(c), \
			    CALLER_MOMENT_CALL, __VA_ARGS__)

void phone_call_make_sid(struct phone_call *c, char out[PHONE_SID_LEN],
			 const char *prefix);

/* The outcome is known; the first one counts. */
void phone_call_over(struct phone_call *c, enum caller_outcome outcome,
		     const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* To be called when something that was open no longer is. */
void phone_call_settle(struct phone_call *c);

/* --- phone_request.c --- */

struct phone_fields {
	struct phone_field field[PHONE_CALL_FIELDS_MAX];
	size_t count;
};

void phone_request_add(struct phone_fields *f, const char *name,
		       const char *value);

/* The fields of every voice request (1.2). */
void phone_request_add_call(const struct phone_call *c, struct phone_fields *f);

/* on_done gets the call; it counts down c->pending. */
int phone_request_send(struct phone_call *c, const char *url,
		       const char *method, const struct phone_fields *f,
		       phone_webhook_done_fn *on_done);

/* Report an event of the stream, if the TwiML wants to know (1.8). */
void phone_request_report(struct phone_call *c, const char *event,
			  const char *error);

/* Report the call's end, if it was placed by somebody who wants to know (4.6).
 */
void phone_request_report_end(struct phone_call *c);

/* --- phone_verbs.c --- */

enum phone_progress { PHONE_VERB_DONE, PHONE_VERB_WAITS };

void phone_verbs_begin(struct phone_call *c);

/* The next document of this call. */
void phone_verbs_fetch(struct phone_call *c, const char *reference,
		       const char *method, const struct phone_fields *f);

/* Of any document: whether it says it is XML; and what is wrong with it. */
bool phone_verbs_is_xml(const struct http_message *answer);
void phone_verbs_warn(struct phone_call *c, const struct phone_twiml *d);

/* Run this document instead: the stream is stopped first. Returns 0; -EBADMSG
 * it cannot be read, or one is waiting already. */
int phone_verbs_replace(struct phone_call *c, const char *text, size_t len);

/* The stream has ended and the caller is still there. */
void phone_verbs_go_on(struct phone_call *c);

/* --- phone_dial.c --- */

enum phone_progress phone_dial_run(struct phone_call *c);

/* --- phone_media.c --- */

enum phone_progress phone_media_connect(struct phone_call *c);
bool phone_media_open(struct phone_call *c);

#endif
