/* Activities of VoiceAI Connect -> what they mean for the call.
 * Source: AudioCodes reference, 4.1 to 4.3, 4.6. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_ACTIVITIES_H
#define GATEWAY_CARRIERS_AUDIOCODES_ACTIVITIES_H

struct audiocodes_event;
struct audiocodes_leg;

/* audiocodes_activities_take: all of one message, in order. */
void audiocodes_activities_take(struct audiocodes_leg *leg,
				const struct audiocodes_event *ev);

#endif
