#include "tools/call/caller_network.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#define NS_PER_S UINT64_C(1000000000)

struct caller_network {
	uv_loop_t *loop;
	const struct caller_network_options *options;
	void (*on_call)(void *owner, unsigned index, struct caller_call *call);
	void *owner;
	uv_timer_t timer;
	uv_signal_t interrupt;
	uv_signal_t terminate;
	uint64_t begun_ns;
	unsigned begun; /* calls */
	unsigned over;
	bool is_stopping;
	struct caller_call **call;
	bool *is_over;
};

static void stop_if_done(struct caller_network *n)
{
	unsigned wanted = n->is_stopping ? n->begun : n->options->calls;

	if (n->over < wanted || uv_is_closing((uv_handle_t *)&n->timer))
		return;
	if (n->options->on_done)
		n->options->on_done(n->owner);
	uv_close((uv_handle_t *)&n->timer, NULL);
	uv_close((uv_handle_t *)&n->interrupt, NULL);
	uv_close((uv_handle_t *)&n->terminate, NULL);
}

static void begin_due_calls(struct caller_network *n);

static void on_over(void *owner, struct caller_call *call)
{
	struct caller_network *n = owner;
	unsigned index = 0;

	while (n->call[index] != call)
		index++;
	n->is_over[index] = true;
	n->over++;
	n->on_call(n->owner, index, call);
	begin_due_calls(n);
	stop_if_done(n);
}

/* How many calls may have been begun by now: a steady rate from the start. */
static unsigned due_calls(const struct caller_network *n)
{
	uint64_t elapsed_ns = uv_hrtime() - n->begun_ns;
	uint64_t due = 1 + elapsed_ns * n->options->rate / NS_PER_S;

	return due < n->options->calls ? (unsigned)due : n->options->calls;
}

static void begin_due_calls(struct caller_network *n)
{
	unsigned due = due_calls(n);

	while (!n->is_stopping && n->begun < due &&
	       n->begun - n->over < n->options->parallel) {
		struct caller_call *call = caller_call_begin(
			n->loop, &n->options->call, n->begun, on_over, n);

		if (!call) {
			n->is_stopping = true;
			break;
		}
		n->call[n->begun++] = call;
	}
	if (n->begun == n->options->calls)
		uv_timer_stop(&n->timer);
}

static void on_timer(uv_timer_t *timer)
{
	struct caller_network *n = timer->data;

	begin_due_calls(n);
	stop_if_done(n);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct caller_network *n = handle->data;

	(void)number;
	n->is_stopping = true;
	for (unsigned i = 0; i < n->begun; i++)
		if (!n->is_over[i])
			caller_call_end(n->call[i]);
	stop_if_done(n);
}

static void start_handles(struct caller_network *n)
{
	uv_timer_init(n->loop, &n->timer);
	uv_signal_init(n->loop, &n->interrupt);
	uv_signal_init(n->loop, &n->terminate);
	n->timer.data = n->interrupt.data = n->terminate.data = n;
	uv_signal_start(&n->interrupt, on_signal, SIGINT);
	uv_signal_start(&n->terminate, on_signal, SIGTERM);
	/* 5 ms is finer than the steps of any rate that is worth having. */
	uv_timer_start(&n->timer, on_timer, 0, 5);
}

struct caller_network *caller_network_run(
	uv_loop_t *loop, const struct caller_network_options *options,
	void (*on_call)(void *owner, unsigned index, struct caller_call *call),
	void *owner)
{
	struct caller_network *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->loop = loop;
	n->options = options;
	n->on_call = on_call;
	n->owner = owner;
	n->call = calloc(options->calls, sizeof(*n->call));
	n->is_over = calloc(options->calls, sizeof(*n->is_over));
	if (!n->call || !n->is_over) {
		caller_network_free(n);
		return NULL;
	}
	n->begun_ns = uv_hrtime();
	start_handles(n);
	uv_run(loop, UV_RUN_DEFAULT);
	return n;
}

struct caller_call *caller_network_call(const struct caller_network *n,
					unsigned index)
{
	return n->call[index];
}

void caller_network_free(struct caller_network *n)
{
	for (unsigned i = 0; n->call && i < n->begun; i++)
		caller_call_free(n->call[i]);
	free(n->call);
	free(n->is_over);
	free(n);
}
