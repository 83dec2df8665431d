#include "gateway/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/ops/config.h"
#include "gateway/worker.h"
#include "tools/testing/check.h"
#include "tools/testing/raw_socket.h"

#define CALLERS 4
#define ROUNDS  25

static uv_loop_t control;
static struct config config;
static struct log quiet;
static struct exchange exchange;
static bool is_stopped;
static char why[256];
static unsigned fds;

static void on_stopped(void *owner)
{
	CHECK(owner == &exchange, "its owner");
	is_stopped = true;
}

static int setup(void **state)
{
	(void)state;
	config_default(&config);
	strcpy(config.listen, "127.0.0.1:0");
	strcpy(config.model.url, "ws://127.0.0.1:9/v1/realtime");
	config.workers = 4;
	is_stopped = false;
	log_open(&quiet, -1, LOG_ERROR);
	CHECK_EQ(0, uv_loop_init(&control), "loop");
	fds = raw_socket_count();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	raw_socket_close_loop(&control);
	return 0;
}

static void open_it(void)
{
	int err = exchange_open(&exchange, &control, &config, NULL, &quiet, why,
				sizeof(why));

	CHECK_STR("", err ? why : "", "it opens");
}

static void start_it(void)
{
	CHECK_EQ(0, exchange_start(&exchange, on_stopped, &exchange),
		 "it starts");
}

static void end_it(struct exchange *e, enum drain_stage stage)
{
	is_stopped = false;
	exchange_order(e, stage);
	WAIT_FOR(&control, is_stopped, "all workers end");
	exchange_free(e);
}

static void stop_it(void)
{
	end_it(&exchange, DRAIN_STOPPING);
	CHECK_EQ(fds, raw_socket_count(), "no descriptor stays");
}

static unsigned total_load(void)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < exchange.count; i++)
		sum += worker_load(exchange.worker[i]);
	return sum;
}

/* --- */

static void it_comes_and_goes(void **state)
{
	(void)state;
	open_it();
	CHECK_EQ(4, exchange.count, "as many as are wanted");
	start_it();
	stop_it();
}

static void it_is_undone(void **state)
{
	struct exchange second;

	(void)state;
	strcpy(config.failure.prompt, "/none.wav");
	CHECK_EQ(-ENOENT,
		 exchange_open(&exchange, &control, &config, NULL, &quiet, why,
			       sizeof(why)),
		 "no such prompt");
	CHECK(strstr(why, "failure.prompt: /none.wav"), "in words");
	CHECK_EQ(fds, raw_socket_count(), "nothing stays");
	config.failure.prompt[0] = '\0';
	open_it();
	snprintf(config.listen, sizeof(config.listen), "127.0.0.1:%u",
		 exchange.port);
	CHECK_EQ(-EADDRINUSE,
		 exchange_open(&second, &control, &config, NULL, &quiet, why,
			       sizeof(why)),
		 "the port is taken");
	CHECK(strstr(why, "another program has that port"), "in words");
	start_it();
	stop_it();
}

/* One worker has long calls: new connections go to the others, evenly. */
static void new_ones_go_where_there_is_least(void **state)
{
	int fd[60];

	(void)state;
	open_it();
	exchange.worker[1]->unseated = 30;
	worker_tell_load(exchange.worker[1]);
	start_it();
	for (size_t i = 0; i < ARRAY_LEN(fd); i++)
		fd[i] = raw_socket_connect(exchange.port, 0);
	WAIT_FOR(&control, total_load() == 30 + ARRAY_LEN(fd), "all came");
	for (unsigned i = 0; i < 4; i++) {
		unsigned load = worker_load(exchange.worker[i]);
		CHECK(i == 1 ? load <= 32 : load >= 18 && load <= 22,
		      "20 on each of the others, about");
	}
	for (size_t i = 0; i < ARRAY_LEN(fd); i++)
		close(fd[i]);
	WAIT_FOR(&control, total_load() == 30, "all went");
	stop_it();
}

/* --- Requests for the same calls, from many callers, to any worker --- */

static atomic_uint wrong;

static int dial(unsigned port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)&a, sizeof(a)))
		atomic_fetch_add(&wrong, 1);
	return fd;
}

/* A request on a connection of its own; its answer. */
static void ask(unsigned port, const char *target, const char *form,
		char *answer, size_t cap)
{
	char request[512];
	int fd = dial(port);
	size_t n = 0;
	ssize_t got;

	snprintf(request, sizeof(request),
		 "POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
		 "Content-Type: application/x-www-form-urlencoded\r\n"
		 "Content-Length: %zu\r\n\r\n%s",
		 target, strlen(form), form);
	if (write(fd, request, strlen(request)) < 0)
		atomic_fetch_add(&wrong, 1);
	while ((got = read(fd, answer + n, cap - 1 - n)) > 0)
		n += (size_t)got;
	answer[n] = '\0';
	close(fd);
}

