#include "gateway/admin_api.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/announce.h"
#include "gateway/net/http_server.h"
#include "gateway/ops/config.h"

#define BEARER "Bearer "

void admin_api_respond(struct http_connection *c, unsigned status,
		       unsigned retry_s, const char *key, const char *text)
{
	char extra[64] = "";
	json_t *body = json_pack("{s:s}", key, text);
	char *written = body ? json_dumps(body, JSON_COMPACT) : NULL;

	if (retry_s)
		snprintf(extra, sizeof(extra), "Retry-After: %u\r\n", retry_s);
	if (status == 401)
		snprintf(extra, sizeof(extra), "WWW-Authenticate: Bearer\r\n");
	if (written)
		http_respond(c, status, "application/json",
			     extra[0] ? extra : NULL, written, strlen(written));
	else
		http_respond_text(c, 500, "no memory\n");
	free(written);
	json_decref(body);
}

static bool shows_token(const struct secret *wanted,
			const struct http_message *m)
{
	const char *given = http_header_value(m, "Authorization");
	size_t len = sizeof(BEARER) - 1;
	struct secret shown;

	if (!given || http_header_count(m, "Authorization") != 1 ||
	    strncasecmp(given, BEARER, len) != 0 ||
	    secret_set(&shown, given + len, strlen(given + len)) != 0)
		return false;
	bool is_right = secret_equal(wanted, &shown);
	secret_wipe(&shown);
	return is_right;
}

static void refuse(struct http_connection *c, unsigned status, const char *why)
{
	admin_api_respond(c, status, 0, "error", why);
}

bool admin_api_admit(const struct config_admin *config,
		     struct http_connection *c, const struct http_message *m)
{
	bool has_token = secret_is_set(&config->token);

	if (http_header_count(m, "Origin") > 0)
		refuse(c, 403, "not from a web page");
	else if (!has_token && !announce_is_on_this_machine(config->listen))
		refuse(c, 403,
		       "admin.listen is not on this machine alone: /api then "
		       "needs admin.token");
	else if (has_token && !shows_token(&config->token, m))
		refuse(c, 401,
		       "Authorization: Bearer with admin.token is needed");
	else
		return true;
	return false;
}
