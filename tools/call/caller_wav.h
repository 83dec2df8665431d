/* A call as a sound file: left what the caller said, right what was heard, both
 * on the call's clock. At the line's own rate: what was 24 kHz stays so. */
#ifndef TOOLS_CALL_CALLER_WAV_H
#define TOOLS_CALL_CALLER_WAV_H

struct caller_call;

/* caller_wav_write: of a call whose tracks were kept. Returns 0, -ENOMEM, or
 * what writing the file failed with. */
int caller_wav_write(const char *path, const struct caller_call *call);

#endif
