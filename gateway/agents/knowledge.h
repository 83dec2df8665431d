/* What agents know out of their files: an index of them (knowledge_index.h)
 * that follows the files.
 *
 * One library for the process. Agents of all workers, and of an older and a
 * newer configuration, that know the same files share one index. A thread of
 * the library looks every KNOWLEDGE_LOOK_MS whether files have changed, come or
 * gone; when they have, and have rested for one look, it indexes them anew and
 * puts the new index in the old one's place. Searches under way keep theirs.
 * When files are bad the old index stays, and the log says why. */
#ifndef GATEWAY_AGENTS_KNOWLEDGE_H
#define GATEWAY_AGENTS_KNOWLEDGE_H

#include <jansson.h>
#include <stddef.h>
#include <uv.h>

#include "gateway/agents/knowledge_index.h"
#include "gateway/ops/log.h"

struct config_agent;

#define KNOWLEDGE_LOOK_MS      1000
#define KNOWLEDGE_SEARCHES_MAX 256 /* under way in one index */

struct knowledge;
struct knowledge_library;
struct knowledge_search;

/* knowledge_library_open, _close: all that was opened is dropped before.
 * look_ms: 0: KNOWLEDGE_LOOK_MS. Returns 0 or a negative errno. */
int knowledge_library_open(struct knowledge_library **out,
			   const struct log *log, unsigned look_ms);
void knowledge_library_close(struct knowledge_library *l);

/* knowledge_open: what the agent's configuration names, read now if it is not
 * known as it is. Takes as long as reading and indexing does: for the control
 * thread.
 *
 * out  NULL on 0 when it names no files
 * why  on failure: what is wrong, in words
 * Returns 0 or a negative errno.
 * knowledge_drop: from any thread; NULL is fine. */
int knowledge_open(struct knowledge **out, struct knowledge_library *l,
		   const struct config_agent *c, char *why, size_t cap);
void knowledge_drop(struct knowledge *k);

/* knowledge_build: an index of the files as they are now, for whoever only
 * looks. files: how many, on success. */
int knowledge_build(struct knowledge_index **out, const struct config_agent *c,
		    size_t *files, char *why, size_t cap);

/* knowledge_current: the index as it is now, with a use of it for the caller;
 * from any thread. */
struct knowledge_index *knowledge_current(struct knowledge *k);

/* error: as knowledge_index_search returns it; results are the callee's on 0.
 */
typedef void knowledge_found_fn(void *owner, int error, json_t *results);

/* knowledge_ask: knowledge_index_search on a thread of libuv's pool. on_found
 * comes once, on the loop, never from inside; k may be dropped before. words
 * are copied, as far as they are read.
 * Returns NULL without memory, or with KNOWLEDGE_SEARCHES_MAX under way.
 * knowledge_ask_cancel: on_found will not come. Not after on_found. */
struct knowledge_search *knowledge_ask(struct knowledge *k, uv_loop_t *loop,
				       const char *words, unsigned max,
				       knowledge_found_fn *on_found,
				       void *owner);
void knowledge_ask_cancel(struct knowledge_search *s);

#endif
