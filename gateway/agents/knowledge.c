#include "gateway/agents/knowledge.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/knowledge_files.h"
#include "gateway/ops/config.h"

#define WHY_MAX (CONFIG_TEXT_MAX + 128)

/* What tells one knowledge from another. */
struct wanted {
	unsigned count;
	const char *pattern[CONFIG_KNOWLEDGE_MAX];
	bool is_english;
};

struct knowledge {
	struct knowledge_library *library;
	struct knowledge *next;
	unsigned long number;
	unsigned uses; /* under the library's lock */
	struct wanted wanted;
	char pattern[CONFIG_KNOWLEDGE_MAX][CONFIG_TEXT_MAX];

	uv_mutex_t lock; /* of index */
	struct knowledge_index *index;

	uv_mutex_t work;             /* of what follows: one looks at a time */
	struct knowledge_files read; /* as they were when last read */
	struct knowledge_files seen; /* as the last look found them */
	bool is_bad;                 /* reading those failed */
	char said[WHY_MAX];          /* why, as the log has it */
};

struct knowledge_library {
	struct log log;
	unsigned look_ms;
	uv_mutex_t lock;
	uv_cond_t changed;
	struct knowledge *first;
	unsigned long numbers;
	bool is_running; /* the thread */
	bool is_closing;
	uv_thread_t thread;
};

/* --- Indexing --- */

static void want(struct wanted *w, const struct config_agent *c)
{
	const struct config_agent_knowledge *k = &c->knowledge;
	const char *language = k->language;

	if (!language[0])
		language = c->persona.language;
	if (!language[0])
		language = c->transcription.language;
	w->count = k->file_count;
	for (unsigned i = 0; i < k->file_count; i++)
		w->pattern[i] = k->files[i];
	w->is_english = !language[0] || strncmp(language, "en", 2) == 0;
}

static bool is_same(const struct wanted *a, const struct wanted *b)
{
	bool is_so = a->count == b->count && a->is_english == b->is_english;

	for (unsigned i = 0; is_so && i < a->count; i++)
		is_so = strcmp(a->pattern[i], b->pattern[i]) == 0;
	return is_so;
}

static int add_file(struct knowledge_builder *b, const struct knowledge_file *f,
		    char *why, size_t cap)
{
	char *text;
	size_t len;
	int err = knowledge_file_read(f, &text, &len, why, cap);

	if (err)
		return err;
	err = knowledge_builder_add(b, knowledge_file_name(f), text, len);
	if (err)
		snprintf(why, cap, "%s: cannot be indexed: %s", f->path,
			 uv_strerror(err));
	free(text);
	return err;
}

static int index_files(const struct knowledge_files *f, bool is_english,
		       struct knowledge_index **out, char *why, size_t cap)
{
	struct knowledge_builder *b;
	int err = knowledge_builder_open(&b, is_english);

	*out = NULL;
	if (err)
		snprintf(why, cap, "cannot be indexed: %s", uv_strerror(err));
	for (size_t i = 0; i < f->count && !err; i++)
		err = add_file(b, &f->file[i], why, cap);
	if (err) {
		knowledge_builder_free(b);
		return err;
	}
	err = knowledge_builder_done(b, out);
	if (err)
		snprintf(why, cap, "cannot be indexed: %s", uv_strerror(err));
	else if (!knowledge_index_chunks(*out)) {
		snprintf(why, cap, "there is no text in the files");
		knowledge_index_drop(*out);
		*out = NULL;
		err = -ENODATA;
	}
	return err;
}

int knowledge_build(struct knowledge_index **out, const struct config_agent *c,
		    size_t *files, char *why, size_t cap)
{
	struct knowledge_files f;
	struct wanted w;

	*out = NULL;
	want(&w, c);
	int err = knowledge_files_list(&f, w.pattern, w.count, why, cap);
	if (err)
		return err;
	*files = f.count;
	err = index_files(&f, w.is_english, out, why, cap);
	knowledge_files_free(&f);
	return err;
}

