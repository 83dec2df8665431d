/* The parts of a stream, among themselves: phone_stream.c lives its life and
 * takes what arrives, phone_stream_open.c asks for it, phone_stream_send.c
 * sends, phone_stream_clock.c keeps time, phone_stream_fault.c breaks things.
 * Nobody else includes this. */
#ifndef TOOLS_CALL_PHONE_STREAM_PARTS_H
#define TOOLS_CALL_PHONE_STREAM_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/net/ws.h"
#include "protocols/buffer.h"
#include "tools/call/phone_playout.h"
#include "tools/call/phone_stream.h"

#define PHONE_STREAM_FRAME_MS  20
#define PHONE_STREAM_NS_PER_MS UINT64_C(1000000)
#define PHONE_STREAM_FILLERS   99 /* most parameters Twilio takes */

/* A mark echo that a fault holds back. */
struct held_echo {
	struct held_echo *next;
	uint64_t due; /* sample */
	char name[PHONE_MARK_NAME_MAX];
};

struct phone_stream {
	uv_loop_t *loop;
	struct ws *ws;
	uv_timer_t timer;
	const struct phone_stream_events *events;
	void *owner;
	struct phone_sender sender;
	struct phone_playout playout;
	struct buffer text; /* the message being written */
	struct buffer drip; /* split_bytes: waits to leave */
	size_t dripped;
	struct held_echo *held; /* oldest first */
	const struct caller_faults *faults;
	struct phone_parameter *parameter;
	size_t parameters;
	char filler[PHONE_STREAM_FILLERS][32]; /* names that a fault makes up */
	bool is_open;
	bool is_started;
	bool is_stopping;      /* stop sent, or broken on purpose */
	bool is_mute;          /* half open: nothing is sent any more */
	bool has_discarded;    /* 31931 is said once */
	uint64_t start_due_ns; /* late_start; 0 otherwise */
	uint64_t now;          /* sample up to which all was heard */
	uint64_t track;        /* sample the heard track has reached */
	unsigned first_ms;
	uint64_t frame; /* next to send */
	uint64_t chunk;
	unsigned lost_frames;   /* gap_ms: so many more */
	uint64_t stalled_until; /* media_stall_ms */
	uint64_t paused_until;  /* slow_reader; 0: reading */
	uint64_t random;
	struct phone_stream_end end;
	struct phone_stream_figures figures;
};

/* --- phone_stream.c --- */

extern const struct ws_events phone_stream_ws_events;
void phone_stream_on_timer(uv_timer_t *timer);

/* --- phone_stream_open.c --- */

int phone_stream_write_start(struct phone_stream *s);

/* --- phone_stream_send.c --- */

bool phone_stream_has_fault(const struct phone_stream *s,
			    enum caller_fault fault);
uint64_t phone_stream_random(struct phone_stream *s);

/* Send what the last phone_message_* wrote (err is what it returned); it leaves
 * with the next flush. */
void phone_stream_send(struct phone_stream *s, int err);
void phone_stream_flush(struct phone_stream *s);

/* split_bytes: what would leave now waits to leave byte by byte. */
void phone_stream_divert(struct phone_stream *s);
void phone_stream_drip(struct phone_stream *s, size_t n);
void phone_stream_drip_all(struct phone_stream *s);

void phone_stream_echo(struct phone_stream *s, const char *mark);
void phone_stream_hold_echo(struct phone_stream *s, const char *mark,
			    unsigned ms);
void phone_stream_release_echoes(struct phone_stream *s, uint64_t until);

/* --- phone_stream_clock.c --- */

extern const struct phone_playout_events phone_stream_playout_events;
void phone_stream_play_to(struct phone_stream *s, uint64_t now_ns);
void phone_stream_send_due(struct phone_stream *s);
void phone_stream_resume_due(struct phone_stream *s);

/* Set the timer to the next thing that has to be done. */
void phone_stream_arm(struct phone_stream *s);

#endif
