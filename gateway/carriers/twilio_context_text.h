/* What a call takes along to its next stream as a line of text, for another
 * instance of this program, perhaps of another version: "c1 ", which no other
 * line begins with, and a JSON object:
 *
 *   call       "CA" and 32 hexadecimal digits
 *   stream     which one it is of, 1 ..
 *   gone       true: nobody has it any more; the others are missing then
 *   since      nanoseconds of the monotonic clock, which all of one machine
 *              share
 *   agent      who had the call
 *   words      what was said last, as the transcript writes it
 *   variables  an object of texts
 *
 * More members are ignored. */
#ifndef GATEWAY_CARRIERS_TWILIO_CONTEXT_TEXT_H
#define GATEWAY_CARRIERS_TWILIO_CONTEXT_TEXT_H

#include <stddef.h>

struct twilio_context;
struct twilio_context_news;

#define TWILIO_CONTEXT_LINE_MAX 32768 /* characters with NUL */

/* twilio_context_write: without a line's end. Returns its length; 0 when it
 * cannot be told (no memory, not UTF-8, or longer than that, which takes many
 * characters that JSON escapes). */
size_t twilio_context_write(char out[TWILIO_CONTEXT_LINE_MAX],
			    const struct twilio_context_news *n);

/* twilio_context_read: text len characters, without the line's end.
 *
 * n->context  the caller's to drop, also when it is gone; NULL on failure
 * Returns 0; -EBADMSG; -ENOMEM. */
int twilio_context_read(struct twilio_context_news *n, const char *text,
			size_t len);

#endif
