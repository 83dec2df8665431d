#include "tools/model/model_agenda.h"

#include <errno.h>
#include <string.h>

int model_agenda_add(struct model_agenda *a, const struct model_task *task)
{
	if (a->tasks == MODEL_AGENDA_MAX)
		return -ENOSPC;
	a->task[a->tasks++] = *task;
	return 0;
}

static void remove_at(struct model_agenda *a, size_t i)
{
	a->tasks--;
	memmove(&a->task[i], &a->task[i + 1],
		(a->tasks - i) * sizeof(a->task[0]));
}

void model_agenda_drop(struct model_agenda *a, enum model_due what)
{
	for (size_t i = a->tasks; i-- > 0;)
		if (a->task[i].what == what)
			remove_at(a, i);
}

bool model_agenda_has(const struct model_agenda *a, enum model_due what)
{
	for (size_t i = 0; i < a->tasks; i++)
		if (a->task[i].what == what)
			return true;
	return false;
}

static size_t earliest(const struct model_agenda *a)
{
	size_t first = 0;

	for (size_t i = 1; i < a->tasks; i++)
		if (a->task[i].at_us < a->task[first].at_us)
			first = i;
	return first;
}

uint64_t model_agenda_next(const struct model_agenda *a)
{
	return a->tasks ? a->task[earliest(a)].at_us : MODEL_NEVER;
}

bool model_agenda_take(struct model_agenda *a, struct model_task *task)
{
	if (a->tasks == 0)
		return false;
	size_t first = earliest(a);
	*task = a->task[first];
	remove_at(a, first);
	return true;
}
