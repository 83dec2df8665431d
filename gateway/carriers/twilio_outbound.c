#include "gateway/carriers/twilio_outbound.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/constant_time.h>

#define NS_PER_MS 1000000ull
#define HEX_LEN   (TWILIO_OUTBOUND_TOKEN - 1)

/* --- Life --- */

static int init_tallies(struct twilio_outbound *t)
{
	int err = tally_init(&t->asked);

	if (err)
		return err;
	err = tally_init(&t->answered);
	if (!err) {
		err = tally_init(&t->ended);
		if (err)
			tally_free(&t->answered);
	}
	if (err)
		tally_free(&t->asked);
	return err;
}

static void free_tallies(struct twilio_outbound *t)
{
	tally_free(&t->asked);
	tally_free(&t->answered);
	tally_free(&t->ended);
}

int twilio_outbound_init(struct twilio_outbound *t)
{
	memset(t, 0, sizeof(*t));
	int err = init_tallies(t);

	if (err)
		return err;
	err = uv_mutex_init(&t->lock);
	if (err)
		goto free_counters;
	t->row = calloc(TWILIO_OUTBOUND_MAX, sizeof(t->row[0]));
	if (t->row)
		return 0;
	err = -ENOMEM;
	uv_mutex_destroy(&t->lock);
free_counters:
	free_tallies(t);
	return err;
}

void twilio_outbound_free(struct twilio_outbound *t)
{
	if (!t->row)
		return;
	for (size_t i = 0; i < TWILIO_OUTBOUND_MAX; i++)
		free(t->row[i].text);
	free(t->row);
	t->row = NULL;
	uv_mutex_destroy(&t->lock);
	free_tallies(t);
}

/* --- Rows, with the lock held --- */

static void forget(struct twilio_outbound_row *r)
{
	free(r->text);
	memset(r, 0, sizeof(*r));
}

static bool is_stale(const struct twilio_outbound_row *r, uint64_t now_ns)
{
	return now_ns >= r->since_ns + TWILIO_OUTBOUND_MS * NS_PER_MS;
}

static void hand_out(const struct twilio_outbound_row *r,
		     struct twilio_outbound_call *out)
{
	memcpy(out->agent, r->agent, sizeof(out->agent));
	out->len = r->len;
	if (r->len)
		memcpy(out->text, r->text, r->len);
}

static struct twilio_outbound_row *find_room(struct twilio_outbound *t,
					     uint64_t now_ns)
{
	for (size_t i = 0; i < TWILIO_OUTBOUND_MAX; i++) {
		struct twilio_outbound_row *r = &t->row[i];
		if (r->token[0] && is_stale(r, now_ns))
			forget(r);
		if (!r->token[0])
			return r;
	}
	return NULL;
}

/* All of them are looked at, each in constant time. */
static struct twilio_outbound_row *find(struct twilio_outbound *t,
					const char *token)
{
	struct twilio_outbound_row *found = NULL;

	for (size_t i = 0; i < TWILIO_OUTBOUND_MAX; i++)
		if (t->row[i].token[0] &&
		    mbedtls_ct_memcmp(t->row[i].token, token, HEX_LEN) == 0)
			found = &t->row[i];
	return found;
}

/* --- What others are told --- */

static void copy(struct twilio_outbound_news *n,
		 const struct twilio_outbound_row *r)
{
	*n = (struct twilio_outbound_news){ .since_ns = r->since_ns };
	memcpy(n->token, r->token, sizeof(n->token));
	memcpy(n->call_sid, r->call_sid, sizeof(n->call_sid));
	hand_out(r, &n->call);
}

/* Without the lock. */
static void tell(struct twilio_outbound *t,
		 const struct twilio_outbound_news *n)
{
	if (n->token[0] && t->on_change)
		t->on_change(t->owner, n);
}

void twilio_outbound_each(struct twilio_outbound *t, uint64_t now_ns,
			  bool (*take)(void *owner,
				       const struct twilio_outbound_news *n),
			  void *owner)
{
	struct twilio_outbound_news n;
	bool goes_on = true;

	for (size_t i = 0; i < TWILIO_OUTBOUND_MAX && goes_on; i++) {
		n.token[0] = '\0';
		uv_mutex_lock(&t->lock);
		if (t->row[i].token[0] && !is_stale(&t->row[i], now_ns))
			copy(&n, &t->row[i]);
		uv_mutex_unlock(&t->lock);
		if (n.token[0])
			goes_on = take(owner, &n);
	}
}

/* --- Placing --- */

static int fill(struct twilio_outbound_row *r,
		const struct twilio_outbound_call *call, uint64_t now_ns)
{
	char *text = call->len ? malloc(call->len) : NULL;

	if (call->len && !text)
		return -ENOMEM;
	if (text)
		memcpy(text, call->text, call->len);
	r->text = text;
	r->len = call->len;
	r->since_ns = now_ns;
	memcpy(r->agent, call->agent, sizeof(r->agent));
	return 0;
}

int twilio_outbound_place(struct twilio_outbound *t,
			  const struct twilio_outbound_call *call,
			  const uint8_t entropy[16], uint64_t now_ns,
			  char token[TWILIO_OUTBOUND_TOKEN])
{
	struct twilio_outbound_news n;

	uv_mutex_lock(&t->lock);
	struct twilio_outbound_row *r = find_room(t, now_ns);
	int err = r ? fill(r, call, now_ns) : -ENOBUFS;
	if (!err) {
		for (int i = 0; i < 16; i++)
			snprintf(r->token + 2 * i, 3, "%02x", entropy[i]);
		memcpy(token, r->token, sizeof(r->token));
		copy(&n, r);
	}
	uv_mutex_unlock(&t->lock);
	if (!err)
		tell(t, &n);
	return err;
}

