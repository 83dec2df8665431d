/* The keypad menu of a call: that of the agent it has, and before it what its
 * route adds. A route's entry counts in place of the agent's of the same keys,
 * and goes with the call to whomever it is handed. */
#ifndef GATEWAY_AGENTS_AGENT_KEYPAD_H
#define GATEWAY_AGENTS_AGENT_KEYPAD_H

#include <stddef.h>

struct agent;
struct agent_call;
struct config_key;
struct config_route;
struct key_run;
struct keypad;
struct keypad_entry;

/* agent_keypad_make: texts are the configuration's, the prompt is the agent's.
 * route  of a's configuration; or NULL */
void agent_keypad_make(struct keypad *k, const struct agent *a,
		       const struct config_route *route);

/* agent_keypad_check: have all functions that keys name arguments that they
 * take, and can a key call them at all: those of agent.functions, save_form,
 * search_knowledge, ask_supervisor.
 * Returns 0, or -EINVAL and why: "keypad: \"4\" has …". */
int agent_keypad_check(const struct agent *a, const struct config_key *keys,
		       unsigned count, char *why, size_t cap);

/* agent_keypad_run: as call_agent_port.run_key has it. agent_keypad_leave: the
 * call is over; its functions have been left. */
const char *agent_keypad_run(struct agent_call *a,
			     const struct keypad_entry *e);
void agent_keypad_leave(struct agent_call *a);

#endif
