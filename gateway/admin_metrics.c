#include "gateway/admin_metrics.h"

#include <errno.h>
#include <stdlib.h>

#include "gateway/admin.h"
#include "gateway/exchange.h"
#include "gateway/ops/config_shared.h"
#include "gateway/ops/resources.h"
#include "gateway/ops/version.h"
#include "gateway/records/budget.h"
#include "gateway/records/ledger.h"
#include "gateway/records/money.h"
#include "gateway/worker.h"

#define NS 1e9

/* Upper bounds of buckets, microseconds. */
static const uint64_t turn_bounds[] = { 100000,  200000,  300000,  500000,
					750000,  1000000, 1500000, 2000000,
					3000000, 5000000, 0 };
static const uint64_t setup_bounds[] = { 10000,   25000,    50000,   100000,
					 250000,  500000,   1000000, 2500000,
					 5000000, 10000000, 0 };
static const uint64_t delay_bounds[] = { 50,   100,   250,   500,    1000, 2500,
					 5000, 10000, 25000, 100000, 0 };
static const uint64_t unheard_bounds[] = { 100000,   250000,   500000,
					   1000000,  2500000,  5000000,
					   10000000, 30000000, 0 };
static const uint64_t lag_bounds[] = { 500,   1000,  2500,   5000,   10000,
				       20000, 50000, 100000, 500000, 0 };

/* --- A family from an array of cells --- */

typedef const char *name_fn(unsigned value);

static double read_s(const struct metric *m)
{
	return (double)metric_read(m) / NS;
}

static double read_n(const struct metric *m)
{
	return (double)metric_read(m);
}

static void by(FILE *out, const char *name, const char *label, name_fn *word,
	       const struct metric *m, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		metrics_sample(out, name, read_n(&m[i]), label, word(i), NULL);
}

static void counter(FILE *out, const char *name, const char *help,
		    const char *label, name_fn *word, const struct metric *m,
		    unsigned n)
{
	metrics_family(out, name, METRIC_COUNTER, help);
	by(out, name, label, word, m, n);
}

static const char *carrier(unsigned i)
{
	return worker_carrier_name((enum worker_carrier)i);
}

static const char *outcome(unsigned i)
{
	return openai_outcome_name((enum openai_outcome)i);
}

static const char *tokens(unsigned i)
{
	static const char *const name[OPENAI_TOKENS] = {
		[OPENAI_INPUT_TEXT] = "input_text",
		[OPENAI_INPUT_AUDIO] = "input_audio",
		[OPENAI_CACHED_TEXT] = "cached_text",
		[OPENAI_CACHED_AUDIO] = "cached_audio",
		[OPENAI_OUTPUT_TEXT] = "output_text",
		[OPENAI_OUTPUT_AUDIO] = "output_audio",
	};
	return name[i];
}

/* --- Calls --- */

static void write_running(FILE *out, const struct worker_figures *f)
{
	static const char name[] = "tandem_calls";

	metrics_family(out, name, METRIC_GAUGE,
		       "Calls at the moment, by carrier and state.");
	for (unsigned c = 0; c < WORKER_CARRIERS; c++)
		for (unsigned s = 0; s < CALL_OVER; s++)
			metrics_sample(out, name, read_n(&f->running[c][s]),
				       "carrier", carrier(c), "state",
				       call_state_name((enum call_state)s),
				       NULL);
}

static void write_ended(FILE *out, const struct worker_figures *f)
{
	static const char name[] = "tandem_calls_ended_total";
	static const char lasted[] = "tandem_call_duration_seconds_total";

	metrics_family(out, name, METRIC_COUNTER,
		       "Calls that have ended, by carrier and why.");
	for (unsigned c = 0; c < WORKER_CARRIERS; c++)
		for (unsigned e = 0; e < WORKER_ENDS; e++)
			metrics_sample(out, name, read_n(&f->ended[c][e]),
				       "carrier", carrier(c), "end",
				       worker_end_name(e), NULL);
	metrics_family(out, lasted, METRIC_COUNTER,
		       "How long ended calls lasted, in all.");
	for (unsigned c = 0; c < WORKER_CARRIERS; c++)
		metrics_sample(out, lasted, read_s(&f->ended_ns[c]), "carrier",
			       carrier(c), NULL);
}

