#include "gateway/ops/config_report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_LEN   1024
#define WHERE_MAX_LEN  4128 /* PATH_MAX and a number */
#define LAST_LINE_ROOM 64   /* "and 1234567890 more mistakes" */

void config_report_begin(struct config_report *r, const char *file, char *out,
			 size_t cap)
{
	*r = (struct config_report){ .file = file, .out = out, .cap = cap };
	out[0] = '\0';
}

/* where: "tandem.yaml:12: ", or "". */
static void add(struct config_report *r, const char *where, char *text)
{
	for (char *c = text; *c; c++) /* nothing that a terminal obeys */
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	r->mistakes++;
	size_t room = r->cap - r->len;
	int n = snprintf(r->out + r->len, room, "%s%s%s", r->len ? "\n" : "",
			 where, text);
	if (r->unsaid || n < 0 || (size_t)n + LAST_LINE_ROOM > room) {
		r->out[r->len] = '\0';
		r->unsaid++;
		return;
	}
	r->len += (size_t)n;
}

/* "agent.turns.type" of an agent file is "turns.type" there. */
static void leave_out(char *text, const char *within)
{
	size_t len = strlen(within);
	for (char *at = text; (at = strstr(at, within));) {
		bool begins = at == text || strchr(" \"(", at[-1]);
		if (begins && at[len] == '.')
			memmove(at, at + len + 1, strlen(at + len + 1) + 1);
		else
			at += len;
	}
}

void config_report_add(struct config_report *r, size_t line, const char *format,
		       ...)
{
	char text[LINE_MAX_LEN], where[WHERE_MAX_LEN];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (r->within)
		leave_out(text, r->within);
	if (line)
		snprintf(where, sizeof(where), "%s:%zu: ", r->file, line);
	else
		snprintf(where, sizeof(where), "%s: ", r->file);
	add(r, where, text);
}

void config_report_elsewhere(struct config_report *r, const char *format, ...)
{
	char text[LINE_MAX_LEN];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	add(r, "", text);
}

int config_report_end(struct config_report *r)
{
	if (r->unsaid)
		snprintf(r->out + r->len, r->cap - r->len,
			 "%sand %u more mistake%s", r->len ? "\n" : "",
			 r->unsaid, r->unsaid == 1 ? "" : "s");
	return r->mistakes ? -EINVAL : 0;
}
