#include "gateway/agents/webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/fetch.h"
#include "tools/testing/check.h"

/* --- A server that answers as it is told, one request a connection --- */

static uv_loop_t loop;
static uv_tcp_t server;
static struct fetcher *fetcher;
static struct fetch_port *port;
static struct webhooks *hooks;
static struct log quiet;
static char url[64], asked[4][4096];
static unsigned answers[4], requests, idle;

struct peer {
	uv_tcp_t tcp;
	uv_write_t write;
	char got[4096], answer[128];
	size_t len;
};

static void on_peer_closed(uv_handle_t *h)
{
	free(h->data);
}

static void on_written(uv_write_t *w, int status)
{
	(void)status;
	uv_close((uv_handle_t *)w->handle, on_peer_closed);
}

static void answer(struct peer *p)
{
	unsigned status = answers[requests];

	strcpy(asked[requests++], p->got);
	if (!status) { /* none: the connection breaks */
		uv_close((uv_handle_t *)&p->tcp, on_peer_closed);
		return;
	}
	snprintf(p->answer, sizeof(p->answer),
		 "HTTP/1.1 %u X\r\nContent-Length: 0\r\n"
		 "Connection: close\r\n\r\n",
		 status);
	uv_buf_t b = uv_buf_init(p->answer, (unsigned)strlen(p->answer));
	uv_write(&p->write, (uv_stream_t *)&p->tcp, &b, 1, on_written);
}

static void alloc(uv_handle_t *h, size_t n, uv_buf_t *b)
{
	struct peer *p = h->data;

	(void)n;
	*b = uv_buf_init(p->got + p->len,
			 (unsigned)(sizeof(p->got) - 1 - p->len));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct peer *p = s->data;

	(void)b;
	if (n < 0) {
		if (!uv_is_closing((uv_handle_t *)s))
			uv_close((uv_handle_t *)s, on_peer_closed);
		return;
	}
	p->len += (size_t)n;
	if (strstr(p->got, "\r\n\r\n{") && strchr(p->got, '}')) {
		uv_read_stop(s);
		answer(p);
	}
}

static void on_connection(uv_stream_t *s, int status)
{
	struct peer *p = calloc(1, sizeof(*p));

	assert_int_equal(0, status);
	uv_tcp_init(&loop, &p->tcp);
	p->tcp.data = p;
	uv_accept(s, (uv_stream_t *)&p->tcp);
	uv_read_start((uv_stream_t *)&p->tcp, alloc, on_read);
}

static void on_idle(void *owner)
{
	(void)owner;
	idle++;
	uv_stop(&loop);
}

static int setup(void **state)
{
	struct sockaddr_in at;
	int len = sizeof(at);

	(void)state;
	requests = idle = 0;
	memset(asked, 0, sizeof(asked));
	uv_loop_init(&loop);
	uv_ip4_addr("127.0.0.1", 0, &at);
	uv_tcp_init(&loop, &server);
	uv_tcp_bind(&server, (struct sockaddr *)&at, 0);
	uv_listen((uv_stream_t *)&server, 8, on_connection);
	uv_tcp_getsockname(&server, (struct sockaddr *)&at, &len);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/hook",
		 ntohs(at.sin_port));
	assert_int_equal(0, fetcher_open(&fetcher));
	assert_int_equal(0, fetch_port_open(&port, fetcher, &loop));
	hooks = webhooks_open(&loop, port, on_idle, NULL);
	log_open(&quiet, -1, LOG_ERROR);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	webhooks_close(hooks);
	fetch_port_close(port, NULL, NULL);
	uv_close((uv_handle_t *)&server, NULL);
	while (uv_run(&loop, UV_RUN_DEFAULT))
		; /* on_idle may have stopped it before it ran */
	assert_int_equal(0, uv_loop_close(&loop));
	fetcher_close(fetcher);
	webhooks_free(hooks);
	return 0;
}

static void send_one(const char *to)
{
	struct secret secret;

	secret_set(&secret, "open-sesame", 11);
	const struct webhook hook = {
		.event = "form.saved",
		.url = to,
		.secret = &secret,
		.key = "form-contact-1",
		.body = "{\"a\":1}",
		.log = &quiet,
	};
	webhooks_send(hooks, &hook);
}

static void says_who_it_is(void **state)
{
	(void)state;
	answers[0] = 204;
	send_one(url);
	CHECK_EQ(1, webhooks_under_way(hooks), "on its way");
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(1, requests, "asked once");
	CHECK_EQ(1, idle, "then nothing is under way");
	CHECK_EQ(0, webhooks_under_way(hooks), "nothing");
	CHECK(strstr(asked[0], "POST /hook "), "what");
	CHECK(strcasestr(asked[0], "\r\nContent-Type: application/json\r\n"),
	      "of which kind");
	CHECK(strcasestr(asked[0], "\r\nIdempotency-Key: form-contact-1\r\n"),
	      "which one");
	CHECK(strcasestr(asked[0], "\r\nX-Tandem-Signature: t="), "from whom");
}

/* A pause of a second lies between. */
static void tries_again(void **state)
{
	(void)state;
	answers[0] = 503;
	answers[1] = 200;
	send_one(url);
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(2, requests, "once more");
	CHECK(strcasestr(asked[1], "\r\nIdempotency-Key: form-contact-1\r\n"),
	      "as the same one");
	answers[2] = 0;
	answers[3] = 200;
	send_one(url);
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(4, requests, "and when the connection breaks");
}

static void takes_no_for_an_answer(void **state)
{
	(void)state;
	answers[0] = 400;
	send_one(url);
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(1, requests, "what is wrong stays wrong");
	send_one("ftp://127.0.0.1/");
	CHECK_EQ(0, webhooks_under_way(hooks), "no such URL");
}

static void is_bounded(void **state)
{
	(void)state;
	answers[0] = answers[1] = answers[2] = answers[3] = 200;
	for (unsigned i = 0; i <= WEBHOOKS_MAX; i++)
		send_one("http://192.0.2.1:9/");
	CHECK_EQ(WEBHOOKS_MAX, webhooks_under_way(hooks), "so many");
	webhooks_close(hooks);
	CHECK_EQ(0, webhooks_under_way(hooks), "given up");
	send_one(url);
	CHECK_EQ(0, webhooks_under_way(hooks), "closed");
	CHECK_EQ(0, requests, "nothing is sent");
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(says_who_it_is),
		ROW(tries_again),
		ROW(takes_no_for_an_answer),
		ROW(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
