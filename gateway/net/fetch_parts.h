/* Inside fetch.h: what its files share. fetch.c is the ports' side,
 * fetch_thread.c the thread with its loop, fetch_transfer.c one request as
 * libcurl knows it. */
#ifndef GATEWAY_NET_FETCH_PARTS_H
#define GATEWAY_NET_FETCH_PARTS_H

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/net/fetch.h"
#include "protocols/buffer.h"

#define FETCH_TYPE_MAX 128

/* First in, first out. */
struct fetch_queue {
	struct fetch *first;
	struct fetch **last;
};

/* The port's from fetch_start on and again when it is in the port's queue; the
 * thread's in between, but for what is said to be the port's. */
struct fetch {
	struct fetch_port *port;
	fetch_done_fn *on_done; /* the port's; NULL: nobody waits */
	void *owner;            /* the port's */
	atomic_bool is_cancelled;
	struct fetch *next;           /* in a queue */
	struct fetch *before, *after; /* of those that run */

	struct fetch_request request; /* its texts are in text */
	char *text;
	size_t text_size;
	uint64_t begun_ns;

	CURL *easy;
	struct curl_slist *headers;
	CURLcode setup;
	struct buffer body;
	size_t head_bytes;
	char words[CURL_ERROR_SIZE]; /* libcurl's, of its own errors */
	char why[CURL_ERROR_SIZE];
	char type[FETCH_TYPE_MAX];
	struct fetch_answer answer;
};

struct fetch_port {
	struct fetcher *fetcher;
	uv_async_t answered;
	struct fetch_queue done; /* under the fetcher's lock */
	unsigned outstanding;
	atomic_bool is_closing;
	bool is_answering; /* on_done is being called */
	void (*on_closed)(void *owner);
	void *owner;
};

struct fetcher {
	uv_thread_t thread;
	uv_loop_t loop;
	uv_async_t wake;
	uv_timer_t timer; /* libcurl's */
	CURLM *multi;
	struct fetch *running; /* the thread's */
	atomic_uint count;     /* asked, and not answered */
	atomic_bool has_cancelled;
	uv_mutex_t lock; /* of what follows, and of the ports' queues */
	struct fetch_queue asked;
	bool is_ending;
};

void fetch_queue_init(struct fetch_queue *q);
void fetch_queue_put(struct fetch_queue *q, struct fetch *f);
struct fetch *fetch_queue_take(struct fetch_queue *q);

/* fetch_give_back: from any thread: it has its answer, or nobody wants one; the
 * port's from here on. */
void fetch_give_back(struct fetch *f);

/* fetch_is_dropped: from any thread: nobody waits for it any more. */
bool fetch_is_dropped(struct fetch *f);

/* --- One request as libcurl knows it; on the thread --- */

/* fetch_transfer_begin: an easy handle for it. Returns 0, or a negative errno
 * and its answer is filled. */
int fetch_transfer_begin(struct fetch *f);
/* fetch_transfer_end: code is what became of it: its answer is filled. */
void fetch_transfer_end(struct fetch *f, CURLcode code);
/* fetch_transfer_fail: the answer is an error of ours. */
void fetch_transfer_fail(struct fetch *f, int error, const char *why);
/* fetch_transfer_free: libcurl's share, not the answer. */
void fetch_transfer_free(struct fetch *f);

/* fetch_thread: the thread; from fetcher_open until is_ending. */
void fetch_thread(void *fetcher);
/* fetch_thread_open: its loop and handles, before it runs. Returns 0 or a
 * negative errno, with nothing left behind. fetch_thread_close: after it, or
 * instead of it. */
int fetch_thread_open(struct fetcher *f);
void fetch_thread_close(struct fetcher *f);

#endif
