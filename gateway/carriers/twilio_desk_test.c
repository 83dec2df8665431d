#include "gateway/carriers/twilio_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/twilio_contexts.h"
#include "gateway/carriers/twilio_outbound.h"
#include "gateway/carriers/twilio_whisper.h"
#include "gateway/carriers/twilio_whispers.h"
#include "gateway/ops/config.h"
#include "protocols/buffer.h"
#include "protocols/form.h"
#include "protocols/http.h"
#include "protocols/twilio_signature.h"
#include "tools/testing/check.h"

#define SID   "CAfedcba9876543210fedcba9876543210"
#define TOKEN "2f1d3c5b7a9e0f4d6c8b1a3e5f7d9c0b"
#define MS    1000000ull

static struct config config;
static struct log quiet = { .fd = -1, .level = LOG_ERROR };
static struct twilio_desk desk;
static struct twilio_tickets tickets;
static struct lines lines;
static bool crowded; /* this worker */
static char body[512];
static char signature[TWILIO_SIGNATURE_LEN];
static struct http_message message;
static struct buffer out;

static void entropy(void *owner, uint8_t *bytes, size_t n)
{
	(void)owner;
	memset(bytes, 0xab, n);
}

static enum lines_refusal take_line(void *owner, const char *number,
				    const char *source, struct lines_seat *seat)
{
	(void)owner;
	return lines_take(&lines, number, source, seat);
}

static enum lines_refusal take_place(void *owner)
{
	(void)owner;
	return crowded ? LINES_PER_WORKER : LINES_FREE;
}

static void give_line(void *owner, struct lines_seat *seat)
{
	(void)owner;
	lines_give(&lines, seat);
}

static unsigned busy(void)
{
	return atomic_load(&lines.busy);
}

static int setup(void **state)
{
	(void)state;
	config_default(&config);
	strcpy(config.public_url, "https://gw.example.net");
	static const struct lines_limits limits = { .calls = 2,
						    .per_number = 1 };
	crowded = false;
	assert_int_equal(0, lines_init(&lines, &limits));
	assert_int_equal(0, twilio_tickets_init(&tickets, 16, &lines));
	twilio_desk_init(&desk, &config, &tickets, &quiet);
	desk.random = entropy;
	desk.take_line = take_line;
	desk.take_place = take_place;
	desk.give_line = give_line;
	buffer_init(&out, 65536);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	twilio_tickets_free(&tickets);
	lines_free(&lines);
	buffer_free(&out);
	return 0;
}

static void with_token(void)
{
	config.twilio.auth_token_count = 1;
	secret_set(&config.twilio.auth_tokens[0], TOKEN, strlen(TOKEN));
}

static void header(const char *name, const char *value)
{
	message.header[message.headers++] =
		(struct http_header){ .name = name, .value = value };
}

/* A POST with a form, signed for url unless that is NULL. */
static struct twilio_request post(const char *target, const char *form_text,
				  const char *url)
{
	memset(&message, 0, sizeof(message));
	strcpy(body, form_text);
	message.method = "POST";
	message.target = target;
	message.body = body;
	message.body_len = strlen(body);
	header("Host", "10.0.0.7:8080");
	if (url) {
		struct form form;
		char copy[512];
		strcpy(copy, form_text);
		assert_int_equal(0, form_parse(&form, copy, strlen(copy)));
		twilio_signature(signature, TOKEN, url, &form);
		header("X-Twilio-Signature", signature);
	}
	out.used = out.start = 0;
	return (struct twilio_request){ .message = &message,
					.is_loopback = true,
					.now_ns = 1000 * MS };
}

/* Of the only call there is. */
static unsigned streams(void)
{
	return tickets.ticket[0].streams;
}

static bool answers(const char *part)
{
	char text[4096];

	snprintf(text, sizeof(text), "%.*s", (int)out.used,
		 (const char *)buffer_head(&out));
	return strstr(text, part) != NULL;
}

static const char voice_url[] = "https://gw.example.net/twilio/voice";

static void test_voice_invites_to_a_ticket(void **state)
{
	(void)state;
	struct twilio_request r;

	with_token();
	r = post("/twilio/voice", "CallSid=" SID "&From=%2B15552223333",
		 voice_url);
	CHECK_EQ(200, twilio_desk_voice(&desk, &r, &out), "signed and sound");
	CHECK(answers("url=\"wss://gw.example.net/twilio/media/"
		      "abababababababababababababababab\""),
	      "a secret of its own in the path");
	CHECK(answers("action=\"https://gw.example.net/twilio/after-stream\""),
	      "and a way back");
}