static void call_again_and_again(void *number)
{
	unsigned me = (unsigned)(uintptr_t)number;
	char form[128], first[4096], second[4096];

	for (unsigned i = 0; i < ROUNDS; i++) {
		snprintf(form, sizeof(form), "CallSid=CA%032x", me * 1000 + i);
		ask(exchange.port, "/twilio/voice", form, first, sizeof(first));
		ask(exchange.port, "/twilio/voice", form, second,
		    sizeof(second));
		const char *ticket = strstr(first, "/twilio/media/");
		if (!ticket || !strstr(second, "/twilio/media/") ||
		    memcmp(ticket, strstr(second, "/twilio/media/"), 46) != 0)
			atomic_fetch_add(&wrong, 1);
		ask(exchange.port, "/twilio/after-stream", form, second,
		    sizeof(second));
		ticket = strstr(second, "/twilio/media/");
		if (!ticket ||
		    memcmp(ticket, strstr(first, "/twilio/media/"), 46) == 0)
			atomic_fetch_add(&wrong, 1);
	}
}

static void a_call_is_known_to_all(void **state)
{
	uv_thread_t thread[CALLERS];

	(void)state;
	open_it();
	start_it();
	for (uintptr_t i = 0; i < CALLERS; i++)
		CHECK_EQ(0,
			 uv_thread_create(&thread[i], call_again_and_again,
					  (void *)i),
			 "thread");
	for (int i = 0; i < CALLERS; i++)
		uv_thread_join(&thread[i]);
	CHECK_EQ(0, atomic_load(&wrong),
		 "a repeated webhook gets its ticket again, whoever takes it, "
		 "and what follows the stream another");
	stop_it();
}

/* --- Going down --- */

#define CALL "CallSid=CA0123456789abcdef0123456789abcdef"
#define NEXT "CallSid=CAfedcba9876543210fedcba9876543210"

static char answer[4096];

static void without_calls_it_ends_at_once(void **state)
{
	(void)state;
	open_it();
	start_it();
	CHECK(!exchange_is_draining(&exchange), "not yet");
	exchange_order(&exchange, DRAIN_DRAINING);
	CHECK(exchange_is_draining(&exchange), "told at once");
	stop_it();
}

static void alone_it_answers_for_its_calls(void **state)
{
	(void)state;
	open_it();
	start_it();
	ask(exchange.port, "/twilio/voice", CALL, answer, sizeof(answer));
	CHECK(strstr(answer, "/twilio/media/"), "a call is on its way");
	exchange_order(&exchange, DRAIN_DRAINING);
	raw_socket_turn_for(&control, 50);
	ask(exchange.port, "/twilio/voice", NEXT, answer, sizeof(answer));
	CHECK(strstr(answer, " 503 "), "no other may come");
	CHECK(strstr(answer, "Retry-After: 1"), "here and now");
	ask(exchange.port, "/twilio/after-stream", CALL, answer,
	    sizeof(answer));
	CHECK(strstr(answer, "/twilio/media/"), "it is still known");
	CHECK(!is_stopped, "and waited for");
	stop_it();
}

/* Nobody has to wait longer than for Twilio's next question. */
static void it_lingers_for_what_twilio_asks(void **state)
{
	const uint64_t late_ns = (DRAIN_LINGER_MS + 1000) * 1000000ull;

	(void)state;
	open_it();
	start_it();
	ask(exchange.port, "/twilio/voice", CALL, answer, sizeof(answer));
	twilio_tickets_settle(&exchange.tickets, strchr(CALL, '=') + 1, 1,
			      TWILIO_ENDED, uv_hrtime());
	CHECK(exchange_is_needed(&exchange), "Twilio is about to ask");
	ask(exchange.port, "/twilio/after-stream", CALL, answer,
	    sizeof(answer));
	CHECK(strstr(answer, "<Hangup/>"), "as the call ended");
	CHECK(!exchange_is_needed(&exchange), "now it has");
	ask(exchange.port, "/twilio/voice", NEXT, answer, sizeof(answer));
	CHECK(exchange_is_needed(&exchange), "a stream is about to open");
	CHECK_EQ(0,
		 twilio_tickets_owed(&exchange.tickets, DRAIN_LINGER_MS,
				     uv_hrtime() + late_ns),
		 "but not for ever");
	stop_it();
}

static void with_another_on_the_port_it_lets_go_of_it(void **state)
{
	static struct exchange second;

	(void)state;
	config.listen_shared = true;
	open_it();
	start_it();
	snprintf(config.listen, sizeof(config.listen), "127.0.0.1:%u",
		 exchange.port);
	CHECK_EQ(0,
		 exchange_open(&second, &control, &config, NULL, &quiet, why,
			       sizeof(why)),
		 "two have it");
	CHECK_EQ(0, exchange_start(&second, on_stopped, &exchange), "starts");
	end_it(&exchange, DRAIN_DRAINING);
	for (int i = 0; i < 20; i++) {
		ask(second.port, "/twilio/voice", CALL, answer, sizeof(answer));
		CHECK(strstr(answer, "/twilio/media/"), "all go to the other");
	}
	end_it(&second, DRAIN_STOPPING);
	CHECK_EQ(fds, raw_socket_count(), "no descriptor stays");
}

