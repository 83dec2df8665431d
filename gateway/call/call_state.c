#include "gateway/call/call_state.h"

struct call_rule {
	enum call_state next;
	unsigned todo;
};

/* A cell that is not here means: nothing to do, stay. */
static const struct call_rule rule[CALL_STATES][CALL_EVENTS] = {
	[CALL_CONNECTING] = {
		[CALL_MODEL_READY] = {CALL_UP, CALL_DO_FLUSH_RING |
					       CALL_DO_BEGIN_TALKING},
		[CALL_MODEL_LOST] = {CALL_SORRY, CALL_DO_CLOSE_MODEL |
						 CALL_DO_APOLOGISE},
		[CALL_DEADLINE] = {CALL_SORRY, CALL_DO_CLOSE_MODEL |
					       CALL_DO_APOLOGISE},
		[CALL_DISMISSED] = {CALL_SORRY, CALL_DO_CLOSE_MODEL |
						CALL_DO_APOLOGISE},
		[CALL_STOPPED] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
					       CALL_DO_HANG_UP},
		[CALL_CARRIER_ENDED] = {CALL_OVER, CALL_DO_CLOSE_MODEL |
						   CALL_DO_FINISH},
	},
	[CALL_UP] = {
		[CALL_MODEL_LOST] = {CALL_SORRY, CALL_DO_CLOSE_MODEL |
						 CALL_DO_APOLOGISE},
		[CALL_END_ASKED] = {CALL_FAREWELL, CALL_DO_AWAIT_GOODBYE},
		[CALL_TRANSFER_ASKED] = {CALL_HANDOVER, CALL_DO_AWAIT_GOODBYE},
		[CALL_DEADLINE] = {CALL_LAST_WORDS, CALL_DO_AWAIT_GOODBYE |
						    CALL_DO_ASK_GOODBYE},
		[CALL_DISMISSED] = {CALL_SORRY, CALL_DO_CLOSE_MODEL |
						CALL_DO_APOLOGISE},
		[CALL_STOPPED] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
					       CALL_DO_HANG_UP},
		[CALL_CARRIER_ENDED] = {CALL_OVER, CALL_DO_CLOSE_MODEL |
						   CALL_DO_FINISH},
	},
	/* Dismissed from here on: it is about to end by itself. */
	[CALL_LAST_WORDS] = {
		[CALL_MODEL_LOST] = {CALL_LAST_WORDS, CALL_DO_CLOSE_MODEL},
		/* Who speaks up is answered, and that was it. */
		[CALL_HEARD] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
					     CALL_DO_HANG_UP},
		[CALL_DEADLINE] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
						CALL_DO_HANG_UP},
		[CALL_STOPPED] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
					       CALL_DO_HANG_UP},
		[CALL_CARRIER_ENDED] = {CALL_OVER, CALL_DO_CLOSE_MODEL |
						   CALL_DO_FINISH},
	},
	[CALL_FAREWELL] = {
		/* What was said of the goodbye still plays out. */
		[CALL_MODEL_LOST] = {CALL_FAREWELL, CALL_DO_CLOSE_MODEL},
		[CALL_BARGED_IN] = {CALL_UP, 0},
		[CALL_HEARD] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
					     CALL_DO_HANG_UP},
		[CALL_DEADLINE] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
						CALL_DO_HANG_UP},
		[CALL_STOPPED] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
					       CALL_DO_HANG_UP},
		[CALL_CARRIER_ENDED] = {CALL_OVER, CALL_DO_CLOSE_MODEL |
						   CALL_DO_FINISH},
	},
	[CALL_HANDOVER] = {
		/* A person can still take the call. */
		[CALL_MODEL_LOST] = {CALL_HANDOVER, CALL_DO_CLOSE_MODEL},
		[CALL_BARGED_IN] = {CALL_UP, CALL_DO_TELL_KEPT},
		[CALL_HEARD] = {CALL_TRANSFERRING, CALL_DO_TRANSFER},
		[CALL_DEADLINE] = {CALL_TRANSFERRING, CALL_DO_TRANSFER},
		[CALL_STOPPED] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
					       CALL_DO_HANG_UP},
		[CALL_CARRIER_ENDED] = {CALL_OVER, CALL_DO_CLOSE_MODEL |
						   CALL_DO_FINISH},
	},
	[CALL_TRANSFERRING] = {
		[CALL_MODEL_LOST] = {CALL_TRANSFERRING, CALL_DO_CLOSE_MODEL},
		[CALL_TRANSFER_FAILED] = {CALL_UP, CALL_DO_TELL_FAILED},
		/* Nobody said how it went: the caller may be waiting. */
		[CALL_DEADLINE] = {CALL_UP, CALL_DO_TELL_FAILED},
		[CALL_STOPPED] = {CALL_ENDING, CALL_DO_CLOSE_MODEL |
					       CALL_DO_HANG_UP},
		[CALL_CARRIER_ENDED] = {CALL_OVER, CALL_DO_CLOSE_MODEL |
						   CALL_DO_FINISH},
	},
	[CALL_SORRY] = {
		[CALL_HEARD] = {CALL_ENDING, CALL_DO_HANG_UP},
		[CALL_RESCUED] = {CALL_TRANSFERRING, CALL_DO_TRANSFER},
		[CALL_DEADLINE] = {CALL_ENDING, CALL_DO_HANG_UP},
		[CALL_STOPPED] = {CALL_ENDING, CALL_DO_HANG_UP},
		[CALL_CARRIER_ENDED] = {CALL_OVER, CALL_DO_FINISH},
	},
	[CALL_ENDING] = {
		/* The carrier never said it ended: let go of it. */
		[CALL_DEADLINE] = {CALL_OVER, CALL_DO_FINISH},
		[CALL_CARRIER_ENDED] = {CALL_OVER, CALL_DO_FINISH},
	},
};

unsigned call_state_step(enum call_state *state, enum call_event event)
{
	const struct call_rule *r = &rule[*state][event];

	if (r->next == CALL_CONNECTING) /* nothing leads there: an empty cell */
		return 0;
	*state = r->next;
	return r->todo;
}

const char *call_state_name(enum call_state state)
{
	static const char *const name[CALL_STATES] = {
		[CALL_CONNECTING] = "connecting",
		[CALL_UP] = "up",
		[CALL_FAREWELL] = "farewell",
		[CALL_LAST_WORDS] = "last_words",
		[CALL_HANDOVER] = "handover",
		[CALL_TRANSFERRING] = "transferring",
		[CALL_SORRY] = "sorry",
		[CALL_ENDING] = "ending",
		[CALL_OVER] = "over",
	};
	return name[state];
}
