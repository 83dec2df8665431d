#include "tools/model/model_handshake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/form.h"
#include "protocols/http.h"

#define PATH          "/v1/realtime"
#define KEY_PROTOCOL  "openai-insecure-api-key."
#define BETA_PROTOCOL "openai-beta"
#define KEY_MAX       512

static const char *const live_models[] = {
	"gpt-realtime-2.1",  "gpt-realtime-2.1-mini",
	"gpt-realtime-2",    "gpt-realtime-1.5",
	"gpt-realtime",      "gpt-realtime-2025-08-28",
	"gpt-realtime-mini", "gpt-realtime-mini-2025-12-15"
};

/* Granted, then told: the error event and the close that follows it. */
static void reject(struct model_handshake *h, unsigned close_code)
{
	h->close_code = close_code;
}

static bool is_live(const char *model)
{
	for (size_t i = 0; i < sizeof(live_models) / sizeof(live_models[0]);
	     i++)
		if (strcmp(model, live_models[i]) == 0)
			return true;
	return false;
}

static void judge_model(struct model_handshake *h, const char *model)
{
	if (!model || !*model) {
		model_error_set(&h->error, "missing_model", NULL,
				"You must provide a model parameter.");
		reject(h, 4000);
		return;
	}
	snprintf(h->model, sizeof(h->model), "%s", model);
	if (is_live(model))
		return;
	if (strncmp(model, "gpt-4o-realtime", 15) == 0 ||
	    strncmp(model, "gpt-4o-mini-realtime", 20) == 0 ||
	    strncmp(model, "gpt-realtime", 12) == 0) {
		model_error_set(&h->error, "model_not_found", NULL,
				"The model `%.48s` does not exist or you do "
				"not have access to it.",
				model);
		reject(h, 4004);
		return;
	}
	model_error_set(&h->error, "invalid_model", NULL,
			"Model \"%.48s\" is not supported in realtime mode.",
			model);
	reject(h, 4000);
}

/* Constant time in what the peer sent. */
static bool is_key(const char *given, const char *key)
{
	size_t n = strlen(given), want = strlen(key);
	unsigned differ = n != want;

	for (size_t i = 0; i < n; i++)
		differ |= (unsigned char)given[i] ^
			  (unsigned char)key[want ? i % want : 0];
	return !differ;
}

static bool takes_key(const char *given, const char *key)
{
	if (!given || !*given)
		return false;
	return !key || is_key(given, key);
}

/* One entry of Sec-WebSocket-Protocol. */
static void take_protocol(struct model_handshake *h, const char *entry,
			  char given[KEY_MAX])
{
	if (strcmp(entry, "realtime") == 0)
		h->takes_realtime = true;
	else if (strncmp(entry, BETA_PROTOCOL, strlen(BETA_PROTOCOL)) == 0)
		h->is_beta = true;
	else if (strncmp(entry, KEY_PROTOCOL, strlen(KEY_PROTOCOL)) == 0)
		snprintf(given, KEY_MAX, "%s", entry + strlen(KEY_PROTOCOL));
}

static void take_protocols(struct model_handshake *h, const char *list,
			   char given[KEY_MAX])
{
	char *copy = strdup(list), *rest = copy, *entry;

	while (rest && (entry = strsep(&rest, ","))) {
		entry += strspn(entry, " \t");
		entry[strcspn(entry, " \t")] = 0;
		take_protocol(h, entry, given);
	}
	free(copy);
}

static void judge_key(struct model_handshake *h,
		      const struct http_message *request, const char *key)
{
	const char *bearer = http_header_value(request, "Authorization");
	const char *protocols =
		http_header_value(request, "Sec-WebSocket-Protocol");
	char given[KEY_MAX] = "";

	if (protocols)
		take_protocols(h, protocols, given);
	if (bearer && strncasecmp(bearer, "Bearer ", 7) == 0)
		snprintf(given, sizeof(given), "%s", bearer + 7);
	if (takes_key(given, key))
		return;
	model_error_set(&h->error, "invalid_api_key", NULL,
			"Incorrect API key provided. You can find your API "
			"key at https://platform.openai.com/account/api-keys.");
	reject(h, 3000);
}

static void judge_query(struct model_handshake *h, const char *query)
{
	struct form form;
	char *copy = strdup(query);

	if (!copy || form_parse(&form, copy, strlen(copy))) {
		h->http_status = 400;
	} else if (form_value(&form, "intent") ||
		   form_value(&form, "call_id")) {
		/* Transcription and sideband sessions are not spoken here. */
		h->http_status = 404;
	} else {
		judge_model(h, form_value(&form, "model"));
	}
	free(copy);
}

static void judge_beta(struct model_handshake *h)
{
	model_error_set(&h->error, "beta_api_shape_disabled", NULL,
			"The Realtime Beta API is no longer supported. Please "
			"use /v1/realtime for the GA API.");
	reject(h, 4000);
}

void model_handshake_judge(struct model_handshake *h,
			   const struct http_message *request, const char *key)
{
	size_t path = strcspn(request->target, "?");

	*h = (struct model_handshake){ .http_status = 0 };
	if (path != strlen(PATH) || strncmp(request->target, PATH, path) != 0) {
		h->http_status = 404;
		return;
	}
	judge_key(h, request, key);
	if (http_header_value(request, "OpenAI-Beta"))
		h->is_beta = true;
	if (h->close_code)
		return;
	if (h->is_beta)
		judge_beta(h);
	else
		judge_query(h, request->target[path]
				       ? request->target + path + 1
				       : "");
}
