#include "gateway/carriers/audiocodes_user.h"

#include <errno.h>

#include "gateway/call/call.h"
#include "gateway/carriers/audiocodes_settings.h"

void audiocodes_user_init(struct audiocodes_user *u, struct call *call,
			  enum audiocodes_format_id format)
{
	*u = (struct audiocodes_user){
		.call = call,
		.is_wav = audiocodes_format[format].is_wav,
		.format = audiocodes_settings_audio(format),
	};
}

void audiocodes_user_start(struct audiocodes_user *u)
{
	u->is_streaming = true;
	u->is_unusable = false;
	u->has_odd = false;
	wav_stream_init(&u->wav);
}

void audiocodes_user_stop(struct audiocodes_user *u, uint64_t now_ns)
{
	if (u->is_streaming)
		call_caller_paused(u->call, now_ns);
	u->is_streaming = false;
}

void audiocodes_user_lost(struct audiocodes_user *u)
{
	u->has_odd = false;
	wav_stream_init(&u->wav);
}

static void hand_over(struct audiocodes_user *u, const uint8_t *bytes, size_t n,
		      uint64_t now_ns)
{
	if (n > 0)
		call_caller_audio(u->call, CALLER_NO_TIMESTAMP, bytes, n,
				  now_ns);
}

/* Half a sample waits for its other half. */
static void take(struct audiocodes_user *u, const uint8_t *bytes, size_t n,
		 uint64_t now_ns)
{
	if (audio_format_bytes_per_sample(u->format) == 1 || n == 0) {
		hand_over(u, bytes, n, now_ns);
		return;
	}
	if (u->has_odd) {
		hand_over(u, (uint8_t[]){ u->odd, bytes[0] }, 2, now_ns);
		bytes++;
		n--;
	}
	u->has_odd = n % 2 != 0;
	if (u->has_odd)
		u->odd = bytes[--n];
	hand_over(u, bytes, n, now_ns);
}

/* Returns -EPROTO for what the call cannot take. */
static int read_format(const struct wav_stream_format *f,
		       enum audio_format *format)
{
	static const struct {
		uint16_t tag, bits;
		uint32_t rate;
		enum audio_format format;
	} known[] = {
		{ WAV_STREAM_MULAW, 8, 8000, AUDIO_ULAW },
		{ WAV_STREAM_PCM, 16, 8000, AUDIO_PCM8 },
		{ WAV_STREAM_PCM, 16, 16000, AUDIO_PCM16 },
		{ WAV_STREAM_PCM, 16, 24000, AUDIO_PCM24 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (f->channels != 1 || f->tag != known[i].tag ||
		    f->bits != known[i].bits || f->rate != known[i].rate)
			continue;
		*format = known[i].format;
		return 0;
	}
	return -EPROTO;
}

/* The header knows better what follows it than the name agreed on. */
static int heed_header(struct audiocodes_user *u)
{
	enum audio_format format = u->format;
	int err = u->wav.has_format ? read_format(&u->wav.format, &format) : 0;

	if (!err && format != u->format) {
		u->format = format;
		u->has_odd = false;
		call_caller_format(u->call, format);
	}
	return err;
}

static int unwrap(struct audiocodes_user *u, const uint8_t *bytes, size_t n,
		  uint64_t now_ns)
{
	struct wav_stream_audio audio;
	int err;

	wav_stream_chunk(&u->wav);
	err = wav_stream_feed(&u->wav, bytes, n, &audio);
	if (!err)
		err = heed_header(u);
	if (err) {
		u->is_unusable = true;
		return -EPROTO;
	}
	take(u, audio.held, audio.held_len, now_ns);
	take(u, audio.data, audio.data_len, now_ns);
	return 0;
}

int audiocodes_user_chunk(struct audiocodes_user *u, const uint8_t *bytes,
			  size_t n, uint64_t now_ns)
{
	if (!u->is_streaming || u->is_unusable)
		return -EPIPE;
	if (u->is_wav)
		return unwrap(u, bytes, n, now_ns);
	take(u, bytes, n, now_ns);
	return 0;
}
