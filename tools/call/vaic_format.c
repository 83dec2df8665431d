#include "tools/call/vaic_format.h"

#include <string.h>

static const struct {
	const char *name;
	unsigned rate;
	bool is_mulaw;
	bool is_wav;
} format[VAIC_FORMATS + 1] = {
	[VAIC_RAW_LPCM16_8] = { "raw/lpcm16_8", 8000, false, false },
	[VAIC_WAV_LPCM16_8] = { "wav/lpcm16_8", 8000, false, true },
	[VAIC_RAW_MULAW] = { "raw/mulaw", 8000, true, false },
	[VAIC_WAV_MULAW] = { "wav/mulaw", 8000, true, true },
	[VAIC_RAW_LPCM16] = { "raw/lpcm16", 16000, false, false },
	[VAIC_WAV_LPCM16] = { "wav/lpcm16", 16000, false, true },
	[VAIC_RAW_LPCM16_24] = { "raw/lpcm16_24", 24000, false, false },
	[VAIC_WAV_LPCM16_24] = { "wav/lpcm16_24", 24000, false, true },
	[VAIC_FORMATS] = { "", 0, false, false },
};

const char *vaic_format_name(enum vaic_format f)
{
	return format[f].name;
}

enum vaic_format vaic_format_find(const char *name)
{
	unsigned f = 0;

	while (f < VAIC_FORMATS && strcmp(format[f].name, name) != 0)
		f++;
	return (enum vaic_format)f;
}

bool vaic_format_is_wav(enum vaic_format f)
{
	return format[f].is_wav;
}

bool vaic_format_is_mulaw(enum vaic_format f)
{
	return format[f].is_mulaw;
}

unsigned vaic_format_rate(enum vaic_format f)
{
	return format[f].rate;
}

size_t vaic_format_sample_bytes(enum vaic_format f)
{
	return format[f].is_mulaw ? 1 : 2;
}

size_t vaic_format_bytes(enum vaic_format f, unsigned ms)
{
	return (size_t)(format[f].rate / 1000) * ms *
	       vaic_format_sample_bytes(f);
}
