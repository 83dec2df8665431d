#include "gateway/carriers/audiocodes_desk.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/carriers/audiocodes_keys.h"
#include "gateway/ops/config.h"
#include "protocols/http.h"

#define NOT_A_BOT CONFIG_BOTS_MAX

void audiocodes_desk_init(struct audiocodes_desk *d,
			  const struct config *config,
			  struct audiocodes_keys *keys, const struct log *log)
{
	memset(d, 0, sizeof(*d));
	d->config = config;
	d->keys = keys;
	log_child_of(&d->log, log, LOG_AUDIOCODES, "leg", "audiocodes");
}

/* --- Refusals --- */

struct refusal {
	unsigned status;     /* 0: none, go on */
	const char *why;     /* for the log */
	const char *headers; /* or NULL */
};

#define VERSION_13                      \
	"Sec-WebSocket-Version: 13\r\n" \
	"Upgrade: websocket\r\n"        \
	"Connection: Upgrade\r\n"
#define CHALLENGE       "WWW-Authenticate: Bearer\r\n"
#define CHALLENGE_TOKEN "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n"
#define CHALLENGE_SCOPE \
	"WWW-Authenticate: Bearer error=\"insufficient_scope\"\r\n"
#define RETRY_FULL "Retry-After: 10\r\n" /* s: calls take minutes */
#define RETRY_SOON "Retry-After: 2\r\n"

static const struct refusal no_refusal = { 0 };

static struct refusal refuse(unsigned status, const char *why,
			     const char *headers)
{
	return (struct refusal){ status, why, headers };
}

/* --- 1: the upgrade --- */

/* Upgrades to other protocols may be ignored (RFC 9110, 7.8); some clients
 * offer HTTP/2 with every request. */
static bool is_plain(const struct http_message *m)
{
	return !http_header_has(m, "Upgrade", "websocket") &&
	       !http_header_count(m, "Sec-WebSocket-Key");
}

static struct refusal check_upgrade(const struct http_message *m,
				    char accept[WEBSOCKET_ACCEPT_LEN])
{
	if (is_plain(m))
		return strcmp(m->method, "GET") == 0 ||
				       strcmp(m->method, "POST") == 0
			       ? no_refusal
			       : refuse(405, "neither GET nor POST",
					"Allow: GET, POST\r\n");
	switch (websocket_check_request(m, accept)) {
	case 0:
		return no_refusal;
	case -426:
		return refuse(426, "not a WebSocket of version 13", VERSION_13);
	default:
		return refuse(400, "not a well-formed WebSocket upgrade",
			      VERSION_13);
	}
}

/* --- 2: the bot --- */

static const char *name_of(const struct http_message *m, size_t *len)
{
	const char *name = m->target + strlen(AUDIOCODES_PATH);

	*len = strcspn(name, "?");
	return name;
}

static unsigned find_bot(const struct config_audiocodes *c,
			 const struct http_message *m)
{
	size_t len;
	const char *name = name_of(m, &len);

	for (unsigned i = 0; i < c->bot_count; i++)
		if (strlen(c->bots[i]) == len && !memcmp(c->bots[i], name, len))
			return i;
	return NOT_A_BOT;
}

/* --- 3 and 4: who it is, and whether that suffices here --- */

/* The token of "Authorization: Bearer <token>", or NULL. */
static const char *bearer(const struct http_message *m)
{
	const char *value = http_header_value(m, "Authorization");

	if (!value || strncasecmp(value, "Bearer ", 7) != 0)
		return NULL;
	return value + 7 + strspn(value + 7, " ");
}

enum match { MATCH_NONE, MATCH_OTHER_BOT, MATCH_OURS };

/* Every token of every bot is compared, so that time tells nothing. */
static enum match match_token(const struct config_audiocodes *c, unsigned bot,
			      const char *token)
{
	struct secret given = { 0 };
	unsigned ours = 0, others = 0;

	/* What no secret can be leaves it empty, as no configured one is. */
	(void)secret_set(&given, token, strlen(token));
	for (unsigned b = 0; b < c->bot_count; b++) {
		for (unsigned t = 0; t < c->tokens[b].count; t++) {
			bool is_it =
				secret_equal(&c->tokens[b].token[t], &given);
			*(b == bot ? &ours : &others) += is_it;
		}
	}
	secret_wipe(&given);
	return ours ? MATCH_OURS : others ? MATCH_OTHER_BOT : MATCH_NONE;
}

static struct refusal refuse_jwt(struct audiocodes_desk *d,
				 enum jwt_fault fault)
{
	const char *why = jwt_fault_text(fault);

	switch (fault) {
	case JWT_NO_KEYS:
		return refuse(503, why, RETRY_SOON);
	case JWT_NO_SCOPE:
		return refuse(403, why, CHALLENGE_SCOPE);
	case JWT_UNKNOWN_KEY:
		audiocodes_keys_missed(d->keys);
		break;
	case JWT_NOT_THREE_PARTS:
		why = "the token is none of the bot's, and no JWT";
		break;
	default:
		break;
	}
	return refuse(401, why, CHALLENGE_TOKEN);
}

static struct refusal check_jwt(struct audiocodes_desk *d,
				const struct audiocodes_request *r,
				const char *token,
				struct audiocodes_principal *who)
{
	const struct config_oauth *o = &d->config->audiocodes.oauth;
	const struct jwt_rules rules = {
		.issuer = o->issuer,
		.audience = o->audience,
		.scope = o->scope,
		.now_s = r->now_s,
	};

