#include "gateway/agents/http_answer.h"

#include <errno.h>
#include <http_parser.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/agents/http_function.h"
#include "gateway/agents/plain_text.h"
#include "gateway/agents/tool_run.h"
#include "gateway/net/fetch.h"
#include "protocols/utf8.h"

/* --- No answer --- */

static void tell_none(struct tool_run *r, const struct fetch_answer *a,
		      const struct http_answer_limits *limits)
{
	switch (a->error) {
	case -ETIMEDOUT:
		tool_run_fail(r,
			      "the service did not answer within %u ms; it may "
			      "have done it all the same",
			      limits->timeout_ms);
		break;
	case -EMSGSIZE:
		tool_run_fail(r,
			      "the service's answer is larger than the %zu "
			      "bytes that can be taken; ask for less",
			      limits->answer_max);
		break;
	case -EPROTO:
		tool_run_fail(r, "the service cannot be understood: %s",
			      a->why);
		break;
	case -ENOBUFS:
	case -ENOMEM:
		tool_run_fail(r, "too much is going on, try again later");
		break;
	default:
		tool_run_fail(r, "the service cannot be reached: %s", a->why);
		break;
	}
}

/* --- An answer --- */

static bool is_text(const struct fetch_answer *a)
{
	return utf8_is_valid((const uint8_t *)a->body, a->body_len) &&
	       !memchr(a->body, '\0', a->body_len);
}

static const char *meaning_of(unsigned status)
{
	switch (status) {
#define ROW(number, name, words) \
	case number:             \
		return #words;
		HTTP_STATUS_MAP(ROW)
#undef ROW
	default:
		return "a status nobody knows";
	}
}

static void tell_status(struct tool_run *r, const struct fetch_answer *a)
{
	char quote[HTTP_FUNCTION_QUOTE_MAX + 1] = "";

	if (is_text(a))
		plain_text_copy(quote, sizeof(quote), a->body);
	if (a->status >= 300 && a->status < 400)
		tool_run_fail(r,
			      "the service answered %u (%s): a redirect, which "
			      "is not followed",
			      a->status, meaning_of(a->status));
	else
		tool_run_fail(r, "the service answered %u (%s)%s%s", a->status,
			      meaning_of(a->status), quote[0] ? ": " : "",
			      quote);
}

/* application/json, or …+json; parameters do not matter. */
static bool says_json(const char *type)
{
	size_t n = strcspn(type, "; \t");

	return (n == 16 && strncasecmp(type, "application/json", n) == 0) ||
	       (n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0);
}

static void tell_json(struct tool_run *r, const struct fetch_answer *a)
{
	json_t *json = json_loadb(a->body, a->body_len, JSON_DECODE_ANY, NULL);

	if (json)
		tool_run_answer(r, a->body);
	else
		tool_run_fail(r, "the service's answer is damaged: it is said "
				 "to be JSON, and is not");
	json_decref(json);
}

static void tell_text(struct tool_run *r, const struct fetch_answer *a)
{
	json_t *json = json_pack("{s:s%}", "text", a->body, a->body_len);
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	if (text)
		tool_run_answer(r, text);
	else
		tool_run_fail(r, "out of memory");
	free(text);
	json_decref(json);
}

void http_answer_tell(struct tool_run *r, const struct fetch_answer *a,
		      const struct http_answer_limits *limits)
{
	if (a->error)
		tell_none(r, a, limits);
	else if (a->status < 200 || a->status > 299)
		tell_status(r, a);
	else if (!a->body_len)
		tool_run_answer(r, "{\"status\":\"done\"}");
	else if (!is_text(a))
		tool_run_fail(r, "the service's answer is no text (not UTF-8)");
	else if (says_json(a->type))
		tell_json(r, a);
	else
		tell_text(r, a);
}
