/* Messages on a socket: those of sessions begin, resume or refuse a
 * conversation, the others go to the one the socket speaks for.
 * Source: AudioCodes reference, 2.1-2.3, 5.1, 5.2. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_RECEPTION_H
#define GATEWAY_CARRIERS_AUDIOCODES_RECEPTION_H

#include <stdint.h>

struct audiocodes_event;
struct audiocodes_socket;

/* audiocodes_reception_take: one message, read at now_ns. */
void audiocodes_reception_take(struct audiocodes_socket *s,
			       const struct audiocodes_event *ev,
			       uint64_t now_ns);

#endif
