#include "gateway/agents/knowledge_files.h"

#include <errno.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "protocols/utf8.h"

/* --- Listing --- */

static int complain(char *why, size_t cap, const char *path, const char *what)
{
	snprintf(why, cap, "%s: %s", path, what);
	return -EINVAL;
}

static int find(glob_t *found, const char *const *pattern, size_t count,
		char *why, size_t cap)
{
	for (size_t i = 0; i < count; i++) {
		int result = glob(pattern[i], i ? GLOB_APPEND : 0, NULL, found);
		if (result == GLOB_NOMATCH)
			return complain(why, cap, pattern[i],
					strpbrk(pattern[i], "*?[")
						? "matches no file"
						: "there is no such file");
		if (result)
			return complain(why, cap, pattern[i],
					result == GLOB_NOSPACE
						? "out of memory"
						: "cannot be read");
	}
	return 0;
}

static int look(struct knowledge_file *f, char *why, size_t cap)
{
	struct stat st;

	if (stat(f->path, &st) != 0)
		return complain(why, cap, f->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return complain(why, cap, f->path, "is not a file");
	if (st.st_size > (off_t)KNOWLEDGE_FILE_MAX) {
		snprintf(why, cap, "%s: is over %u MiB, too large", f->path,
			 KNOWLEDGE_FILE_MAX >> 20);
		return -EFBIG;
	}
	f->stamp = (struct watched_file){ st.st_ctim, st.st_size, st.st_ino };
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct knowledge_file *)a)->path,
		      ((const struct knowledge_file *)b)->path);
}

/* One that several patterns match counts once. */
static void unite(struct knowledge_files *f)
{
	size_t kept = 0;

	qsort(f->file, f->count, sizeof(f->file[0]), by_path);
	for (size_t i = 0; i < f->count; i++)
		if (kept &&
		    strcmp(f->file[kept - 1].path, f->file[i].path) == 0)
			free(f->file[i].path);
		else
			f->file[kept++] = f->file[i];
	f->count = kept;
}

static int take(struct knowledge_files *f, const glob_t *found, char *why,
		size_t cap)
{
	f->file = calloc(found->gl_pathc + 1, sizeof(f->file[0]));
	while (f->file && f->count < found->gl_pathc) {
		char *path = strdup(found->gl_pathv[f->count]);
		if (!path)
			break;
		f->file[f->count++].path = path;
	}
	if (f->file && f->count == found->gl_pathc)
		return 0;
	snprintf(why, cap, "out of memory");
	return -ENOMEM;
}

static int look_at_all(struct knowledge_files *f, char *why, size_t cap)
{
	off_t all = 0;
	int err = 0;

	unite(f);
	if (f->count > KNOWLEDGE_FILES_MAX) {
		snprintf(why, cap, "%zu files, more than %d", f->count,
			 KNOWLEDGE_FILES_MAX);
		return -EFBIG;
	}
	for (size_t i = 0; i < f->count && !err; i++) {
		err = look(&f->file[i], why, cap);
		all += f->file[i].stamp.size;
	}
	if (!err && all > (off_t)KNOWLEDGE_BYTES_MAX) {
		snprintf(why, cap, "over %u MiB together, too large",
			 KNOWLEDGE_BYTES_MAX >> 20);
		err = -EFBIG;
	}
	return err;
}

int knowledge_files_list(struct knowledge_files *f, const char *const *pattern,
			 size_t count, char *why, size_t cap)
{
	glob_t found = { 0 };
	int err = find(&found, pattern, count, why, cap);

	memset(f, 0, sizeof(*f));
	if (!err)
		err = take(f, &found, why, cap);
	globfree(&found);
	if (!err)
		err = look_at_all(f, why, cap);
	if (err)
		knowledge_files_free(f);
	return err;
}

void knowledge_files_free(struct knowledge_files *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->file[i].path);
	free(f->file);
	memset(f, 0, sizeof(*f));
}

static bool is_same(const struct knowledge_file *a,
		    const struct knowledge_file *b)
{
	return a->stamp.changed.tv_sec == b->stamp.changed.tv_sec &&
	       a->stamp.changed.tv_nsec == b->stamp.changed.tv_nsec &&
	       a->stamp.size == b->stamp.size &&
	       a->stamp.inode == b->stamp.inode &&
	       strcmp(a->path, b->path) == 0;
}

bool knowledge_files_same(const struct knowledge_files *a,
			  const struct knowledge_files *b)
{
	bool is_so = a->count == b->count;

	for (size_t i = 0; is_so && i < a->count; i++)
		is_so = is_same(&a->file[i], &b->file[i]);
	return is_so;
}

/* --- Reading --- */

int knowledge_file_read(const struct knowledge_file *f, char **text,
			size_t *len, char *why, size_t cap)
{
	struct watched_file unread = { 0 };
	int err = watched_file_read(&unread, f->path, KNOWLEDGE_FILE_MAX + 1,
				    text, len);

	*text = err == 1 ? *text : NULL;
	if (err < 0)
		return complain(why, cap, f->path, strerror(-err));
	if (*text && *len > KNOWLEDGE_FILE_MAX)
		err = complain(why, cap, f->path, "is too large");
	else if (*text && (memchr(*text, '\0', *len) ||
			   !utf8_is_valid((const uint8_t *)*text, *len)))
		err = complain(why, cap, f->path,
			       "is not text in UTF-8; save it as that");
	else
		return 0;
	free(*text);
	*text = NULL;
	return err;
}

const char *knowledge_file_name(const struct knowledge_file *f)
{
	const char *slash = strrchr(f->path, '/');

	return slash ? slash + 1 : f->path;
}
