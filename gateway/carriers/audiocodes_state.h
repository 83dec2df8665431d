/* The states of a conversation with VoiceAI Connect, and what each event asks
 * for. The step is pure; the leg carries out.
 *
 * Before the conversation there is only a socket (audiocodes_socket.h).
 * Source: AudioCodes reference, 8.1. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_STATE_H
#define GATEWAY_CARRIERS_AUDIOCODES_STATE_H

enum audiocodes_state {
	AUDIOCODES_SETUP, /* initiated, not accepted yet */
	AUDIOCODES_ACTIVE,
	AUDIOCODES_ENDING,   /* hangup or transfer was sent */
	AUDIOCODES_DETACHED, /* ACTIVE without a socket */
	AUDIOCODES_LEAVING,  /* ENDING without a socket */
	AUDIOCODES_OVER,
	AUDIOCODES_STATES
};

enum audiocodes_state_event {
	AUDIOCODES_EV_ACCEPT,   /* the call is set up */
	AUDIOCODES_EV_LOST,     /* the socket is gone without session.end */
	AUDIOCODES_EV_RESUME,   /* another one has come */
	AUDIOCODES_EV_LEAVE,    /* we hang up or transfer */
	AUDIOCODES_EV_STAY,     /* the transfer failed */
	AUDIOCODES_EV_END,      /* session.end, or the call is begun anew */
	AUDIOCODES_EV_FAIL,     /* the session can not go on: session.error */
	AUDIOCODES_EV_DEADLINE, /* waited long enough in this state */
	AUDIOCODES_STATE_EVENTS
};

/* What to do, in this order. */
#define AUDIOCODES_DO_ACCEPT 0x01 /* send session.accepted */
#define AUDIOCODES_DO_ATTACH 0x02 /* tell the call that the line is back */
#define AUDIOCODES_DO_LEAVE  0x04 /* send the hangup or transfer, (again) */
#define AUDIOCODES_DO_DETACH 0x08 /* tell the call that the line broke */
#define AUDIOCODES_DO_REFUSE 0x10 /* send session.error, let the peer close */
#define AUDIOCODES_DO_CLOSE  0x20 /* close the socket, 1000 */
#define AUDIOCODES_DO_FINISH 0x40 /* tell the call and the owner: over */

/* audiocodes_state_step: returns what to do; 0: the event means nothing here,
 * and the state stays. */
unsigned audiocodes_state_step(enum audiocodes_state *state,
			       enum audiocodes_state_event event);

#endif