static void test_who_is_refused(void **state)
{
	(void)state;
	struct twilio_request r;

	with_token();
	r = post("/twilio/voice", "CallSid=" SID, NULL);
	CHECK_EQ(403, twilio_desk_voice(&desk, &r, &out), "not signed");
	r = post("/twilio/voice", "CallSid=" SID,
		 "https://gw.example.net/twilio/other");
	CHECK_EQ(403, twilio_desk_voice(&desk, &r, &out), "signed for another");
	r = post("/twilio/voice", "CallSid=CA1", voice_url);
	CHECK_EQ(400, twilio_desk_voice(&desk, &r, &out), "no call");
	config.twilio.account_sid_count = 1;
	strcpy(config.twilio.account_sids[0],
	       "AC0123456789abcdef0123456789abcdef");
	r = post("/twilio/voice",
		 "CallSid=" SID
		 "&AccountSid=AC00000000000000000000000000000000",
		 voice_url);
	CHECK_EQ(403, twilio_desk_voice(&desk, &r, &out), "a stranger");
}

/* A wrong signature is looked into now and then, not at everybody's will. */
static void test_explaining_is_bounded(void **state)
{
	(void)state;
	struct twilio_request r;

	with_token();
	r = post("/twilio/voice", "CallSid=" SID, "http://other/twilio/voice");
	CHECK_EQ(403, twilio_desk_voice(&desk, &r, &out), "refused");
	CHECK_EQ(r.now_ns, desk.explained_ns, "looked into");
	r.now_ns += (TWILIO_EXPLAIN_MS - 1) * MS;
	CHECK_EQ(403, twilio_desk_voice(&desk, &r, &out), "refused again");
	CHECK_EQ(1000 * MS, desk.explained_ns, "and no more");
	r.now_ns += MS;
	CHECK_EQ(403, twilio_desk_voice(&desk, &r, &out), "and again");
	CHECK_EQ(r.now_ns, desk.explained_ns, "later");
	r = post("/twilio/voice", "CallSid=" SID, NULL);
	r.now_ns += 1000000 * MS;
	CHECK_EQ(403, twilio_desk_voice(&desk, &r, &out), "not signed");
	CHECK(desk.explained_ns < r.now_ns, "there is nothing to look into");
	CHECK_EQ(0, desk.tokens_seen, "nothing matched");
	r = post("/twilio/voice", "CallSid=" SID, voice_url);
	CHECK_EQ(200, twilio_desk_voice(&desk, &r, &out), "signed");
	CHECK_EQ(1, desk.tokens_seen, "with the first");
}

static void test_without_token_only_this_machine(void **state)
{
	(void)state;
	struct twilio_request r = post("/twilio/voice", "CallSid=" SID, NULL);

	CHECK_EQ(200, twilio_desk_voice(&desk, &r, &out), "loopback");
	r = post("/twilio/voice", "CallSid=" SID, NULL);
	r.is_loopback = false;
	CHECK_EQ(403, twilio_desk_voice(&desk, &r, &out), "anyone else");
}

#define SID2 "CA00000000000000000000000000000002"
#define SID3 "CA00000000000000000000000000000003"

/* Returns whether the call is invited. */
static bool rings(const char *form_text)
{
	struct twilio_request r = post("/twilio/voice", form_text, NULL);

	CHECK_EQ(200, twilio_desk_voice(&desk, &r, &out), "an answer");
	return answers("<Stream");
}

static void test_busy_when_full(void **state)
{
	(void)state;

	CHECK(rings("CallSid=" SID "&To=%2B1"), "a line");
	CHECK(!rings("CallSid=" SID2 "&To=%2B1"), "one for each number");
	CHECK(answers("<Reject reason=\"busy\"/>"), "not billed");
	CHECK(rings("CallSid=" SID2 "&To=%2B2"), "of another number");
	CHECK(!rings("CallSid=" SID3 "&To=%2B3"), "two in all");
	CHECK(answers("<Reject reason=\"busy\"/>"), "not billed");
	CHECK(rings("CallSid=" SID "&To=%2B1"), "who is invited stays so");
	CHECK_EQ(2, busy(), "and has one line");
}

static void test_who_never_came_makes_room(void **state)
{
	(void)state;
	struct twilio_request r;

	rings("CallSid=" SID "&To=%2B1");
	r = post("/twilio/voice", "CallSid=" SID2 "&To=%2B1", NULL);
	r.now_ns += TWILIO_TICKET_MS * MS;
	CHECK_EQ(200, twilio_desk_voice(&desk, &r, &out), "an answer");
	CHECK(answers("<Stream"), "the first was given up");
	r = post("/twilio/after-stream",
		 "CallSid=" SID2 "&CallStatus=completed", NULL);
	twilio_desk_after_stream(&desk, &r, &out);
	CHECK_EQ(0, busy(), "who hung up has none either");
}

