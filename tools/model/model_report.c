#include "tools/model/model_report.h"

#include <stdarg.h>

static const struct {
	const char *name;
	const char *rule;
} breach[MODEL_BREACHES] = {
	[MODEL_BREACH_EARLY] = { "early_event",
				 "nothing is sent before session.updated" },
	[MODEL_BREACH_NO_SESSION_TYPE] = { "session_type",
					   "every session.update has session.type" },
	[MODEL_BREACH_BETA] = { "beta", "the beta interface is gone" },
	[MODEL_BREACH_BINARY] = { "binary", "every event is a text message" },
	[MODEL_BREACH_INVALID] = { "invalid_event",
				   "events have the documented shape" },
	[MODEL_BREACH_RATE] = { "uplink_rate",
				"audio is sent in real time, within 5 % over "
				"10 s" },
	[MODEL_BREACH_GAP] = { "uplink_gap",
			       "audio never pauses for more than 1 s" },
	[MODEL_BREACH_TRUNCATE_BEYOND] = { "truncate_beyond",
					   "no more is heard than was received" },
	[MODEL_BREACH_TRUNCATE_FLOAT] = { "truncate_float",
					  "audio_end_ms is an integer" },
	[MODEL_BREACH_FOREIGN_ITEM] = { "foreign_item",
					"items of an earlier session are gone" },
	[MODEL_BREACH_CREATE_ACTIVE] = { "create_while_active",
					 "one response at a time" },
	[MODEL_BREACH_UNANSWERED] = { "call_unanswered",
				      "every function call gets its output" },
	[MODEL_BREACH_TWICE] = { "call_twice",
				 "every function call is answered once" },
	[MODEL_BREACH_PING] = { "ping_ignored", "every PING gets its PONG" },
	[MODEL_BREACH_EXPIRED] = { "after_expiry",
				   "an expired session is not used" },
	[MODEL_BREACH_CLOSE] = { "close_code", "the client closes with 1000" },
	[MODEL_BREACH_UPDATES] = { "updates_overlap",
				   "one session.update at a time" },
	[MODEL_BREACH_RETRY] = { "retry",
				 "a permanent refusal is not retried" },
};

const char *model_report_name(enum model_breach kind)
{
	return breach[kind].name;
}

void model_report_breach(struct model_report *r, enum model_breach kind,
			 const char *session, const char *text)
{
	if (r->breach[kind]++ == 0)
		snprintf(r->first[kind], sizeof(r->first[kind]), "%s", text);
	model_report_log(r, session, "BREACH %s: %s", breach[kind].name, text);
}

unsigned model_report_breaches(const struct model_report *r)
{
	unsigned sum = 0;

	for (int i = 0; i < MODEL_BREACHES; i++)
		sum += r->breach[i];
	return sum;
}

void model_report_log(struct model_report *r, const char *session,
		      const char *format, ...)
{
	va_list args;

	if (!r->log)
		return;
	fprintf(r->log, "%.12s  ", session);
	va_start(args, format);
	vfprintf(r->log, format, args);
	va_end(args);
	fputc('\n', r->log);
}

void model_report_print(const struct model_report *r, FILE *out)
{
	fprintf(out,
		"%u sessions, %u responses (%u interrupted), %u truncations, "
		"%u deletions, %u errors sent, %u breaches\n",
		r->sessions, r->responses, r->interrupted, r->truncations,
		r->deletions, r->errors, model_report_breaches(r));
	for (int i = 0; i < MODEL_BREACHES; i++)
		if (r->breach[i])
			fprintf(out, "  %5u  %-20s %s; first: %s\n",
				r->breach[i], breach[i].name, breach[i].rule,
				r->first[i]);
}
