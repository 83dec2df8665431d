#include "protocols/wav_stream.h"

#include <errno.h>
#include <string.h>

#define WITHOUT_END    UINT64_MAX
#define MAGIC_LEN      12 /* "RIFF", a length, "WAVE" */
#define CHUNK_HEAD_LEN 8  /* a name, a length */
#define FMT_MIN        16
#define FMT_SUB_AT     24 /* where the sub-format begins */
#define FMT_MAX        40 /* with the sub-format; more is of no use */

static size_t least(size_t a, uint64_t b)
{
	return a < b ? a : (size_t)b;
}

static uint16_t read_16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t read_32(const uint8_t *at)
{
	return read_16(at) | (uint32_t)read_16(at + 2) << 16;
}

void wav_stream_init(struct wav_stream *w)
{
	*w = (struct wav_stream){ .state = WAV_STREAM_AUDIO,
				  .left = WITHOUT_END,
				  .is_matching = true };
}

void wav_stream_chunk(struct wav_stream *w)
{
	if (w->state == WAV_STREAM_AUDIO || w->state == WAV_STREAM_AFTER)
		w->is_matching = true;
}

/* -- audio --------------------------------------------------------------- */

/* How many of the next n bytes are audio; they then have been. */
static size_t take_audio(struct wav_stream *w, size_t n)
{
	if (w->state != WAV_STREAM_AUDIO)
		return 0;
	if (w->left == WITHOUT_END)
		return n;
	n = least(n, w->left);
	w->left -= n;
	if (w->left == 0)
		w->state = WAV_STREAM_AFTER;
	return n;
}

static bool is_magic(size_t at, uint8_t byte)
{
	static const char magic[] = "RIFF????WAVE";
	return magic[at] == '?' || (uint8_t)magic[at] == byte;
}

/* Does a header begin here? Returns how many bytes are part of the answer yet
 * to come, or of the header. */
static size_t match(struct wav_stream *w, const uint8_t *in, size_t n,
		    struct wav_stream_audio *audio)
{
	size_t i = 0;
	while (i < n && w->held_len + i < MAGIC_LEN &&
	       is_magic(w->held_len + i, in[i]))
		i++;
	bool is_header = w->held_len + i == MAGIC_LEN;
	if (i == n && !is_header) {
		memcpy(w->held + w->held_len, in, n);
		w->held_len += n;
		return n;
	}
	if (is_header) {
		w->state = WAV_STREAM_HEAD;
		w->header_len = MAGIC_LEN;
		w->has_format = false;
	} else {
		audio->held = w->held;
		audio->held_len = take_audio(w, w->held_len);
		i = 0;
	}
	w->is_matching = false;
	w->held_len = 0;
	return i;
}

/* -- headers ------------------------------------------------------------- */

/* held, up to len bytes. */
static size_t collect(struct wav_stream *w, size_t len, const uint8_t *in,
		      size_t n)
{
	n = least(n, len - w->held_len);
	memcpy(w->held + w->held_len, in, n);
	w->held_len += n;
	return n;
}

static void skip(struct wav_stream *w, uint64_t len)
{
	w->held_len = 0;
	w->left = len;
	w->state = len ? WAV_STREAM_SKIP : WAV_STREAM_HEAD;
}

static void begin_data(struct wav_stream *w, uint32_t len)
{
	w->left = len == 0 || len == UINT32_MAX ? WITHOUT_END : len;
	w->state = WAV_STREAM_AUDIO;
}

/* The name and length of a chunk are in held. */
static void begin_chunk(struct wav_stream *w)
{
	uint32_t len = read_32(w->held + 4);
	uint64_t padded = (uint64_t)len + (len & 1);
	bool is_fmt = memcmp(w->held, "fmt ", 4) == 0;
	w->held_len = 0;
	w->header_len += CHUNK_HEAD_LEN;
	if (memcmp(w->held, "data", 4) == 0) {
		begin_data(w, len);
	} else if (w->header_len + padded > WAV_STREAM_HEADER_MAX ||
		   (is_fmt && len < FMT_MIN)) {
		w->state = WAV_STREAM_BROKEN;
	} else {
		w->header_len += (size_t)padded;
		skip(w, padded);
		w->fmt_len = least(FMT_MAX, len);
		if (is_fmt)
			w->state = WAV_STREAM_FMT;
	}
}

