#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/http_client.h"
#include "protocols/http.h"
#include "tools/testing/raw_socket.h"

struct stage {
	uv_loop_t loop;
	int listening;
	unsigned port;
	unsigned done;
	bool has_answer;
	int status;
	unsigned http_status;
	char why[160];
	char body[256];
	char asked[4096];
};

static void on_done(void *owner, int status, const char *why,
		    struct http_message *answer)
{
	struct stage *s = owner;

	s->done++;
	s->status = status;
	s->has_answer = answer != NULL;
	snprintf(s->why, sizeof(s->why), "%s", why);
	s->http_status = answer ? answer->status : 0;
	snprintf(s->body, sizeof(s->body), "%s", answer ? answer->body : "");
}

static int setup(void **state)
{
	static struct stage s;

	memset(&s, 0, sizeof(s));
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	s.listening = raw_socket_listen(&s.port);
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	if (s->listening >= 0)
		close(s->listening);
	raw_socket_close_loop(&s->loop);
	return 0;
}

static struct http_fetch *start(struct stage *s, const char *path)
{
	char url[128];
	struct http_fetch_request r = {
		.method = "POST",
		.url = url,
		.extra = "X-Twilio-Signature: abc=\r\n",
		.type = "application/x-www-form-urlencoded",
		.body = "a=b",
		.body_len = 3,
		.timeout_ms = 300,
		.body_max = 100,
	};

	s->done = 0;
	snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", s->port, path);
	return http_fetch_start(&s->loop, &r, on_done, s);
}

/* Take the request, give the answer, end with FIN. */
static void serve(struct stage *s, const char *answer)
{
	int fd = raw_socket_accept(&s->loop, s->listening);

	raw_socket_read_until(&s->loop, fd, "\r\n\r\na=b", s->asked,
			      sizeof(s->asked));
	raw_socket_say(fd, answer);
	shutdown(fd, SHUT_WR);
	WAIT_FOR(&s->loop, s->done, "the fetch ends");
	close(fd);
}

static void the_request_on_the_wire(void **state)
{
	static const char *const lines[] = {
		"POST /voice?x=1 HTTP/1.1\r\n",
		"\r\nX-Twilio-Signature: abc=\r\n",
		"\r\nContent-Type: application/x-www-form-urlencoded\r\n",
		"\r\nContent-Length: 3\r\n",
		"\r\nConnection: close\r\n",
	};
	struct stage *s = *state;
	char host[64];

	CHECK(start(s, "/voice?x=1"), "started");
	CHECK_EQ(0, s->done, "nothing from inside");
	serve(s, "HTTP/1.1 204 No Content\r\n\r\n");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		CHECK(strstr(s->asked, lines[i]), lines[i]);
	snprintf(host, sizeof(host), "\r\nHost: 127.0.0.1:%u\r\n", s->port);
	CHECK(strstr(s->asked, host), "the port is named");
	CHECK_EQ(204, s->http_status, "an answer without a body");
}

static void answers(void **state)
{
	static const struct {
		const char *answer;
		int status;
		unsigned http_status;
		const char *body;
		const char *why;
	} row[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 0, 200,
		  "hello", "a length" },
		{ "HTTP/1.1 200 OK\r\n\r\nto the end", 0, 200, "to the end",
		  "none: the connection's end" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
		  0, 200, "abcde", "chunked" },
		{ "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0, 404,
		  "", "an error is an answer, too" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut",
		  UV_ECONNRESET, 0, "", "cut short" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", -EMSGSIZE,
		  0, "", "one byte over body_max" },
		{ "+OK POP3 ready\r\n", -EPROTO, 0, "", "another protocol" },
		{ "", UV_ECONNRESET, 0, "", "nothing at all" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(start(s, "/"), row[i].why);
		serve(s, row[i].answer);
		CHECK_EQ(1, s->done, row[i].why);
		CHECK_EQ(row[i].status, s->status, row[i].why);
		CHECK_EQ(row[i].http_status, s->http_status, row[i].why);
		CHECK_STR(row[i].body, s->body, row[i].why);
		CHECK_EQ(row[i].status == 0, s->has_answer, row[i].why);
		CHECK_EQ(row[i].status != 0, s->why[0] != 0, row[i].why);
	}
}

static void silence_times_out(void **state)
{
	struct stage *s = *state;
	int fd;

	CHECK(start(s, "/"), "started");
	fd = raw_socket_accept(&s->loop, s->listening);
	raw_socket_say(fd, "HTTP/1.1 200 OK\r\n");
	WAIT_FOR(&s->loop, s->done, "the time is spent");
	CHECK_EQ(UV_ETIMEDOUT, s->status, "no whole answer");
	CHECK_STR("no answer within 300 ms", s->why, "in words");
	close(fd);
}

static void cancelled(void **state)
{
	struct stage *s = *state;
	struct http_fetch *f = start(s, "/");

	http_fetch_cancel(f);
	raw_socket_turn_for(&s->loop, 30);
	CHECK_EQ(0, s->done, "at once: on_done does not come");
	f = start(s, "/");
	int first = raw_socket_accept(&s->loop, s->listening);

	http_fetch_cancel(f);
	raw_socket_read_end(&s->loop, first);
	raw_socket_turn_for(&s->loop, 30);
	CHECK_EQ(0, s->done, "connected: neither");
	close(first);
}

static void nobody_listens(void **state)
{
	struct stage *s = *state;

	close(s->listening);
	s->listening = -1; /* the port is free now */
	CHECK(start(s, "/"), "started");
	WAIT_FOR(&s->loop, s->done, "refused");
	CHECK_EQ(UV_ECONNREFUSED, s->status, "by the kernel");
}

static void bad_urls(void **state)
{
	static const char *const row[] = { "ftp://x/", "ws://x/", "https://x/",
					   "/voice", "" };
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct http_fetch_request r = { .method = "GET",
						.url = row[i],
						.timeout_ms = 1,
						.body_max = 1 };

		CHECK(!http_fetch_start(&s->loop, &r, on_done, s), row[i]);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_request_on_the_wire), TEST(answers),
		TEST(silence_times_out),       TEST(cancelled),
		TEST(nobody_listens),          TEST(bad_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
