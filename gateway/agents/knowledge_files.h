/* The files an agent's knowledge is made of: which there are, and whether they
 * are still those that were read. Reads files: not for a worker's thread. */
#ifndef GATEWAY_AGENTS_KNOWLEDGE_FILES_H
#define GATEWAY_AGENTS_KNOWLEDGE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/ops/watched_file.h"

/* Limits. More is a mistake. */
#define KNOWLEDGE_FILES_MAX 512                 /* of one agent */
#define KNOWLEDGE_FILE_MAX  (4u * 1024 * 1024)  /* bytes of one */
#define KNOWLEDGE_BYTES_MAX (32u * 1024 * 1024) /* of all together */

struct knowledge_file {
	char *path;
	struct watched_file stamp;
};

/* All zero: none. */
struct knowledge_files {
	size_t count;
	struct knowledge_file *file; /* by path, none twice */
};

/* knowledge_files_list: what there is now.
 *
 * pattern  count paths, with * ? [ ] as in the shell; one that matches nothing
 *          is a mistake
 * why      on failure: which file, and what is wrong with it, in words
 * Returns 0; or a negative errno with nothing to free. */
int knowledge_files_list(struct knowledge_files *f, const char *const *pattern,
			 size_t count, char *why, size_t cap);
void knowledge_files_free(struct knowledge_files *f);

/* knowledge_files_same: by name, time, size and inode. */
bool knowledge_files_same(const struct knowledge_files *a,
			  const struct knowledge_files *b);

/* knowledge_file_read: its text, UTF-8 without NUL, for free().
 * Returns 0; or a negative errno and why, as above. */
int knowledge_file_read(const struct knowledge_file *f, char **text,
			size_t *len, char *why, size_t cap);

/* knowledge_file_name: what sources call it: its path without directories. */
const char *knowledge_file_name(const struct knowledge_file *f);

#endif