static void write_refused(FILE *out, const struct worker_figures *f)
{
	static const char name[] = "tandem_refused_total";

	metrics_family(out, name, METRIC_COUNTER,
		       "Webhooks and socket upgrades refused, by reason.");
	for (unsigned c = 0; c < WORKER_CARRIERS; c++)
		for (unsigned r = 0; r < WORKER_REQUESTS; r++)
			for (unsigned w = 0; w < WORKER_REFUSALS; w++)
				metrics_sample(out, name,
					       read_n(&f->refused[c][r][w]),
					       "carrier", carrier(c), "request",
					       worker_request_name(
						       (enum worker_request)r),
					       "reason",
					       worker_refusal_name(
						       (enum worker_refusal)w),
					       NULL);
	counter(out, "tandem_http_refused_total",
		"Requests refused before anybody read them: malformed, too "
		"large, too slow, or TLS failed.",
		"status", worker_http_status_name, f->http_refused,
		WORKER_HTTP_STATUSES);
}

static void write_calls(FILE *out, const struct exchange *e,
			const struct worker_figures *f)
{
	write_running(out, f);
	metrics_one(out, "tandem_calls_admitted", METRIC_GAUGE,
		    "Calls that have room at the moment, of limit \"calls\".",
		    atomic_load(&e->lines.busy));
	metrics_one(out, "tandem_calls_started_total", METRIC_COUNTER,
		    "Calls that began.", read_n(&f->calls));
	write_ended(out, f);
	write_refused(out, f);
	counter(out, "tandem_line_resumes_total",
		"Lines that were lost and came back to their call.", "carrier",
		carrier, f->resumed, WORKER_CARRIERS);
}

/* --- Conversation --- */

static void write_delays(FILE *out, const struct worker_figures *f)
{
	static const char name[] = "tandem_forwarding_delay_seconds";
	static const char reaction[] = "tandem_interruption_reaction_seconds";

	metrics_family(out, name, METRIC_HISTOGRAM,
		       "From a read to the write that it causes.");
	for (unsigned d = 0; d < WORKER_INTERRUPTION; d++)
		metrics_histogram(out, name, &f->delay[d], delay_bounds,
				  "direction",
				  worker_delay_name((enum worker_delay)d));
	metrics_family(out, reaction, METRIC_HISTOGRAM,
		       "From the model's speech_started until the carrier is "
		       "told to stop playing.");
	metrics_histogram(out, reaction, &f->delay[WORKER_INTERRUPTION],
			  delay_bounds, NULL, NULL);
}

static void write_conversation(FILE *out, const struct worker_figures *f)
{
	static const char setup[] = "tandem_call_setup_seconds";
	static const char turn[] = "tandem_turn_latency_seconds";

	metrics_family(out, setup, METRIC_HISTOGRAM,
		       "From the beginning of a call until the caller hears "
		       "the model.");
	metrics_histogram(out, setup, &f->setup, setup_bounds, NULL, NULL);
	metrics_family(out, turn, METRIC_HISTOGRAM,
		       "From the model's speech_stopped until the caller hears "
		       "the answer.");
	metrics_histogram(out, turn, &f->turn, turn_bounds, NULL, NULL);
	write_delays(out, f);
}

static void write_interruptions(FILE *out, const struct worker_figures *f)
{
	static const char name[] = "tandem_unheard_speech_seconds";

	counter(out, "tandem_interruptions_total",
		"Times the caller interrupted.", "carrier", carrier,
		f->interruptions, WORKER_CARRIERS);
	metrics_family(out, name, METRIC_HISTOGRAM,
		       "Speech that an interruption kept from being heard, "
		       "and that the model is told to forget.");
	metrics_histogram(out, name, &f->unheard, unheard_bounds, NULL, NULL);
	metrics_one(out, "tandem_flushed_speech_seconds_total", METRIC_COUNTER,
		    "Of that, what the carrier had been sent already.",
		    read_s(&f->cut_sent_ns));
}

static uint64_t census(const struct exchange *e, size_t offset, bool is_most)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < e->count; i++) {
		const char *c = (const char *)&e->worker[i]->figures.census;
		uint64_t n = metric_read((const struct metric *)(c + offset));
		all = !is_most ? all + n : n > all ? n : all;
	}
	return all;
}
#define SUM(e, member)  census(e, offsetof(struct worker_census, member), false)
#define MOST(e, member) census(e, offsetof(struct worker_census, member), true)

