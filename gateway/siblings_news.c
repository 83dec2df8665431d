#include "gateway/siblings_news.h"

#include <uv.h>

#include "gateway/carriers/twilio_context_text.h"
#include "gateway/carriers/twilio_contexts.h"
#include "gateway/carriers/twilio_outbound.h"
#include "gateway/carriers/twilio_outbound_text.h"
#include "gateway/carriers/twilio_ticket_text.h"
#include "gateway/carriers/twilio_tickets.h"
#include "gateway/carriers/twilio_whisper_text.h"
#include "gateway/carriers/twilio_whispers.h"
#include "gateway/siblings.h"

_Static_assert(TWILIO_TICKET_TEXT_MAX <= SIBLINGS_LINE_MAX &&
		       TWILIO_OUTBOUND_LINE_MAX <= SIBLINGS_LINE_MAX &&
		       TWILIO_WHISPER_LINE_MAX <= SIBLINGS_LINE_MAX &&
		       TWILIO_CONTEXT_LINE_MAX <= SIBLINGS_LINE_MAX,
	       "a line has room");

/* --- What changes --- */

static void on_ticket(void *owner, const struct twilio_ticket *k)
{
	char line[TWILIO_TICKET_TEXT_MAX];

	if (siblings_known(owner))
		siblings_tell(owner, line, twilio_ticket_write(line, k),
			      k->call_sid);
}

static void on_placed(void *owner, const struct twilio_outbound_news *n)
{
	char line[TWILIO_OUTBOUND_LINE_MAX];

	if (siblings_known(owner))
		siblings_tell(owner, line, twilio_outbound_write(line, n),
			      n->call_sid[0] ? n->call_sid : "not known yet");
}

static void on_whisper(void *owner, const struct twilio_whisper_news *n)
{
	char line[TWILIO_WHISPER_LINE_MAX];

	if (siblings_known(owner))
		siblings_tell(owner, line, twilio_whisper_write(line, n),
			      n->call_sid);
}

static void on_context(void *owner, const struct twilio_context_news *n)
{
	char line[TWILIO_CONTEXT_LINE_MAX];

	if (siblings_known(owner))
		siblings_tell(owner, line, twilio_context_write(line, n),
			      n->context->call_sid);
}

void siblings_news_listen(const struct siblings_tables *t, struct siblings *s)
{
	t->tickets->owner = s;
	t->tickets->on_change = s ? on_ticket : NULL;
	t->outbound->owner = s;
	t->outbound->on_change = s ? on_placed : NULL;
	t->whispers->owner = s;
	t->whispers->on_change = s ? on_whisper : NULL;
	t->contexts->owner = s;
	t->contexts->on_change = s ? on_context : NULL;
}

/* --- What there is --- */

struct newcomer {
	siblings_tell_line *tell;
	void *owner;
	size_t told; /* characters, of what is limited */
};

static bool tell_within_limit(struct newcomer *c, const char *line, size_t len)
{
	c->told += len;
	if (c->told > SIBLINGS_NEWCOMER_MAX)
		return false;
	return !len || c->tell(c->owner, line, len);
}

static bool tell_ticket(void *owner, const struct twilio_ticket *k)
{
	const struct newcomer *c = owner;
	char line[TWILIO_TICKET_TEXT_MAX];

	return c->tell(c->owner, line, twilio_ticket_write(line, k));
}

static bool tell_placed(void *owner, const struct twilio_outbound_news *n)
{
	const struct newcomer *c = owner;
	char line[TWILIO_OUTBOUND_LINE_MAX];

	return c->tell(c->owner, line, twilio_outbound_write(line, n));
}

static bool tell_whisper(void *owner, const struct twilio_whisper_news *n)
{
	char line[TWILIO_WHISPER_LINE_MAX];

	return tell_within_limit(owner, line, twilio_whisper_write(line, n));
}

static bool tell_context(void *owner, const struct twilio_context_news *n)
{
	char line[TWILIO_CONTEXT_LINE_MAX];

	return tell_within_limit(owner, line, twilio_context_write(line, n));
}

void siblings_news_each(const struct siblings_tables *t,
			siblings_tell_line *tell, void *owner)
{
	struct newcomer c = { .tell = tell, .owner = owner };
	uint64_t now_ns = uv_hrtime();

	twilio_tickets_each(t->tickets, now_ns, tell_ticket, &c);
	twilio_outbound_each(t->outbound, now_ns, tell_placed, &c);
	twilio_whispers_each(t->whispers, now_ns, tell_whisper, &c);
	c.told = 0;
	twilio_contexts_each(t->contexts, now_ns, tell_context, &c);
}

/* --- What another tells --- */

static void learn_context(const struct siblings_tables *t,
			  const struct twilio_context_news *n, uint64_t now_ns)
{
	struct twilio_context *c = n->context;

	if (!n->is_gone) {
		twilio_contexts_learn(t->contexts, c, n->since_ns, now_ns);
		return;
	}
	twilio_contexts_lose(t->contexts, c->call_sid, c->stream);
	twilio_context_drop(c);
}

void siblings_news_learn(const struct siblings_tables *t, const char *line,
			 size_t len)
{
	struct twilio_outbound_news placed;
	struct twilio_whisper_news whisper;
	struct twilio_context_news context;
	struct twilio_ticket ticket;
	uint64_t now_ns = uv_hrtime();

	if (twilio_ticket_read(&ticket, line, len) == 0)
		twilio_tickets_learn(t->tickets, &ticket, now_ns);
	else if (twilio_outbound_read(&placed, line, len) == 0)
		twilio_outbound_learn(t->outbound, &placed, now_ns);
	else if (twilio_whisper_read(&whisper, line, len) == 0)
		twilio_whispers_learn(t->whispers, &whisper, now_ns);
	else if (twilio_context_read(&context, line, len) == 0)
		learn_context(t, &context, now_ns);
}
