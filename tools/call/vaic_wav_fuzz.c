/* The first bytes of a wav/… stream: any split gives the same place of the
 * data, and a header we would write ourselves is always taken. The first byte
 * picks the format and where to split. */
#include "tools/testing/fuzz.h"

#include "tools/call/vaic_wav.h"

static long read_split(enum vaic_format f, const uint8_t *in, size_t n,
		       size_t step, bool *is_wrong)
{
	struct vaic_wav w = { .used = 0 };
	const char *why;
	long header = 0;

	*is_wrong = false;
	for (size_t at = 0; at < n && !w.is_done; at += step) {
		size_t run = n - at < step ? n - at : step;
		uint8_t *piece = fuzz_copy(in + at, run);
		long got = vaic_wav_read(&w, f, piece, run, &why);

		free(piece);
		FUZZ_CHECK(got <= (long)run);
		FUZZ_CHECK((got < 0) == (why != NULL));
		FUZZ_CHECK(got >= 0 || w.is_done);
		*is_wrong = got < 0;
		if (got > 0)
			header += got;
	}
	return header;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const enum vaic_format format[] = { VAIC_WAV_MULAW,
						   VAIC_WAV_LPCM16_8,
						   VAIC_WAV_LPCM16,
						   VAIC_WAV_LPCM16_24 };
	bool whole_wrong, split_wrong;

	if (n < 1)
		return 0;
	enum vaic_format f = format[data[0] & 3];
	size_t step = (size_t)(data[0] >> 2) + 1;
	long whole = read_split(f, data + 1, n - 1, n, &whole_wrong);
	long split = read_split(f, data + 1, n - 1, step, &split_wrong);
	/* Beyond what is kept, a split sees more than the whole did. */
	if (n - 1 <= VAIC_WAV_READ_MAX) {
		FUZZ_CHECK(whole_wrong == split_wrong);
		FUZZ_CHECK(whole_wrong || whole == split);
	}

	uint8_t own[VAIC_WAV_HEADER_MAX];
	size_t len = vaic_wav_header(own, f);
	FUZZ_CHECK(read_split(f, own, len, step, &split_wrong) == (long)len);
	FUZZ_CHECK(!split_wrong);
	return 0;
}
