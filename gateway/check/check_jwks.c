#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/net/http_client.h"
#include "gateway/ops/config.h"
#include "protocols/http.h"
#include "protocols/jwks.h"
#include "protocols/tls.h"
#include "protocols/url.h"

#define KEY "audiocodes.oauth.jwks"

static void tell_keys(struct check_list *l, struct http_message *answer)
{
	struct jwks *set;
	const char *why = "";
	if (answer->status != 200) {
		check_list_add(l, CHECK_IS_BAD, KEY,
			       "the server answers with HTTP %u, not with keys",
			       answer->status);
		return;
	}
	if (jwks_parse(&set, answer->body, answer->body_len, &why)) {
		check_list_add(l, CHECK_IS_BAD, KEY,
			       "what the server answers is no key set: %s",
			       why);
		return;
	}
	check_list_add(l, CHECK_IS_GOOD, KEY, "fetched, usable keys: %zu",
		       jwks_count(set));
	jwks_free(set);
}

static void on_done(void *owner, int status, const char *why,
		    struct http_message *answer)
{
	(void)status;
	if (answer)
		tell_keys(owner, answer);
	else
		check_list_add(owner, CHECK_IS_BAD, KEY,
			       "cannot be fetched: %s", why);
}

static void fetch(struct check_list *l, const char *where,
		  struct tls_context *tls)
{
	const struct http_fetch_request request = {
		.method = "GET",
		.url = where,
		.tls = tls,
		.timeout_ms = CHECK_FETCH_MS,
		.body_max = JWKS_TEXT_MAX,
	};
	uv_loop_t loop = { .data = NULL }; /* as stream.h wants it */

	if (uv_loop_init(&loop))
		return;
	check_list_wait(l, KEY);
	if (!http_fetch_start(&loop, &request, on_done, l))
		check_list_add(l, CHECK_IS_BAD, KEY, "%s cannot be used",
			       where);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

void check_jwks(struct check_list *l, const struct config *c)
{
	const char *where = c->audiocodes.oauth.jwks;
	const char *error = NULL;
	struct url u;
	if (!strstr(where, "://"))
		return;
	if (l->is_offline) {
		check_list_add(l, CHECK_IS_SKIPPED, KEY,
			       "%s: not tried (--offline)", where);
		return;
	}
	if (url_parse(&u, where)) {
		check_list_add(l, CHECK_IS_BAD, KEY, "%s is no URL", where);
		return;
	}
	if (!check_name(l, KEY, u.host))
		return;
	struct tls_context *tls = tls_client_context(NULL, &error);
	if (u.is_secure && !tls)
		check_list_add(l, CHECK_IS_BAD, KEY, "%s", error);
	else
		fetch(l, where, tls);
	tls_context_free(tls);
}
