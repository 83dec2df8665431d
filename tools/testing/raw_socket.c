#include "tools/testing/raw_socket.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void raw_socket_turn(uv_loop_t *loop)
{
	uv_run(loop, UV_RUN_NOWAIT);
	usleep(200);
}

void raw_socket_turn_for(uv_loop_t *loop, unsigned ms)
{
	uint64_t until = uv_hrtime() + ms * 1000000ull;

	while (uv_hrtime() < until)
		raw_socket_turn(loop);
}

static struct sockaddr_in loopback(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

int raw_socket_listen(unsigned *port)
{
	struct sockaddr_in a = loopback(0);
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	CHECK_EQ(0, bind(fd, (struct sockaddr *)&a, len), "bind");
	CHECK_EQ(0, listen(fd, 16), "listen");
	CHECK_EQ(0, getsockname(fd, (struct sockaddr *)&a, &len), "port");
	*port = ntohs(a.sin_port);
	return fd;
}

int raw_socket_accept(uv_loop_t *loop, int listening)
{
	int fd = -1;

	WAIT_FOR(loop, (fd = accept(listening, NULL, NULL)) >= 0, "accept");
	return fd;
}

int raw_socket_connect(unsigned port, int receive_bytes)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (receive_bytes > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes,
			   sizeof(receive_bytes));
	CHECK_EQ(0, connect(fd, (struct sockaddr *)&a, sizeof(a)), "connect");
	return fd;
}

void raw_socket_send(int fd, const void *bytes, size_t n)
{
	CHECK_EQ(n, send(fd, bytes, n, MSG_NOSIGNAL), "send");
}

void raw_socket_say(int fd, const char *text)
{
	raw_socket_send(fd, text, strlen(text));
}

static bool is_done(const char *out, size_t used, const char *wanted,
		    bool has_ended)
{
	if (!wanted)
		return has_ended;
	return memmem(out, used, wanted, strlen(wanted)) != NULL;
}

size_t raw_socket_read_until(uv_loop_t *loop, int fd, const char *wanted,
			     char *out, size_t cap)
{
	uint64_t until = uv_hrtime() + RAW_WAIT_MS * 1000000ull;
	size_t used = 0;

	for (;;) {
		ssize_t n = recv(fd, out + used, cap - 1 - used, MSG_DONTWAIT);
		bool has_ended = n == 0 || (n < 0 && errno != EAGAIN);

		used += n > 0 ? (size_t)n : 0;
		out[used] = '\0';
		if (is_done(out, used, wanted, n == 0))
			return used;
		if (has_ended)
			fail_msg("the connection ended after: %s", out);
		if (uv_hrtime() > until)
			fail_msg("waited for %s, got: %s",
				 wanted ? wanted : "the end", out);
		raw_socket_turn(loop);
	}
}

int raw_socket_read_end(uv_loop_t *loop, int fd)
{
	uint64_t until = uv_hrtime() + RAW_WAIT_MS * 1000000ull;
	char waste[65536];

	for (;;) {
		ssize_t n = recv(fd, waste, sizeof(waste), MSG_DONTWAIT);

		if (n == 0)
			return 0;
		if (n < 0 && errno != EAGAIN)
			return errno;
		if (uv_hrtime() > until)
			fail_msg("waited for the end of the connection");
		raw_socket_turn(loop);
	}
}

void raw_socket_reset(int fd)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
}

unsigned raw_socket_count(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

void raw_socket_close_loop(uv_loop_t *loop)
{
	WAIT_FOR(loop, uv_run(loop, UV_RUN_NOWAIT) == 0, "handles close");
	CHECK_EQ(0, uv_loop_close(loop), "no handle stays");
}
