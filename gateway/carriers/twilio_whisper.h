/* A warm transfer's other end: whoever answers hears what it is about, and
 * takes the call by pressing 1.
 *
 *     POST /twilio/whisper?whisper=TOKEN ....... the words, twice, and a key
 *     POST /twilio/whisper-key?whisper=TOKEN ... 1: they are connected;
 *                                                any other: hung up
 *
 * Who presses none hangs up, too; then the transfer ends like one that nobody
 * answered (twilio_desk_after_dial).
 *
 * Source: Twilio reference 1.9, 5.6. */
#ifndef GATEWAY_CARRIERS_TWILIO_WHISPER_H
#define GATEWAY_CARRIERS_TWILIO_WHISPER_H

struct buffer;
struct twilio_desk;
struct twilio_request;

#define TWILIO_WHISPER_TIMES 2   /* the words are said, without a key */
#define TWILIO_WHISPER_KEY   "1" /* takes the call */

/* Each answers one POST, like those of the desk.
 * Returns 200; or as theirs; 403 also for a token that is not there, is another
 * leg's, or (key) has not been told anything, or has answered otherwise. */
unsigned twilio_whisper_say(struct twilio_desk *d,
			    const struct twilio_request *r, struct buffer *out);
unsigned twilio_whisper_key(struct twilio_desk *d,
			    const struct twilio_request *r, struct buffer *out);

#endif
