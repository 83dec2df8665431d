/* A caller and the carrier: one call, as Twilio or VoiceAI Connect places it.
 */
#ifndef TOOLS_BENCH_BENCH_CALL_H
#define TOOLS_BENCH_BENCH_CALL_H

#include "tools/bench/bench_load.h"
#include "tools/bench/bench_playout.h"
#include "tools/bench/bench_position.h"
#include "tools/bench/bench_webhook.h"
#include "tools/bench/bench_ws.h"

enum bench_call_state {
	BENCH_CALL_FREE,
	BENCH_CALL_ASKING,  /* the webhook */
	BENCH_CALL_DIALING, /* the stream's socket */
	BENCH_CALL_OPENING, /* AudioCodes: until userStream.started */
	BENCH_CALL_LIVE,
	BENCH_CALL_ENDING
};

struct bench_call {
	struct bench_load *load;
	unsigned number; /* of its slot: what the caller says */
	unsigned life;   /* calls this slot has had */
	bool is_short;
	enum bench_call_state state;
	struct bench_webhook webhook;
	struct bench_ws ws;
	struct bench_session *session; /* once its number was understood */
	struct bench_timer frame_timer, mark_timer, end_timer;
	struct bench_playout ear;
	struct bench_position up; /* frames on their way to the model */
	char id[48];              /* streamSid or conversation */
	char call_sid[48];
	uint64_t sequence, frames;
	uint64_t started_ns, origin_ns;
	uint64_t down_early; /* units heard before the session was known */
	uint64_t item_ns;    /* heard before the item that plays began */
	uint64_t cut_heard_ns;
	bool has_heard;
	bool has_cut; /* a clear whose truncation is not judged yet */
};

/* bench_call_place: a free slot becomes a call. */
void bench_call_place(struct bench_call *c, bool is_short);
void bench_call_hang_up(struct bench_call *c);

/* bench_call_joined: its session is known. bench_call_parted: it is gone. */
void bench_call_joined(struct bench_call *c, struct bench_session *s);
void bench_call_parted(struct bench_call *c);

/* --- Between bench_call.c and the carriers' own --- */

struct bench_carrier_kind {
	void (*open)(struct bench_call *c); /* the socket is open */
	void (*text)(struct bench_call *c, char *text, size_t len);
	size_t (*frame)(struct bench_call *c, char *out,
			const struct bench_payload *payload);
	void (*mark)(struct bench_call *c, const char *name);
	void (*stop)(struct bench_call *c);
};

extern const struct bench_carrier_kind bench_twilio, bench_audiocodes;

/* What a carrier tells: the caller may speak; audio came; it was cleared; a
 * mark stands behind it. */
void bench_call_live(struct bench_call *c);
void bench_call_hear(struct bench_call *c, size_t bytes);
void bench_call_clear(struct bench_call *c);
void bench_call_mark(struct bench_call *c, const char *name, size_t len);
void bench_call_end(struct bench_call *c, const char *why);

#endif
