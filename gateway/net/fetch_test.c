#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/fetch.h"
#include "protocols/buffer.h"
#include "protocols/tls.h"
#include "tools/testing/raw_socket.h"
#include "tools/testing/test_cert.h"

#define ASKED_MAX 16384

struct stage {
	uv_loop_t loop;
	struct fetcher *fetcher;
	struct fetch_port *port;
	int listening;
	unsigned number; /* of its port */
	unsigned done;
	bool is_closed;
	int error;
	unsigned status, retry_ms;
	size_t body_len;
	char why[300];
	char type[160];
	char body[4096];
	char asked[ASKED_MAX];
};

static void on_done(void *owner, const struct fetch_answer *a)
{
	struct stage *s = owner;

	s->done++;
	s->error = a->error;
	s->status = a->status;
	s->retry_ms = a->retry_ms;
	s->body_len = a->body_len;
	CHECK_EQ(0, a->body[a->body_len], "a NUL behind the body");
	snprintf(s->why, sizeof(s->why), "%s", a->why);
	snprintf(s->type, sizeof(s->type), "%s", a->type);
	snprintf(s->body, sizeof(s->body), "%s", a->body);
}

static void on_closed(void *owner)
{
	((struct stage *)owner)->is_closed = true;
}

static int setup(void **state)
{
	static struct stage s;

	memset(&s, 0, sizeof(s));
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	CHECK_EQ(0, fetcher_open(&s.fetcher), "the thread");
	CHECK_EQ(0, fetch_port_open(&s.port, s.fetcher, &s.loop), "a port");
	s.listening = raw_socket_listen(&s.number);
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	if (s->port) {
		fetch_port_close(s->port, on_closed, s);
		CHECK(!s->is_closed, "never from inside");
		WAIT_FOR(&s->loop, s->is_closed, "the port closes");
	}
	fetcher_close(s->fetcher);
	close(s->listening);
	raw_socket_close_loop(&s->loop);
	return 0;
}

static struct fetch_request request(const char *method, const char *url)
{
	return (struct fetch_request){
		.method = method,
		.url = url,
		.timeout_ms = 2000,
		.body_max = 100,
	};
}

static const char *url_of(struct stage *s, const char *path)
{
	static char url[128];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", s->number, path);
	return url;
}

static struct fetch *get(struct stage *s)
{
	const struct fetch_request r = request("GET", url_of(s, "/"));

	s->done = 0;
	return fetch_start(s->port, &r, on_done, s);
}

/* Take a request, whose end is given, and give an answer. Returns the
 * connection, which stays. */
static int answer(struct stage *s, const char *end, const char *text)
{
	int fd = raw_socket_accept(&s->loop, s->listening);

	raw_socket_read_until(&s->loop, fd, end, s->asked, sizeof(s->asked));
	raw_socket_say(fd, text);
	return fd;
}

static void await(struct stage *s)
{
	WAIT_FOR(&s->loop, s->done, "the answer");
	CHECK_EQ(1, s->done, "exactly one");
}

/* What a proxy, a file of passwords or a cookie would change. */
static void poison_environment(void)
{
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	setenv("HTTPS_PROXY", "http://127.0.0.1:1", 1);
}

static void the_request_on_the_wire(void **state)
{
	static const char *const lines[] = {
		"POST /a/../hook?x=1 HTTP/1.1\r\n",
		"\r\nX-Tandem-Signature: t=1,v1=ab\r\n",
		"\r\nContent-Type: application/json\r\n",
		"\r\nContent-Length: 7\r\n",
		"\r\nAuthorization: Basic dXNlcjpzZWNyZXQ=\r\n",
	};
	static const char *const absent[] = { "Expect:", "Accept-Encoding:",
					      "Cookie:", "Proxy", "Upgrade:" };
	struct stage *s = *state;
	struct fetch_request r = request("POST", url_of(s, "/a/../hook?x=1"));

	poison_environment();
	r.header[0] = "X-Tandem-Signature: t=1,v1=ab";
	r.header[1] = "Content-Type: application/json";
	r.body = "{\"a\":1}";
	r.body_len = 7;
	r.user = "user";
	r.password = "secret";
	CHECK(fetch_start(s->port, &r, on_done, s), "started");
	CHECK_EQ(0, s->done, "nothing from inside");
	int fd = answer(s, "{\"a\":1}",
			"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n"
			"Content-Type: application/json; charset=utf-8\r\n"
			"Set-Cookie: a=b\r\nRetry-After: 3\r\n\r\n{}");
	await(s);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		CHECK(strstr(s->asked, lines[i]), lines[i]);
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		CHECK(!strcasestr(s->asked, absent[i]), absent[i]);
	CHECK_EQ(0, s->error, s->why);
	CHECK_STR("", s->why, "no words with an answer");
	CHECK_EQ(201, s->status, "its status");
	CHECK_STR("{}", s->body, "its body");
	CHECK_STR("application/json; charset=utf-8", s->type, "its type");
	CHECK_EQ(3000, s->retry_ms, "Retry-After in ms");
	close(fd);
}

