/* What a run tells: for people the timeline and the judgement, for machines one
 * JSON object per call and one for all. */
#ifndef TOOLS_CALL_CALLER_REPORT_H
#define TOOLS_CALL_CALLER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tools/call/caller_verdict.h"
#include "tools/call/caller_call.h"

struct caller_report {
	FILE *out;
	bool is_json;
	bool is_quiet; /* only what failed */
	bool is_coloured;
	bool is_many; /* several calls: tell at length only of what failed */
	bool is_live; /* events were shown as they happened */
};

/* caller_report_event: one line of the timeline. */
void caller_report_event(const struct caller_report *r,
			 const struct caller_event *e);

/* caller_report_call: one call, after it. number counts from 1. */
void caller_report_call(const struct caller_report *r, unsigned number,
			const struct caller_call *call,
			const struct caller_verdict *verdict);

/* caller_report_totals: over all calls of a run.
 *
 * figures  of n calls
 * failed   how many of them failed */
void caller_report_totals(const struct caller_report *r,
			  const struct caller_figures *figures, size_t n,
			  unsigned failed);

#endif
