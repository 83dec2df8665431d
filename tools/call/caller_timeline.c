#include "tools/call/caller_timeline.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

void caller_timeline_free(struct caller_timeline *t)
{
	free(t->event);
	t->event = NULL;
	t->events = t->room = 0;
}

static bool grow(struct caller_timeline *t)
{
	if (t->events < t->room)
		return true;
	if (t->room >= CALLER_TIMELINE_MAX)
		return false;
	size_t room = t->room ? t->room * 2 : 16;
	struct caller_event *grown = realloc(t->event, room * sizeof(*grown));
	if (!grown)
		return false;
	t->event = grown;
	t->room = room;
	return true;
}

void caller_timeline_add(struct caller_timeline *t, int64_t at_ms,
			 enum caller_moment moment, const char *format, ...)
{
	struct caller_event e = { .at_ms = at_ms, .moment = moment };
	va_list args;

	va_start(args, format);
	vsnprintf(e.text, sizeof(e.text), format, args);
	va_end(args);
	for (char *c = e.text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	if (t->on_event)
		t->on_event(t->owner, &e);
	if (grow(t))
		t->event[t->events++] = e;
	else
		t->dropped++;
}

const char *caller_timeline_moment(enum caller_moment moment)
{
	static const char *const name[] = {
		[CALLER_MOMENT_CALL] = "call",
		[CALLER_MOMENT_HEARD] = "heard",
		[CALLER_MOMENT_SAID] = "said",
		[CALLER_MOMENT_KEY] = "key",
		[CALLER_MOMENT_FAULT] = "fault",
		[CALLER_MOMENT_BREACH] = "breach",
	};

	return name[moment];
}