static void test_what_the_others_get(void **state)
{
	(void)state;
	static const struct {
		enum config_overload_then then;
		const char *answer;
	} row[] = {
		{ CONFIG_OVERLOAD_REJECT,
		  "<Response><Reject reason=\"busy\"/>" },
		{ CONFIG_OVERLOAD_SAY,
		  "<Response><Say>Busy &amp; so</Say><Hangup/>" },
		{ CONFIG_OVERLOAD_DIAL,
		  "<Response><Say>Busy &amp; so</Say><Dial "
		  "answerOnBridge=\"true\"><Number>+15550001111</Number>" },
		{ CONFIG_OVERLOAD_REDIRECT,
		  "<Response><Redirect method=\"POST\">https://h/b?a=1&amp;b=2"
		  "</Redirect>" },
	};

	strcpy(config.overload.say, "Busy & so");
	strcpy(config.overload.dial, "+15550001111");
	strcpy(config.overload.url, "https://h/b?a=1&b=2");
	rings("CallSid=" SID "&To=%2B1");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		config.overload.then = row[i].then;
		CHECK(!rings("CallSid=" SID2 "&To=%2B1"), "no line");
		CHECK(answers(row[i].answer), row[i].answer);
	}
}

static struct twilio_ticket admitted(const char *target, bool is_signed,
				     unsigned *status)
{
	struct twilio_ticket ticket = { 0 };
	struct twilio_request r = post(target, "", NULL);
	char url[256];

	message.method = "GET";
	if (is_signed) {
		snprintf(url, sizeof(url), "wss://gw.example.net%s", target);
		twilio_signature(signature, TOKEN, url, NULL);
		header("X-Twilio-Signature", signature);
	}
	*status = twilio_desk_admit(&desk, &r, &ticket);
	return ticket;
}

#define MEDIA "/twilio/media/abababababababababababababababab"

static void test_media_socket(void **state)
{
	(void)state;
	unsigned status;
	struct twilio_request r;

	with_token();
	r = post("/twilio/voice", "CallSid=" SID, voice_url);
	twilio_desk_voice(&desk, &r, &out);
	admitted(MEDIA, false, &status);
	CHECK_EQ(403, status, "a socket must be signed too");
	admitted("/twilio/media/", true, &status);
	CHECK_EQ(403, status, "without a ticket");
	CHECK_EQ(1, busy(), "who was invited has a line");
	struct twilio_ticket ticket = admitted(MEDIA, true, &status);
	CHECK_EQ(0, status, "it opens");
	CHECK_STR(SID, ticket.call_sid, "for that call");
	CHECK(ticket.seat.is_taken, "which takes its line along");
	admitted(MEDIA, true, &status);
	CHECK_EQ(403, status, "and only once");
	admitted("/twilio/media/abababababababababababababababac", true,
		 &status);
	CHECK_EQ(403, status, "nor can it be guessed");
	CHECK_EQ(1, busy(), "the call has its line");
	lines_give(&lines, &ticket.seat);
}

/* Over capacity, before the 101; what comes behind the stream tries again. */
static void test_a_worker_without_a_place(void **state)
{
	(void)state;
	unsigned status;
	struct twilio_ticket ticket;
	struct twilio_request r;

	rings("CallSid=" SID "&To=%2B1");
	crowded = true;
	admitted(MEDIA, false, &status);
	CHECK_EQ(503, status, "limits.calls_per_worker");
	CHECK_EQ(0, busy(), "nothing is kept");
	r = post("/twilio/after-stream", "CallSid=" SID, NULL);
	twilio_desk_after_stream(&desk, &r, &out);
	CHECK(answers("<Stream"), "another try, perhaps elsewhere");
	CHECK_EQ(1, busy(), "with a line");
	crowded = false;
	ticket = admitted(MEDIA, false, &status);
	CHECK_EQ(0, status, "it opens");
	CHECK_STR("+1", ticket.number, "as before");
	lines_give(&lines, &ticket.seat);
}

