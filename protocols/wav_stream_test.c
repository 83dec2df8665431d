#include "tools/testing/check.h"

#include <errno.h>
#include <string.h>

#include "protocols/wav_stream.h"

#define U16(n) (uint8_t)(n), (uint8_t)((n) >> 8)
#define U32(n) U16((n)&0xffff), U16((uint32_t)(n) >> 16)
#define RIFF   'R', 'I', 'F', 'F', U32(0xffffffff), 'W', 'A', 'V', 'E'
#define FMT(tag, r)                                                          \
	'f', 'm', 't', ' ', U32(16), U16(tag), U16(1), U32(r), U32(2 * (r)), \
		U16(2), U16(16)
#define DATA(n) 'd', 'a', 't', 'a', U32(n)
#define LIST    'L', 'I', 'S', 'T', U32(3), 'x', 'y', 'z', 0
#define BYTES(...)                        \
	(const uint8_t[]){ __VA_ARGS__ }, \
		sizeof((const uint8_t[]){ __VA_ARGS__ })

struct got {
	char audio[256];
	size_t len;
	int err;
};

static void keep(struct got *g, const uint8_t *bytes, size_t n)
{
	assert_true(g->len + n < sizeof(g->audio));
	if (n)
		memcpy(g->audio + g->len, bytes, n);
	g->len += n;
	g->audio[g->len] = '\0';
}

/* Feed it in pieces of step bytes. */
static void feed(struct wav_stream *w, struct got *g, const uint8_t *in,
		 size_t n, size_t step)
{
	for (size_t at = 0; at < n && !g->err; at += step) {
		struct wav_stream_audio a;
		size_t len = n - at < step ? n - at : step;
		g->err = wav_stream_feed(w, in + at, len, &a);
		keep(g, a.held, a.held_len);
		keep(g, a.data, a.data_len);
	}
}

