/* Files that a configuration is, or names. */
#ifndef GATEWAY_OPS_CONFIG_FILE_H
#define GATEWAY_OPS_CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "gateway/ops/config.h"

/* config_file_read: a whole file.
 *
 * max  bytes; one that has more is -EFBIG
 * out  on success from malloc, with a NUL behind it that does not count
 * Returns the length; or -EFBIG, -EISDIR, -ENOENT, … A pipe that nobody writes
 * to is empty, and does not hang. */
ssize_t config_file_read(const char *path, size_t max, char **out);

/* config_file_resolve: a path that is written in file, as others find it:
 * "prompts/sorry.wav" in "/etc/tandem/tandem.yaml" is
 * "/etc/tandem/prompts/sorry.wav". A URL, an absolute path and "" stay.
 * Returns false when that is too long. */
bool config_file_resolve(char path[CONFIG_TEXT_MAX], const char *file);

#endif