static void write_audio(FILE *out, const struct exchange *e,
			const struct worker_figures *f)
{
	metrics_one(out, "tandem_oldest_call_seconds", METRIC_GAUGE,
		    "How long the oldest call has been running.",
		    (double)MOST(e, oldest_ns) / NS);
	metrics_one(out, "tandem_playout_underruns_total", METRIC_COUNTER,
		    "Times a carrier ran dry in the middle of speech.",
		    read_n(&f->underruns));
	metrics_one(out, "tandem_playout_overflows_total", METRIC_COUNTER,
		    "Answers cut off because they were longer than the queue.",
		    read_n(&f->playout_dropped));
	metrics_one(out, "tandem_playout_waiting_seconds", METRIC_GAUGE,
		    "Speech that waits for its time, of all calls.",
		    (double)SUM(e, playout_ns) / NS);
	metrics_one(out, "tandem_caller_ring_waiting_seconds", METRIC_GAUGE,
		    "Caller audio that waits for the model, of all calls.",
		    (double)SUM(e, ring_ns) / NS);
	metrics_one(out, "tandem_caller_ring_high_water_seconds", METRIC_GAUGE,
		    "The most caller audio that waited in a call so far.",
		    read_s(&f->ring_most_ns));
	metrics_one(out, "tandem_caller_ring_dropped_seconds_total",
		    METRIC_COUNTER,
		    "Caller audio that was lost because too much waited.",
		    read_s(&f->ring_dropped_ns));
	metrics_one(out, "tandem_audio_pool_bytes", METRIC_GAUGE,
		    "Memory that holds waiting audio.",
		    (double)SUM(e, pool_blocks) * AUDIO_BLOCK_BYTES);
}

/* --- The model's server --- */

static void write_model(FILE *out, const struct exchange *e,
			const struct worker_figures *f)
{
	unsigned standing = 0;

	for (unsigned i = 0; i < e->count; i++)
		standing += standby_stood(&e->worker[i]->standby);
	metrics_one(out, "tandem_standby_sessions", METRIC_GAUGE,
		    "Sessions that stand ready for the next calls.", standing);
	metrics_one(out, "tandem_upstream_failures", METRIC_GAUGE,
		    "Sessions that could not be opened since one could.",
		    atomic_load(&e->upstream.failures));
	counter(out, "tandem_upstream_connects_total",
		"Attempts to open a session, by outcome.", "outcome", outcome,
		f->model.outcome, OPENAI_OUTCOMES);
	counter(out, "tandem_upstream_errors_total",
		"Errors the model's server reported, by code.", "code",
		openai_error_name, f->model.error, OPENAI_ERROR_CODES);
	metrics_one(out, "tandem_upstream_responses_total", METRIC_COUNTER,
		    "Responses of the model that were done, cut ones too.",
		    read_n(&f->model.answered));
	counter(out, "tandem_tokens_total",
		"Tokens of those responses, as the server counts them; input "
		"without what was cached.",
		"kind", tokens, f->model.tokens, OPENAI_TOKENS);
}

/* --- What it costs --- */

static const char *budget(unsigned i)
{
	return budget_name((enum budget)i);
}

static const char *text_tokens(unsigned i)
{
	return worker_text_name((enum worker_text)i);
}

static void write_rows(FILE *out, const struct exchange *e,
		       const struct ledger_row *row, unsigned n)
{
	static const char cost[] = "tandem_cost_total";
	static const char unpriced[] = "tandem_unpriced_responses_total";

	metrics_family(out, cost, METRIC_COUNTER,
		       "What responses, transcripts and answers to supervisors "
		       "have cost, in units of the currency, as far as prices "
		       "are known.");
	for (unsigned i = 0; i < n; i++)
		metrics_sample(out, cost,
			       (double)row[i].cost / (double)MONEY_ONE, "agent",
			       row[i].agent, "model", row[i].model, "currency",
			       e->config->config.currency, NULL);
	metrics_family(out, unpriced, METRIC_COUNTER,
		       "Of those, the ones whose cost is not known.");
	for (unsigned i = 0; i < n; i++)
		metrics_sample(out, unpriced, (double)row[i].unpriced, "agent",
			       row[i].agent, "model", row[i].model, NULL);
}

