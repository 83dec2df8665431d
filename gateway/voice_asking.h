/* A voice webhook of Twilio's that waits for somebody else's answer
 * (call_webhook.h). */
#ifndef GATEWAY_VOICE_ASKING_H
#define GATEWAY_VOICE_ASKING_H

struct http_connection;
struct twilio_request;
struct worker;

/* voice_asking_take: check the request, ask, and answer it later; at once when
 * it is refused, or when nobody can be asked. */
void voice_asking_take(struct worker *w, struct http_connection *c,
		       const struct twilio_request *r);

#endif
