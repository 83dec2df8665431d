#include "tools/bench/bench_socket.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "protocols/tls.h"

#define READ_MAX  (256u << 10)
#define QUEUE_MAX (8u << 20)
#define BACKLOG   4096

int bench_address_find(struct bench_address *a, const char *host, unsigned port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	char service[16];

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(host, service, &hints, &found))
		return -EHOSTUNREACH;
	memcpy(&a->any, found->ai_addr, found->ai_addrlen);
	a->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

int bench_listen(unsigned *port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(a);
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, BACKLOG) ||
	    getsockname(fd, (struct sockaddr *)&a, &len)) {
		int err = -errno;
		close(fd);
		return err;
	}
	*port = ntohs(a.sin_port);
	return fd;
}

/* --- The end --- */

static void on_free(struct bench_watch *w)
{
	struct bench_socket *s = (struct bench_socket *)w;

	tls_free(s->tls);
	buffer_free(&s->wire);
	buffer_free(&s->plain);
	free(s);
}

void bench_socket_close(struct bench_socket *s)
{
	if (s->is_closed)
		return;
	s->is_closed = true;
	bench_loop_drop(s->loop, &s->watch);
}

static void fail(struct bench_socket *s, const char *why)
{
	if (s->is_closed)
		return;
	bench_socket_close(s);
	s->events->on_closed(s->owner, why);
}

/* --- Out --- */

static void want_write(struct bench_socket *s, bool wants)
{
	if (s->wants_write == wants)
		return;
	s->wants_write = wants;
	bench_loop_change(s->loop, &s->watch, EPOLLIN | (wants ? EPOLLOUT : 0));
}

static void push(struct bench_socket *s)
{
	while (s->wire.used) {
		ssize_t n = send(s->watch.fd, buffer_head(&s->wire),
				 s->wire.used, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			fail(s, strerror(errno));
			return;
		}
		buffer_consume(&s->wire, (size_t)n);
	}
	want_write(s, s->wire.used > 0);
}

int bench_socket_send(struct bench_socket *s, const void *bytes, size_t n)
{
	ssize_t sent = 0;

	if (s->is_closed || !s->is_open)
		return -ENOTCONN;
	if (s->tls) {
		if (tls_send(s->tls, bytes, n, &s->wire))
			return -ENOBUFS;
		push(s);
		return 0;
	}
	if (!s->wire.used) /* nothing before it: straight to the kernel */
		sent = send(s->watch.fd, bytes, n, MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN)
		return -ENOTCONN; /* its end is about to be read */
	if (sent < 0)
		sent = 0;
	if ((size_t)sent == n)
		return 0;
	int err = buffer_append(&s->wire, (const uint8_t *)bytes + sent,
				n - (size_t)sent);
	want_write(s, true);
	return err;
}

/* --- In --- */

static void opened(struct bench_socket *s)
{
	s->is_open = true;
	s->events->on_open(s->owner);
}

static void take_tls(struct bench_socket *s, const uint8_t *bytes, size_t n)
{
	int err = tls_receive(s->tls, bytes, n, &s->plain);

	push(s);
	if (!s->is_closed && !s->is_open && tls_is_open(s->tls))
		opened(s);
	if (!s->is_closed && s->plain.used) {
		s->events->on_bytes(s->owner, buffer_head(&s->plain),
				    s->plain.used);
		buffer_consume(&s->plain, s->plain.used);
	}
	if (err)
		fail(s, err == -ECONNRESET ? "closed" : tls_error(s->tls));
}

/* The kernel's stamp on the last of the bytes; where there is none, now. */
static uint64_t stamp_of(const struct bench_socket *s, struct msghdr *m)
{
	uint64_t now_ns = bench_now_ns();
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct timespec t;

	if (!c || c->cmsg_type != SCM_TIMESTAMPNS)
		return now_ns;
	memcpy(&t, CMSG_DATA(c), sizeof(t));
	uint64_t ns = (uint64_t)t.tv_sec * BENCH_NS_PER_S +
		      (uint64_t)t.tv_nsec - s->loop->real_ns;
	return ns < now_ns ? ns : now_ns;
}