static void methods(void **state)
{
	static const struct {
		const char *method, *body, *line, *has, *has_not;
	} row[] = {
		{ "GET", NULL, "GET / HTTP/1.1\r\n", "", "Content-" },
		{ "HEAD", NULL, "HEAD / HTTP/1.1\r\n", "", "Content-" },
		{ "POST", NULL, "POST / HTTP/1.1\r\n", "Content-Length: 0",
		  "Content-Type" },
		{ "PUT", "x", "PUT / HTTP/1.1\r\n", "Content-Length: 1",
		  "Content-Type" },
		{ "DELETE", NULL, "DELETE / HTTP/1.1\r\n", "", "Content-Type" },
		{ "PATCH", "x", "PATCH / HTTP/1.1\r\n", "Content-Length: 1",
		  "Content-Type" },
		{ "GET", "x", "GET / HTTP/1.1\r\n", "Content-Length: 1",
		  "Content-Type" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct fetch_request r = request(row[i].method, url_of(s, "/"));
		r.body = row[i].body;
		r.body_len = row[i].body ? strlen(row[i].body) : 0;
		r.is_once = true;
		s->done = 0;
		CHECK(fetch_start(s->port, &r, on_done, s), "started");
		int fd = answer(s, row[i].body ? "\r\n\r\nx" : "\r\n\r\n",
				"HTTP/1.1 204 No Content\r\n\r\n");
		await(s);
		CHECK_EQ(204, s->status, row[i].line);
		CHECK(strncmp(s->asked, row[i].line, strlen(row[i].line)) == 0,
		      row[i].line);
		CHECK(strstr(s->asked, row[i].has), row[i].has);
		CHECK(!strstr(s->asked, row[i].has_not), row[i].has_not);
		close(fd);
	}
}

#define TEN     "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void answers(void **state)
{
	static const struct {
		const char *answer;
		int error;
		unsigned status;
		size_t body_len;
		const char *why;
	} row[] = {
		{ "HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad", 0, 500, 3,
		  "an error's status and body" },
		{ "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
		  "Content-Length: 0\r\n\r\n",
		  0, 302, 0, "a redirect is an answer" },
		{ "HTTP/1.1 200 OK\r\n\r\n" HUNDRED, 0, 200, 100,
		  "as much as fits, up to the end" },
		{ "HTTP/1.1 200 OK\r\n\r\n" HUNDRED "x", -EMSGSIZE, 0, 0,
		  "one byte more" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", -EMSGSIZE,
		  0, 0, "announced" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "3\r\nabc\r\n0\r\n\r\n",
		  0, 200, 3, "chunks" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "zz\r\n",
		  -EPROTO, 0, 0, "broken chunks" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", -EPROTO, 0,
		  0, "cut short" },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
		  "Content-Length: 3\r\n\r\nabc",
		  -EPROTO, 0, 0, "compressed" },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n"
		  "Content-Length: 3\r\n\r\nabc",
		  0, 200, 3, "as it is, and says so" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		  -EPROTO, 0, 0, "compressed for transfer" },
		{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", 0,
		  204, 0, "an interim answer" },
		{ "hello there\r\n\r\n", -EPROTO, 0, 0, "no HTTP" },
		{ "SSH-2.0-OpenSSH\r\n", -EPROTO, 0, 0, "another protocol" },
		{ "", -ECONNRESET, 0, 0, "closed at once" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(get(s), "started");
		int fd = answer(s, "\r\n\r\n", row[i].answer);
		shutdown(fd, SHUT_WR);
		await(s);
		CHECK_EQ(row[i].error, s->error, row[i].why);
		CHECK_EQ(row[i].status, s->status, row[i].why);
		CHECK_EQ(row[i].body_len, s->body_len, row[i].why);
		CHECK_EQ(row[i].error != 0, s->why[0] != '\0', row[i].why);
		close(fd);
	}
}

