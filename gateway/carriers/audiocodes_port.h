/* What a call does to its AudioCodes leg. While the leg has no socket, and
 * behind a hangup, everything but hang_up is dropped. Source: AudioCodes
 * reference, 2.5, 2.6, 3.5, 4.4. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_PORT_H
#define GATEWAY_CARRIERS_AUDIOCODES_PORT_H

#include "gateway/call/call_port.h"

/* leg: a struct audiocodes_leg. */
extern const struct call_carrier_port audiocodes_port;

#endif