/* Whoever has been answered keeps trying while others have the lines. */
static void test_joining_again_when_full(void **state)
{
	(void)state;
	struct lines_seat other[2];
	unsigned status;
	struct twilio_request r;

	rings("CallSid=" SID "&To=%2B1");
	struct twilio_ticket ticket = admitted(MEDIA, false, &status);
	twilio_tickets_settle(&tickets, SID, ticket.streams, TWILIO_CUT, 0);
	lines_give(&lines, &ticket.seat);
	for (int i = 0; i < 2; i++)
		lines_take(&lines, NULL, NULL, &other[i]);
	r = post("/twilio/after-stream", "CallSid=" SID, NULL);
	twilio_desk_after_stream(&desk, &r, &out);
	CHECK(answers("<Stream"), "not hung up on");
	admitted(MEDIA, false, &status);
	CHECK_EQ(503, status, "nobody has gone yet");
	r = post("/twilio/after-stream", "CallSid=" SID, NULL);
	twilio_desk_after_stream(&desk, &r, &out);
	lines_give(&lines, &other[0]);
	ticket = admitted(MEDIA, false, &status);
	CHECK_EQ(0, status, "now somebody has");
	CHECK_EQ(2, busy(), "whose line it is now");
}

static void test_after_the_stream(void **state)
{
	(void)state;
	static const struct {
		enum twilio_fate fate;
		const char *form_text;
		const char *answer;
		const char *why;
	} row[] = {
		{ TWILIO_ENDED, "CallSid=" SID "&CallStatus=in-progress",
		  "<Hangup/>", "we said goodbye" },
		{ TWILIO_FAILED, "CallSid=" SID "&CallStatus=in-progress",
		  "<Hangup/>", "we apologised; the default is to hang up" },
		{ TWILIO_CALLER_GONE, "CallSid=" SID, "<Response></Response>",
		  "nobody is there" },
		{ TWILIO_ENDED, "CallSid=" SID "&CallStatus=completed",
		  "<Response></Response>", "the call is over already" },
		{ TWILIO_CUT, "CallSid=" SID "&CallStatus=in-progress",
		  "<Stream", "the socket broke: join them again" },
	};
	unsigned status;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct twilio_request r =
			post("/twilio/voice", "CallSid=" SID, NULL);
		twilio_desk_voice(&desk, &r, &out);
		struct twilio_ticket k = admitted(MEDIA, false, &status);
		lines_give(&lines, &k.seat);
		twilio_tickets_settle(&tickets, SID, streams(), row[i].fate, 0);
		r = post("/twilio/after-stream", row[i].form_text, NULL);
		CHECK_EQ(200, twilio_desk_after_stream(&desk, &r, &out),
			 row[i].why);
		CHECK(answers(row[i].answer), row[i].why);
		tickets.ticket[0].streams = 0;
	}
}

/* The caller was put through, and the stream ended with a stop. */
static void test_after_a_transfer(void **state)
{
	static const struct {
		const char *form_text, *answer, *why;
	} row[] = {
		{ "&DialCallStatus=completed&DialBridged=true", "<Hangup/>",
		  "they have spoken" },
		{ "&DialCallStatus=answered", "<Hangup/>",
		  "likewise, where nobody says whether" },
		{ "&DialCallStatus=answered&DialBridged=false", "<Stream",
		  "it was picked up, and no more" },
		{ "&DialCallStatus=no-answer&DialBridged=false",
		  "<Parameter name=\"tandem-returned\" value=\"no-answer\"/>",
		  "back to the model, which is told why" },
		{ "&DialCallStatus=no-answer&CallStatus=completed",
		  "<Response></Response>", "the caller has hung up" },
		{ "", "value=\"failed\"", "nobody knows how it went" },
	};
	unsigned status;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char text[256];
		struct twilio_request r =
			post("/twilio/voice", "CallSid=" SID, NULL);
		twilio_desk_voice(&desk, &r, &out);
		struct twilio_ticket k = admitted(MEDIA, false, &status);
		lines_give(&lines, &k.seat);
		twilio_tickets_settle(&tickets, SID, streams(),
				      TWILIO_CALLER_GONE, 0);
		snprintf(text, sizeof(text), "CallSid=" SID "%s",
			 row[i].form_text);
		r = post(TWILIO_PATH_DIALLED, text, NULL);
		CHECK_EQ(200, twilio_desk_after_dial(&desk, &r, &out),
			 row[i].why);
		CHECK(answers(row[i].answer), row[i].why);
		twilio_tickets_abandon(&tickets, SID, 0);
		tickets.ticket[0].streams = 0;
	}
}

/* --- Whoever answers is told first --- */

#define LEG    "CA11112222333344445555666677778888"
#define SECRET "abababababababababababababababab"
#define QUERY  "?" TWILIO_WHISPER_QUERY SECRET

static struct twilio_whispers whispers;

