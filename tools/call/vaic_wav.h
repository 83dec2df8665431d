/* The RIFF header of a wav/… stream (AudioCodes reference, 3.1): one at the
 * start of a stream, written and read. */
#ifndef TOOLS_CALL_VAIC_WAV_H
#define TOOLS_CALL_VAIC_WAV_H

#include "tools/call/vaic_format.h"

#define VAIC_WAV_HEADER     44 /* bytes written of linear formats */
#define VAIC_WAV_HEADER_MAX 46 /* of mu-law */
/* A header being read may have other chunks in front of its data. */
#define VAIC_WAV_READ_MAX 4096

/* vaic_wav_header: of a stream whose length nobody knows yet: both lengths are
 * 0xffffffff. mu-law: format tag 7 and an empty extension (18 bytes of fmt).
 * Returns the bytes written. */
size_t vaic_wav_header(uint8_t out[VAIC_WAV_HEADER_MAX], enum vaic_format f);

/* A stream's header being collected; zero it to begin. */
struct vaic_wav {
	uint8_t bytes[VAIC_WAV_READ_MAX];
	size_t used;
	bool is_done; /* the data has begun, or there was no header */
};

/* vaic_wav_read: take the stream's next n bytes up to the data.
 *
 * why  told in words when the header is wrong or missing
 * Returns how many of the n bytes belong to the header (all of them while it is
 * incomplete); -EPROTO when the stream does not begin with RIFF, is no WAVE,
 * has data before fmt, or its fmt is not f's (tag, mono, rate, sample width):
 * then is_done is set and these bytes count as data. */
long vaic_wav_read(struct vaic_wav *w, enum vaic_format f, const uint8_t *in,
		   size_t n, const char **why);

#endif
