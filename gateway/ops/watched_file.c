#include "gateway/ops/watched_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same(const struct watched_file *f, const struct stat *now)
{
	return f->changed.tv_sec == now->st_ctim.tv_sec &&
	       f->changed.tv_nsec == now->st_ctim.tv_nsec &&
	       f->size == now->st_size && f->inode == now->st_ino;
}

static int read_all(int fd, char *text, size_t max, size_t *len)
{
	*len = 0;
	while (*len < max) {
		ssize_t n = read(fd, text + *len, max - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	return 1;
}

static int read_new(int fd, size_t max, char **text, size_t *len)
{
	char *bytes = malloc(max);

	if (!bytes)
		return -ENOMEM;
	int result = read_all(fd, bytes, max, len);
	if (result == 1)
		*text = bytes;
	else
		free(bytes);
	return result;
}

/* The stamp is taken before the bytes: what is written meanwhile makes another.
 */
static int read_open(struct watched_file *f, int fd, size_t max, char **text,
		     size_t *len)
{
	struct stat now;

	if (fstat(fd, &now))
		return -errno;
	if (!S_ISREG(now.st_mode))
		return -EINVAL;
	if (is_same(f, &now))
		return 0;
	*f = (struct watched_file){ now.st_ctim, now.st_size, now.st_ino };
	return read_new(fd, max, text, len);
}

int watched_file_read(struct watched_file *f, const char *path, size_t max,
		      char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int result = fd < 0 ? -errno : read_open(f, fd, max, text, len);

	if (fd >= 0)
		close(fd);
	if (result < 0)
		memset(f, 0, sizeof(*f));
	return result;
}