static void begin_whisper(void)
{
	char token[TWILIO_WHISPER_TOKEN];
	uint8_t bytes[16];

	memset(bytes, 0xab, sizeof(bytes));
	assert_int_equal(0, twilio_whispers_init(&whispers));
	desk.whispers = &whispers;
	assert_int_equal(0, twilio_whispers_place(&whispers, SID, "A & <B>",
						  bytes, 1000 * MS, token));
}

static unsigned whisper(const char *target, const char *form_text)
{
	struct twilio_request r = post(target, form_text, NULL);

	return strncmp(target, TWILIO_PATH_KEY, strlen(TWILIO_PATH_KEY)) == 0
		       ? twilio_whisper_key(&desk, &r, &out)
		       : twilio_whisper_say(&desk, &r, &out);
}

static void test_whisper(void **state)
{
	static const char leg[] = "CallSid=" LEG "&ParentCallSid=" SID;

	(void)state;
	CHECK_EQ(403, whisper(TWILIO_PATH_WHISPER QUERY, leg), "none is told");
	begin_whisper();
	CHECK_EQ(403, whisper(TWILIO_PATH_WHISPER, leg), "no token");
	CHECK_EQ(403,
		 whisper(TWILIO_PATH_WHISPER QUERY,
			 "CallSid=" LEG "&ParentCallSid=" SID2),
		 "of another call");
	CHECK_EQ(400, whisper(TWILIO_PATH_WHISPER QUERY, "CallSid=x"),
		 "no call");
	CHECK_EQ(403, whisper(TWILIO_PATH_KEY QUERY, leg),
		 "a key before the words");
	CHECK_EQ(200, whisper(TWILIO_PATH_WHISPER QUERY, leg), "told");
	CHECK(answers("<Gather numDigits=\"1\" timeout=\"6\" "
		      "action=\"https://gw.example.net/twilio/"
		      "whisper-key?whisper=" SECRET "\"><Say>There is a call "
		      "for you. A &amp; &lt;B&gt; Press 1 to take it.</Say>"
		      "</Gather><Gather"),
	      "twice");
	CHECK(answers("</Gather><Hangup/></Response>"), "then hung up");
	CHECK_EQ(403, whisper(TWILIO_PATH_WHISPER QUERY, "CallSid=" SID2),
		 "another leg");
	CHECK_EQ(200, whisper(TWILIO_PATH_KEY QUERY, leg), "no key in it");
	CHECK(answers("<Hangup/>"), "is none");
	CHECK_EQ(403, whisper(TWILIO_PATH_KEY QUERY, "Digits=1&CallSid=" LEG),
		 "the first counts");
	twilio_whispers_free(&whispers);
	begin_whisper();
	strcpy(config.transfer.whisper_language, "de-DE");
	whisper(TWILIO_PATH_WHISPER QUERY, leg);
	CHECK(answers("<Say language=\"de-DE\">"), "in a language");
	CHECK_EQ(200, whisper(TWILIO_PATH_KEY QUERY, "Digits=1&CallSid=" LEG),
		 "the key");
	CHECK(answers("<Response></Response>"), "they are connected");
	with_token();
	CHECK_EQ(403, whisper(TWILIO_PATH_WHISPER QUERY, leg), "not signed");
	twilio_whispers_free(&whispers);
}

