#include "tools/testing/check.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "gateway/worker_figures.h"

/* Whoever adds a state, an end or a reason gives it a name that nobody has. */
static void check_names(const char *(*name)(unsigned), unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		CHECK(name(i) && *name(i), "a name for each");
		CHECK(strspn(name(i),
			     "abcdefghijklmnopqrstuvwxyz_0123456789") ==
			      strlen(name(i)),
		      name(i));
		for (unsigned j = 0; j < i; j++)
			CHECK(strcmp(name(i), name(j)) != 0, name(i));
	}
}

static const char *state_name(unsigned i)
{
	return call_state_name((enum call_state)i);
}

static const char *refusal_name(unsigned i)
{
	return worker_refusal_name((enum worker_refusal)i);
}

static const char *outcome_name(unsigned i)
{
	return openai_outcome_name((enum openai_outcome)i);
}

static const char *text_name(unsigned i)
{
	return worker_text_name((enum worker_text)i);
}

static void names_everything(void **state)
{
	(void)state;
	check_names(worker_end_name, WORKER_ENDS);
	check_names(state_name, CALL_STATES);
	check_names(text_name, WORKER_TEXT_TOKENS);
	check_names(refusal_name, WORKER_REFUSALS);
	check_names(outcome_name, OPENAI_OUTCOMES);
	check_names(openai_error_name, OPENAI_ERROR_CODES);
	check_names(worker_http_status_name, WORKER_HTTP_STATUSES);
}

static void sorts_statuses(void **state)
{
	(void)state;
	static const struct {
		unsigned status;
		const char *http, *refusal;
	} row[] = {
		{ 0, "tls", "other" },
		{ 400, "400", "malformed" },
		{ 401, "other", "unauthorized" },
		{ 403, "other", "unauthorized" },
		{ 404, "other", "unknown" },
		{ 405, "other", "malformed" },
		{ 408, "408", "other" },
		{ 413, "413", "too_large" },
		{ 426, "other", "malformed" },
		{ 431, "431", "other" },
		{ 503, "503", "full" },
		{ 999, "other", "other" },
		{ 4294967295u, "other", "other" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_STR(row[i].http,
			  worker_http_status_name(
				  worker_http_status(row[i].status)),
			  "of the server's own answers");
		CHECK_STR(row[i].refusal,
			  worker_refusal_name(worker_refusal_of(row[i].status)),
			  "of a refusal");
	}
}

/* --- Sums --- */

#define CELLS (sizeof(struct worker_figures) / sizeof(uint64_t))

/* Of a moment, or of one worker: no sum has it. */
static bool is_left_out(size_t at)
{
	size_t census = offsetof(struct worker_figures, census);

	return (at >= census && at < census + sizeof(struct worker_census)) ||
	       at == offsetof(struct worker_figures, model.upstream);
}

/* The most of both, not the sum. */
static bool is_most(size_t at)
{
	static const size_t histograms[] = {
		offsetof(struct worker_figures, delay[0]),
		offsetof(struct worker_figures, delay[1]),
		offsetof(struct worker_figures, delay[2]),
		offsetof(struct worker_figures, setup),
		offsetof(struct worker_figures, turn),
		offsetof(struct worker_figures, unheard),
		offsetof(struct worker_figures, lag),
	};

	for (size_t i = 0; i < ARRAY_LEN(histograms); i++)
		if (at == histograms[i] + offsetof(struct histogram, max_ns))
			return true;
	return at == offsetof(struct worker_figures, ring_most_ns);
}

/* Whatever a worker counts is in the sum. */
static void leaves_nothing_out(void **state)
{
	static union {
		struct worker_figures f;
		uint64_t cell[CELLS];
	} one, sum;

	(void)state;
	_Static_assert(sizeof(one.cell) == sizeof(one.f), "nothing but cells");
	for (size_t i = 0; i < CELLS; i++)
		one.cell[i] = 1;
	worker_figures_add(&sum.f, &one.f);
	worker_figures_add(&sum.f, &one.f);
	for (size_t i = 0; i < CELLS; i++) {
		size_t at = i * sizeof(uint64_t);
		uint64_t wanted = is_left_out(at) ? 0 : is_most(at) ? 1 : 2;
		if (sum.cell[i] != wanted)
			fail_msg("byte %zu: %" PRIu64 ", not %" PRIu64, at,
				 sum.cell[i], wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_everything),
		cmocka_unit_test(sorts_statuses),
		cmocka_unit_test(leaves_nothing_out),
	};
	return cmocka_run_group_tests_name("worker_figures", tests, NULL, NULL);
}
