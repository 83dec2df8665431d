/* The parts of a call, among themselves: vaic_call.c lives its life,
 * vaic_line.c has its sockets, vaic_media.c is between the session and the
 * caller, vaic_wire.c is what leaves and how strangely, vaic_fault.c breaks
 * things, vaic_native.c keeps the line's own sound. Nobody else includes this.
 */
#ifndef TOOLS_CALL_VAIC_CALL_PARTS_H
#define TOOLS_CALL_VAIC_CALL_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "protocols/buffer.h"
#include "tools/call/caller_call.h"
#include "tools/call/vaic_call.h"
#include "tools/call/vaic_check.h"
#include "tools/call/vaic_link.h"
#include "tools/call/vaic_options.h"
#include "tools/call/vaic_session.h"

#define VAIC_CALL_NS_PER_MS UINT64_C(1000000)
#define VAIC_FRAME_MS       20
#define VAIC_PER_MS         8  /* samples of the caller's clock */
#define VAIC_FAULTS_DUE     16 /* faults of one 20 ms; more are not injected */
#define VAIC_WIRE_MAX       (4u << 20) /* bytes held back, or of one message */

/* When the socket is gone and the call is not (the real schedule is not
 * documented, 5.1): the next try comes after RETRY_FIRST, then twice as late
 * each time, up to RETRY_LAST; after GIVE_UP the call is lost. */
#define VAIC_RETRY_FIRST_MS 500
#define VAIC_RETRY_LAST_MS  4000
#define VAIC_GIVE_UP_MS     30000
/* A socket that was replaced must be closed by the bot within (5.1, 4). */
#define VAIC_OLDER_MS 5000
/* A half-open socket is looked at again, to see whether the bot gave it up
 * (1.4: at the latest after 60 s). */
#define VAIC_HALF_OPEN_MS 65000
#define VAIC_PONG_MS      5000 /* a ping is answered at once (1.4) */
#define VAIC_COLLECT_MS   400  /* without a key, and they are sent */

enum vaic_timer {
	VAIC_TIMER_TICK,  /* the session's next instant */
	VAIC_TIMER_RETRY, /* the next socket */
	VAIC_TIMER_OLDER, /* the replaced socket */
	VAIC_TIMER_READ,  /* reading goes on */
	VAIC_TIMER_PING,
	VAIC_TIMER_DEADLINE,
	VAIC_TIMERS
};

struct vaic_call {
	struct caller_call call; /* first */
	uv_loop_t *loop;
	const struct vaic_call_options *options;
	struct vaic_endpoint endpoint;
	struct vaic_options setup; /* of the session */
	struct vaic_check *check;
	struct vaic_session *session;
	uv_timer_t timer[VAIC_TIMERS];
	unsigned handles;
	uint64_t now_ns; /* of the session's clock: never goes back */

	/* Sockets. */
	struct vaic_link *link;  /* the session's; NULL: away */
	struct vaic_link *next;  /* being opened */
	struct vaic_link *older; /* replaced, and not closed yet */
	unsigned links;          /* whose end has not come yet */
	unsigned drops;
	uint64_t dialled_ns;
	uint64_t away_ns; /* since when; 0: not away */
	unsigned retry_ms;
	bool was_open;    /* a socket was granted, ever */
	bool is_breaking; /* a fault ended the conversation: no resume */
	bool is_mute;     /* half open */

	/* What leaves, and how strangely. */
	struct buffer text;     /* a message being changed */
	struct buffer initiate; /* session.initiate as it was sent */
	struct buffer held;     /* chunks that a stall holds back */
	uint64_t stalled_until; /* sample */
	uint64_t gap_until;     /* sample */
	bool resumes_another;   /* with an id that nobody knows */
	struct vaic_due {
		enum caller_fault fault;
		unsigned value;
	} due[VAIC_FAULTS_DUE]; /* happen when the session is not at work */
	size_t dues;
	char keys[VAIC_DTMF_MAX + 1]; /* pressed, and not sent yet */
	uint64_t key_due;             /* sample at which they are */
	struct buffer keys_text;      /* a message of our own */

