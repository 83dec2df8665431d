#include "gateway/carriers/twilio_tickets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000ull

int twilio_tickets_init(struct twilio_tickets *t, size_t count,
			struct lines *lines)
{
	int err = uv_mutex_init(&t->lock);

	if (err)
		return err;
	t->lines = lines;
	t->seats = 0;
	t->on_change = NULL;
	t->ticket = calloc(count, sizeof(t->ticket[0]));
	t->count = count;
	if (t->ticket)
		return 0;
	uv_mutex_destroy(&t->lock);
	return -ENOMEM;
}

void twilio_tickets_free(struct twilio_tickets *t)
{
	if (!t->ticket)
		return;
	uv_mutex_destroy(&t->lock);
	free(t->ticket);
	t->ticket = NULL;
	t->count = 0;
}

static void tell(const struct twilio_tickets *t, const struct twilio_ticket *k)
{
	if (t->on_change)
		t->on_change(t->owner, k);
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

/* -- the line that waits for its socket -- */

static void give_seat(struct twilio_tickets *t, struct twilio_ticket *k)
{
	t->seats -= k->seat.is_taken;
	lines_give(t->lines, &k->seat);
}

/* One is enough. */
static void keep_seat(struct twilio_tickets *t, struct twilio_ticket *k,
		      struct lines_seat seat)
{
	if (k->seat.is_taken) {
		lines_give(t->lines, &seat);
		return;
	}
	k->seat = seat;
	t->seats += seat.is_taken;
}

static struct lines_seat take_seat(struct twilio_tickets *t,
				   struct twilio_ticket *k)
{
	struct lines_seat seat = k->seat;

	t->seats -= seat.is_taken;
	memset(&k->seat, 0, sizeof(k->seat));
	return seat;
}

size_t twilio_tickets_lapse(struct twilio_tickets *t, uint64_t now_ns)
{
	uv_mutex_lock(&t->lock);
	size_t before = t->seats;
	for (size_t i = 0; i < t->count && t->seats > 0; i++)
		if (t->ticket[i].seat.is_taken &&
		    is_stale(&t->ticket[i], now_ns))
			give_seat(t, &t->ticket[i]);
	size_t lapsed = before - t->seats;
	uv_mutex_unlock(&t->lock);
	return lapsed;
}

/* -- records -- */

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

static struct twilio_ticket *find(struct twilio_tickets *t,
				  const char *call_sid)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->ticket[i].is_taken &&
		    strcmp(t->ticket[i].call_sid, call_sid) == 0)
			return &t->ticket[i];
	return NULL;
}

/* The line stays. */
static void hand_out(const struct twilio_ticket *k, struct twilio_ticket *out)
{
	*out = *k;
	memset(&out->seat, 0, sizeof(out->seat));
}

int twilio_tickets_find(struct twilio_tickets *t, const char *call_sid,
			struct twilio_ticket *out)
{
	uv_mutex_lock(&t->lock);
	const struct twilio_ticket *k = find(t, call_sid);
	if (k)
		hand_out(k, out);
	uv_mutex_unlock(&t->lock);
	return k ? 0 : -ENOENT;
}

int twilio_tickets_ask(struct twilio_tickets *t, const char *call_sid,
		       struct twilio_ticket *out)
{
	uv_mutex_lock(&t->lock);
	struct twilio_ticket *k = find(t, call_sid);
	bool is_news = k && !k->is_asked;
	if (k) {
		k->is_asked = true;
		hand_out(k, out);
	}
	uv_mutex_unlock(&t->lock);
	if (is_news)
		tell(t, out);
	return k ? 0 : -ENOENT;
}

static bool is_owed(const struct twilio_ticket *k)
{
	if (!k->is_taken)
		return false;
	return k->fate == TWILIO_INVITED ||
	       (is_finished(k) && k->fate != TWILIO_CALLER_GONE &&
		!k->is_asked);
}

unsigned twilio_tickets_owed(struct twilio_tickets *t, unsigned within_ms,
			     uint64_t now_ns)
{
	unsigned n = 0;

	uv_mutex_lock(&t->lock);
	for (size_t i = 0; i < t->count; i++)
		n += is_owed(&t->ticket[i]) &&
		     !older_than(&t->ticket[i], within_ms, now_ns);
	uv_mutex_unlock(&t->lock);
	return n;
}

