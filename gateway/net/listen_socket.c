#include "gateway/net/listen_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_one(const struct addrinfo *a, int backlog)
{
	int fd = socket(a->ai_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;
	int err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Several workers on one port: SO_REUSEPORT goes here. */
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 &&
	    listen(fd, backlog) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int listen_socket_open(uv_loop_t *loop, const char *host, unsigned port,
		       int backlog)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	char service[12], bare[256];
	size_t len = strlen(host);
	uv_getaddrinfo_t req;
	int fd;

	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		snprintf(bare, sizeof(bare), "%.*s", (int)(len - 2), host + 1);
		host = bare;
	}
	snprintf(service, sizeof(service), "%u", port);
	fd = uv_getaddrinfo(loop, &req, NULL, host, service, &hints);
	if (fd < 0)
		return fd;
	fd = open_one(req.addrinfo, backlog);
	uv_freeaddrinfo(req.addrinfo);
	return fd;
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
