#include "gateway/ops/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/config_schema.h"

void config_default(struct config *c)
{
	*c = config_schema_defaults;
}

void config_wipe(struct config *c)
{
	secret_wipe(&c->model.key);
	for (size_t i = 0; i < CONFIG_TOKENS_MAX; i++)
		secret_wipe(&c->twilio.auth_tokens[i]);
	c->twilio.auth_token_count = 0;
	explicit_bzero(c->audiocodes.tokens, sizeof(c->audiocodes.tokens));
}

/* -- reading it ---------------------------------------------------------- */

/* Up to CONFIG_FILE_MAX bytes into *out, which the caller frees.
 * Returns the length or a negative errno. */
static ssize_t read_all(int fd, char **out)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	char *text = malloc(CONFIG_FILE_MAX + 1);
	if (!text)
		return -ENOMEM;
	size_t len = 0;
	ssize_t n = 1;
	while (n > 0 && len <= CONFIG_FILE_MAX) {
		n = read(fd, text + len, CONFIG_FILE_MAX + 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	ssize_t result = (ssize_t)len;
	if (n < 0)
		result = -errno;
	else if (len > CONFIG_FILE_MAX)
		result = -EFBIG;
	if (result < 0)
		free(text);
	else
		*out = text;
	return result;
}

static ssize_t read_file(const char *path, char **out)
{
	/* A FIFO nobody writes to must not hang the start. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	ssize_t n = read_all(fd, out);
	close(fd);
	return n;
}

/* "prompts/sorry.wav" in "/etc/tandem/tandem.yaml" is
 * "/etc/tandem/prompts/sorry.wav"; a URL stays. Returns false when that is too
 * long. */
static bool resolve(char path[CONFIG_TEXT_MAX], const char *file)
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

static int read_and_parse(struct config *c, const char *path, char *errors,
			  size_t cap)
{
	char *yaml = NULL;
	ssize_t len = read_file(path, &yaml);
	if (len == -EFBIG) {
		snprintf(errors, cap,
			 "%s: is over %u KiB, too large for a configuration",
			 path, CONFIG_FILE_MAX >> 10);
		return -EFBIG;
	}
	if (len < 0) {
		snprintf(errors, cap, "%s: cannot be read: %s", path,
			 strerror((int)-len));
		return (int)len;
	}
	int err = config_parse(c, yaml, (size_t)len, path, errors, cap);
	free(yaml);
	return err;
}

int config_load(struct config *c, const char *path, char *errors, size_t cap)
{
	errors[0] = '\0';
	if (!path) {
		config_default(c);
		return 0;
	}
	int err = read_and_parse(c, path, errors, cap);
	if (err)
		return err;
	if (!resolve(c->model.ca_file, path) ||
	    !resolve(c->failure.prompt, path) ||
	    !resolve(c->drain.prompt, path) ||
	    !resolve(c->audiocodes.oauth.jwks, path)) {
		snprintf(errors, cap,
			 "%s: a path in it is over %d bytes with the file's "
			 "directory before it",
			 path, CONFIG_TEXT_MAX - 1);
		return -EINVAL;
	}
	return 0;
}
