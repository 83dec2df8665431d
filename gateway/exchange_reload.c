/* The configuration is read again: all of it, or nothing has changed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/agents/agent_book.h"
#include "gateway/agents/knowledge.h"
#include "gateway/carriers/audiocodes_keys.h"
#include "gateway/certificates.h"
#include "gateway/exchange.h"
#include "gateway/exchange_parts.h"
#include "gateway/ops/config_restart.h"
#include "gateway/ops/config_shared.h"
#include "gateway/settings.h"
#include "gateway/worker.h"

/* What a model session is made of. Files may hold something else under the same
 * name. */
static bool wants_same_sessions(const struct agent_book *before,
				const struct agent_book *now)
{
	const struct config *a = &before->shared->config;
	const struct config *b = &now->shared->config;

	return memcmp(&a->model, &b->model, sizeof(a->model)) == 0 &&
	       memcmp(&a->transfer, &b->transfer, sizeof(a->transfer)) == 0 &&
	       !b->model.ca_file[0] && agent_book_equals(before, now);
}

/* Read here once, where a mistake in it still changes nothing; each worker
 * reads it again. */
static int try_keys(struct exchange *e, const struct config *c, char *why,
		    size_t cap)
{
	const char *jwks = c->audiocodes.oauth.jwks;
	struct audiocodes_keys *keys;
	char reason[256];

	if (!jwks[0] || strstr(jwks, "://"))
		return 0;
	int err = audiocodes_keys_open(&keys, e->control, jwks, NULL, &e->log,
				       NULL, reason, sizeof(reason));
	if (err)
		snprintf(why, cap, "audiocodes.oauth.jwks: %s", reason);
	else
		audiocodes_keys_close(keys);
	return err;
}

static int open_all_settings(const struct exchange *e, struct agent_book *book,
			     struct settings **out, char *why, size_t cap)
{
	struct certificates *own;
	int err = certificates_read(&own, &book->shared->config.tls, why, cap);

	for (unsigned i = 0; i < e->count && !err; i++)
		err = settings_open(&out[i], book, own, why, cap);
	certificates_free(own);
	for (unsigned i = 0; i < e->count && err; i++) {
		settings_free(out[i]);
		out[i] = NULL;
	}
	return err;
}

/* Whether the port speaks TLS is settled at the start. */
static int changes_port(const struct config *now, const struct config *next,
			char *why, size_t cap)
{
	if (!now->tls.certificate_count == !next->tls.certificate_count)
		return 0;
	snprintf(why, cap,
		 "tls.certificates: from plain to TLS, or back, takes a "
		 "restart");
	return -EINVAL;
}

int exchange_reload(struct exchange *e, const struct config *config, char *why,
		    size_t cap)
{
	const struct config_shared *old = e->config;
	struct settings *settings[CONFIG_WORKERS_MAX] = { NULL };
	struct agent_book *book = NULL;
	struct config_shared *c = config_shared_new(config, old->model_version);

	if (!c) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	config_restart_keep(&c->config, &old->config);
	int err = changes_port(&old->config, &c->config, why, cap);
	if (!err)
		err = try_keys(e, &c->config, why, cap);
	if (!err)
		err = agent_book_open(&book, c, why, cap);
	if (!err)
		err = agent_book_learn(book, e->knowledge, why, cap);
	if (!err && !wants_same_sessions(e->book, book))
		c->model_version++;
	if (!err)
		err = open_all_settings(e, book, settings, why, cap);
	if (err) {
		agent_book_drop(book);
		config_shared_drop(c);
		return err;
	}
	agent_book_drop(e->book);
	e->book = book;
	config_shared_drop(e->config);
	e->config = c;
	exchange_note_expiry(e, settings[0]);
	for (unsigned i = 0; i < e->count; i++)
		worker_renew(e->worker[i], settings[i]);
	return 0;
}
