/* A WAV header where a stream of audio begins, taken out as bytes come in.
 *
 * Audio in the formats wav/… begins with a RIFF header; some senders put one
 * before every chunk they send. What does not begin with "RIFF????WAVE" is
 * audio as it stands. Bytes in, slices of them out: nothing is copied but the
 * few bytes that could still become a header, nothing is allocated, and how
 * the bytes are split changes nothing.
 *
 * Source: AudioCodes reference, 3.1; Microsoft and IBM, Multimedia Programming
 * Interface and Data Specifications 1.0 (RIFF, WAVE). */
#ifndef PROTOCOLS_WAV_STREAM_H
#define PROTOCOLS_WAV_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAV_STREAM_HEADER_MAX 4096 /* bytes before the audio; more: -EPROTO */
#define WAV_STREAM_WRITTEN    58   /* bytes, the longest header we write */

#define WAV_STREAM_PCM        1
#define WAV_STREAM_MULAW      7
#define WAV_STREAM_EXTENSIBLE 0xfffe /* with no sub-format said */

/* What the chunk "fmt " says. */
struct wav_stream_format {
	uint16_t tag; /* of an extensible format: its sub-format's */
	uint16_t channels;
	uint32_t rate; /* samples a second, of one channel */
	uint16_t bits; /* of a sample */
};

enum wav_stream_state {
	WAV_STREAM_AUDIO, /* left bytes of it */
	WAV_STREAM_AFTER, /* behind the audio: not audio */
	WAV_STREAM_HEAD,  /* of a RIFF chunk: its name and length */
	WAV_STREAM_FMT,   /* "fmt ", collected in held */
	WAV_STREAM_SKIP,  /* left bytes of a chunk nobody needs */
	WAV_STREAM_BROKEN
};

struct wav_stream {
	enum wav_stream_state state;
	bool is_matching;  /* AUDIO, AFTER: held may begin a header */
	bool has_format;   /* a header has said it */
	uint8_t held[40];  /* collected so far */
	size_t held_len;   /* bytes */
	size_t header_len; /* bytes of this header so far */
	uint64_t left;     /* bytes; UINT64_MAX without end */
	size_t fmt_len;    /* bytes of "fmt " to be collected */
	struct wav_stream_format format;
};

/* The audio in what was fed: held first, then data. */
struct wav_stream_audio {
	const uint8_t *held; /* fed earlier, and no header after all; belongs
				to the wav_stream until it is fed again */
	size_t held_len;     /* bytes, at most 11 */
	const uint8_t *data; /* inside what was fed */
	size_t data_len;     /* bytes */
};

/* wav_stream_init: the stream begins, and so does its first chunk. */
void wav_stream_init(struct wav_stream *w);

/* wav_stream_chunk: what is fed next begins a chunk as the sender made it: a
 * header may stand there again. A header not complete yet goes on. */
void wav_stream_chunk(struct wav_stream *w);

/* wav_stream_feed: n bytes more of the stream.
 *
 * audio  filled always; empty on an error
 * Returns 0; -EPROTO a header over WAV_STREAM_HEADER_MAX or with a "fmt " of
 * under 16 bytes, and from then on until wav_stream_init. */
int wav_stream_feed(struct wav_stream *w, const uint8_t *in, size_t n,
		    struct wav_stream_audio *audio);

/* wav_stream_header: the header of a stream without end, one channel: 44 bytes
 * for WAV_STREAM_PCM (16 bit), 58 for WAV_STREAM_MULAW (8 bit).
 * Returns how many bytes. */
size_t wav_stream_header(uint8_t out[WAV_STREAM_WRITTEN], uint16_t tag,
			 uint32_t rate);

#endif