static void replace(struct knowledge *k, struct knowledge_index *with)
{
	uv_mutex_lock(&k->lock);
	struct knowledge_index *old = k->index;
	k->index = with;
	uv_mutex_unlock(&k->lock);
	knowledge_index_drop(old);
}

/* Files become those that were read, whatever comes of it: they are not tried
 * again before they are others. */
static int read_files(struct knowledge *k, struct knowledge_files *files,
		      char *why, size_t cap)
{
	struct knowledge_index *index;
	int err = index_files(files, k->wanted.is_english, &index, why, cap);

	knowledge_files_free(&k->read);
	k->read = *files;
	memset(files, 0, sizeof(*files));
	k->is_bad = err != 0;
	if (!err)
		replace(k, index);
	return err;
}

/* --- Following them --- */

static void say_kept(struct knowledge *k, const char *why)
{
	if (strcmp(k->said, why) == 0)
		return;
	snprintf(k->said, sizeof(k->said), "%s", why);
	log_event(&k->library->log, LOG_ERROR, "knowledge_kept", "why", why,
		  NULL);
}

static void say_renewed(struct knowledge *k, uint64_t began_ns)
{
	struct log_line l;

	k->said[0] = '\0';
	log_begin(&l, &k->library->log, LOG_INFO, "knowledge_renewed");
	log_number(&l, "files", (int64_t)k->read.count);
	log_number(&l, "chunks", knowledge_index_chunks(k->index));
	log_number(&l, "bytes", (int64_t)knowledge_index_bytes(k->index));
	log_number(&l, "ms", (int64_t)((uv_hrtime() - began_ns) / 1000000));
	log_end(&l);
}

/* What is being written is left alone until the next look. */
static void look(struct knowledge *k)
{
	struct knowledge_files now;
	char why[WHY_MAX];
	uint64_t began_ns = uv_hrtime();

	if (knowledge_files_list(&now, k->wanted.pattern, k->wanted.count, why,
				 sizeof(why)) != 0) {
		say_kept(k, why);
		return;
	}
	bool rests = knowledge_files_same(&now, &k->seen);
	if (!rests) {
		struct knowledge_files old = k->seen;
		k->seen = now;
		now = old;
	} else if (!knowledge_files_same(&now, &k->read)) {
		if (read_files(k, &now, why, sizeof(why)) != 0)
			say_kept(k, why);
		else
			say_renewed(k, began_ns);
	}
	knowledge_files_free(&now);
}

/* The next one after that number, with a use of it; NULL: none. */
static struct knowledge *next_after(struct knowledge_library *l,
				    unsigned long number)
{
	struct knowledge *next = NULL;

	for (struct knowledge *k = l->first; k; k = k->next)
		if (k->number > number && (!next || k->number < next->number))
			next = k;
	if (next)
		next->uses++;
	return next;
}

static void look_at_all(struct knowledge_library *l)
{
	unsigned long number = 0;
	struct knowledge *k;

	while (!l->is_closing && (k = next_after(l, number))) {
		uv_mutex_unlock(&l->lock);
		number = k->number;
		uv_mutex_lock(&k->work);
		look(k);
		uv_mutex_unlock(&k->work);
		knowledge_drop(k);
		uv_mutex_lock(&l->lock);
	}
}

static void run(void *library)
{
	struct knowledge_library *l = library;

	pthread_setname_np(pthread_self(), "knowledge");
	uv_mutex_lock(&l->lock);
	while (!l->is_closing) {
		uv_cond_timedwait(&l->changed, &l->lock,
				  l->look_ms * 1000000ull);
		look_at_all(l);
	}
	uv_mutex_unlock(&l->lock);
}

/* With the first knowledge; signals are the control thread's. */
static int start_thread(struct knowledge_library *l)
{
	sigset_t all, before;

	if (l->is_running)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int err = uv_thread_create(&l->thread, run, l);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	l->is_running = !err;
	return err;
}

/* --- The library --- */

int knowledge_library_open(struct knowledge_library **out,
			   const struct log *log, unsigned look_ms)
{
	struct knowledge_library *l = calloc(1, sizeof(*l));

	*out = l;
	if (!l)
		return -ENOMEM;
	log_child_of(&l->log, log, LOG_MAIN, "part", "knowledge");
	l->look_ms = look_ms ? look_ms : KNOWLEDGE_LOOK_MS;
	uv_mutex_init(&l->lock);
	uv_cond_init(&l->changed);
	return 0;
}

