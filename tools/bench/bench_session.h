/* A model session: the server's end of one Realtime WebSocket, which listens to
 * the caller's number, then counts what it hears, and speaks by the plan. */
#ifndef TOOLS_BENCH_BENCH_SESSION_H
#define TOOLS_BENCH_BENCH_SESSION_H

#include <jansson.h>

#include "tools/bench/bench_load.h"
#include "tools/bench/bench_message.h"
#include "tools/bench/bench_position.h"
#include "tools/bench/bench_ws.h"

struct bench_session {
	struct bench_watch grave; /* first: freed when nothing is on it */
	struct bench_ws ws;
	struct bench_load *load;
	struct bench_session *next, **link;
	struct bench_call *call;
	struct bench_ids ids;
	enum bench_format in, out;
	struct bench_number number;
	struct bench_position down; /* deltas on their way to the ear */
	uint64_t up_early;          /* units heard before the call was known */
	struct bench_timer delta_timer, turn_timer;
	uint64_t origin_ns; /* of the response's schedule */
	unsigned said_ms;   /* of it */
	unsigned deltas;    /* of it */
	unsigned cut_item;  /* the one that was interrupted, or 0 */
	bool is_speaking;
	bool is_gone;
	bool is_beta; /* the client uses the older names */
};

/* bench_session_accept: a connection of the server under test; a
 * bench_greeted_fn of a bench_load. */
void bench_session_accept(void *load, struct bench_socket *socket,
			  uint8_t *early, size_t n);
void bench_session_close(struct bench_session *s);

/* --- Between bench_session.c and bench_session_events.c --- */

/* bench_session_take: a message that is no audio. */
void bench_session_take(struct bench_session *s, const char *text, size_t len);

/* The first and last events of a connection and of a response; metadata may be
 * NULL. cut: the caller interrupted. */
void bench_session_send_created(struct bench_session *s);
void bench_session_send_begin(struct bench_session *s, json_t *metadata);
void bench_session_send_end(struct bench_session *s, bool cut);
void bench_session_send_speech(struct bench_session *s, bool begins);

void bench_session_speak(struct bench_session *s, json_t *metadata);
void bench_session_stop(struct bench_session *s);

/* bench_session_truncated: the client says how much of an item was heard. */
void bench_session_truncated(struct bench_session *s, unsigned item,
			     unsigned audio_end_ms);

#endif