/* Many lines, none of them too long for libcurl. */
static void headers_are_bounded(void **state)
{
	struct stage *s = *state;
	const char *line = "X-A: " HUNDRED HUNDRED HUNDRED "\r\n";
	unsigned sent = 0;

	CHECK(get(s), "started");
	int fd = answer(s, "\r\n\r\n", "HTTP/1.1 200 OK\r\n");
	while (!s->done && sent < 10 * FETCH_HEAD_MAX) {
		ssize_t n = send(fd, line, strlen(line),
				 MSG_NOSIGNAL | MSG_DONTWAIT);
		sent += n > 0 ? (unsigned)n : 0;
		uv_run(&s->loop, UV_RUN_NOWAIT);
	}
	await(s);
	CHECK_EQ(-EMSGSIZE, s->error, "too many header lines");
	CHECK_STR("the answer's headers are too large", s->why, "in words");
	close(fd);
}

static void what_cannot_be_asked(void **state)
{
	static const struct {
		const char *method, *url, *header;
	} row[] = {
		{ "GET", "ftp://127.0.0.1/", NULL },
		{ "GET", "file:///etc/passwd", NULL },
		{ "GET", "127.0.0.1/", NULL },
		{ "GET", "", NULL },
		{ "GET", "http://127.0.0.1/a b", NULL },
		{ "GET", "http://127.0.0.1/\r\nX: y", NULL },
		{ "GET\r\nX: y", "http://127.0.0.1/", NULL },
		{ "", "http://127.0.0.1/", NULL },
		{ "GET", "http://127.0.0.1/", "X: y\r\nHost: z" },
		{ "GET", "http://127.0.0.1/", "no colon" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct fetch_request r = request(row[i].method, row[i].url);
		r.header[0] = row[i].header;
		CHECK(!fetch_start(s->port, &r, on_done, s), row[i].url);
	}
	CHECK_EQ(0, s->done, "and nothing is told");
}

static void hosts_that_are_not_there(void **state)
{
	static const struct {
		const char *url;
		int error;
	} row[] = {
		{ "http://127.0.0.1:1/", -ECONNREFUSED },
		{ "http://nobody.invalid/", -ENOENT },
		{ "http://", -EINVAL },
		{ "http://user:word@127.0.0.1/", -EINVAL },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct fetch_request r = request("GET", row[i].url);
		s->done = 0;
		CHECK(fetch_start(s->port, &r, on_done, s), row[i].url);
		await(s);
		CHECK_EQ(row[i].error, s->error, row[i].url);
		CHECK(s->why[0], "in words");
	}
}

static void nobody_answers(void **state)
{
	struct stage *s = *state;
	struct fetch_request r = request("GET", url_of(s, "/"));

	r.timeout_ms = 100;
	CHECK(fetch_start(s->port, &r, on_done, s), "started");
	int fd = answer(s, "\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le");
	await(s);
	CHECK_EQ(-ETIMEDOUT, s->error, s->why);
	close(fd);
}

static void cancelled_at_any_time(void **state)
{
	struct stage *s = *state;

	fetch_cancel(get(s)); /* not begun, perhaps */
	struct fetch *f = get(s);
	int fd = answer(s, "\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nabc");
	fetch_cancel(f); /* in the middle */
	int end = raw_socket_read_end(&s->loop, fd);
	CHECK(end == 0 || end == ECONNRESET, "it hangs up");
	close(fd);
	CHECK_EQ(0, s->done, "and tells nobody");
	f = get(s);
	fd = answer(s, "\r\n\r\n", "HTTP/1.1 204 No\r\n\r\n");
	usleep(50000); /* it is answered, and nobody was told yet */
	fetch_cancel(f);
	raw_socket_turn_for(&s->loop, 50);
	CHECK_EQ(0, s->done, "an answer on its way back");
	close(fd);
}

static void a_port_closes_while_requests_run(void **state)
{
	struct stage *s = *state;

	for (unsigned i = 0; i < 10; i++)
		CHECK(get(s), "started");
	int fd = answer(s, "\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nabc");
	fetch_port_close(s->port, on_closed, s);
	CHECK(!get(s), "nothing is asked any more");
	WAIT_FOR(&s->loop, s->is_closed, "the port closes");
	s->port = NULL;
	CHECK_EQ(0, s->done, "nobody is told");
	close(fd);
}

struct pair {
	struct fetch *one, *two;
	unsigned done;
};

static void on_one(void *owner, const struct fetch_answer *a)
{
	struct pair *p = owner;

	(void)a;
	p->done++;
	fetch_cancel(p->two);
}

static void on_two(void *owner, const struct fetch_answer *a)
{
	struct pair *p = owner;

	(void)a;
	p->done++;
	fetch_cancel(p->one);
}

/* Both have come back before the loop looks. */
static void one_cancels_the_other(void **state)
{
	struct stage *s = *state;
	struct pair p = { .done = 0 };
	const struct fetch_request r = request("GET", "http://127.0.0.1:1/");

	p.one = fetch_start(s->port, &r, on_one, &p);
	p.two = fetch_start(s->port, &r, on_two, &p);
	CHECK(p.one && p.two, "started");
	usleep(100000);
	WAIT_FOR(&s->loop, p.done, "whichever is first");
	raw_socket_turn_for(&s->loop, 50);
	CHECK_EQ(1, p.done, "not the other");
}

static void connections_are_kept(void **state)
{
	struct stage *s = *state;

	CHECK(get(s), "started");
	int fd = answer(s, "\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	await(s);
	CHECK(get(s), "again");
	raw_socket_read_until(&s->loop, fd, "\r\n\r\n", s->asked,
			      sizeof(s->asked));
	raw_socket_say(fd, "HTTP/1.1 204 No\r\n\r\n");
	await(s);
	CHECK_EQ(204, s->status, "on the same connection");
	struct fetch_request r = request("POST", url_of(s, "/"));
	r.is_once = true;
	s->done = 0;
	CHECK(fetch_start(s->port, &r, on_done, s), "once");
	int own = answer(s, "\r\n\r\n", "");
	close(own);
	await(s);
	CHECK_EQ(-ECONNRESET, s->error, "one of its own, not repeated");
	close(fd);
}

static void too_many(void **state)
{
	struct stage *s = *state;
	struct fetch_request r = request("GET", url_of(s, "/"));

	r.timeout_ms = 60000;
	for (unsigned i = 0; i < FETCH_WAITING_MAX; i++)
		CHECK(fetch_start(s->port, &r, on_done, s), "started");
	struct fetch *last = fetch_start(s->port, &r, on_done, s);
	CHECK(last, "one more");
	CHECK_EQ(0, s->done, "not from inside");
	await(s);
	CHECK_EQ(-ENOBUFS, s->error, "is refused");
	CHECK_STR("too many requests are under way", s->why, "in words");
}

/* --- TLS --- */

struct authority {
	char dir[40];
	char ca[64], cert[64], key[64];
	struct tls_context *server;
};

static void authority_make(struct authority *a, const char *host)
{
	const struct test_cert_request r = { .host = { host }, .hosts = 1 };
	const char *error = "";
	struct test_cert cert;

	snprintf(a->dir, sizeof(a->dir), "/tmp/tandem-fetch-XXXXXX");
	CHECK(mkdtemp(a->dir), "a directory");
	snprintf(a->ca, sizeof(a->ca), "%s/ca.pem", a->dir);
	snprintf(a->cert, sizeof(a->cert), "%s/cert.pem", a->dir);
	snprintf(a->key, sizeof(a->key), "%s/key.pem", a->dir);
	CHECK_EQ(0, test_cert_make(&cert, &r), "a certificate");
	CHECK_EQ(0, test_cert_write(&cert, a->dir), "its files");
	a->server = tls_server_context_files(a->cert, a->key, &error);
	CHECK(a->server, error);
}

static void authority_free(struct authority *a)
{
	tls_context_free(a->server);
	unlink(a->ca);
	unlink(a->cert);
	unlink(a->key);
	rmdir(a->dir);
}

/* A server's side by hand, until the exchange is over. */
static void serve_tls(struct stage *s, struct authority *a)
{
	const char *text = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
	int fd = raw_socket_accept(&s->loop, s->listening);
	struct buffer wire, plain;
	bool is_answered = false;
	uint8_t bytes[4096];

	buffer_init(&wire, 65536);
	buffer_init(&plain, 65536);
	struct tls *tls = tls_new(a->server, NULL, &wire);
	while (!s->done) {
		ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (n > 0)
			(void)tls_receive(tls, bytes, (size_t)n, &plain);
		if (plain.used && !is_answered) {
			is_answered = true;
			CHECK_EQ(0, tls_send(tls, text, strlen(text), &wire),
				 "answered");
		}
		if (wire.used)
			(void)send(fd, buffer_head(&wire), wire.used,
				   MSG_NOSIGNAL);
		buffer_consume(&wire, wire.used);
		raw_socket_turn(&s->loop);
	}
	tls_free(tls);
	buffer_free(&wire);
	buffer_free(&plain);
	close(fd);
}

static void over_tls(void **state)
{
	static const struct {
		const char *host, *asked;
		bool is_trusted;
		int error;
		const char *why;
	} row[] = {
		{ "127.0.0.1", "127.0.0.1", true, 0, "" },
		{ "localhost", "localhost", true, 0, "" },
		{ "example.net", "127.0.0.1", true, -EPROTO, "another's name" },
		{ "127.0.0.1", "127.0.0.1", false, -EPROTO, "unknown" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct authority a;
		char url[128];

		authority_make(&a, row[i].host);
		snprintf(url, sizeof(url), "https://%s:%u/", row[i].asked,
			 s->number);
		struct fetch_request r = request("GET", url);
		r.ca_file = row[i].is_trusted ? a.ca : "";
		r.timeout_ms = 30000;
		s->done = 0;
		CHECK(fetch_start(s->port, &r, on_done, s), "started");
		serve_tls(s, &a);
		CHECK_EQ(row[i].error, s->error, s->why);
		CHECK_STR(row[i].error ? "" : "secret", s->body, "its body");
		authority_free(&a);
	}
}

static void plain_text_where_tls_is_wanted(void **state)
{
	struct stage *s = *state;
	char url[64];

	snprintf(url, sizeof(url), "https://127.0.0.1:%u/", s->number);
	const struct fetch_request r = request("GET", url);
	CHECK(fetch_start(s->port, &r, on_done, s), "started");
	int fd = raw_socket_accept(&s->loop, s->listening);
	raw_socket_say(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
	await(s);
	CHECK_EQ(-EPROTO, s->error, s->why);
	close(fd);
}

/* --- Several ports --- */

#define EACH 50

struct asker {
	struct stage *s;
	uv_loop_t loop;
	struct fetch_port *port;
	unsigned done, closed;
};

static void on_asker_done(void *owner, const struct fetch_answer *a)
{
	struct asker *k = owner;

	if (a->error != -ECONNREFUSED)
		fail_msg("unexpected: %s", a->why);
	if (++k->done == EACH)
		fetch_port_close(k->port, NULL, NULL);
}

static void ask(void *owner)
{
	struct asker *k = owner;
	const struct fetch_request r = request("GET", "http://127.0.0.1:1/");

	for (unsigned i = 0; i < EACH; i++) {
		CHECK(fetch_start(k->port, &r, on_asker_done, k), "started");
		if (i % 5 == 0)
			fetch_cancel(
				fetch_start(k->port, &r, on_asker_done, k));
	}
	uv_run(&k->loop, UV_RUN_DEFAULT);
}

static void ports_of_several_threads(void **state)
{
	struct stage *s = *state;
	struct asker asker[4];
	uv_thread_t thread[4];

	for (unsigned i = 0; i < 4; i++) {
		asker[i] = (struct asker){ .s = s };
		CHECK_EQ(0, uv_loop_init(&asker[i].loop), "loop");
		CHECK_EQ(0,
			 fetch_port_open(&asker[i].port, s->fetcher,
					 &asker[i].loop),
			 "port");
		CHECK_EQ(0, uv_thread_create(&thread[i], ask, &asker[i]),
			 "thread");
	}
	for (unsigned i = 0; i < 4; i++) {
		uv_thread_join(&thread[i]);
		CHECK_EQ(EACH, asker[i].done, "each its own");
		CHECK_EQ(0, uv_loop_close(&asker[i].loop), "nothing is left");
	}
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(the_request_on_the_wire),
		ROW(methods),
		ROW(answers),
		ROW(headers_are_bounded),
		ROW(what_cannot_be_asked),
		ROW(hosts_that_are_not_there),
		ROW(nobody_answers),
		ROW(cancelled_at_any_time),
		ROW(a_port_closes_while_requests_run),
		ROW(one_cancels_the_other),
		ROW(connections_are_kept),
		ROW(too_many),
		ROW(over_tls),
		ROW(plain_text_where_tls_is_wanted),
		ROW(ports_of_several_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
