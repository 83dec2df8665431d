/* What a run of the server saw: the log for people, the counts, and every
 * breach of protocol by the client.
 *
 * Source: the assertions of the reference (6.8). */
#ifndef TOOLS_MODEL_MODEL_REPORT_H
#define TOOLS_MODEL_MODEL_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum model_breach {
	MODEL_BREACH_EARLY, /* audio, items, create before updated */
	MODEL_BREACH_NO_SESSION_TYPE,
	MODEL_BREACH_BETA,
	MODEL_BREACH_BINARY,
	MODEL_BREACH_INVALID, /* an event the server must refuse */
	MODEL_BREACH_RATE,    /* uplink not real time */
	MODEL_BREACH_GAP,     /* uplink paused */
	MODEL_BREACH_TRUNCATE_BEYOND,
	MODEL_BREACH_TRUNCATE_FLOAT,
	MODEL_BREACH_FOREIGN_ITEM, /* of an earlier session */
	MODEL_BREACH_CREATE_ACTIVE,
	MODEL_BREACH_UNANSWERED, /* call without output */
	MODEL_BREACH_TWICE,      /* call answered twice */
	MODEL_BREACH_PING,
	MODEL_BREACH_EXPIRED, /* used after session_expired */
	MODEL_BREACH_CLOSE,   /* not closed with 1000 */
	MODEL_BREACH_UPDATES, /* update while one is in flight */
	MODEL_BREACH_RETRY,   /* more connections than expected */
	MODEL_BREACHES
};

struct model_report {
	FILE *log; /* for people; NULL: quiet */
	unsigned sessions;
	unsigned responses;
	unsigned interrupted; /* responses cancelled by speech or client */
	unsigned truncations;
	unsigned deletions;
	unsigned errors; /* error events sent */
	unsigned breach[MODEL_BREACHES];
	char first[MODEL_BREACHES][160];
};

const char *model_report_name(enum model_breach kind);

/* model_report_breach: count one and log it. */
void model_report_breach(struct model_report *r, enum model_breach kind,
			 const char *session, const char *text);
unsigned model_report_breaches(const struct model_report *r);

/* model_report_log: one line, "sess_… text". */
void model_report_log(struct model_report *r, const char *session,
		      const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* model_report_print: the summary. */
void model_report_print(const struct model_report *r, FILE *out);

#endif
