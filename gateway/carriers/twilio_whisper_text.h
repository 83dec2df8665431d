/* What becomes of a warm transfer as a line of text, for another instance of
 * this program, perhaps of another version: "w1 ", which no other line begins
 * with, and a JSON object:
 *
 *   call    "CA" and 32 hexadecimal digits: whose caller is put through
 *   gone    true: it is over; the others are missing then
 *   token   32 hexadecimal digits
 *   leg     as call, or "": nobody has answered yet
 *   end     unheard, heard, accepted or declined
 *   since   nanoseconds of the monotonic clock, which all of one machine share
 *   words   what whoever answers is told
 *
 * More members are ignored. */
#ifndef GATEWAY_CARRIERS_TWILIO_WHISPER_TEXT_H
#define GATEWAY_CARRIERS_TWILIO_WHISPER_TEXT_H

#include <stddef.h>

struct twilio_whisper_news;

#define TWILIO_WHISPER_LINE_MAX 4352 /* characters with NUL */

/* twilio_whisper_write: without a line's end. Returns its length; 0 when it
 * cannot be told (no memory, not UTF-8). */
size_t twilio_whisper_write(char out[TWILIO_WHISPER_LINE_MAX],
			    const struct twilio_whisper_news *n);

/* twilio_whisper_read: text len characters, without the line's end.
 * Returns 0; or -EBADMSG, with n undefined. */
int twilio_whisper_read(struct twilio_whisper_news *n, const char *text,
			size_t len);

#endif