static void take(struct bench_socket *s)
{
	static _Thread_local uint8_t bytes[READ_MAX];
	char control[CMSG_SPACE(sizeof(struct timespec))];
	struct iovec room = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr m = { .msg_iov = &room,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(s->watch.fd, &m, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		fail(s, n ? strerror(errno) : "closed");
		return;
	}
	s->read_ns = stamp_of(s, &m);
	if (s->tls)
		take_tls(s, bytes, (size_t)n);
	else
		s->events->on_bytes(s->owner, bytes, (size_t)n);
}

static void connected(struct bench_socket *s)
{
	int err = 0;
	socklen_t len = sizeof(err);

	getsockopt(s->watch.fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err) {
		fail(s, strerror(err));
		return;
	}
	want_write(s, false);
	s->read_ns = bench_now_ns();
	if (s->tls)
		take_tls(s, NULL, 0);
	else
		opened(s);
}

static void on_ready(struct bench_watch *w, uint32_t events)
{
	struct bench_socket *s = (struct bench_socket *)w;

	if (events & EPOLLOUT && !s->is_open && !s->wire.used)
		connected(s);
	else if (events & EPOLLOUT)
		push(s);
	if (!s->is_closed && events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		take(s);
}

/* --- The beginning --- */

static struct bench_socket *create(struct bench_loop *l, int fd,
				   struct tls_context *tls, const char *host,
				   const struct bench_socket_events *events,
				   void *owner)
{
	struct bench_socket *s = calloc(1, sizeof(*s));
	int one = 1;

	if (!s)
		return NULL;
	buffer_init(&s->wire, QUEUE_MAX);
	buffer_init(&s->plain, QUEUE_MAX);
	if (tls && !(s->tls = tls_new(tls, host, &s->wire))) {
		free(s);
		return NULL;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));
	s->watch = (struct bench_watch){ .on_ready = on_ready,
					 .on_free = on_free,
					 .fd = fd };
	s->loop = l;
	s->events = events;
	s->owner = owner;
	return s;
}

struct bench_socket *bench_socket_dial(struct bench_loop *l,
				       const struct bench_address *to,
				       struct tls_context *tls,
				       const char *host,
				       const struct bench_socket_events *events,
				       void *owner)
{
	int fd = socket(to->any.ss_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct bench_socket *s =
		fd < 0 ? NULL : create(l, fd, tls, host, events, owner);

	if (!s) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	/* A refusal at once is read from the descriptor, as a late one is. */
	if (connect(fd, (const struct sockaddr *)&to->any, to->len) &&
	    errno != EINPROGRESS)
		shutdown(fd, SHUT_RDWR);
	s->wants_write = true;
	bench_loop_add(l, &s->watch, EPOLLIN | EPOLLOUT);
	return s;
}

struct bench_socket *bench_socket_adopt(
	struct bench_loop *l, int fd, struct tls_context *tls,
	const struct bench_socket_events *events, void *owner)
{
	struct bench_socket *s = create(l, fd, tls, NULL, events, owner);

	if (!s) {
		close(fd);
		return NULL;
	}
	s->is_open = !tls;
	bench_loop_add(l, &s->watch, EPOLLIN);
	return s;
}

void bench_socket_detach(struct bench_socket *s)
{
	epoll_ctl(s->loop->epoll, EPOLL_CTL_DEL, s->watch.fd, NULL);
	s->loop = NULL;
}

void bench_socket_attach(struct bench_socket *s, struct bench_loop *l,
			 const struct bench_socket_events *events, void *owner)
{
	s->loop = l;
	s->events = events;
	s->owner = owner;
	bench_loop_add(l, &s->watch, EPOLLIN | (s->wants_write ? EPOLLOUT : 0));
}
