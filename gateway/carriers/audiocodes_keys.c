#include "gateway/carriers/audiocodes_keys.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/net/address.h"
#include "gateway/net/http_client.h"
#include "gateway/ops/log.h"
#include "gateway/ops/watched_file.h"
#include "protocols/http.h"
#include "protocols/jwks.h"
#include "protocols/url.h"

#define WHERE_MAX 512 /* as a path or URL of the configuration */
#define FAULT_MAX 160
#define SECOND_MS 1000u

const struct audiocodes_keys_times audiocodes_keys_usual_times = {
	.look_ms = 10 * SECOND_MS,
	.refresh_ms = 3600 * SECOND_MS,
	.refresh_min_ms = 60 * SECOND_MS,
	.refresh_max_ms = 24 * 3600 * SECOND_MS,
	.retry_ms = 1 * SECOND_MS,
	.retry_max_ms = 60 * SECOND_MS,
	.unknown_ms = 60 * SECOND_MS,
	.timeout_ms = 10 * SECOND_MS,
};

struct audiocodes_keys {
	uv_loop_t *loop;
	struct audiocodes_keys_times times;
	struct log log;
	char where[WHERE_MAX];
	struct jwks *set;
	char fault[FAULT_MAX]; /* what was logged last; "" when all is well */
	/* a file */
	bool is_file;
	uint64_t looked_ms;
	struct watched_file file;
	/* a URL */
	struct tls_context *tls;
	uv_timer_t timer;
	struct http_fetch *fetch; /* NULL between two */
	uint64_t asked_ms;        /* when the last one began */
	unsigned failures;        /* in a row */
};

/* --- What came --- */

static void failed(struct audiocodes_keys *k, const char *why)
{
	if (strncmp(k->fault, why, sizeof(k->fault) - 1) == 0)
		return;
	snprintf(k->fault, sizeof(k->fault), "%s", why);
	log_event(&k->log, LOG_WARN, "jwks_failed", "why", why, "until_then",
		  k->set ? "the keys from before" : "no signed token admits",
		  NULL);
}

static int take(struct audiocodes_keys *k, char *text, size_t len)
{
	struct log_line l;
	struct jwks *set;
	const char *why;

	int err = jwks_parse(&set, text, len, &why);
	if (err) {
		failed(k, why);
		return err;
	}
	bool is_news = !k->set || k->fault[0] || k->is_file;
	jwks_free(k->set);
	k->set = set;
	k->fault[0] = 0;
	log_begin(&l, &k->log, is_news ? LOG_INFO : LOG_DEBUG, "jwks_loaded");
	log_number(&l, "keys", (int64_t)jwks_count(set));
	log_end(&l);
	return 0;
}

/* --- A file --- */

static int look(struct audiocodes_keys *k)
{
	char *text;
	size_t len;

	k->looked_ms = uv_now(k->loop);
	/* One byte over the limit, to see that it is. */
	int result = watched_file_read(&k->file, k->where, JWKS_TEXT_MAX + 1,
				       &text, &len);
	if (result < 0)
		failed(k, result == -EINVAL ? "not a plain file"
					    : strerror(-result));
	if (result <= 0)
		return result;
	result = take(k, text, len);
	free(text);
	return result;
}

/* --- A URL --- */

static void on_due(uv_timer_t *timer);

static void ask_in(struct audiocodes_keys *k, uint64_t ms)
{
	uv_timer_start(&k->timer, on_due, ms, 0);
}

static void ask_again(struct audiocodes_keys *k)
{
	uint64_t ms = k->times.retry_ms;

	for (unsigned i = 0; i < k->failures && ms < k->times.retry_max_ms; i++)
		ms *= 2;
	k->failures++;
	ask_in(k, ms < k->times.retry_max_ms ? ms : k->times.retry_max_ms);
}

/* The max-age of Cache-Control in seconds, or -1 without a proper one. */
static int64_t max_age(const struct http_message *answer)
{
	const char *at = http_header_value(answer, "Cache-Control");
	char *end;

	for (; at; at = strchr(at, ',')) {
		at += strspn(at, ", \t");
		if (strncasecmp(at, "max-age=", 8) != 0)
			continue;
		at += 8;
		if (*at < '0' || *at > '9')
			return -1;
		unsigned long s = strtoul(at, &end, 10);
		return *end && !strchr(", \t", *end) ? -1
		       : s > INT32_MAX               ? INT32_MAX
						     : (int64_t)s;
	}
	return -1;
}

static uint64_t fresh_ms(const struct audiocodes_keys_times *t,
			 const struct http_message *answer)
{
	int64_t age_s = max_age(answer);

	if (age_s < 0)
		return t->refresh_ms;
	uint64_t ms = (uint64_t)age_s * SECOND_MS;
	if (ms < t->refresh_min_ms)
		return t->refresh_min_ms;
	return ms > t->refresh_max_ms ? t->refresh_max_ms : ms;
}

