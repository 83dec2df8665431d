#include "tools/call/vaic_convert.h"

#include <string.h>

#include "codecs/g711.h"

/* Samples between two stages: the most that one run or a tail makes. */
#define ROOM ((VAIC_CONVERT_RUN + 2 * RESAMPLE_HISTORY) * 3)

/* 8 <-> 16 kHz goes by way of 24. */
static const struct {
	unsigned rate;
	unsigned stages;
	enum resample_ratio up[2], down[2];
} path[] = {
	{ 8000, 0, { 0 }, { 0 } },
	{ 16000,
	  2,
	  { RESAMPLE_8_TO_24, RESAMPLE_24_TO_16 },
	  { RESAMPLE_16_TO_24, RESAMPLE_24_TO_8 } },
	{ 24000, 1, { RESAMPLE_8_TO_24 }, { RESAMPLE_24_TO_8 } },
};

void vaic_convert_init(struct vaic_convert *c, enum vaic_format f,
		       bool to_caller)
{
	size_t i = 0;

	*c = (struct vaic_convert){ .format = f, .to_caller = to_caller };
	while (path[i].rate != vaic_format_rate(f))
		i++;
	c->stages = path[i].stages;
	for (unsigned s = 0; s < c->stages; s++)
		resampler_init(&c->stage[s],
			       to_caller ? path[i].down[s] : path[i].up[s]);
	c->in_rate = to_caller ? path[i].rate : 8000;
	c->out_rate = to_caller ? 8000 : path[i].rate;
	/* 2 ms each: a whole number of samples at every rate here. */
	c->skip = (size_t)c->stages * c->out_rate / 500;
}

/* --- Code words and samples --- */

static bool in_is_mulaw(const struct vaic_convert *c)
{
	return c->to_caller ? vaic_format_is_mulaw(c->format) : true;
}

static bool out_is_mulaw(const struct vaic_convert *c)
{
	return c->to_caller ? true : vaic_format_is_mulaw(c->format);
}

static int16_t little_endian(uint8_t low, uint8_t high)
{
	return (int16_t)(uint16_t)(low | high << 8);
}

static size_t unpack_linear(struct vaic_convert *c, int16_t *pcm,
			    const uint8_t *in, size_t n)
{
	size_t samples = 0;
	size_t i = 0;

	if (c->is_split && n > 0) {
		pcm[samples++] = little_endian(c->half, in[i++]);
		c->is_split = false;
	}
	for (; i + 1 < n; i += 2)
		pcm[samples++] = little_endian(in[i], in[i + 1]);
	if (i < n) {
		c->half = in[i];
		c->is_split = true;
	}
	return samples;
}

static size_t unpack(struct vaic_convert *c, int16_t *pcm, const uint8_t *in,
		     size_t n)
{
	return in_is_mulaw(c) ? g711_ulaw_decode(pcm, in, n)
			      : unpack_linear(c, pcm, in, n);
}

static size_t pack(const struct vaic_convert *c, uint8_t *out,
		   const int16_t *pcm, size_t n)
{
	if (out_is_mulaw(c))
		return g711_ulaw_encode(out, pcm, n);
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = (uint8_t)((uint16_t)pcm[i] & 0xff);
		out[2 * i + 1] = (uint8_t)((uint16_t)pcm[i] >> 8);
	}
	return 2 * n;
}

/* --- The stream --- */

/* Without the delay's samples. */
static size_t emit(struct vaic_convert *c, uint8_t *out, const int16_t *pcm,
		   size_t n)
{
	size_t skip = n < c->skip ? n : c->skip;

	c->skip -= skip;
	c->given += n - skip;
	return pack(c, out, pcm + skip, n - skip);
}

size_t vaic_convert_run(struct vaic_convert *c, uint8_t *out, const uint8_t *in,
			size_t in_bytes)
{
	int16_t a[ROOM], b[ROOM];

	if (in_is_mulaw(c) && out_is_mulaw(c)) {
		memcpy(out, in, in_bytes);
		c->taken += in_bytes;
		c->given += in_bytes;
		return in_bytes;
	}
	size_t n = unpack(c, a, in, in_bytes);
	c->taken += n;
	if (c->stages == 0)
		return emit(c, out, a, n);
	n = resampler_run(&c->stage[0], b, a, n);
	if (c->stages == 1)
		return emit(c, out, b, n);
	n = resampler_run(&c->stage[1], a, b, n);
	return emit(c, out, a, n);
}

size_t vaic_convert_end(struct vaic_convert *c, uint8_t *out)
{
	uint64_t due = c->taken * c->out_rate / c->in_rate;
	int16_t a[ROOM], b[ROOM];

	if (c->stages == 0 || due <= c->given)
		return 0;
	size_t n = resampler_flush(&c->stage[0], a);
	if (c->stages == 2) {
		n = resampler_run(&c->stage[1], b, a, n);
		n += resampler_flush(&c->stage[1], b + n);
		memcpy(a, b, n * sizeof(*a));
	}
	n = n < c->skip + (size_t)(due - c->given)
		    ? n
		    : c->skip + (size_t)(due - c->given);
	return emit(c, out, a, n);
}
