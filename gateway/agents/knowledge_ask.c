/* A search off the loop that wants to know. */
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/agents/knowledge.h"
#include "protocols/utf8.h"

struct knowledge_search {
	uv_work_t work;
	struct knowledge_index *index;
	char words[KNOWLEDGE_QUERY_MAX + 1];
	unsigned max;
	int error;
	json_t *results;
	knowledge_found_fn *on_found; /* NULL: nobody waits any more */
	void *owner;
};

static void search(uv_work_t *work)
{
	struct knowledge_search *s = work->data;

	s->error =
		knowledge_index_search(s->index, s->words, s->max, &s->results);
}

static void on_searched(uv_work_t *work, int status)
{
	struct knowledge_search *s = work->data;

	if (s->on_found)
		s->on_found(s->owner, status ? status : s->error, s->results);
	else
		json_decref(s->results);
	knowledge_index_leave(s->index);
	knowledge_index_drop(s->index);
	free(s);
}

struct knowledge_search *knowledge_ask(struct knowledge *k, uv_loop_t *loop,
				       const char *words, unsigned max,
				       knowledge_found_fn *on_found,
				       void *owner)
{
	struct knowledge_search *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->index = knowledge_current(k);
	s->max = max;
	s->on_found = on_found;
	s->owner = owner;
	s->work.data = s;
	utf8_copy(s->words, sizeof(s->words), words);
	if (knowledge_index_enter(s->index, KNOWLEDGE_SEARCHES_MAX)) {
		if (uv_queue_work(loop, &s->work, search, on_searched) == 0)
			return s;
		knowledge_index_leave(s->index);
	}
	knowledge_index_drop(s->index);
	free(s);
	return NULL;
}

void knowledge_ask_cancel(struct knowledge_search *s)
{
	s->on_found = NULL;
	uv_cancel((uv_req_t *)&s->work);
}
