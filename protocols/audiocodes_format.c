#include "protocols/audiocodes_format.h"

#include <string.h>

const struct audiocodes_format audiocodes_format[AUDIOCODES_FORMATS] = {
	[AUDIOCODES_RAW_MULAW] = { "raw/mulaw", AUDIOCODES_MULAW, 8000, false },
	[AUDIOCODES_WAV_MULAW] = { "wav/mulaw", AUDIOCODES_MULAW, 8000, true },
	[AUDIOCODES_RAW_LPCM16_8] = { "raw/lpcm16_8", AUDIOCODES_LPCM16, 8000,
				      false },
	[AUDIOCODES_WAV_LPCM16_8] = { "wav/lpcm16_8", AUDIOCODES_LPCM16, 8000,
				      true },
	[AUDIOCODES_RAW_LPCM16] = { "raw/lpcm16", AUDIOCODES_LPCM16, 16000,
				    false },
	[AUDIOCODES_WAV_LPCM16] = { "wav/lpcm16", AUDIOCODES_LPCM16, 16000,
				    true },
	[AUDIOCODES_RAW_LPCM16_24] = { "raw/lpcm16_24", AUDIOCODES_LPCM16,
				       24000, false },
	[AUDIOCODES_WAV_LPCM16_24] = { "wav/lpcm16_24", AUDIOCODES_LPCM16,
				       24000, true },
};

enum audiocodes_format_id audiocodes_format_named(const char *name)
{
	unsigned id = 0;

	while (id < AUDIOCODES_FORMATS &&
	       strcmp(audiocodes_format[id].name, name) != 0)
		id++;
	return (enum audiocodes_format_id)id;
}

static bool has(const struct audiocodes_offer *o, enum audiocodes_format_id id)
{
	return o->set >> id & 1;
}

void audiocodes_offer_add(struct audiocodes_offer *o, const char *name)
{
	enum audiocodes_format_id id = audiocodes_format_named(name);

	if (id == AUDIOCODES_NO_FORMAT || has(o, id))
		return;
	o->count++;
	o->set |= 1u << id;
}

enum audiocodes_format_id audiocodes_offer_choose(
	const struct audiocodes_offer *o,
	const enum audiocodes_format_id *preference, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (has(o, preference[i]))
			return preference[i];
	return AUDIOCODES_NO_FORMAT;
}
