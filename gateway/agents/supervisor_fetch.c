#include "gateway/agents/supervisor_fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/agents/agent.h"
#include "gateway/agents/supervisor.h"
#include "gateway/agents/tool_run.h"
#include "gateway/ops/config.h"

/* "https://api.openai.com" of any address there. */
static size_t host_len(const char *url)
{
	const char *host = strstr(url, "://");

	return host ? strcspn(host + 3, "/?#") : 0;
}

static bool is_same_host(const char *a, const char *b)
{
	size_t n = host_len(a);

	return n && n == host_len(b) &&
	       memcmp(strstr(a, "://"), strstr(b, "://"), n + 3) == 0;
}

/* A key goes nowhere but where it belongs, and not in the clear where the model
 * that speaks takes it encrypted. */
static bool is_keys_place(const char *url, const char *model_url)
{
	return is_same_host(url, model_url) &&
	       (strncmp(url, "https:", 6) == 0 ||
		strncmp(model_url, "ws:", 3) == 0);
}

static const struct secret *key_of(const struct agent *a)
{
	const struct config_agent_supervisor *c = &a->wanted->supervisor;
	const struct config_model *m = &a->config->model;

	if (secret_is_set(&c->key))
		return &c->key;
	return is_keys_place(c->url, m->url) ? &m->key : NULL;
}

struct fetch *supervisor_fetch(const struct tool_run *r, const char *body,
			       unsigned left_ms, fetch_done_fn *on_done,
			       void *owner)
{
	const struct secret *key = key_of(r->agent);
	char authorization[SECRET_MAX + 32] = "";
	struct fetch_request q = {
		.method = "POST",
		.url = r->agent->wanted->supervisor.url,
		.header = { "Content-Type: application/json" },
		.body = body,
		.body_len = strlen(body),
		.timeout_ms = left_ms,
		.body_max = SUPERVISOR_BODY_MAX,
	};

	if (key && secret_is_set(key)) {
		snprintf(authorization, sizeof(authorization),
			 "Authorization: Bearer %s", secret_reveal(key));
		q.header[1] = authorization;
	}
	struct fetch *f =
		fetch_start(r->agent_call->world->fetch, &q, on_done, owner);
	explicit_bzero(authorization, sizeof(authorization));
	return f;
}

bool supervisor_fetch_may_have_begun(int error)
{
	return error == -ETIMEDOUT || error == -EMSGSIZE || error == -EPROTO ||
	       error == -ECONNRESET;
}

static void describe_nothing(char why[SUPERVISOR_WHY_MAX],
			     const struct fetch_answer *a)
{
	if (a->error == -ETIMEDOUT)
		snprintf(why, SUPERVISOR_WHY_MAX, "it took too long");
	else if (a->error == -EMSGSIZE)
		snprintf(why, SUPERVISOR_WHY_MAX,
			 "it said more than can be taken");
	else if (a->error == -EPROTO)
		snprintf(why, SUPERVISOR_WHY_MAX,
			 "it cannot be understood (%.100s)", a->why);
	else
		snprintf(why, SUPERVISOR_WHY_MAX,
			 "it cannot be reached (%.100s)", a->why);
}

static void describe_status(char why[SUPERVISOR_WHY_MAX], unsigned status)
{
	const char *what = "it does not understand our request";

	if (status == 401 || status == 403)
		what = "it does not accept our key";
	else if (status == 429)
		what = "it has too much to do";
	else if (status >= 500)
		what = "it has a fault of its own";
	else if (status < 400)
		what = "it sends us somewhere else";
	snprintf(why, SUPERVISOR_WHY_MAX, "%s (%u)", what, status);
}

void supervisor_fetch_why(char why[SUPERVISOR_WHY_MAX],
			  const struct fetch_answer *a)
{
	if (a->error)
		describe_nothing(why, a);
	else
		describe_status(why, a->status);
}
