/* Whole calls over real loopback sockets, against a gateway of a hundred lines
 * that each test tells how to behave. */
#include "tools/testing/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <uv.h>

#include "codecs/g711.h"
#include "gateway/net/http_server.h"
#include "gateway/net/ws.h"
#include "protocols/base64.h"
#include "protocols/form.h"
#include "protocols/http.h"
#include "protocols/twilio_signature.h"
#include "protocols/websocket.h"
#include "tools/call/caller_scenario.h"
#include "tools/call/phone_call.h"

#define TOKEN "2f1d3c5b7a9e0f4d6c8b1a3e5f7d9c0b"
#define MS    8
#define PI    3.14159265358979323846

/* --- The fake gateway --- */

struct fake {
	uv_loop_t loop;
	struct http_server *server;
	uv_timer_t timer;
	struct ws *ws;
	char base[64]; /* "http://127.0.0.1:port" */
	char sid[PHONE_SID_LEN];
	char mark[128];      /* names of the marks echoed */
	char callbacks[128]; /* events reported, in order */
	char actions[128];   /* CallStatus of requests to /after */
	char digits[16];
	unsigned voices; /* webhooks */
	unsigned bad_signatures;
	unsigned frames;     /* media received */
	unsigned bad_frames; /* against 2.3 and 2.5 */
	unsigned loud_frames;
	unsigned sequence;
	uint64_t first_ns;
	double worst_ms;     /* a frame's arrival off its timestamp */
	double best_late_ms; /* the best of those behind the first second */
	unsigned first_timestamp;
	unsigned last_timestamp;
	bool has_stopped;
	unsigned close_code;

	/* How it behaves. */
	unsigned status;   /* of the webhook's answer */
	const char *twiml; /* with %s for base after the scheme */
	const char *after; /* answer to the action */
	void (*on_start)(void);
	void (*on_loud)(void); /* once, at the caller's first loud frame */
	void (*on_digit)(void);
	void (*on_mark)(void);
};

static struct fake g;

