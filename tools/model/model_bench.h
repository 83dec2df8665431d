/* A client of one session for tests: no socket, its own clock. It keeps every
 * event the server sends and can be asked about them. */
#ifndef TOOLS_MODEL_MODEL_BENCH_H
#define TOOLS_MODEL_MODEL_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "tools/model/model_audio.h"
#include "tools/model/model_session.h"

#define MODEL_BENCH_EVENTS 20000

struct model_bench {
	struct model_world world;
	struct model_session *session;
	uint64_t now_us;
	json_t *event[MODEL_BENCH_EVENTS];
	uint64_t event_us[MODEL_BENCH_EVENTS];
	size_t events;
	size_t mark; /* searches begin here */
	unsigned binaries, pings, garbage;
	bool answers_pings;
	bool is_closed, is_reset, is_reading;
	unsigned close_code;
	char close_reason[128];
};

/* model_bench_open: scenario is YAML text, or NULL. Ends the test program when
 * the scenario is wrong. */
void model_bench_open(struct model_bench *b, const char *scenario);
void model_bench_close(struct model_bench *b);

/* model_bench_next: another connection to the same server. */
void model_bench_next(struct model_bench *b);

/* model_bench_send: formatted JSON, one event of the client. */
void model_bench_send(struct model_bench *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void model_bench_send_json(struct model_bench *b, json_t *event);

/* model_bench_run: let ms pass, doing what falls due on the way. */
void model_bench_run(struct model_bench *b, unsigned ms);

/* model_bench_configure: session.update with a server VAD of 500 ms silence
 * and this format both ways ("audio/pcm", "audio/pcmu"); waits for the
 * answer. */
void model_bench_configure(struct model_bench *b, const char *format);

/* model_bench_append: audio in real time, 20 ms at a time; len is cut to whole
 * chunks. model_bench_tone / _silence: ms of it in this format. */
void model_bench_append(struct model_bench *b, enum model_encoding e,
			const uint8_t *bytes, size_t len);
void model_bench_tone(struct model_bench *b, enum model_encoding e,
		      unsigned ms);
void model_bench_silence(struct model_bench *b, enum model_encoding e,
			 unsigned ms);

/* model_bench_mark: forget what came so far. */
void model_bench_mark(struct model_bench *b);

/* model_bench_find: the nth event (from 0) of a type since the mark, or NULL.
 * model_bench_count: how many there are. model_bench_last: the last one. */
json_t *model_bench_find(const struct model_bench *b, const char *type,
			 size_t nth);
size_t model_bench_count(const struct model_bench *b, const char *type);
json_t *model_bench_last(const struct model_bench *b, const char *type);

/* model_bench_wait: run until an event of this type comes after the mark, at
 * most ms. NULL when it does not. */
json_t *model_bench_wait(struct model_bench *b, const char *type, unsigned ms);

/* model_bench_text: a string at a path "error.code"; "" when there is none.
 * model_bench_number: a number; -1 when there is none. */
const char *model_bench_text(json_t *object, const char *path);
double model_bench_number(json_t *object, const char *path);

/* model_bench_audio: all audio deltas of an item since the mark, decoded.
 * item NULL: of every item. */
void model_bench_audio(const struct model_bench *b, const char *item,
		       struct model_clip *clip);

#endif