	if (!d->keys)
		return refuse(401, "the token is none of the bot's",
			      CHALLENGE_TOKEN);
	enum jwt_fault fault =
		jwt_check(token, strlen(token), audiocodes_keys_now(d->keys),
			  &rules, who->id);
	if (fault)
		return refuse_jwt(d, fault);
	who->proof = AUDIOCODES_BY_JWT;
	return no_refusal;
}

static struct refusal check_token(struct audiocodes_desk *d,
				  const struct audiocodes_request *r,
				  unsigned bot,
				  struct audiocodes_principal *who)
{
	const char *token = bearer(r->message);

	if (!token)
		return refuse(401, "there is no bearer token", CHALLENGE);
	if (http_header_count(r->message, "Authorization") > 1)
		return refuse(401, "there is more than one Authorization",
			      CHALLENGE_TOKEN);
	switch (match_token(&d->config->audiocodes, bot, token)) {
	case MATCH_OURS:
		who->proof = AUDIOCODES_BY_TOKEN;
		return no_refusal;
	case MATCH_OTHER_BOT:
		return refuse(403, "the token is another bot's", NULL);
	default:
		return check_jwt(d, r, token, who);
	}
}

static struct refusal check_peer(struct audiocodes_desk *d,
				 const struct audiocodes_request *r,
				 unsigned bot, struct audiocodes_principal *who)
{
	memset(who, 0, sizeof(*who));
	if (d->keys || d->config->audiocodes.tokens[bot].count)
		return check_token(d, r, bot, who);
	who->proof = AUDIOCODES_BY_NEARNESS;
	return r->is_loopback
		       ? no_refusal
		       : refuse(403,
				"the bot has no token, so only this machine is "
				"served: set AUDIOCODES_TOKENS",
				NULL);
}

/* --- 5: room --- */

static struct refusal check_room(struct audiocodes_desk *d,
				 const struct audiocodes_request *r,
				 struct audiocodes_verdict *v)
{
	const char *bot = d->config->audiocodes.bots[v->bot];
	const char *caller = http_header_value(r->message, "AC-Caller-Number");
	enum lines_refusal full = d->admit(d->owner, bot, caller, &v->seat);

	if (full != LINES_FREE)
		return refuse(503, lines_refusal_text(full), RETRY_FULL);
	v->place = audiocodes_waiting_enter(d->waiting, r->peer);
	if (v->place >= 0)
		return no_refusal;
	d->leave(d->owner, &v->seat);
	return refuse(503,
		      "too many sockets of this address have no session yet",
		      RETRY_SOON);
}

/* --- The verdict --- */

static void tell(const struct audiocodes_desk *d,
		 const struct audiocodes_request *r, enum log_level level,
		 const char *event, const struct refusal *refusal)
{
	const char *id = http_header_value(r->message, "AC-Conversation-Id");
	const char *caller = http_header_value(r->message, "AC-Caller-Number");
	struct log_line l;
	size_t len;

	log_begin(&l, &d->log, level, event);
	const char *name = name_of(r->message, &len);
	log_bytes(&l, "bot", name, len);
	log_text(&l, "peer", r->peer);
	if (id)
		log_text(&l, "conversation", id);
	if (caller)
		log_phone(&l, "from", caller);
	if (refusal->status) {
		log_number(&l, "status", refusal->status);
		log_text(&l, "why", refusal->why);
	}
	log_end(&l);
}

static struct refusal check(struct audiocodes_desk *d,
			    const struct audiocodes_request *r,
			    struct audiocodes_verdict *v)
{
	struct refusal refusal = check_upgrade(r->message, v->accept);

	if (refusal.status)
		return refusal;
	v->bot = find_bot(&d->config->audiocodes, r->message);
	if (v->bot == NOT_A_BOT)
		return refuse(404, "not one of audiocodes.bots", NULL);
	refusal = check_peer(d, r, v->bot, &v->principal);
	if (!refusal.status && !is_plain(r->message))
		refusal = check_room(d, r, v);
	return refusal;
}

void audiocodes_desk_judge(struct audiocodes_desk *d,
			   const struct audiocodes_request *r,
			   struct audiocodes_verdict *v)
{
	memset(v, 0, sizeof(*v));
	v->place = -1;
	const struct refusal refusal = check(d, r, v);
	v->headers = refusal.headers;
	if (refusal.status) {
		v->status = refusal.status;
		v->type = "text/plain";
		v->body = "refused\n";
		tell(d, r, LOG_WARN, "refused", &refusal);
	} else if (is_plain(r->message)) {
		v->status = 200;
		v->type = "application/json";
		v->body = "{\"type\":\"ac-bot-api\",\"success\":true}";
		tell(d, r, LOG_INFO, "checked", &refusal);
	} else {
		v->status = 101;
		tell(d, r, LOG_DEBUG, "admitted", &refusal);
	}
}

void audiocodes_desk_url(const struct config *c, unsigned bot, char *out,
			 size_t cap)
{
	/* http:// becomes ws://, and https:// wss://. */
	snprintf(out, cap, "%s%s" AUDIOCODES_PATH "%s",
		 c->public_url[0] ? "ws" : "wss://<your host>",
		 c->public_url[0] ? c->public_url + 4 : "",
		 c->audiocodes.bots[bot]);
}
