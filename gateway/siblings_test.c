#include "gateway/siblings.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/carriers/twilio_contexts.h"
#include "gateway/carriers/twilio_outbound.h"
#include "gateway/carriers/twilio_tickets.h"
#include "gateway/carriers/twilio_whispers.h"
#include "tools/testing/check.h"
#include "tools/testing/raw_socket.h"

#define CALL "CA0123456789abcdef0123456789abcdef"
#define NEXT "CAfedcba9876543210fedcba9876543210"

static uv_loop_t loop;
static struct log quiet;
static struct twilio_tickets tickets[2];
static struct twilio_outbound outbound[2];
static struct twilio_whispers whispers[2];
static struct twilio_contexts contexts[2];
static struct siblings one, other;
static unsigned port;
static unsigned closed;
static const uint8_t entropy[16] = { 1, 2, 3 };
static struct lines lines;
static const struct twilio_party nobody;

static int setup(void **state)
{
	(void)state;
	log_open(&quiet, -1, LOG_ERROR);
	closed = 0;
	/* Not a port anybody else could mean. */
	port = 100000 + (unsigned)getpid();
	CHECK_EQ(0, uv_loop_init(&loop), "loop");
	CHECK_EQ(0, lines_init(&lines, &(struct lines_limits){ .calls = 8 }),
		 "lines");
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(0, twilio_tickets_init(&tickets[i], 8, &lines),
			 "tickets");
		CHECK_EQ(0, twilio_outbound_init(&outbound[i]), "placed calls");
		CHECK_EQ(0, twilio_whispers_init(&whispers[i]), "transfers");
		CHECK_EQ(0, twilio_contexts_init(&contexts[i]), "contexts");
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		twilio_tickets_free(&tickets[i]);
		tickets[i].on_change = NULL;
		twilio_outbound_free(&outbound[i]);
		twilio_whispers_free(&whispers[i]);
		twilio_contexts_free(&contexts[i]);
	}
	lines_free(&lines);
	raw_socket_close_loop(&loop);
	return 0;
}

static void on_closed(void *owner)
{
	CHECK(owner == &closed, "its owner");
	closed++;
}

static int open_with(struct siblings *s, int i)
{
	const struct siblings_tables tables = { &tickets[i], &outbound[i],
						&whispers[i], &contexts[i] };

	return siblings_open(s, &loop, port, &tables, &quiet);
}

static void open_it(struct siblings *s)
{
	CHECK_EQ(0, open_with(s, s == &other), "it opens");
}

static void close_it(struct siblings *s)
{
	unsigned before = closed;

	CHECK(siblings_close(s, on_closed, &closed), "it was open");
	CHECK_EQ(before, closed, "not from inside");
	WAIT_FOR(&loop, closed == before + 1, "closed");
	CHECK(!siblings_close(s, on_closed, &closed), "once");
}

static bool has(int table, const char *call, enum twilio_fate fate)
{
	struct twilio_ticket k;

	return twilio_tickets_find(&tickets[table], call, &k) == 0 &&
	       k.fate == fate;
}

/* The webhook reached one, the stream the other, and the end's question the
 * first again. */
static void a_call_goes_from_one_to_the_other(void **state)
{
	struct twilio_ticket k, again;
	uint64_t now_ns = uv_hrtime();

	(void)state;
	open_it(&one);
	open_it(&other);
	WAIT_FOR(&loop,
		 siblings_known(&one) == 1 && siblings_known(&other) == 1,
		 "they have met");
	twilio_tickets_issue(&tickets[0], CALL, &nobody, entropy, now_ns, &k);
	WAIT_FOR(&loop, has(1, CALL, TWILIO_INVITED), "invited");
	CHECK_EQ(0,
		 twilio_tickets_redeem(&tickets[1], k.secret, 32, now_ns,
				       &again),
		 "its ticket is good with the other");
	WAIT_FOR(&loop, has(0, CALL, TWILIO_STREAMING), "streaming");
	CHECK_EQ(-ENOENT,
		 twilio_tickets_redeem(&tickets[0], k.secret, 32, now_ns,
				       &again),
		 "and not twice");
	twilio_tickets_settle(&tickets[1], CALL, 1, TWILIO_ENDED, now_ns);
	WAIT_FOR(&loop, has(0, CALL, TWILIO_ENDED), "ended");
	close_it(&one);
	close_it(&other);
}

