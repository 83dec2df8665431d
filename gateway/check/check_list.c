#include "gateway/check/check_list.h"

#include <stdarg.h>

#define TEXT_MAX   1200
#define NAME_WIDTH 23 /* the longest key that is checked, and a space */

static const struct {
	const char *mark, *colour, *word;
} verdicts[] = {
	[CHECK_IS_GOOD] = { "✓", "\x1b[32m", "good" },
	[CHECK_IS_WARNING] = { "!", "\x1b[33m", "warning" },
	[CHECK_IS_BAD] = { "✗", "\x1b[31m", "bad" },
	[CHECK_IS_SKIPPED] = { "-", "\x1b[2m", "skipped" },
};

#define ERASE "\r\x1b[K"

void check_list_wait(struct check_list *l, const char *name)
{
	if (!l->is_terminal)
		return;
	fprintf(l->out, ERASE "  %s …", name);
	fflush(l->out);
}

/* What a file or a peer says may have anything in it. */
static void make_harmless(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

static void print(struct check_list *l, enum check_verdict verdict,
		  const char *name, const char *text)
{
	if (l->is_terminal)
		fprintf(l->out, ERASE "%s%s\x1b[0m %-*s %s\n",
			verdicts[verdict].colour, verdicts[verdict].mark,
			NAME_WIDTH, name, text);
	else
		fprintf(l->out, "%s %-*s %s\n", verdicts[verdict].mark,
			NAME_WIDTH, name, text);
	fflush(l->out);
}

void check_list_add(struct check_list *l, enum check_verdict verdict,
		    const char *name, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	make_harmless(text);
	l->bad += verdict == CHECK_IS_BAD;
	l->warnings += verdict == CHECK_IS_WARNING;
	if (l->rows)
		json_array_append_new(
			l->rows,
			json_pack("{s:s, s:s, s:s}", "name", name, "verdict",
				  verdicts[verdict].word, "text", text));
	else
		print(l, verdict, name, text);
}
