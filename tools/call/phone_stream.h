/* One Media Streams connection, Twilio's end: handshake, messages, the 20 ms
 * clock and the play-out buffer.
 *
 * The clock is anchored: frame k is due at start + first + 20 k milliseconds,
 * whatever happened to the frames before it. Marks are echoed when play-out
 * reaches them, not at the next frame. One owner; phone_stream_* may be called
 * in any state; on_ended comes exactly once, last, and the stream is gone
 * after it. */
#ifndef TOOLS_CALL_PHONE_STREAM_H
#define TOOLS_CALL_PHONE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "tools/call/caller_fault.h"
#include "tools/call/phone_message.h"

struct phone_stream;
struct tls_context;

#define PHONE_STREAM_FRAME        160 /* bytes of one media message */
#define PHONE_STREAM_FIRST_MIN_MS 60  /* of the first timestamp */
#define PHONE_STREAM_FIRST_MAX_MS 200
#define PHONE_STREAM_JITTER_MS    2 /* of every timestamp, either way */
#define PHONE_STREAM_CONNECT_MS   5000
#define PHONE_STREAM_USER_AGENT   "User-Agent: Twilio.TmeWs/1.0\r\n"

struct phone_stream_end {
	bool was_started;     /* connected and start were sent */
	bool by_far_end;      /* it closed, refused or vanished */
	unsigned twilio_code; /* 319xx, 0 after our own orderly end */
	unsigned http_status; /* of a refused upgrade */
	unsigned close_code;  /* 1005, 1006 as in RFC 6455; 0 never opened */
	char reason[124];
	char why[320];   /* in words */
	size_t unplayed; /* samples still in the play-out buffer */
};

/* Sample numbers: 8 per ms, 0 when start was sent. */
struct phone_stream_events {
	void (*on_started)(void *owner);
	void (*on_heard)(void *owner, const uint8_t *ulaw, size_t n,
			 bool is_sound);
	/* Before each frame: everything up to now was heard; act on it, then
	 * fill the frame that occupies the samples from begin on. */
	void (*on_frame)(void *owner, uint64_t now, uint64_t begin,
			 uint8_t frame[PHONE_STREAM_FRAME]);
	void (*on_arrival)(void *owner, uint64_t begin, size_t n,
			   uint64_t now_us);
	void (*on_clear)(void *owner, uint64_t now, size_t dropped,
			 uint64_t now_us);
	void (*on_breach)(void *owner, const struct phone_breach *breach);
	void (*on_ended)(void *owner, const struct phone_stream_end *end);
};

struct phone_stream_options {
	const char *url;        /* ws or wss */
	const char *auth_token; /* NULL: the upgrade is not signed */
	struct tls_context *tls;
	const struct phone_parameter *parameter;
	size_t parameters;
	const struct caller_faults *faults; /* outlive the stream */
	const char *account_sid;
	const char *call_sid;
	const char *stream_sid;
	uint64_t seed;
};

struct phone_stream_figures {
	uint64_t frames;      /* media messages sent */
	uint64_t late_ns_max; /* behind the schedule */
	uint64_t media;       /* messages received */
	uint64_t media_samples;
	uint64_t marks;
	uint64_t marks_flushed; /* by a clear */
	uint64_t clears;
	unsigned buffer_ms_max;
	uint64_t opened_ns; /* monotonic; upgrade granted */
	uint64_t start_ns;  /* and start sent: sample 0 */
};

/* phone_stream_open: NULL for a URL that is none, or no memory. */
struct phone_stream *phone_stream_open(uv_loop_t *loop,
				       const struct phone_stream_options *o,
				       const struct phone_stream_events *events,
				       void *owner);

void phone_stream_press(struct phone_stream *s, char digit);
void phone_stream_fault(struct phone_stream *s, enum caller_fault fault,
			unsigned value);

/* phone_stream_stop: the caller hung up or the call moves on: stop, close. */
void phone_stream_stop(struct phone_stream *s);

/* phone_stream_now: the sample being played now. */
uint64_t phone_stream_now(const struct phone_stream *s);

const struct phone_stream_figures *phone_stream_figures(
	const struct phone_stream *s);

#endif
