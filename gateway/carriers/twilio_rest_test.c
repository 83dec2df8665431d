#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/carriers/twilio_rest.h"
#include "gateway/ops/config.h"
#include "tools/testing/raw_socket.h"

#define AC "AC0123456789abcdef0123456789abcdef"
#define CA "CAfedcba9876543210fedcba9876543210"

struct stage {
	uv_loop_t loop;
	struct config config;
	struct fetcher *fetcher;
	struct fetch_port *port;
	int listening;
	unsigned done;
	struct twilio_rest_verdict verdict;
	char asked[16384];
};

static int setup(void **state)
{
	static struct stage s;
	unsigned port;

	memset(&s, 0, sizeof(s));
	config_default(&s.config);
	s.listening = raw_socket_listen(&port);
	snprintf(s.config.twilio.rest.url, sizeof(s.config.twilio.rest.url),
		 "http://127.0.0.1:%u", port);
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	CHECK_EQ(0, fetcher_open(&s.fetcher), "fetcher");
	CHECK_EQ(0, fetch_port_open(&s.port, s.fetcher, &s.loop), "port");
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	fetch_port_close(s->port, NULL, NULL);
	raw_socket_close_loop(&s->loop);
	fetcher_close(s->fetcher);
	close(s->listening);
	return 0;
}

static void on_done(void *owner, const struct fetch_answer *a)
{
	struct stage *s = owner;

	s->done++;
	twilio_rest_judge(a, &s->verdict);
}

static struct twilio_rest_call call_of(struct stage *s)
{
	return (struct twilio_rest_call){ .config = &s->config,
					  .port = s->port,
					  .account_sid = AC,
					  .call_sid = CA };
}

static void with_token(struct stage *s)
{
	s->config.twilio.auth_token_count = 1;
	CHECK_EQ(0, secret_set(&s->config.twilio.auth_tokens[0], "word", 4),
		 "a token");
}

static void serve(struct stage *s, const char *end, const char *answer)
{
	int fd = raw_socket_accept(&s->loop, s->listening);

	raw_socket_read_until(&s->loop, fd, end, s->asked, sizeof(s->asked));
	raw_socket_say(fd, answer);
	shutdown(fd, SHUT_WR);
	WAIT_FOR(&s->loop, s->done, "the answer");
	close(fd);
}

static void on_the_wire(void **state)
{
	static const char *const lines[] = {
		"POST /2010-04-01/Accounts/" AC "/Calls/" CA
		".json HTTP/1.1\r\n",
		"\r\nContent-Type: application/x-www-form-urlencoded\r\n",
		"\r\nAccept: application/json\r\n",
		/* printf 'AC…:word' | base64 */
		"\r\nAuthorization: Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4"
		"OWFiY2RlZjp3b3Jk\r\n",
	};
	struct stage *s = *state;
	const struct twilio_rest_call call = call_of(s);

	with_token(s);
	CHECK(twilio_rest_redirect(&call, "<Response/>", 11, on_done, s),
	      "begun");
	serve(s, "Twiml=%3CResponse%2F%3E", "HTTP/1.1 200 OK\r\n\r\n{}");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		CHECK(strstr(s->asked, lines[i]), lines[i]);
	CHECK_EQ(0, s->verdict.error, "done");
	s->done = 0;
	CHECK(twilio_rest_complete(&call, on_done, s), "the end");
	serve(s, "\r\n\r\nStatus=completed", "HTTP/1.1 200 OK\r\n\r\n{}");
}

/* An account of another region: its address, its SID, its token. */
static void an_account_has_an_address_of_its_own(void **state)
{
	struct stage *s = *state;
	struct config_twilio *t = &s->config.twilio;
	const struct twilio_rest_call call = call_of(s);

	t->account_count = 1;
	snprintf(t->accounts[0].sid, sizeof(t->accounts[0].sid), "%s", AC);
	snprintf(t->accounts[0].rest_url, sizeof(t->accounts[0].rest_url), "%s",
		 t->rest.url);
	strcpy(t->rest.url, "https://api.twilio.com");
	strcpy(t->rest.key_sid, "SK1");
	CHECK(!twilio_rest_is_ready(&s->config, AC), "without a token");
	t->accounts[0].auth_token_count = 1;
	secret_set(&t->accounts[0].auth_tokens[0], "word", 4);
	CHECK(twilio_rest_is_ready(&s->config, AC), "with its own");
	CHECK(!twilio_rest_is_ready(&s->config, "AC1"),
	      "the others have a key, without its secret");
	CHECK(twilio_rest_complete(&call, on_done, s), "begun");
	serve(s, "\r\n\r\nStatus=completed", "HTTP/1.1 200 OK\r\n\r\n{}");
	CHECK(strstr(s->asked,
		     "\r\nAuthorization: Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1"
		     "Njc4OWFiY2RlZjp3b3Jk\r\n"),
	      "by its SID and its token");
}

