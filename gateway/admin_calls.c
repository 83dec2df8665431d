#include "gateway/admin_calls.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#include "gateway/admin_api.h"
#include "gateway/agents/agent_book.h"
#include "gateway/announce.h"
#include "gateway/carriers/twilio_desk.h"
#include "gateway/carriers/twilio_rest.h"
#include "gateway/exchange.h"
#include "gateway/net/http_server.h"
#include "gateway/ops/config_shared.h"
#include "gateway/ops/hours.h"
#include "gateway/ops/time_zone.h"
#include "gateway/outbound_pace.h"
#include "gateway/outbound_request.h"
#include "protocols/twilio_message.h"

#define DAY_S   86400
#define WHY_MAX 256
#define URL_MAX (CONFIG_TEXT_MAX + 128)
#define BUSY_S  1  /* to wait when too many are under way */
#define TABLE_S 60 /* when too many calls are not over */

/* A call that Twilio is being asked for. */
struct placing {
	struct admin_calls *owner;
	struct placing *next;
	struct http_connection *connection; /* NULL: who has asked is gone */
	struct fetch *fetch;
	char token[TWILIO_OUTBOUND_TOKEN];
	char number[OUTBOUND_NUMBER_MAX];
	char agent[TWILIO_OUTBOUND_AGENT];
};

/* What a request is answered with. */
struct verdict {
	unsigned status;
	const char *word; /* for the figures */
	unsigned retry_s; /* of 429 */
	char why[WHY_MAX];
};

/* --- Answers --- */

static void count(struct admin_calls *a, const char *word)
{
	tally_add(&a->exchange->outbound.asked, word);
}

static void log_refusal(const struct admin_calls *a, const char *number,
			const struct verdict *v)
{
	struct log_line l;

	log_begin(&l, &a->log, v->status == 502 ? LOG_WARN : LOG_INFO,
		  "call_refused");
	log_phone(&l, "to", number);
	log_number(&l, "status", v->status);
	log_text(&l, "why", v->why);
	log_end(&l);
}

__attribute__((format(printf, 4, 5))) static void refuse(struct verdict *v,
							 unsigned status,
							 const char *word,
							 const char *format,
							 ...)
{
	va_list args;

	v->status = status;
	v->word = word;
	va_start(args, format);
	vsnprintf(v->why, sizeof(v->why), format, args);
	va_end(args);
}

static const struct config *config_of(const struct admin_calls *a)
{
	return &a->exchange->config->config;
}

/* --- What is asked --- */

static bool is_json(const struct http_message *m)
{
	const char *type = http_header_value(m, "Content-Type");

	return type && http_header_count(m, "Content-Type") == 1 &&
	       strncasecmp(type, "application/json", 16) == 0 &&
	       (!type[16] || type[16] == ';' || type[16] == ' ');
}

static bool knows_account(const struct config *c, const char *sid)
{
	if (strcmp(c->outbound.account, sid) == 0)
		return true;
	for (unsigned i = 0; i < c->twilio.account_sid_count; i++)
		if (strcmp(c->twilio.account_sids[i], sid) == 0)
			return true;
	for (unsigned i = 0; i < c->twilio.account_count; i++)
		if (strcmp(c->twilio.accounts[i].sid, sid) == 0)
			return true;
	return false;
}

/* Returns whether it can be done at all, as far as it does not depend on when.
 */
static bool is_possible(const struct admin_calls *a, struct http_message *m,
			struct outbound_request *r, struct verdict *v)
{
	const struct config *c = config_of(a);
	char why[OUTBOUND_WHY_MAX] = "Content-Type must be application/json";

	memset(r, 0, sizeof(*r));
	if (!c->outbound.account[0] || !c->outbound.from[0])
		refuse(v, 409, "off",
		       "no calls are placed: outbound.account and "
		       "outbound.from are not set");
	else if (exchange_is_draining(a->exchange))
		refuse(v, 503, "draining", "the gateway is about to go down");
	else if (!is_json(m) ||
		 outbound_request_read(r, m->body, m->body_len, why) != 0)
		refuse(v, 400, "invalid", "%s", why);
	else if (r->account[0] && !knows_account(c, r->account))
		refuse(v, 400, "invalid",
		       "account is none of those in outbound and twilio");
	else if (r->call.agent[0] &&
		 !agent_book_find(a->exchange->book, r->call.agent))
		refuse(v, 404, "no_agent", "there is no agent \"%s\"",
		       r->call.agent);
	return !v->status;
}

/* --- When --- */

static int read_clock(const struct config_outbound *o,
		      struct outbound_time *now, bool *is_open)
{
	struct time_zone *zone;
	struct hours hours;
	int64_t unix_s = (int64_t)time(NULL);
	int err = time_zone_open(&zone, o->timezone);

