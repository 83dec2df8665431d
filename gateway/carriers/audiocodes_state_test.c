#include "tools/testing/check.h"

#include <stdbool.h>

#include "gateway/carriers/audiocodes_state.h"

/* The states of the reference, 8.1, arrow by arrow; what is not here must mean
 * nothing. */
static const struct {
	enum audiocodes_state from;
	enum audiocodes_state_event event;
	enum audiocodes_state to;
	unsigned todo;
	const char *why;
} arrow[] = {
	{ AUDIOCODES_SETUP, AUDIOCODES_EV_ACCEPT, AUDIOCODES_ACTIVE,
	  AUDIOCODES_DO_ACCEPT, "accepted" },
	{ AUDIOCODES_SETUP, AUDIOCODES_EV_FAIL, AUDIOCODES_OVER,
	  AUDIOCODES_DO_REFUSE | AUDIOCODES_DO_FINISH, "session.error" },
	{ AUDIOCODES_SETUP, AUDIOCODES_EV_END, AUDIOCODES_OVER,
	  AUDIOCODES_DO_CLOSE | AUDIOCODES_DO_FINISH, "session.end" },
	{ AUDIOCODES_SETUP, AUDIOCODES_EV_LOST, AUDIOCODES_OVER,
	  AUDIOCODES_DO_FINISH, "there is nothing to resume yet" },
	{ AUDIOCODES_ACTIVE, AUDIOCODES_EV_LOST, AUDIOCODES_DETACHED,
	  AUDIOCODES_DO_DETACH, "socket lost" },
	{ AUDIOCODES_ACTIVE, AUDIOCODES_EV_LEAVE, AUDIOCODES_ENDING,
	  AUDIOCODES_DO_LEAVE, "we hang up or transfer" },
	{ AUDIOCODES_ACTIVE, AUDIOCODES_EV_END, AUDIOCODES_OVER,
	  AUDIOCODES_DO_CLOSE | AUDIOCODES_DO_FINISH, "session.end" },
	{ AUDIOCODES_ACTIVE, AUDIOCODES_EV_FAIL, AUDIOCODES_OVER,
	  AUDIOCODES_DO_REFUSE | AUDIOCODES_DO_FINISH, "any time, 2.2" },
	{ AUDIOCODES_ENDING, AUDIOCODES_EV_LOST, AUDIOCODES_LEAVING,
	  AUDIOCODES_DO_DETACH, "hangup may be lost" },
	{ AUDIOCODES_ENDING, AUDIOCODES_EV_LEAVE, AUDIOCODES_ENDING,
	  AUDIOCODES_DO_LEAVE, "hang up behind a transfer" },
	{ AUDIOCODES_ENDING, AUDIOCODES_EV_STAY, AUDIOCODES_ACTIVE, 0,
	  "transferStatus failed" },
	{ AUDIOCODES_ENDING, AUDIOCODES_EV_END, AUDIOCODES_OVER,
	  AUDIOCODES_DO_CLOSE | AUDIOCODES_DO_FINISH, "session.end" },
	{ AUDIOCODES_ENDING, AUDIOCODES_EV_FAIL, AUDIOCODES_OVER,
	  AUDIOCODES_DO_REFUSE | AUDIOCODES_DO_FINISH, "any time" },
	{ AUDIOCODES_ENDING, AUDIOCODES_EV_DEADLINE, AUDIOCODES_OVER,
	  AUDIOCODES_DO_CLOSE | AUDIOCODES_DO_FINISH, "10 s" },
	{ AUDIOCODES_DETACHED, AUDIOCODES_EV_RESUME, AUDIOCODES_ACTIVE,
	  AUDIOCODES_DO_ACCEPT | AUDIOCODES_DO_ATTACH, "resume" },
	{ AUDIOCODES_DETACHED, AUDIOCODES_EV_LEAVE, AUDIOCODES_LEAVING, 0,
	  "kept in mind" },
	{ AUDIOCODES_DETACHED, AUDIOCODES_EV_END, AUDIOCODES_OVER,
	  AUDIOCODES_DO_FINISH, "begun anew" },
	{ AUDIOCODES_DETACHED, AUDIOCODES_EV_FAIL, AUDIOCODES_OVER,
	  AUDIOCODES_DO_FINISH, "nobody to tell" },
	{ AUDIOCODES_DETACHED, AUDIOCODES_EV_DEADLINE, AUDIOCODES_OVER,
	  AUDIOCODES_DO_FINISH, "window over" },
	{ AUDIOCODES_LEAVING, AUDIOCODES_EV_RESUME, AUDIOCODES_ENDING,
	  AUDIOCODES_DO_ACCEPT | AUDIOCODES_DO_ATTACH | AUDIOCODES_DO_LEAVE,
	  "sent again" },
	{ AUDIOCODES_LEAVING, AUDIOCODES_EV_LEAVE, AUDIOCODES_LEAVING, 0,
	  "a hangup instead of a transfer" },
	{ AUDIOCODES_LEAVING, AUDIOCODES_EV_END, AUDIOCODES_OVER,
	  AUDIOCODES_DO_FINISH, "begun anew" },
	{ AUDIOCODES_LEAVING, AUDIOCODES_EV_FAIL, AUDIOCODES_OVER,
	  AUDIOCODES_DO_FINISH, "nobody to tell" },
	{ AUDIOCODES_LEAVING, AUDIOCODES_EV_DEADLINE, AUDIOCODES_OVER,
	  AUDIOCODES_DO_FINISH, "window over" },
};

static void test_arrows(void **state)
{
	bool seen[AUDIOCODES_STATES][AUDIOCODES_STATE_EVENTS] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(arrow); i++) {
		enum audiocodes_state s = arrow[i].from;
		CHECK_EQ(arrow[i].todo,
			 audiocodes_state_step(&s, arrow[i].event),
			 arrow[i].why);
		CHECK_EQ(arrow[i].to, s, arrow[i].why);
		seen[arrow[i].from][arrow[i].event] = true;
	}
	for (int s = 0; s < AUDIOCODES_STATES; s++)
		for (int e = 0; e < AUDIOCODES_STATE_EVENTS; e++) {
			enum audiocodes_state now = (enum audiocodes_state)s;
			if (seen[s][e])
				continue;
			CHECK_EQ(0,
				 audiocodes_state_step(
					 &now, (enum audiocodes_state_event)e),
				 "an empty cell");
			CHECK_EQ(s, now, "it stays");
		}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_arrows),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
