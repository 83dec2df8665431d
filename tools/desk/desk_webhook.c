#include "tools/desk/desk_webhook.h"

#include <errno.h>
#include <jansson.h>
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/http.h"
#include "protocols/utf8.h"
#include "tools/desk/desk_report.h"
#include "tools/desk/desk_scenario.h"
#include "tools/desk/desk_server.h"

int desk_webhooks_init(struct desk_webhooks *w,
		       const struct desk_scenario *scenario,
		       struct desk_report *report)
{
	*w = (struct desk_webhooks){ .scenario = scenario, .report = report };
	w->asked = calloc(scenario->webhooks_count + 1, sizeof(w->asked[0]));
	w->key = calloc(DESK_KEYS_MAX, sizeof(w->key[0]));
	return w->asked && w->key ? 0 : -ENOMEM;
}

void desk_webhooks_free(struct desk_webhooks *w)
{
	free(w->asked);
	free(w->key);
}

/* --- Signatures --- */

static void sign(char hex[65], const char *secret, const char *t, size_t t_len,
		 const void *body, size_t body_len)
{
	struct hmac_sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];

	hmac_sha256_set_key(&ctx, strlen(secret), (const uint8_t *)secret);
	hmac_sha256_update(&ctx, t_len, (const uint8_t *)t);
	hmac_sha256_update(&ctx, 1, (const uint8_t *)".");
	hmac_sha256_update(&ctx, body_len, body);
	hmac_sha256_digest(&ctx, sizeof(digest), digest);
	for (unsigned i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static bool is_recent(const char *t, size_t len, int64_t now_s)
{
	char text[24];

	if (len == 0 || len >= sizeof(text) || strspn(t, "0123456789") < len)
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, t);
	int64_t s = strtoll(text, NULL, 10);
	return s >= now_s - DESK_SIGNED_S && s <= now_s + DESK_SIGNED_S;
}

bool desk_webhook_signature_ok(const char *header, const char *secret,
			       const void *body, size_t body_len, int64_t now_s)
{
	char hex[65];
	bool is_ok = false;

	if (strncmp(header, "t=", 2) != 0)
		return false;
	const char *t = header + 2;
	size_t t_len = strcspn(t, ",");
	if (!is_recent(t, t_len, now_s))
		return false;
	sign(hex, secret, t, t_len, body, body_len);
	for (const char *at = t + t_len; *at == ',';) {
		at++;
		size_t len = strcspn(at, ",");
		is_ok |= len == 67 && strncmp(at, "v1=", 3) == 0 &&
			 memcmp(at + 3, hex, 64) == 0;
		at += len;
	}
	return is_ok;
}

/* --- Idempotency keys --- */

static struct desk_key *find_key(struct desk_webhooks *w, const char *text)
{
	unsigned n = w->keys < DESK_KEYS_MAX ? w->keys : DESK_KEYS_MAX;

	for (unsigned i = 0; i < n; i++)
		if (strcmp(w->key[i].text, text) == 0)
			return &w->key[i];
	return NULL;
}

/* Returns what is wrong with the request's key, or NULL; *out is its record. */
static const char *fault_of_key(struct desk_webhooks *w,
				const struct http_message *m,
				struct desk_key **out)
{
	const char *text = http_header_value(m, "Idempotency-Key");
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];

	*out = NULL;
	if (!text || !text[0])
		return "no Idempotency-Key";
	if (strlen(text) >= sizeof(w->key[0].text))
		return "an Idempotency-Key of over 63 characters";
	sha256_init(&ctx);
	sha256_update(&ctx, m->body_len, (const uint8_t *)m->body);
	sha256_digest(&ctx, sizeof(digest), digest);
	struct desk_key *k = find_key(w, text);
	if (!k) {
		k = &w->key[w->keys++ % DESK_KEYS_MAX];
		*k = (struct desk_key){ .is_settled = false };
		snprintf(k->text, sizeof(k->text), "%s", text);
		memcpy(k->body, digest, sizeof(digest));
	} else if (memcmp(k->body, digest, sizeof(digest)) != 0) {
		return "an Idempotency-Key that stood for another body";
	} else if (k->is_settled) {
		return "an Idempotency-Key that was answered already";
	}
	*out = k;
	return NULL;
}

/* --- A request --- */

static bool has_members(const json_t *value, const json_t *wanted)
{
	const char *name;
	json_t *member;

	if (!json_is_object(wanted))
		return json_equal(value, wanted);
	json_object_foreach(
		(json_t *)(uintptr_t)wanted, name,
		member) if (!has_members(json_object_get(value, name),
					 member)) return false;
	return true;
}

static bool is_wanted(const char *wants, const json_t *body)
{
	json_t *wanted = json_loads(wants, JSON_DECODE_ANY, NULL);
	bool is_right = has_members(body, wanted);

	json_decref(wanted);
	return is_right;
}

