/* One line per event, logfmt, on standard error:
 *
 *   call=CA12 leg=model ev=lost why=timeout up_ms=53120
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

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* What comes before the fields of a line. */
enum log_style {
	LOG_PLAIN,   /* 2026-01-31T12:00:00.123Z info  */
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
	enum log_level level; /* less is dropped */
	enum log_style style;
	char context[LOG_CONTEXT_MAX]; /* "call=CA12 leg=model ", or "" */
};

/* log_open: style from the descriptor: LOG_JOURNAL when JOURNAL_STREAM names
 * it, LOG_COLOUR for a terminal (unless NO_COLOR is set), else LOG_PLAIN. */
void log_open(struct log *log, int fd, enum log_level level);

/* log_child: a log whose every line begins with the parent's context and
 * key=text. Made once per call and per leg. */
void log_child(struct log *child, const struct log *parent, const char *key,
	       const char *text);

/* log_wants: would a line of this level be written? */
bool log_wants(const struct log *log, enum log_level level);

struct log_line {
	const struct log *log; /* NULL: the line is dropped */
	size_t len;
	bool is_cut; /* a field did not fit; the line ends in "..." */
	char text[LOG_LINE_MAX];
};

/* log_begin .. log_end: build one line. Keys and event are words of ours. */
void log_begin(struct log_line *l, const struct log *log, enum log_level level,
	       const char *event);
void log_text(struct log_line *l, const char *key, const char *text);
void log_bytes(struct log_line *l, const char *key, const char *text,
	       size_t len); /* need not end in NUL */
void log_number(struct log_line *l, const char *key, int64_t number);
void log_end(struct log_line *l);

/* log_phone: a telephone number with all but the country code and the last two
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

/* log_level_name: "debug", "info", "warn", "error". */
const char *log_level_name(enum log_level level);

#endif
