#include "tools/testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "codecs/g711.h"
#include "tools/call/vaic_session.h"

#define ID  "0d1c6c1e-7a52-4f0b-9f0e-2b6b8f5f7a10"
#define MS  1000000u
#define LOG 4096

/* A bot played by hand, on a clock of its own. What VAIC says is kept as the
 * types it sent, "activities" by their name; chunks are counted. */
struct rig {
	struct vaic_options o;
	struct vaic_session *s;
	uint64_t now_ns;
	char sent[LOG];
	char breaches[LOG];
	unsigned chunks;
	size_t chunk_bytes;
	size_t chunk_last;
	size_t heard;
	size_t sound;
	size_t native;
	uint64_t said_from;
	size_t said_bytes;
	size_t dropped;
	unsigned clears;
	unsigned activities;
	uint64_t arrival;
	unsigned closes;
	unsigned overs;
	struct vaic_end end;
	uint8_t speech;      /* what the caller says, a mu-law byte */
	unsigned hang_up_at; /* frame; 0: never */
	unsigned frames;
	char last[LOG]; /* text of the last message but chunks */
};

static void append(char *log, const char *text)
{
	size_t used = strlen(log);

	snprintf(log + used, LOG - used, "%s%s", used ? " " : "", text);
}

static void on_send(void *owner, const char *text, size_t len)
{
	struct rig *r = owner;
	json_t *root = json_loadb(text, len, 0, NULL);
	const char *type = json_string_value(json_object_get(root, "type"));
	const char *audio =
		json_string_value(json_object_get(root, "audioChunk"));

	assert_non_null(type);
	if (audio) {
		r->chunks++;
		r->chunk_last =
			strlen(audio) / 4 * 3 - (strstr(audio, "==")  ? 2
						 : strchr(audio, '=') ? 1
								      : 0);
		r->chunk_bytes += r->chunk_last;
	} else {
		snprintf(r->last, sizeof(r->last), "%.*s", (int)len, text);
		const json_t *a =
			json_array_get(json_object_get(root, "activities"), 0);
		const char *name =
			json_string_value(json_object_get(a, "name"));
		append(r->sent, !a ? type : name ? name : "message");
	}
	json_decref(root);
}

static void on_close(void *owner, unsigned code)
{
	struct rig *r = owner;

	CHECK_EQ(1000, code, "the code of 2.4");
	r->closes++;
}

static void on_started(void *owner)
{
	(void)owner;
}

static void on_heard(void *owner, const uint8_t *ulaw, size_t n, bool is_sound)
{
	struct rig *r = owner;

	(void)ulaw;
	r->heard += n;
	r->sound += is_sound ? n : 0;
}

static void on_native(void *owner, const struct vaic_play_stream *p,
		      uint64_t sample, const uint8_t *bytes, size_t n)
{
	struct rig *r = owner;

	(void)p, (void)sample, (void)bytes;
	r->native += n;
}

static void on_said(void *owner, uint64_t sample, const uint8_t *bytes,
		    size_t n)
{
	struct rig *r = owner;

	(void)bytes;
	if (r->said_bytes == 0)
		r->said_from = sample;
	r->said_bytes += n;
}

static void on_frame(void *owner, uint64_t now, uint64_t begin,
		     uint8_t frame[VAIC_FRAME])
{
	struct rig *r = owner;

	CHECK_EQ(r->heard, now, "all was heard up to now");
	CHECK_EQ((uint64_t)r->frames * VAIC_FRAME, begin, "one after another");
	memset(frame, r->speech, VAIC_FRAME);
	if (++r->frames == r->hang_up_at)
		vaic_session_hang_up(r->s, r->now_ns);
}

static void on_arrival(void *owner, uint64_t begin, size_t n, uint64_t now_us)
{
	struct rig *r = owner;

	(void)n;
	CHECK_EQ(r->now_ns / 1000, now_us, "monotonic us");
	r->arrival = begin;
}

static void on_clear(void *owner, uint64_t now, size_t dropped, uint64_t now_us)
{
	struct rig *r = owner;

	(void)now_us;
	CHECK_EQ(r->heard, now, "all was heard up to now");
	r->dropped += dropped;
	r->clears++;
}

static void on_activity(void *owner, const struct vaic_activity *a)
{
	struct rig *r = owner;

	CHECK(a->kind != VAIC_IGNORED, "only what is usable");
	r->activities++;
}

static void on_breach(void *owner, const struct phone_breach *breach)
{
	struct rig *r = owner;
	char code[16];

	snprintf(code, sizeof(code), "%u:", breach->code);
	append(r->breaches, code);
	append(r->breaches, breach->text);
}

static void on_over(void *owner, const struct vaic_end *end)
{
	struct rig *r = owner;

	r->end = *end;
	r->overs++;
}

static const struct vaic_session_events events = {
	.on_send = on_send,
	.on_close = on_close,
	.on_started = on_started,
	.on_heard = on_heard,
	.on_native = on_native,
	.on_said = on_said,
	.on_frame = on_frame,
	.on_arrival = on_arrival,
	.on_clear = on_clear,
	.on_activity = on_activity,
	.on_breach = on_breach,
	.on_over = on_over,
};

static void rig_init(struct rig *r)
{
	*r = (struct rig){ .now_ns = 1000 * MS, .speech = 0xff };
	vaic_options_default(&r->o);
	r->o.conversation_id = ID;
	r->o.bot_name = "support-line";
	r->o.prompt_ms = 0;
}

static void rig_open(struct rig *r)
{
	if (!r->s)
		r->s = vaic_session_new(&r->o, &events, r);
	assert_non_null(r->s);
	vaic_session_open(r->s, r->now_ns);
}

static void rig_free(struct rig *r)
{
	vaic_session_free(r->s);
}

