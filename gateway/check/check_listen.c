#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/net/listen_socket.h"

static void tell_busy(struct check_list *l, const char *name,
		      const char *address, unsigned port)
{
	char holder[128];
	int err = check_port_holder(port, holder, sizeof(holder));
	if (err)
		check_list_add(l, CHECK_IS_BAD, name,
			       "%s: another program has that port (which one, "
			       "only root may see: ss -ltnp)",
			       address);
	else if (strncmp(holder, "tandem (", 8) == 0)
		check_list_add(l, CHECK_IS_GOOD, name,
			       "%s, where %s listens already", address, holder);
	else
		check_list_add(l, CHECK_IS_BAD, name,
			       "%s: %s has that port; stop it, or listen on "
			       "another",
			       address, holder);
}

static void tell(struct check_list *l, const char *name, const char *address,
		 unsigned port, int err)
{
	if (err == -EADDRINUSE)
		tell_busy(l, name, address, port);
	else if (err == -EADDRNOTAVAIL)
		check_list_add(l, CHECK_IS_BAD, name,
			       "%s: this machine does not have that address",
			       address);
	else if (err == -EACCES)
		check_list_add(l, CHECK_IS_BAD, name,
			       "%s: ports below 1024 are not for us; use "
			       "another, or a socket of systemd's",
			       address);
	else
		check_list_add(l, CHECK_IS_BAD, name, "%s: %s", address,
			       uv_strerror(err));
}

void check_listen(struct check_list *l, const char *name, const char *address)
{
	char host[64];
	uv_loop_t loop;
	const char *colon = strrchr(address, ':');
	unsigned port = (unsigned)strtoul(colon + 1, NULL, 10);
	snprintf(host, sizeof(host), "%.*s", (int)(colon - address), address);
	if (uv_loop_init(&loop)) {
		check_list_add(l, CHECK_IS_BAD, name, "no memory");
		return;
	}
	int fd = listen_socket_open(&loop, host, port, 1);
	if (fd < 0)
		tell(l, name, address, port, fd);
	else
		check_list_add(l, CHECK_IS_GOOD, name, "%s is free", address);
	if (fd >= 0)
		close(fd);
	uv_loop_close(&loop);
}
