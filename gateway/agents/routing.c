#include "gateway/agents/routing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/hours.h"
#include "gateway/ops/time_zone.h"

#define DAY_S 86400

struct routing {
	const struct config *config;
	struct {
		struct hours hours;
		struct time_zone *zone;
	} of[]; /* routes */
};

static const char *zone_of(const struct config_route *r)
{
	return r->timezone[0] ? r->timezone : "UTC";
}

int routing_open(struct routing **out, const struct config *c, char *why,
		 size_t cap)
{
	struct routing *r =
		calloc(1, sizeof(*r) + c->route_count * sizeof(r->of[0]));
	int err = r ? 0 : -ENOMEM;

	*out = NULL;
	if (r)
		r->config = c;
	else
		snprintf(why, cap, "out of memory");
	for (unsigned i = 0; i < c->route_count && !err; i++) {
		const struct config_route *route = &c->routes[i];
		if (!route->hours[0])
			continue;
		(void)hours_parse(&r->of[i].hours, route->hours);
		err = time_zone_open(&r->of[i].zone, zone_of(route));
		if (err)
			snprintf(why, cap, "routes.%u.timezone: %s: %s", i,
				 route->timezone, strerror(-err));
	}
	if (err)
		routing_free(r);
	else
		*out = r;
	return err;
}

void routing_free(struct routing *r)
{
	for (unsigned i = 0; r && i < r->config->route_count; i++)
		time_zone_free(r->of[i].zone);
	free(r);
}

/* --- One condition --- */

struct looking {
	const struct routing *routing;
	const struct routing_facts *facts;
	unsigned route;
	routing_tell *tell;
	void *owner;
	enum routing_verdict verdict; /* of the route so far */
};

/* Another one, unless the route is out already. */
static void look(struct looking *l, const char *condition, const char *wanted,
		 const char *found, bool fits)
{
	const struct routing_step step = {
		.route = l->route,
		.condition = condition,
		.wanted = wanted,
		.found = found ? found : "",
		.verdict = !found ? ROUTING_UNKNOWN
			   : fits ? ROUTING_YES
				  : ROUTING_NO,
	};

	if (l->tell)
		l->tell(l->owner, &step);
	if (step.verdict != ROUTING_YES)
		l->verdict = step.verdict;
}

static bool is_out(const struct looking *l)
{
	return l->verdict == ROUTING_NO;
}

/* "+1555*" is a beginning, "+15551234567" the whole. */
static bool matches(const char *pattern, const char *text)
{
	size_t len = strlen(pattern);

	if (len && pattern[len - 1] == '*')
		return strncmp(pattern, text, len - 1) == 0;
	return strcmp(pattern, text) == 0;
}

static bool begins(const char *with, const char *text)
{
	size_t len = strlen(with);

	len -= len && with[len - 1] == '*';
	return strncmp(with, text, len) == 0;
}

static void look_at_hours(struct looking *l, const struct config_route *r)
{
	static const char day_name[7][4] = { "mon", "tue", "wed", "thu",
					     "fri", "sat", "sun" };
	const struct time_zone *zone = l->routing->of[l->route].zone;
	int64_t local =
		l->facts->unix_s + time_zone_offset(zone, l->facts->unix_s);
	int64_t days = local / DAY_S - (local % DAY_S < 0);
	unsigned minute = (unsigned)(local - days * DAY_S) / 60;
	unsigned day = (unsigned)((days % 7 + 10) % 7); /* 1970: a Thursday */
	char found[96];

	snprintf(found, sizeof(found), "%s %02u:%02u %s", day_name[day],
		 minute / 60, minute % 60, zone_of(r));
	look(l, "hours", r->hours, found,
	     hours_has(&l->routing->of[l->route].hours, day, minute));
}

static void look_at_parameter(struct looking *l, const struct config_route *r)
{
	const struct routing_facts *f = l->facts;
	const struct config_variable *p = &r->parameter;
	char wanted[CONFIG_WORD_MAX + CONFIG_VALUE_MAX + 2];
	const char *found = NULL;

	snprintf(wanted, sizeof(wanted), "%s=%s", p->name, p->value);
	if (f->has_parameters) {
		found = f->parameter(f->owner, p->name);
		found = found ? found : "";
	}
	look(l, "parameter", wanted, found, found && !strcmp(found, p->value));
}

static void look_at_texts(struct looking *l, const struct config_route *r)
{
	const struct routing_facts *f = l->facts;

	if (!is_out(l) && r->bot[0])
		look(l, "bot", r->bot, f->bot, !strcmp(r->bot, f->bot));
	if (!is_out(l) && r->number[0])
		look(l, "number", r->number, f->number,
		     f->number && matches(r->number, f->number));
	if (!is_out(l) && r->caller[0])
		look(l, "caller", r->caller, f->caller,
		     f->caller && begins(r->caller, f->caller));
}

static void look_at_route(struct looking *l)
{
	static const char *const carrier[] = { "any", "twilio", "audiocodes" };
	const struct config_route *r = &l->routing->config->routes[l->route];
	const struct routing_facts *f = l->facts;

	l->verdict = ROUTING_YES;
	if (r->carrier != CONFIG_CARRIER_ANY)
		look(l, "carrier", carrier[r->carrier], carrier[f->carrier],
		     r->carrier == f->carrier);
	look_at_texts(l, r);
	if (!is_out(l) && r->parameter.name[0])
		look_at_parameter(l, r);
	if (!is_out(l) && r->hours[0])
		look_at_hours(l, r);
}

struct routing_choice routing_decide(const struct routing *r,
				     const struct routing_facts *facts,
				     routing_tell *tell, void *owner)
{
	struct looking l = { r, facts, 0, tell, owner, ROUTING_YES };
	const struct config *c = r->config;

	for (; l.route < c->route_count; l.route++) {
		look_at_route(&l);
		if (l.verdict == ROUTING_YES)
			return (struct routing_choice){
				ROUTING_DECIDED, (int)l.route,
				c->routes[l.route].agent
			};
		if (l.verdict == ROUTING_UNKNOWN)
			break;
	}
	return (struct routing_choice){ l.route < c->route_count
						? ROUTING_OPEN
						: ROUTING_DECIDED,
					-1, c->agent.persona.name };
}

/* --- A route again --- */

/* FNV-1a; what is not filled is zero. Keys that it has not are left out: they
 * are most of it. */
static uint64_t hash(const struct config_route *r)
{
	const unsigned char *at = (const unsigned char *)r;
	size_t len = offsetof(struct config_route, keypad.keys) +
		     r->keypad.count * sizeof(r->keypad.keys[0]);
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ at[i]) * 0x100000001b3u;
	return h ? h : 1;
}

uint64_t routing_key(const struct config *c, int route)
{
	return route < 0 ? 0 : hash(&c->routes[route]);
}

const struct config_route *routing_by_key(const struct config *c, uint64_t key)
{
	for (unsigned i = 0; key && i < c->route_count; i++)
		if (hash(&c->routes[i]) == key)
			return &c->routes[i];
	return NULL;
}
