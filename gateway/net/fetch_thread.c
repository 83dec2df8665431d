/* libcurl's sockets and timer on a loop of their own: its multi-socket
 * interface tells which descriptor to watch and when to come back, and libuv
 * does. */
#include "gateway/net/fetch_parts.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

/* A descriptor that libcurl wants to be told of. */
struct watch {
	uv_poll_t poll;
	struct fetcher *fetcher;
	curl_socket_t fd;
};

/* --- Those that run --- */

static void link_running(struct fetcher *fetcher, struct fetch *f)
{
	f->before = NULL;
	f->after = fetcher->running;
	if (f->after)
		f->after->before = f;
	fetcher->running = f;
}

static void unlink_running(struct fetcher *fetcher, struct fetch *f)
{
	if (f->before)
		f->before->after = f->after;
	else
		fetcher->running = f->after;
	if (f->after)
		f->after->before = f->before;
}

static void begin(struct fetcher *fetcher, struct fetch *f)
{
	if (fetch_is_dropped(f) || fetch_transfer_begin(f)) {
		fetch_give_back(f);
		return;
	}
	if (curl_multi_add_handle(fetcher->multi, f->easy)) {
		fetch_transfer_fail(f, -ENOMEM, "out of memory");
		fetch_transfer_free(f);
		fetch_give_back(f);
		return;
	}
	link_running(fetcher, f);
}

static void let_go(struct fetcher *fetcher, struct fetch *f)
{
	unlink_running(fetcher, f);
	curl_multi_remove_handle(fetcher->multi, f->easy);
	fetch_transfer_free(f);
	fetch_give_back(f);
}

static void finish_all(struct fetcher *fetcher)
{
	struct fetch *f;
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(fetcher->multi, &left))) {
		if (m->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &f))
			continue;
		fetch_transfer_end(f, m->data.result);
		let_go(fetcher, f);
	}
}

static void drop_cancelled(struct fetcher *fetcher)
{
	struct fetch *f, *after;

	if (!atomic_exchange(&fetcher->has_cancelled, false))
		return;
	for (f = fetcher->running; f; f = after) {
		after = f->after;
		if (fetch_is_dropped(f))
			let_go(fetcher, f);
	}
}

/* --- Descriptors and the timer --- */

static void proceed(struct fetcher *fetcher, curl_socket_t fd, int events)
{
	int running;

	curl_multi_socket_action(fetcher->multi, fd, events, &running);
	finish_all(fetcher);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	int flags = status < 0 ? CURL_CSELECT_ERR : 0;

	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	proceed(w->fetcher, w->fd, flags);
}

static void on_timer(uv_timer_t *timer)
{
	proceed(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timeout_wanted(CURLM *multi, long ms, void *owner)
{
	struct fetcher *fetcher = owner;

	(void)multi;
	if (ms < 0)
		uv_timer_stop(&fetcher->timer);
	else
		uv_timer_start(&fetcher->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

static struct watch *watch_new(struct fetcher *fetcher, curl_socket_t fd)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->fetcher = fetcher;
	w->fd = fd;
	w->poll.data = w;
	if (uv_poll_init_socket(&fetcher->loop, &w->poll, fd)) {
		free(w);
		return NULL;
	}
	curl_multi_assign(fetcher->multi, fd, w);
	return w;
}

static void on_watch_closed(uv_handle_t *poll)
{
	free(poll->data);
}

static void watch_close(struct fetcher *fetcher, struct watch *w)
{
	curl_multi_assign(fetcher->multi, w->fd, NULL);
	uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

/* Without memory for a watch the request ends by its timeout. */
static int on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *owner,
			    void *watch)
{
	struct fetcher *fetcher = owner;
	struct watch *w = watch;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w)
			watch_close(fetcher, w);
		return 0;
	}
	if (!w)
		w = watch_new(fetcher, fd);
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	if (w)
		uv_poll_start(&w->poll, events, on_poll);
	return 0;
}

/* --- From other threads --- */

/* Returns the oldest that was asked for, or NULL and whether it is over. */
static struct fetch *next_asked(struct fetcher *fetcher, bool *is_ending)
{
	uv_mutex_lock(&fetcher->lock);
	struct fetch *f = fetch_queue_take(&fetcher->asked);
	*is_ending = fetcher->is_ending;
	uv_mutex_unlock(&fetcher->lock);
	return f;
}

static void on_wake(uv_async_t *wake)
{
	struct fetcher *fetcher = wake->data;
	struct fetch *f;
	bool is_ending;

	drop_cancelled(fetcher);
	while ((f = next_asked(fetcher, &is_ending)))
		begin(fetcher, f);
	if (is_ending)
		uv_stop(&fetcher->loop);
}

void fetch_thread(void *owner)
{
	struct fetcher *fetcher = owner;

	(void)pthread_setname_np(pthread_self(), "fetch");
	uv_run(&fetcher->loop, UV_RUN_DEFAULT);
}

/* --- Start and end --- */

static int open_multi(struct fetcher *f)
{
	CURLM *m = curl_multi_init();

	if (!m)
		return -ENOMEM;
	f->multi = m;
	curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
	curl_multi_setopt(m, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_timeout_wanted);
	curl_multi_setopt(m, CURLMOPT_TIMERDATA, f);
	curl_multi_setopt(m, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
	curl_multi_setopt(m, CURLMOPT_MAX_HOST_CONNECTIONS,
			  (long)FETCH_PER_HOST_MAX);
	curl_multi_setopt(m, CURLMOPT_MAX_TOTAL_CONNECTIONS,
			  (long)FETCH_CONNECTIONS_MAX);
	curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, (long)FETCH_PER_HOST_MAX);
	return 0;
}

int fetch_thread_open(struct fetcher *f)
{
	int err = uv_loop_init(&f->loop);

	if (err)
		return err;
	err = uv_async_init(&f->loop, &f->wake, on_wake);
	if (err)
		goto close_loop;
	f->wake.data = f;
	uv_timer_init(&f->loop, &f->timer);
	f->timer.data = f;
	err = open_multi(f);
	if (err)
		goto close_handles;
	return 0;
close_handles:
	uv_close((uv_handle_t *)&f->wake, NULL);
	uv_close((uv_handle_t *)&f->timer, NULL);
	uv_run(&f->loop, UV_RUN_DEFAULT);
close_loop:
	uv_loop_close(&f->loop);
	return err;
}

/* The connections that were kept may want their descriptors watched to the
 * last: they go while the handles are there. */
void fetch_thread_close(struct fetcher *f)
{
	curl_multi_cleanup(f->multi);
	uv_close((uv_handle_t *)&f->wake, NULL);
	uv_close((uv_handle_t *)&f->timer, NULL);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	uv_loop_close(&f->loop);
}
