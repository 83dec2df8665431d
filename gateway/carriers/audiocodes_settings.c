#include "gateway/carriers/audiocodes_settings.h"

#include <string.h>

#include "protocols/audiocodes_message.h"

static const enum audiocodes_format_id for_pcm[AUDIOCODES_FORMATS] = {
	AUDIOCODES_RAW_LPCM16_24, AUDIOCODES_RAW_LPCM16,
	AUDIOCODES_RAW_LPCM16_8,  AUDIOCODES_RAW_MULAW,
	AUDIOCODES_WAV_LPCM16_24, AUDIOCODES_WAV_LPCM16,
	AUDIOCODES_WAV_LPCM16_8,  AUDIOCODES_WAV_MULAW,
};

/* Behind mu-law the one from which it is made without a filter. */
static const enum audiocodes_format_id for_mulaw[AUDIOCODES_FORMATS] = {
	AUDIOCODES_RAW_MULAW,  AUDIOCODES_RAW_LPCM16_8,
	AUDIOCODES_RAW_LPCM16, AUDIOCODES_RAW_LPCM16_24,
	AUDIOCODES_WAV_MULAW,  AUDIOCODES_WAV_LPCM16_8,
	AUDIOCODES_WAV_LPCM16, AUDIOCODES_WAV_LPCM16_24,
};

void audiocodes_settings_prefer(struct audiocodes_settings *s, bool is_mulaw)
{
	const enum audiocodes_format_id *order = is_mulaw ? for_mulaw : for_pcm;

	if (s->caller_formats == 0) {
		memcpy(s->caller_format, order, sizeof(s->caller_format));
		s->caller_formats = AUDIOCODES_FORMATS;
	}
	if (s->play_formats == 0) {
		memcpy(s->play_format, order, sizeof(s->play_format));
		s->play_formats = AUDIOCODES_FORMATS;
	}
}

enum audio_format audiocodes_settings_audio(enum audiocodes_format_id id)
{
	const struct audiocodes_format *f = &audiocodes_format[id];

	if (f->coding == AUDIOCODES_MULAW)
		return AUDIO_ULAW;
	return f->rate == 24000   ? AUDIO_PCM24
	       : f->rate == 16000 ? AUDIO_PCM16
				  : AUDIO_PCM8;
}

bool audiocodes_settings_agree(const struct audiocodes_settings *s,
			       const struct audiocodes_event *initiate,
			       enum audiocodes_format_id *caller,
			       enum audiocodes_format_id *play)
{
	const struct audiocodes_offer *offer = &initiate->offer;
	bool is_text = !initiate->expects_audio;

	*caller = AUDIOCODES_RAW_LPCM16;
	*play = AUDIOCODES_RAW_LPCM16;
	if (!initiate->has_offer || (offer->count == 0 && is_text))
		return true;
	*caller = audiocodes_offer_choose(offer, s->caller_format,
					  s->caller_formats);
	*play = audiocodes_offer_choose(offer, s->play_format, s->play_formats);
	if (*play == AUDIOCODES_NO_FORMAT && is_text)
		*play = *caller;
	return *caller != AUDIOCODES_NO_FORMAT && *play != AUDIOCODES_NO_FORMAT;
}
