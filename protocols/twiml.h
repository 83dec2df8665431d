/* TwiML documents the gateway answers with. Values are escaped; a document is
 * at most 64 kB (Twilio's error 11750).
 *
 * Source: Twilio, "TwiML for Programmable Voice". */
#ifndef PROTOCOLS_TWIML_H
#define PROTOCOLS_TWIML_H

#include <stddef.h>

struct buffer;

/* Arrives in start.customParameters. Twilio wants name and value together below
 * 500 characters and at most 99 pairs; that is for the caller to keep. */
struct twiml_parameter {
	const char *name;
	const char *value;
};

struct twiml_stream {
	const char *stream_url; /* wss://…, no query */
	const char *action_url; /* <Connect action>, or NULL */
	const char *status_url; /* statusCallback, or NULL */
	const struct twiml_parameter *parameter;
	size_t parameters;
};

struct twiml_dial {
	const char *target; /* tel:, sip:, sips: or client: URI, or a number */
	unsigned ring_s;
	const char *action_url; /* asked when it is over, or nobody came */
	const char *url; /* asked what whoever answers hears before they are
			    connected; NULL: nothing */
};

/* One key, to be pressed behind words. */
struct twiml_gather {
	const char *say;
	const char *language;   /* of the words; NULL: Twilio's default */
	unsigned timeout_s;     /* behind them */
	unsigned times;         /* said, as long as none is pressed */
	const char *action_url; /* told of the key */
};

/* Each appends one document. Returns 0, or -ENOBUFS with out unchanged. What
 * XML cannot hold (control characters, bytes that are no UTF-8) becomes U+FFFD.
 */
int twiml_connect_stream(struct buffer *out, const struct twiml_stream *s);
int twiml_hangup(struct buffer *out);
int twiml_empty(struct buffer *out);
/* reason: "rejected", "busy", or NULL for Twilio's default. */
int twiml_reject(struct buffer *out, const char *reason);

/* twiml_redirect: url says what comes next. */
int twiml_redirect(struct buffer *out, const char *url);

/* twiml_dial: connect the caller; it rings until somebody answers. */
int twiml_dial(struct buffer *out, const struct twiml_dial *d);

/* twiml_gather: ask for a key; hang up when none is pressed. */
int twiml_gather(struct buffer *out, const struct twiml_gather *g);

/* twiml_say_dial: speak (unless say is NULL), then connect the caller with a
 * number or a sip: address (hang up when dial is NULL). */
int twiml_say_dial(struct buffer *out, const char *say, const char *dial);

#endif
