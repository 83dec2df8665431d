#include "gateway/carriers/twilio_tickets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000ull

int twilio_tickets_init(struct twilio_tickets *t, size_t count)
{
	t->ticket = calloc(count, sizeof(t->ticket[0]));
	t->count = count;
	return t->ticket ? 0 : -ENOMEM;
}

void twilio_tickets_free(struct twilio_tickets *t)
{
	free(t->ticket);
	t->ticket = NULL;
	t->count = 0;
}

static bool older_than(const struct twilio_ticket *k, uint64_t ms,
		       uint64_t now_ns)
{
	return now_ns >= k->since_ns + ms * NS_PER_MS;
}

/* Nobody can still ask for it. */
static bool is_stale(const struct twilio_ticket *k, uint64_t now_ns)
{
	switch (k->fate) {
	case TWILIO_STREAMING:
		return false;
	case TWILIO_INVITED:
		return older_than(k, TWILIO_TICKET_MS, now_ns);
	default:
		return older_than(k, TWILIO_RECORD_MS, now_ns);
	}
}

static bool is_finished(const struct twilio_ticket *k)
{
	return k->fate != TWILIO_STREAMING && k->fate != TWILIO_INVITED;
}

static struct twilio_ticket *find_room(struct twilio_tickets *t,
				       uint64_t now_ns)
{
	struct twilio_ticket *oldest = NULL;

	for (size_t i = 0; i < t->count; i++) {
		struct twilio_ticket *k = &t->ticket[i];
		if (!k->is_taken || is_stale(k, now_ns))
			return k;
		if (is_finished(k) &&
		    (!oldest || k->since_ns < oldest->since_ns))
			oldest = k;
	}
	return oldest;
}

struct twilio_ticket *twilio_tickets_find(struct twilio_tickets *t,
					  const char *call_sid)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->ticket[i].is_taken &&
		    strcmp(t->ticket[i].call_sid, call_sid) == 0)
			return &t->ticket[i];
	return NULL;
}

static void write_secret(char out[TWILIO_TICKET_LEN], const uint8_t entropy[16])
{
	for (int i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", entropy[i]);
}

struct twilio_ticket *twilio_tickets_issue(struct twilio_tickets *t,
					   const char *call_sid,
					   const uint8_t entropy[16],
					   uint64_t now_ns)
{
	struct twilio_ticket *k = twilio_tickets_find(t, call_sid);

	if (k && k->fate == TWILIO_INVITED && k->secret[0] &&
	    !is_stale(k, now_ns))
		return k;
	if (!k) {
		k = find_room(t, now_ns);
		if (!k)
			return NULL;
		memset(k, 0, sizeof(*k));
		snprintf(k->call_sid, sizeof(k->call_sid), "%s", call_sid);
		k->is_taken = true;
	}
	write_secret(k->secret, entropy);
	k->fate = TWILIO_INVITED;
	k->since_ns = now_ns;
	k->streams++;
	return k;
}

static bool same_secret(const char *kept, const char *shown)
{
	unsigned char difference = 0;

	for (int i = 0; i < TWILIO_TICKET_LEN - 1; i++)
		difference |= (unsigned char)(kept[i] ^ shown[i]);
	return difference == 0;
}

struct twilio_ticket *twilio_tickets_redeem(struct twilio_tickets *t,
					    const char *secret, size_t len,
					    uint64_t now_ns)
{
	struct twilio_ticket *found = NULL;

	if (len != TWILIO_TICKET_LEN - 1)
		return NULL;
	for (size_t i = 0; i < t->count; i++) {
		struct twilio_ticket *k = &t->ticket[i];
		if (k->is_taken && k->secret[0] &&
		    same_secret(k->secret, secret))
			found = k;
	}
	if (!found || found->fate != TWILIO_INVITED || is_stale(found, now_ns))
		return NULL;
	found->secret[0] = '\0';
	found->fate = TWILIO_STREAMING;
	found->since_ns = now_ns;
	return found;
}

void twilio_tickets_settle(struct twilio_tickets *t, const char *call_sid,
			   unsigned stream, enum twilio_fate fate,
			   uint64_t now_ns)
{
	struct twilio_ticket *k = twilio_tickets_find(t, call_sid);

	if (!k || k->streams != stream)
		return;
	k->fate = fate;
	k->since_ns = now_ns;
}
