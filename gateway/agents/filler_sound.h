/* A soft ticking that tells a caller: somebody is at it. Made, not recorded. */
#ifndef GATEWAY_AGENTS_FILLER_SOUND_H
#define GATEWAY_AGENTS_FILLER_SOUND_H

#include <stddef.h>
#include <stdint.h>

/* G.711 mu-law, 8 kHz, to be played again and again: a bar of two ticks and
 * their pauses, at most -40 dBm0. */
#define FILLER_SOUND_LEN 12000

/* filler_sound_make: fill out. Always the same. */
void filler_sound_make(uint8_t out[FILLER_SOUND_LEN]);

#endif
