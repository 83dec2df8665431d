/* What instances that share a port tell each other of (siblings.h), a line
 * each; its first word says which (carriers/twilio_…_text.h):
 *
 *   v1   a ticket
 *   p1   a call that was placed
 *   w1   a warm transfer
 *   c1   what a call takes to its next stream */
#ifndef GATEWAY_SIBLINGS_NEWS_H
#define GATEWAY_SIBLINGS_NEWS_H

#include <stdbool.h>
#include <stddef.h>

struct siblings;
struct twilio_contexts;
struct twilio_outbound;
struct twilio_tickets;
struct twilio_whispers;

struct siblings_tables {
	struct twilio_tickets *tickets;
	struct twilio_outbound *outbound;
	struct twilio_whispers *whispers;
	struct twilio_contexts *contexts;
};

/* Limits. */
#define SIBLINGS_LINE_MAX 32768 /* characters of one line, with NUL */
/* Of transfers and of what calls take along a newcomer is told so many
 * characters, each: they must not crowd out the tickets. What is beyond that it
 * does not know: such a call begins as a new one. */
#define SIBLINGS_NEWCOMER_MAX 65536

/* Returns whether there may be more. */
typedef bool siblings_tell_line(void *owner, const char *line, size_t len);

/* siblings_news_listen: from now on siblings_tell is called for what changes;
 * s NULL: no more. */
void siblings_news_listen(const struct siblings_tables *t, struct siblings *s);

/* siblings_news_each: all there is, the tickets first. */
void siblings_news_each(const struct siblings_tables *t,
			siblings_tell_line *tell, void *owner);

/* siblings_news_learn: from another; what is none of these is ignored. */
void siblings_news_learn(const struct siblings_tables *t, const char *line,
			 size_t len);

#endif
