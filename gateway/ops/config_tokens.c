#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"

static void each_of(struct secret *s, size_t n,
		    void (*each)(void *owner, struct secret *s), void *owner)
{
	for (size_t i = 0; i < n; i++)
		each(owner, &s[i]);
}

static void each_of_agent(struct config_agent_functions *f,
			  void (*each)(void *owner, struct secret *s),
			  void *owner)
{
	for (size_t i = 0; i < CONFIG_FUNCTIONS_MAX; i++)
		each(owner, &f->function[i].secret);
	for (size_t i = 0; i < CONFIG_MCP_MAX; i++)
		each(owner, &f->mcp[i].authorization);
}

void config_each_secret(struct config *c,
			void (*each)(void *owner, struct secret *s),
			void *owner)
{
	each(owner, &c->model.key);
	each(owner, &c->admin.token);
	each(owner, &c->twilio.rest.key_secret);
	each(owner, &c->agent.form.webhook.secret);
	each(owner, &c->agent.supervisor.key);
	each(owner, &c->call_webhook.secret);
	each_of(c->twilio.auth_tokens, CONFIG_TOKENS_MAX, each, owner);
	for (size_t i = 0; i < CONFIG_ACCOUNTS_MAX; i++)
		each_of(c->twilio.accounts[i].auth_tokens, CONFIG_TOKENS_MAX,
			each, owner);
	for (size_t i = 0; i < CONFIG_BOTS_MAX; i++)
		each_of(c->audiocodes.tokens[i].token, CONFIG_TOKENS_MAX, each,
			owner);
	each_of_agent(&c->agent.functions, each, owner);
}

static void wipe(void *owner, struct secret *s)
{
	(void)owner;
	secret_wipe(s);
}

static void drop_agents(struct config *c)
{
	struct config_agents *a = c->agents;

	c->agents = NULL;
	if (!a || atomic_fetch_sub(&a->uses, 1) > 1)
		return;
	explicit_bzero(a->agent, a->count * sizeof(a->agent[0]));
	free(a);
}

void config_copy(struct config *to, const struct config *from)
{
	*to = *from;
	if (to->agents)
		atomic_fetch_add(&to->agents->uses, 1);
}

void config_move(struct config *to, struct config *from)
{
	*to = *from;
	from->agents = NULL;
	config_wipe(from);
}

unsigned config_agent_count(const struct config *c)
{
	return 1 + (c->agents ? c->agents->count : 0);
}

const struct config_agent *config_agent_at(const struct config *c, unsigned i)
{
	return i ? &c->agents->agent[i - 1] : &c->agent;
}

int config_agent_find(const struct config *c, const char *name)
{
	for (unsigned i = 0; i < config_agent_count(c); i++)
		if (strcmp(config_agent_at(c, i)->persona.name, name) == 0)
			return (int)i;
	return -1;
}

const char *config_agent_model(const struct config *c,
			       const struct config_agent *a)
{
	return a->persona.model[0] ? a->persona.model : c->model.name;
}

unsigned config_agent_minutes(const struct config *c,
			      const struct config_agent *a)
{
	unsigned most = 0;

	if (a)
		return a->limits.call_minutes ? a->limits.call_minutes
					      : c->limits.call_minutes;
	for (unsigned i = 0; i < config_agent_count(c); i++) {
		unsigned n = config_agent_minutes(c, config_agent_at(c, i));
		most = n > most ? n : most;
	}
	return most;
}

unsigned config_agent_silence(const struct config *c,
			      const struct config_agent *a)
{
	return a->limits.silence_seconds ? a->limits.silence_seconds
					 : c->limits.silence_seconds;
}

void config_wipe(struct config *c)
{
	config_each_secret(c, wipe, NULL);
	for (size_t i = 0; i < CONFIG_FUNCTIONS_MAX; i++)
		explicit_bzero(c->agent.functions.function[i].headers,
			       sizeof(c->agent.functions.function[i].headers));
	drop_agents(c);
	c->twilio.auth_token_count = 0;
	c->twilio.account_count = 0;
	c->audiocodes.token_list_count = 0;
	for (size_t i = 0; i < CONFIG_BOTS_MAX; i++)
		c->audiocodes.tokens[i].count = 0;
}

static size_t add(const struct secret **out, size_t n,
		  const struct secret *tokens, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		out[n++] = &tokens[i];
	return n;
}

size_t config_twilio_tokens(const struct config *c, const char *sid, size_t len,
			    const struct secret *out[CONFIG_TWILIO_TOKENS])
{
	const struct config_twilio *t = &c->twilio;
	size_t n = 0;
	for (unsigned i = 0; i < t->account_count; i++) {
		const struct config_twilio_account *a = &t->accounts[i];
		if (len == 0 ||
		    (strlen(a->sid) == len && memcmp(a->sid, sid, len) == 0))
			n = add(out, n, a->auth_tokens, a->auth_token_count);
	}
	if (len == 0 || n == 0)
		n = add(out, n, t->auth_tokens, t->auth_token_count);
	return n;
}

const struct config_twilio_account *config_twilio_account(
	const struct config *c, const char *sid)
{
	for (unsigned i = 0; i < c->twilio.account_count; i++)
		if (strcmp(c->twilio.accounts[i].sid, sid) == 0)
			return &c->twilio.accounts[i];
	return NULL;
}

const char *config_twilio_rest_url(const struct config *c, const char *sid)
{
	const struct config_twilio_account *a = config_twilio_account(c, sid);

	return a && a->rest_url[0] ? a->rest_url : c->twilio.rest.url;
}

bool config_twilio_has_tokens(const struct config *c)
{
	return c->twilio.auth_token_count || c->twilio.account_count;
}