static void test_after_a_whisper(void **state)
{
	static const struct {
		const char *digits; /* NULL: nobody answers; "": no key */
		const char *form_text, *answer, *why;
	} row[] = {
		{ "1", "&DialCallStatus=completed&DialBridged=true",
		  "<Hangup/>", "they have spoken" },
		{ "1", "&DialCallStatus=completed", "<Hangup/>",
		  "likewise, where nobody says so" },
		{ "2", "&DialCallStatus=completed&DialBridged=false",
		  "value=\"declined\"", "they did not want to" },
		{ "2", "&DialCallStatus=completed", "value=\"declined\"",
		  "likewise, where nobody says so" },
		{ "", "&DialCallStatus=no-answer&DialBridged=false",
		  "value=\"declined\"", "they only listened" },
		{ NULL, "&DialCallStatus=busy&DialBridged=false",
		  "value=\"busy\"", "nobody was told" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin_whisper();
		if (row[i].digits)
			whisper(TWILIO_PATH_WHISPER QUERY, "CallSid=" LEG);
		snprintf(text, sizeof(text), "CallSid=" LEG "&Digits=%s",
			 row[i].digits ? row[i].digits : "");
		if (row[i].digits && row[i].digits[0])
			whisper(TWILIO_PATH_KEY QUERY, text);
		snprintf(text, sizeof(text), "CallSid=" SID "%s",
			 row[i].form_text);
		struct twilio_request r = post(TWILIO_PATH_DIALLED, text, NULL);
		CHECK_EQ(200, twilio_desk_after_dial(&desk, &r, &out),
			 row[i].why);
		CHECK(answers(row[i].answer), row[i].why);
		CHECK_EQ(TWILIO_WHISPER_NONE,
			 twilio_whispers_end(&whispers, SID), "it is over");
		twilio_whispers_free(&whispers);
		twilio_tickets_abandon(&tickets, SID, 0);
		tickets.ticket[0].streams = 0;
	}
}

static void test_who_is_gone_leaves_nothing(void **state)
{
	static const struct {
		const char *form_text, *why;
		bool stays;
	} row[] = {
		{ "&DialBridged=true", "put through", false },
		{ "&CallStatus=completed", "hung up", false },
		{ "&DialCallStatus=busy", "back", true },
	};
	struct twilio_contexts contexts;
	char text[256];

	(void)state;
	assert_int_equal(0, twilio_contexts_init(&contexts));
	desk.contexts = &contexts;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		twilio_contexts_put(&contexts, twilio_context_new(SID, 1), 0);
		snprintf(text, sizeof(text), "CallSid=" SID "%s",
			 row[i].form_text);
		struct twilio_request r = post(TWILIO_PATH_DIALLED, text, NULL);
		twilio_desk_after_dial(&desk, &r, &out);
		CHECK_EQ(row[i].stays, contexts.bytes > 0, row[i].why);
	}
	twilio_contexts_free(&contexts);
}

static void test_returns_are_bounded(void **state)
{
	unsigned status;
	struct twilio_request r = post("/twilio/voice", "CallSid=" SID, NULL);

	(void)state;
	twilio_desk_voice(&desk, &r, &out);
	for (unsigned i = 1; i <= TWILIO_STREAMS_MAX; i++) {
		struct twilio_ticket k = admitted(MEDIA, false, &status);
		lines_give(&lines, &k.seat);
		twilio_tickets_settle(&tickets, SID, streams(),
				      TWILIO_CALLER_GONE, 0);
		r = post(TWILIO_PATH_DIALLED,
			 "CallSid=" SID "&DialCallStatus=busy", NULL);
		twilio_desk_after_dial(&desk, &r, &out);
		CHECK_EQ(i < TWILIO_STREAMS_MAX, answers("<Stream"),
			 "so often, and no more");
	}
	CHECK(answers("<Hangup/>"), "as failure says");
	r = post(TWILIO_PATH_DIALLED, "CallSid=nonsense", NULL);
	CHECK_EQ(400, twilio_desk_after_dial(&desk, &r, &out), "no call");
	with_token();
	r = post(TWILIO_PATH_DIALLED, "CallSid=" SID, NULL);
	CHECK_EQ(403, twilio_desk_after_dial(&desk, &r, &out), "not signed");
}

static void test_joining_again_is_bounded(void **state)
{
	(void)state;
	static const char form_text[] =
		"CallSid=" SID "&CallStatus=in-progress";
	struct twilio_request r = post("/twilio/voice", form_text, NULL);
	unsigned status, joined = 0;

	twilio_desk_voice(&desk, &r, &out);
	for (int i = 0; i < 10; i++) {
		struct twilio_ticket k = admitted(MEDIA, false, &status);
		lines_give(&lines, &k.seat);
		twilio_tickets_settle(&tickets, SID, streams(), TWILIO_CUT, 0);
		r = post("/twilio/after-stream", form_text, NULL);
		twilio_desk_after_stream(&desk, &r, &out);
		joined += answers("<Stream");
	}
	CHECK_EQ(TWILIO_STREAMS_MAX - 1, joined, "some tries, not for ever");
}

static void test_a_stream_that_never_opens(void **state)
{
	(void)state;
	struct twilio_request r = post("/twilio/voice", "CallSid=" SID, NULL);
	unsigned joined = 0;

	twilio_desk_voice(&desk, &r, &out);
	for (int i = 0; i < 10; i++) {
		r = post("/twilio/after-stream", "CallSid=" SID, NULL);
		twilio_desk_after_stream(&desk, &r, &out);
		joined += answers("<Stream");
	}
	CHECK_EQ(TWILIO_STREAMS_MAX - 1, joined,
		 "a refused upgrade does not go round for ever");
}

