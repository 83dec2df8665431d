#include "gateway/net/dial.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/address.h"

struct dial {
	uv_loop_t *loop;
	uv_getaddrinfo_t resolve;
	uv_connect_t connect;
	uv_timer_t timer;      /* one address's share of the time */
	uv_tcp_t *tcp;         /* the attempt under way */
	struct addrinfo *list; /* what the name resolved to */
	struct addrinfo *at;   /* being tried */
	uint64_t deadline_ms;
	dial_done_fn *on_done;
	void *owner;
	unsigned pending; /* requests and handles that still come back */
	bool is_over;
	int status;
	char why[320];
};

static void try_from(struct dial *d, struct addrinfo *at);

static void free_handle(uv_handle_t *h)
{
	free(h);
}

static void put(struct dial *d)
{
	if (--d->pending > 0)
		return;
	uv_freeaddrinfo(d->list);
	free(d);
}

static void on_timer_closed(uv_handle_t *h)
{
	put(h->data);
}

static void drop_attempt(struct dial *d)
{
	if (d->tcp)
		uv_close((uv_handle_t *)d->tcp, free_handle);
	d->tcp = NULL;
}

static void end(struct dial *d)
{
	d->is_over = true;
	uv_close((uv_handle_t *)&d->timer, on_timer_closed);
}

static void finish(struct dial *d)
{
	uv_tcp_t *tcp = d->tcp;

	d->tcp = NULL;
	end(d);
	d->on_done(d->owner, tcp, d->status, d->why);
}

char *dial_error(int status, char *out, size_t cap)
{
	if (status == UV_EAI_NONAME || status == UV_EAI_NODATA)
		snprintf(out, cap, "name not found");
	else if (status == UV_EAI_AGAIN)
		snprintf(out, cap, "no name server answers");
	else
		uv_strerror_r(status, out, cap);
	return out;
}

static void note(struct dial *d, int status)
{
	char text[ADDRESS_TEXT_LEN], words[128];

	d->status = status;
	snprintf(d->why, sizeof(d->why), "%s (%s)",
		 dial_error(status, words, sizeof(words)),
		 address_text(d->at->ai_addr, text));
}

static void on_share_spent(uv_timer_t *timer)
{
	drop_attempt(timer->data); /* on_connect comes, cancelled */
}

static void on_connect(uv_connect_t *req, int status)
{
	struct dial *d = req->data;

	if (d->is_over) {
		put(d);
		return;
	}
	d->pending--;
	uv_timer_stop(&d->timer);
	d->status = status;
	if (status == 0) {
		finish(d);
		return;
	}
	/* Only we cancel, and only because the time was spent. */
	note(d, status == UV_ECANCELED ? UV_ETIMEDOUT : status);
	drop_attempt(d);
	try_from(d, d->at->ai_next);
}

static uint64_t share_ms(const struct dial *d)
{
	uint64_t now_ms = uv_now(d->loop);
	unsigned left = 1;

	for (const struct addrinfo *a = d->at->ai_next; a; a = a->ai_next)
		left++;
	if (now_ms >= d->deadline_ms)
		return 1;
	return (d->deadline_ms - now_ms) / left + 1;
}

static int try_one(struct dial *d)
{
	int err;

	d->tcp = malloc(sizeof(*d->tcp));
	if (!d->tcp)
		return -ENOMEM;
	err = uv_tcp_init(d->loop, d->tcp);
	if (err) {
		free(d->tcp);
		d->tcp = NULL;
		return err;
	}
	err = uv_tcp_connect(&d->connect, d->tcp, d->at->ai_addr, on_connect);
	if (err)
		drop_attempt(d);
	return err;
}

static void try_from(struct dial *d, struct addrinfo *at)
{
	for (d->at = at; d->at; d->at = d->at->ai_next) {
		int err = try_one(d);

		if (!err) {
			d->pending++;
			uv_timer_start(&d->timer, on_share_spent, share_ms(d),
				       0);
			return;
		}
		note(d, err);
	}
	finish(d); /* with the last address's failure */
}

static void on_resolved(uv_getaddrinfo_t *req, int status,
			struct addrinfo *list)
{
	struct dial *d = req->data;

	d->list = list;
	if (d->is_over) {
		put(d);
		return;
	}
	d->pending--;
	if (status == 0) {
		try_from(d, list);
		return;
	}
	d->status = status;
	dial_error(status, d->why, sizeof(d->why));
	finish(d);
}

int dial_start(struct dial **out, uv_loop_t *loop, const char *host,
	       unsigned port, unsigned timeout_ms, dial_done_fn *on_done,
	       void *owner)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_NUMERICSERV };
	struct dial *d = calloc(1, sizeof(*d));
	char service[12];
	int err;

	if (!d)
		return -ENOMEM;
	d->loop = loop;
	d->deadline_ms = uv_now(loop) + timeout_ms;
	d->on_done = on_done;
	d->owner = owner;
	d->timer.data = d->resolve.data = d->connect.data = d;
	snprintf(service, sizeof(service), "%u", port);
	err = uv_getaddrinfo(loop, &d->resolve, on_resolved, host, service,
			     &hints);
	if (err) {
		free(d);
		return err;
	}
	uv_timer_init(loop, &d->timer); /* cannot fail */
	d->pending = 2;
	*out = d;
	return 0;
}

void dial_cancel(struct dial *d)
{
	if (d->is_over)
		return;
	if (!d->list)
		uv_cancel((uv_req_t *)&d->resolve); /* busy: it comes late */
	drop_attempt(d);
	end(d);
}
