#include "tools/call/phone_playout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void phone_playout_init(struct phone_playout *p)
{
	memset(p, 0, sizeof(*p));
	buffer_init(&p->audio,
		    (size_t)PHONE_PLAYOUT_MAX_MS * PHONE_PLAYOUT_RATE);
}

void phone_playout_free(struct phone_playout *p)
{
	for (size_t i = 0; i < p->marks; i++)
		free(p->mark[p->first_mark + i].name);
	free(p->mark);
	buffer_free(&p->audio);
	memset(p, 0, sizeof(*p));
}

uint64_t phone_playout_next_mark(const struct phone_playout *p)
{
	return p->marks ? p->mark[p->first_mark].sample : PHONE_PLAYOUT_NEVER;
}

unsigned phone_playout_ms(const struct phone_playout *p)
{
	return (unsigned)((p->audio.used + PHONE_PLAYOUT_RATE - 1) /
			  PHONE_PLAYOUT_RATE);
}

/* Play up to a sample that is not behind a pending mark. */
static void play_until(struct phone_playout *p, uint64_t until,
		       const struct phone_playout_events *events, void *owner)
{
	if (p->audio.used == 0 || until <= p->head)
		return;
	size_t n = p->audio.used;
	if (until - p->head < n)
		n = (size_t)(until - p->head);
	events->on_played(owner, p->head, buffer_head(&p->audio), n);
	buffer_consume(&p->audio, n);
	p->head += n;
}

static void echo_first_mark(struct phone_playout *p, bool was_played,
			    const struct phone_playout_events *events,
			    void *owner)
{
	char *name = p->mark[p->first_mark].name;

	p->first_mark++;
	p->marks--;
	if (p->marks == 0)
		p->first_mark = 0;
	events->on_mark(owner, name, was_played);
	free(name);
}

void phone_playout_advance(struct phone_playout *p, uint64_t now,
			   const struct phone_playout_events *events,
			   void *owner)
{
	while (phone_playout_next_mark(p) <= now) {
		play_until(p, phone_playout_next_mark(p), events, owner);
		echo_first_mark(p, true, events, owner);
	}
	play_until(p, now, events, owner);
}

int phone_playout_add(struct phone_playout *p, uint64_t now,
		      const uint8_t *ulaw, size_t n)
{
	if (p->audio.used == 0)
		p->head = now;
	return buffer_append(&p->audio, ulaw, n);
}

/* Room at the end of the FIFO: by moving it to the front, then by growing. */
static int mark_reserve(struct phone_playout *p)
{
	if (p->marks >= PHONE_PLAYOUT_MARKS_MAX)
		return -ENOBUFS;
	if (p->first_mark + p->marks < p->mark_room)
		return 0;
	if (p->first_mark > 0) {
		memmove(p->mark, p->mark + p->first_mark,
			p->marks * sizeof(*p->mark));
		p->first_mark = 0;
		return 0;
	}
	size_t room = p->mark_room ? p->mark_room * 2 : 16;
	struct phone_mark *grown = realloc(p->mark, room * sizeof(*grown));
	if (!grown)
		return -ENOBUFS;
	p->mark = grown;
	p->mark_room = room;
	return 0;
}

int phone_playout_mark(struct phone_playout *p, uint64_t now, const char *name)
{
	char *copy = strndup(name, PHONE_PLAYOUT_NAME_MAX - 1);

	if (!copy || mark_reserve(p) < 0) {
		free(copy);
		return -ENOBUFS;
	}
	p->mark[p->first_mark + p->marks++] = (struct phone_mark){
		.sample = p->audio.used ? p->head + p->audio.used : now,
		.name = copy,
	};
	return 0;
}

size_t phone_playout_clear(struct phone_playout *p,
			   const struct phone_playout_events *events,
			   void *owner)
{
	size_t dropped = p->audio.used;

	buffer_consume(&p->audio, dropped);
	while (p->marks)
		echo_first_mark(p, false, events, owner);
	return dropped;
}
