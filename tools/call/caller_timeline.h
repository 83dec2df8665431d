/* What happened in a call, in call-relative milliseconds. */
#ifndef TOOLS_CALL_CALLER_TIMELINE_H
#define TOOLS_CALL_CALLER_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#define CALLER_TIMELINE_MAX      256 /* events kept; more are counted */
#define CALLER_TIMELINE_TEXT_MAX 128

enum caller_moment {
	CALLER_MOMENT_CALL,  /* webhook, TwiML, the socket */
	CALLER_MOMENT_HEARD, /* the far end's voice */
	CALLER_MOMENT_SAID,  /* the caller's */
	CALLER_MOMENT_KEY,
	CALLER_MOMENT_FAULT, /* injected */
	CALLER_MOMENT_BREACH /* the far end's mistake */
};

struct caller_event {
	int64_t at_ms; /* 0 = stream start; negative before it */
	enum caller_moment moment;
	char text[CALLER_TIMELINE_TEXT_MAX];
};

struct caller_timeline {
	struct caller_event *event;
	size_t events;
	size_t room;
	size_t dropped;
	/* Told of each event as it is added, for a live view. May be NULL. */
	void (*on_event)(void *owner, const struct caller_event *e);
	void *owner;
};

void caller_timeline_free(struct caller_timeline *t);

/* caller_timeline_add: control characters are replaced by '?'. */
void caller_timeline_add(struct caller_timeline *t, int64_t at_ms,
			 enum caller_moment moment, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* caller_timeline_moment: "heard", "said", … as in the JSON output. */
const char *caller_timeline_moment(enum caller_moment moment);

#endif
