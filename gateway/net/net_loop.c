#include "gateway/net/net_loop.h"

#include <string.h>
#include <time.h>

#include "gateway/net/handshaker.h"
#include "gateway/net/stream_inner.h"

#define NS_PER_US 1000u
#define TICK_NS   ((uint64_t)NET_LOOP_TICK_US * NS_PER_US)
#define WINDOW_NS (NET_LOOP_WINDOW_MS * 1000000ull)

static void flush_all(struct net_loop *n)
{
	struct stream *s;

	if (!n->unflushed)
		return;
	while ((s = n->unflushed)) {
		stream_forget_flush(s);
		stream_flush_now(s);
	}
	if (n->on_flushed)
		n->on_flushed(n->owner);
}

static void weigh(struct net_loop *n, uint64_t now_ns)
{
	if (now_ns - n->window_ns < WINDOW_NS)
		return;
	n->is_busy = n->reads >= NET_LOOP_BUSY &&
		     now_ns - n->window_ns < 2 * WINDOW_NS;
	n->window_ns = now_ns;
	n->reads = 0;
}

/* To the next line of the grid. What comes meanwhile is met there, many at a
 * time. */
static void rest(struct net_loop *n, uint64_t now_ns)
{
	uint64_t until_ns = now_ns - now_ns % TICK_NS + TICK_NS;
	const struct timespec until = {
		.tv_sec = (time_t)(until_ns / 1000000000u),
		.tv_nsec = (long)(until_ns % 1000000000u),
	};

	n->rests++;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void before_wait(uv_prepare_t *handle)
{
	struct net_loop *n = handle->data;
	uint64_t now_ns;

	flush_all(n);
	now_ns = uv_hrtime();
	weigh(n, now_ns);
	if (n->is_busy && uv_backend_timeout(n->loop) != 0)
		rest(n, now_ns);
}

int net_loop_open(struct net_loop *n, uv_loop_t *loop)
{
	memset(n, 0, sizeof(*n));
	n->loop = loop;
	n->window_ns = uv_hrtime();
	int err = handshaker_open(&n->handshaker, loop);
	if (err)
		return err;
	uv_prepare_init(loop, &n->before_wait);
	n->before_wait.data = n;
	uv_prepare_start(&n->before_wait, before_wait);
	uv_unref((uv_handle_t *)&n->before_wait);
	loop->data = n;
	return 0;
}

void net_loop_close(struct net_loop *n)
{
	if (!n->loop)
		return;
	n->loop->data = NULL;
	handshaker_close(n->handshaker);
	buffer_pool_free(&n->blocks);
	uv_close((uv_handle_t *)&n->before_wait, NULL);
	n->loop = NULL;
}

void net_loop_trim(struct net_loop *n)
{
	buffer_pool_free(&n->blocks);
}

struct net_loop *net_loop_of(const uv_loop_t *loop)
{
	return loop->data;
}
