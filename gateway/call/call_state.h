/* The call's state table: state by event, every cell deliberate. Pure. */
#ifndef GATEWAY_CALL_CALL_STATE_H
#define GATEWAY_CALL_CALL_STATE_H

enum call_state {
	CALL_CONNECTING,   /* the caller is there, the model is not yet */
	CALL_UP,           /* they talk */
	CALL_FAREWELL,     /* the call is to end: the goodbye first */
	CALL_LAST_WORDS,   /* its time is up: the goodbye, and no way back */
	CALL_HANDOVER,     /* to be transferred: the model's last words first */
	CALL_TRANSFERRING, /* the carrier was told to; it may fail */
	CALL_SORRY,        /* no model, or not any more: the apology, or the
			      farewell, is being spoken */
	CALL_ENDING,       /* the carrier was told to hang up */
	CALL_OVER,
	CALL_STATES
};

enum call_event {
	CALL_MODEL_READY,     /* configured, and confirmed */
	CALL_MODEL_LOST,      /* refused, failed, closed, silent for good */
	CALL_END_ASKED,       /* the model called end_call, or nobody talks */
	CALL_TRANSFER_ASKED,  /* the model called transfer_call */
	CALL_TRANSFER_FAILED, /* the caller is back */
	CALL_KEY_TRANSFER,    /* the caller pressed a key for a person … */
	CALL_KEY_END,         /* … or for the end */
	CALL_BARGED_IN,       /* the caller interrupted speech */
	CALL_HEARD,           /* all there was to hear has been heard */
	CALL_RESCUED,         /* the same, and a person can be reached */
	CALL_DEADLINE,        /* the state lasted too long */
	CALL_DISMISSED,       /* this gateway goes down, and is polite */
	CALL_STOPPED,         /* the same, at once */
	CALL_CARRIER_ENDED,   /* the caller's side is gone */
	CALL_EVENTS
};

/* What to do, in this order. */
enum call_todo {
	CALL_DO_CLOSE_MODEL = 1 << 0,
	CALL_DO_FLUSH_RING = 1 << 1,
	CALL_DO_BEGIN_TALKING = 1 << 2,
	CALL_DO_AWAIT_GOODBYE = 1 << 3,
	CALL_DO_ASK_GOODBYE = 1 << 4, /* the model: say it now */
	CALL_DO_APOLOGISE = 1 << 5,
	CALL_DO_TRANSFER = 1 << 6,
	CALL_DO_TELL_KEPT = 1 << 7,   /* the model: no transfer after all */
	CALL_DO_TELL_FAILED = 1 << 8, /* the model: the transfer failed */
	CALL_DO_HANG_UP = 1 << 9,
	CALL_DO_FINISH = 1 << 10
};

/* call_state_step: change *state, return what to do (call_todo bits, 0: the
 * event means nothing in this state). */
unsigned call_state_step(enum call_state *state, enum call_event event);

const char *call_state_name(enum call_state state);

#endif