static void a_call_is_placed(void **state)
{
	static const char wanted[] =
		"\r\n\r\nTo=%2B41791234567&From=%2B41445556677&"
		"Url=https%3A%2F%2Fa.b%2Fv%3Fplaced%3D1&Method=POST&"
		"StatusCallback=https%3A%2F%2Fa.b%2Fs&StatusCallbackMethod="
		"POST&StatusCallbackEvent=completed&TimeLimit=420&"
		"MachineDetection=Enable";
	struct stage *s = *state;
	const struct twilio_rest_new n = {
		.config = &s->config,
		.port = s->port,
		.account_sid = AC,
		.to = "+41791234567",
		.from = "+41445556677",
		.url = "https://a.b/v?placed=1",
		.status_url = "https://a.b/s",
		.limit_s = 420,
		.detection = "Enable",
	};

	CHECK(!twilio_rest_create(&n, on_done, s), "without credentials");
	with_token(s);
	CHECK(twilio_rest_create(&n, on_done, s), "begun");
	serve(s, "MachineDetection=Enable", "HTTP/1.1 201 Created\r\n\r\n{}");
	CHECK(strstr(s->asked, "POST /2010-04-01/Accounts/" AC
			       "/Calls.json HTTP/1.1\r\n"),
	      "where");
	CHECK(strstr(s->asked, wanted), s->asked);
}

static void what_was_placed(void **state)
{
	static const struct {
		const char *body;
		int result;
	} row[] = {
		{ "{\"sid\":\"" CA "\",\"status\":\"queued\"}", 0 },
		{ "{\"sid\":\"CA1\"}", -EBADMSG },
		{ "{\"sid\":1}", -EBADMSG },
		{ "[]", -EBADMSG },
		{ "", -EBADMSG },
	};
	char sid[35];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct fetch_answer a = { .body = row[i].body,
						.body_len =
							strlen(row[i].body) };
		CHECK_EQ(row[i].result, twilio_rest_created(&a, sid),
			 row[i].body);
	}
	CHECK_STR(CA, sid, "the call");
	CHECK(strstr(twilio_rest_words(21211), "not valid"), "a known code");
	CHECK(!twilio_rest_words(1), "an unknown one");
}

static void a_key_of_its_own(void **state)
{
	struct stage *s = *state;
	const struct twilio_rest_call call = call_of(s);

	with_token(s);
	strcpy(s->config.twilio.rest.key_sid, "SK1");
	CHECK(!twilio_rest_is_ready(&s->config, AC), "no secret");
	CHECK(!twilio_rest_complete(&call, on_done, s), "nothing is sent");
	secret_set(&s->config.twilio.rest.key_secret, "hush", 4);
	CHECK(twilio_rest_complete(&call, on_done, s), "begun");
	serve(s, "Status=completed", "HTTP/1.1 200 OK\r\n\r\n{}");
	CHECK(strstr(s->asked, "Authorization: Basic U0sxOmh1c2g=\r\n"),
	      "SK1:hush");
}

static void what_is_not_ready(void **state)
{
	struct stage *s = *state;
	const struct twilio_rest_call call = call_of(s);
	char long_one[TWILIO_REST_TWIML_MAX + 1];

	CHECK(!twilio_rest_is_ready(&s->config, AC), "no token");
	with_token(s);
	CHECK(twilio_rest_is_ready(&s->config, AC), "one");
	CHECK(!twilio_rest_is_ready(&s->config, ""), "whose?");
	memset(long_one, ' ', sizeof(long_one));
	CHECK(!twilio_rest_redirect(&call, long_one, sizeof(long_one), on_done,
				    s),
	      "over 4000 characters");
	s->config.twilio.rest.url[0] = '\0';
	CHECK(!twilio_rest_is_ready(&s->config, AC), "nowhere to ask");
}

static void verdicts(void **state)
{
	static const struct {
		int error;
		unsigned status;
		const char *body;
		int wanted;
		unsigned code;
	} row[] = {
		{ 0, 200, "{}", 0, 0 },
		{ 0, 201, "", 0, 0 },
		{ 0, 404, "{\"code\":20404}", -ENOENT, 20404 },
		{ 0, 404, "<html>", -ENOENT, 0 },
		{ 0, 400, "{\"code\":21220}", -ENOENT, 21220 },
		{ 0, 400, "{\"code\":32018}", -EIO, 32018 },
		{ 0, 401, "{\"code\":20003}", -EACCES, 20003 },
		{ 0, 403, "{\"code\":\"x\"}", -EACCES, 0 },
		{ 0, 429, "{\"code\":20429}", -EAGAIN, 20429 },
		{ 0, 503, "[]", -EIO, 0 },
		{ 0, 302, "", -EIO, 0 },
		{ -ETIMEDOUT, 0, "", -EIO, 0 },
		{ 0, 400, "{\"code\":-1}", -EIO, 0 },
		{ 0, 400, "{\"code\":99999999999}", -EIO, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct fetch_answer a = {
			.error = row[i].error,
			.status = row[i].status,
			.body = row[i].body,
			.body_len = strlen(row[i].body),
		};
		struct twilio_rest_verdict v;
		twilio_rest_judge(&a, &v);
		CHECK_EQ(row[i].wanted, v.error, row[i].body);
		CHECK_EQ(row[i].code, v.code, row[i].body);
		CHECK_EQ(row[i].wanted != 0, v.why[0] != '\0', "in words");
	}
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(on_the_wire),
		ROW(an_account_has_an_address_of_its_own),
		ROW(a_call_is_placed),
		ROW(what_was_placed),
		ROW(a_key_of_its_own),
		ROW(what_is_not_ready),
		ROW(verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
