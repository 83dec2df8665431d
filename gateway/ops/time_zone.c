#include "gateway/ops/time_zone.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/ops/watched_file.h"

#define HEADER     44
#define DAY_S      86400
#define OFFSET_MAX (26 * 3600) /* RFC 8536, 3.2: the range of utoff */

struct transition {
	int64_t at;
	int32_t offset; /* from then on */
};

struct time_zone {
	int32_t first; /* before any transition */
	unsigned count;
	struct transition transition[];
};

/* --- The table --- */

static int64_t number_at(const uint8_t *p, unsigned bytes)
{
	uint64_t n = p[0] & 0x80 ? UINT64_MAX : 0;

	for (unsigned i = 0; i < bytes; i++)
		n = n << 8 | p[i];
	return (int64_t)n;
}

/* Counts of the header, in its order. */
struct counts {
	uint32_t isut, isstd, leap, time, type, chars;
};

/* 3.1. Returns 0 or -EBADMSG. */
static int read_header(const uint8_t *p, size_t n, struct counts *c)
{
	uint32_t *out[] = { &c->isut, &c->isstd, &c->leap,
			    &c->time, &c->type,  &c->chars };

	if (n < HEADER || memcmp(p, "TZif", 4) != 0)
		return -EBADMSG;
	for (unsigned i = 0; i < 6; i++) {
		int64_t count = number_at(p + 20 + 4 * i, 4);
		if (count < 0 || count > TIME_ZONE_BYTES_MAX)
			return -EBADMSG;
		*out[i] = (uint32_t)count;
	}
	return 0;
}

/* 3.2: the bytes behind a header; word: of a time. */
static size_t block_size(const struct counts *c, size_t word)
{
	return c->time * (word + 1) + (size_t)c->type * 6 + c->chars +
	       c->leap * (word + 4) + c->isstd + c->isut;
}

/* Where the transitions of 64 bits begin: behind those of 32. */
static int find_block(const uint8_t *bytes, size_t n, struct counts *c,
		      size_t *at)
{
	int err = read_header(bytes, n, c);

	if (err)
		return err;
	if (bytes[4] < '2')
		return -EBADMSG;
	*at = HEADER + block_size(c, 4);
	if (*at > n)
		return -EBADMSG;
	err = read_header(bytes + *at, n - *at, c);
	*at += HEADER;
	if (!err && (n - *at < block_size(c, 8) || !c->type))
		return -EBADMSG;
	return err;
}

static bool is_offset(int64_t s)
{
	return s >= -OFFSET_MAX && s <= OFFSET_MAX;
}

static int read_transitions(struct time_zone *z, const uint8_t *block,
			    const struct counts *c)
{
	const uint8_t *type = block + 8 * (size_t)c->time;
	const uint8_t *info = type + c->time;

	z->first = (int32_t)number_at(info, 4);
	z->count = c->time;
	for (unsigned i = 0; i < c->time; i++) {
		struct transition *t = &z->transition[i];
		if (type[i] >= c->type)
			return -EBADMSG;
		t->at = number_at(block + 8 * (size_t)i, 8);
		t->offset = (int32_t)number_at(info + 6 * (size_t)type[i], 4);
		bool is_late = i && t->at <= t[-1].at;
		if (is_late || !is_offset(t->offset))
			return -EBADMSG;
	}
	return is_offset(z->first) ? 0 : -EBADMSG;
}

/* 3.3: a rule for what comes later has a comma. */
static bool goes_on(const uint8_t *footer, size_t n)
{
	return n && memchr(footer, ',', n);
}

int time_zone_parse(struct time_zone **out, const uint8_t *bytes, size_t n,
		    int64_t now_s)
{
	struct counts c;
	size_t at;
	int err = find_block(bytes, n, &c, &at);

	*out = NULL;
	if (err)
		return err;
	struct time_zone *z =
		calloc(1, sizeof(*z) + c.time * sizeof(z->transition[0]));
	if (!z)
		return -ENOMEM;
	err = read_transitions(z, bytes + at, &c);
	size_t end = at + block_size(&c, 8);
	if (!err && goes_on(bytes + end, n - end) &&
	    (!c.time || z->transition[c.time - 1].at < now_s))
		err = -ENOTSUP;
	if (err)
		free(z);
	else
		*out = z;
	return err;
}

/* --- By name --- */

/* No way out of the folder. */
static bool is_name(const char *name)
{
	return *name && name[0] != '/' && !strstr(name, "..") &&
	       strlen(name) < 128;
}

int time_zone_open(struct time_zone **out, const char *name)
{
	struct watched_file f = { 0 };
	char path[192];
	char *bytes;
	size_t n;

	*out = NULL;
	if (strcmp(name, "UTC") == 0) {
		*out = calloc(1, sizeof(**out));
		return *out ? 0 : -ENOMEM;
	}
	if (!is_name(name))
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/%s", TIME_ZONE_FOLDER, name);
	int err = watched_file_read(&f, path, TIME_ZONE_BYTES_MAX + 1, &bytes,
				    &n);
	if (err < 0)
		return err == -EINVAL ? -ENOENT : err;
	err = n > TIME_ZONE_BYTES_MAX
		      ? -EFBIG
		      : time_zone_parse(out, (const uint8_t *)bytes, n,
					(int64_t)time(NULL));
	free(bytes);
	return err;
}

void time_zone_free(struct time_zone *z)
{
	free(z);
}

/* --- The clock --- */

int32_t time_zone_offset(const struct time_zone *z, int64_t unix_s)
{
	unsigned low = 0, high = z->count;

	while (low < high) {
		unsigned mid = low + (high - low) / 2;
		if (z->transition[mid].at <= unix_s)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? z->transition[low - 1].offset : z->first;
}

int32_t time_zone_day(const struct time_zone *z, int64_t unix_s)
{
	int64_t there = unix_s + time_zone_offset(z, unix_s);

	return (int32_t)(there / DAY_S - (there % DAY_S < 0));
}
