/* The HTTP routes of a worker, as a table. */
#ifndef GATEWAY_ROUTES_H
#define GATEWAY_ROUTES_H

#include <stdbool.h>

struct http_connection;
struct http_message;
struct worker;

#define ROUTES_TWIML_MAX 65536 /* Twilio's error 11750 */

/* routes_take: answer one request, for http_server's on_request; owner is the
 * worker.
 *
 *   GET  /                      what this is, as text
 *   GET  /healthz               200 "ok" while the worker runs
 *   POST /twilio/voice          TwiML that opens the media stream
 *   POST /twilio/after-stream   TwiML for what follows it
 *   POST /twilio/stream-status  taken note of
 *   POST /twilio/call-status    likewise, of a call that we have placed
 *   GET  /twilio/media/<ticket> WebSocket: a call
 *   GET, POST /audiocodes/<bot> 200 with JSON: the bot is there
 *   GET  /audiocodes/<bot>      WebSocket: a call, or a validation
 *
 * While the gateway goes down, and the port is still its own, /twilio/voice
 * and an AudioCodes socket for a call that does not run get 503.
 *
 * 404 for other paths, 405 with Allow for other methods. */
void routes_take(void *worker, struct http_connection *c,
		 struct http_message *request);

/* routes_tell_webhook: for the figures: a webhook of Twilio was answered so;
 * is_full: with no room for the call. */
void routes_tell_webhook(struct worker *w, unsigned status, bool is_full);

#endif
