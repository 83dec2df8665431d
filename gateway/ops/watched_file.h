/* A small file that is read again when it has changed. */
#ifndef GATEWAY_OPS_WATCHED_FILE_H
#define GATEWAY_OPS_WATCHED_FILE_H

#include <stddef.h>
#include <sys/types.h>
#include <time.h>

/* What tells that a file is not the one that was read; all zero: read it. */
struct watched_file {
	struct timespec changed; /* its ctime, which nobody can set back */
	off_t size;
	ino_t inode;
};

/* watched_file_read: the whole file, if it is another than the last time.
 *
 * max   bytes of it that are read at most: a longer one is cut there
 * text  on 1 len bytes, for free()
 * Returns 1; 0 it is the same; or a negative errno (-EINVAL: not a plain file):
 * the next time it is read in any case. Never waits for a pipe. */
int watched_file_read(struct watched_file *f, const char *path, size_t max,
		      char **text, size_t *len);

#endif
