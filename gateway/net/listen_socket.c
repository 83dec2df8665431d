#include "gateway/net/listen_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int bind_one(const struct addrinfo *a, bool is_beside)
{
	int fd = socket(a->ai_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;
	int err = 0;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (is_beside &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)))
		err = -errno;
	else if (bind(fd, a->ai_addr, a->ai_addrlen))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* The first has the port to itself, so another program there is noticed, even
 * one of ours; bound, it opens the port to the others. */
static int bind_first(const struct addrinfo *a, bool is_shared)
{
	int fd = bind_one(a, false);
	int on = 1;

	if (fd >= 0 && is_shared &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on))) {
		int err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

static void set_port(struct addrinfo *a, unsigned port)
{
	struct sockaddr_in in;

	memcpy(&in, a->ai_addr,
	       sizeof(in)); /* IPv6 has it in this place, too */
	in.sin_port = htons((uint16_t)port);
	memcpy(a->ai_addr, &in, sizeof(in));
}

/* Returns how many were opened, or a negative errno in *err. */
static unsigned open_all(struct addrinfo *a, int backlog, bool is_shared,
			 int *fds, unsigned n, int *err)
{
	*err = 0;
	for (unsigned i = 0; i < n; i++) {
		fds[i] = i || is_shared ? bind_one(a, true)
					: bind_first(a, n > 1);
		if (fds[i] < 0) {
			*err = fds[i];
			return i;
		}
		if (listen(fds[i], backlog)) {
			*err = -errno;
			return i + 1;
		}
		set_port(a, listen_socket_port(fds[i]));
	}
	return n;
}

static int resolve(uv_loop_t *loop, const char *host, unsigned port,
		   struct addrinfo **out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags =
						AI_PASSIVE | AI_NUMERICSERV };
	char service[12], bare[256];
	size_t len = strlen(host);
	uv_getaddrinfo_t req;

	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		snprintf(bare, sizeof(bare), "%.*s", (int)(len - 2), host + 1);
		host = bare;
	}
	snprintf(service, sizeof(service), "%u", port);
	int err = uv_getaddrinfo(loop, &req, NULL, host, service, &hints);
	*out = err ? NULL : req.addrinfo;
	return err;
}

int listen_socket_open_many(uv_loop_t *loop, const char *host, unsigned port,
			    int backlog, bool is_shared, int *fds, unsigned n)
{
	struct addrinfo *a;
	int err = resolve(loop, host, port, &a);

	if (err)
		return err;
	unsigned opened = open_all(a, backlog, is_shared, fds, n, &err);
	uv_freeaddrinfo(a);
	while (err && opened > 0)
		close(fds[--opened]);
	return err;
}

int listen_socket_open(uv_loop_t *loop, const char *host, unsigned port,
		       int backlog)
{
	int fd;
	int err = listen_socket_open_many(loop, host, port, backlog, false, &fd,
					  1);

	return err ? err : fd;
}

/* A copy that does not block. */
static int copy(int given)
{
	int listens = 0, domain = 0;
	socklen_t len = sizeof(listens);

	if (getsockopt(given, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len))
		return -errno;
	len = sizeof(domain);
	if (!listens ||
	    getsockopt(given, SOL_SOCKET, SO_DOMAIN, &domain, &len) ||
	    (domain != AF_INET && domain != AF_INET6))
		return -EINVAL;
	int fd = fcntl(given, F_DUPFD_CLOEXEC, 3);
	int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);
	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
		return fd;
	int err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

int listen_socket_share(const int *given, unsigned count, int *fds, unsigned n)
{
	unsigned i = 0;

	if (count == 0 || count > n)
		return -EINVAL;
	for (; i < n; i++) {
		fds[i] = copy(given[i % count]);
		if (fds[i] < 0)
			break;
	}
	if (i == n)
		return 0;
	int err = fds[i];
	while (i > 0)
		close(fds[--i]);
	return err;
}

void listen_socket_deafen(int fd)
{
	struct sock_filter drop_all = { .code = BPF_RET | BPF_K, .k = 0 };
	const struct sock_fprog program = { .len = 1, .filter = &drop_all };

	(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			 sizeof(program));
}

unsigned listen_socket_port(int fd)
{
	struct sockaddr_storage a = { 0 };
	socklen_t len = sizeof(a);
	struct sockaddr_in in;

	if (getsockname(fd, (struct sockaddr *)&a, &len))
		return 0;
	memcpy(&in, &a, sizeof(in)); /* IPv6 has its port in the same place */
	return ntohs(in.sin_port);
}

int listen_socket_split(const char *listen, char *host, size_t cap,
			unsigned *port)
{
	const char *colon = strrchr(listen, ':');
	char *end;

	if (!colon || (size_t)(colon - listen) >= cap)
		return -EINVAL;
	unsigned long number = strtoul(colon + 1, &end, 10);
	if (end == colon + 1 || *end || number > 65535)
		return -EINVAL;
	if (listen[0] == '[' && colon > listen + 1 && colon[-1] == ']')
		snprintf(host, cap, "%.*s", (int)(colon - listen - 2),
			 listen + 1);
	else
		snprintf(host, cap, "%.*s", (int)(colon - listen), listen);
	*port = (unsigned)number;
	return 0;
}