static void write_cost(FILE *out, struct exchange *e,
		       const struct worker_figures *f)
{
	struct ledger_row *row = calloc(LEDGER_ROWS_MAX, sizeof(*row));

	if (row)
		write_rows(out, e, row,
			   ledger_rows(&e->ledger, row, LEDGER_ROWS_MAX));
	free(row);
	counter(out, "tandem_supervisor_tokens_total",
		"Tokens of answers to supervisors' requests, as their servers "
		"count them; input without what was cached.",
		"kind", text_tokens, f->text_tokens, WORKER_TEXT_TOKENS);
	counter(out, "tandem_budgets_reached_total",
		"Times a budget was reached; those of a day once a day.",
		"budget", budget, f->budget_reached, BUDGETS);
	counter(out, "tandem_budget_refusals_total",
		"Times a new call found no line because a budget was spent.",
		"budget", budget, f->budget_refused, BUDGETS);
}

/* --- Agents --- */

static void write_tally(FILE *out, struct tally *t, const char *name,
			const char *label, const char *help)
{
	struct tally now;

	tally_copy(t, &now);
	metrics_family(out, name, METRIC_COUNTER, help);
	for (unsigned i = 0; i < now.count; i++)
		metrics_sample(out, name, (double)now.row[i].n, label,
			       now.row[i].name, NULL);
}

static void write_agents(FILE *out, struct exchange *e,
			 const struct worker_figures *f)
{
	metrics_one(out, "tandem_call_webhook_failures_total", METRIC_COUNTER,
		    "Calls that the routes decided because call_webhook did "
		    "not answer as it should.",
		    read_n(&f->webhook_failed));
	write_tally(out, &e->answered, "tandem_agent_calls_total", "agent",
		    "Calls, by the agent that answered first.");
	write_tally(out, &e->hand_offs, "tandem_hand_offs_total", "agent",
		    "Hand-offs, by the agent that took the call.");
	write_tally(out, &e->functions, "tandem_functions_total", "outcome",
		    "Functions that models or keys have called, by what became "
		    "of them.");
}

/* --- Who watches --- */

static void write_live(FILE *out, const struct admin *a)
{
	struct live_events *events = &a->exchange->events;

	metrics_one(out, "tandem_live_watchers", METRIC_GAUGE,
		    "Connections that watch /api/events.", a->events.count);
	metrics_one(out, "tandem_live_events_total", METRIC_COUNTER,
		    "Events that happened in calls, for whoever watches.",
		    (double)live_events_told(events));
	metrics_one(out, "tandem_live_events_lost_total", METRIC_COUNTER,
		    "Of them, those that nobody could be told of: too many at "
		    "once.",
		    (double)live_events_lost(events));
}

/* --- Calls that were placed --- */

static void write_outbound(FILE *out, struct twilio_outbound *o)
{
	write_tally(out, &o->asked, "tandem_outbound_requests_total", "result",
		    "Requests for a call, by what became of them.");
	write_tally(out, &o->answered, "tandem_outbound_answers_total", "by",
		    "Calls that were placed and answered, by whom.");
	write_tally(out, &o->ended, "tandem_outbound_calls_total", "status",
		    "Calls that were placed and are over, by how they ended.");
}

/* --- Workers --- */

static void write_lag(FILE *out, const struct exchange *e)
{
	static const char name[] = "tandem_loop_lag_seconds";
	char number[12];

	metrics_family(
		out, name, METRIC_HISTOGRAM,
		"How late a worker's 5 ms clock was, while it had calls.");
	for (unsigned i = 0; i < e->count; i++) {
		struct histogram lag = { 0 };
		histogram_merge(&lag, &e->worker[i]->figures.lag);
		snprintf(number, sizeof(number), "%u", i);
		metrics_histogram(out, name, &lag, lag_bounds, "worker",
				  number);
	}
}

static void write_workers(FILE *out, const struct exchange *e)
{
	static const char inbox[] = "tandem_inbox_items";
	static const char waiting[] = "tandem_stream_waiting_bytes";
	char number[12];

	metrics_one(out, "tandem_workers", METRIC_GAUGE,
		    "Threads that carry calls.", e->count);
	write_lag(out, e);
	metrics_family(out, inbox, METRIC_GAUGE,
		       "Connections and sockets on their way to a worker.");
	for (unsigned i = 0; i < e->count; i++) {
		snprintf(number, sizeof(number), "%u", i);
		metrics_sample(out, inbox, inbox_pending(&e->worker[i]->inbox),
			       "worker", number, NULL);
	}
	metrics_family(out, waiting, METRIC_GAUGE,
		       "Bytes that sockets hold and the kernel has not taken.");
	metrics_sample(out, waiting, (double)SUM(e, to_carrier), "side",
		       "carrier", NULL);
	metrics_sample(out, waiting, (double)SUM(e, to_model), "side", "model",
		       NULL);
}