/* One chunk, whole and in every other split. */
static void takes_headers_out(void **state)
{
	(void)state;
	const struct {
		const uint8_t *in;
		size_t n;
		const char *audio;
		int err;
		unsigned tag, rate;
		const char *why;
	} row[] = {
		{ BYTES('a', 'b', 'c'), "abc", 0, 0, 0, "no header" },
		{ BYTES('R', 'I', 'F', 'f', 'x'), "RIFfx", 0, 0, 0,
		  "almost a header" },
		{ BYTES('R', 'I', 'F', 'F', 1, 2, 3, 4, 'A', 'V', 'I', ' '),
		  "RIFF\1\2\3\4AVI ", 0, 0, 0, "another kind of RIFF" },
		{ BYTES(RIFF, FMT(1, 8000), DATA(0), 'a', 'b'), "ab", 0, 1,
		  8000, "length 0: without end" },
		{ BYTES(RIFF, FMT(1, 24000), DATA(0xffffffff), 'a', 'b'), "ab",
		  0, 1, 24000, "length 2^32 - 1: without end" },
		{ BYTES(RIFF, FMT(7, 8000), DATA(2), 'a', 'b', LIST), "ab", 0,
		  7, 8000, "what follows the audio is not audio" },
		{ BYTES(RIFF, LIST, FMT(1, 16000), LIST, DATA(3), 'a', 'b', 'c',
			0),
		  "abc", 0, 1, 16000, "chunks nobody needs, odd lengths" },
		{ BYTES(RIFF, 'f', 'm', 't', ' ', U32(18), U16(7), U16(1),
			U32(8000), U32(8000), U16(1), U16(8), U16(0), 'f', 'a',
			'c', 't', U32(4), U32(9), DATA(0), 'a'),
		  "a", 0, 7, 8000, "with the extension's length, and fact" },
		{ BYTES(RIFF, 'f', 'm', 't', ' ', U32(40), U16(0xfffe), U16(1),
			U32(8000), U32(16000), U16(2), U16(16), U16(22),
			U16(16), U32(4), U16(1), 0, 0, 0, 0, 0x10, 0, 0x80, 0,
			0, 0xaa, 0, 0x38, 0x9b, 0x71, DATA(0), 'a'),
		  "a", 0, 1, 8000, "extensible: the sub-format counts" },
		{ BYTES(RIFF, FMT(0xfffe, 8000), DATA(0), 'a'), "a", 0, 0xfffe,
		  8000, "extensible without a sub-format" },
		{ BYTES(RIFF, DATA(0), 'a'), "a", 0, 0, 0,
		  "no fmt: tolerated" },
		{ BYTES(RIFF, 'L', 'I', 'S', 'T', U32(0), DATA(0), 'a'), "a", 0,
		  0, 0, "an empty chunk" },
		{ BYTES(RIFF, FMT(1, 8000)), "", 0, 1, 8000, "no audio yet" },
		{ BYTES(RIFF, FMT(1, 8000), DATA(0), RIFF),
		  "RIFF\377\377\377"
		  "\377WAVE",
		  0, 1, 8000, "in the middle of a chunk it is audio" },
		{ BYTES(RIFF, 'f', 'm', 't', ' ', U32(15), 0), "", -EPROTO, 0,
		  0, "fmt too short" },
		{ BYTES(RIFF, 'L', 'I', 'S', 'T', U32(4077), 0), "", -EPROTO, 0,
		  0, "a header of 12 + 8 + 4078 bytes" },
		{ BYTES(RIFF, 'L', 'I', 'S', 'T', U32(4076), 0), "", 0, 0, 0,
		  "a header of 4096 bytes" },
		{ BYTES(RIFF, 'L', 'I', 'S', 'T', U32(0xffffffff), 0), "",
		  -EPROTO, 0, 0, "nor does padding overflow" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		for (size_t step = 1; step <= row[i].n; step++) {
			struct wav_stream w;
			struct got g = { .len = 0 };
			wav_stream_init(&w);
			feed(&w, &g, row[i].in, row[i].n, step);
			CHECK_EQ(row[i].err, g.err, row[i].why);
			CHECK_STR(row[i].audio, g.audio, row[i].why);
			CHECK_EQ(row[i].tag != 0, w.has_format, row[i].why);
			CHECK_EQ(row[i].tag, w.format.tag, row[i].why);
			CHECK_EQ(row[i].rate, w.format.rate, row[i].why);
		}
	}
}

static void reads_the_format(void **state)
{
	(void)state;
	static const uint8_t in[] = { RIFF, FMT(1, 44100), DATA(0) };
	struct wav_stream w;
	struct wav_stream_audio a;
	wav_stream_init(&w);
	CHECK_EQ(0, wav_stream_feed(&w, in, sizeof(in) - 9, &a), "not yet all");
	CHECK(!w.has_format, "a byte of fmt is missing");
	CHECK_EQ(0, wav_stream_feed(&w, in + sizeof(in) - 9, 1, &a), "now");
	CHECK(w.has_format, "known before the audio comes");
	CHECK_EQ(1, w.format.channels, "channels");
	CHECK_EQ(44100, w.format.rate, "rate");
	CHECK_EQ(16, w.format.bits, "bits");
}

/* Several chunks as the sender made them, "|" between them. */
static void takes_a_header_on_every_chunk(void **state)
{
	(void)state;
	const struct {
		struct {
			const uint8_t *in;
			size_t n;
		} chunk[3];
		const char *audio;
		const char *why;
	} row[] = {
		{ { { BYTES(RIFF, FMT(1, 8000), DATA(2), 'a', 'b') },
		    { BYTES(RIFF, FMT(1, 8000), DATA(2), 'c', 'd') },
		    { BYTES(RIFF, FMT(1, 8000), DATA(2), 'e', 'f') } },
		  "abcdef",
		  "stated lengths" },
		{ { { BYTES(RIFF, FMT(1, 8000), DATA(0), 'a', 'b') },
		    { BYTES(RIFF, FMT(1, 8000), DATA(0), 'c', 'd') },
		    { BYTES('e', 'f') } },
		  "abcdef",
		  "without end; and one without a header" },
		{ { { BYTES('R') },
		    { BYTES('I', 'F', 'F', 0, 0, 0, 0, 'W', 'A', 'V', 'E') },
		    { BYTES(DATA(0), 'a') } },
		  "a",
		  "a header in three chunks" },
		{ { { BYTES('a') }, { BYTES('R', 'I') }, { BYTES('b') } },
		  "aRIb",
		  "audio that begins like one" },
		{ { { BYTES(RIFF, DATA(4), 'a') },
		    { BYTES('R', 'I') },
		    { BYTES('b', 'c') } },
		  "aRIb",
		  "the same, up to a stated length" },
		{ { { BYTES(RIFF, DATA(1), 'a', 'L', 'I') },
		    { BYTES('S', 'T', 0, 0, 0, 0) },
		    { BYTES(RIFF, DATA(1), 'b') } },
		  "ab",
		  "what follows the audio goes on to the next header" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		for (size_t step = 1; step <= 64; step++) {
			struct wav_stream w;
			struct got g = { .len = 0 };
			wav_stream_init(&w);
			for (size_t k = 0; k < 3; k++) {
				wav_stream_chunk(&w);
				feed(&w, &g, row[i].chunk[k].in,
				     row[i].chunk[k].n, step);
			}
			CHECK_EQ(0, g.err, row[i].why);
			CHECK_STR(row[i].audio, g.audio, row[i].why);
		}
	}
}

static void stays_broken(void **state)
{
	(void)state;
	static const uint8_t in[] = { RIFF, 'f', 'm', 't', ' ', U32(2) };
	struct wav_stream w;
	struct wav_stream_audio a;
	wav_stream_init(&w);
	CHECK_EQ(-EPROTO, wav_stream_feed(&w, in, sizeof(in), &a), "broken");
	wav_stream_chunk(&w);
	CHECK_EQ(-EPROTO, wav_stream_feed(&w, in, sizeof(in), &a), "for good");
	CHECK_EQ(0, a.held_len + a.data_len, "no audio from it");
	wav_stream_init(&w);
	CHECK_EQ(0, wav_stream_feed(&w, in, 12, &a), "until the next stream");
}

static void writes_headers(void **state)
{
	(void)state;
	static const uint8_t pcm[] = { RIFF, FMT(1, 24000), DATA(0xffffffff) };
	static const uint8_t mulaw[] = { RIFF,
					 'f',
					 'm',
					 't',
					 ' ',
					 U32(18),
					 U16(7),
					 U16(1),
					 U32(8000),
					 U32(8000),
					 U16(1),
					 U16(8),
					 U16(0),
					 'f',
					 'a',
					 'c',
					 't',
					 U32(4),
					 U32(0xffffffff),
					 DATA(0xffffffff) };
	uint8_t out[WAV_STREAM_WRITTEN];
	CHECK_EQ(44, sizeof(pcm), "of linear PCM");
	CHECK_EQ(44, wav_stream_header(out, WAV_STREAM_PCM, 24000), "length");
	CHECK(memcmp(out, pcm, sizeof(pcm)) == 0, "byte by byte");
	CHECK_EQ(58, wav_stream_header(out, WAV_STREAM_MULAW, 8000), "length");
	CHECK_EQ(58, sizeof(mulaw), "of mu-law");
	CHECK(memcmp(out, mulaw, sizeof(mulaw)) == 0, "byte by byte");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_headers_out),
		cmocka_unit_test(reads_the_format),
		cmocka_unit_test(takes_a_header_on_every_chunk),
		cmocka_unit_test(stays_broken),
		cmocka_unit_test(writes_headers),
	};
	return cmocka_run_group_tests_name("wav_stream", tests, NULL, NULL);
}
