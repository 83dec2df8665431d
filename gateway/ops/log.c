#include "gateway/ops/log.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/log_value.h"
#include "gateway/ops/phone.h"
#include "gateway/ops/timestamp.h"

#define ROOM (LOG_LINE_MAX - 16) /* leaves the mark of a cut, and an end */

static const char *const cut_mark[] = {
	[LOG_LOGFMT] = "... ",
	[LOG_JSON] = "\"cut\":true,",
};

static const struct {
	const char *padded;
	const char *colour;
	const char *priority; /* sd-daemon(3) */
} levels[] = {
	[LOG_DEBUG] = { "debug", "\033[2m", "<7>" },
	[LOG_INFO] = { "info ", "\033[32m", "<6>" },
	[LOG_WARN] = { "warn ", "\033[33m", "<4>" },
	[LOG_ERROR] = { "error", "\033[31m", "<3>" },
};

/* systemd sets JOURNAL_STREAM to device:inode of the stream it connected; a
 * shell started from a unit inherits the variable but not the stream. */
static bool is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char mine[64];
	if (!stream || fstat(fd, &st) != 0)
		return false;
	snprintf(mine, sizeof(mine), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino);
	return strcmp(mine, stream) == 0;
}

static enum log_style style_of(int fd)
{
	if (is_journal(fd))
		return LOG_JOURNAL;
	const char *no_colour = getenv("NO_COLOR");
	if (isatty(fd) && !(no_colour && *no_colour))
		return LOG_COLOUR;
	return LOG_PLAIN;
}

void log_open(struct log *log, int fd, enum log_level level)
{
	*log = (struct log){ .fd = fd, .level = level, .style = style_of(fd) };
}

static bool wants(const struct log *log, enum log_module module,
		  enum log_level level)
{
	return level >=
	       (log->levels ? log_levels_get(log->levels, module) : log->level);
}

bool log_wants(const struct log *log, enum log_level level)
{
	return wants(log, log->module, level);
}

/* -- one line ------------------------------------------------------------ */

static size_t field(char *out, size_t cap, const struct log *log,
		    const char *key, const char *text)
{
	return log_field_write(out, cap, log->format, key, text, strlen(text));
}

void log_child(struct log *child, const struct log *parent, const char *key,
	       const char *text)
{
	*child = *parent;
	size_t len = strlen(child->context);
	if (field(child->context + len, sizeof(child->context) - len, child,
		  key, text) == 0)
		child->context[len] = '\0';
}

void log_child_of(struct log *child, const struct log *parent,
		  enum log_module module, const char *key, const char *text)
{
	log_child(child, parent, key, text);
	child->module = module;
}

static size_t prefix_plain(char *out, enum log_style style,
			   enum log_level level)
{
	char now[TIMESTAMP_LEN];
	bool is_coloured = style == LOG_COLOUR;
	timestamp_now(now);
	return (size_t)snprintf(out, ROOM, "%s %s%s%s ", now,
				is_coloured ? levels[level].colour : "",
				levels[level].padded,
				is_coloured ? "\033[0m" : "");
}

static size_t prefix_json(char *out, const struct log *log,
			  enum log_level level)
{
	char now[TIMESTAMP_LEN];
	size_t n = (size_t)snprintf(out, ROOM, "{");
	if (log->style != LOG_JOURNAL) {
		timestamp_now(now);
		n += field(out + n, ROOM - n, log, "time", now);
	}
	return n +
	       field(out + n, ROOM - n, log, "level", log_level_name(level));
}

static size_t prefix_write(char *out, const struct log *log,
			   enum log_module module, enum log_level level)
{
	size_t n = 0;
	if (log->style == LOG_JOURNAL)
		n = (size_t)snprintf(out, ROOM, "%s", levels[level].priority);
	if (log->format == LOG_JSON)
		n += prefix_json(out + n, log, level);
	else if (log->style != LOG_JOURNAL)
		n += prefix_plain(out + n, log->style, level);
	n += field(out + n, ROOM - n, log, "module", log_module_name(module));
	return n + (size_t)snprintf(out + n, ROOM - n, "%s", log->context);
}

