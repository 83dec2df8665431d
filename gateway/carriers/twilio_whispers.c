#include "gateway/carriers/twilio_whispers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/constant_time.h>

#include "protocols/utf8.h"

#define NS_PER_MS 1000000ull
#define HEX_LEN   (TWILIO_WHISPER_TOKEN - 1)

/* --- Life --- */

int twilio_whispers_init(struct twilio_whispers *t)
{
	int err = uv_mutex_init(&t->lock);

	if (err)
		return err;
	t->on_change = NULL;
	t->row = calloc(TWILIO_WHISPERS_MAX, sizeof(t->row[0]));
	if (t->row)
		return 0;
	uv_mutex_destroy(&t->lock);
	return -ENOMEM;
}

void twilio_whispers_free(struct twilio_whispers *t)
{
	if (!t->row)
		return;
	for (size_t i = 0; i < TWILIO_WHISPERS_MAX; i++)
		free(t->row[i].words);
	free(t->row);
	t->row = NULL;
	uv_mutex_destroy(&t->lock);
}

/* --- Rows, with the lock held --- */

static void forget(struct twilio_whispers_row *r)
{
	free(r->words);
	memset(r, 0, sizeof(*r));
}

static bool is_stale(const struct twilio_whispers_row *r, uint64_t now_ns)
{
	return now_ns >= r->since_ns + TWILIO_WHISPER_MS * NS_PER_MS;
}

static struct twilio_whispers_row *find_room(struct twilio_whispers *t,
					     uint64_t now_ns)
{
	for (size_t i = 0; i < TWILIO_WHISPERS_MAX; i++) {
		struct twilio_whispers_row *r = &t->row[i];
		if (r->token[0] && is_stale(r, now_ns))
			forget(r);
		if (!r->token[0])
			return r;
	}
	return NULL;
}

/* The whole query is the token, or it is not ours. */
static const char *token_of(const char *target)
{
	const char *query = strchr(target, '?');
	size_t len = sizeof(TWILIO_WHISPER_QUERY) - 1;

	if (!query || strncmp(query + 1, TWILIO_WHISPER_QUERY, len) != 0)
		return NULL;
	return strlen(query + 1 + len) == HEX_LEN ? query + 1 + len : NULL;
}

/* All of them are looked at, each in constant time. */
static struct twilio_whispers_row *find(struct twilio_whispers *t,
					const char *token)
{
	struct twilio_whispers_row *found = NULL;

	for (size_t i = 0; i < TWILIO_WHISPERS_MAX; i++)
		if (t->row[i].token[0] &&
		    mbedtls_ct_memcmp(t->row[i].token, token, HEX_LEN) == 0)
			found = &t->row[i];
	return found;
}

static bool belongs(const struct twilio_whispers_row *r,
		    const struct twilio_whisper_leg *leg)
{
	if (leg->parent_sid && strcmp(leg->parent_sid, r->call_sid) != 0)
		return false;
	return !r->leg_sid[0] || strcmp(r->leg_sid, leg->leg_sid) == 0;
}

static struct twilio_whispers_row *find_for(
	struct twilio_whispers *t, const struct twilio_whisper_leg *leg)
{
	const char *token = token_of(leg->target);
	struct twilio_whispers_row *r = token ? find(t, token) : NULL;

	return r && !is_stale(r, leg->now_ns) && belongs(r, leg) ? r : NULL;
}

/* --- What others are told --- */

static void copy(struct twilio_whisper_news *n,
		 const struct twilio_whispers_row *r)
{
	*n = (struct twilio_whisper_news){ .end = r->end,
					   .since_ns = r->since_ns };
	memcpy(n->token, r->token, sizeof(n->token));
	memcpy(n->call_sid, r->call_sid, sizeof(n->call_sid));
	memcpy(n->leg_sid, r->leg_sid, sizeof(n->leg_sid));
	snprintf(n->words, sizeof(n->words), "%s", r->words);
}

/* Without the lock. */
static void tell(struct twilio_whispers *t, const struct twilio_whisper_news *n)
{
	if (n->call_sid[0] && t->on_change)
		t->on_change(t->owner, n);
}

void twilio_whispers_each(struct twilio_whispers *t, uint64_t now_ns,
			  bool (*take)(void *owner,
				       const struct twilio_whisper_news *n),
			  void *owner)
{
	struct twilio_whisper_news n;
	bool goes_on = true;

	for (size_t i = 0; i < TWILIO_WHISPERS_MAX && goes_on; i++) {
		n.token[0] = '\0';
		uv_mutex_lock(&t->lock);
		if (t->row[i].token[0] && !is_stale(&t->row[i], now_ns))
			copy(&n, &t->row[i]);
		uv_mutex_unlock(&t->lock);
		if (n.token[0])
			goes_on = take(owner, &n);
	}
}

