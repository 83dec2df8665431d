/* The other sides of a call, for tests of one that has none: a phone leg that
 * takes whatever it is told, and an agent that has nothing to say. */
#ifndef TOOLS_TESTING_SILENT_SIDES_H
#define TOOLS_TESTING_SILENT_SIDES_H

#include "gateway/call/call_port.h"

static inline void silent_audio(void *leg, const uint8_t *bytes, size_t n)
{
	(void)leg;
	(void)bytes;
	(void)n;
}

static inline void silent_mark(void *leg, const struct playout_mark *mark)
{
	(void)leg;
	(void)mark;
}

static inline bool silent_clear(void *leg)
{
	(void)leg;
	return true;
}

static inline void silent_hang_up(void *leg, const char *reason)
{
	(void)leg;
	(void)reason;
}

static inline size_t silent_brief(void *agent, const struct call_variables *v,
				  char *out, size_t cap)
{
	(void)agent;
	(void)v;
	(void)out;
	(void)cap;
	return 0;
}

#endif
