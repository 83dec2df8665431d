/* The model's side of the calls: what it believes was heard, against what was.
 *
 * Reads the trace that tandem-model writes (one JSON object a line, monotonic
 * microseconds of the same host): an item's audio, its truncation, its
 * deletion. Pure.
 *
 * Which session is whose: a call's runs of audio begin just behind the first
 * delta of an item, and its clears just before a truncation. Every pair of call
 * and session that overlap in time is given the mean distance of these; the
 * closest pair is joined first, then the next of those left over.
 *
 * Which item is in which run: the run that had not ended when the item's first
 * delta was sent, for then it is queued behind it. A clear's truth is the
 * audio of the run that had been played; the model's belief is the sum over the
 * run's items of the milliseconds left by truncation (0 when deleted), or of
 * all their audio, padded to whole frames, when they were not touched. */
#ifndef TOOLS_CALL_CALLER_TRACE_H
#define TOOLS_CALL_CALLER_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/call/caller_figures.h"
#include "tools/call/caller_judge.h"

struct caller_trace_item {
	char *id;
	uint64_t first_us; /* its first delta */
	unsigned total_ms; /* audio sent */
	bool is_cut;
	unsigned left_ms; /* after truncation or deletion */
	uint64_t cut_us;
};

struct caller_trace_session {
	char *id;
	struct caller_trace_item *item;
	size_t items;
	size_t room;
};

struct caller_trace {
	struct caller_trace_session *session;
	size_t sessions;
	size_t room;
	void *index;      /* of sessions by name */
	size_t bad_lines; /* neither empty nor what they should be */
};

/* One call to be judged. */
struct caller_trace_call {
	const struct caller_judge *judge;
	struct caller_figures *figures; /* truncations and the like are set */
	const struct caller_trace_session *session; /* joined; or NULL */
};

void caller_trace_init(struct caller_trace *t);
void caller_trace_free(struct caller_trace *t);

/* caller_trace_line: take one line, len bytes without its newline. */
void caller_trace_line(struct caller_trace *t, const char *line, size_t len);

/* caller_trace_load: every line of a file. Returns 0 or a negative errno. */
int caller_trace_load(struct caller_trace *t, const char *path);

/* caller_trace_judge: join sessions to calls and set their figures. Returns 0
 * or -ENOMEM. */
int caller_trace_judge(const struct caller_trace *t,
		       struct caller_trace_call *call, size_t calls);

#endif
