/* What tandem-desk has to say: every request as a line of the trace, every
 * breach of what was agreed as a line of the log, and how many there were. */
#ifndef TOOLS_DESK_DESK_REPORT_H
#define TOOLS_DESK_DESK_REPORT_H

#include <jansson.h>
#include <stdio.h>

#define DESK_BREACH_MAX 512 /* characters, with NUL */

struct http_message;

struct desk_report {
	FILE *log;   /* or NULL */
	FILE *trace; /* or NULL */
	unsigned requests;
	unsigned breaches;
};

/* desk_report_breach: what somebody did wrong, in words. */
void desk_report_breach(struct desk_report *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* desk_report_request: one line of JSON, with the time in microseconds of the
 * monotonic clock. Keys and passwords are left out. */
void desk_report_request(struct desk_report *r, const struct http_message *m,
			 unsigned status);

#endif