	if (err)
		return err;
	int64_t there = unix_s + time_zone_offset(zone, unix_s);
	now->ns = uv_hrtime();
	now->day = time_zone_day(zone, unix_s);
	now->of_day_s = (unsigned)(there - (int64_t)now->day * DAY_S);
	time_zone_free(zone);
	*is_open = true;
	if (o->hours[0]) /* 1970 began on a Thursday */
		*is_open = hours_parse(&hours, o->hours) == 0 &&
			   hours_has(&hours, (unsigned)(now->day + 3) % 7,
				     now->of_day_s / 60);
	return 0;
}

static bool is_time(const struct admin_calls *a,
		    const struct outbound_request *r, struct verdict *v)
{
	const struct config_outbound *o = &config_of(a)->outbound;
	struct outbound_time now;
	bool is_open;

	if (read_clock(o, &now, &is_open) != 0) {
		refuse(v, 503, "failed",
		       "the time zone %s cannot be read any more", o->timezone);
		return false;
	}
	if (!is_open) {
		refuse(v, 403, "hours", "outside of outbound.hours: %s, %s",
		       o->hours, o->timezone);
		return false;
	}
	if (a->count >= ADMIN_CALLS_MAX)
		v->retry_s = BUSY_S;
	else
		v->retry_s =
			outbound_pace_take(a->pace, o->per_second,
					   o->per_number_day, r->number, &now);
	if (v->retry_s)
		refuse(v, 429, "rate",
		       "too many calls: outbound.per_second is %u, "
		       "outbound.per_number_day is %u",
		       o->per_second, o->per_number_day);
	return !v->retry_s;
}

/* --- Twilio is asked --- */

static void forget(struct placing *p)
{
	struct placing **link = &p->owner->first;

	while (*link != p)
		link = &(*link)->next;
	*link = p->next;
	p->owner->count--;
	free(p);
}

static void log_placed(const struct placing *p, const char *sid)
{
	struct log_line l;

	log_begin(&l, &p->owner->log, LOG_INFO, "call_placed");
	log_text(&l, "call", sid);
	log_phone(&l, "to", p->number);
	if (p->agent[0])
		log_text(&l, "agent", p->agent);
	log_end(&l);
}

/* Nobody can have been called: who is, counts a call that may have been placed.
 */
static bool is_surely_not(const struct fetch_answer *answer)
{
	switch (answer->error) {
	case 0:
		return answer->status >= 400 && answer->status < 500;
	case -ECONNREFUSED:
	case -EHOSTUNREACH:
	case -ENETUNREACH:
	case -ENOENT:
		return true;
	default:
		return false;
	}
}

static void put_words(const struct fetch_answer *answer, struct verdict *v)
{
	struct twilio_rest_verdict rest;

	if (answer->error) {
		refuse(v, 502, "unreachable", "Twilio does not answer: %s%s",
		       answer->why,
		       is_surely_not(answer) ? ""
					     : "; it may have placed the call");
		return;
	}
	twilio_rest_judge(answer, &rest);
	const char *words = twilio_rest_words(rest.code);
	if (!words)
		words = rest.error ? rest.why : "the answer names no call";
	if (rest.code)
		refuse(v, 502, "refused", "Twilio answered %u, code %u: %s",
		       answer->status, rest.code, words);
	else
		refuse(v, 502, "refused", "Twilio answered %u: %s",
		       answer->status, words);
}

static void fail_placing(struct placing *p, const struct fetch_answer *answer)
{
	struct admin_calls *a = p->owner;
	struct verdict v = { 0 };

	put_words(answer, &v);
	if (is_surely_not(answer)) {
		outbound_pace_give(a->pace, p->number);
		twilio_outbound_drop(&a->exchange->outbound, p->token);
	}
	count(a, v.word);
	log_refusal(a, p->number, &v);
	if (p->connection)
		admin_api_respond(p->connection, v.status, 0, "error", v.why);
}

static void on_answer(void *owner, const struct fetch_answer *answer)
{
	struct placing *p = owner;
	struct admin_calls *a = p->owner;
	struct twilio_rest_verdict rest;
	char sid[TWILIO_SID_LEN];

	twilio_rest_judge(answer, &rest);
	if (rest.error || twilio_rest_created(answer, sid) != 0) {
		fail_placing(p, answer);
	} else {
		twilio_outbound_name(&a->exchange->outbound, p->token, sid);
		count(a, "placed");
		log_placed(p, sid);
		if (p->connection)
			admin_api_respond(p->connection, 202, 0, "call", sid);
	}
	forget(p);
}

static void on_gone(void *owner)
{
	struct placing *p = owner;

	p->connection = NULL;
	if (!p->fetch)
		forget(p); /* we are closed */
}