	/* What was heard of the caller, and what was not. */
	uint64_t frames;     /* of 20 ms, said */
	unsigned unsent_ms;  /* said since the last chunk */
	size_t chunk_bytes;  /* of the last message with audio */
	bool is_deaf;        /* since a drop no chunk has been sent */
	uint64_t dropped_ms; /* taken by the network */
	uint64_t deaf_ms;    /* of it, that the session thinks it withheld */
	const struct caller_clip *clip; /* last one that was put in words */
	unsigned streams;       /* play streams, of which something came */
	bool owes_audio;        /* the bot: a socket took some along */
	uint64_t resumed_ns;    /* session.resume went out; 0: audio has come */
	double resume_audio_ms; /* from it to the first audio, worst; or 0 */

	bool hangs_up; /* the caller does */
	bool is_over;  /* the outcome is known */
	bool has_streamed;
};

/* --- vaic_call.c --- */

/* vaic_call_now: on the session's clock. vaic_call_now_ms: of the call, 0 where
 * start was sent, and before it. */
uint64_t vaic_call_now(struct vaic_call *c, uint64_t at_ns);
int64_t vaic_call_now_ms(const struct vaic_call *c);
bool vaic_call_has_fault(const struct vaic_call *c, enum caller_fault fault);

#define VAIC_CALL_NOTE(c, ...)                                               \
	caller_timeline_add(&(c)->call.caller.timeline, vaic_call_now_ms(c), \
			    CALLER_MOMENT_CALL, __VA_ARGS__)

void vaic_call_write_uuid(char out[37], uint64_t high, uint64_t low);

/* vaic_call_breach: rule is a section of the reference, "8.2 (5)". */
void vaic_call_breach(struct vaic_call *c, const char *rule, const char *format,
		      ...) __attribute__((format(printf, 3, 4)));

/* vaic_call_over: the outcome is known; the first one counts. */
void vaic_call_over(struct vaic_call *c, enum caller_outcome outcome,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* vaic_call_settle: to be called when something that was open no longer is. */
void vaic_call_settle(struct vaic_call *c);

/* --- vaic_line.c --- */

/* vaic_line_dial: ask for the next socket. */
void vaic_line_dial(struct vaic_call *c);

/* vaic_line_drop: the network takes the socket, with a RST or a FIN, and gives
 * another one after so many ms. */
void vaic_line_drop(struct vaic_call *c, bool by_reset, unsigned resume_ms);

/* vaic_line_hang_up: every socket closes, with this code. */
void vaic_line_hang_up(struct vaic_call *c, unsigned code);

/* --- vaic_media.c --- */

extern const struct vaic_session_events vaic_media_events;
extern const struct caller_phone vaic_media_phone;

/* vaic_media_run: let the session and the caller live up to now, then send, and
 * set the timer to what is due next. */
void vaic_media_run(struct vaic_call *c);

/* vaic_media_away: the user's stream was cut. */
void vaic_media_away(struct vaic_call *c);
void vaic_media_finish(struct vaic_call *c); /* the figures */

/* --- vaic_wire.c --- */

void vaic_wire_send(struct vaic_call *c, const char *text, size_t len);
void vaic_wire_release(struct vaic_call *c); /* what a stall held back */
bool vaic_wire_is_chunk(const char *text, size_t len);

/* --- vaic_fault.c --- */

void vaic_fault_set_up(struct vaic_call *c); /* the options of the session */
void vaic_fault_begin(struct vaic_call *c);  /* a socket is open */
void vaic_fault_send_keys(struct vaic_call *c);
void vaic_fault_inject(struct vaic_call *c, enum caller_fault fault,
		       unsigned value);

/* --- vaic_native.c --- */

void vaic_native_begin(struct vaic_call *c, enum vaic_format line);
/* What was said from sample begin on, in the line's format. */
void vaic_native_say(struct vaic_call *c, uint64_t begin, const uint8_t *bytes,
		     size_t n);
void vaic_native_hear(struct vaic_call *c, enum vaic_format f, uint64_t begin,
		      const uint8_t *bytes, size_t n);

#endif
