/* The parts of Twilio's desk, among themselves: twilio_desk.c has the voice
 * webhook and the socket, twilio_desk_after.c what follows a stream or a
 * transfer, twilio_whisper.c whom a transfer is to. Nobody else includes this.
 */
#ifndef GATEWAY_CARRIERS_TWILIO_DESK_PARTS_H
#define GATEWAY_CARRIERS_TWILIO_DESK_PARTS_H

#include "gateway/carriers/twilio_desk.h"

/* twilio_desk_accept: read and check a webhook; on 200 its form is good to use.
 * twilio_desk_refuse: with the status, and why for the log. out may be NULL.
 * Both return the status, whose answer is in out unless it is 200. */
unsigned twilio_desk_accept(struct twilio_desk *d,
			    const struct twilio_request *r, struct form *form,
			    struct buffer *out);
unsigned twilio_desk_refuse(struct twilio_desk *d,
			    const struct twilio_request *r, struct buffer *out,
			    unsigned status, const char *why);

/* twilio_desk_take_line: for a call, into p->seat. */
enum lines_refusal twilio_desk_take_line(struct twilio_desk *d, uint64_t now_ns,
					 struct twilio_party *p);

/* What one stream is for. */
struct twilio_invitation {
	const struct form *form;
	struct twilio_party *party;
	const struct twilio_told *told;
};

extern const struct twilio_told twilio_nothing_told;

typedef int twilio_issue_fn(struct twilio_tickets *t, const char *call_sid,
			    const struct twilio_party *party,
			    const uint8_t entropy[16], uint64_t now_ns,
			    struct twilio_ticket *out);

/* twilio_desk_invite: a ticket by issue, and the TwiML that has it.
 * Returns what issue said; nothing is written when that is an error. */
int twilio_desk_invite(struct twilio_desk *d, const struct twilio_request *r,
		       const struct twilio_invitation *in,
		       twilio_issue_fn *issue, unsigned *status,
		       struct buffer *out);

#endif
