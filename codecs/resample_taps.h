/* The resamplers' filter coefficients, as polyphase rows ready for an inner
 * product: row p, newest input last, zero-padded in front to a multiple of
 * four. Written by tools/measure/design_filter; see there for the design. */
#ifndef CODECS_RESAMPLE_TAPS_H
#define CODECS_RESAMPLE_TAPS_H

#define RESAMPLE_TAPS_8_TO_24  36
#define RESAMPLE_TAPS_24_TO_8  100
#define RESAMPLE_TAPS_16_TO_24 68
#define RESAMPLE_TAPS_24_TO_16 100

extern const float resample_taps_8_to_24[3 * RESAMPLE_TAPS_8_TO_24];
extern const float resample_taps_24_to_8[1 * RESAMPLE_TAPS_24_TO_8];
extern const float resample_taps_16_to_24[3 * RESAMPLE_TAPS_16_TO_24];
extern const float resample_taps_24_to_16[2 * RESAMPLE_TAPS_24_TO_16];

#endif
