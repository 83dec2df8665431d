#include "tools/testing/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/carriers/audiocodes_keys.h"
#include "gateway/net/http_server.h"
#include "gateway/ops/log.h"
#include "protocols/jwks.h"
#include "tools/testing/jwt_signer.h"
#include "tools/testing/raw_socket.h"
#include "tools/testing/tls_contexts.h"

struct stage {
	uv_loop_t loop;
	int listening;
	unsigned port;
	char path[64];
	int log_fd[2];
	struct log log;
	struct audiocodes_keys_times times;
	struct audiocodes_keys *keys;
	char why[160];
};

static struct jwt_signer *signer[2];
static char *one_key, *two_keys;

static int make_keys(void **state)
{
	(void)state;
	signer[0] = jwt_signer_new(0, "a");
	signer[1] = jwt_signer_new(0, "b");
	one_key = jwt_signer_jwks(signer, 1);
	two_keys = jwt_signer_jwks(signer, 2);
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	jwt_signer_free(signer[0]);
	jwt_signer_free(signer[1]);
	free(one_key);
	free(two_keys);
	return 0;
}

static int setup(void **state)
{
	static struct stage s;

	memset(&s, 0, sizeof(s));
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	s.listening = raw_socket_listen(&s.port);
	CHECK_EQ(0, pipe2(s.log_fd, O_CLOEXEC | O_NONBLOCK), "pipe");
	s.log = (struct log){ .fd = s.log_fd[1], .level = LOG_INFO };
	s.times = audiocodes_keys_usual_times;
	strcpy(s.path, "/tmp/audiocodes_keys_test.XXXXXX");
	int fd = mkstemp(s.path);
	CHECK(fd >= 0, "a file");
	close(fd);
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	audiocodes_keys_close(s->keys);
	raw_socket_close_loop(&s->loop);
	if (s->listening >= 0)
		close(s->listening);
	close(s->log_fd[0]);
	close(s->log_fd[1]);
	unlink(s->path);
	return 0;
}

static int open_keys(struct stage *s, const char *where)
{
	return audiocodes_keys_open(&s->keys, &s->loop, where, NULL, &s->log,
				    &s->times, s->why, sizeof(s->why));
}

