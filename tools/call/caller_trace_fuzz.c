/* The model's trace: any lines, then a call judged by them. Every line is
 * taken, passed over or counted as bad; figures stay numbers. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/caller_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t feed(struct caller_trace *t, const char *text, size_t size)
{
	size_t lines = 0;

	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t len = end ? (size_t)(end - text) : size;

		caller_trace_line(t, text, len);
		lines++;
		size -= len + (end != NULL);
		text += len + (end != NULL);
	}
	return lines;
}

static void judge(const struct caller_trace *t)
{
	static struct caller_judge j;
	struct caller_figures f;
	struct caller_trace_call call = { .judge = &j, .figures = &f };

	memset(&j, 0, sizeof(j));
	caller_figures_init(&f);
	j.runs = j.clears = 2;
	j.run[0] = (struct caller_run){ 1000, 800 };
	j.run[1] = (struct caller_run){ 5000000, 8000 };
	j.clear[1] = (struct caller_clear){ 5500000, 1, 400, 100 };
	assert(caller_trace_judge(t, &call, 1) == 0);
	for (size_t i = 0; i < CALLER_FIGURE_COUNT; i++)
		assert(isnan(f.value[i]) || isfinite(f.value[i]));
	if (call.session)
		assert(f.value[CALLER_FIGURE_truncations] +
			       f.value[CALLER_FIGURE_unmatched] ==
		       1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	struct caller_trace t;

	assert(text);
	memcpy(text, data, size);
	caller_trace_init(&t);
	size_t lines = feed(&t, text, size);
	assert(t.bad_lines + t.sessions <= lines);
	judge(&t);
	caller_trace_free(&t);
	free(text);
	return 0;
}
