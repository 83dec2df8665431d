#include "gateway/ops/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t read_all(int fd, size_t max, char **out)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	char *text = malloc(max + 1);
	if (!text)
		return -ENOMEM;
	size_t len = 0;
	ssize_t n = 1;
	while (n > 0 && len <= max) {
		n = read(fd, text + len, max + 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	ssize_t result = (ssize_t)len;
	if (n < 0)
		result = -errno;
	else if (len > max)
		result = -EFBIG;
	if (result < 0) {
		free(text);
		return result;
	}
	text[len] = '\0';
	*out = text;
	return result;
}

ssize_t config_file_read(const char *path, size_t max, char **out)
{
	/* A FIFO nobody writes to must not hang the start. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	ssize_t n = read_all(fd, max, out);
	close(fd);
	return n;
}

bool config_file_resolve(char path[CONFIG_TEXT_MAX], const char *file)
{
	char joined[CONFIG_TEXT_MAX];
	const char *slash = strrchr(file, '/');
	if (!*path || *path == '/' || !slash || strstr(path, "://"))
		return true;
	int n = snprintf(joined, sizeof(joined), "%.*s/%s", (int)(slash - file),
			 file, path);
	if (n < 0 || n >= CONFIG_TEXT_MAX)
		return false;
	memcpy(path, joined, sizeof(joined));
	return true;
}