/* How often the log has said so since the last call. */
static unsigned said(struct stage *s, const char *what)
{
	char text[8192];
	ssize_t n = read(s->log_fd[0], text, sizeof(text) - 1);
	unsigned count = 0;

	text[n > 0 ? n : 0] = 0;
	for (char *at = text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

static size_t count(struct stage *s)
{
	struct jwks *set = audiocodes_keys_now(s->keys);

	return set ? jwks_count(set) : 0;
}

/* --- A file --- */

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	CHECK(f, path);
	fputs(text, f);
	fclose(f);
}

static void a_file_is_read_again_when_it_changes(void **state)
{
	struct stage *s = *state;

	s->times.look_ms = 20;
	write_file(s->path, one_key);
	CHECK_EQ(0, open_keys(s, s->path), s->why);
	CHECK_EQ(1, count(s), "at once");
	CHECK_EQ(1, said(s, "jwks_loaded"), "is told");
	write_file(s->path, two_keys);
	CHECK_EQ(1, count(s), "not looked at yet");
	raw_socket_turn_for(&s->loop, 40);
	CHECK_EQ(2, count(s), "another size");
	write_file(s->path, "{\"keys\":");
	raw_socket_turn_for(&s->loop, 40);
	CHECK_EQ(2, count(s), "half a file does not replace the old");
	raw_socket_turn_for(&s->loop, 40);
	CHECK_EQ(2, count(s), "nor later");
	CHECK_EQ(1, said(s, "jwks_failed"), "told once");
	unlink(s->path);
	raw_socket_turn_for(&s->loop, 40);
	CHECK_EQ(2, count(s), "nor does a file that is gone");
	CHECK_EQ(1, said(s, "jwks_failed"), "another fault is told");
	write_file(s->path, one_key);
	raw_socket_turn_for(&s->loop, 40);
	CHECK_EQ(1, count(s), "back again");
	CHECK_EQ(1, said(s, "jwks_loaded"), "is told");
	raw_socket_turn_for(&s->loop, 40);
	CHECK_EQ(1, count(s), "the same");
	CHECK_EQ(0, said(s, "jwks_"), "nothing to tell");
	CHECK_EQ(0, audiocodes_keys_due_ms(s->keys), "nobody is asked");
	audiocodes_keys_missed(s->keys);
	CHECK_EQ(0, audiocodes_keys_due_ms(s->keys), "nor then");
}

static void a_file_must_be_good_at_first(void **state)
{
	static char large[JWKS_TEXT_MAX + 2];
	struct stage *s = *state;

	CHECK_EQ(-EBADMSG, open_keys(s, s->path), "empty");
	CHECK_STR("the key set is not a JSON object", s->why, "in words");
	CHECK_EQ(-ENOENT, open_keys(s, "/nowhere/jwks.json"), "none");
	CHECK_STR("No such file or directory", s->why, "in words");
	CHECK_EQ(-EINVAL, open_keys(s, "/tmp"), "a directory");
	CHECK_EQ(-EINVAL, open_keys(s, "/dev/zero"), "no end");
	memset(large, ' ', sizeof(large) - 1);
	write_file(s->path, large);
	CHECK_EQ(-E2BIG, open_keys(s, s->path), "256 KiB and a byte");
	unlink(s->path);
	CHECK_EQ(0, mkfifo(s->path, 0600), "a pipe");
	CHECK_EQ(-EINVAL, open_keys(s, s->path), "does not hold us");
}

/* --- A URL --- */

static void open_url(struct stage *s)
{
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/jwks.json", s->port);
	CHECK_EQ(0, open_keys(s, url), s->why);
}

/* Whether somebody asks within that time. */
static int wait_asked(struct stage *s, unsigned ms)
{
	int fd = -1;

	for (unsigned i = 0; i < ms / 5 && fd < 0; i++) {
		raw_socket_turn_for(&s->loop, 5);
		fd = accept4(s->listening, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
	}
	return fd;
}

static void answer(struct stage *s, const char *head, const char *body)
{
	static char text[8192];
	char asked[1024];
	int fd = raw_socket_accept(&s->loop, s->listening);

	raw_socket_read_until(&s->loop, fd, "\r\n\r\n", asked, sizeof(asked));
	CHECK(strstr(asked, "GET /jwks.json HTTP/1.1\r\n"), "asked for");
	if (strstr(head, "Content-Length"))
		snprintf(text, sizeof(text), "HTTP/1.1 %s\r\n\r\n", head);
	else
		snprintf(text, sizeof(text),
			 "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", head,
			 strlen(body), body);
	raw_socket_say(fd, text);
	WAIT_FOR(&s->loop, audiocodes_keys_due_ms(s->keys), "taken");
	close(fd);
}

static void a_url_is_asked_and_asked_again(void **state)
{
	struct stage *s = *state;

	s->times.refresh_ms = 50;
	open_url(s);
	CHECK(!audiocodes_keys_now(s->keys), "none yet");
	answer(s, "200 OK", one_key);
	CHECK_EQ(1, count(s), "one");
	CHECK_EQ(1, said(s, "jwks_loaded"), "is told");
	answer(s, "200 OK", two_keys);
	CHECK_EQ(2, count(s), "another, later");
	CHECK_EQ(0, said(s, "jwks_loaded"), "is no news");
}

static void when_it_is_asked_again(void **state)
{
	static const struct {
		const char *header;
		unsigned due_s;
		const char *why;
	} row[] = {
		{ "", 3600, "says nothing" },
		{ "\r\nCache-Control: max-age=600", 600, "as it says" },
		{ "\r\ncache-control: public, Max-Age=7200, immutable", 7200,
		  "among others, in any case" },
		{ "\r\nCache-Control: max-age=0", 60, "at least a minute" },
		{ "\r\nCache-Control: max-age=59", 60, "at least a minute" },
		{ "\r\nCache-Control: max-age=86401", 86400, "at most a day" },
		{ "\r\nCache-Control: max-age=99999999999999999999", 86400,
		  "at most a day" },
		{ "\r\nCache-Control: max-age=-5", 3600, "not a number" },
		{ "\r\nCache-Control: max-age=5h", 3600, "not a number" },
		{ "\r\nCache-Control: max-age=", 3600, "not a number" },
		{ "\r\nCache-Control: s-maxage=600", 3600, "of shared caches" },
		{ "\r\nCache-Control: no-cache,,", 3600, "nothing of ours" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char head[128];
		open_url(s);
		snprintf(head, sizeof(head), "200 OK%s", row[i].header);
		answer(s, head, one_key);
		CHECK_NEAR(row[i].due_s * 1000.0,
			   audiocodes_keys_due_ms(s->keys), 500, row[i].why);
		audiocodes_keys_close(s->keys);
		s->keys = NULL;
	}
}

static void failures_are_retried_less_and_less_often(void **state)
{
	static const unsigned wait_ms[] = { 100, 200, 400, 500, 500 };
	struct stage *s = *state;

	s->times.retry_ms = 100;
	s->times.retry_max_ms = 500;
	open_url(s);
	for (size_t i = 0; i < ARRAY_LEN(wait_ms); i++) {
		answer(s, "503 Busy", "");
		CHECK_NEAR(wait_ms[i], audiocodes_keys_due_ms(s->keys), 60,
			   "twice as long, up to half a second");
	}
	CHECK_EQ(1, said(s, "jwks_failed"), "told once");
	CHECK(!audiocodes_keys_now(s->keys), "no keys all the time");
	answer(s, "200 OK", one_key);
	CHECK_EQ(1, count(s), "then there are");
	CHECK_EQ(1, said(s, "jwks_loaded"), "is told");
	CHECK_NEAR(3600000, audiocodes_keys_due_ms(s->keys), 500, "at rest");
}

static void what_is_not_a_set(void **state)
{
	static const struct {
		const char *head, *body, *why;
	} row[] = {
		{ "404 Not Found", "{}", "it answered 404" },
		{ "302 Found\r\nLocation: https://evil.example/", "",
		  "it answered 302" },
		{ "200 OK", "<html>sign in</html>",
		  "the key set is not a JSON object" },
		{ "200 OK\r\nContent-Length: 262145", "",
		  "the body of the answer is too large" },
	};
	struct stage *s = *state;

	s->times.refresh_ms = 30;
	s->times.retry_ms = 30;
	open_url(s);
	answer(s, "200 OK", two_keys);
	said(s, "news");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		answer(s, row[i].head, row[i].body);
		CHECK_EQ(2, count(s), "the old set serves");
		CHECK_EQ(1, said(s, row[i].why), row[i].why);
	}
}

static void an_unknown_key_asks_soon_but_seldom(void **state)
{
	struct stage *s = *state;
	int fd;

	s->times.unknown_ms = 300;
	open_url(s);
	audiocodes_keys_missed(s->keys);
	answer(s, "200 OK", one_key);
	CHECK_NEAR(3600000, audiocodes_keys_due_ms(s->keys), 500,
		   "one under way is enough");
	audiocodes_keys_missed(s->keys);
	CHECK_NEAR(250, audiocodes_keys_due_ms(s->keys), 60, "not yet");
	audiocodes_keys_missed(s->keys);
	CHECK_NEAR(250, audiocodes_keys_due_ms(s->keys), 60, "nor put off");
	answer(s, "200 OK", two_keys);
	CHECK_EQ(2, count(s), "the new key is there");
	raw_socket_turn_for(&s->loop, 350);
	audiocodes_keys_missed(s->keys);
	fd = wait_asked(s, 100);
	CHECK(fd >= 0, "at once when the last one is long ago");
	close(fd);
}

static void a_retry_is_not_put_off_by_an_unknown_key(void **state)
{
	struct stage *s = *state;

	s->times.retry_ms = 100;
	open_url(s);
	answer(s, "500 Broken", "");
	audiocodes_keys_missed(s->keys);
	CHECK_NEAR(80, audiocodes_keys_due_ms(s->keys), 60, "as it was");
}

static void silence(void **state)
{
	struct stage *s = *state;

	s->times.timeout_ms = 50;
	open_url(s);
	WAIT_FOR(&s->loop, audiocodes_keys_due_ms(s->keys), "given up");
	CHECK_EQ(1, said(s, "no answer within 50 ms"), "in words");
}

static void serve_one_key(void *owner, struct http_connection *c,
			  struct http_message *request)
{
	(void)owner;
	(void)request;
	http_respond(c, 200, "application/jwk-set+json", NULL, one_key,
		     strlen(one_key));
}

static void on_server_closed(void *owner)
{
	*(bool *)owner = true;
}

/* https, with the right and with a wrong authority. */
static void over_tls(void **state)
{
	static const struct http_server_events events = {
		.on_request = serve_one_key,
	};
	struct stage *s = *state;
	struct tls_contexts tls;
	struct http_server *server;
	bool is_closed = false;
	char url[64];

	tls_contexts_make(&tls, "127.0.0.1");
	struct tls_context *const trust[] = { tls.client, tls.stranger };
	CHECK_EQ(0,
		 http_server_open(&server, &s->loop, "127.0.0.1", 0, tls.server,
				  NULL, &events, &is_closed),
		 "a server");
	snprintf(url, sizeof(url), "https://127.0.0.1:%u/keys",
		 http_server_port(server));
	for (size_t i = 0; i < ARRAY_LEN(trust); i++) {
		CHECK_EQ(0,
			 audiocodes_keys_open(&s->keys, &s->loop, url, trust[i],
					      &s->log, &s->times, s->why,
					      sizeof(s->why)),
			 s->why);
		WAIT_FOR(&s->loop, audiocodes_keys_due_ms(s->keys), "answered");
		CHECK_EQ(i == 0, count(s), "only of whom we trust");
		audiocodes_keys_close(s->keys);
		s->keys = NULL;
	}
	CHECK_EQ(1, said(s, "jwks_failed"), "told");
	http_server_close(server, on_server_closed);
	WAIT_FOR(&s->loop, is_closed, "closed");
	raw_socket_turn_for(&s->loop, 20);
	tls_contexts_free(&tls);
}

static void closed_while_it_asks(void **state)
{
	struct stage *s = *state;

	open_url(s);
	audiocodes_keys_close(s->keys);
	s->keys = NULL;
	open_url(s);
	close(raw_socket_accept(&s->loop, s->listening));
}

static void urls(void **state)
{
	static const struct {
		const char *url;
		int err;
		const char *why;
	} row[] = {
		{ "http://localhost:1/", 0, "here" },
		{ "http://[::1]:1/", 0, "here" },
		{ "http://127.9.9.9:1/", 0, "here" },
		{ "http://192.0.2.1/", -EINVAL, "in the clear" },
		{ "http://127.0.0.1.example.net/", -EINVAL, "in the clear" },
		{ "http://example.net/127.0.0.1", -EINVAL, "in the clear" },
		{ "https://example.net/", -EINVAL, "no TLS" },
		{ "ws://127.0.0.1/", -EINVAL, "not HTTP" },
		{ "ftp://127.0.0.1/", -EINVAL, "not HTTP" },
		{ "http://", -EINVAL, "no host" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		s->why[0] = 0;
		CHECK_EQ(row[i].err, open_keys(s, row[i].url), row[i].url);
		CHECK_EQ(row[i].err != 0, s->why[0] != 0, row[i].why);
		audiocodes_keys_close(s->keys);
		s->keys = NULL;
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_read_again_when_it_changes),
		TEST(a_file_must_be_good_at_first),
		TEST(a_url_is_asked_and_asked_again),
		TEST(when_it_is_asked_again),
		TEST(failures_are_retried_less_and_less_often),
		TEST(what_is_not_a_set),
		TEST(an_unknown_key_asks_soon_but_seldom),
		TEST(a_retry_is_not_put_off_by_an_unknown_key),
		TEST(silence),
		TEST(over_tls),
		TEST(closed_while_it_asks),
		TEST(urls),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
