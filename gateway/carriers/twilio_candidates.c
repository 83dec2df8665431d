#include "gateway/carriers/twilio_candidates.h"

#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "protocols/form.h"
#include "protocols/http.h"
#include "protocols/twilio_signature.h"

#define SIGNATURE "X-Twilio-Signature"
#define VARIANTS  4   /* signatures for one guess, at most */
#define HOST_MAX  256 /* characters of a host with port; longer: not tried */

/* -- what is accepted -- */

int twilio_candidates_url(const struct twilio_signed *s, const char *target,
			  bool is_socket, char *out, size_t cap)
{
	const char *base = s->config->public_url;
	const struct twilio_request_url where = {
		.public_base = base[0] ? base : NULL,
		.is_tls = s->request->is_tls,
		.is_upgrade = is_socket,
		.host = s->request->host ? s->request->host
					 : http_header_value(
						   s->request->message, "Host"),
		.target = target,
	};
	return twilio_public_url(out, cap, &where);
}

static const char *signature_of(const struct twilio_signed *s)
{
	return http_header_value(s->request->message, SIGNATURE);
}

static int believed_url(const struct twilio_signed *s, char url[TWILIO_URL_MAX])
{
	return twilio_candidates_url(s, s->request->message->target,
				     s->is_upgrade, url, TWILIO_URL_MAX);
}

/* Every token is tried, so that time does not tell which it was. */
static unsigned match(const struct twilio_signed *s, const char *account_sid)
{
	const struct secret *token[CONFIG_TWILIO_TOKENS];
	char url[TWILIO_URL_MAX];
	unsigned found = 0;

	if (http_header_count(s->request->message, SIGNATURE) != 1 ||
	    believed_url(s, url))
		return 0;
	size_t count =
		config_twilio_tokens(s->config, account_sid,
				     account_sid ? strlen(account_sid) : 0,
				     token);
	for (unsigned i = 0; i < count; i++)
		if (twilio_signature_check(secret_reveal(token[i]), url,
					   s->fields, NULL, 0,
					   signature_of(s)) &&
		    !found)
			found = i + 1;
	return found;
}

unsigned twilio_candidates_match(const struct twilio_signed *s)
{
	return match(s, s->account_sid);
}

/* -- what would have matched -- */

/* Where the host of a URL may come from. */
enum source { AS_BELIEVED, BY_HOST, BY_FORWARDED, WITH_PORT, SOURCES };
/* What may have been done to the path. */
enum detour { STRAIGHT, WITHOUT_PREFIX, WITH_PREFIX, SLASHED, DETOURS };

struct guess {
	enum source source;
	enum detour detour;
	bool is_tls;
	enum twilio_fields fields;
};

struct search {
	const struct twilio_signed *s;
	const struct secret *secret[CONFIG_TWILIO_TOKENS]; /* of all accounts */
	size_t secrets;
	char host[SOURCES][HOST_MAX];
	char prefix[HOST_MAX]; /* of the path in public_url */
	const char *forwarded_prefix;
	bool is_tls; /* believed */
	unsigned tries;
	unsigned token; /* that matched, from 1 */
	char url[TWILIO_URL_MAX];
};

/* The first of a list, as a proxy that adds to a header leaves it. */
static void copy_first(char out[HOST_MAX], const char *list)
{
	size_t n = list ? strcspn(list, ", \t") : 0;

	if (n < HOST_MAX)
		snprintf(out, HOST_MAX, "%.*s", (int)n, list ? list : "");
}

static void take_believed(struct search *q)
{
	char url[TWILIO_URL_MAX];

	if (believed_url(q->s, url))
		return;
	const char *host = strstr(url, "://") + 3;
	size_t n = strcspn(host, "/?#");
	const char *path = strstr(q->s->config->public_url, "://");

	q->is_tls =
		strncmp(url, "https", 5) == 0 || strncmp(url, "wss", 3) == 0;
	if (n < HOST_MAX)
		snprintf(q->host[AS_BELIEVED], HOST_MAX, "%.*s", (int)n, host);
	path = path ? strchr(path + 3, '/') : NULL;
	snprintf(q->prefix, HOST_MAX, "%s", path ? path : "");
}

static void begin(struct search *q, const struct twilio_signed *s)
{
	const struct http_message *m = s->request->message;
	const char *port = http_header_value(m, "X-Forwarded-Port");

	memset(q, 0, sizeof(*q));
	q->s = s;
	q->secrets = config_twilio_tokens(s->config, NULL, 0, q->secret);
	take_believed(q);
	copy_first(q->host[BY_HOST], http_header_value(m, "Host"));
	copy_first(q->host[BY_FORWARDED],
		   http_header_value(m, "X-Forwarded-Host"));
	q->forwarded_prefix = http_header_value(m, "X-Forwarded-Prefix");
	if (port && strlen(port) < 6 && !strchr(q->host[AS_BELIEVED], ':') &&
	    strlen(q->host[AS_BELIEVED]) + 7 < HOST_MAX)
		snprintf(q->host[WITH_PORT], HOST_MAX, "%.248s:%s",
			 q->host[AS_BELIEVED], port);
}

static const char *scheme_of(const struct search *q, bool is_tls)
{
	static const char *const scheme[2][2] = { { "http", "https" },
						  { "ws", "wss" } };
	return scheme[q->s->is_upgrade][is_tls];
}

/* What stands between host and target; NULL: there is no such detour. */
static const char *prefix_for(const struct search *q, enum detour detour)
{
	switch (detour) {
	case WITHOUT_PREFIX:
		return q->prefix[0] ? "" : NULL;
	case WITH_PREFIX:
		return q->forwarded_prefix;
	default:
		return q->prefix;
	}
}