/* NULL: none came, and why. */
static int take_answer(struct audiocodes_keys *k, const char *why,
		       const struct http_message *answer)
{
	char words[64];

	if (!answer) {
		failed(k, why);
		return -EIO;
	}
	if (answer->status != 200) {
		snprintf(words, sizeof(words), "it answered %u",
			 answer->status);
		failed(k, words);
		return -EPROTO;
	}
	return take(k, answer->body, answer->body_len);
}

static void on_answer(void *owner, int status, const char *why,
		      struct http_message *answer)
{
	struct audiocodes_keys *k = owner;

	(void)status; /* why tells */
	k->fetch = NULL;
	if (take_answer(k, why, answer)) {
		ask_again(k);
		return;
	}
	k->failures = 0;
	ask_in(k, fresh_ms(&k->times, answer));
}

static void ask(struct audiocodes_keys *k)
{
	const struct http_fetch_request r = {
		.method = "GET",
		.url = k->where,
		.extra = "Accept: application/json\r\n",
		.tls = k->tls,
		.timeout_ms = k->times.timeout_ms,
		.body_max = JWKS_TEXT_MAX,
	};

	uv_timer_stop(&k->timer);
	k->asked_ms = uv_now(k->loop);
	k->fetch = http_fetch_start(k->loop, &r, on_answer, k);
	if (k->fetch)
		return;
	failed(k, "out of memory");
	ask_again(k);
}

static void on_due(uv_timer_t *timer)
{
	ask(timer->data);
}

static bool is_this_machine(const struct url *u)
{
	struct sockaddr_storage address;
	struct sockaddr *a = (struct sockaddr *)&address;

	if (strcasecmp(u->host, "localhost") == 0)
		return true;
	if (uv_ip4_addr(u->host, 0, (struct sockaddr_in *)a) &&
	    uv_ip6_addr(u->host, 0, (struct sockaddr_in6 *)a))
		return false;
	return address_is_loopback(a);
}

/* NULL when a URL can be asked; or why not. */
static const char *fault_of(const char *where, const struct tls_context *tls)
{
	struct url u;

	if (url_parse(&u, where) || strncmp(u.scheme, "http", 4) != 0)
		return "not an https:// URL";
	if (u.is_secure)
		return tls ? NULL : "there is no TLS to ask it by";
	return is_this_machine(&u)
		       ? NULL
		       : "http:// is for this machine only; use https://";
}

/* --- The whole --- */

static void on_closed(uv_handle_t *handle)
{
	struct audiocodes_keys *k = handle->data;

	jwks_free(k->set);
	free(k);
}

void audiocodes_keys_close(struct audiocodes_keys *k)
{
	if (!k)
		return;
	if (k->fetch)
		http_fetch_cancel(k->fetch);
	uv_close((uv_handle_t *)&k->timer, on_closed);
}

static struct audiocodes_keys *create(uv_loop_t *loop, const char *where,
				      struct tls_context *tls,
				      const struct log *log,
				      const struct audiocodes_keys_times *times)
{
	struct audiocodes_keys *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->loop = loop;
	k->tls = tls;
	k->log = *log;
	k->log.module = LOG_AUDIOCODES;
	k->is_file = !strstr(where, "://");
	snprintf(k->where, sizeof(k->where), "%s", where);
	k->times = times ? *times : audiocodes_keys_usual_times;
	uv_timer_init(loop, &k->timer);
	k->timer.data = k;
	return k;
}

int audiocodes_keys_open(struct audiocodes_keys **out, uv_loop_t *loop,
			 const char *where, struct tls_context *tls,
			 const struct log *log,
			 const struct audiocodes_keys_times *times, char *why,
			 size_t cap)
{
	bool is_url = strstr(where, "://") != NULL;
	const char *fault = is_url ? fault_of(where, tls) : NULL;
	int err = 0;

	if (fault || strlen(where) >= WHERE_MAX) {
		snprintf(why, cap, "%s", fault ? fault : "too long");
		return -EINVAL;
	}
	struct audiocodes_keys *k = create(loop, where, tls, log, times);
	if (!k) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	if (is_url)
		ask(k);
	else
		err = look(k);
	if (err) {
		snprintf(why, cap, "%s", k->fault);
		audiocodes_keys_close(k);
		return err;
	}
	*out = k;
	return 0;
}

struct jwks *audiocodes_keys_now(struct audiocodes_keys *k)
{
	if (k->is_file && uv_now(k->loop) - k->looked_ms >= k->times.look_ms)
		look(k);
	return k->set;
}

uint64_t audiocodes_keys_due_ms(const struct audiocodes_keys *k)
{
	return uv_is_active((const uv_handle_t *)&k->timer)
		       ? uv_timer_get_due_in(&k->timer)
		       : 0;
}

void audiocodes_keys_missed(struct audiocodes_keys *k)
{
	uint64_t now = uv_now(k->loop);
	uint64_t soonest = k->asked_ms + k->times.unknown_ms;
	uint64_t wait = soonest > now ? soonest - now : 0;

	if (audiocodes_keys_due_ms(k) > wait)
		ask_in(k, wait);
}
