#include "tools/call/caller_trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Reading; judging is in caller_trace_judge.c. */

void caller_trace_init(struct caller_trace *t)
{
	memset(t, 0, sizeof(*t));
	t->index = json_object();
}

static void session_free(struct caller_trace_session *s)
{
	for (size_t i = 0; i < s->items; i++)
		free(s->item[i].id);
	free(s->item);
	free(s->id);
}

void caller_trace_free(struct caller_trace *t)
{
	for (size_t i = 0; i < t->sessions; i++)
		session_free(&t->session[i]);
	free(t->session);
	json_decref(t->index);
	memset(t, 0, sizeof(*t));
}

/* Room for one more element of an array; NULL without memory. */
static void *grow(void *array, size_t used, size_t *room, size_t size)
{
	if (used < *room)
		return array;
	size_t wanted = *room ? *room * 2 : 8;
	void *grown = reallocarray(array, wanted, size);
	if (grown)
		*room = wanted;
	return grown;
}

static struct caller_trace_session *session_find(struct caller_trace *t,
						 const char *id)
{
	json_t *at = json_object_get(t->index, id);

	if (at)
		return &t->session[json_integer_value(at)];
	void *grown =
		grow(t->session, t->sessions, &t->room, sizeof(*t->session));
	if (!grown)
		return NULL;
	t->session = grown;
	char *copy = strdup(id);
	if (!copy)
		return NULL;
	json_object_set_new(t->index, id,
			    json_integer((json_int_t)t->sessions));
	t->session[t->sessions] = (struct caller_trace_session){ .id = copy };
	return &t->session[t->sessions++];
}

/* The newest are asked for most. */
static struct caller_trace_item *item_find(struct caller_trace_session *s,
					   const char *id)
{
	for (size_t i = s->items; i-- > 0;)
		if (strcmp(s->item[i].id, id) == 0)
			return &s->item[i];
	void *grown = grow(s->item, s->items, &s->room, sizeof(*s->item));
	if (!grown)
		return NULL;
	s->item = grown;
	char *copy = strdup(id);
	if (!copy)
		return NULL;
	s->item[s->items] = (struct caller_trace_item){ .id = copy };
	return &s->item[s->items++];
}

static unsigned ms_of(json_t *o, const char *name)
{
	json_int_t ms = json_integer_value(json_object_get(o, name));

	return ms > 0 && ms < UINT32_MAX ? (unsigned)ms : 0;
}

static void take_delta(struct caller_trace_item *item, uint64_t t_us, json_t *o)
{
	if (item->total_ms == 0 && !item->first_us)
		item->first_us = t_us;
	item->total_ms = ms_of(o, "total_ms");
}

static void take_truncation(struct caller_trace_item *item, uint64_t t_us,
			    json_t *o)
{
	item->is_cut = true;
	item->left_ms = ms_of(o, "audio_end_ms");
	item->cut_us = t_us;
}

static void take_deletion(struct caller_trace_item *item, uint64_t t_us,
			  json_t *o)
{
	(void)o;
	item->is_cut = true;
	item->left_ms = 0;
	item->cut_us = t_us;
}

static const struct {
	const char *direction;
	const char *type;
	void (*take)(struct caller_trace_item *item, uint64_t t_us, json_t *o);
} wanted[] = {
	{ "out", "response.output_audio.delta", take_delta },
	{ "in", "conversation.item.truncate", take_truncation },
	{ "in", "conversation.item.delete", take_deletion },
};

#define WANTED (sizeof(wanted) / sizeof(*wanted))

static const char *text_of(json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text ? text : "";
}

static void take_object(struct caller_trace *t, json_t *o)
{
	const char *type = text_of(o, "type"), *direction = text_of(o, "dir");
	const char *session = text_of(o, "session");
	const char *id = text_of(o, "item_id");
	size_t i = 0;

	while (i < WANTED && (strcmp(wanted[i].type, type) != 0 ||
			      strcmp(wanted[i].direction, direction) != 0))
		i++;
	if (i == WANTED)
		return;
	json_int_t t_us = json_integer_value(json_object_get(o, "t_us"));
	if (!*session || !*id || t_us <= 0) {
		t->bad_lines++;
		return;
	}
	struct caller_trace_session *s = session_find(t, session);
	struct caller_trace_item *item = s ? item_find(s, id) : NULL;
	if (item)
		wanted[i].take(item, (uint64_t)t_us, o);
}

void caller_trace_line(struct caller_trace *t, const char *line, size_t len)
{
	if (len == 0)
		return;
	json_t *o = json_loadb(line, len, 0, NULL);
	if (json_is_object(o))
		take_object(t, o);
	else
		t->bad_lines++;
	json_decref(o);
}

int caller_trace_load(struct caller_trace *t, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	if (!f)
		return -errno;
	while ((len = getline(&line, &cap, f)) > 0)
		caller_trace_line(t, line,
				  (size_t)len - (line[len - 1] == '\n'));
	int err = ferror(f) ? -EIO : 0;
	free(line);
	fclose(f);
	return err;
}
