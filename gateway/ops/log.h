/* One line per event on standard error, as logfmt or as JSON:
 *
 *   module=model call=CA12 leg=model ev=lost why=timeout up_ms=53120
 *   {…"module":"model","call":"CA12","leg":"model","ev":"lost","up_ms":53120}
 *
 * A line has a fixed size, takes no memory and leaves in one write(2), one
 * thread after the other, so lines of several threads do not mix. When whoever
 * reads them does not keep up, a line is lost rather than waited for. Every
 * value is escaped and cut here: text from a peer cannot start a line, a field
 * or a terminal sequence.
 *
 *   struct log_line l;
 *   log_begin(&l, &call->log, LOG_WARN, "lost");
 *   log_text(&l, "why", end->why);
 *   log_number(&l, "up_ms", up_ms);
 *   log_phone(&l, "from", from);
 *   log_end(&l);
 *
 * or, when all values are text:
 *
 *   log_event(&call->log, LOG_INFO, "refused", "why", why, NULL);
 */
#ifndef GATEWAY_OPS_LOG_H
#define GATEWAY_OPS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/ops/log_levels.h"

enum log_format { LOG_LOGFMT, LOG_JSON };

/* What comes before the fields of a line. */
enum log_style {
	LOG_PLAIN,   /* 2026-01-31T12:00:00.123Z info, or as JSON time and
			level */
	LOG_COLOUR,  /* the same, with the level coloured, for a terminal */
	LOG_JOURNAL, /* <6>, sd-daemon(3); the journal knows the time */
};

#define LOG_LINE_MAX 1024 /* bytes with the newline; the rest is cut */
#define LOG_VALUE_MAX                                    \
	160 /* characters of one value, escapes counted; \
	       a cut value ends in "..." */
#define LOG_CONTEXT_MAX                                        \
	256 /* bytes of the fields every line begins with: one \
	       value of any length, and short ones behind */

/* Where lines go. A plain value: copy it freely, it owns nothing. */
struct log {
	int fd;
	enum log_level level; /* less is dropped, but with levels … */
	const struct log_levels *levels; /* … what these say; or NULL */
	enum log_module module;
	enum log_style style;
	enum log_format format;
	bool shows_numbers;            /* telephone numbers whole */
	char context[LOG_CONTEXT_MAX]; /* "call=CA12 leg=model ", or "" */
};

/* log_open: logfmt, with numbers masked; style from the descriptor: LOG_JOURNAL
 * when JOURNAL_STREAM names it, LOG_COLOUR for a terminal (unless NO_COLOR is
 * set), else LOG_PLAIN. */
void log_open(struct log *log, int fd, enum log_level level);

/* log_child: a log whose every line begins with the parent's context and
 * key=text. Made once per call and per leg. */
void log_child(struct log *child, const struct log *parent, const char *key,
	       const char *text);

/* log_child_of: the same for another part of the program. */
void log_child_of(struct log *child, const struct log *parent,
		  enum log_module module, const char *key, const char *text);

/* log_wants: would a line of this level be written? */
bool log_wants(const struct log *log, enum log_level level);

struct log_line {
	const struct log *log; /* NULL: the line is dropped */
	size_t len;
	bool is_cut; /* a field did not fit; the line ends in "...", or
			with "cut":true */
	char text[LOG_LINE_MAX];
};

/* log_begin .. log_end: build one line. Keys and event are words of ours. */
void log_begin(struct log_line *l, const struct log *log, enum log_level level,
	       const char *event);
/* log_begin_in: a line of another part than the log's. */
void log_begin_in(struct log_line *l, const struct log *log,
		  enum log_module module, enum log_level level,
		  const char *event);
void log_text(struct log_line *l, const char *key, const char *text);
void log_bytes(struct log_line *l, const char *key, const char *text,
	       size_t len); /* need not end in NUL */
void log_number(struct log_line *l, const char *key, int64_t number);
void log_end(struct log_line *l);

/* Unless the log shows numbers whole:
 * log_phone: a telephone number with all but the country code and the last two
 * digits masked: +41*******67. A client or SIP name keeps only its kind:
 * "client:***". */
void log_phone(struct log_line *l, const char *key, const char *number);

/* log_words: what a peer says in its own words, cut at LOG_VALUE_MAX; telephone
 * numbers in it are masked. */
void log_words(struct log_line *l, const char *key, const char *text);

/* log_event: a whole line of text fields; pairs of key and value, then NULL.
 * A NULL value is written as "-". */
void log_event(const struct log *log, enum log_level level, const char *event,
	       ...) __attribute__((sentinel));

#endif
