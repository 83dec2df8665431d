#include "tools/bench/bench_greeter.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocols/buffer.h"
#include "protocols/tls.h"
#include "tools/bench/bench_socket.h"

#define EARLY_MAX 65536
#define NAP_NS    (50 * BENCH_NS_PER_MS) /* between two looks at is_stopping */

/* One connection, until it is passed on. */
struct guest {
	struct bench_greeter *greeter;
	struct bench_socket *socket;
	struct buffer early;
	struct guest *next;
	struct guest **link;
	bool is_open;
};

struct bench_greeter {
	pthread_t thread;
	struct bench_loop loop; /* the thread's */
	struct bench_watch listening;
	struct tls_context *tls;
	struct guest *guests; /* the thread's */
	pthread_mutex_t lock;
	struct guest *ready; /* under the lock */
	struct bench_watch bell;
	struct bench_loop *main;
	bench_greeted_fn *on_greeted;
	void *owner;
	volatile bool is_stopping;
};

/* --- In the thread --- */

static void unlink_guest(struct guest *g)
{
	*g->link = g->next;
	if (g->next)
		g->next->link = g->link;
}

static void on_open(void *owner)
{
	struct guest *g = owner;

	g->is_open = true;
	bench_loop_stop(&g->greeter->loop); /* soon, but not from in here */
}

static void on_bytes(void *owner, uint8_t *bytes, size_t n)
{
	struct guest *g = owner;

	buffer_append(&g->early, bytes, n);
}

static void on_closed(void *owner, const char *why)
{
	struct guest *g = owner;

	(void)why;
	unlink_guest(g);
	buffer_free(&g->early);
	free(g);
}

static const struct bench_socket_events events = {
	.on_open = on_open,
	.on_bytes = on_bytes,
	.on_closed = on_closed,
};

static void on_connection(struct bench_watch *w, uint32_t ready)
{
	struct bench_greeter *r =
		(struct bench_greeter *)((char *)w -
					 offsetof(struct bench_greeter,
						  listening));
	int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct guest *g = fd < 0 ? NULL : calloc(1, sizeof(*g));

	(void)ready;
	if (!g) {
		if (fd >= 0)
			close(fd);
		return;
	}
	g->greeter = r;
	buffer_init(&g->early, EARLY_MAX);
	g->socket = bench_socket_adopt(&r->loop, fd, r->tls, &events, g);
	if (!g->socket) {
		free(g);
		return;
	}
	g->next = r->guests;
	g->link = &r->guests;
	if (g->next)
		g->next->link = &g->next;
	r->guests = g;
}

static void pass_on(struct bench_greeter *r, struct guest *g)
{
	uint64_t one = 1;

	bench_socket_detach(g->socket);
	unlink_guest(g);
	pthread_mutex_lock(&r->lock);
	g->next = r->ready;
	r->ready = g;
	pthread_mutex_unlock(&r->lock);
	if (write(r->bell.fd, &one, sizeof(one)) < 0)
		return; /* it is ringing already */
}

static void *greet(void *owner)
{
	struct bench_greeter *r = owner;
	const struct sched_param none = { 0 };

	/* Whoever has a right to real time, this thread wants none. */
	sched_setscheduler(0, SCHED_OTHER, &none);
	while (!r->is_stopping) {
		bench_loop_run(&r->loop, bench_now_ns() + NAP_NS);
		for (struct guest *g = r->guests, *next; g; g = next) {
			next = g->next;
			if (g->is_open)
				pass_on(r, g);
		}
	}
	return NULL;
}

/* --- In the generator's thread --- */

static void on_bell(struct bench_watch *w, uint32_t ready)
{
	struct bench_greeter *r =
		(struct bench_greeter *)((char *)w -
					 offsetof(struct bench_greeter, bell));
	uint64_t rung;

	(void)ready;
	if (read(w->fd, &rung, sizeof(rung)) < 0)
		return;
	pthread_mutex_lock(&r->lock);
	struct guest *g = r->ready;
	r->ready = NULL;
	pthread_mutex_unlock(&r->lock);
	while (g) {
		struct guest *next = g->next;
		r->on_greeted(r->owner, g->socket, buffer_head(&g->early),
			      g->early.used);
		buffer_free(&g->early);
		free(g);
		g = next;
	}
}

static void on_free(struct bench_watch *w)
{
	(void)w;
}

static int start(struct bench_greeter *r, int listen_fd)
{
	r->listening = (struct bench_watch){ .on_ready = on_connection,
					     .on_free = on_free,
					     .fd = listen_fd };
	r->bell = (struct bench_watch){ .on_ready = on_bell,
					.on_free = on_free,
					.fd = eventfd(0, EFD_NONBLOCK |
								 EFD_CLOEXEC) };
	pthread_mutex_init(&r->lock, NULL);
	int err = bench_loop_init(&r->loop);
	if (!err)
		err = bench_loop_add(&r->loop, &r->listening, EPOLLIN);
	if (!err)
		err = bench_loop_add(r->main, &r->bell, EPOLLIN);
	return err ? err : -pthread_create(&r->thread, NULL, greet, r);
}

struct bench_greeter *bench_greeter_open(struct bench_loop *l, int listen_fd,
					 const char *cert_file,
					 const char *key_file,
					 bench_greeted_fn *on_greeted,
					 void *owner, const char **why)
{
	struct bench_greeter *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->main = l;
	r->on_greeted = on_greeted;
	r->owner = owner;
	r->tls = tls_server_context_files(cert_file, key_file, why);
	if (r->tls && !start(r, listen_fd))
		return r;
	tls_context_free(r->tls);
	free(r);
	return NULL;
}

static void send_away(struct guest *g)
{
	for (struct guest *next; g; g = next) {
		next = g->next;
		bench_socket_close(g->socket);
		buffer_free(&g->early);
		free(g);
	}
}

void bench_greeter_close(struct bench_greeter *r)
{
	r->is_stopping = true;
	pthread_join(r->thread, NULL);
	bench_loop_drop(&r->loop, &r->listening);
	for (struct guest *g = r->ready; g; g = g->next)
		bench_socket_attach(g->socket, &r->loop, &events, g);
	send_away(r->guests);
	send_away(r->ready);
	bench_loop_free(&r->loop);
	tls_context_free(r->tls);
	close(r->bell.fd);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
