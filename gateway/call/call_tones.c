/* The call core, keys as sound: two tones each (ITU-T Q.23), on a line that has
 * no other way for them. */
#include "codecs/dtmf.h"
#include "codecs/g711.h"
#include "gateway/call/call_parts.h"

#define SAMPLES_PER_MS 8
#define SAMPLES_MAX    (2 * CALL_TONE_MS_MAX * SAMPLES_PER_MS)

static void push_local(void *owner, const uint8_t *bytes, size_t n)
{
	struct call *c = owner;

	playout_push_local(&c->playout, bytes, n);
}

static void push_key(struct call *c, struct transcoder *t, char key)
{
	const struct call_settings *s = &c->settings;
	int16_t pcm[SAMPLES_MAX];
	uint8_t ulaw[SAMPLES_MAX];
	size_t n = dtmf_generate(pcm, key, CALL_TONE_LEVEL, 0, s->tone_ms,
				 s->tone_pause_ms);

	g711_ulaw_encode(ulaw, pcm, n);
	transcoder_run(t, ulaw, n, push_local, c);
}

void call_play_keys(struct call *c, const char *keys)
{
	struct transcoder t;

	transcoder_init(&t, AUDIO_ULAW, c->settings.playout_format);
	playout_begin_local(&c->playout);
	for (; *keys; keys++)
		push_key(c, &t, *keys);
	transcoder_flush(&t, push_local, c);
	playout_complete(&c->playout);
}
