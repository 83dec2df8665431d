#include "gateway/agents/http_function.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "gateway/agents/agent.h"
#include "gateway/agents/http_answer.h"
#include "gateway/agents/http_template.h"
#include "gateway/agents/plain_text.h"
#include "gateway/agents/tool_run.h"
#include "gateway/agents/tools.h"
#include "gateway/net/fetch.h"
#include "gateway/ops/config.h"
#include "protocols/webhook_signature.h"

#define NS_PER_MS   1000000ull
#define KEY_BYTES   16
#define HEADERS_MAX (CONFIG_CALL_HEADERS_MAX + 5)

/* One run's request, through all its tries. */
struct work {
	struct tool_run *run;
	const struct config_function *function;
	struct agent_world *world;
	struct fetch *fetch; /* under way, or NULL */
	uv_timer_t pause;    /* before the next try */
	struct http_answer_limits limits;
	uint64_t until_ns;
	unsigned tries;
	char *url;
	char *body; /* or NULL */
	char *header[HEADERS_MAX + 1];
	unsigned headers;
};

static const char *method_of(const struct config_function *f)
{
	static const char *const name[] = {
		[CONFIG_METHOD_POST] = "POST",
		[CONFIG_METHOD_GET] = "GET",
		[CONFIG_METHOD_PUT] = "PUT",
		[CONFIG_METHOD_PATCH] = "PATCH",
		[CONFIG_METHOD_DELETE] = "DELETE",
	};
	return name[f->method];
}

static bool has_body(const struct config_function *f)
{
	return f->method != CONFIG_METHOD_GET &&
	       f->method != CONFIG_METHOD_DELETE;
}

/* --- The end --- */

/* There may be a key or masked digits in it. */
static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

static void on_pause_closed(uv_handle_t *handle)
{
	struct work *w = handle->data;

	for (unsigned i = 0; i < w->headers; i++)
		wipe(w->header[i]);
	wipe(w->url);
	wipe(w->body);
	free(w);
}

static void let_go(struct work *w)
{
	w->run->work = NULL;
	w->world->functions--;
	uv_close((uv_handle_t *)&w->pause, on_pause_closed);
}

static void cancel(struct tool_run *r)
{
	struct work *w = r->work;

	if (w->fetch)
		fetch_cancel(w->fetch);
	let_go(w);
}

/* --- A try --- */

static uint64_t left_ms(const struct work *w)
{
	uint64_t now_ns = uv_hrtime();

	return w->until_ns > now_ns ? (w->until_ns - now_ns) / NS_PER_MS : 0;
}

static bool is_worth_another(const struct fetch_answer *a)
{
	switch (a->error) {
	case 0:
		return a->status == 429 || a->status >= 500;
	case -ECONNREFUSED:
	case -ECONNRESET:
	case -EHOSTUNREACH:
	case -ENETUNREACH:
	case -ENOENT:
		return true;
	default:
		return false;
	}
}

static void try_once(struct work *w);

static void on_pause_over(uv_timer_t *timer)
{
	try_once(timer->data);
}

/* Returns whether there will be another try. */
static bool try_again(struct work *w, const struct fetch_answer *a)
{
	uint64_t pause_ms = (uint64_t)HTTP_FUNCTION_RETRY_MS << (w->tries - 1);

	if (w->tries > w->function->retries || !is_worth_another(a))
		return false;
	if (a->retry_ms > pause_ms)
		pause_ms = a->retry_ms;
	if (pause_ms >= left_ms(w))
		return false;
	return uv_timer_start(&w->pause, on_pause_over, pause_ms, 0) == 0;
}

static void on_done(void *owner, const struct fetch_answer *a)
{
	struct work *w = owner;
	struct tool_run *r = w->run;
	struct http_answer_limits limits = w->limits;

	w->fetch = NULL;
	if (try_again(w, a))
		return;
	let_go(w);
	http_answer_tell(r, a, &limits);
}

static void try_once(struct work *w)
{
	const struct config_function *f = w->function;
	char signature[sizeof(WEBHOOK_SIGNATURE_NAME) + 2 +
		       WEBHOOK_SIGNATURE_LEN],
		value[WEBHOOK_SIGNATURE_LEN];
	size_t body_len = w->body ? strlen(w->body) : 0;
	uint64_t left = left_ms(w);
	struct fetch_request q = {
		.method = method_of(f),
		.url = w->url,
		.body = w->body,
		.body_len = body_len,
		.timeout_ms = left ? (unsigned)left : 1,
		.body_max = w->limits.answer_max,
	};
	unsigned n = 0;

	_Static_assert(HEADERS_MAX + 1 < FETCH_HEADERS_MAX, "all fit");
	for (; n < w->headers; n++)
		q.header[n] = w->header[n];
	if (secret_is_set(&f->secret)) {
		webhook_signature(value, secret_reveal(&f->secret),
				  (int64_t)time(NULL), w->body, body_len);
		snprintf(signature, sizeof(signature),
			 WEBHOOK_SIGNATURE_NAME ": %s", value);
		q.header[n] = signature;
	}
	w->tries++;
	w->fetch = fetch_start(w->world->fetch, &q, on_done, w);
	if (w->fetch)
		return;
	struct tool_run *r = w->run;
	let_go(w);
	tool_run_fail(r, "the request cannot be made: its address is no URL");
}

