/* How much of the log is written: a level for each part of the program,
 * changeable while it runs. Any thread reads and changes them, without a lock;
 * a change holds for lines that begin after it. */
#ifndef GATEWAY_OPS_LOG_LEVELS_H
#define GATEWAY_OPS_LOG_LEVELS_H

#include <stdatomic.h>
#include <stddef.h>

enum log_level {
	LOG_DEBUG,
	LOG_INFO,
	LOG_WARN,
	LOG_ERROR,
	LOG_LEVELS /* in a configuration: as log.level says */
};

/* The parts, by the names that log_module_name gives them. */
enum log_module {
	LOG_MAIN,       /* main: the process, its start and end */
	LOG_WORKER,     /* worker: a thread that carries calls */
	LOG_HTTP,       /* http: requests nobody could answer */
	LOG_TLS,        /* tls: handshakes that failed */
	LOG_TWILIO,     /* twilio: its webhooks and streams */
	LOG_AUDIOCODES, /* audiocodes: its sockets and conversations */
	LOG_CALL,       /* call: what happens in a call */
	LOG_MODEL,      /* model: sessions, those that stand by too */
	LOG_ADMIN,      /* admin: the admin listener */
	LOG_MODULES
};

#define LOG_LEVELS_TEXT_MAX 256 /* bytes that log_levels_write needs */

struct log_levels {
	atomic_uchar level[LOG_MODULES];
};

/* log_levels_init: every module at one level. */
void log_levels_init(struct log_levels *l, enum log_level level);

void log_levels_set(struct log_levels *l, enum log_module module,
		    enum log_level level);
enum log_level log_levels_get(const struct log_levels *l,
			      enum log_module module);

/* log_levels_change: "model=debug", several with spaces, commas, & or line ends
 * between them; "all" is every module. All of it or nothing.
 *
 * text  len bytes from whoever asks, any content
 * why   on failure: what is wrong and what may be, in printable words
 * Returns 0 or -EINVAL. */
int log_levels_change(struct log_levels *l, const char *text, size_t len,
		      char *why, size_t cap);

/* log_levels_write: "main=info\nworker=info\n…", which log_levels_change takes.
 * Returns its length. */
size_t log_levels_write(const struct log_levels *l,
			char out[LOG_LEVELS_TEXT_MAX]);

/* log_level_name: "debug", "info", "warn", "error". */
const char *log_level_name(enum log_level level);
const char *log_module_name(enum log_module module);

#endif
