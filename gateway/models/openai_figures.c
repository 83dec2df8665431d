#include "gateway/models/openai_figures.h"

#include <errno.h>
#include <string.h>

#include "gateway/net/ws.h"
#include "protocols/realtime_event.h"

/* --- Opening --- */

const char *openai_outcome_name(enum openai_outcome outcome)
{
	static const char *const name[] = {
		[OPENAI_OUTCOME_OK] = "ok",
		[OPENAI_OUTCOME_UNAUTHORIZED] = "unauthorized",
		[OPENAI_OUTCOME_RATE_LIMITED] = "rate_limited",
		[OPENAI_OUTCOME_UNAVAILABLE] = "unavailable",
		[OPENAI_OUTCOME_REFUSED] = "refused",
		[OPENAI_OUTCOME_CERTIFICATE] = "certificate",
		[OPENAI_OUTCOME_TIMEOUT] = "timeout",
		[OPENAI_OUTCOME_NETWORK] = "network",
		[OPENAI_OUTCOME_SESSION] = "session",
	};
	return name[outcome];
}

static enum openai_outcome by_status(unsigned http_status)
{
	if (http_status == 401 || http_status == 403)
		return OPENAI_OUTCOME_UNAUTHORIZED;
	if (http_status == 429)
		return OPENAI_OUTCOME_RATE_LIMITED;
	return http_status >= 500 ? OPENAI_OUTCOME_UNAVAILABLE
				  : OPENAI_OUTCOME_REFUSED;
}

static enum openai_outcome outcome_of(const struct ws_end *end)
{
	if (!end || end->was_open)
		return OPENAI_OUTCOME_SESSION;
	if (end->http_status)
		return by_status(end->http_status);
	if (end->status == -EACCES)
		return OPENAI_OUTCOME_CERTIFICATE;
	return end->status == -ETIMEDOUT ? OPENAI_OUTCOME_TIMEOUT
					 : OPENAI_OUTCOME_NETWORK;
}

void openai_figures_opened(struct openai_figures *f)
{
	if (!f)
		return;
	metric_add(&f->outcome[OPENAI_OUTCOME_OK], 1);
	if (!f->upstream)
		return;
	atomic_store(&f->upstream->failures, 0);
	atomic_store(&f->upstream->was_reached, true);
}

void openai_figures_failed(struct openai_figures *f, const struct ws_end *end,
			   uint64_t now_ns)
{
	if (!f)
		return;
	metric_add(&f->outcome[outcome_of(end)], 1);
	if (!f->upstream)
		return;
	atomic_store(&f->upstream->failed_ns, now_ns);
	atomic_fetch_add(&f->upstream->failures, 1);
}

/* --- What it says --- */

void openai_figures_error(struct openai_figures *f, const char *code)
{
	if (f)
		metric_add(&f->error[openai_error_of(code)], 1);
}

/* --- What it costs --- */

static uint64_t beyond(uint64_t all, uint64_t cached)
{
	return all > cached ? all - cached : 0;
}

void openai_figures_response(struct openai_figures *f,
			     const struct realtime_usage *u)
{
	if (!f)
		return;
	metric_add(&f->answered, 1);
	metric_add(&f->tokens[OPENAI_INPUT_TEXT],
		   beyond(u->input_text, u->cached_text));
	metric_add(&f->tokens[OPENAI_INPUT_AUDIO],
		   beyond(u->input_audio, u->cached_audio));
	metric_add(&f->tokens[OPENAI_CACHED_TEXT], u->cached_text);
	metric_add(&f->tokens[OPENAI_CACHED_AUDIO], u->cached_audio);
	metric_add(&f->tokens[OPENAI_OUTPUT_TEXT], u->output_text);
	metric_add(&f->tokens[OPENAI_OUTPUT_AUDIO], u->output_audio);
}
