#include "codecs/g711.h"

#include <spandsp/telephony.h>
#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>

size_t g711_ulaw_decode(int16_t *pcm, const uint8_t *ulaw, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = ulaw_to_linear(ulaw[i]);
	return n;
}

size_t g711_ulaw_encode(uint8_t *ulaw, const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ulaw[i] = linear_to_ulaw(pcm[i]);
	return n;
}

size_t g711_alaw_decode(int16_t *pcm, const uint8_t *alaw, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = alaw_to_linear(alaw[i]);
	return n;
}

size_t g711_alaw_encode(uint8_t *alaw, const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		alaw[i] = linear_to_alaw(pcm[i]);
	return n;
}
