/* The first byte is the length of the sender's chunks, the second that of the
 * pieces they come in (0: the whole, one byte). Fed whole or in pieces the
 * audio is the same; and behind a header of ours everything is audio. */
#include "tools/testing/fuzz.h"

#include "protocols/wav_stream.h"

struct heard {
	uint8_t *bytes;
	size_t len;
	int err;
	struct wav_stream end;
};

static void keep(struct heard *h, const uint8_t *bytes, size_t n)
{
	if (n)
		memcpy(h->bytes + h->len, bytes, n);
	h->len += n;
}

/* One piece, in memory of its own. */
static void feed(struct heard *h, const uint8_t *in, size_t n)
{
	uint8_t *piece = fuzz_copy(in, n);
	struct wav_stream_audio a;

	h->err = wav_stream_feed(&h->end, piece, n, &a);
	FUZZ_CHECK(a.held_len < 12);
	FUZZ_CHECK(!a.data_len ||
		   (a.data >= piece && a.data + a.data_len <= piece + n));
	FUZZ_CHECK(!h->err || a.held_len + a.data_len == 0);
	keep(h, a.held, a.held_len);
	keep(h, a.data, a.data_len);
	free(piece);
}

static void hear(struct heard *h, const uint8_t *in, size_t n, size_t chunk,
		 size_t piece)
{
	h->bytes = malloc(n + 1);
	h->len = 0;
	h->err = 0;
	FUZZ_CHECK(h->bytes != NULL);
	wav_stream_init(&h->end);
	for (size_t at = 0; at < n && !h->err; at++) {
		size_t in_chunk = at % chunk;
		size_t len = chunk - in_chunk;

		if (in_chunk == 0)
			wav_stream_chunk(&h->end);
		len = len < piece ? len : piece;
		len = len < n - at ? len : n - at;
		feed(h, in + at, len);
		at += len - 1;
	}
}

static void check_splits(const uint8_t *in, size_t n, size_t chunk,
			 size_t piece)
{
	struct heard whole, pieces;

	hear(&whole, in, n, chunk, n);
	hear(&pieces, in, n, chunk, piece);
	FUZZ_CHECK(whole.err == pieces.err);
	FUZZ_CHECK(whole.len == pieces.len && whole.len <= n);
	FUZZ_CHECK(memcmp(whole.bytes, pieces.bytes, whole.len) == 0);
	FUZZ_CHECK(whole.end.has_format == pieces.end.has_format);
	FUZZ_CHECK(memcmp(&whole.end.format, &pieces.end.format,
			  sizeof(whole.end.format)) == 0);
	free(whole.bytes);
	free(pieces.bytes);
}

static void check_written(const uint8_t *in, size_t n, uint16_t tag)
{
	uint8_t *stream = malloc(WAV_STREAM_WRITTEN + n);
	struct heard h;

	FUZZ_CHECK(stream != NULL);
	size_t head = wav_stream_header(stream, tag, 8000);
	memcpy(stream + head, in, n);
	hear(&h, stream, head + n, head + n, head + n);
	FUZZ_CHECK(!h.err && h.len == n && memcmp(h.bytes, in, n) == 0);
	FUZZ_CHECK(h.end.format.tag == tag && h.end.format.rate == 8000);
	free(h.bytes);
	free(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3 || size > 65536)
		return 0;
	const uint8_t *in = data + 2;
	size_t n = size - 2;
	check_splits(in, n, data[0] ? data[0] : n, data[1] ? data[1] : 1);
	check_written(in, n, data[0] & 1 ? WAV_STREAM_PCM : WAV_STREAM_MULAW);
	return 0;
}
