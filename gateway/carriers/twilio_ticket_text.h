/* A ticket as a line of text, for another instance of this program, perhaps of
 * another version: fields with a space between, in this order:
 *
 *   v1         the version of this line
 *   secret     32 hexadecimal digits, or "-" once used
 *   call SID   "CA" and 32 hexadecimal digits
 *   fate       invited, streaming, ended, failed, caller_gone or cut
 *   streams    given to this call so far, 1 ..
 *   since      nanoseconds of the monotonic clock, which all of one machine
 *              share
 *   asked      0 or 1: Twilio has asked what follows
 *   agent      who answers, or "-"; this and the next may be missing
 *   route      by which route, hexadecimal; 0: none
 *
 * More fields behind them are ignored. */
#ifndef GATEWAY_CARRIERS_TWILIO_TICKET_TEXT_H
#define GATEWAY_CARRIERS_TWILIO_TICKET_TEXT_H

#include <stddef.h>

struct twilio_ticket;

#define TWILIO_TICKET_TEXT_MAX 256 /* characters with NUL */

/* twilio_ticket_write: without a line's end. Returns its length. */
size_t twilio_ticket_write(char out[TWILIO_TICKET_TEXT_MAX],
			   const struct twilio_ticket *k);

/* twilio_ticket_read: text len characters, without the line's end.
 * Returns 0; or -EBADMSG, with k undefined. */
int twilio_ticket_read(struct twilio_ticket *k, const char *text, size_t len);

#endif