static void take_format(struct wav_stream *w)
{
	const uint8_t *at = w->held;
	w->format = (struct wav_stream_format){ .tag = read_16(at),
						.channels = read_16(at + 2),
						.rate = read_32(at + 4),
						.bits = read_16(at + 14) };
	if (w->format.tag == WAV_STREAM_EXTENSIBLE && w->fmt_len == FMT_MAX)
		w->format.tag = read_16(at + FMT_SUB_AT);
	w->has_format = true;
	skip(w, w->left - w->fmt_len);
}

/* One step through a header. Returns how many bytes it took. */
static size_t walk(struct wav_stream *w, const uint8_t *in, size_t n)
{
	if (w->state == WAV_STREAM_SKIP) {
		n = least(n, w->left);
		skip(w, w->left - n);
		return n;
	}
	bool is_fmt = w->state == WAV_STREAM_FMT;
	size_t len = is_fmt ? w->fmt_len : CHUNK_HEAD_LEN;
	n = collect(w, len, in, n);
	if (w->held_len < len)
		return n;
	if (is_fmt)
		take_format(w);
	else
		begin_chunk(w);
	return n;
}

static bool is_in_header(const struct wav_stream *w)
{
	return w->state == WAV_STREAM_HEAD || w->state == WAV_STREAM_FMT ||
	       w->state == WAV_STREAM_SKIP;
}

int wav_stream_feed(struct wav_stream *w, const uint8_t *in, size_t n,
		    struct wav_stream_audio *audio)
{
	size_t at = 0;
	*audio = (struct wav_stream_audio){ 0 };
	if (n > 0 && w->is_matching)
		at = match(w, in, n, audio);
	while (at < n && is_in_header(w))
		at += walk(w, in + at, n - at);
	if (at < n) {
		audio->data = in + at;
		audio->data_len = take_audio(w, n - at);
	}
	return w->state == WAV_STREAM_BROKEN ? -EPROTO : 0;
}

/* -- writing ------------------------------------------------------------- */

static uint8_t *put_16(uint8_t *at, uint16_t value)
{
	*at++ = (uint8_t)value;
	*at++ = (uint8_t)(value >> 8);
	return at;
}

static uint8_t *put_32(uint8_t *at, uint32_t value)
{
	return put_16(put_16(at, (uint16_t)value), (uint16_t)(value >> 16));
}

static uint8_t *put_chunk(uint8_t *at, const char *name, uint32_t len)
{
	memcpy(at, name, 4);
	return put_32(at + 4, len);
}

size_t wav_stream_header(uint8_t out[WAV_STREAM_WRITTEN], uint16_t tag,
			 uint32_t rate)
{
	bool is_pcm = tag == WAV_STREAM_PCM;
	uint16_t bytes = is_pcm ? 2 : 1; /* of a sample */
	uint8_t *at = put_chunk(out, "RIFF", UINT32_MAX);
	memcpy(at, "WAVE", 4);
	at = put_chunk(at + 4, "fmt ", is_pcm ? 16 : 18);
	at = put_16(at, tag);
	at = put_16(at, 1);
	at = put_32(at, rate);
	at = put_32(at, rate * bytes);
	at = put_16(at, bytes);
	at = put_16(at, (uint16_t)(8 * bytes));
	if (!is_pcm) {
		at = put_16(at, 0); /* bytes of extension */
		at = put_chunk(at, "fact", 4);
		at = put_32(at, UINT32_MAX); /* samples */
	}
	at = put_chunk(at, "data", UINT32_MAX);
	return (size_t)(at - out);
}
