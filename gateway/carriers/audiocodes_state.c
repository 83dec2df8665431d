#include "gateway/carriers/audiocodes_state.h"

struct rule {
	enum audiocodes_state next;
	unsigned todo;
};

#define SETUP    AUDIOCODES_SETUP
#define ACTIVE   AUDIOCODES_ACTIVE
#define ENDING   AUDIOCODES_ENDING
#define DETACHED AUDIOCODES_DETACHED
#define LEAVING  AUDIOCODES_LEAVING
#define OVER     AUDIOCODES_OVER
#define ACCEPT   AUDIOCODES_DO_ACCEPT
#define ATTACH   AUDIOCODES_DO_ATTACH
#define LEAVE    AUDIOCODES_DO_LEAVE
#define DETACH   AUDIOCODES_DO_DETACH
#define REFUSE   AUDIOCODES_DO_REFUSE
#define CLOSE    AUDIOCODES_DO_CLOSE
#define FINISH   AUDIOCODES_DO_FINISH
#define NOTED    0x80 /* nothing to do but to change the state */
#define EV(name) [AUDIOCODES_EV_##name]

/* An empty cell means nothing, on purpose. Nothing follows OVER. */
static const struct rule rule[AUDIOCODES_STATES][AUDIOCODES_STATE_EVENTS] = {
	[SETUP] = { EV(ACCEPT) = { ACTIVE, ACCEPT },
		    EV(LOST) = { OVER, FINISH },
		    EV(END) = { OVER, CLOSE | FINISH },
		    EV(FAIL) = { OVER, REFUSE | FINISH } },
	[ACTIVE] = { EV(LOST) = { DETACHED, DETACH },
		     EV(LEAVE) = { ENDING, LEAVE },
		     EV(END) = { OVER, CLOSE | FINISH },
		     EV(FAIL) = { OVER, REFUSE | FINISH } },
	/* A hangup may follow a transfer. */
	[ENDING] = { EV(LOST) = { LEAVING, DETACH },
		     EV(LEAVE) = { ENDING, LEAVE },
		     EV(STAY) = { ACTIVE, NOTED },
		     EV(END) = { OVER, CLOSE | FINISH },
		     EV(FAIL) = { OVER, REFUSE | FINISH },
		     EV(DEADLINE) = { OVER, CLOSE | FINISH } },
	[DETACHED] = { EV(RESUME) = { ACTIVE, ACCEPT | ATTACH },
		       EV(LEAVE) = { LEAVING, NOTED },
		       EV(END) = { OVER, FINISH }, EV(FAIL) = { OVER, FINISH },
		       EV(DEADLINE) = { OVER, FINISH } },
	[LEAVING] = { EV(RESUME) = { ENDING, ACCEPT | ATTACH | LEAVE },
		      EV(LEAVE) = { LEAVING, NOTED },
		      EV(END) = { OVER, FINISH }, EV(FAIL) = { OVER, FINISH },
		      EV(DEADLINE) = { OVER, FINISH } },
};

unsigned audiocodes_state_step(enum audiocodes_state *state,
			       enum audiocodes_state_event event)
{
	const struct rule *r = &rule[*state][event];

	if (r->todo)
		*state = r->next;
	return r->todo & ~(unsigned)NOTED;
}
