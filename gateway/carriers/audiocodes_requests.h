/* What the bot asks VoiceAI Connect to do: the activities that go out, each
 * with an id and the time. All return 0, or a negative errno when it could not
 * be written or sent; nothing is sent where nothing may be.
 * Source: AudioCodes reference, 4.4. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_REQUESTS_H
#define GATEWAY_CARRIERS_AUDIOCODES_REQUESTS_H

struct audiocodes_leg;
struct call_request;

/* audiocodes_requests_begin: what is asked when the call begins: the parameters
 * wanted, recording, ears for the participant; each as the settings say. */
void audiocodes_requests_begin(struct audiocodes_leg *leg);

/* audiocodes_requests_leave: the hangup or transfer that is pending. */
int audiocodes_requests_leave(struct audiocodes_leg *leg);

int audiocodes_requests_abort_prompts(struct audiocodes_leg *leg);
int audiocodes_requests_say(struct audiocodes_leg *leg, const char *text);

/* audiocodes_requests_do: keys, metadata, recording. -ENOTSUP for other kinds.
 */
int audiocodes_requests_do(struct audiocodes_leg *leg,
			   const struct call_request *r);

#endif
