/* The machine's record of everything that passes: JSON lines, flushed one by
 * one. No audio, no keys, no transcripts. */
#ifndef TOOLS_MODEL_MODEL_TRACE_H
#define TOOLS_MODEL_MODEL_TRACE_H

#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

enum model_direction { MODEL_IN, MODEL_OUT, MODEL_NOTE };

/* model_trace_write: one line.
 *
 * file     NULL: nothing happens
 * now_us   CLOCK_MONOTONIC
 * members  more members, taken over; may be NULL */
void model_trace_write(FILE *file, uint64_t now_us, const char *session,
		       enum model_direction direction, const char *type,
		       json_t *members);

#endif
