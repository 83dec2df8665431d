#include "gateway/net/fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/net/fetch_parts.h"

/* --- Queues --- */

void fetch_queue_init(struct fetch_queue *q)
{
	q->first = NULL;
	q->last = &q->first;
}

void fetch_queue_put(struct fetch_queue *q, struct fetch *f)
{
	f->next = NULL;
	*q->last = f;
	q->last = &f->next;
}

struct fetch *fetch_queue_take(struct fetch_queue *q)
{
	struct fetch *f = q->first;

	if (!f)
		return NULL;
	q->first = f->next;
	if (!q->first)
		q->last = &q->first;
	return f;
}

/* --- The copy of a request --- */

static bool is_clean(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static bool is_fit(const struct fetch_request *r)
{
	bool is_http = strncasecmp(r->url, "http://", 7) == 0 ||
		       strncasecmp(r->url, "https://", 8) == 0;

	for (size_t i = 0; i < FETCH_HEADERS_MAX && r->header[i]; i++)
		if (!is_clean(r->header[i]) || !strchr(r->header[i], ':'))
			return false;
	return is_http && is_clean(r->url) && !strchr(r->url, ' ') &&
	       is_clean(r->method) && r->method[0];
}

static size_t size_of(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static size_t text_size(const struct fetch_request *r)
{
	size_t n = size_of(r->method) + size_of(r->url) + size_of(r->user) +
		   size_of(r->password) + size_of(r->ca_file) + r->body_len;

	for (size_t i = 0; i < FETCH_HEADERS_MAX && r->header[i]; i++)
		n += size_of(r->header[i]);
	return n;
}

/* Returns where the copy is, and moves *room behind it. */
static const char *copy(char **room, const void *bytes, size_t n)
{
	char *at = *room;

	if (!bytes)
		return NULL;
	if (n)
		memcpy(at, bytes, n);
	*room += n;
	return at;
}

static const char *copy_text(char **room, const char *text)
{
	return copy(room, text, size_of(text));
}

static void copy_request(struct fetch *f, const struct fetch_request *r)
{
	struct fetch_request *to = &f->request;
	char *room = f->text;

	*to = *r;
	to->method = copy_text(&room, r->method);
	to->url = copy_text(&room, r->url);
	to->user = copy_text(&room, r->user);
	to->password = copy_text(&room, r->password);
	to->ca_file = copy_text(&room, r->ca_file);
	for (size_t i = 0; i < FETCH_HEADERS_MAX && r->header[i]; i++)
		to->header[i] = copy_text(&room, r->header[i]);
	to->body = copy(&room, r->body, r->body_len);
	if (!to->timeout_ms)
		to->timeout_ms = FETCH_TIMEOUT_MS;
}

static struct fetch *fetch_new(const struct fetch_request *r)
{
	struct fetch *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->text_size = text_size(r);
	f->text = malloc(f->text_size);
	if (!f->text) {
		free(f);
		return NULL;
	}
	copy_request(f, r);
	f->begun_ns = uv_hrtime();
	f->answer.why = f->answer.type = f->answer.body = "";
	buffer_init(&f->body, r->body_max);
	return f;
}

static void fetch_free(struct fetch *f)
{
	explicit_bzero(f->text, f->text_size);
	free(f->text);
	buffer_free(&f->body);
	free(f);
}

/* --- Between the threads --- */

bool fetch_is_dropped(struct fetch *f)
{
	return atomic_load(&f->is_cancelled) ||
	       atomic_load(&f->port->is_closing);
}

/* Sent under the lock: while something of it is not in its queue the port does
 * not close, and once it is, we are done with the handle. */
static void put_done(struct fetch *f)
{
	struct fetch_port *p = f->port;
	struct fetcher *fetcher = p->fetcher;

	uv_mutex_lock(&fetcher->lock);
	fetch_queue_put(&p->done, f);
	uv_async_send(&p->answered);
	uv_mutex_unlock(&fetcher->lock);
}

void fetch_give_back(struct fetch *f)
{
	atomic_fetch_sub(&f->port->fetcher->count, 1);
	put_done(f);
}

static struct fetch *take_done(struct fetch_port *p)
{
	uv_mutex_lock(&p->fetcher->lock);
	struct fetch *f = fetch_queue_take(&p->done);
	uv_mutex_unlock(&p->fetcher->lock);
	return f;
}

/* --- Ports --- */

static void on_port_closed(uv_handle_t *handle)
{
	struct fetch_port *p = handle->data;
	void (*on_closed)(void *owner) = p->on_closed;
	void *owner = p->owner;

	free(p);
	if (on_closed)
		on_closed(owner);
}

/* Once all have come back. */
static void go_on_closing(struct fetch_port *p)
{
	uv_handle_t *handle = (uv_handle_t *)&p->answered;

	if (p->outstanding == 0)
		uv_unref(handle);
	if (atomic_load(&p->is_closing) && p->outstanding == 0 &&
	    !p->is_answering && !uv_is_closing(handle))
		uv_close(handle, on_port_closed);
}

static void on_answered(uv_async_t *async)
{
	struct fetch_port *p = async->data;
	struct fetch *f;

	p->is_answering = true;
	while ((f = take_done(p))) {
		p->outstanding--;
		if (f->on_done && !fetch_is_dropped(f))
			f->on_done(f->owner, &f->answer);
		fetch_free(f);
	}
	p->is_answering = false;
	go_on_closing(p);
}

int fetch_port_open(struct fetch_port **out, struct fetcher *f, uv_loop_t *loop)
{
	struct fetch_port *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->fetcher = f;
	fetch_queue_init(&p->done);
	int err = uv_async_init(loop, &p->answered, on_answered);
	if (err) {
		free(p);
		return err;
	}
	p->answered.data = p;
	uv_unref((uv_handle_t *)&p->answered);
	*out = p;
	return 0;
}

void fetch_port_close(struct fetch_port *p, void (*on_closed)(void *owner),
		      void *owner)
{
	p->on_closed = on_closed;
	p->owner = owner;
	atomic_store(&p->is_closing, true);
	atomic_store(&p->fetcher->has_cancelled, true);
	uv_async_send(&p->fetcher->wake);
	go_on_closing(p);
}

/* --- Requests --- */

static void ask(struct fetcher *fetcher, struct fetch *f)
{
	uv_mutex_lock(&fetcher->lock);
	fetch_queue_put(&fetcher->asked, f);
	uv_mutex_unlock(&fetcher->lock);
	uv_async_send(&fetcher->wake);
}

struct fetch *fetch_start(struct fetch_port *p, const struct fetch_request *r,
			  fetch_done_fn *on_done, void *owner)
{
	struct fetcher *fetcher = p->fetcher;

	if (atomic_load(&p->is_closing) || !is_fit(r))
		return NULL;
	struct fetch *f = fetch_new(r);
	if (!f)
		return NULL;
	f->port = p;
	f->on_done = on_done;
	f->owner = owner;
	p->outstanding++;
	uv_ref((uv_handle_t *)&p->answered);
	if (atomic_fetch_add(&fetcher->count, 1) < FETCH_WAITING_MAX) {
		ask(fetcher, f);
	} else {
		fetch_transfer_fail(f, -ENOBUFS,
				    "too many requests are under way");
		fetch_give_back(f);
	}
	return f;
}

void fetch_cancel(struct fetch *f)
{
	struct fetcher *fetcher = f->port->fetcher;

	f->on_done = NULL;
	atomic_store(&f->is_cancelled, true);
	atomic_store(&fetcher->has_cancelled, true);
	uv_async_send(&fetcher->wake);
}

/* --- The thread --- */

int fetcher_open(struct fetcher **out)
{
	struct fetcher *f = calloc(1, sizeof(*f));
	int err = -ENOMEM;

	if (!f)
		return err;
	fetch_queue_init(&f->asked);
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		goto free_it;
	err = uv_mutex_init(&f->lock);
	if (err)
		goto end_library;
	err = fetch_thread_open(f);
	if (err)
		goto drop_lock;
	err = uv_thread_create(&f->thread, fetch_thread, f);
	if (err)
		goto close_loop;
	*out = f;
	return 0;
close_loop:
	fetch_thread_close(f);
drop_lock:
	uv_mutex_destroy(&f->lock);
end_library:
	curl_global_cleanup();
free_it:
	free(f);
	return err;
}

void fetcher_close(struct fetcher *f)
{
	if (!f)
		return;
	uv_mutex_lock(&f->lock);
	f->is_ending = true;
	uv_mutex_unlock(&f->lock);
	uv_async_send(&f->wake);
	uv_thread_join(&f->thread);
	fetch_thread_close(f);
	uv_mutex_destroy(&f->lock);
	curl_global_cleanup();
	free(f);
}
