#include "gateway/ops/log_levels.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SEPARATORS " ,&\t\r\n"
#define SHOWN_MAX  32 /* characters of what was not understood */

static const char *const level_name[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};
static const char *const module_name[] = {
	[LOG_MAIN] = "main",     [LOG_WORKER] = "worker",
	[LOG_HTTP] = "http",     [LOG_TLS] = "tls",
	[LOG_TWILIO] = "twilio", [LOG_AUDIOCODES] = "audiocodes",
	[LOG_CALL] = "call",     [LOG_MODEL] = "model",
	[LOG_ADMIN] = "admin",
};

const char *log_level_name(enum log_level level)
{
	return level_name[level];
}

const char *log_module_name(enum log_module module)
{
	return module_name[module];
}

void log_levels_init(struct log_levels *l, enum log_level level)
{
	for (unsigned i = 0; i < LOG_MODULES; i++)
		atomic_init(&l->level[i], (unsigned char)level);
}

void log_levels_set(struct log_levels *l, enum log_module module,
		    enum log_level level)
{
	atomic_store_explicit(&l->level[module], (unsigned char)level,
			      memory_order_relaxed);
}

enum log_level log_levels_get(const struct log_levels *l,
			      enum log_module module)
{
	return (enum log_level)atomic_load_explicit(&l->level[module],
						    memory_order_relaxed);
}

/* --- Changing them by words --- */

/* The list ends where the names do. Returns count when none is it. */
static unsigned find(const char *const *name, unsigned count, const char *text,
		     size_t len)
{
	unsigned i = 0;

	while (i < count &&
	       (strlen(name[i]) != len || memcmp(name[i], text, len) != 0))
		i++;
	return i;
}

/* "is none of the modules: main, worker, …", and what was said instead. */
static int complain(char *why, size_t cap, const char *what,
		    const char *const *name, unsigned count, const char *text,
		    size_t len)
{
	char shown[SHOWN_MAX + 1];
	size_t n = len < SHOWN_MAX ? len : SHOWN_MAX;

	for (size_t i = 0; i < n; i++)
		shown[i] = text[i];
	for (size_t i = 0; i < n; i++)
		if (shown[i] < ' ' || shown[i] > '~')
			shown[i] = '?';
	shown[n] = '\0';
	int at = snprintf(why, cap, "\"%s\" is no %s; there are", shown, what);
	for (unsigned i = 0; i < count && at > 0 && (size_t)at < cap; i++)
		at += snprintf(why + at, cap - (size_t)at, " %s", name[i]);
	return -EINVAL;
}

/* One "module=level". wanted: a level or LOG_LEVELS for each module. */
static int read_one(const char *text, size_t len,
		    enum log_level wanted[LOG_MODULES], char *why, size_t cap)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals ? (size_t)(equals - text) : len;
	const char *level = text + name_len + (equals != NULL);
	size_t level_len = len - (size_t)(level - text);
	bool is_all = name_len == 3 && memcmp(text, "all", 3) == 0;

	unsigned module = find(module_name, LOG_MODULES, text, name_len);
	if (module == LOG_MODULES && !is_all)
		return complain(why, cap, "module (nor \"all\")", module_name,
				LOG_MODULES, text, name_len);
	unsigned to = find(level_name, LOG_LEVELS, level, level_len);
	if (to == LOG_LEVELS)
		return complain(why, cap, "level", level_name, LOG_LEVELS,
				level, level_len);
	for (unsigned i = 0; i < LOG_MODULES; i++)
		if (is_all || i == module)
			wanted[i] = (enum log_level)to;
	return 0;
}

static size_t word_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (!text[n] || !strchr(SEPARATORS, text[n])))
		n++;
	return n;
}

static int read_all(const char *text, size_t len,
		    enum log_level wanted[LOG_MODULES], char *why, size_t cap)
{
	unsigned words = 0;
	int err = 0;

	while (len && !err) {
		size_t n = word_length(text, len);
		if (n) {
			err = read_one(text, n, wanted, why, cap);
			words++;
		}
		n += n < len; /* and what separates */
		text += n;
		len -= n;
	}
	if (words || err)
		return err;
	snprintf(why, cap, "there is no MODULE=LEVEL");
	return -EINVAL;
}

int log_levels_change(struct log_levels *l, const char *text, size_t len,
		      char *why, size_t cap)
{
	enum log_level wanted[LOG_MODULES];

	for (unsigned i = 0; i < LOG_MODULES; i++)
		wanted[i] = LOG_LEVELS;
	int err = read_all(text, len, wanted, why, cap);
	for (unsigned i = 0; i < LOG_MODULES && !err; i++)
		if (wanted[i] != LOG_LEVELS)
			log_levels_set(l, (enum log_module)i, wanted[i]);
	return err;
}

size_t log_levels_write(const struct log_levels *l,
			char out[LOG_LEVELS_TEXT_MAX])
{
	size_t n = 0;

	for (unsigned i = 0; i < LOG_MODULES; i++)
		n += (size_t)snprintf(
			out + n, LOG_LEVELS_TEXT_MAX - n, "%s=%s\n",
			module_name[i],
			level_name[log_levels_get(l, (enum log_module)i)]);
	return n;
}