/* --- The request --- */

static const char *fact(void *owner, const char *name)
{
	const struct tool_run *r = owner;
	const struct config_agent_persona *p = &r->agent->wanted->persona;
	const char *value;

	if (strncmp(name, "digits.", 7) == 0) {
		value = call_masked_digits(r->agent_call->call, name + 7);
		return value ? value : "";
	}
	value = call_variables_get(&r->agent_call->call->variables, name);
	if (value && value[0])
		return value;
	for (unsigned i = 0; i < p->default_count; i++)
		if (strcmp(p->defaults[i].name, name) == 0)
			return p->defaults[i].value;
	return "";
}

static bool add_header(struct work *w, const char *name, const char *value)
{
	char *line = NULL;

	if (asprintf(&line, "%s: %s", name, value) < 0)
		return false;
	w->header[w->headers++] = line;
	return true;
}

static bool add_configured(struct work *w, char *why, size_t cap)
{
	const struct http_template_values v = { .fact = fact, .owner = w->run };
	bool is_good = true;

	for (unsigned i = 0; is_good && i < w->function->header_count; i++) {
		const struct config_call_header *h = &w->function->headers[i];
		char *value = http_template_fill(h->value, &v, why, cap);
		is_good = value && add_header(w, h->name, value);
		wipe(value);
	}
	return is_good;
}

/* New with each run, the same in all its tries. */
static bool add_key(struct work *w)
{
	uint8_t random[KEY_BYTES];
	char key[2 * KEY_BYTES + 1];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return false;
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(key + 2 * i, 3, "%02x", random[i]);
	return add_header(w, "Idempotency-Key", key);
}

static bool add_headers(struct work *w, char *why, size_t cap)
{
	const struct agent_call *a = w->run->agent_call;
	char id[AGENT_CALL_ID_MAX];

	plain_text_copy(id, sizeof(id), a->id);
	return add_configured(w, why, cap) && add_key(w) &&
	       add_header(w, "Accept", "application/json, text/*") &&
	       add_header(w, "X-Tandem-Call", id) &&
	       (!w->body || add_header(w, "Content-Type", "application/json"));
}

static bool make_request(struct work *w, char *why, size_t cap)
{
	const struct http_template_values v = {
		.arguments = w->run->arguments,
		.fact = fact,
		.owner = w->run,
		.is_url = true,
	};

	w->url = http_template_fill(w->function->url, &v, why, cap);
	if (!w->url)
		return false;
	snprintf(why, cap, "out of memory");
	if (has_body(w->function)) {
		w->body = json_dumps(w->run->arguments, JSON_COMPACT);
		return w->body && add_headers(w, why, cap);
	}
	char *whole = http_template_query(w->url, w->run->arguments);
	wipe(w->url);
	w->url = whole;
	return w->url && add_headers(w, why, cap);
}

static struct http_answer_limits limits_of(const struct tool_run *r)
{
	const struct config_function *f = r->tool->function;
	struct http_answer_limits limits = {
		.timeout_ms = f->timeout_ms ? f->timeout_ms
					    : HTTP_FUNCTION_TIMEOUT_MS,
		.answer_max = f->answer_max ? f->answer_max : TOOL_ANSWER_MAX,
	};
	uint64_t due_ms = r->due_ns > r->begun_ns
				  ? (r->due_ns - r->begun_ns) / NS_PER_MS
				  : 0;

	if (r->due_ns && due_ms < limits.timeout_ms)
		limits.timeout_ms = (unsigned)due_ms;
	return limits;
}

static void begin(struct tool_run *r)
{
	struct agent_world *world = r->agent_call->world;
	struct work *w = NULL;
	char why[256];

	if (world->functions < HTTP_FUNCTIONS_MAX)
		w = calloc(1, sizeof(*w));
	if (!w) {
		tool_run_fail(r, "too much is going on, try again later");
		return;
	}
	world->functions++;
	r->work = w;
	w->run = r;
	w->world = world;
	w->function = r->tool->function;
	w->limits = limits_of(r);
	w->until_ns = r->begun_ns + w->limits.timeout_ms * NS_PER_MS;
	uv_timer_init(world->loop, &w->pause);
	w->pause.data = w;
	if (make_request(w, why, sizeof(why))) {
		try_once(w);
		return;
	}
	let_go(w);
	tool_run_fail(r, "%s", why);
}

const struct tool_kind http_function_kind = {
	.begin = begin,
	.cancel = cancel,
};