/* --- What may be, and what is --- */

static void write_limits(FILE *out, const struct exchange *e)
{
	const struct config *c = &e->config->config;
	const struct {
		const char *name;
		double value;
	} row[] = {
		{ "calls", c->limits.calls },
		{ "calls_per_worker", c->limits.calls_per_worker },
		{ "calls_per_number", c->limits.calls_per_number },
		{ "calls_per_source", c->limits.calls_per_source },
		{ "calls_anonymous", c->limits.calls_anonymous },
		{ "connections", c->limits.connections },
		{ "connections_per_address",
		  c->limits.connections_per_address },
		{ "handshakes", (double)c->limits.handshakes * e->count },
		{ "call_seconds", c->limits.call_minutes * 60.0 },
		{ "caller_ring_seconds", c->limits.ring_seconds },
		{ "playout_seconds", PLAYOUT_QUEUE_S },
		{ "standby_sessions", (double)standby_wanted(c) * e->count },
		{ "inbox_items", INBOX_MAX },
		{ "admin_connections", ADMIN_CONNECTIONS },
	};
	static const char name[] = "tandem_limit";

	metrics_family(
		out, name, METRIC_GAUGE,
		"Bounds in force, each in the unit of its figure; 0: none.");
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		metrics_sample(out, name, row[i].value, "limit", row[i].name,
			       NULL);
}

static bool is_ready(const struct admin *a, uint64_t now_ns)
{
	char text[256];
	FILE *words = fmemopen(text, sizeof(text), "w");
	unsigned reasons = words ? admin_unready(a, now_ns, words) : 1;

	if (words)
		fclose(words);
	return reasons == 0;
}

static void write_state(FILE *out, const struct admin *a, uint64_t now_ns)
{
	static const char info[] = "tandem_build_info";
	static const char expiry[] =
		"tandem_certificate_expiry_timestamp_seconds";
	long long expires_s = atomic_load(&a->exchange->certificate_s);

	metrics_one(out, "tandem_ready", METRIC_GAUGE,
		    "1 while new calls are welcome, as /readyz says.",
		    is_ready(a, now_ns));
	metrics_one(out, "tandem_draining", METRIC_GAUGE,
		    "1 while the process waits for its calls to end.",
		    exchange_is_draining(a->exchange));
	metrics_family(out, expiry, METRIC_GAUGE,
		       "When the first of our certificates ends; absent "
		       "without one.");
	if (expires_s)
		metrics_sample(out, expiry, (double)expires_s, NULL);
	metrics_family(out, info, METRIC_GAUGE, "Which version this is.");
	metrics_sample(out, info, 1, "version", version_text(), NULL);
}

static void write_process(FILE *out, const struct admin *a)
{
	struct resources_process p;

	resources_process(&p);
	metrics_one(out, "process_cpu_seconds_total", METRIC_COUNTER,
		    "User and system CPU time.", p.cpu_s);
	metrics_one(out, "process_resident_memory_bytes", METRIC_GAUGE,
		    "Resident memory.", (double)p.resident_bytes);
	metrics_one(out, "process_virtual_memory_bytes", METRIC_GAUGE,
		    "Virtual memory.", (double)p.virtual_bytes);
	metrics_one(out, "process_open_fds", METRIC_GAUGE, "Open descriptors.",
		    p.descriptors);
	metrics_one(out, "process_max_fds", METRIC_GAUGE,
		    "Descriptors that may be open.", p.descriptors_max);
	metrics_one(out, "process_threads", METRIC_GAUGE, "Threads.",
		    p.threads);
	metrics_one(out, "process_start_time_seconds", METRIC_GAUGE,
		    "When the process began, Unix time.", a->start_s);
}

int admin_metrics_write(const struct admin *a, uint64_t now_ns, FILE *out)
{
	const struct exchange *e = a->exchange;
	struct worker_figures *f = malloc(sizeof(*f));

	if (!f)
		return -ENOMEM;
	exchange_figures(e, f);
	write_state(out, a, now_ns);
	write_calls(out, e, f);
	write_conversation(out, f);
	write_interruptions(out, f);
	write_audio(out, e, f);
	write_model(out, e, f);
	write_cost(out, a->exchange, f);
	write_agents(out, a->exchange, f);
	write_outbound(out, &a->exchange->outbound);
	write_live(out, a);
	write_workers(out, e);
	write_limits(out, e);
	write_process(out, a);
	free(f);
	return ferror(out) ? -ENOMEM : 0;
}
