/* Messages of VoiceAI Connect in a conversation -> what they mean for the call,
 * and the answers they must have at once.
 * Source: AudioCodes reference, 2.4 to 2.7. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_MESSAGES_H
#define GATEWAY_CARRIERS_AUDIOCODES_MESSAGES_H

#include <stdint.h>

struct audiocodes_event;
struct audiocodes_leg;

/* audiocodes_messages_take: one message, read at now_ns. */
void audiocodes_messages_take(struct audiocodes_leg *leg,
			      const struct audiocodes_event *ev,
			      uint64_t now_ns);

#endif