static void begin(struct log_line *l, const struct log *log,
		  enum log_module module, enum log_level level,
		  const char *event)
{
	l->log = log;
	l->is_cut = false;
	l->len = prefix_write(l->text, log, module, level);
	log_text(l, "ev", event);
}

void log_begin(struct log_line *l, const struct log *log, enum log_level level,
	       const char *event)
{
	log_begin_in(l, log, log->module, level, event);
}

void log_begin_in(struct log_line *l, const struct log *log,
		  enum log_module module, enum log_level level,
		  const char *event)
{
	l->log = NULL;
	if (wants(log, module, level))
		begin(l, log, module, level, event);
}

/* Room for a field is what is left of the line. */
static void add(struct log_line *l, size_t n)
{
	l->len += n;
	l->is_cut = n == 0;
}

void log_bytes(struct log_line *l, const char *key, const char *text,
	       size_t len)
{
	if (!l->log || l->is_cut)
		return;
	add(l, log_field_write(l->text + l->len, ROOM - l->len, l->log->format,
			       key, text, len));
}

void log_text(struct log_line *l, const char *key, const char *text)
{
	if (!text)
		text = "-";
	log_bytes(l, key, text, strlen(text));
}

void log_number(struct log_line *l, const char *key, int64_t number)
{
	if (!l->log || l->is_cut)
		return;
	bool is_json = l->log->format == LOG_JSON;
	size_t room = ROOM - l->len;
	int n = snprintf(l->text + l->len, room, "%s%s%s%" PRId64 "%c",
			 is_json ? "\"" : "", key, is_json ? "\":" : "=",
			 number, is_json ? ',' : ' ');
	add(l, n > 0 && (size_t)n < room ? (size_t)n : 0);
}

/* Between the look whether there is room and the write nobody else may fill
 * it, or the write would wait. Held for those two. */
static pthread_mutex_t one_line = PTHREAD_MUTEX_INITIALIZER;

/* A reader that does not keep up costs lines, not calls: a full pipe is not
 * waited for. */
static bool is_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT);
}

/* In place of what would separate the next field. */
static void finish(struct log_line *l)
{
	const char *mark = cut_mark[l->log->format];

	if (l->is_cut) {
		memcpy(l->text + l->len, mark, strlen(mark));
		l->len += strlen(mark);
	}
	if (l->log->format == LOG_JSON) {
		l->text[l->len - 1] = '}';
		l->len++;
	}
	l->text[l->len - 1] = '\n';
}

void log_end(struct log_line *l)
{
	if (!l->log)
		return;
	finish(l);
	/* There is nobody to tell when this fails, and nothing to wait for. */
	ssize_t sent;
	pthread_mutex_lock(&one_line);
	do
		sent = is_ready(l->log->fd) ? write(l->log->fd, l->text, l->len)
					    : 0;
	while (sent < 0 && errno == EINTR);
	pthread_mutex_unlock(&one_line);
	l->log = NULL;
}

void log_event(const struct log *log, enum log_level level, const char *event,
	       ...)
{
	struct log_line l;
	va_list fields;
	const char *key;
	log_begin(&l, log, level, event);
	va_start(fields, event);
	while ((key = va_arg(fields, const char *)) != NULL)
		log_text(&l, key, va_arg(fields, const char *));
	va_end(fields);
	log_end(&l);
}

void log_phone(struct log_line *l, const char *key, const char *number)
{
	char masked[PHONE_MASKED_MAX];
	if (l->log && l->log->shows_numbers) {
		log_text(l, key, number);
		return;
	}
	phone_mask(masked, number);
	log_text(l, key, masked);
}

void log_words(struct log_line *l, const char *key, const char *text)
{
	char masked[LOG_VALUE_MAX + 1];
	if (l->log && l->log->shows_numbers) {
		log_text(l, key, text);
		return;
	}
	phone_mask_text(masked, sizeof(masked), text);
	log_text(l, key, masked);
}