/* Time passes; the session is ticked when it wants to be. */
static void wait_ms(struct rig *r, unsigned ms)
{
	uint64_t until = r->now_ns + (uint64_t)ms * MS;

	for (;;) {
		uint64_t due = vaic_session_due(r->s);

		if (due > until)
			break;
		if (due > r->now_ns)
			r->now_ns = due;
		vaic_session_tick(r->s, r->now_ns);
	}
	r->now_ns = until;
	vaic_session_tick(r->s, r->now_ns);
}

static void bot(struct rig *r, const char *text)
{
	vaic_session_read(r->s, text, strlen(text), false, r->now_ns);
}

/* A chunk of so many ms of 0xff in raw/mulaw: 8 bytes, 12 characters each. */
static void bot_chunk(struct rig *r, const char *id, unsigned ms)
{
	size_t groups = (size_t)ms * 8 / 3; /* ms: a multiple of 3 */
	char *text = malloc(256 + groups * 4);
	int n;

	assert_non_null(text);
	n = sprintf(text,
		    "{\"type\":\"playStream.chunk\",\"streamId\":\"%s\","
		    "\"audioChunk\":\"",
		    id);
	memset(text + n, '/', groups * 4);
	strcpy(text + n + groups * 4, "\"}");
	bot(r, text);
	free(text);
}

#define T(type) "{\"type\":\"" type "\"}"
#define ACCEPT(format) \
	"{\"type\":\"session.accepted\",\"mediaFormat\":\"" format "\"}"
#define START_IN(id, f)                                     \
	"{\"type\":\"playStream.start\",\"streamId\":\"" id \
	"\",\"mediaFormat\":\"" f "\"}"
#define START(id) START_IN(id, "raw/mulaw")
#define CHUNK(id)                                           \
	"{\"type\":\"playStream.chunk\",\"streamId\":\"" id \
	"\",\"audioChunk\":\"////\"}"
#define STOP(id) "{\"type\":\"playStream.stop\",\"streamId\":\"" id "\"}"
#define STARTED  T("userStream.started")
#define STOPPED  T("userStream.stopped")
#define EVENT(body)                                                          \
	"{\"type\":\"activities\",\"activities\":[{\"type\":\"event\"," body \
	"}]}"
#define CONFIG(params) \
	EVENT("\"name\":\"config\",\"sessionParams\":{" params "}")
#define HANGUP \
	EVENT("\"name\":\"hangup\",\"activityParams\":{\"hangupReason\":\"done\"}")
#define ABORT EVENT("\"name\":\"abortPrompts\"")
#define TRANSFER \
	EVENT("\"name\":\"transfer\",\"activityParams\":{\"transferTarget\":\"tel:+33180000100\"}")
#define NOTIFIED \
	EVENT("\"name\":\"transfer\",\"activityParams\":{\"transferTarget\":\"tel:+33180000100\",\"transferNotifications\":true}")
#define RECOGNITION \
	"{\"type\":\"userStream.speech.recognition\",\"alternatives\":[{\"text\":\"yes\",\"confidence\":1}]}"
#define HYPOTHESIS \
	"{\"type\":\"userStream.speech.hypothesis\",\"alternatives\":[{\"text\":\"two words\"}]}"

/* A call that is up, its first user stream running. */
static void rig_call(struct rig *r)
{
	rig_open(r);
	bot(r, ACCEPT("raw/mulaw"));
	bot(r, STARTED);
	r->sent[0] = 0;
}

/* --- Scripts: time passes, the bot speaks, VAIC answers --- */

struct step {
	unsigned ms;        /* pass first */
	const char *bot;    /* NULL: says nothing */
	const char *sent;   /* by VAIC since the step before, chunks excepted */
	const char *breach; /* part of them; NULL: none */
};

static void run_step(struct rig *r, const struct step *step, const char *why)
{
	char where[128];

	snprintf(where, sizeof(where), "%s: %.60s", why,
		 step->bot ? step->bot : "(nothing)");
	r->sent[0] = 0;
	r->breaches[0] = 0;
	wait_ms(r, step->ms);
	if (step->bot)
		bot(r, step->bot);
	CHECK_STR(step->sent ? step->sent : "", r->sent, where);
	if (!step->breach)
		CHECK_STR("", r->breaches, where);
	else if (!strstr(r->breaches, step->breach))
		fail_msg("%s: breaches \"%s\", not \"%s\"", where, r->breaches,
			 step->breach);
}

#define STEPS_MAX 12

struct script {
	const char *why;
	void (*prepare)(struct vaic_options *o); /* or NULL */
	struct step step[STEPS_MAX];
	enum vaic_outcome outcome; /* VAIC_OUTCOME_NONE: goes on */
};

static void run_scripts(const struct script *script, size_t n, bool is_up)
{
	for (size_t i = 0; i < n; i++) {
		struct rig r;

		rig_init(&r);
		if (script[i].prepare)
			script[i].prepare(&r.o);
		if (is_up)
			rig_call(&r);
		else
			rig_open(&r);
		for (size_t k = 0; k < STEPS_MAX; k++) {
			const struct step *step = &script[i].step[k];

			if (step->ms || step->bot || step->sent || step->breach)
				run_step(&r, step, script[i].why);
		}
		CHECK_EQ(script[i].outcome, r.end.outcome, script[i].why);
		rig_free(&r);
	}
}

static void no_audio(struct vaic_options *o)
{
	o->direct_stt = false;
	o->direct_tts = false;
	o->offers = 0;
}

static void user_first(struct vaic_options *o)
{
	o->user_stream_first = true;
}

static void two_formats(struct vaic_options *o)
{
	o->offer[0] = VAIC_RAW_MULAW;
	o->offer[1] = VAIC_RAW_LPCM16;
	o->offers = 2;
}

static void asks_for_a_prompt(struct vaic_options *o)
{
	o->prompt_ms = VAIC_PROMPT_MS;
}

