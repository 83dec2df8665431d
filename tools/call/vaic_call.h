/* One call from VoiceAI Connect's side: the connectivity checks, or a
 * conversation with a bot over as many sockets as it takes, and the person who
 * speaks in it (AudioCodes reference, section 9). */
#ifndef TOOLS_CALL_VAIC_CALL_H
#define TOOLS_CALL_VAIC_CALL_H

#include "tools/call/caller_call.h"

/* Its options are a struct vaic_call_options. */
extern const struct caller_call_kind vaic_call_kind;

#endif
