#include <string.h>

#include "gateway/announce.h"
#include "gateway/carriers/twilio_rest.h"
#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/ops/config.h"

static bool is_served(const struct config *c, const char *account)
{
	const struct config_twilio *t = &c->twilio;

	for (unsigned i = 0; i < t->account_sid_count; i++)
		if (strcmp(t->account_sids[i], account) == 0)
			return true;
	return t->account_sid_count == 0;
}

/* Whether we may ask Twilio for a call. */
static void check_credentials(struct check_list *l, const struct config *c)
{
	const char *account = c->outbound.account;

	if (!twilio_rest_is_ready(c, account))
		check_list_add(l, CHECK_IS_BAD, "outbound.account",
			       "%s: nothing to sign in with: set "
			       "twilio.rest.key_sid and twilio.rest.key_secret "
			       "(an API key), or the account's auth token "
			       "(twilio.accounts, or TWILIO_AUTH_TOKEN)",
			       account);
	else
		check_list_add(l, CHECK_IS_GOOD, "outbound.account",
			       "%s, signed in with %s", account,
			       c->twilio.rest.key_sid[0]
				       ? "the API key of twilio.rest"
				       : "its auth token");
}

/* Whether we take what Twilio then asks. */
static void check_webhooks(struct check_list *l, const struct config *c)
{
	const struct secret *token[CONFIG_TWILIO_TOKENS];
	const char *account = c->outbound.account;

	if (!is_served(c, account))
		check_list_add(l, CHECK_IS_BAD, "outbound.account",
			       "%s is not in twilio.account_sids: what Twilio "
			       "asks about a call that is placed would be "
			       "refused; add it there",
			       account);
	if (!config_twilio_tokens(c, account, strlen(account), token))
		check_list_add(
			l, CHECK_IS_BAD, "outbound.account",
			"%s has no auth token here, which Twilio signs "
			"with when it asks about a call that is placed: "
			"set it in twilio.accounts, or TWILIO_AUTH_TOKEN",
			account);
}

/* Who may ask for a call. */
static void check_admin(struct check_list *l, const struct config *c)
{
	const struct config_admin *a = &c->admin;

	if (!a->listen[0])
		check_list_add(l, CHECK_IS_WARNING, "outbound",
			       "admin.listen is empty: nobody can ask for a "
			       "call (POST /api/calls); set it, or empty "
			       "outbound.account and outbound.from");
	else if (!secret_is_set(&a->token) &&
		 !announce_is_on_this_machine(a->listen))
		check_list_add(l, CHECK_IS_WARNING, "outbound",
			       "admin.listen is open to others and admin.token "
			       "is not set: POST /api/calls answers 403; set "
			       "the token, or listen on 127.0.0.1");
	else
		check_list_add(l, CHECK_IS_GOOD, "outbound",
			       "POST /api/calls on %s, %s", a->listen,
			       secret_is_set(&a->token)
				       ? "with admin.token"
				       : "for whoever is on this machine");
}

void check_outbound(struct check_list *l, const struct config *c)
{
	const struct config_outbound *o = &c->outbound;

	if (o->account[0] && o->from[0]) {
		check_credentials(l, c);
		check_webhooks(l, c);
		check_admin(l, c);
	} else if (secret_is_set(&c->admin.token)) {
		check_list_add(l, CHECK_IS_WARNING, "outbound",
			       "admin.token is set, but outbound.account and "
			       "outbound.from are empty: POST /api/calls "
			       "answers 409; set both to place calls");
	} else {
		check_list_add(l, CHECK_IS_GOOD, "outbound",
			       "off: no calls are placed");
	}
}