/* With the lock held. Returns the furthest they have come. */
static enum twilio_whisper_end forget_call(struct twilio_whispers *t,
					   const char *call_sid)
{
	enum twilio_whisper_end end = TWILIO_WHISPER_NONE;

	for (size_t i = 0; i < TWILIO_WHISPERS_MAX; i++) {
		struct twilio_whispers_row *r = &t->row[i];
		if (!r->token[0] || strcmp(r->call_sid, call_sid) != 0)
			continue;
		if (r->end > end)
			end = r->end;
		forget(r);
	}
	return end;
}

static void learn(struct twilio_whispers *t,
		  const struct twilio_whisper_news *n, uint64_t now_ns)
{
	struct twilio_whispers_row *r = find(t, n->token);

	if (!r) {
		r = find_room(t, now_ns);
		if (!r || !(r->words = strdup(n->words)))
			return;
		memcpy(r->token, n->token, sizeof(r->token));
		memcpy(r->call_sid, n->call_sid, sizeof(r->call_sid));
		r->since_ns = n->since_ns;
	}
	if (!r->leg_sid[0])
		memcpy(r->leg_sid, n->leg_sid, sizeof(r->leg_sid));
	if (n->end > r->end)
		r->end = n->end;
}

void twilio_whispers_learn(struct twilio_whispers *t,
			   const struct twilio_whisper_news *n, uint64_t now_ns)
{
	uv_mutex_lock(&t->lock);
	if (n->is_gone)
		forget_call(t, n->call_sid);
	else
		learn(t, n, now_ns);
	uv_mutex_unlock(&t->lock);
}

/* --- For the workers --- */

static int fill(struct twilio_whispers_row *r, const char *call_sid,
		const char *words, const uint8_t entropy[16], uint64_t now_ns)
{
	r->words = strndup(words, utf8_cut(words, strlen(words),
					   CALL_SUMMARY_MAX - 1));
	if (!r->words)
		return -ENOMEM;
	for (int i = 0; i < 16; i++)
		snprintf(r->token + 2 * i, 3, "%02x", entropy[i]);
	snprintf(r->call_sid, sizeof(r->call_sid), "%s", call_sid);
	r->end = TWILIO_WHISPER_UNHEARD;
	r->since_ns = now_ns;
	return 0;
}

int twilio_whispers_place(struct twilio_whispers *t, const char *call_sid,
			  const char *words, const uint8_t entropy[16],
			  uint64_t now_ns, char token[TWILIO_WHISPER_TOKEN])
{
	struct twilio_whisper_news n;

	n.call_sid[0] = '\0';
	uv_mutex_lock(&t->lock);
	struct twilio_whispers_row *r = find_room(t, now_ns);
	int err = r ? fill(r, call_sid, words, entropy, now_ns) : -ENOBUFS;
	if (!err) {
		memcpy(token, r->token, sizeof(r->token));
		copy(&n, r);
	}
	uv_mutex_unlock(&t->lock);
	tell(t, &n);
	return err;
}

int twilio_whispers_hear(struct twilio_whispers *t,
			 const struct twilio_whisper_leg *leg,
			 char words[CALL_SUMMARY_MAX])
{
	struct twilio_whisper_news n;

	n.call_sid[0] = '\0';
	uv_mutex_lock(&t->lock);
	struct twilio_whispers_row *r = find_for(t, leg);
	if (r) {
		snprintf(r->leg_sid, sizeof(r->leg_sid), "%s", leg->leg_sid);
		if (r->end == TWILIO_WHISPER_UNHEARD)
			r->end = TWILIO_WHISPER_HEARD;
		snprintf(words, CALL_SUMMARY_MAX, "%s", r->words);
		copy(&n, r);
	}
	uv_mutex_unlock(&t->lock);
	tell(t, &n);
	return r ? 0 : -ENOENT;
}

int twilio_whispers_answer(struct twilio_whispers *t,
			   const struct twilio_whisper_leg *leg, bool accepts)
{
	enum twilio_whisper_end end =
		accepts ? TWILIO_WHISPER_ACCEPTED : TWILIO_WHISPER_DECLINED;
	struct twilio_whisper_news n;
	int err = -ENOENT;

	n.call_sid[0] = '\0';
	uv_mutex_lock(&t->lock);
	struct twilio_whispers_row *r = find_for(t, leg);
	if (r && r->end == TWILIO_WHISPER_HEARD) {
		r->end = end;
		copy(&n, r);
	}
	if (r && r->end == end)
		err = 0;
	uv_mutex_unlock(&t->lock);
	tell(t, &n);
	return err;
}

enum twilio_whisper_end twilio_whispers_end(struct twilio_whispers *t,
					    const char *call_sid)
{
	struct twilio_whisper_news n = { .is_gone = true };

	uv_mutex_lock(&t->lock);
	enum twilio_whisper_end end = forget_call(t, call_sid);
	uv_mutex_unlock(&t->lock);
	if (end != TWILIO_WHISPER_NONE)
		snprintf(n.call_sid, sizeof(n.call_sid), "%s", call_sid);
	tell(t, &n);
	return end;
}