/* Returns false where the guess is no other than an earlier one. */
static bool write_guess(struct search *q, const struct guess *g)
{
	const char *target = q->s->request->message->target;
	const char *host = q->host[g->source];
	const char *prefix = prefix_for(q, g->detour);
	size_t path = strcspn(target, "?");

	if (!host[0] || !prefix ||
	    (g->source != AS_BELIEVED && !strcmp(host, q->host[AS_BELIEVED])))
		return false;
	return (size_t)snprintf(q->url, sizeof(q->url), "%s://%s%s%.*s%s%s",
				scheme_of(q, g->is_tls), host, prefix,
				(int)path, target,
				g->detour == SLASHED ? "/" : "",
				target + path) < sizeof(q->url);
}

/* With the variants of a port and a slash that are accepted, too. */
static bool explains(const struct search *q, const struct guess *g,
		     const char *token)
{
	const struct twilio_signed *s = q->s;

	if (g->fields == TWILIO_FIELDS_SORTED)
		return twilio_signature_check(token, q->url, s->fields, NULL, 0,
					      signature_of(s));
	return twilio_signature_explains(token, q->url, s->fields, g->fields,
					 signature_of(s));
}

static bool try_guess(struct search *q, const struct guess *g)
{
	if (!write_guess(q, g))
		return false;
	for (unsigned i = 0; i < q->secrets; i++) {
		q->tries += VARIANTS;
		if (q->tries > TWILIO_TRIES_MAX)
			return false;
		if (explains(q, g, secret_reveal(q->secret[i]))) {
			q->token = i + 1;
			return true;
		}
	}
	return false;
}

/* Hosts, schemes and paths with the body as it should be, likelier ones first.
 */
static bool find_url(struct search *q, struct guess *g)
{
	for (unsigned d = 0; d < DETOURS; d++) {
		for (unsigned h = 0; h < 2 * SOURCES; h++) {
			*g = (struct guess){ .source = h / 2,
					     .detour = d,
					     .is_tls = q->is_tls ^ (h & 1) };
			if (try_guess(q, g))
				return true;
		}
	}
	return false;
}

/* The right URL, and something on the way has changed the body. */
static bool find_body(struct search *q, struct guess *g)
{
	*g = (struct guess){ .is_tls = q->is_tls };
	if (!q->s->fields)
		return false;
	g->fields = TWILIO_FIELDS_AS_SENT;
	if (try_guess(q, g))
		return true;
	g->fields = TWILIO_FIELDS_NONE;
	return try_guess(q, g);
}

/* -- advice -- */

static const char *advice_for_body(const struct guess *g)
{
	return g->fields == TWILIO_FIELDS_AS_SENT
		       ? "with the body's parameters sorted otherwise: "
			 "something on the way signs for itself"
		       : "without the body's parameters: something on the way "
			 "has added them, or changed the method";
}

static const char *advice_for_path(const struct guess *g)
{
	switch (g->detour) {
	case WITHOUT_PREFIX:
		return "without the path of public_url: take it out there";
	case WITH_PREFIX:
		return "a proxy takes X-Forwarded-Prefix off the path: set "
		       "public_url with it";
	case SLASHED:
		return "a slash at the end of the path is lost on the way: "
		       "configure the URL without it";
	default:
		return "the account's token is another one";
	}
}

/* The host or the scheme is not as believed. */
static const char *advice_for_base(const struct search *q,
				   const struct guess *g)
{
	const struct http_message *m = q->s->request->message;
	bool is_set = q->s->config->public_url[0] != '\0';

	if (g->source == WITH_PORT)
		return "its port is that of X-Forwarded-Port: set public_url "
		       "with it";
	if (g->source == BY_HOST || (g->source == BY_FORWARDED && is_set))
		return "public_url names another host";
	if (g->source == BY_FORWARDED)
		return "X-Forwarded-Host is not believed from this peer: add "
		       "it to proxies, or set public_url";
	return http_header_value(m, "X-Forwarded-Proto") && !is_set
		       ? "X-Forwarded-Proto is not believed from this peer: "
			 "add it to proxies, or set public_url"
		       : "only the scheme differs: set public_url";
}

static const char *advice_for(const struct search *q, const struct guess *g)
{
	if (g->fields != TWILIO_FIELDS_SORTED)
		return advice_for_body(g);
	if (g->source != AS_BELIEVED || g->is_tls != q->is_tls)
		return advice_for_base(q, g);
	return advice_for_path(g);
}

static void write_base(struct twilio_advice *out, const char *url)
{
	const char *host = strstr(url, "://") + 3;

	snprintf(out->base, sizeof(out->base), "%.*s",
		 (int)(host - url) + (int)strcspn(host, "/?#"), url);
}

static bool explain(const struct twilio_signed *s, struct twilio_advice *out)
{
	struct search q;
	struct guess g;

	out->token = match(s, NULL);
	if (out->token) {
		out->text = "signed with a token of another account";
		return true;
	}
	begin(&q, s);
	if (!find_body(&q, &g) && !find_url(&q, &g))
		return false;
	write_base(out, q.url);
	out->token = q.token;
	out->text = advice_for(&q, &g);
	return true;
}

bool twilio_candidates_explain(const struct twilio_signed *s,
			       struct twilio_advice *out)
{
	const char *signature = signature_of(s);

	*out = (struct twilio_advice){
		.text = "no URL and no token known here give this signature: "
			"is TWILIO_AUTH_TOKEN the account's?",
	};
	return signature && strlen(signature) == TWILIO_SIGNATURE_LEN - 1 &&
	       s->request->message->body_len <= TWILIO_EXPLAIN_BODY_MAX &&
	       explain(s, out);
}