static void write_secret(char out[TWILIO_TICKET_LEN], const uint8_t entropy[16])
{
	for (int i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", entropy[i]);
}

static struct twilio_ticket *begin_record(struct twilio_tickets *t,
					  const char *call_sid, uint64_t now_ns)
{
	struct twilio_ticket *k = find_room(t, now_ns);

	if (!k)
		return NULL;
	give_seat(t, k);
	memset(k, 0, sizeof(*k));
	snprintf(k->call_sid, sizeof(k->call_sid), "%s", call_sid);
	k->is_taken = true;
	return k;
}

static void name_party(struct twilio_ticket *k, const struct twilio_party *p)
{
	if (p->number)
		snprintf(k->number, sizeof(k->number), "%s", p->number);
	if (p->source)
		snprintf(k->source, sizeof(k->source), "%s", p->source);
	if (p->agent && !k->agent[0]) {
		snprintf(k->agent, sizeof(k->agent), "%s", p->agent);
		k->route = p->route;
	}
}

static bool is_good(const struct twilio_ticket *k, uint64_t now_ns)
{
	return k && k->fate == TWILIO_INVITED && k->secret[0] &&
	       !is_stale(k, now_ns);
}

/* With the lock held. k: the call's record, or NULL. */
static int issue(struct twilio_tickets *t, struct twilio_ticket *k,
		 const char *call_sid, const struct twilio_party *party,
		 const uint8_t entropy[16], uint64_t now_ns,
		 struct twilio_ticket *out)
{
	bool is_repeated = is_good(k, now_ns);
	struct lines_seat seat = party->seat;

	if (!k && !(k = begin_record(t, call_sid, now_ns))) {
		lines_give(t->lines, &seat);
		return -ENOBUFS;
	}
	keep_seat(t, k, seat);
	name_party(k, party);
	if (!is_repeated) {
		write_secret(k->secret, entropy);
		k->fate = TWILIO_INVITED;
		k->is_asked = false;
		k->since_ns = now_ns;
		k->streams++;
	}
	hand_out(k, out);
	return 0;
}

int twilio_tickets_issue(struct twilio_tickets *t, const char *call_sid,
			 const struct twilio_party *party,
			 const uint8_t entropy[16], uint64_t now_ns,
			 struct twilio_ticket *out)
{
	uv_mutex_lock(&t->lock);
	int err = issue(t, find(t, call_sid), call_sid, party, entropy, now_ns,
			out);
	uv_mutex_unlock(&t->lock);
	if (!err)
		tell(t, out);
	return err;
}

int twilio_tickets_reissue(struct twilio_tickets *t, const char *call_sid,
			   const struct twilio_party *party,
			   const uint8_t entropy[16], uint64_t now_ns,
			   struct twilio_ticket *out)
{
	struct lines_seat seat = party->seat;
	int err = -EDQUOT;

	uv_mutex_lock(&t->lock);
	struct twilio_ticket *k = find(t, call_sid);
	/* A stream that could not even be opened is a try, too. */
	if (k && k->fate == TWILIO_INVITED)
		k->fate = TWILIO_CUT;
	if (!k || k->streams < TWILIO_STREAMS_MAX)
		err = issue(t, k, call_sid, party, entropy, now_ns, out);
	else
		lines_give(t->lines, &seat);
	uv_mutex_unlock(&t->lock);
	if (!err)
		tell(t, out);
	return err;
}

bool twilio_tickets_is_invited(struct twilio_tickets *t, const char *call_sid,
			       uint64_t now_ns)
{
	uv_mutex_lock(&t->lock);
	const struct twilio_ticket *k = find(t, call_sid);
	bool is_invited = is_good(k, now_ns) && k->seat.is_taken;
	uv_mutex_unlock(&t->lock);
	return is_invited;
}

void twilio_tickets_abandon(struct twilio_tickets *t, const char *call_sid,
			    uint64_t now_ns)
{
	uv_mutex_lock(&t->lock);
	struct twilio_ticket *k = find(t, call_sid);
	if (k && k->fate == TWILIO_INVITED) {
		give_seat(t, k);
		k->secret[0] = '\0';
		k->fate = TWILIO_CALLER_GONE;
		k->since_ns = now_ns;
	}
	uv_mutex_unlock(&t->lock);
}

static bool same_secret(const char *kept, const char *shown)
{
	unsigned char difference = 0;

	for (int i = 0; i < TWILIO_TICKET_LEN - 1; i++)
		difference |= (unsigned char)(kept[i] ^ shown[i]);
	return difference == 0;
}

static struct twilio_ticket *find_secret(struct twilio_tickets *t,
					 const char *secret)
{
	struct twilio_ticket *found = NULL;

	for (size_t i = 0; i < t->count; i++) {
		struct twilio_ticket *k = &t->ticket[i];
		if (k->is_taken && k->secret[0] &&
		    same_secret(k->secret, secret))
			found = k;
	}
	return found;
}

int twilio_tickets_redeem(struct twilio_tickets *t, const char *secret,
			  size_t len, uint64_t now_ns,
			  struct twilio_ticket *out)
{
	int err = -ENOENT;

	if (len != TWILIO_TICKET_LEN - 1)
		return err;
	uv_mutex_lock(&t->lock);
	struct twilio_ticket *k = find_secret(t, secret);
	if (k && k->fate == TWILIO_INVITED && !is_stale(k, now_ns)) {
		k->secret[0] = '\0';
		k->fate = TWILIO_STREAMING;
		k->is_asked = false;
		k->since_ns = now_ns;
		*out = *k;
		out->seat = take_seat(t, k);
		err = 0;
	}
	uv_mutex_unlock(&t->lock);
	if (!err)
		tell(t, out);
	return err;
}

void twilio_tickets_settle(struct twilio_tickets *t, const char *call_sid,
			   unsigned stream, enum twilio_fate fate,
			   uint64_t now_ns)
{
	struct twilio_ticket copy;

	uv_mutex_lock(&t->lock);
	struct twilio_ticket *k = find(t, call_sid);
	bool is_latest = k && k->streams == stream;
	if (is_latest) {
		give_seat(t, k);
		k->fate = fate;
		k->since_ns = now_ns;
		copy = *k;
	}
	uv_mutex_unlock(&t->lock);
	if (is_latest)
		tell(t, &copy);
}

/* --- Of several tables --- */

static bool is_news(const struct twilio_ticket *known,
		    const struct twilio_ticket *k)
{
	return k->streams > known->streams ||
	       (k->streams == known->streams && k->since_ns >= known->since_ns);
}

/* Who called whom stays, as far as it is known here; a line that waits for the
 * socket is free once that opened elsewhere. */
static void take_news(struct twilio_tickets *t, struct twilio_ticket *known,
		      const struct twilio_ticket *k)
{
	struct twilio_ticket before = *known;

	*known = *k;
	known->seat = before.seat;
	memcpy(known->number, before.number, sizeof(known->number));
	memcpy(known->source, before.source, sizeof(known->source));
	if (!known->agent[0]) {
		memcpy(known->agent, before.agent, sizeof(known->agent));
		known->route = before.route;
	}
	if (known->fate != TWILIO_INVITED)
		give_seat(t, known);
}

void twilio_tickets_learn(struct twilio_tickets *t,
			  const struct twilio_ticket *k, uint64_t now_ns)
{
	uv_mutex_lock(&t->lock);
	struct twilio_ticket *known = find(t, k->call_sid);
	if (!known) {
		known = begin_record(t, k->call_sid, now_ns);
		if (known)
			take_news(t, known, k);
	} else if (is_news(known, k)) {
		take_news(t, known, k);
	}
	uv_mutex_unlock(&t->lock);
}

static bool matters(const struct twilio_ticket *k, uint64_t now_ns)
{
	return k->is_taken && !is_stale(k, now_ns) &&
	       (k->fate == TWILIO_INVITED || k->fate == TWILIO_STREAMING ||
		!k->is_asked);
}

void twilio_tickets_each(struct twilio_tickets *t, uint64_t now_ns,
			 bool (*take)(void *owner,
				      const struct twilio_ticket *k),
			 void *owner)
{
	bool goes_on = true;

	for (size_t i = 0; i < t->count && goes_on; i++) {
		uv_mutex_lock(&t->lock);
		struct twilio_ticket copy = t->ticket[i];
		uv_mutex_unlock(&t->lock);
		if (matters(&copy, now_ns))
			goes_on = take(owner, &copy);
	}
}