void twilio_outbound_name(struct twilio_outbound *t, const char *token,
			  const char *call_sid)
{
	struct twilio_outbound_news n;

	n.token[0] = '\0';
	uv_mutex_lock(&t->lock);
	struct twilio_outbound_row *r = find(t, token);
	if (r && !r->call_sid[0]) {
		snprintf(r->call_sid, sizeof(r->call_sid), "%s", call_sid);
		copy(&n, r);
	}
	uv_mutex_unlock(&t->lock);
	tell(t, &n);
}

/* What is told of one that is forgotten. */
static void part(struct twilio_outbound_news *n, struct twilio_outbound_row *r)
{
	copy(n, r);
	n->is_gone = true;
	forget(r);
}

void twilio_outbound_drop(struct twilio_outbound *t, const char *token)
{
	struct twilio_outbound_news n;

	n.token[0] = '\0';
	uv_mutex_lock(&t->lock);
	struct twilio_outbound_row *r = find(t, token);
	if (r)
		part(&n, r);
	uv_mutex_unlock(&t->lock);
	tell(t, &n);
}

static void learn(struct twilio_outbound *t,
		  const struct twilio_outbound_news *n, uint64_t now_ns)
{
	struct twilio_outbound_row *r = find(t, n->token);

	if (n->is_gone) {
		if (r)
			forget(r);
		return;
	}
	if (!r) {
		r = find_room(t, now_ns);
		if (!r || fill(r, &n->call, n->since_ns) != 0)
			return;
		memcpy(r->token, n->token, sizeof(r->token));
	}
	if (!r->call_sid[0])
		memcpy(r->call_sid, n->call_sid, sizeof(r->call_sid));
}

void twilio_outbound_learn(struct twilio_outbound *t,
			   const struct twilio_outbound_news *n,
			   uint64_t now_ns)
{
	uv_mutex_lock(&t->lock);
	learn(t, n, now_ns);
	uv_mutex_unlock(&t->lock);
}

/* --- The webhook --- */

/* The whole query is the token, or it is not ours. */
static const char *token_of(const char *target)
{
	const char *query = strchr(target, '?');
	size_t len = sizeof(TWILIO_OUTBOUND_QUERY) - 1;

	if (!query || strncmp(query + 1, TWILIO_OUTBOUND_QUERY, len) != 0)
		return NULL;
	return strlen(query + 1 + len) == HEX_LEN ? query + 1 + len : NULL;
}

int twilio_outbound_find(struct twilio_outbound *t, const char *target,
			 const char *call_sid, uint64_t now_ns,
			 struct twilio_outbound_call *out)
{
	const char *token = token_of(target);
	struct twilio_outbound_news n;
	int err = -ENOENT;

	n.token[0] = '\0';
	if (!token)
		return err;
	uv_mutex_lock(&t->lock);
	struct twilio_outbound_row *r = find(t, token);
	if (r && !is_stale(r, now_ns) &&
	    (!r->call_sid[0] || strcmp(r->call_sid, call_sid) == 0)) {
		bool is_news = !r->call_sid[0];
		snprintf(r->call_sid, sizeof(r->call_sid), "%s", call_sid);
		hand_out(r, out);
		if (is_news)
			copy(&n, r);
		err = 0;
	}
	uv_mutex_unlock(&t->lock);
	tell(t, &n);
	return err;
}

const char *twilio_outbound_next(const struct twilio_outbound_call *call,
				 const char *name)
{
	const char *next = call->text;

	if (name) {
		next = name + strlen(name) + 1; /* its value */
		next += strlen(next) + 1;
	}
	return next < call->text + call->len ? next : NULL;
}

/* --- How they went --- */

static const char *one_of(const char *const *word, size_t n, const char *said)
{
	for (size_t i = 0; said && i < n; i++)
		if (strcmp(word[i], said) == 0)
			return word[i];
	return NULL;
}

void twilio_outbound_answered(struct twilio_outbound *t, const char *by)
{
	static const char *const word[] = { "human",
					    "unknown",
					    "fax",
					    "machine_start",
					    "machine_end_beep",
					    "machine_end_silence",
					    "machine_end_other" };
	const char *found = one_of(word, sizeof(word) / sizeof(word[0]), by);

	tally_add(&t->answered, found ? found : by ? "other" : "not_asked");
}

static void forget_call(struct twilio_outbound *t, const char *call_sid)
{
	struct twilio_outbound_news n;

	n.token[0] = '\0';
	uv_mutex_lock(&t->lock);
	for (size_t i = 0; i < TWILIO_OUTBOUND_MAX; i++)
		if (t->row[i].token[0] &&
		    strcmp(t->row[i].call_sid, call_sid) == 0)
			part(&n, &t->row[i]); /* there is one */
	uv_mutex_unlock(&t->lock);
	tell(t, &n);
}

bool twilio_outbound_ended(struct twilio_outbound *t, const char *call_sid,
			   const char *status)
{
	static const char *const word[] = { "completed", "busy", "failed",
					    "no-answer", "canceled" };
	const char *found =
		one_of(word, sizeof(word) / sizeof(word[0]), status);

	if (!found)
		return false;
	forget_call(t, call_sid);
	tally_add(&t->ended, found);
	return true;
}
