#include "tools/testing/audiocodes_fakes.h"

#define VALIDATE     "{\"type\":\"connection.validate\"}"
#define REFUSED(why) "> {\"type\":\"session.error\",\"reason\":\"" why "\"}\n"

static void test_validate(void **state)
{
	(void)state;
	dial();
	wait_ms(9000);
	says(0, VALIDATE);
	heard("> {\"type\":\"connection.validated\",\"success\":true}\n",
	      "2.1: without an id, outside of any call");
	wait_ms(9980);
	says(0, VALIDATE);
	forget();
	wait_ms(9980);
	heard("", "it may idle");
	wait_ms(20);
	heard("ws close 1000\n", "10 s, 1.4");
}

static void test_validated_then_called(void **state)
{
	(void)state;
	dial();
	says(0, VALIDATE);
	forget();
	says(0, INITIATE("c1"));
	heard("> " ACCEPTED("raw/lpcm16_24") "call caller=+33170000001\n",
	      "8.1: NEW stays NEW");
	wait_ms(11000);
	heard("call ready, greets\n", "and is not closed as idle");
}

static void test_no_session(void **state)
{
	(void)state;
	dial();
	says(0, "{\"type\":\"userStream.start\"}");
	says(0, "{\"type\":\"new\"}");
	heard("", "before the session nothing is answered, 5.2");
	wait_ms(9980);
	heard("", "not yet");
	wait_ms(20);
	heard("ws close 1008\n", "10 s, 1.4");
	says(0, INITIATE("c1"));
	heard("", "too late");
}