void knowledge_library_close(struct knowledge_library *l)
{
	if (!l)
		return;
	uv_mutex_lock(&l->lock);
	l->is_closing = true;
	uv_cond_signal(&l->changed);
	uv_mutex_unlock(&l->lock);
	if (l->is_running)
		uv_thread_join(&l->thread);
	uv_cond_destroy(&l->changed);
	uv_mutex_destroy(&l->lock);
	free(l);
}

static struct knowledge *knowledge_new(struct knowledge_library *l,
				       const struct wanted *w)
{
	struct knowledge *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->library = l;
	k->wanted = *w;
	for (unsigned i = 0; i < w->count; i++)
		k->wanted.pattern[i] = strcpy(k->pattern[i], w->pattern[i]);
	uv_mutex_init(&k->lock);
	uv_mutex_init(&k->work);
	k->uses = 1;
	return k;
}

static void knowledge_free(struct knowledge *k)
{
	knowledge_files_free(&k->read);
	knowledge_files_free(&k->seen);
	knowledge_index_drop(k->index);
	uv_mutex_destroy(&k->lock);
	uv_mutex_destroy(&k->work);
	free(k);
}

void knowledge_drop(struct knowledge *k)
{
	if (!k)
		return;
	struct knowledge_library *l = k->library;
	struct knowledge **link = &l->first;

	uv_mutex_lock(&l->lock);
	bool is_last = --k->uses == 0;
	while (is_last && *link && *link != k)
		link = &(*link)->next;
	if (is_last && *link)
		*link = k->next;
	uv_mutex_unlock(&l->lock);
	if (is_last)
		knowledge_free(k);
}

/* With a use of it: one that is known, or a new one that nobody looks at yet.
 */
static struct knowledge *find_or_make(struct knowledge_library *l,
				      const struct wanted *w)
{
	struct knowledge *k;

	uv_mutex_lock(&l->lock);
	for (k = l->first; k && !is_same(&k->wanted, w); k = k->next)
		;
	if (k)
		k->uses++;
	uv_mutex_unlock(&l->lock);
	return k ? k : knowledge_new(l, w);
}

/* The thread looks after it from here on. */
static int enlist(struct knowledge *k)
{
	struct knowledge_library *l = k->library;

	uv_mutex_lock(&l->lock);
	int err = k->number ? 0 : start_thread(l);
	if (!err && !k->number) {
		k->number = ++l->numbers;
		k->next = l->first;
		l->first = k;
	}
	uv_mutex_unlock(&l->lock);
	return err;
}

/* As a start or a reload wants them: good now. */
static int refresh(struct knowledge *k, char *why, size_t cap)
{
	struct knowledge_files now;
	int err = knowledge_files_list(&now, k->wanted.pattern, k->wanted.count,
				       why, cap);

	if (err)
		return err;
	if (k->is_bad || !knowledge_files_same(&now, &k->read))
		err = read_files(k, &now, why, cap);
	knowledge_files_free(&now);
	return err;
}

int knowledge_open(struct knowledge **out, struct knowledge_library *l,
		   const struct config_agent *c, char *why, size_t cap)
{
	struct wanted w;

	*out = NULL;
	if (!c->knowledge.file_count)
		return 0;
	want(&w, c);
	struct knowledge *k = find_or_make(l, &w);
	if (!k) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	uv_mutex_lock(&k->work);
	int err = refresh(k, why, cap);
	uv_mutex_unlock(&k->work);
	if (!err && (err = enlist(k)))
		snprintf(why, cap, "no thread: %s", uv_strerror(err));
	if (err)
		knowledge_drop(k);
	else
		*out = k;
	return err;
}

struct knowledge_index *knowledge_current(struct knowledge *k)
{
	uv_mutex_lock(&k->lock);
	struct knowledge_index *i = knowledge_index_keep(k->index);
	uv_mutex_unlock(&k->lock);
	return i;
}