static void test_failure_may_dial_a_person(void **state)
{
	(void)state;
	struct twilio_request r = post("/twilio/voice", "CallSid=" SID, NULL);

	config.failure.then = CONFIG_THEN_DIAL;
	strcpy(config.failure.dial, "+15554445555");
	twilio_desk_voice(&desk, &r, &out);
	twilio_tickets_settle(&tickets, SID, streams(), TWILIO_FAILED, 0);
	r = post("/twilio/after-stream", "CallSid=" SID, NULL);
	twilio_desk_after_stream(&desk, &r, &out);
	CHECK(answers("+15554445555</"), "connected with a person");
}

/* failure.by_number, of the number that was dialled. */
static void test_failure_of_a_number(void **state)
{
	(void)state;
	struct config_failure *f = &config.failure;
	struct twilio_request r = post(
		"/twilio/voice", "CallSid=" SID "&To=%2B15550001111", NULL);

	f->by_number_count = 2;
	strcpy(f->by_number[0].number, "other");
	strcpy(f->by_number[1].number, "+15550001111");
	strcpy(f->by_number[1].dial, "+15557776666");
	strcpy(f->by_number[1].say, "One moment.");
	f->by_number[1].then = CONFIG_THEN_DIAL;
	twilio_desk_voice(&desk, &r, &out);
	twilio_tickets_settle(&tickets, SID, streams(), TWILIO_FAILED, 0);
	r = post("/twilio/after-stream", "CallSid=" SID, NULL);
	twilio_desk_after_stream(&desk, &r, &out);
	CHECK(answers("<Response><Dial answerOnBridge=\"true\"><Number>"
		      "+15557776666</"),
	      "its own person; the apology was heard");
	for (int i = 0; i < TWILIO_STREAMS_MAX; i++) {
		twilio_tickets_settle(&tickets, SID, streams(), TWILIO_CUT, 0);
		r = post("/twilio/after-stream", "CallSid=" SID, NULL);
		twilio_desk_after_stream(&desk, &r, &out);
	}
	CHECK(answers("<Say>One moment.</Say><Dial"),
	      "spoken by Twilio where no stream would open");
}

static void test_stream_status(void **state)
{
	(void)state;
	struct twilio_request r =
		post("/twilio/stream-status",
		     "CallSid=" SID "&StreamEvent=stream-error&StreamError=x",
		     NULL);

	CHECK_EQ(200, twilio_desk_stream_status(&desk, &r, &out), "taken");
	CHECK(answers("<Response></Response>"), "the safest body");
}

/* --- Calls that were placed --- */

static struct twilio_outbound outbound;
static char placed[64]; /* what Twilio is given */

static void place_call(const char *agent)
{
	struct twilio_outbound_call call = { .text = "name\0Ada", .len = 9 };
	const uint8_t bytes[16] = { 1 };
	char token[TWILIO_OUTBOUND_TOKEN];

	assert_int_equal(0, twilio_outbound_init(&outbound));
	desk.outbound = &outbound;
	strcpy(call.agent, agent);
	assert_int_equal(0, twilio_outbound_place(&outbound, &call, bytes, 0,
						  token));
	snprintf(placed, sizeof(placed), "/twilio/voice?placed=%s", token);
}

#define PERSON   "From=%2B41445556677&To=%2B41791234567"
#define OTHER    "CA00000000000000000000000000000001"
#define ADA      "<Parameter name=\"name\" value=\"Ada\"/>"
#define ANSWERED "<Parameter name=\"answered_by\" value=\"human\"/>"

static void test_a_placed_call(void **state)
{
	(void)state;
	struct twilio_request r;
	struct twilio_ticket k;

	place_call("sales");
	r = post(placed, "CallSid=" SID "&" PERSON "&AnsweredBy=human", NULL);
	CHECK_EQ(200, twilio_desk_voice(&desk, &r, &out), "taken");
	CHECK(answers(ADA) && answers(ANSWERED), "what is known of it");
	CHECK_EQ(0, twilio_tickets_find(&tickets, SID, &k), "invited");
	CHECK_STR("sales", k.agent, "who was chosen");
	CHECK_STR("+41791234567", k.source, "the person is the caller");
	CHECK_STR("+41445556677", k.number, "on our number");
	r = post(placed, "CallSid=" SID "&" PERSON, NULL);
	twilio_desk_voice(&desk, &r, &out);
	CHECK(answers(ADA), "asked again: the same");
	twilio_outbound_free(&outbound);
}