static void test_refusals(void **state)
{
	static const struct {
		const char *message;
		const char *answer;
		const char *why;
	} row[] = {
		{ RESUME("c9"), REFUSED("conversation not found"), "5.1" },
		{ "{\"type\":\"session.initiate\"}",
		  REFUSED("conversationId is missing, too long or no text, "
			  "or supportedMediaFormats is no array"),
		  "no id" },
		{ "{\"type\":\"session.initiate\",\"conversationId\":\"x\","
		  "\"supportedMediaFormats\":[\"raw/opus\"]}",
		  REFUSED("no media format in common"), "3.2" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		dial();
		says(i, row[i].message);
		CHECK(strstr(fake.said, "session.error"), row[i].why);
		CHECK(strstr(fake.said, row[i].answer + 26), row[i].why);
		forget();
		says(i, INITIATE("c1"));
		wait_ms(1980);
		heard("", "the peer may close");
		wait_ms(20);
		CHECK(strstr(fake.said, "close 1000"), "2 s, 2.2");
		forget();
	}
	CHECK_EQ(0, fake.legs, "no call was made");
}

static void test_second_session(void **state)
{
	(void)state;
	call_up();
	says(0, RESUME("c1"));
	heard("> " ACCEPTED("raw/lpcm16_24"),
	      "to resume what it has harms nobody");
	says(0, INITIATE("c1"));
	heard(REFUSED("a second session on this socket") "call ended carrier\n"
							 "owner ended by refused\n",
	      "5.2");
	wait_ms(2000);
	heard("ws close 1000\n", "2.2");
}

static void test_garbage(void **state)
{
	static const char *const garbage[] = { "hello", "[]", "{}" };

	(void)state;
	call_up();
	for (unsigned i = 0; i < 19; i++)
		says(0, garbage[i % 3]);
	says(0, "{\"type\":\"new\"}");
	for (unsigned i = 0; i < 19; i++)
		says(0, garbage[i % 3]);
	heard("", "not in a row");
	says(0, garbage[0]);
	heard("call detached\nws close 1007\n",
	      "20, 5.2; the conversation may be resumed");
	says(0, "{\"type\":\"userStream.start\"}");
	heard("", "nothing more is taken");
}

/* What was sent to a line that was dead already has not been heard. */
static void test_lost_since(void **state)
{
	static const struct {
		bool streams;
		unsigned quiet_ms, lost_ms; /* before the other one came */
		const char *why;
	} row[] = {
		{ true, 980, 0, "a pause" },
		{ true, 3000, 3000, "the caller was heard all the time" },
		{ false, 5980, 0, "nothing was to be heard" },
		{ false, 6000, 6000, "but the answer to a ping" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		if (i > 0)
			setup(NULL);
		call_up();
		if (row[i].streams)
			says(0, "{\"type\":\"userStream.start\"}");
		wait_ms(row[i].quiet_ms);
		dial();
		says(1, RESUME("c1"));
		CHECK_EQ(row[i].lost_ms, (fake.now_ns - fake.lost_ns) / MS,
			 row[i].why);
		if (i + 1 < ARRAY_LEN(row))
			teardown(NULL);
	}
}

static void test_lost_by_timeout(void **state)
{
	struct ws_end how = { .was_open = true, .status = UV_ETIMEDOUT };

	(void)state;
	call_up();
	wait_ms(3000);
	fake.events[0]->on_closed(fake.socket[0], &how);
	CHECK_EQ(3000, (fake.now_ns - fake.lost_ns) / MS,
		 "nothing had come through any more");
}

static void test_of_another(void **state)
{
	(void)state;
	struct audiocodes_leg *leg = call_up();
	says(0, "{\"type\":\"session.end\",\"conversationId\":\"c2\"}");
	heard("", "5.2");
	says(0, VALIDATE);
	heard("", "not part of any call");
	CHECK_EQ(2, leg->leg.total.ignored, "told of the call they came in");
}

static void test_binary(void **state)
{
	static const uint8_t text[] = VALIDATE;

	(void)state;
	dial();
	fake.events[0]->on_binary(fake.socket[0], text, sizeof(text) - 1);
	heard("> {\"type\":\"connection.validated\",\"success\":true}\n",
	      "as text, 1.3");
	fake.events[0]->on_binary(fake.socket[0], (const uint8_t *)"\1{}", 3);
	fake.events[0]->on_binary(fake.socket[0], NULL, 0);
	heard("", "ignored");
}

static void test_silence(void **state)
{
	(void)state;
	call_up();
	for (unsigned i = 0; i < 10; i++) {
		wait_ms(21000);
		pong(0, 0);
		forget();
	}
	uint64_t heard_ns = fake.now_ns;
	wait_ms(59980);
	heard("", "long gaps without a message are normal, 1.4");
	wait_ms(20);
	heard("call detached\nws abort\n", "two pings unanswered");
	CHECK(fake.lost_ns == heard_ns, "since it was heard last");
	lose(0);
	heard("", "once");
}

static void test_round_trip(void **state)
{
	(void)state;
	dial();
	says(0, INITIATE("c1"));
	forget();
	CHECK(fake.pinged_ns[0] == fake.now_ns, "at once");
	pong(0, 30);
	heard("call rtt 30\n", "measured");
	uint64_t first_ns = fake.pinged_ns[0];
	wait_ms(5000);
	forget();
	CHECK(fake.pinged_ns[0] > first_ns, "again");
	fake.events[0]->on_pong(fake.socket[0], (const uint8_t *)&first_ns, 8);
	fake.events[0]->on_pong(fake.socket[0], NULL, 0);
	heard("", "an older one says nothing, nor one we never sent");
}

static void test_shutdown(void **state)
{
	(void)state;
	call_up();
	dial();
	audiocodes_socket_close_all(&fake.host);
	heard("ws2 close 1001\n", "calls end as calls do");
	audiocodes_socket_abort_all(&fake.host);
	heard("ws2 abort\nws abort\n", "all of them");
	CHECK_EQ(2, fake.host.count, "until they are gone");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test_setup_teardown(test_validate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_validated_then_called,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_session, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_second_session, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_garbage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lost_since, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_lost_by_timeout, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_of_another, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_binary, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silence, setup, teardown),
		cmocka_unit_test_setup_teardown(test_round_trip, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_shutdown, setup, teardown),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
