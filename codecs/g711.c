#include "codecs/g711.h"

#include <spandsp/telephony.h>
#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>

#include "codecs/g711_inner.h"

/* What SpanDSP makes of every code word, worked out before main. */
static int16_t ulaw_value[256], alaw_value[256];

__attribute__((constructor)) static void fill_values(void)
{
	for (unsigned code = 0; code < 256; code++) {
		ulaw_value[code] = ulaw_to_linear((uint8_t)code);
		alaw_value[code] = alaw_to_linear((uint8_t)code);
	}
}

static size_t expand(int16_t *pcm, const uint8_t *code, size_t n,
		     const int16_t value[256])
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = value[code[i]];
	return n;
}

size_t g711_ulaw_decode(int16_t *pcm, const uint8_t *ulaw, size_t n)
{
	return expand(pcm, ulaw, n, ulaw_value);
}

void g711_ulaw_encode_each(uint8_t *ulaw, const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ulaw[i] = linear_to_ulaw(pcm[i]);
}

size_t g711_ulaw_encode(uint8_t *ulaw, const int16_t *pcm, size_t n)
{
	if (g711_has_wide())
		g711_ulaw_encode_wide(ulaw, pcm, n);
	else
		g711_ulaw_encode_each(ulaw, pcm, n);
	return n;
}

size_t g711_alaw_decode(int16_t *pcm, const uint8_t *alaw, size_t n)
{
	return expand(pcm, alaw, n, alaw_value);
}

size_t g711_alaw_encode(uint8_t *alaw, const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		alaw[i] = linear_to_alaw(pcm[i]);
	return n;
}
