/* VAIC's play-out: what the bot sent and the caller has not heard yet
 * (AudioCodes reference, 9.4).
 *
 * One FIFO per stream, consumed in real time from the moment audio arrives in
 * an empty one; streams play one after the other. A stream is over when its
 * stop has come and its FIFO is empty, or when it is flushed: what is sent to
 * it afterwards is counted and ignored. Pure: its clock is the caller's sample
 * number (8 per ms, mu-law), passed by the owner, never going back. The bytes
 * as the bot sent them come out beside it, for comparing bit for bit. */
#ifndef TOOLS_CALL_VAIC_PLAYOUT_H
#define TOOLS_CALL_VAIC_PLAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "tools/call/vaic_convert.h"
#include "tools/call/vaic_message.h"
#include "tools/call/vaic_wav.h"

#define VAIC_PLAYOUT_STREAMS_MAX 32     /* not over yet; more are refused */
#define VAIC_PLAYOUT_MAX_MS      600000 /* of one stream; more is discarded */
#define VAIC_PLAYOUT_NEVER       UINT64_MAX
#define VAIC_PLAYOUT_MARKS_MAX   64 /* pending in one stream */

struct vaic_play_mark {
	uint64_t position; /* samples of the stream before it */
	char *name;
};

struct vaic_play_stream {
	char id[VAIC_ID_MAX + 1];
	enum vaic_format format;
	struct vaic_change once; /* its activityParams */
	bool is_stopped;         /* no more chunks come */
	bool is_interrupted;     /* flushed: what comes is ignored */
	bool is_begun;           /* its first sample has been played */
	uint64_t chunks;         /* arrived, those ignored excepted */
	uint64_t bytes;          /* of them, headers excepted */
	uint64_t late_chunks;    /* ignored behind an interruption */
	uint64_t queued;         /* 8 kHz samples in all */
	uint64_t played;         /* of them */
	uint64_t stopped;        /* sample at which the stop came */
	unsigned underruns;      /* it ran dry and went on */
	/* The queue's own. */
	struct vaic_convert convert;
	struct vaic_wav *wav;
	struct buffer ulaw;   /* to be played */
	struct buffer native; /* the same, as it was sent */
	uint64_t native_gone; /* samples of it already given out */
	struct vaic_play_mark mark[VAIC_PLAYOUT_MARKS_MAX];
	size_t marks;
};

struct vaic_playout {
	struct vaic_play_stream *stream[VAIC_PLAYOUT_STREAMS_MAX]; /* FIFO */
	size_t streams;
	uint64_t head; /* sample at which the first byte waiting plays */
	/* Figures of all streams so far. */
	uint64_t chunks;
	uint64_t late_chunks;
	unsigned underruns;
	unsigned buffer_ms_max; /* most that ever waited: the send-ahead */
};

/* What comes out, in order of time. A stream's pointer is valid in the call. */
struct vaic_playout_events {
	/* n bytes of mu-law played from this sample on. */
	void (*on_played)(void *owner, uint64_t sample, const uint8_t *ulaw,
			  size_t n);
	/* The same behind it, as the bot sent it; whole samples. */
	void (*on_native)(void *owner, const struct vaic_play_stream *p,
			  uint64_t sample, const uint8_t *bytes, size_t n);
	void (*on_mark)(void *owner, const struct vaic_play_stream *p,
			const char *name);
	/* It is over: played to its end, or interrupted. Play-out no longer
	 * knows it, unless it was interrupted while open. */
	void (*on_finished)(void *owner, const struct vaic_play_stream *p,
			    uint64_t sample);
};

void vaic_playout_init(struct vaic_playout *p);
void vaic_playout_free(struct vaic_playout *p);

/* vaic_playout_advance: play up to (not including) sample now. Call it before
 * each of the functions below. */
void vaic_playout_advance(struct vaic_playout *p, uint64_t now,
			  const struct vaic_playout_events *events,
			  void *owner);

/* vaic_playout_open: a stream begins; id at most VAIC_ID_MAX long, once.
 * Returns it, or NULL when too many wait or memory is short. */
struct vaic_play_stream *vaic_playout_open(struct vaic_playout *p,
					   const char *id, enum vaic_format f,
					   const struct vaic_change *once);

/* vaic_playout_find: the stream of that id that is not over, or NULL. */
struct vaic_play_stream *vaic_playout_find(const struct vaic_playout *p,
					   const char *id);

struct vaic_arrival {
	uint64_t begin;  /* sample at which its first one plays */
	size_t samples;  /* of the caller's clock; 0: ignored, or a header */
	const char *why; /* what is wrong with its WAV header; or NULL */
};

/* vaic_playout_add: a chunk of an open stream arrived now.
 * Returns 0; -EALREADY when the stream was interrupted and the chunk is
 * ignored; -ENOBUFS when more waits than VAIC_PLAYOUT_MAX_MS. */
int vaic_playout_add(struct vaic_playout *p, struct vaic_play_stream *s,
		     uint64_t now, const uint8_t *bytes, size_t n,
		     struct vaic_arrival *arrival);

/* vaic_playout_mark: a mark behind what the stream has so far. It is reached
 * when that was played, by the next advance when it was already; never when the
 * stream is flushed. Returns 0 or -ENOBUFS. */
int vaic_playout_mark(struct vaic_play_stream *s, const char *name);

/* vaic_playout_stop: no more chunks. The next advance finishes the stream when
 * nothing is left of it. */
void vaic_playout_stop(struct vaic_play_stream *s, uint64_t now);

/* vaic_playout_flush: drop all that waits; every stream not over is
 * interrupted and finished. One that is open stays known until its stop.
 * Returns the samples dropped. */
uint64_t vaic_playout_flush(struct vaic_playout *p, uint64_t now,
			    const struct vaic_playout_events *events,
			    void *owner);

/* vaic_playout_abandon: its socket is gone: an open stream is dead, and what
 * waits of it is dropped. The others play on. Returns the samples dropped. */
uint64_t vaic_playout_abandon(struct vaic_playout *p,
			      struct vaic_play_stream *s, uint64_t now,
			      const struct vaic_playout_events *events,
			      void *owner);

/* vaic_playout_is_busy: a stream is open or playing, those interrupted
 * excepted: "the bot is speaking". */
bool vaic_playout_is_busy(const struct vaic_playout *p);

/* vaic_playout_current: the stream that plays or waits to, or NULL. */
const struct vaic_play_stream *vaic_playout_current(
	const struct vaic_playout *p);

/* vaic_playout_samples: waiting. vaic_playout_ms: the same, rounded up. */
uint64_t vaic_playout_samples(const struct vaic_playout *p);
unsigned vaic_playout_ms(const struct vaic_playout *p);

/* vaic_playout_due: the sample at which the next mark or the end of the current
 * stream's audio is reached, or VAIC_PLAYOUT_NEVER. */
uint64_t vaic_playout_due(const struct vaic_playout *p);

#endif
