/* A placed call as a line of text, for another instance of this program,
 * perhaps of another version: fields with a space between, in this order:
 *
 *   p1         the version of this line; no ticket begins so
 *   state      placed, or gone: it is known to be over, or was never placed
 *   token      32 hexadecimal digits
 *   call SID   "CA" and 32 hexadecimal digits, or "-": not known yet
 *   since      nanoseconds of the monotonic clock, which all of one machine
 *              share
 *   agent      who speaks, or "-": the routes decide
 *   variables  name NUL value NUL … as Base64, or "-": none
 *
 * Of one that is gone the fields behind the SID are "0 - -". More fields behind
 * them are ignored. */
#ifndef GATEWAY_CARRIERS_TWILIO_OUTBOUND_TEXT_H
#define GATEWAY_CARRIERS_TWILIO_OUTBOUND_TEXT_H

#include <stddef.h>

struct twilio_outbound_news;

#define TWILIO_OUTBOUND_LINE_MAX 5760 /* characters with NUL */

/* twilio_outbound_write: without a line's end. Returns its length. */
size_t twilio_outbound_write(char out[TWILIO_OUTBOUND_LINE_MAX],
			     const struct twilio_outbound_news *n);

/* twilio_outbound_read: text len characters, without the line's end.
 * Returns 0; or -EBADMSG, with n undefined. */
int twilio_outbound_read(struct twilio_outbound_news *n, const char *text,
			 size_t len);

#endif
