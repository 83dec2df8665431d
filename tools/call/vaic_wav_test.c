#include "tools/testing/check.h"

#include <errno.h>
#include <string.h>

#include "tools/call/vaic_wav.h"

#define LEN(s) (sizeof(s) - 1)

/* RFC 2361 and the RIFF specification, byte by byte. */
#define RIFF   "RIFF\xff\xff\xff\xffWAVE"
#define DATA   "data\xff\xff\xff\xff"
#define FMT_8  "fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0"
#define FMT_16 "fmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0"
#define FMT_24 "fmt \x10\0\0\0\x01\0\x01\0\xc0\x5d\0\0\x80\xbb\0\0\x02\0\x10\0"
#define FMT_ULAW \
	"fmt \x12\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0\0\0"
#define STEREO "fmt \x10\0\0\0\x01\0\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0"
#define WIDE   "fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\xc0\x5d\0\0\x03\0\x18\0"
#define LIST   "LIST\x05\0\0\0hello\0" /* an odd length, padded */

static const struct {
	enum vaic_format f;
	const char *header;
	size_t len;
} header[] = {
	{ VAIC_WAV_LPCM16_8, RIFF FMT_8 DATA, LEN(RIFF FMT_8 DATA) },
	{ VAIC_WAV_LPCM16, RIFF FMT_16 DATA, LEN(RIFF FMT_16 DATA) },
	{ VAIC_WAV_LPCM16_24, RIFF FMT_24 DATA, LEN(RIFF FMT_24 DATA) },
	{ VAIC_WAV_MULAW, RIFF FMT_ULAW DATA, LEN(RIFF FMT_ULAW DATA) },
};

static void test_writes(void **state)
{
	uint8_t out[VAIC_WAV_HEADER_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(header); i++) {
		CHECK_EQ(header[i].len, vaic_wav_header(out, header[i].f),
			 vaic_format_name(header[i].f));
		CHECK(memcmp(header[i].header, out, header[i].len) == 0,
		      vaic_format_name(header[i].f));
	}
	CHECK_EQ(VAIC_WAV_HEADER, header[0].len, "linear");
	CHECK_EQ(VAIC_WAV_HEADER_MAX, header[3].len, "mu-law");
}

/* Whole, and at every split. */
static void test_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(header); i++) {
		uint8_t stream[64];
		size_t n = header[i].len + 4;

		memset(stream, 0x55, sizeof(stream));
		memcpy(stream, header[i].header, header[i].len);
		for (size_t cut = 0; cut < header[i].len; cut++) {
			struct vaic_wav w = { .used = 0 };
			const char *why;

			CHECK_EQ(cut,
				 vaic_wav_read(&w, header[i].f, stream, cut,
					       &why),
				 "all of it is header");
			CHECK(!w.is_done, "not yet");
			CHECK_EQ(header[i].len - cut,
				 vaic_wav_read(&w, header[i].f, stream + cut,
					       n - cut, &why),
				 "up to the data");
			CHECK(w.is_done && !why, "done");
			CHECK_EQ(0,
				 vaic_wav_read(&w, header[i].f, stream, n,
					       &why),
				 "one header a stream");
		}
	}
}

static void test_judges(void **state)
{
#define ROW(text, result, why)               \
	{                                    \
		text, LEN(text), result, why \
	}
	static const struct {
		const char *bytes;
		size_t len;
		long result;
		const char *why;
	} row[] = {
		ROW(RIFF LIST FMT_8 DATA "xx", LEN(RIFF LIST FMT_8 DATA),
		    "other chunks are passed over"),
		ROW("RIFF\0\0\0\0WAVE" FMT_8 "data\0\0\0\0xx",
		    LEN(RIFF FMT_8 DATA), "3.1: lengths of 0"),
		ROW("xx", -EPROTO, "it does not begin with RIFF"),
		ROW("RIFX\0\0\0\0WAVE", -EPROTO, "it does not begin with RIFF"),
		ROW("RIFF\0\0\0\0WAVX", -EPROTO, "it is no WAVE"),
		ROW(RIFF DATA, -EPROTO, "its data comes before its fmt"),
		ROW(RIFF FMT_16 DATA, -EPROTO, "its sample rate is another"),
		ROW(RIFF FMT_ULAW DATA, -EPROTO, "its format tag is another"),
		ROW(RIFF STEREO DATA, -EPROTO, "it is not mono"),
		ROW(RIFF WIDE DATA, -EPROTO, "its sample width is another"),
		ROW(RIFF "fmt \x02\0\0\0\x01\0" DATA, -EPROTO,
		    "its fmt chunk is short"),
		ROW(RIFF "LIST\xff\xff\xff\xff", -EPROTO,
		    "a chunk before its data is too long"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct vaic_wav w = { .used = 0 };
		const char *why;

		CHECK_EQ(row[i].result,
			 vaic_wav_read(&w, VAIC_WAV_LPCM16_8,
				       (const uint8_t *)row[i].bytes,
				       row[i].len, &why),
			 row[i].why);
		CHECK(w.is_done, row[i].why);
		if (row[i].result < 0)
			CHECK_STR(row[i].why, why, row[i].why);
	}
}

static void test_ends_a_header_without_end(void **state)
{
	uint8_t chunk[8 + 100] = "LIST\x64\0\0";
	struct vaic_wav w = { .used = 0 };
	const char *why;
	long got = vaic_wav_read(&w, VAIC_WAV_MULAW, (const uint8_t *)RIFF,
				 LEN(RIFF), &why);

	(void)state;
	for (size_t i = 0; got >= 0; i++) {
		CHECK(i * sizeof(chunk) <= VAIC_WAV_READ_MAX, "bounded");
		got = vaic_wav_read(&w, VAIC_WAV_MULAW, chunk, sizeof(chunk),
				    &why);
	}
	CHECK_STR("its header has no end", why, "told");
	CHECK(w.is_done, "and over");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_judges),
		cmocka_unit_test(test_ends_a_header_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
