#include "tools/desk/desk_server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/listen_socket.h"
#include "protocols/http.h"

#define BACKLOG    128
#define READ_BYTES 16384

struct connection {
	struct desk_server *server;
	uv_tcp_t tcp;
	uv_timer_t delay;
	uv_write_t write;
	struct http_reader *reader;
	struct buffer out;
	bool is_last; /* the answer that is being written */
	unsigned handles;
	struct connection *next;
	struct connection **link;
	char bytes[READ_BYTES];
};

struct desk_server {
	uv_loop_t *loop;
	uv_tcp_t tcp;
	unsigned port;
	desk_request_fn *take;
	void *owner;
	struct connection *first;
	unsigned count;
	bool is_closing, is_closed;
};

/* --- The end --- */

static void free_if_done(struct desk_server *s)
{
	if (s->is_closed && s->count == 0)
		free(s);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct connection *c = handle->data;
	struct desk_server *s = c->server;

	if (--c->handles > 0)
		return;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	http_reader_free(c->reader);
	buffer_free(&c->out);
	free(c);
	s->count--;
	free_if_done(s);
}

static void close_connection(struct connection *c)
{
	if (uv_is_closing((uv_handle_t *)&c->tcp))
		return;
	uv_close((uv_handle_t *)&c->tcp, on_handle_closed);
	uv_close((uv_handle_t *)&c->delay, on_handle_closed);
}

/* --- Answers --- */

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);
static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buf);

static void on_written(uv_write_t *write, int status)
{
	struct connection *c = write->data;

	if (status || c->is_last) {
		close_connection(c);
		return;
	}
	buffer_consume(&c->out, c->out.used);
	http_reader_next(c->reader);
	uv_read_start((uv_stream_t *)&c->tcp, on_room, on_read);
}

static void send_answer(struct connection *c)
{
	const uv_buf_t buf = { .base = (char *)buffer_head(&c->out),
			       .len = c->out.used };

	c->write.data = c;
	if (!c->out.used || uv_write(&c->write, (uv_stream_t *)&c->tcp, &buf, 1,
				     on_written) != 0)
		close_connection(c);
}

static void on_delay_over(uv_timer_t *timer)
{
	send_answer(timer->data);
}

static void prepare(struct connection *c, struct desk_reply *r, bool keep_alive)
{
	c->is_last = !keep_alive || r->is_cut;
	if (r->is_dropped ||
	    http_write_response(&c->out, r->status, keep_alive, r->type,
				r->headers[0] ? r->headers : NULL,
				buffer_head(&r->body), r->body.used) != 0)
		buffer_consume(&c->out, c->out.used);
	if (r->is_cut)
		c->out.used -= r->body.used / 2 + 1;
}

static void answer(struct connection *c)
{
	struct http_message *m = http_reader_message(c->reader);
	struct desk_reply r = { .status = 200 };
	bool keep_alive = m->keep_alive;

	uv_read_stop((uv_stream_t *)&c->tcp);
	buffer_init(&r.body, DESK_REPLY_MAX);
	c->server->take(c->server->owner, m, &r);
	prepare(c, &r, keep_alive);
	buffer_free(&r.body);
	if (r.delay_ms)
		uv_timer_start(&c->delay, on_delay_over, r.delay_ms, 0);
	else
		send_answer(c);
}

static void refuse(struct connection *c, unsigned status)
{
	struct desk_reply r = { .status = status };

	uv_read_stop((uv_stream_t *)&c->tcp);
	prepare(c, &r, false);
	send_answer(c);
}

/* --- Requests --- */

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	struct connection *c = handle->data;

	(void)wanted;
	buf->base = c->bytes;
	buf->len = sizeof(c->bytes);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct connection *c = stream->data;
	size_t used;

	if (n < 0) {
		close_connection(c);
		return;
	}
	int progress = http_reader_feed(c->reader, (const uint8_t *)buf->base,
					(size_t)n, &used);
	if (progress < 0)
		refuse(c, (unsigned)-progress);
	else if (progress == HTTP_COMPLETE && used < (size_t)n)
		refuse(c, 400); /* nobody is to send two at once */
	else if (progress == HTTP_COMPLETE)
		answer(c);
}

static void enlist(struct desk_server *s, struct connection *c)
{
	c->next = s->first;
	c->link = &s->first;
	if (c->next)
		c->next->link = &c->next;
	s->first = c;
	s->count++;
}

static void on_connection(uv_stream_t *listening, int status)
{
	struct desk_server *s = listening->data;
	struct connection *c = status ? NULL : calloc(1, sizeof(*c));

	if (!c)
		return;
	c->server = s;
	c->reader = http_reader_new(HTTP_READ_REQUESTS, DESK_BODY_MAX);
	buffer_init(&c->out, DESK_REPLY_MAX + HTTP_HEAD_MAX);
	uv_tcp_init(s->loop, &c->tcp);
	uv_timer_init(s->loop, &c->delay);
	c->tcp.data = c->delay.data = c;
	c->handles = 2;
	enlist(s, c);
	if (!c->reader || uv_accept(listening, (uv_stream_t *)&c->tcp) != 0 ||
	    s->count > DESK_CONNECTIONS_MAX)
		close_connection(c);
	else
		uv_read_start((uv_stream_t *)&c->tcp, on_room, on_read);
}

/* --- The listener --- */

static int listen_on(struct desk_server *s, const char *host, unsigned port)
{
	int fd;
	int err = listen_socket_open_many(s->loop, host, port, BACKLOG, false,
					  &fd, 1);

	if (err)
		return err;
	s->port = listen_socket_port(fd);
	err = uv_tcp_open(&s->tcp, fd);
	return err ? err
		   : uv_listen((uv_stream_t *)&s->tcp, BACKLOG, on_connection);
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct desk_server *s = handle->data;

	s->is_closed = true;
	free_if_done(s);
}

int desk_server_open(struct desk_server **out, uv_loop_t *loop,
		     const char *host, unsigned port, desk_request_fn *take,
		     void *owner)
{
	struct desk_server *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->loop = loop;
	s->take = take;
	s->owner = owner;
	uv_tcp_init(loop, &s->tcp);
	s->tcp.data = s;
	int err = listen_on(s, host, port);
	if (err)
		uv_close((uv_handle_t *)&s->tcp, on_listener_closed);
	else
		*out = s;
	return err;
}

unsigned desk_server_port(const struct desk_server *s)
{
	return s->port;
}

void desk_server_close(struct desk_server *s)
{
	if (s->is_closing)
		return;
	s->is_closing = true;
	uv_close((uv_handle_t *)&s->tcp, on_listener_closed);
	for (struct connection *c = s->first; c; c = c->next)
		close_connection(c);
}