static const char *fault_of_body(const struct desk_webhook *w,
				 const struct http_message *m)
{
	const char *type = http_header_value(m, "Content-Type");

	if (!m->body_len)
		return w->wants ? "no body" : NULL;
	if (!type || strncmp(type, "application/json", 16) != 0)
		return "a body that is not said to be application/json";
	json_t *body =
		json_loadb(m->body, m->body_len,
			   JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	const char *fault = body ? NULL : "a body that is no JSON";
	if (body && w->wants && !is_wanted(w->wants, body))
		fault = "a body without what is wanted";
	json_decref(body);
	return fault;
}

static const char *fault_of_headers(const struct desk_webhook *w,
				    const struct http_message *m)
{
	for (unsigned i = 0; i < w->headers_count; i++) {
		const char *value = http_header_value(m, w->headers[i].name);
		if (!value || strcmp(value, w->headers[i].value) != 0)
			return "a header is missing, or has another value";
	}
	return NULL;
}

static const char *fault_of_signature(const struct desk_webhook *w,
				      const struct http_message *m,
				      int64_t now_s)
{
	const char *header = http_header_value(m, "X-Tandem-Signature");

	if (!w->secret)
		return NULL;
	if (!header)
		return "no X-Tandem-Signature";
	return desk_webhook_signature_ok(header, w->secret, m->body,
					 m->body_len, now_s)
		       ? NULL
		       : "a wrong X-Tandem-Signature";
}

static const char *fault_of(struct desk_webhooks *all,
			    const struct desk_webhook *w,
			    const struct http_message *m, int64_t now_s,
			    struct desk_key **key)
{
	const char *fault = fault_of_signature(w, m, now_s);

	*key = NULL;
	if (!fault)
		fault = fault_of_headers(w, m);
	if (!fault)
		fault = fault_of_body(w, m);
	if (!fault && strcmp(m->method, "GET") != 0 && !w->no_key)
		fault = fault_of_key(all, m, key);
	return fault;
}

/* --- Its answer --- */

static void write_size(struct buffer *out, unsigned size)
{
	static const char some[] = "abcdefghijklmnopqrstuvwxyz012345";

	(void)buffer_append(out, "\"", 1);
	while (out->used + 1 < size) {
		size_t n = size - 1 - out->used;
		if (n > sizeof(some) - 1)
			n = sizeof(some) - 1;
		if (buffer_append(out, some, n) != 0)
			break;
	}
	(void)buffer_append(out, "\"", 1);
}

static void write_body(const struct desk_answer *a, struct buffer *out)
{
	static const char bad[] = "{\"name\":\"M\xfcller \xc3\"}"; /* Latin-1 */

	if (a->size)
		write_size(out, a->size);
	else if (a->bad_utf8)
		(void)buffer_append(out, bad, sizeof(bad) - 1);
	else if (a->body)
		(void)buffer_append(out, a->body, strlen(a->body));
}

static void answer(const struct desk_answer *a, struct desk_reply *reply)
{
	reply->status = a->status ? a->status : 200;
	reply->type = a->type ? a->type : "application/json";
	reply->delay_ms = a->delay_ms;
	reply->is_dropped = a->drop;
	reply->is_cut = a->cut;
	if (a->retry_after_s)
		snprintf(reply->headers, sizeof(reply->headers),
			 "Retry-After: %u\r\n", a->retry_after_s);
	write_body(a, &reply->body);
}

static void refuse(struct desk_webhooks *w, const struct desk_webhook *of,
		   struct desk_reply *reply, unsigned status, const char *fault)
{
	desk_report_breach(w->report, "%s: %s", of->path, fault);
	reply->status = status;
	reply->type = "application/json";
	(void)buffer_printf(&reply->body, "{\"error\":\"%s\"}", fault);
}

/* It may be sent again only where the outcome is open. */
static bool settles(const struct desk_reply *r)
{
	return !r->is_dropped && !r->is_cut && r->status < 500 &&
	       r->status != 408 && r->status != 425 && r->status != 429;
}

static void take(struct desk_webhooks *w, unsigned i,
		 const struct http_message *m, int64_t now_s,
		 struct desk_reply *reply)
{
	const struct desk_webhook *of = &w->scenario->webhooks[i];
	const char *method = of->method ? of->method : "POST";
	struct desk_key *key;

	if (strcmp(m->method, method) != 0) {
		refuse(w, of, reply, 405, "another method");
		return;
	}
	const char *fault = fault_of(w, of, m, now_s, &key);
	if (fault) {
		refuse(w, of, reply, 400, fault);
		return;
	}
	unsigned n = w->asked[i]++;
	answer(&of->answers[n < of->answers_count ? n : of->answers_count - 1],
	       reply);
	if (key)
		key->is_settled = settles(reply);
}

bool desk_webhooks_take(struct desk_webhooks *w, const struct http_message *m,
			int64_t now_s, struct desk_reply *reply)
{
	size_t len = strcspn(m->target, "?");

	for (unsigned i = 0; i < w->scenario->webhooks_count; i++) {
		const char *path = w->scenario->webhooks[i].path;
		if (strncmp(path, m->target, len) != 0 || path[len])
			continue;
		take(w, i, m, now_s, reply);
		return true;
	}
	return false;
}

void desk_webhooks_end(struct desk_webhooks *w)
{
	for (unsigned i = 0; i < w->scenario->webhooks_count; i++) {
		const struct desk_webhook *of = &w->scenario->webhooks[i];
		if (of->requests && *of->requests != w->asked[i])
			desk_report_breach(w->report,
					   "%s: %u good requests, not %u",
					   of->path, w->asked[i],
					   *of->requests);
	}
}
