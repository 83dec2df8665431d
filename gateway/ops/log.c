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

#include "gateway/ops/phone.h"
#include "gateway/ops/timestamp.h"

#define CUT  "..."
#define ROOM (LOG_LINE_MAX - sizeof(CUT)) /* leaves CUT and a newline */

static const struct {
	const char *name;
	const char *padded;
	const char *colour;
	const char *priority; /* sd-daemon(3) */
} levels[] = {
	[LOG_DEBUG] = { "debug", "debug", "\033[2m", "<7>" },
	[LOG_INFO] = { "info", "info ", "\033[32m", "<6>" },
	[LOG_WARN] = { "warn", "warn ", "\033[33m", "<4>" },
	[LOG_ERROR] = { "error", "error", "\033[31m", "<3>" },
};

const char *log_level_name(enum log_level level)
{
	return levels[level].name;
}

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

bool log_wants(const struct log *log, enum log_level level)
{
	return level >= log->level;
}

/* -- one field ----------------------------------------------------------- */

/* A value stands bare when no reader of logfmt could mistake where it ends. */
static bool is_bare(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~' || strchr("\"=\\", text[i]))
			return false;
	return len > 0;
}

/* One character as it may stand between quotes: 1, 2 or 4 bytes into out. */
static size_t escape(char out[5], char c)
{
	static const char plain[] = "\"\\\n\r\t";
	static const char letter[] = "\"\\nrt";
	const char *at = c ? strchr(plain, c) : NULL;
	if (at)
		return (size_t)snprintf(out, 5, "\\%c", letter[at - plain]);
	if (c < ' ' || c > '~')
		return (size_t)snprintf(out, 5, "\\x%02x", (unsigned char)c);
	out[0] = c;
	return 1;
}

/* The escaped value, no longer than LOG_VALUE_MAX with the mark of a cut. */
static size_t value_write(char out[LOG_VALUE_MAX], const char *text, size_t len)
{
	size_t n = 0, safe = 0;
	for (size_t i = 0; i < len; i++) {
		char one[5];
		size_t width = escape(one, text[i]);
		if (n + width > LOG_VALUE_MAX) {
			memcpy(out + safe, CUT, strlen(CUT));
			return safe + strlen(CUT);
		}
		memcpy(out + n, one, width);
		n += width;
		if (n <= LOG_VALUE_MAX - strlen(CUT))
			safe = n;
	}
	return n;
}

/* "key=value " into out. Returns its length, or 0 when cap is too small: a
 * field is written whole or not at all. */
static size_t field_write(char *out, size_t cap, const char *key,
			  const char *text, size_t len)
{
	char value[LOG_VALUE_MAX];
	size_t value_len = value_write(value, text, len);
	const char *quote = is_bare(text, len) ? "" : "\"";
	int n = snprintf(out, cap, "%s=%s%.*s%s ", key, quote, (int)value_len,
			 value, quote);
	return n > 0 && (size_t)n < cap ? (size_t)n : 0;
}

/* -- one line ------------------------------------------------------------ */

void log_child(struct log *child, const struct log *parent, const char *key,
	       const char *text)
{
	*child = *parent;
	size_t len = strlen(child->context);
	if (field_write(child->context + len, sizeof(child->context) - len, key,
			text, strlen(text)) == 0)
		child->context[len] = '\0';
}

static size_t prefix_write(char *out, size_t cap, enum log_style style,
			   enum log_level level)
{
	if (style == LOG_JOURNAL)
		return (size_t)snprintf(out, cap, "%s", levels[level].priority);
	char now[TIMESTAMP_LEN];
	timestamp_now(now);
	bool is_coloured = style == LOG_COLOUR;
	return (size_t)snprintf(out, cap, "%s %s%s%s ", now,
				is_coloured ? levels[level].colour : "",
				levels[level].padded,
				is_coloured ? "\033[0m" : "");
}

void log_begin(struct log_line *l, const struct log *log, enum log_level level,
	       const char *event)
{
	l->log = log_wants(log, level) ? log : NULL;
	if (!l->log)
		return;
	l->is_cut = false;
	l->len = prefix_write(l->text, ROOM, log->style, level);
	l->len += (size_t)snprintf(l->text + l->len, ROOM - l->len, "%s",
				   log->context);
	log_text(l, "ev", event);
}

void log_bytes(struct log_line *l, const char *key, const char *text,
	       size_t len)
{
	if (!l->log || l->is_cut)
		return;
	size_t n = field_write(l->text + l->len, ROOM - l->len, key, text, len);
	l->len += n;
	l->is_cut = n == 0;
}

void log_text(struct log_line *l, const char *key, const char *text)
{
	if (!text)
		text = "-";
	log_bytes(l, key, text, strlen(text));
}

void log_number(struct log_line *l, const char *key, int64_t number)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%" PRId64, number);
	log_text(l, key, digits);
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

void log_end(struct log_line *l)
{
	if (!l->log)
		return;
	if (l->is_cut) {
		memcpy(l->text + l->len, CUT, strlen(CUT));
		l->len += strlen(CUT) + 1;
	}
	l->text[l->len - 1] = '\n'; /* in place of the last space */
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
	phone_mask(masked, number);
	log_text(l, key, masked);
}

void log_words(struct log_line *l, const char *key, const char *text)
{
	char masked[LOG_VALUE_MAX + 1];
	phone_mask_text(masked, sizeof(masked), text);
	log_text(l, key, masked);
}
