#include "gateway/net/handshaker.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "protocols/tls.h"

/* First in, first out. */
struct queue {
	struct handshake_job *first;
	struct handshake_job **last;
};

struct handshaker {
	uv_thread_t thread;
	uv_async_t done_signal;
	uv_mutex_t lock; /* of what follows */
	uv_cond_t has_work;
	struct queue ours, strangers, done;
	struct handshake_job *beginners; /* last in, first out */
	bool is_ending;
};

static void put(struct queue *q, struct handshake_job *job)
{
	job->next = NULL;
	*q->last = job;
	q->last = &job->next;
}

static void push(struct handshake_job **top, struct handshake_job *job)
{
	job->next = *top;
	*top = job;
}

static struct handshake_job *pop(struct handshake_job **top)
{
	struct handshake_job *job = *top;

	if (job)
		*top = job->next;
	return job;
}

static struct handshake_job *take(struct queue *q)
{
	struct handshake_job *job = q->first;

	if (!job)
		return NULL;
	q->first = job->next;
	if (!q->first)
		q->last = &q->first;
	return job;
}

/* --- On the thread --- */

static void run(struct handshake_job *job)
{
	job->status = tls_receive(job->tls, buffer_head(&job->bytes),
				  job->bytes.used, &job->plain);
	buffer_consume(&job->bytes, job->bytes.used);
}

static struct handshake_job *next_job(struct handshaker *h)
{
	struct handshake_job *job = take(&h->ours);

	if (!job)
		job = take(&h->strangers);
	return job ? job : pop(&h->beginners);
}

/* Returns NULL when there will be none. */
static struct handshake_job *await_job(struct handshaker *h, bool *is_cancelled)
{
	struct handshake_job *job;

	uv_mutex_lock(&h->lock);
	while (!(job = next_job(h)) && !h->is_ending)
		uv_cond_wait(&h->has_work, &h->lock);
	*is_cancelled = job && job->is_cancelled;
	uv_mutex_unlock(&h->lock);
	return job;
}

static void work(void *handshaker)
{
	struct handshaker *h = handshaker;
	struct handshake_job *job;
	bool is_cancelled;

	(void)pthread_setname_np(pthread_self(), "handshakes");
	/* Of this thread alone, on Linux. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), HANDSHAKER_NICE);
	while ((job = await_job(h, &is_cancelled))) {
		if (is_cancelled)
			job->status = -ECANCELED;
		else
			run(job);
		uv_mutex_lock(&h->lock);
		put(&h->done, job);
		uv_mutex_unlock(&h->lock);
		uv_async_send(&h->done_signal);
	}
}

/* --- On the loop --- */

static void on_done_signal(uv_async_t *signal)
{
	struct handshaker *h = signal->data;
	struct handshake_job *job, *next;

	uv_mutex_lock(&h->lock);
	job = h->done.first;
	h->done.first = NULL;
	h->done.last = &h->done.first;
	uv_mutex_unlock(&h->lock);
	for (; job; job = next) {
		next = job->next;
		job->on_done(job);
	}
}

static void on_signal_closed(uv_handle_t *signal)
{
	struct handshaker *h = signal->data;

	uv_cond_destroy(&h->has_work);
	uv_mutex_destroy(&h->lock);
	free(h);
}

int handshaker_open(struct handshaker **out, uv_loop_t *loop)
{
	struct handshaker *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return -ENOMEM;
	h->ours.last = &h->ours.first;
	h->strangers.last = &h->strangers.first;
	h->done.last = &h->done.first;
	uv_mutex_init(&h->lock);
	uv_cond_init(&h->has_work);
	uv_async_init(loop, &h->done_signal, on_done_signal);
	h->done_signal.data = h;
	uv_unref((uv_handle_t *)&h
			 ->done_signal); /* a connection waits, not we */
	err = uv_thread_create(&h->thread, work, h);
	if (err)
		uv_close((uv_handle_t *)&h->done_signal, on_signal_closed);
	else
		*out = h;
	return err;
}

void handshaker_submit(struct handshaker *h, struct handshake_job *job)
{
	uv_mutex_lock(&h->lock);
	job->is_cancelled = false;
	if (job->is_ours)
		put(&h->ours, job);
	else if (job->has_begun)
		put(&h->strangers, job);
	else
		push(&h->beginners, job);
	job->has_begun = true;
	uv_cond_signal(&h->has_work);
	uv_mutex_unlock(&h->lock);
}

void handshaker_cancel(struct handshaker *h, struct handshake_job *job)
{
	uv_mutex_lock(&h->lock);
	job->is_cancelled = true;
	uv_mutex_unlock(&h->lock);
}

void handshaker_close(struct handshaker *h)
{
	if (!h)
		return;
	uv_mutex_lock(&h->lock);
	h->is_ending = true;
	uv_cond_signal(&h->has_work);
	uv_mutex_unlock(&h->lock);
	uv_thread_join(&h->thread);
	on_done_signal(&h->done_signal); /* what it had not told yet */
	uv_close((uv_handle_t *)&h->done_signal, on_signal_closed);
}