static void a_newcomer_learns_of_what_there_is(void **state)
{
	struct twilio_ticket k;
	uint64_t now_ns = uv_hrtime();

	(void)state;
	open_it(&one);
	twilio_tickets_issue(&tickets[0], CALL, &nobody, entropy, now_ns, &k);
	twilio_tickets_issue(&tickets[0], NEXT, &nobody, entropy, now_ns, &k);
	twilio_tickets_settle(&tickets[0], NEXT, 1, TWILIO_FAILED, now_ns);
	open_it(&other);
	WAIT_FOR(&loop,
		 has(1, CALL, TWILIO_INVITED) && has(1, NEXT, TWILIO_FAILED),
		 "both");
	close_it(&one);
	twilio_tickets_ask(&tickets[1], NEXT, &k);
	twilio_tickets_ask(&tickets[1], CALL, &k);
	CHECK_EQ(0, siblings_known(&other), "who is gone is forgotten");
	close_it(&other);
}

/* A webhook's target of a call that the first has placed. */
static void place(uint8_t n, char target[64])
{
	static const struct twilio_outbound_call call = {
		.agent = "sales",
		.text = "name\0Ada",
		.len = 9,
	};
	const uint8_t bytes[16] = { n };
	char token[TWILIO_OUTBOUND_TOKEN];

	CHECK_EQ(0,
		 twilio_outbound_place(&outbound[0], &call, bytes, uv_hrtime(),
				       token),
		 "placed");
	snprintf(target, 64, "/twilio/voice?placed=%s", token);
}

static bool is_placed(int table, const char *target, const char *call)
{
	struct twilio_outbound_call c;

	return twilio_outbound_find(&outbound[table], target, call, uv_hrtime(),
				    &c) == 0 &&
	       strcmp(c.agent, "sales") == 0 && c.len == 9 &&
	       memcmp(c.text, "name\0Ada", 9) == 0;
}

/* The first has placed them, one before it knew the other. */
static void a_placed_call_is_known_to_all(void **state)
{
	char early[64], target[64], dropped[64];

	(void)state;
	open_it(&one);
	place(1, early);
	open_it(&other);
	WAIT_FOR(&loop, is_placed(1, early, CALL), "the newcomer knows it");
	siblings_hear(&one);
	CHECK(!is_placed(0, early, NEXT), "the first has its SID");
	place(2, target);
	twilio_outbound_name(&outbound[0], target + 21, NEXT);
	place(3, dropped);
	twilio_outbound_drop(&outbound[0], dropped + 21);
	siblings_hear(&other);
	CHECK(is_placed(1, target, NEXT), "told at once");
	CHECK(!is_placed(1, target, CALL), "of one call only");
	CHECK(!is_placed(1, dropped, CALL), "never placed");
	CHECK(twilio_outbound_ended(&outbound[1], NEXT, "completed"), "over");
	siblings_hear(&one);
	CHECK(!is_placed(0, target, NEXT), "for the first, too");
	close_it(&one);
	close_it(&other);
	place(4, target);
	CHECK(!is_placed(1, target, CALL), "nobody is told any more");
}

/* --- Warm transfers --- */

static void put_through(uint8_t n, char target[64])
{
	const uint8_t bytes[16] = { n };
	char token[TWILIO_WHISPER_TOKEN];

	CHECK_EQ(0,
		 twilio_whispers_place(&whispers[0], CALL, "Ada, an invoice",
				       bytes, uv_hrtime(), token),
		 "put through");
	snprintf(target, 64, "/twilio/whisper?" TWILIO_WHISPER_QUERY "%s",
		 token);
}

static int told(int table, const char *target, const char *leg)
{
	const struct twilio_whisper_leg l = { target, leg, CALL, uv_hrtime() };
	char words[CALL_SUMMARY_MAX] = "";
	int err = twilio_whispers_hear(&whispers[table], &l, words);

	if (!err)
		CHECK_STR("Ada, an invoice", words, "what they are told");
	return err;
}

