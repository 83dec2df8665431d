/* A small text in a file: a key, a token, a prompt. */
#ifndef GATEWAY_OPS_SECRET_FILE_H
#define GATEWAY_OPS_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_FILE_MAX (64u << 10) /* bytes; more is refused */

struct secret_file {
	char *text; /* NUL-terminated; for secret_file_close */
	size_t len;
	bool is_public; /* everybody on this machine may read it */
};

/* secret_file_read: the whole file, without one newline at its end (\n or
 * \r\n).
 *
 * Returns 0; -EFBIG over SECRET_FILE_MAX; -EINVAL not a plain file; -EILSEQ a
 * NUL in it; or why it cannot be read (-ENOENT, -EACCES, -EISDIR …). On an
 * error nothing is to be closed. Never waits for a pipe. */
int secret_file_read(struct secret_file *f, const char *path);

/* secret_file_error: what it returned, in words. Static. */
const char *secret_file_error(int err);

/* secret_file_close: wiped, and given back. */
void secret_file_close(struct secret_file *f);

#endif
