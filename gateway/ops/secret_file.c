#include "gateway/ops/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Up to max bytes. Returns how many, or a negative errno. */
static ssize_t read_bytes(int fd, char *out, size_t max)
{
	size_t len = 0;
	while (len < max) {
		ssize_t n = read(fd, out + len, max - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

static size_t without_newline(const char *text, size_t len)
{
	if (len > 0 && text[len - 1] == '\n')
		len -= 1 + (len > 1 && text[len - 2] == '\r');
	return len;
}

static int take(struct secret_file *f, ssize_t n)
{
	if (n < 0)
		return (int)n;
	if (n > (ssize_t)SECRET_FILE_MAX)
		return -EFBIG;
	if (memchr(f->text, '\0', (size_t)n))
		return -EILSEQ;
	f->len = without_newline(f->text, (size_t)n);
	f->text[f->len] = '\0';
	return 0;
}

static int read_open(struct secret_file *f, int fd)
{
	struct stat st;
	if (fstat(fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	f->is_public = st.st_mode & S_IROTH;
	f->len = 0;
	f->text = calloc(1, SECRET_FILE_MAX + 1);
	if (!f->text)
		return -ENOMEM;
	int err = take(f, read_bytes(fd, f->text, SECRET_FILE_MAX + 1));
	if (err)
		secret_file_close(f);
	return err;
}

int secret_file_read(struct secret_file *f, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	*f = (struct secret_file){ 0 };
	if (fd < 0)
		return -errno;
	int err = read_open(f, fd);
	close(fd);
	return err;
}

const char *secret_file_error(int err)
{
	if (err == -EFBIG)
		return "it is over 64 KiB";
	if (err == -EINVAL)
		return "it is not a plain file";
	if (err == -EILSEQ)
		return "there is a NUL in it, so it is no text";
	return strerror(-err);
}

void secret_file_close(struct secret_file *f)
{
	if (f->text)
		explicit_bzero(f->text, SECRET_FILE_MAX + 1);
	free(f->text);
	*f = (struct secret_file){ 0 };
}