static int takes_the_call(int table, const char *target, bool accepts)
{
	const struct twilio_whisper_leg l = { target, NEXT, CALL, uv_hrtime() };

	return twilio_whispers_answer(&whispers[table], &l, accepts);
}

/* Placed by one, answered with the other, and asked about with the first. */
static void a_warm_transfer_is_known_to_all(void **state)
{
	char early[64], target[64];

	(void)state;
	open_it(&one);
	put_through(1, early);
	open_it(&other);
	WAIT_FOR(&loop, told(1, early, NEXT) == 0, "the newcomer knows it");
	siblings_hear(&one);
	CHECK_EQ(-ENOENT, told(0, early, CALL), "the first knows the leg");
	put_through(2, target);
	siblings_hear(&other);
	CHECK_EQ(0, told(1, target, NEXT), "told at once");
	CHECK_EQ(0, takes_the_call(1, target, true), "accepted");
	siblings_hear(&one);
	CHECK_EQ(-ENOENT, takes_the_call(0, target, false), "for all");
	CHECK_EQ(TWILIO_WHISPER_ACCEPTED,
		 twilio_whispers_end(&whispers[0], CALL), "what came of it");
	siblings_hear(&other);
	CHECK_EQ(-ENOENT, told(1, target, NEXT), "over for all");
	CHECK_EQ(-ENOENT, told(1, early, NEXT), "both of them");
	close_it(&one);
	close_it(&other);
}

/* --- What calls take along --- */

static void leave(int table, unsigned stream, const char *words)
{
	struct twilio_context *c = twilio_context_new(CALL, stream);

	CHECK(c, "memory");
	strcpy(c->agent, "sales");
	snprintf(c->words, sizeof(c->words), "%s", words);
	call_variables_set(&c->variables, "name", "Ada \"A\" L.");
	twilio_contexts_put(&contexts[table], c, uv_hrtime());
}

static bool finds(int table, unsigned stream, const char *words)
{
	struct twilio_context *c = twilio_contexts_take(&contexts[table], CALL,
							stream, uv_hrtime());

	if (!c)
		return false;
	CHECK_STR("sales", c->agent, "who had it");
	CHECK_STR(words, c->words, "what was said");
	CHECK_STR("Ada \"A\" L.", call_variables_get(&c->variables, "name"),
		  "what is known");
	twilio_context_drop(c);
	return true;
}

static void what_a_call_takes_along_is_known_to_all(void **state)
{
	(void)state;
	open_it(&one);
	leave(0, 1, "caller: early\n");
	open_it(&other);
	WAIT_FOR(&loop, finds(1, 2, "caller: early\n"), "by the newcomer");
	siblings_hear(&one);
	CHECK(!finds(0, 2, ""), "taken once");
	leave(0, 2, "caller: later\n");
	siblings_hear(&other);
	CHECK(!finds(1, 2, ""), "not by the same stream");
	CHECK(finds(1, 3, "caller: later\n"), "told at once");
	leave(1, 3, "caller: last\n");
	siblings_hear(&one);
	twilio_contexts_forget(&contexts[0], CALL);
	siblings_hear(&other);
	CHECK(!finds(1, 4, ""), "forgotten by all");
	close_it(&one);
	close_it(&other);
	leave(0, 1, "caller: alone\n");
	CHECK(!finds(1, 2, ""), "nobody is told any more");
}

