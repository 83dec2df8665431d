#include "gateway/worker_figures.h"

#include <stddef.h>

const char *worker_delay_name(enum worker_delay delay)
{
	static const char *const name[] = {
		[WORKER_CALLER_TO_MODEL] = "caller_to_model",
		[WORKER_MODEL_TO_CALLER] = "model_to_caller",
		[WORKER_INTERRUPTION] = "interruption",
	};
	return name[delay];
}

const char *worker_carrier_name(enum worker_carrier carrier)
{
	static const char *const name[] = {
		[WORKER_TWILIO] = "twilio",
		[WORKER_AUDIOCODES] = "audiocodes",
	};
	return name[carrier];
}

const char *worker_end_name(unsigned end)
{
	return end == WORKER_END_NO_START ? "no_start"
					  : call_end_name((enum call_end)end);
}

const char *worker_request_name(enum worker_request request)
{
	static const char *const name[] = {
		[WORKER_WEBHOOK] = "webhook",
		[WORKER_UPGRADE] = "upgrade",
	};
	return name[request];
}

const char *worker_refusal_name(enum worker_refusal refusal)
{
	static const char *const name[] = {
		[WORKER_MALFORMED] = "malformed",
		[WORKER_UNAUTHORIZED] = "unauthorized",
		[WORKER_UNKNOWN] = "unknown",
		[WORKER_TOO_LARGE] = "too_large",
		[WORKER_FULL] = "full",
		[WORKER_OTHERWISE] = "other",
	};
	return name[refusal];
}

const char *worker_text_name(enum worker_text text)
{
	static const char *const name[] = {
		[WORKER_TEXT_IN] = "input",
		[WORKER_TEXT_CACHED] = "cached",
		[WORKER_TEXT_OUT] = "output",
	};
	return name[text];
}

enum worker_refusal worker_refusal_of(unsigned status)
{
	static const struct {
		unsigned status;
		enum worker_refusal refusal;
	} row[] = {
		{ 400, WORKER_MALFORMED },    { 405, WORKER_MALFORMED },
		{ 426, WORKER_MALFORMED },    { 401, WORKER_UNAUTHORIZED },
		{ 403, WORKER_UNAUTHORIZED }, { 404, WORKER_UNKNOWN },
		{ 413, WORKER_TOO_LARGE },    { 503, WORKER_FULL },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].status == status)
			return row[i].refusal;
	return WORKER_OTHERWISE;
}

/* --- The HTTP server's own answers --- */

static const struct {
	unsigned status;
	const char *name;
} answer[WORKER_HTTP_STATUSES] = {
	{ 0, "tls" },   { 400, "400" },   { 408, "408" }, { 413, "413" },
	{ 414, "414" }, { 431, "431" },   { 501, "501" }, { 503, "503" },
	{ 505, "505" }, { 999, "other" },
};

unsigned worker_http_status(unsigned status)
{
	unsigned i = 0;

	while (i < WORKER_HTTP_STATUSES - 1 && answer[i].status != status)
		i++;
	return i;
}

const char *worker_http_status_name(unsigned place)
{
	return answer[place].name;
}

/* --- Of several workers --- */

/* From cell to cell; both hold nothing but cells. */
static void add_cells(struct metric *to, const struct metric *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		metric_add(&to[i], metric_read(&from[i]));
}

#define ADD(sum, f, member)                            \
	add_cells((struct metric *)&(sum)->member,     \
		  (const struct metric *)&(f)->member, \
		  sizeof((f)->member) / sizeof(struct metric))

static void add_calls(struct worker_figures *sum,
		      const struct worker_figures *f)
{
	ADD(sum, f, webhook_failed);
	ADD(sum, f, calls);
	ADD(sum, f, failed);
	ADD(sum, f, running);
	ADD(sum, f, ended);
	ADD(sum, f, ended_ns);
	ADD(sum, f, interruptions);
	ADD(sum, f, resumed);
	ADD(sum, f, cut_sent_ns);
	ADD(sum, f, underruns);
	ADD(sum, f, ring_dropped_ns);
	ADD(sum, f, playout_dropped);
	metric_raise(&sum->ring_most_ns, metric_read(&f->ring_most_ns));
}

void worker_figures_add(struct worker_figures *sum,
			const struct worker_figures *f)
{
	for (unsigned i = 0; i < WORKER_DELAYS; i++)
		histogram_merge(&sum->delay[i], &f->delay[i]);
	histogram_merge(&sum->setup, &f->setup);
	histogram_merge(&sum->turn, &f->turn);
	histogram_merge(&sum->unheard, &f->unheard);
	histogram_merge(&sum->lag, &f->lag);
	add_calls(sum, f);
	ADD(sum, f, refused);
	ADD(sum, f, http_refused);
	ADD(sum, f, budget_reached);
	ADD(sum, f, budget_refused);
	ADD(sum, f, text_tokens);
	ADD(sum, f, model.outcome);
	ADD(sum, f, model.error);
	ADD(sum, f, model.tokens);
	ADD(sum, f, model.answered);
}