static void test_a_token_that_is_used(void **state)
{
	(void)state;
	struct twilio_request r;
	struct twilio_ticket k;

	place_call("sales");
	r = post(placed, "CallSid=" SID "&" PERSON, NULL);
	twilio_desk_voice(&desk, &r, &out);
	r = post(placed, "CallSid=" OTHER "&From=%2B1&To=%2B2", NULL);
	CHECK_EQ(200, twilio_desk_voice(&desk, &r, &out), "a call");
	CHECK(answers("<Stream") && !answers(ADA), "which learns nothing");
	CHECK_EQ(0, twilio_tickets_find(&tickets, OTHER, &k), "invited");
	CHECK_STR("", k.agent, "and is routed like any other");
	CHECK_STR("+1", k.source, "likewise");
	r = post("/twilio/call-status", "CallSid=" SID "&CallStatus=completed",
		 NULL);
	CHECK_EQ(200, twilio_desk_call_status(&desk, &r, &out), "it is over");
	r = post(placed, "CallSid=" SID "&" PERSON, NULL);
	CHECK(!twilio_desk_is_placed(
		      &desk, &r,
		      &(struct form){ .count = 1,
				      .field[0] = { "CallSid", 7, SID, 34 } }),
	      "and forgotten");
	twilio_outbound_free(&outbound);
}

static void test_a_machine_answers(void **state)
{
	static const struct {
		enum config_machine machine;
		const char *by;
		const char *answer;
		const char *why;
	} row[] = {
		{ CONFIG_MACHINE_IGNORE, "machine_start", "<Stream",
		  "ignored" },
		{ CONFIG_MACHINE_CONTINUE, "machine_start",
		  "value=\"machine_start\"", "the agent knows" },
		{ CONFIG_MACHINE_HANGUP, "machine_start",
		  "<Response><Hangup/></Response>", "not spoken to" },
		{ CONFIG_MACHINE_HANGUP, "fax",
		  "<Response><Hangup/></Response>", "nor is a fax" },
		{ CONFIG_MACHINE_HANGUP, "human", "<Stream", "a person is" },
		{ CONFIG_MACHINE_HANGUP, "unknown", "<Stream", "perhaps one" },
		{ CONFIG_MACHINE_MESSAGE, "machine_end_beep",
		  "<Say>A &amp; B</Say><Hangup/>", "behind the tone" },
		{ CONFIG_MACHINE_MESSAGE, "fax",
		  "<Response><Hangup/></Response>", "which hears nothing" },
		{ CONFIG_MACHINE_MESSAGE, "human", "<Stream", "a person" },
	};
	char text[256];

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		setup(state);
		place_call("");
		config.outbound.machine = row[i].machine;
		strcpy(config.outbound.message, "A & B");
		snprintf(text, sizeof(text), "%s&AnsweredBy=%s",
			 "CallSid=" SID "&" PERSON, row[i].by);
		struct twilio_request r = post(placed, text, NULL);
		CHECK_EQ(200, twilio_desk_voice(&desk, &r, &out), row[i].why);
		CHECK(answers(row[i].answer), row[i].why);
		twilio_outbound_free(&outbound);
		if (i + 1 < sizeof(row) / sizeof(row[0]))
			teardown(state);
	}
}

/* Who was called is not told that all lines are busy. */
static void test_a_placed_call_without_a_line(void **state)
{
	(void)state;
	struct lines_seat other[2];
	struct twilio_request r;

	place_call("");
	for (int i = 0; i < 2; i++)
		lines_take(&lines, NULL, NULL, &other[i]);
	r = post(placed, "CallSid=" SID "&" PERSON, NULL);
	CHECK_EQ(200, twilio_desk_voice(&desk, &r, &out), "answered");
	CHECK(answers("<Response><Hangup/></Response>"), "it ends");
	CHECK_EQ(1, desk.rejected, "and is counted");
	twilio_outbound_free(&outbound);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_voice_invites_to_a_ticket),
		TEST(test_who_is_refused),
		TEST(test_explaining_is_bounded),
		TEST(test_without_token_only_this_machine),
		TEST(test_busy_when_full),
		TEST(test_who_never_came_makes_room),
		TEST(test_what_the_others_get),
		TEST(test_media_socket),
		TEST(test_a_worker_without_a_place),
		TEST(test_joining_again_when_full),
		TEST(test_after_the_stream),
		TEST(test_after_a_transfer),
		TEST(test_whisper),
		TEST(test_after_a_whisper),
		TEST(test_who_is_gone_leaves_nothing),
		TEST(test_returns_are_bounded),
		TEST(test_joining_again_is_bounded),
		TEST(test_a_stream_that_never_opens),
		TEST(test_failure_may_dial_a_person),
		TEST(test_failure_of_a_number),
		TEST(test_stream_status),
		TEST(test_a_placed_call),
		TEST(test_a_token_that_is_used),
		cmocka_unit_test_setup_teardown(test_a_machine_answers, NULL,
						teardown),
		TEST(test_a_placed_call_without_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