/* Tickets come first, and are not crowded out. */
static void a_newcomer_is_not_told_without_end(void **state)
{
	enum { MANY = 40 };
	char words[TWILIO_CONTEXT_WORDS], sid[35];
	struct twilio_ticket k;
	unsigned known = 0;

	(void)state;
	memset(words, 'w', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	open_it(&one);
	for (int i = 0; i < MANY; i++) {
		snprintf(sid, sizeof(sid), "CA%032x", i);
		struct twilio_context *c = twilio_context_new(sid, 1);
		memcpy(c->words, words, sizeof(words));
		twilio_contexts_put(&contexts[0], c, uv_hrtime());
	}
	twilio_tickets_issue(&tickets[0], CALL, &nobody, entropy, uv_hrtime(),
			     &k);
	open_it(&other);
	WAIT_FOR(&loop, has(1, CALL, TWILIO_INVITED), "the ticket");
	raw_socket_turn_for(&loop, 50);
	for (int i = 0; i < MANY; i++) {
		snprintf(sid, sizeof(sid), "CA%032x", i);
		struct twilio_context *c =
			twilio_contexts_take(&contexts[1], sid, 2, uv_hrtime());
		known += c != NULL;
		twilio_context_drop(c);
	}
	CHECK(known >= SIBLINGS_NEWCOMER_MAX / 5000 && known < MANY / 2,
	      "as many as there is room for");
	close_it(&one);
	close_it(&other);
}

static void older_news_change_nothing(void **state)
{
	struct twilio_ticket k = { .is_taken = true,
				   .call_sid = CALL,
				   .fate = TWILIO_INVITED,
				   .streams = 1,
				   .since_ns = 10 };
	struct twilio_ticket out;

	(void)state;
	twilio_tickets_learn(&tickets[0], &k, 10);
	k.fate = TWILIO_ENDED;
	k.since_ns = 20;
	twilio_tickets_learn(&tickets[0], &k, 20);
	k.fate = TWILIO_STREAMING;
	k.since_ns = 15;
	twilio_tickets_learn(&tickets[0], &k, 21);
	twilio_tickets_find(&tickets[0], CALL, &out);
	CHECK_EQ(TWILIO_ENDED, out.fate, "overtaken on its way");
	k.fate = TWILIO_INVITED;
	k.streams = 2;
	twilio_tickets_learn(&tickets[0], &k, 22);
	twilio_tickets_find(&tickets[0], CALL, &out);
	CHECK_EQ(TWILIO_INVITED, out.fate, "the next stream is news");
}

static void nonsense_is_not_listened_to(void **state)
{
	static const char *const nonsense[] = {
		"",
		"\n\n",
		"v1 hello\nv1 hello",
		"hello",
		"v1 - CA1 cut 1 5 0",
		"p1 placed",
		"p1 placed 0 - 5 - -",
		"w1 {}",
		"c1 [1",
	};
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char big[SIBLINGS_TEXT_MAX + 1];
	int len;

	(void)state;
	open_it(&one);
	len = snprintf(a.sun_path + 1, sizeof(a.sun_path) - 1, "tandem/%u/0",
		       port);
	CHECK_EQ(0,
		 connect(fd, (struct sockaddr *)&a,
			 (socklen_t)(sizeof(sa_family_t) + 1 + (size_t)len)),
		 "a stranger knows the address");
	for (size_t i = 0; i < ARRAY_LEN(nonsense); i++)
		CHECK_EQ(strlen(nonsense[i]),
			 send(fd, nonsense[i], strlen(nonsense[i]), 0), "sent");
	memset(big, '\n', sizeof(big));
	CHECK_EQ(sizeof(big), send(fd, big, sizeof(big), 0), "sent");
	raw_socket_turn_for(&loop, 50);
	CHECK_EQ(0, siblings_known(&one), "and is none of us");
	close(fd);
	close_it(&one);
}

static void there_is_an_end_to_them(void **state)
{
	static struct siblings all[SIBLINGS_MAX];

	(void)state;
	for (unsigned i = 0; i < SIBLINGS_MAX; i++) {
		CHECK_EQ(0, open_with(&all[i], 0), "one more");
		CHECK_EQ(i, all[i].number, "the first that is free");
	}
	CHECK_EQ(-EADDRINUSE, open_with(&other, 1), "no more");
	CHECK(!siblings_close(&other, on_closed, &closed), "it is alone");
	for (unsigned i = 0; i < SIBLINGS_MAX; i++)
		close_it(&all[i]);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_call_goes_from_one_to_the_other),
		TEST(a_newcomer_learns_of_what_there_is),
		TEST(a_placed_call_is_known_to_all),
		TEST(a_warm_transfer_is_known_to_all),
		TEST(what_a_call_takes_along_is_known_to_all),
		TEST(a_newcomer_is_not_told_without_end),
		TEST(older_news_change_nothing),
		TEST(nonsense_is_not_listened_to),
		TEST(there_is_an_end_to_them),
	};
	return cmocka_run_group_tests_name("siblings", tests, NULL, NULL);
}