/* --- Whether workers turn --- */

static atomic_bool is_hanging;

static void on_hang(uv_async_t *async)
{
	while (atomic_load(&is_hanging))
		uv_sleep(1);
	uv_close((uv_handle_t *)async, NULL);
}

static bool has_answered(uint64_t since_ns)
{
	exchange_ask(&exchange);
	for (unsigned i = 0; i < exchange.count; i++)
		WAIT_FOR(&control,
			 worker_answered_ns(exchange.worker[i]) >= since_ns,
			 "a sign of life");
	return exchange_answers(&exchange, uv_hrtime());
}

static void one_that_hangs_does_not_answer(void **state)
{
	static uv_async_t hang;

	(void)state;
	open_it();
	uv_async_init(exchange.worker[2]->loop, &hang, on_hang);
	start_it();
	CHECK(has_answered(uv_hrtime()), "all turn");
	CHECK(has_answered(uv_hrtime()), "and again");
	atomic_store(&is_hanging, true);
	uv_async_send(&hang);
	raw_socket_turn_for(&control, 20);
	uint64_t since_ns = uv_hrtime();
	exchange_ask(&exchange);
	WAIT_FOR(&control,
		 worker_answered_ns(exchange.worker[1]) >= since_ns &&
			 worker_answered_ns(exchange.worker[0]) >= since_ns,
		 "the others do");
	CHECK(worker_answered_ns(exchange.worker[2]) < since_ns, "one hangs");
	CHECK(exchange_answers(&exchange, since_ns), "no reason to worry yet");
	CHECK(!exchange_answers(&exchange,
				since_ns + EXCHANGE_ALIVE_MS * 1000000ull),
	      "it hangs too long");
	atomic_store(&is_hanging, false);
	CHECK(has_answered(uv_hrtime()), "it turns again");
	stop_it();
}

/* --- Another configuration --- */

static void reload(int expected, const char *expected_why)
{
	why[0] = '\0';
	CHECK_EQ(expected,
		 exchange_reload(&exchange, &config, why, sizeof(why)),
		 "reload");
	CHECK(strstr(why, expected_why), why);
}

/* The address that a webhook's answer names. */
static bool calls_go_to(const char *url)
{
	for (int i = 0; i < 12; i++) { /* whichever worker takes it */
		ask(exchange.port, "/twilio/voice", CALL, answer,
		    sizeof(answer));
		if (!strstr(answer, url))
			return false;
	}
	return true;
}

static void a_reload_is_for_all_workers_or_none(void **state)
{
	(void)state;
	strcpy(config.public_url, "https://one.example.com");
	open_it();
	start_it();
	WAIT_FOR(&control, calls_go_to("wss://one.example.com/"),
		 "as it began");
	strcpy(config.public_url, "https://two.example.com");
	strcpy(config.failure.prompt, "/none.wav");
	reload(-ENOENT, "failure.prompt: /none.wav");
	config.failure.prompt[0] = '\0';
	strcpy(config.drain.prompt, "/none.wav");
	reload(-ENOENT, "drain.prompt: /none.wav");
	config.drain.prompt[0] = '\0';
	strcpy(config.audiocodes.oauth.jwks, "/none.json");
	reload(-ENOENT, "audiocodes.oauth.jwks: ");
	config.audiocodes.oauth.jwks[0] = '\0';
	raw_socket_turn_for(&control, 50);
	CHECK(calls_go_to("wss://one.example.com/"), "nothing has changed");
	reload(0, "");
	WAIT_FOR(&control, calls_go_to("wss://two.example.com/"),
		 "all have it");
	for (int i = 0; i < 50; i++) { /* faster than they are taken */
		config.agent.greeting[0] = (char)('a' + i % 26);
		reload(0, "");
	}
	strcpy(config.public_url, "https://three.example.com");
	reload(0, "");
	WAIT_FOR(&control, calls_go_to("wss://three.example.com/"),
		 "the last one counts");
	stop_it();
	config.public_url[0] = '\0';
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(it_comes_and_goes),
		TEST(it_is_undone),
		TEST(new_ones_go_where_there_is_least),
		TEST(a_call_is_known_to_all),
		TEST(without_calls_it_ends_at_once),
		TEST(alone_it_answers_for_its_calls),
		TEST(it_lingers_for_what_twilio_asks),
		TEST(with_another_on_the_port_it_lets_go_of_it),
		TEST(one_that_hangs_does_not_answer),
		TEST(a_reload_is_for_all_workers_or_none),
	};
	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
