/* The eight media formats of the AudioCodes Bot API (AudioCodes reference,
 * 3.1): names on the wire <-> coding, rate and wrapping. Always mono. */
#ifndef PROTOCOLS_AUDIOCODES_FORMAT_H
#define PROTOCOLS_AUDIOCODES_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

enum audiocodes_coding {
	AUDIOCODES_MULAW,  /* G.711, one byte a sample */
	AUDIOCODES_LPCM16, /* signed 16-bit little-endian */
};

enum audiocodes_format_id {
	AUDIOCODES_RAW_MULAW,
	AUDIOCODES_WAV_MULAW,
	AUDIOCODES_RAW_LPCM16_8,
	AUDIOCODES_WAV_LPCM16_8,
	AUDIOCODES_RAW_LPCM16, /* 16 kHz, not 8 */
	AUDIOCODES_WAV_LPCM16,
	AUDIOCODES_RAW_LPCM16_24,
	AUDIOCODES_WAV_LPCM16_24,
	AUDIOCODES_FORMATS,
	AUDIOCODES_NO_FORMAT = AUDIOCODES_FORMATS
};

struct audiocodes_format {
	const char *name;
	enum audiocodes_coding coding;
	unsigned rate; /* Hz */
	bool is_wav;   /* a RIFF header comes first */
};

extern const struct audiocodes_format audiocodes_format[AUDIOCODES_FORMATS];

/* audiocodes_format_named: AUDIOCODES_NO_FORMAT for a name not in the table. */
enum audiocodes_format_id audiocodes_format_named(const char *name);

/* What the peer takes, each format once. Names not in the table are left out.
 */
struct audiocodes_offer {
	unsigned count;
	unsigned set; /* bit 1 << id */
};

/* audiocodes_offer_add: one more name. */
void audiocodes_offer_add(struct audiocodes_offer *o, const char *name);

/* audiocodes_offer_choose: the first of n preferences that is offered, or
 * AUDIOCODES_NO_FORMAT. */
enum audiocodes_format_id audiocodes_offer_choose(
	const struct audiocodes_offer *o,
	const enum audiocodes_format_id *preference, size_t n);

#endif
