/* Inside G.711: the ways to compress, for tests and measures; g711.c takes the
 * best. */
#ifndef CODECS_G711_INNER_H
#define CODECS_G711_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One sample after the other, SpanDSP's: every CPU. */
void g711_ulaw_encode_each(uint8_t *ulaw, const int16_t *pcm, size_t n);

/* Sixteen samples at once, for a CPU with AVX2 (g711_has_wide); elsewhere it
 * may not be called. The same code words. */
bool g711_has_wide(void);
void g711_ulaw_encode_wide(uint8_t *ulaw, const int16_t *pcm, size_t n);

#endif
