/* One stream of sound between the caller's clock (8 kHz mu-law, on which struct
 * caller lives) and a format of the wire, headers excepted (vaic_wav.h).
 *
 * The filters' delay is taken out: sample k of the output is of the same moment
 * as sample k * (rate in / rate out) of the input. So a stream's first samples
 * come out 2 ms (24 kHz) or 4 ms (16 kHz, by way of 24 kHz) late and the last
 * ones with the tail; in all n inputs give n * (rate out / rate in) outputs,
 * rounded down. Formats of 8 kHz have neither delay nor tail, and raw/mulaw is
 * the same bytes. Allocates nothing. */
#ifndef TOOLS_CALL_VAIC_CONVERT_H
#define TOOLS_CALL_VAIC_CONVERT_H

#include "codecs/resample.h"
#include "tools/call/vaic_format.h"

#define VAIC_CONVERT_RUN 480 /* input samples at once, at most */
/* Bytes that one run or one tail can write. */
#define VAIC_CONVERT_BYTES_MAX ((VAIC_CONVERT_RUN + 2 * RESAMPLE_HISTORY) * 6)

/* Embedded by value; may be copied. */
struct vaic_convert {
	enum vaic_format format;
	bool to_caller;
	unsigned in_rate;
	unsigned out_rate;
	unsigned stages;
	struct resampler stage[2];
	size_t skip;    /* output samples of the delay still to be dropped */
	uint64_t taken; /* input samples */
	uint64_t given; /* output samples */
	uint8_t half;   /* first byte of a sample that a chunk has split */
	bool is_split;
};

/* vaic_convert_init: a stream begins. to_caller: bot's format -> mu-law. */
void vaic_convert_init(struct vaic_convert *c, enum vaic_format f,
		       bool to_caller);

/* vaic_convert_run: the next in_bytes, at most VAIC_CONVERT_RUN samples; a
 * split sample waits for its other half.
 *
 * out  room for VAIC_CONVERT_BYTES_MAX
 * Returns the bytes written. */
size_t vaic_convert_run(struct vaic_convert *c, uint8_t *out, const uint8_t *in,
			size_t in_bytes);

/* vaic_convert_end: what the filters still hold; the stream is over.
 * Returns the bytes written to out (room as above). */
size_t vaic_convert_end(struct vaic_convert *c, uint8_t *out);

#endif