static void test_setting_up(void **state)
{
	static const struct script script[] = {
		{ "6.1",
		  NULL,
		  { { 100, ACCEPT("raw/lpcm16_24"), "start userStream.start",
		      NULL },
		    { 10, STARTED, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "the other order",
		  user_first,
		  { { 100, ACCEPT("raw/mulaw"), "userStream.start start",
		      NULL } },
		  VAIC_OUTCOME_NONE },
		{ "text modes have no user stream",
		  no_audio,
		  { { 100, ACCEPT("raw/lpcm16"), "start", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "a format that was not offered",
		  two_formats,
		  { { 0, ACCEPT("raw/lpcm16_24"), "session.end",
		      "820: session.accepted: mediaFormat raw/lpcm16_24 was "
		      "not offered" },
		    { 2100, NULL, NULL, "824: the socket is open" } },
		  VAIC_OUTCOME_BROKEN },
		{ "no format",
		  NULL,
		  { { 0, T("session.accepted"), "session.end", "is missing" },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_BROKEN },
		{ "6.10: refused",
		  NULL,
		  { { 0, "{\"type\":\"session.error\",\"reason\":\"no\"}", NULL,
		      NULL } },
		  VAIC_OUTCOME_REFUSED },
		{ "accepted at the last moment",
		  NULL,
		  { { 9999, ACCEPT("raw/mulaw"), "start userStream.start",
		      NULL } },
		  VAIC_OUTCOME_NONE },
		{ "never accepted",
		  NULL,
		  { { 10000, NULL, NULL,
		      "822: no session.accepted within 10000 ms" } },
		  VAIC_OUTCOME_BROKEN },
		{ "8.2 rule 3: activities before session.accepted",
		  NULL,
		  { { 0, ABORT, NULL, "823: activities before" },
		    { 0, START("p"), NULL, "823: playStream.start before" },
		    { 0, STARTED, NULL, "823: userStream.started before" },
		    { 0, ACCEPT("raw/mulaw"), "start userStream.start",
		      NULL } },
		  VAIC_OUTCOME_NONE },
		{ "accepted twice",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0, ACCEPT("raw/mulaw"), NULL, "822: " } },
		  VAIC_OUTCOME_NONE },
		{ "validated without being asked",
		  NULL,
		  { { 0, "{\"type\":\"connection.validated\",\"success\":true}",
		      NULL, "822: connection.validated unasked" } },
		  VAIC_OUTCOME_NONE },
		{ "started late",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 500, STARTED, NULL, NULL },
		    { 0, STARTED, NULL, "822: userStream.started unasked" } },
		  VAIC_OUTCOME_NONE },
		{ "started too late",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 501, STARTED, NULL,
		      "822: userStream.started after 501 ms" } },
		  VAIC_OUTCOME_NONE },
		{ "never started",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 5020, NULL, "userStream.stop session.end",
		      "822: no userStream.started within 5000 ms" },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_BROKEN },
		{ "stopped without a stop",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0, STOPPED, NULL, "822: userStream.stopped unasked" } },
		  VAIC_OUTCOME_NONE },
		{ "a participant nobody named",
		  NULL,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0,
		      "{\"type\":\"userStream.started\",\"participant\":\"x\"}",
		      NULL, "does not echo the participant" } },
		  VAIC_OUTCOME_NONE },
		{ "8.2 rule 6: nothing is played",
		  asks_for_a_prompt,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0, STARTED, NULL, NULL },
		    { 4980, NULL, NULL, NULL },
		    { 20, NULL, NULL, "826: nothing was played within 5000" },
		    { 5000, NULL, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "something is played",
		  asks_for_a_prompt,
		  { { 0, ACCEPT("raw/mulaw"), "start userStream.start", NULL },
		    { 0, STARTED, NULL, NULL },
		    { 4000, START("p"), "userStream.stop", NULL },
		    { 0, CHUNK("p"), NULL, NULL },
		    { 0, STOPPED, NULL, NULL },
		    { 0, STOP("p"), NULL, NULL },
		    { 20, NULL, "userStream.start", NULL },
		    { 0, STARTED, NULL, NULL },
		    { 5000, NULL, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), false);
}

static void validates(struct vaic_options *o)
{
	o->mode = VAIC_VALIDATE;
}

static void test_validating(void **state)
{
	static const struct script script[] = {
		{ "2.1",
		  validates,
		  { { 0, "{\"type\":\"connection.validated\",\"success\":true}",
		      NULL, NULL } },
		  VAIC_OUTCOME_VALIDATED },
		{ "the route is disabled",
		  validates,
		  { { 0,
		      "{\"type\":\"connection.validated\",\"success\":false}",
		      NULL, NULL } },
		  VAIC_OUTCOME_NOT_VALIDATED },
		{ "anything else",
		  validates,
		  { { 0, ACCEPT("raw/mulaw"), NULL,
		      "823: session.accepted unasked" } },
		  VAIC_OUTCOME_NONE },
		{ "no answer",
		  validates,
		  { { 10000, NULL, NULL, "no connection.validated within" } },
		  VAIC_OUTCOME_NOT_VALIDATED },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), false);
}

static void full_duplex(struct vaic_options *o)
{
	o->settings.barge_in = true;
}

static void full_duplex_events(struct vaic_options *o)
{
	o->settings.barge_in = true;
	o->settings.events = VAIC_GATE_PLAY_FINISHED;
}

static void with_marks(struct vaic_options *o)
{
	o->settings.barge_in = true;
	o->marks = true;
}

static void two_formats_full(struct vaic_options *o)
{
	two_formats(o);
	full_duplex(o);
}

static void listens_only(struct vaic_options *o)
{
	full_duplex(o);
	o->direct_tts = false;
}

