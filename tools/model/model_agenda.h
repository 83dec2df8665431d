/* What a session has to do later: a few tasks, each with its time. */
#ifndef TOOLS_MODEL_MODEL_AGENDA_H
#define TOOLS_MODEL_MODEL_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/model/model_random.h"

#define MODEL_AGENDA_MAX 48
#define MODEL_NEVER      UINT64_MAX

enum model_due {
	MODEL_DUE_CREATED,    /* session.created */
	MODEL_DUE_ANSWERED,   /* a session.update has been worked on */
	MODEL_DUE_TRANSCRIPT, /* of a user item: the piece at `number` */
	MODEL_DUE_LIMITS,     /* rate_limits.updated */
	MODEL_DUE_IDLE,       /* the caller has been silent for too long */
	MODEL_DUE_PING,
	MODEL_DUE_PONG, /* it should have come by now */
	MODEL_DUE_EXPIRY,
	MODEL_DUE_FAULT,
	MODEL_DUE_PHANTOM_END,
	MODEL_DUE_READING /* resume reading the socket */
};

struct model_task {
	uint64_t at_us;
	enum model_due what;
	unsigned number; /* what it needs to know */
	char id[MODEL_ID_LEN];
	const void *subject;
};

struct model_agenda {
	struct model_task task[MODEL_AGENDA_MAX];
	size_t tasks;
};

/* model_agenda_add: returns 0, or -ENOSPC when too much is planned. */
int model_agenda_add(struct model_agenda *a, const struct model_task *task);
/* model_agenda_drop: forget all tasks of a kind. */
void model_agenda_drop(struct model_agenda *a, enum model_due what);
bool model_agenda_has(const struct model_agenda *a, enum model_due what);
/* model_agenda_next: the time of the earliest task, or MODEL_NEVER. */
uint64_t model_agenda_next(const struct model_agenda *a);
/* model_agenda_take: remove the earliest task (of equal ones the first that
 * was added). Returns false when there is none. */
bool model_agenda_take(struct model_agenda *a, struct model_task *task);

#endif
