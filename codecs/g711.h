/* G.711 companding, mu-law and A-law, by SpanDSP; mu-law is compressed sixteen
 * samples at a time where the CPU has AVX2, to the same code words.
 *
 * Code words are one byte each, as sent on the wire (mu-law complemented,
 * A-law with even bits inverted). Linear samples are 16-bit, mu-law spans
 * [-32124, 32124], A-law [-32256, 32256].
 *
 * None of these functions can fail, keeps state or allocates. Input and output
 * may not overlap. Each returns n, the number of samples written.
 *
 * Source: ITU-T G.711 (11/88), tables 1 and 2. */
#ifndef CODECS_G711_H
#define CODECS_G711_H

#include <stddef.h>
#include <stdint.h>

#define G711_ULAW_SILENCE 0xff
#define G711_ALAW_SILENCE 0xd5

size_t g711_ulaw_decode(int16_t *pcm, const uint8_t *ulaw, size_t n);
size_t g711_ulaw_encode(uint8_t *ulaw, const int16_t *pcm, size_t n);
size_t g711_alaw_decode(int16_t *pcm, const uint8_t *alaw, size_t n);
size_t g711_alaw_encode(uint8_t *alaw, const int16_t *pcm, size_t n);

#endif
