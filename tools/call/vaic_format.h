/* The eight media formats of the Bot API (AudioCodes reference, 3.1): mono,
 * linear samples 16-bit little-endian; wav/X is X behind one RIFF header. */
#ifndef TOOLS_CALL_VAIC_FORMAT_H
#define TOOLS_CALL_VAIC_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order in which Live Hub offers them (2.2). */
enum vaic_format {
	VAIC_RAW_LPCM16_8,
	VAIC_WAV_LPCM16_8,
	VAIC_RAW_MULAW,
	VAIC_WAV_MULAW,
	VAIC_RAW_LPCM16, /* 16 kHz */
	VAIC_WAV_LPCM16,
	VAIC_RAW_LPCM16_24,
	VAIC_WAV_LPCM16_24,
	VAIC_FORMATS /* also: none of them */
};

/* vaic_format_name: as in supportedMediaFormats; "" for VAIC_FORMATS. */
const char *vaic_format_name(enum vaic_format f);

/* vaic_format_find: VAIC_FORMATS when no format is called so. */
enum vaic_format vaic_format_find(const char *name);

bool vaic_format_is_wav(enum vaic_format f);
bool vaic_format_is_mulaw(enum vaic_format f);
unsigned vaic_format_rate(enum vaic_format f);       /* Hz */
size_t vaic_format_sample_bytes(enum vaic_format f); /* 1 or 2 */

/* vaic_format_bytes: of so many ms of sound, without a header. */
size_t vaic_format_bytes(enum vaic_format f, unsigned ms);

#endif
