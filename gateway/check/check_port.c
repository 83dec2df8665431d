#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/check/check_parts.h"

#define LISTENING  0x0a /* include/net/tcp_states.h of the kernel */
#define PATH_LEN   320
#define SOCKET_LEN 40

/* proc(5): one line a socket: "sl: address:port address:port state …". */
static bool is_listening(const char *line, unsigned port, char out[SOCKET_LEN])
{
	unsigned local, state;
	uint64_t inode;
	if (sscanf(line,
		   " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s "
		   "%*s %*s %" SCNu64,
		   &local, &state, &inode) != 3)
		return false;
	snprintf(out, SOCKET_LEN, "socket:[%" PRIu64 "]", inode);
	return local == port && state == LISTENING && inode;
}

/* Its name among descriptors: "socket:[123]". */
static bool find_socket(const char *table, unsigned port, char out[SOCKET_LEN])
{
	char line[512];
	bool is_found = false;
	FILE *f = fopen(table, "re");
	if (!f)
		return false;
	while (!is_found && fgets(line, sizeof(line), f))
		is_found = is_listening(line, port, out);
	fclose(f);
	return is_found;
}

static bool is_link_to(const char *path, const char *to)
{
	char target[SOCKET_LEN + 1];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	return strcmp(target, to) == 0;
}

static bool has_socket(const char *process, const char *socket)
{
	char path[PATH_LEN];
	bool is_found = false;
	snprintf(path, sizeof(path), "/proc/%.20s/fd", process);
	DIR *d = opendir(path);
	if (!d)
		return false;
	for (struct dirent *e; !is_found && (e = readdir(d));) {
		snprintf(path, sizeof(path), "/proc/%.20s/fd/%.20s", process,
			 e->d_name);
		is_found = is_link_to(path, socket);
	}
	closedir(d);
	return is_found;
}

static void tell_process(const char *process, char *out, unsigned cap)
{
	char path[PATH_LEN], name[64] = "a program";
	snprintf(path, sizeof(path), "/proc/%.20s/comm", process);
	FILE *f = fopen(path, "re");
	if (f && fgets(name, sizeof(name), f))
		name[strcspn(name, "\n")] = '\0';
	if (f)
		fclose(f);
	snprintf(out, cap, "%s (process %s)", name, process);
}

int check_port_holder(unsigned port, char *out, unsigned cap)
{
	char socket[SOCKET_LEN];
	int err = -EACCES;
	if (!find_socket("/proc/net/tcp", port, socket) &&
	    !find_socket("/proc/net/tcp6", port, socket))
		return -ENOENT;
	DIR *d = opendir("/proc");
	if (!d)
		return -EACCES;
	for (struct dirent *e; err && (e = readdir(d));) {
		if (!isdigit((unsigned char)e->d_name[0]) ||
		    !has_socket(e->d_name, socket))
			continue;
		tell_process(e->d_name, out, cap);
		err = 0;
	}
	closedir(d);
	return err;
}