static void test_play_streams(void **state)
{
	static const struct script script[] = {
		{ "two streams, one behind the other",
		  full_duplex_events,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 0, START("p2"), NULL, NULL },
		    { 0, CHUNK("p2"), NULL, NULL },
		    { 0, STOP("p2"), NULL, NULL },
		    { 20, NULL, "playFinished playFinished", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "playFinished only when listed",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 20, NULL, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "overlapping",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, START("p2"), NULL,
		      "821: play stream p2 starts while "
		      "p1 is open" },
		    { 0, CHUNK("p1"), NULL,
		      "821: playStream.chunk of p1, "
		      "which is closed" },
		    { 0, CHUNK("p2"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "an id used again",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 100, START("p1"), NULL,
		      "821: play stream p1: its id was "
		      "used before" },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "no such stream",
		  full_duplex,
		  { { 0, CHUNK("p1"), NULL,
		      "821: playStream.chunk of p1, "
		      "which was never started" },
		    { 0, STOP("p1"), NULL,
		      "821: playStream.stop of p1, which "
		      "was never started" } },
		  VAIC_OUTCOME_NONE },
		{ "behind its stop",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL,
		      "821: playStream.chunk of p1, "
		      "which is closed" },
		    { 0, STOP("p1"), NULL, "which is closed" } },
		  VAIC_OUTCOME_NONE },
		{ "a format that was not offered: told once",
		  two_formats_full,
		  { { 0, START_IN("p1", "raw/lpcm16_24"), NULL,
		      "821: play stream p1: its mediaFormat was not offered" },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "a format that does not exist",
		  full_duplex,
		  { { 0, START_IN("p1", "audio/wav"), NULL, "not offered" } },
		  VAIC_OUTCOME_NONE },
		{ "no audio is expected",
		  listens_only,
		  { { 0, START("p1"), NULL, "no audio messages" } },
		  VAIC_OUTCOME_NONE },
		{ "2.6: never leave a start without chunks",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 10, STOP("p1"), NULL,
		      "821: play stream p1 has no "
		      "chunks" } },
		  VAIC_OUTCOME_NONE },
		{ "3.1: half a sample",
		  full_duplex,
		  { { 0, START_IN("p1", "raw/lpcm16"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL,
		      "820: playStream.chunk of 3 bytes in raw/lpcm16" } },
		  VAIC_OUTCOME_NONE },
		{ "3.1: a WAV format without its header",
		  full_duplex,
		  { { 0, START_IN("p1", "wav/mulaw"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL,
		      "820: play stream p1, WAV header: "
		      "it does not begin with RIFF" },
		    { 0, CHUNK("p1"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "open without data",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 1500, CHUNK("p1"), NULL, NULL },
		    { 1500, NULL, NULL, NULL },
		    { 20, NULL, NULL,
		      "821: play stream p1 is open without "
		      "data for 1500 ms" },
		    { 5000, NULL, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "marks, where they are known",
		  with_marks,
		  { { 0, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0,
		      "{\"type\":\"playStream.mark.set\",\"streamId\":\"p1\","
		      "\"mark\":\"m1\"}",
		      NULL, NULL },
		    { 1, NULL, "playStream.mark.reached", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "marks, where they are not",
		  full_duplex,
		  { { 0, START("p1"), NULL, NULL },
		    { 0,
		      "{\"type\":\"playStream.mark.set\",\"streamId\":\"p1\","
		      "\"mark\":\"m1\"}",
		      NULL, "820: playStream.mark.set is not known" } },
		  VAIC_OUTCOME_NONE },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), true);
}

static void notified(struct vaic_options *o)
{
	full_duplex(o);
	o->transfer = VAIC_TRANSFER_BUSY;
	o->transfer_ms = 300;
}

static void answered(struct vaic_options *o)
{
	full_duplex(o);
	o->settings.transfer_notifications = true;
	o->transfer_ms = 300;
}

static void test_activities(void **state)
{
	static const struct script script[] = {
		{ "6.5: hangup",
		  full_duplex,
		  { { 100, HANGUP, "userStream.stop session.end", NULL },
		    { 200, STOPPED, NULL, NULL }, /* was under way */
		    { 10, CHUNK("p"), NULL,
		      "824: playStream.chunk 210 ms after session.end" },
		    { 2000, NULL, NULL, "824: the socket is open" } },
		  VAIC_OUTCOME_HUNG_UP },
		{ "6.5: the answer to the stop comes late",
		  full_duplex,
		  { { 100, HANGUP, "userStream.stop session.end", NULL },
		    { 900, STOPPED, NULL, NULL },
		    { 10, STOPPED, NULL,
		      "824: userStream.stopped 910 ms after session.end" },
		    { 2000, NULL, NULL, "824: the socket is open" } },
		  VAIC_OUTCOME_HUNG_UP },
		{ "6.7 a: transfer",
		  full_duplex,
		  { { 100, TRANSFER, "userStream.stop session.end", NULL },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_TRANSFERRED },
		{ "6.7 b: transfer fails, the call goes on",
		  notified,
		  { { 100, NOTIFIED, NULL, NULL },
		    { 280, NULL, NULL, NULL },
		    { 20, NULL, "transferStatus", NULL },
		    { 1000, HANGUP, "userStream.stop session.end", NULL },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_HUNG_UP },
		{ "6.7 b: transfer is answered",
		  answered,
		  { { 100, TRANSFER, NULL, NULL },
		    { 300, NULL, "transferStatus userStream.stop session.end",
		      NULL },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_TRANSFERRED },
		{ "a message, though audio is expected",
		  full_duplex,
		  { { 0,
		      "{\"type\":\"activities\",\"activities\":[{\"type\":"
		      "\"message\",\"text\":\"hello\"}]}",
		      NULL, "820: a message activity" } },
		  VAIC_OUTCOME_NONE },
		{ "session.error in the middle of it",
		  full_duplex,
		  { { 100, "{\"type\":\"session.error\",\"reason\":\"no\"}",
		      NULL, NULL } },
		  VAIC_OUTCOME_ERROR },
		{ "nothing behind hangup in one message counts",
		  full_duplex,
		  { { 0,
		      "{\"type\":\"activities\",\"activities\":[{\"type\":"
		      "\"event\",\"name\":\"hangup\"},{\"type\":\"event\","
		      "\"name\":\"hangup\"}]}",
		      "userStream.stop session.end", NULL },
		    { 2100, NULL, NULL, "824" } },
		  VAIC_OUTCOME_HUNG_UP },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), true);
}

/* --- Half duplex: 6.2 --- */

static void impatient(struct vaic_options *o)
{
	o->settings.resume_recognition_ms = 1000;
}

static void test_half_duplex(void **state)
{
	static const struct script script[] = {
		{ "6.2",
		  NULL,
		  { { 1000, RECOGNITION, "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 500, START("p1"), NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 100, STOP("p1"), "userStream.start", NULL },
		    { 10, STARTED, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "committed ends the turn, too",
		  NULL,
		  { { 1000, T("userStream.speech.committed"), "userStream.stop",
		      NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 10, RECOGNITION, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "a play stream ends the turn",
		  NULL,
		  { { 1000, START("p1"), "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 1000, CHUNK("p1"), NULL, NULL },
		    { 10, STOP("p1"), "userStream.start", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "speech.started changes nothing",
		  NULL,
		  { { 1000, START("p1"), "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, T("userStream.speech.started"), NULL, NULL },
		    { 0, HYPOTHESIS, NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "the bot says nothing: VAIC listens again",
		  impatient,
		  { { 1000, RECOGNITION, "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 970, NULL, NULL, NULL },
		    { 20, NULL, "userStream.start", NULL } },
		  VAIC_OUTCOME_NONE },
		{ "stopped too late",
		  NULL,
		  { { 1000, RECOGNITION, "userStream.stop", NULL },
		    { 501, STOPPED, NULL,
		      "822: userStream.stopped after 501 ms" } },
		  VAIC_OUTCOME_NONE },
		{ "never stopped",
		  NULL,
		  { { 1000, RECOGNITION, "userStream.stop", NULL },
		    { 5000, NULL, NULL,
		      "822: no userStream.stopped within 5000 ms" } },
		  VAIC_OUTCOME_NONE },
		{ "config makes it full duplex at once",
		  NULL,
		  { { 1000, START("p1"), "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 0, CONFIG("\"bargeIn\":true"), "userStream.start", NULL },
		    { 10, STARTED, NULL, NULL } },
		  VAIC_OUTCOME_NONE },
		{ "one prompt may not be interrupted",
		  full_duplex,
		  { { 1000,
		      "{\"type\":\"playStream.start\",\"streamId\":\"p1\","
		      "\"mediaFormat\":\"raw/mulaw\",\"activityParams\":{"
		      "\"bargeIn\":false}}",
		      "userStream.stop", NULL },
		    { 10, STOPPED, NULL, NULL },
		    { 0, CHUNK("p1"), NULL, NULL },
		    { 0, STOP("p1"), NULL, NULL },
		    { 20, NULL, "userStream.start", NULL },
		    { 0, STARTED, NULL, NULL },
		    /* 4.5: until the next play stream is handled */
		    { 10, T("userStream.speech.committed"), "userStream.stop",
		      NULL },
		    { 0, STOPPED, NULL, NULL },
		    { 0, START("p2"), "userStream.start", NULL } },
		  VAIC_OUTCOME_NONE },
	};

	(void)state;
	run_scripts(script, ARRAY_LEN(script), true);
}

/* --- Barge-in: 6.3 --- */

static void two_words(struct vaic_options *o)
{
	full_duplex(o);
	o->settings.barge_in_min_words = 2;
}

static void three_words(struct vaic_options *o)
{
	full_duplex(o);
	o->settings.barge_in_min_words = 3;
}

static void test_barge_in(void **state)
{
	static const struct {
		void (*prepare)(struct vaic_options *o);
		const char *bot;
		unsigned clears;
		const char *why;
	} row[] = {
		{ full_duplex, T("userStream.speech.started"), 1, "9.5" },
		{ full_duplex, HYPOTHESIS, 1, "9.5" },
		{ full_duplex, T("userStream.speech.stopped"), 0, "no" },
		{ full_duplex, RECOGNITION, 0, "final text is no trigger" },
		{ two_words, T("userStream.speech.started"), 0,
		  "words are needed, and only text has them" },
		{ two_words, HYPOTHESIS, 1, "two words are two" },
		{ three_words, HYPOTHESIS, 0, "two words are not three" },
		{ NULL, T("userStream.speech.started"), 0, "bargeIn is off" },
		{ NULL, HYPOTHESIS, 0, "bargeIn is off" },
		{ NULL, ABORT, 1, "abortPrompts does not ask" },
		{ full_duplex, ABORT, 1, "abortPrompts" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct rig r;

		rig_init(&r);
		if (row[i].prepare)
			row[i].prepare(&r.o);
		rig_call(&r);
		wait_ms(&r, 100);
		bot(&r, START("p1"));
		bot_chunk(&r, "p1", 600);
		wait_ms(&r, 200);
		bot(&r, row[i].bot);
		CHECK_EQ(row[i].clears, r.clears, row[i].why);
		CHECK_EQ(row[i].clears ? 400 * 8 : 0, r.dropped, row[i].why);
		CHECK_EQ(200 * 8, r.sound, row[i].why);
		CHECK_STR("", r.breaches, row[i].why);
		rig_free(&r);
	}
}

static void test_counts_what_comes_late(void **state)
{
	const struct vaic_figures *f;
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex_events(&r.o);
	rig_call(&r);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	wait_ms(&r, 100);
	bot(&r, T("userStream.speech.started"));
	CHECK_STR("playFinished", r.sent, "6.3");
	bot(&r, T("userStream.speech.started"));
	CHECK_EQ(1, r.clears, "nothing plays any more");
	wait_ms(&r, 30);
	bot_chunk(&r, "p1", 60);
	wait_ms(&r, 30);
	bot_chunk(&r, "p1", 60);
	bot(&r, STOP("p1"));
	bot(&r, START("p2"));
	bot_chunk(&r, "p2", 60);
	wait_ms(&r, 100);
	f = vaic_session_figures(r.s);
	CHECK_EQ(2, f->late_chunks, "both");
	CHECK_EQ(60, f->late_ms_max, "the last of them");
	CHECK_EQ(160 * 8, r.sound, "100 ms of the first, 60 of the second");
	CHECK_EQ(660 * 8, f->play_samples, "late ones are not played");
	CHECK_EQ(600, f->ahead_ms_max, "the first chunk");
	CHECK_EQ(500 * 8, r.dropped, "cleared");
	CHECK_STR("", r.breaches, "none of that is a breach");
	rig_free(&r);
}

/* --- The caller's audio --- */

static void test_caller_audio(void **state)
{
	static const struct {
		const char *format;
		unsigned chunk_ms;
		size_t total; /* bytes in 200 ms and the tail behind stop */
		size_t header;
		size_t last; /* of the last whole chunk */
		const char *why;
	} row[] = {
		{ "raw/mulaw", 20, 1600, 0, 160, "3.1" },
		{ "raw/lpcm16_8", 20, 3200, 0, 320, "3.1" },
		{ "raw/lpcm16", 20, 6400, 0, 640, "3.1" },
		{ "raw/lpcm16_24", 20, 9600, 0, 960, "3.1" },
		{ "raw/lpcm16_24", 100, 9600, 0, 4800, "100 ms at once" },
		{ "wav/mulaw", 20, 1600 + 46, 46, 160, "one header" },
		{ "wav/lpcm16_24", 20, 9600 + 44, 44, 960, "one header" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char text[128];
		struct rig r;

		rig_init(&r);
		r.o.chunk_ms = row[i].chunk_ms;
		rig_open(&r);
		snprintf(text, sizeof(text), ACCEPT("%s"), row[i].format);
		bot(&r, text);
		wait_ms(&r, 20); /* a frame nobody is sent */
		bot(&r, STARTED);
		wait_ms(&r, 200);
		CHECK_EQ(200 / row[i].chunk_ms, r.chunks, row[i].why);
		CHECK_EQ(row[i].last, r.chunk_last, row[i].why);
		bot(&r, RECOGNITION); /* half duplex: userStream.stop */
		CHECK_EQ(row[i].total, r.chunk_bytes, row[i].why);
		wait_ms(&r, 200);
		CHECK_EQ(row[i].total, r.chunk_bytes, "withheld");
		CHECK_EQ(220, vaic_session_figures(r.s)->withheld_ms,
			 "withheld");
		CHECK_EQ(160, r.said_from, "the second frame");
		CHECK_EQ(row[i].total - row[i].header, r.said_bytes,
			 "all that went out");
		rig_free(&r);
	}
}

static void test_odd_chunks(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	r.o.odd_chunks = true;
	rig_open(&r);
	bot(&r, ACCEPT("raw/lpcm16_8"));
	bot(&r, STARTED);
	for (unsigned i = 0; i < 10; i++) {
		wait_ms(&r, 20);
		CHECK_EQ(1, r.chunk_last % 2, "every chunk splits a sample");
	}
	bot(&r, RECOGNITION);
	CHECK_EQ(3200, r.chunk_bytes, "and nothing is lost");
	rig_free(&r);
}

static void test_keys(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	vaic_session_press(r.s, '4');
	CHECK_STR("", r.sent, "sendDTMF is off");
	CHECK_EQ(1, vaic_session_figures(r.s)->keys_withheld, "counted");
	CHECK_EQ(-13, vaic_session_no_user_input(r.s, 1), "not listed");
	bot(&r, CONFIG("\"sendDTMF\":true,\"sendEventsToBot\":["
		       "\"noUserInput\"],\"bargeInOnDTMF\":true"));
	vaic_session_press(r.s, '#');
	CHECK_STR("DTMF", r.sent, "on");
	CHECK(strstr(r.last, "\"value\":\"#\""), "the key");
	CHECK_EQ(0, vaic_session_no_user_input(r.s, 2), "listed");
	CHECK(strstr(r.last, "\"value\":2"), "how often");
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 60);
	vaic_session_press(r.s, '1');
	CHECK_EQ(1, r.clears, "bargeInOnDTMF");
	rig_free(&r);
}

static void test_activity_ids(void **state)
{
	struct rig r;
	char first[64];

	(void)state;
	rig_init(&r);
	r.o.duplicate_activities = true;
	r.o.unix_ms = 1772619321480 - 1000; /* the clock begins at 1000 ms */
	r.o.settings.send_dtmf = true;
	rig_call(&r);
	vaic_session_press(r.s, '4');
	CHECK_STR("DTMF DTMF", r.sent, "twice");
	CHECK(strstr(r.last, "\"timestamp\":\"2026-03-04T10:15:21.480Z\""),
	      "wall clock");
	snprintf(first, sizeof(first), "%.43s", strstr(r.last, "\"id\":"));
	vaic_session_press(r.s, '5');
	CHECK(!strstr(r.last, first), "each its own id");
	rig_free(&r);
}

/* --- Resume: section 5 --- */

static void test_resumes(void **state)
{
	const struct vaic_figures *f;
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	bot(&r, CONFIG("\"sendDTMF\":true"));
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	wait_ms(&r, 200);
	vaic_session_lost(r.s, r.now_ns);
	wait_ms(&r, 1000);
	CHECK_EQ(200 * 8, r.sound, "the open stream died with its socket");
	CHECK_EQ(60, r.frames, "the caller goes on");
	rig_open(&r);
	CHECK_STR("session.resume", r.sent, "5.1");
	wait_ms(&r, 40);
	bot(&r, T("session.accepted"));
	CHECK_STR("session.resume userStream.start", r.sent, "6.8: no start");
	bot(&r, STARTED);
	bot(&r, START("p2"));
	bot_chunk(&r, "p2", 60);
	bot(&r, STOP("p2"));
	wait_ms(&r, 100);
	CHECK_EQ(260 * 8, r.sound, "the new stream");
	CHECK(vaic_session_settings(r.s)->send_dtmf, "5.1: settings are kept");
	CHECK_STR("", r.breaches, "none");
	f = vaic_session_figures(r.s);
	CHECK_EQ(1, f->resumes, "one");
	CHECK_EQ(40, f->resume_ms_max, "its latency");
	CHECK_EQ(0, r.overs, "one call");
	bot(&r, CHUNK("p1"));
	CHECK(strstr(r.breaches, "821"), "5.1: the old stream is dead");
	rig_free(&r);
}

static void test_stopped_streams_outlive_the_socket(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	bot(&r, STOP("p1"));
	wait_ms(&r, 200);
	vaic_session_lost(r.s, r.now_ns);
	wait_ms(&r, 1000);
	CHECK_EQ(600 * 8, r.sound, "VAIC has all of it");
	rig_free(&r);
}

static void test_refused_resumes(void **state)
{
	static const struct {
		const char *bot, *breach;
		enum vaic_outcome outcome;
		const char *why;
	} row[] = {
		{ "{\"type\":\"session.error\",\"reason\":\"conversation not "
		  "found\"}",
		  "", VAIC_OUTCOME_REFUSED, "5.1" },
		{ ACCEPT("raw/lpcm16"),
		  "820: session.accepted: mediaFormat "
		  "raw/lpcm16 is not the one of before",
		  VAIC_OUTCOME_NONE, "2.3: the original format" },
		{ START("p9"), "823: playStream.start before session.accepted",
		  VAIC_OUTCOME_NONE, "8.2 rule 3" },
		{ NULL, "822: no session.accepted within 10000 ms",
		  VAIC_OUTCOME_BROKEN, "no answer" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct rig r;

		rig_init(&r);
		full_duplex(&r.o);
		rig_call(&r);
		vaic_session_lost(r.s, r.now_ns);
		rig_open(&r);
		if (row[i].bot)
			bot(&r, row[i].bot);
		else
			wait_ms(&r, 10000);
		CHECK_STR(row[i].breach, r.breaches, row[i].why);
		CHECK_EQ(row[i].outcome, r.end.outcome, row[i].why);
		rig_free(&r);
	}
}

static void test_unknown_id(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	r.o.opens_with_resume = true;
	rig_open(&r);
	CHECK_STR("session.resume", r.sent, "9.7");
	bot(&r, "{\"type\":\"session.error\",\"reason\":\"conversation not "
		"found\"}");
	CHECK_EQ(VAIC_OUTCOME_REFUSED, r.end.outcome, "5.1");
	CHECK_STR("", r.breaches, "as it should be");
	rig_free(&r);
	rig_init(&r);
	r.o.opens_with_resume = true;
	rig_open(&r);
	bot(&r, ACCEPT("raw/mulaw"));
	CHECK_STR("822: a conversation it never had is resumed", r.breaches,
		  "invented");
	rig_free(&r);
}

static void test_newest_socket(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	rig_open(&r);
	CHECK_STR("session.resume", r.sent, "while the first one is alive");
	bot(&r, ACCEPT("raw/mulaw"));
	CHECK_STR("session.resume userStream.start", r.sent, "and goes on");
	rig_free(&r);
}

/* --- Ends --- */

static void test_closing(void **state)
{
	static const struct {
		const char *first; /* said before the bot closes */
		unsigned code;
		const char *breach;
		enum vaic_outcome outcome;
		const char *why;
	} row[] = {
		{ HANGUP, 1000, "", VAIC_OUTCOME_HUNG_UP, "6.5" },
		{ HANGUP, 1005, "", VAIC_OUTCOME_HUNG_UP,
		  "2.4: the SDK closes without a code" },
		{ HANGUP, 1011,
		  "825: closed with 1011 after session.end, not with 1000",
		  VAIC_OUTCOME_HUNG_UP, "11" },
		{ NULL, 1000,
		  "825: the bot closed the socket (1000) without hangup",
		  VAIC_OUTCOME_NONE, "8.2 rule 5" },
		{ NULL, 1006,
		  "825: the bot closed the socket (1006) without hangup",
		  VAIC_OUTCOME_NONE, "nor by breaking off" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct rig r;

		rig_init(&r);
		full_duplex(&r.o);
		rig_call(&r);
		if (row[i].first)
			bot(&r, row[i].first);
		vaic_session_closed(r.s, row[i].code, r.now_ns);
		CHECK_STR(row[i].breach, r.breaches, row[i].why);
		CHECK_EQ(row[i].outcome, r.end.outcome, row[i].why);
		CHECK_EQ(row[i].outcome ? 1 : 0, r.overs, row[i].why);
		CHECK_EQ(0, r.closes, "there is nothing left to close");
		if (!row[i].outcome) {
			vaic_session_give_up(r.s, "no resume", r.now_ns);
			CHECK_EQ(VAIC_OUTCOME_LOST, r.end.outcome, row[i].why);
			CHECK_EQ(1, r.overs, row[i].why);
		}
		rig_free(&r);
	}
}

static void test_caller_hangs_up(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	r.hang_up_at = 10;
	rig_call(&r);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	wait_ms(&r, 1000);
	CHECK_STR("userStream.stop session.end", r.sent, "6.6");
	CHECK(strstr(r.last, "\"reasonCode\":\"client-disconnected\""), "2.4");
	CHECK_EQ(10, r.frames, "nothing is said afterwards");
	CHECK_EQ(200 * 8, r.heard, "nor heard");
	CHECK_EQ(9, r.chunks, "the last frame is not sent");
	vaic_session_closed(r.s, 1000, r.now_ns);
	CHECK_EQ(VAIC_OUTCOME_CALLER_HUNG_UP, r.end.outcome, "how");
	CHECK_EQ(400 * 8, r.end.unplayed, "what was cut");
	CHECK_STR("", r.breaches, "none");
	rig_free(&r);
}

static void test_closes_what_stays_open(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	rig_call(&r);
	bot(&r, HANGUP);
	wait_ms(&r, 1999);
	CHECK_EQ(0, r.overs, "it has 2 s");
	wait_ms(&r, 1);
	CHECK_EQ(1, r.closes, "then it is closed");
	CHECK_EQ(1, r.overs, "once");
	CHECK_STR("done", r.end.why, "hangupReason");
	CHECK_STR("bot-disconnected", r.end.reason_code, "2.4");
	CHECK(vaic_session_due(r.s) == UINT64_MAX, "nothing is due any more");
	rig_free(&r);
}

static void test_figures(void **state)
{
	const struct vaic_figures *f;
	struct rig r;

	(void)state;
	rig_init(&r);
	full_duplex(&r.o);
	r.o.ahead_ms = 500;
	rig_open(&r);
	wait_ms(&r, 120);
	bot(&r, ACCEPT("raw/mulaw"));
	wait_ms(&r, 27);
	bot(&r, STARTED);
	wait_ms(&r, 73);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 300);
	bot_chunk(&r, "p1", 300);
	wait_ms(&r, 700);
	bot_chunk(&r, "p1", 60);
	bot(&r, STOP("p1"));
	wait_ms(&r, 100);
	f = vaic_session_figures(r.s);
	CHECK_EQ(120, f->accept_ms, "initiate to accepted");
	CHECK_EQ(27, f->reply_ms_max, "userStream.started");
	CHECK(f->is_answered, "3.6");
	CHECK_EQ(100 * 8, f->answered, "at the first sample played");
	CHECK_EQ(600, f->ahead_ms_max, "both chunks at once");
	CHECK_EQ(1, f->ahead_excess, "the second one");
	CHECK_EQ(1, f->underruns, "the third came 100 ms late");
	CHECK_EQ(3, f->play_chunks, "all");
	CHECK_EQ(660 * 8, r.native, "raw/mulaw: the same bytes");
	CHECK_EQ(800 * 8, r.arrival, "it played when it came");
	CHECK_EQ(20, f->withheld_ms, "the frame before started");
	rig_free(&r);
}

/* What is more than the play-out holds is told, not lost in silence. */
static void test_play_out_is_full(void **state)
{
	static const char mark[] =
		"{\"type\":\"playStream.mark.set\",\"streamId\":\"p1\","
		"\"mark\":\"m\"}";
	struct rig r;

	(void)state;
	rig_init(&r);
	with_marks(&r.o);
	rig_call(&r);
	bot(&r, START("p1"));
	bot_chunk(&r, "p1", 600);
	for (int i = 0; i < VAIC_PLAYOUT_MARKS_MAX; i++)
		bot(&r, mark);
	CHECK_STR("", r.breaches, "so many");
	bot(&r, mark);
	CHECK_STR("821: play stream p1: more than 64 marks", r.breaches,
		  "and one more");
	r.breaches[0] = 0;
	for (int i = 1; i < VAIC_PLAYOUT_MAX_MS / 600; i++)
		bot_chunk(&r, "p1", 600);
	CHECK_STR("", r.breaches, "ten minutes");
	bot_chunk(&r, "p1", 600);
	CHECK_STR("821: play stream p1: more than 600 s wait", r.breaches,
		  "and one chunk more");
	rig_free(&r);
}

static void test_deaf(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_call(&r);
	bot(&r, START("p1"));
	bot(&r, CHUNK("p1"));
	wait_ms(&r, 1000);
	vaic_session_deafen(r.s, true, r.now_ns);
	wait_ms(&r, 60000);
	vaic_session_deafen(r.s, false, r.now_ns);
	wait_ms(&r, 500);
	CHECK_STR("", r.breaches, "1500 ms have passed for the bot");
	wait_ms(&r, 20);
	CHECK(r.breaches[0], "and now more");
	rig_free(&r);
}

static void test_options(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	r.o.chunk_ms = 30;
	CHECK(!vaic_session_new(&r.o, &events, &r), "no multiple of 20");
	rig_init(&r);
	r.o.conversation_id = "a\"b";
	CHECK(!vaic_session_new(&r.o, &events, &r), "needs escapes");
	rig_init(&r);
	r.o.conversation_id = NULL;
	CHECK(!vaic_session_new(&r.o, &events, &r), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_setting_up),
		cmocka_unit_test(test_validating),
		cmocka_unit_test(test_play_streams),
		cmocka_unit_test(test_activities),
		cmocka_unit_test(test_half_duplex),
		cmocka_unit_test(test_barge_in),
		cmocka_unit_test(test_counts_what_comes_late),
		cmocka_unit_test(test_caller_audio),
		cmocka_unit_test(test_odd_chunks),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_activity_ids),
		cmocka_unit_test(test_resumes),
		cmocka_unit_test(test_stopped_streams_outlive_the_socket),
		cmocka_unit_test(test_refused_resumes),
		cmocka_unit_test(test_unknown_id),
		cmocka_unit_test(test_newest_socket),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_caller_hangs_up),
		cmocka_unit_test(test_closes_what_stays_open),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_play_out_is_full),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