static void send_json(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static void send_json(const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ws_send_text(g.ws, text, (size_t)n);
	ws_flush(g.ws);
}

/* ms of 200 Hz, in messages of 100 ms, each followed by a mark. */
static void speak(unsigned ms)
{
	for (unsigned at = 0; at < ms; at += 100) {
		int16_t pcm[100 * MS];
		uint8_t ulaw[100 * MS];
		char text[BASE64_ENCODED(100 * MS)];

		for (size_t i = 0; i < 100 * MS; i++)
			pcm[i] = (int16_t)(8000 * sin(2 * PI * 200 * (double)i /
						      8000));
		g711_ulaw_encode(ulaw, pcm, 100 * MS);
		size_t n = base64_encode(text, ulaw, sizeof(ulaw));
		send_json("{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":"
			  "{\"payload\":\"%.*s\"}}",
			  g.sid, (int)n, text);
		send_json("{\"event\":\"mark\",\"streamSid\":\"%s\",\"mark\":{"
			  "\"name\":\"%u\"}}",
			  g.sid, at / 100);
	}
}

static void clear(void)
{
	send_json("{\"event\":\"clear\",\"streamSid\":\"%s\"}", g.sid);
}

static const char *member(json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static bool is_loud(const char *payload)
{
	uint8_t ulaw[512];
	int16_t pcm[512];
	ssize_t n = base64_decode(ulaw, payload, strlen(payload));

	if (n != 160)
		g.bad_frames++;
	g711_ulaw_decode(pcm, ulaw, n > 0 ? (size_t)n : 0);
	for (ssize_t i = 0; i < n; i++)
		if (abs(pcm[i]) > 150)
			return true;
	return false;
}

/* 2.5: the timestamp follows the clock, within its jitter of 2 ms. */
static void check_pace(unsigned timestamp)
{
	uint64_t now = uv_hrtime();

	if (g.frames++ == 0) {
		g.first_ns = now;
		g.first_timestamp = timestamp;
	}
	double off = (double)(now - g.first_ns) / 1e6 -
		     (double)(timestamp - g.first_timestamp);
	if (fabs(off) > g.worst_ms)
		g.worst_ms = fabs(off);
	if (g.frames == 50 || (g.frames > 50 && fabs(off) < g.best_late_ms))
		g.best_late_ms = fabs(off);
	int step = (int)timestamp - (int)g.last_timestamp;
	if (g.frames > 1 && (step < 16 || step > 24))
		g.bad_frames++;
	g.last_timestamp = timestamp;
}

static void take_media(json_t *media)
{
	char chunk[16];

	check_pace((unsigned)atoi(member(media, "timestamp")));
	snprintf(chunk, sizeof(chunk), "%u", g.frames);
	if (strcmp(chunk, member(media, "chunk")) != 0 ||
	    strcmp("inbound", member(media, "track")) != 0)
		g.bad_frames++;
	if (is_loud(member(media, "payload")) && g.loud_frames++ == 0 &&
	    g.on_loud)
		g.on_loud();
}

static void take_event(const char *event, json_t *m)
{
	if (strcmp(event, "start") == 0) {
		snprintf(g.sid, sizeof(g.sid), "%s", member(m, "streamSid"));
		if (g.on_start)
			g.on_start();
	} else if (strcmp(event, "media") == 0) {
		take_media(json_object_get(m, "media"));
	} else if (strcmp(event, "mark") == 0) {
		strncat(g.mark, member(json_object_get(m, "mark"), "name"), 8);
		if (g.on_mark)
			g.on_mark();
	} else if (strcmp(event, "dtmf") == 0) {
		strncat(g.digits, member(json_object_get(m, "dtmf"), "digit"),
			1);
		if (g.on_digit)
			g.on_digit();
	} else if (strcmp(event, "stop") == 0) {
		g.has_stopped = true;
	}
}

static void on_text(void *owner, char *text, size_t len)
{
	json_t *m = json_loadb(text, len, 0, NULL);
	const char *event = member(m, "event");
	const char *sequence = member(m, "sequenceNumber");

	(void)owner;
	CHECK(m && event, "it is JSON with an event");
	if (sequence && (unsigned)atoi(sequence) != ++g.sequence)
		g.bad_frames++;
	take_event(event, m);
	json_decref(m);
}

static void on_closed(void *owner, const struct ws_end *end)
{
	(void)owner;
	g.close_code = end->code;
	g.ws = NULL;
}

/* The base, without its scheme, stands wherever %s does. */
static void respond_twiml(struct http_connection *c, const char *twiml)
{
	char text[2048];
	size_t n = 0;

	for (const char *at = twiml; *at; at++) {
		if (strncmp(at, "%s", 2) == 0) {
			n += (size_t)sprintf(text + n, "%s", g.base + 7);
			at++;
		} else {
			text[n++] = *at;
		}
	}
	http_respond(c, 200, "text/xml", NULL, text, n);
}

/* By the gateway's own code: both readings of the rules must agree. */
static void check_signature(const struct http_message *m, struct form *f)
{
	char url[8448], expected[TWILIO_SIGNATURE_LEN];
	const char *got = http_header_value(m, "X-Twilio-Signature");
	bool is_upgrade = strncmp(m->target, "/media", 6) == 0;

	snprintf(url, sizeof(url), "%s://%s%s", is_upgrade ? "ws" : "http",
		 g.base + 7, m->target);
	twilio_signature(expected, TOKEN, url, f);
	if (!got || strcmp(got, expected) != 0)
		g.bad_signatures++;
}

/* 2.1: these headers in this order, and no others. */
static void check_headers(const struct http_message *m)
{
	static const char *const name[] = {
		"Host",
		"User-Agent",
		"Connection",
		"Upgrade",
		"Sec-WebSocket-Key",
		"Sec-WebSocket-Version",
		"X-Twilio-Signature",
	};

	CHECK_STR("Twilio.TmeWs/1.0", http_header_value(m, "User-Agent"),
		  "who asks");
	for (size_t i = 0; i < m->headers; i++)
		CHECK_STR(name[i], m->header[i].name, "as Twilio does");
}

static void take_upgrade(struct http_connection *c, struct http_message *m)
{
	static const struct ws_events events = { .on_text = on_text,
						 .on_closed = on_closed };
	char accept[WEBSOCKET_ACCEPT_LEN];

	CHECK_EQ(0, websocket_check_request(m, accept), "an upgrade");
	check_headers(m);
	g.ws = http_upgrade(c, accept, NULL, 1 << 20, &events, &g);
}

static void note(char *list, size_t cap, const char *word)
{
	snprintf(list + strlen(list), cap - strlen(list), "%s ",
		 word ? word : "-");
}

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *m)
{
	struct form f = { .count = 0 };

	(void)owner;
	form_parse(&f, m->body, m->body_len);
	check_signature(m, &f);
	if (strcmp(m->target, "/voice") == 0) {
		g.voices++;
		if (g.status == 200)
			respond_twiml(c, g.twiml);
		else
			http_respond_text(c, g.status, "no");
	} else if (strcmp(m->target, "/after") == 0) {
		note(g.actions, sizeof(g.actions),
		     form_value(&f, form_value(&f, "DialCallStatus")
					    ? "DialCallStatus"
					    : "CallStatus"));
		respond_twiml(c, g.after);
	} else if (strcmp(m->target, "/status") == 0) {
		note(g.callbacks, sizeof(g.callbacks),
		     form_value(&f, "StreamEvent"));
		http_respond_text(c, 200, "");
	} else if (strcmp(m->target, "/media/k7") == 0) {
		take_upgrade(c, m);
	} else {
		http_respond_text(c, 404, "nothing here");
	}
}

static const char stream_twiml[] =
	"<Response><Connect><Stream url=\"ws://%s/media/k7\" name=\"ai\" "
	"statusCallback=\"http://%s/status\"/></Connect></Response>";

/* --- Placing a call on it --- */

static struct caller_scenario scenario;
static struct phone_call *call;
static struct phone_call_result *result;

static void on_over(void *owner, struct phone_call *c)
{
	(void)owner;
	result = phone_call_result(c);
	http_server_close(g.server, NULL);
	if (g.ws)
		ws_abort(g.ws);
}

static void begin_gateway(void)
{
	static const struct http_server_events events = { .on_request =
								  on_request };

	memset(&g, 0, sizeof(g));
	g.status = 200;
	g.twiml = stream_twiml;
	g.after = "<Response><Hangup/></Response>";
	uv_loop_init(&g.loop);
	CHECK_EQ(0,
		 http_server_open(&g.server, &g.loop, "127.0.0.1", 0, NULL,
				  NULL, &events, &g),
		 "listening");
	snprintf(g.base, sizeof(g.base), "http://127.0.0.1:%u",
		 http_server_port(g.server));
}

/* Place one call and wait until nothing of it is left. */
static void place(const char *yaml)
{
	char error[CALLER_SCENARIO_ERROR_MAX], url[96];
	struct phone_call_options options = {
		.webhook_url = url,
		.auth_token = TOKEN,
		.account_sid = "AC0123456789abcdef0123456789abcdef",
		.from = "+15552223333",
		.to = "+15550001111",
		.dial_status = scenario.dial_status,
		.script = &scenario.script,
		.faults = &scenario.faults,
		.timeout_ms = 15000,
		.seed = 42,
	};

	snprintf(url, sizeof(url), "%s/voice", g.base);
	CHECK_EQ(0,
		 caller_scenario_parse(&scenario, yaml, strlen(yaml), "test",
				       NULL, error),
		 error);
	call = phone_call_begin(&g.loop, &options, 0, on_over, NULL);
	uv_run(&g.loop, UV_RUN_DEFAULT);
	CHECK(result, "it is over");
}

static int finish(void **state)
{
	(void)state;
	if (call)
		phone_call_free(call);
	call = NULL;
	result = NULL;
	caller_scenario_free(&scenario);
	return uv_loop_close(&g.loop);
}

static int begin(void **state)
{
	(void)state;
	begin_gateway();
	return 0;
}

static double figure(enum caller_figure f)
{
	return result->figures.value[f];
}

static bool all_passed(void)
{
	return !caller_script_has_failed(&phone_call_caller(call)->run);
}

#define CHECK_OUTCOME(expected, why) \
	CHECK_STR(expected, phone_call_outcome_name(result->outcome), why)

/* --- The tests --- */

static void greet(void)
{
	speak(500);
}

static void test_greeting_and_hangup(void **state)
{
	(void)state;
	g.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {hangup: true}\n");
	CHECK_OUTCOME("caller_hung_up", "by the script");
	CHECK(all_passed(), "both steps");
	CHECK_NEAR(0, figure(CALLER_FIGURE_breaches), 0, "all was correct");
	CHECK_NEAR(500, figure(CALLER_FIGURE_heard_ms), 20, "500 ms of tone");
	CHECK_NEAR(0, figure(CALLER_FIGURE_gaps), 0, "without a gap");
	CHECK_NEAR(0, figure(CALLER_FIGURE_clicks), 0, "or a click");
	CHECK_EQ(0, g.bad_signatures, "webhook, upgrade and callbacks signed");
	CHECK_EQ(0, g.bad_frames, "every frame as 2.3 and 2.5 want it");
	CHECK(g.frames >= 48, "1.2 s of them, but for the first 200 ms");
	CHECK(g.first_timestamp >= 58 && g.first_timestamp <= 202,
	      "the first timestamp");
	CHECK_STR("01234", g.mark, "marks come back in order");
	CHECK(g.has_stopped, "stop was sent");
	CHECK_EQ(1000, g.close_code, "and the socket closed");
	CHECK_STR("stream-started stream-stopped ", g.callbacks, "reported");
}

/* The clock is anchored: after a second no frame is off by the loop's delays
 * added up. */
static void test_pace(void **state)
{
	(void)state;
	place("steps:\n- {wait: 1500}\n- {hangup: true}\n");
	CHECK(g.frames >= 70 && g.frames <= 80, "50 a second");
	CHECK(g.best_late_ms < 5, "after a second some are still in time");
	CHECK_NEAR(20.0 * (g.frames - 1), g.last_timestamp - g.first_timestamp,
		   4, "timestamps advance by 20 ms, jitter does not add up");
}

static void long_reply(void)
{
	speak(4000);
}

static void test_barge_in(void **state)
{
	(void)state;
	g.on_start = long_reply;
	g.on_loud = clear;
	place("steps:\n"
	      "- interrupt: {after_ms: 300, say: caller-thanks, within_ms: 200}\n"
	      "- {hangup: true}\n");
	CHECK(all_passed(), "the voice stopped in time");
	CHECK_NEAR(1, figure(CALLER_FIGURE_barge_ins_heeded), 0, "heeded");
	CHECK(figure(CALLER_FIGURE_reaction_ms) <= 60, "at once");
	CHECK(figure(CALLER_FIGURE_heard_ms) < 1000, "of 4 s");
	CHECK_NEAR(0, figure(CALLER_FIGURE_late_ms), 0, "and nothing after");
	CHECK_NEAR(0, figure(CALLER_FIGURE_clicks), 0, "the cut is no click");
	CHECK_NEAR(40, figure(CALLER_FIGURE_marks), 0, "40 marks sent");
	CHECK(figure(CALLER_FIGURE_marks_flushed) >= 30, "most flushed");
}

static void test_barge_in_ignored(void **state)
{
	(void)state;
	g.on_start = long_reply;
	place("steps:\n"
	      "- interrupt: {after_ms: 300, say: caller-thanks}\n"
	      "- {hangup: true}\n");
	CHECK(!all_passed(), "the voice went on");
	CHECK_NEAR(0, figure(CALLER_FIGURE_barge_ins_heeded), 0, "not heeded");
}

static void say_goodbye(void)
{
	speak(300);
}

static void hang_up_on_last_mark(void)
{
	if (strchr(g.mark, '2'))
		ws_close(g.ws, 1000, "bye");
}

static void test_digit_and_far_hangup(void **state)
{
	(void)state;
	g.on_digit = say_goodbye;
	g.on_mark = hang_up_on_last_mark;
	place("steps:\n"
	      "- {press: \"0\"}\n"
	      "- {wait: heard_end, label: goodbye}\n"
	      "- {wait: hangup}\n");
	CHECK(all_passed(), "the goodbye was heard, then the far end hung up");
	CHECK_OUTCOME("hung_up", "by the far end");
	CHECK_STR("0", g.digits, "the key arrived");
	CHECK_NEAR(0, figure(CALLER_FIGURE_cut_ms), 0, "to its end");
	CHECK_NEAR(1000, figure(CALLER_FIGURE_close_code), 0, "close code");
	CHECK_NEAR(31921, figure(CALLER_FIGURE_twilio_code), 0,
		   "what Twilio logs when the server closes");
}

static void cut_goodbye(void)
{
	speak(1000);
	ws_close(g.ws, 1000, "bye");
}

static void test_goodbye_cut_off(void **state)
{
	(void)state;
	g.on_digit = cut_goodbye;
	place("steps:\n- {press: \"0\"}\n- {wait: hangup}\n");
	CHECK(figure(CALLER_FIGURE_cut_ms) > 900, "nearly all of it");
}

static void misbehave(void)
{
	send_json("{\"event\":\"clear\",\"streamSid\":\"MZ0\"}");
	send_json("{\"event\":\"clear\",\"streamSid\":\"%s\",\"x\":1}", g.sid);
	send_json("hello");
	ws_send_frame(g.ws, 2, true, "\0\0", 2);
	speak(100);
}

static void test_breaches(void **state)
{
	static const unsigned code[] = { 31951, 31951, 31951, 31950 };

	(void)state;
	g.on_start = misbehave;
	place("steps:\n- {wait: heard_start}\n- {hangup: true}\n");
	CHECK(all_passed(), "what is invalid is ignored, the rest is heard");
	CHECK_EQ(4, result->breaches, "each mistake");
	for (size_t i = 0; i < 4; i++)
		CHECK_EQ(code[i], result->breach[i].breach.code,
			 "in order, with Twilio's codes");
}

static void break_framing(void)
{
	ws_send_frame(g.ws, 0, true, "x", 1); /* continues nothing */
	ws_flush(g.ws);
}

static void test_broken_framing(void **state)
{
	(void)state;
	g.on_start = break_framing;
	place("steps:\n- {wait: hangup}\n");
	CHECK_OUTCOME("broken", "31924 ends a stream");
	CHECK_EQ(PHONE_PROTOCOL_ERROR, result->breach[0].breach.code, "31924");
	CHECK_EQ(1002, g.close_code, "closed with 1002");
	CHECK_STR("stream-started stream-error ", g.callbacks, "reported");
}

static void test_outcomes(void **state)
{
	static const struct {
		unsigned status;
		const char *twiml, *outcome, *why;
	} row[] = {
		{ 403, "", "refused", "the webhook said no" },
		{ 200, "<Response><Reject/></Response>", "rejected", "Reject" },
		{ 200, "<Response><Reject reason='busy'/></Response>", "busy",
		  "with a reason" },
		{ 200, "<Response><Hangup/></Response>", "hung_up", "Hangup" },
		{ 200, "<Response/>", "hung_up", "TwiML that ends" },
		{ 200,
		  "<Response><Pause length='0'/><Redirect>/after</Redirect>"
		  "<Reject/></Response>",
		  "hung_up", "nothing behind Redirect is run" },
		{ 200, "<Response><Dial>+15554445555</Dial></Response>",
		  "dialled", "Dial is an outcome" },
		{ 200,
		  "<Response><Dial action='/after'><Number>+15554445555"
		  "</Number></Dial></Response>",
		  "hung_up", "its action goes on with the call" },
		{ 200, "<Response", "failed", "no XML" },
		{ 200, "<Response><Redirect>/voice</Redirect></Response>",
		  "failed", "TwiML in circles" },
		{ 200,
		  "<Response><Connect><Stream url='ws://%s/nope'/>"
		  "</Connect></Response>",
		  "refused", "an upgrade answered 404" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin_gateway();
		g.status = row[i].status;
		g.twiml = row[i].twiml;
		place("steps:\n- {wait: hangup}\n");
		CHECK_OUTCOME(row[i].outcome, row[i].why);
		CHECK_EQ(0, finish(NULL), "nothing is left behind");
	}
}

static void test_masked_dial(void **state)
{
	(void)state;
	g.twiml = "<Response><Dial>+15554445555</Dial></Response>";
	place("dial_status: no-answer\nsteps:\n- {wait: hangup}\n");
	CHECK(strstr(result->how, "+1"), "the outcome tells who was dialled");
	CHECK(!strstr(result->how, "4445555"), "masked");
}

static void hang_up_now(void)
{
	ws_close(g.ws, 1011, "internal");
}

/* The far end's stream ends while the caller is there: action, then more. */
static void test_action(void **state)
{
	(void)state;
	g.twiml = "<Response><Connect action=\"/after\"><Stream "
		  "url=\"ws://%s/media/k7\"/></Connect><Reject/></Response>";
	g.after = "<Response><Dial action='/after'>+15554445555</Dial>"
		  "</Response>";
	g.on_start = hang_up_now;
	place("dial_status: busy\nsteps:\n- {wait: hangup}\n");
	CHECK(strncmp(g.actions, "in-progress busy ", 17) == 0,
	      "the action of Connect, then that of Dial");
	CHECK_NEAR(1011, figure(CALLER_FIGURE_close_code), 0, "close code");
}

/* Verbs behind Connect run when there is no action: here a second stream. */
static void test_second_stream(void **state)
{
	(void)state;
	g.twiml = "<Response><Connect><Stream url=\"ws://%s/media/k7\"/>"
		  "</Connect><Connect><Stream url=\"/media/k7\"/></Connect>"
		  "</Response>";
	g.on_digit = hang_up_now;
	g.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {press: \"1\"}\n"
	      "- {wait: heard_end}\n- {press: \"2\"}\n- {wait: hangup}\n");
	CHECK(all_passed(), "the script goes on over both streams");
	CHECK_STR("12", g.digits, "on each");
	CHECK_NEAR(2, figure(CALLER_FIGURE_utterances), 0, "two greetings");
}

static void test_bad_signatures(void **state)
{
	static const struct {
		const char *fault;
		unsigned bad;
	} row[] = {
		{ "bad_signature", 3 },
		{ "no_signature", 3 },
		{ "bad_upgrade_signature", 1 },
		{ "no_upgrade_signature", 1 },
		{ "trailing_slash_signature", 1 },
		{ "port_signature", 0 },
	};
	char yaml[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin_gateway();
		snprintf(yaml, sizeof(yaml),
			 "steps:\n- {inject: %s}\n- {hangup: true}\n",
			 row[i].fault);
		place(yaml);
		CHECK_EQ(row[i].bad, g.bad_signatures, row[i].fault);
		finish(NULL);
	}
}

static void test_faults_on_the_line(void **state)
{
	(void)state;
	g.on_start = greet;
	place("steps:\n"
	      "- {inject: split_bytes}\n- {inject: no_marks}\n"
	      "- {inject: 99_parameters}\n- {inject: unknown_fields}\n"
	      "- {inject: out_of_order_callbacks}\n"
	      "- {inject: duplicate_webhook}\n"
	      "- {wait: heard_start}\n- {wait: 800}\n"
	      "- {inject: second_start}\n"
	      "- {inject: close_without_stop, value: 1001}\n");
	CHECK(all_passed(), "every fault was injected");
	CHECK_EQ(2, g.voices, "the webhook came twice");
	CHECK_STR("", g.mark, "no mark came back");
	CHECK(!g.has_stopped, "no stop");
	CHECK_EQ(1001, g.close_code, "but a close");
	CHECK_STR("stream-stopped stream-started ", g.callbacks, "reversed");
}

static void test_lost_and_stalled_audio(void **state)
{
	(void)state;
	place("steps:\n- {wait: 200}\n- {inject: gap_ms, value: 200}\n"
	      "- {wait: 400}\n- {hangup: true}\n");
	CHECK(g.bad_frames == 1, "timestamps jump once");
	CHECK_NEAR(20.0 * (g.frames - 1) + 200,
		   g.last_timestamp - g.first_timestamp, 4, "by 200 ms");
	finish(NULL);
	begin_gateway();
	place("steps:\n- {wait: 200}\n- {inject: media_stall_ms, value: 300}\n"
	      "- {wait: 400}\n- {hangup: true}\n");
	CHECK_EQ(0, g.bad_frames, "no frame is lost");
	CHECK(g.worst_ms > 250, "but they come late");
}

static void test_never_started(void **state)
{
	(void)state;
	place("steps:\n- {inject: no_start}\n- {wait: 300}\n- {hangup: true}\n");
	CHECK(all_passed(), "the script runs without a stream");
	CHECK_EQ(0, g.frames, "no media");
	CHECK_STR("", g.sid, "no start");
}

static void test_replayed_token(void **state)
{
	(void)state;
	place("steps:\n- {inject: replay_token}\n- {wait: 200}\n"
	      "- {hangup: true}\n");
	CHECK_NEAR(101, figure(CALLER_FIGURE_replay_status), 0,
		   "this gateway takes it twice");
	CHECK_EQ(1, result->breaches, "which is a breach");
}

static void reset(void)
{
	ws_reset(g.ws);
}

static void test_lost_socket(void **state)
{
	(void)state;
	g.on_digit = reset;
	place("steps:\n- {press: \"1\"}\n- {wait: hangup}\n");
	CHECK_OUTCOME("broken", "the network lost it");
	CHECK_NEAR(31903, figure(CALLER_FIGURE_twilio_code), 0, "31903");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_greeting_and_hangup),
		TEST(test_pace),
		TEST(test_barge_in),
		TEST(test_barge_in_ignored),
		TEST(test_digit_and_far_hangup),
		TEST(test_goodbye_cut_off),
		TEST(test_breaches),
		TEST(test_broken_framing),
		cmocka_unit_test(test_outcomes),
		TEST(test_masked_dial),
		TEST(test_action),
		TEST(test_second_stream),
		cmocka_unit_test(test_bad_signatures),
		TEST(test_faults_on_the_line),
		TEST(test_lost_and_stalled_audio),
		TEST(test_never_started),
		TEST(test_replayed_token),
		TEST(test_lost_socket),
	};

	return cmocka_run_group_tests_name("phone_call", tests, NULL, NULL);
}