static const char *detection_of(enum config_machine machine)
{
	switch (machine) {
	case CONFIG_MACHINE_MESSAGE:
		return "DetectMessageEnd";
	case CONFIG_MACHINE_CONTINUE:
	case CONFIG_MACHINE_HANGUP:
		return "Enable";
	default:
		return NULL;
	}
}

/* As long as whoever speaks may; when the routes decide, as anybody. */
static unsigned limit_s(const struct config *c, const char *agent)
{
	int i = agent[0] ? config_agent_find(c, agent) : -1;

	return config_agent_minutes(
		       c, i < 0 ? NULL : config_agent_at(c, (unsigned)i)) *
	       60;
}

static struct fetch *ask(struct placing *p, const struct outbound_request *r)
{
	const struct config *c = config_of(p->owner);
	char url[URL_MAX], status_url[URL_MAX];
	const struct twilio_rest_new call = {
		.config = c,
		.port = p->owner->port,
		.account_sid = r->account[0] ? r->account : c->outbound.account,
		.to = r->number,
		.from = r->from[0] ? r->from : c->outbound.from,
		.url = url,
		.status_url = status_url,
		.limit_s = limit_s(c, r->call.agent),
		.detection = detection_of(c->outbound.machine),
	};

	snprintf(url, sizeof(url),
		 "%s" TWILIO_PATH_VOICE "?" TWILIO_OUTBOUND_QUERY "%s",
		 c->public_url, p->token);
	snprintf(status_url, sizeof(status_url), "%s" TWILIO_PATH_CALL,
		 c->public_url);
	return twilio_rest_create(&call, on_answer, p);
}

static struct placing *begin(struct admin_calls *a,
			     const struct outbound_request *r)
{
	struct placing *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->owner = a;
	p->next = a->first;
	a->first = p;
	a->count++;
	memcpy(p->number, r->number, sizeof(p->number));
	memcpy(p->agent, r->call.agent, sizeof(p->agent));
	return p;
}

/* Returns NULL when it could not even be tried; then nothing is left of it. */
static struct placing *place(struct admin_calls *a,
			     const struct outbound_request *r,
			     struct verdict *v)
{
	struct twilio_outbound *table = &a->exchange->outbound;
	struct placing *p = begin(a, r);
	uint8_t entropy[16];

	if (getrandom(entropy, sizeof(entropy), 0) != sizeof(entropy))
		abort(); /* a guessable token would be worse */
	int err = p ? twilio_outbound_place(table, &r->call, entropy,
					    uv_hrtime(), p->token)
		    : -ENOMEM;
	if (!err) {
		p->fetch = ask(p, r);
		if (p->fetch)
			return p;
		twilio_outbound_drop(table, p->token);
	}
	if (p)
		forget(p);
	outbound_pace_give(a->pace, r->number);
	if (err == -ENOBUFS) {
		v->retry_s = TABLE_S;
		refuse(v, 429, "rate", "too many calls that are not over");
	} else {
		refuse(v, 503, "failed", "no memory");
	}
	return NULL;
}

/* The account's own token, or a key. */
static bool has_credentials(const struct admin_calls *a,
			    const struct outbound_request *r, struct verdict *v)
{
	const struct config *c = config_of(a);
	const char *sid = r->account[0] ? r->account : c->outbound.account;

	if (twilio_rest_is_ready(c, sid))
		return true;
	refuse(v, 409, "off",
	       "no calls are placed: twilio.rest has no key, and the account "
	       "no auth token");
	return false;
}

void admin_calls_take(struct admin_calls *a, struct http_connection *c,
		      struct http_message *m)
{
	struct outbound_request r;
	struct verdict v = { 0 };
	struct placing *p = NULL;

	if (is_possible(a, m, &r, &v) && has_credentials(a, &r, &v) &&
	    is_time(a, &r, &v))
		p = place(a, &r, &v);
	if (p) {
		p->connection = c;
		http_defer(c, on_gone, p);
		return;
	}
	count(a, v.word);
	log_refusal(a, r.number, &v);
	admin_api_respond(c, v.status, v.retry_s, "error", v.why);
}

/* --- Life --- */

int admin_calls_open(struct admin_calls *a, struct exchange *e,
		     const struct log *log)
{
	*a = (struct admin_calls){ .exchange = e, .log = *log };
	a->pace = calloc(1, sizeof(*a->pace));
	if (!a->pace)
		return -ENOMEM;
	int err = fetch_port_open(&a->port, e->fetcher, e->control);
	if (!err)
		return 0;
	free(a->pace);
	a->pace = NULL;
	return err;
}

void admin_calls_close(struct admin_calls *a)
{
	if (!a->port)
		return;
	fetch_port_close(a->port, NULL, NULL);
	a->port = NULL;
	for (struct placing *p = a->first, *next; p; p = next) {
		next = p->next;
		p->fetch = NULL; /* gone with the port */
		if (!p->connection)
			forget(p);
	}
	free(a->pace);
	a->pace = NULL;
}
