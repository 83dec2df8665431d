/* A session of VAIC's to test with: time passes when it is told to, the bot
 * says what a test says, and what the session does is a log of words. Include
 * it in one file of a program. */
#ifndef TOOLS_TESTING_VAIC_SESSION_RIG_H
#define TOOLS_TESTING_VAIC_SESSION_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "codecs/g711.h"
#include "tools/call/vaic_session.h"
#include "tools/testing/check.h"

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

static inline void append(char *log, const char *text)
{
	size_t used = strlen(log);

	snprintf(log + used, LOG - used, "%s%s", used ? " " : "", text);
}

static inline void on_send(void *owner, const char *text, size_t len)
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

static inline void on_close(void *owner, unsigned code)
{
	struct rig *r = owner;

	CHECK_EQ(1000, code, "the code of 2.4");
	r->closes++;
}

static inline void on_started(void *owner)
{
	(void)owner;
}

static inline void on_heard(void *owner, const uint8_t *ulaw, size_t n,
			    bool is_sound)
{
	struct rig *r = owner;

	(void)ulaw;
	r->heard += n;
	r->sound += is_sound ? n : 0;
}

static inline void on_native(void *owner, const struct vaic_play_stream *p,
			     uint64_t sample, const uint8_t *bytes, size_t n)
{
	struct rig *r = owner;

	(void)p, (void)sample, (void)bytes;
	r->native += n;
}

static inline void on_said(void *owner, uint64_t sample, const uint8_t *bytes,
			   size_t n)
{
	struct rig *r = owner;

	(void)bytes;
	if (r->said_bytes == 0)
		r->said_from = sample;
	r->said_bytes += n;
}

static inline void on_frame(void *owner, uint64_t now, uint64_t begin,
			    uint8_t frame[VAIC_FRAME])
{
	struct rig *r = owner;

	CHECK_EQ(r->heard, now, "all was heard up to now");
	CHECK_EQ((uint64_t)r->frames * VAIC_FRAME, begin, "one after another");
	memset(frame, r->speech, VAIC_FRAME);
	if (++r->frames == r->hang_up_at)
		vaic_session_hang_up(r->s, r->now_ns);
}

static inline void on_arrival(void *owner, uint64_t begin, size_t n,
			      uint64_t now_us)
{
	struct rig *r = owner;

	(void)n;
	CHECK_EQ(r->now_ns / 1000, now_us, "monotonic us");
	r->arrival = begin;
}

static inline void on_clear(void *owner, uint64_t now, size_t dropped,
			    uint64_t now_us)
{
	struct rig *r = owner;

	(void)now_us;
	CHECK_EQ(r->heard, now, "all was heard up to now");
	r->dropped += dropped;
	r->clears++;
}

static inline void on_activity(void *owner, const struct vaic_activity *a)
{
	struct rig *r = owner;

	CHECK(a->kind != VAIC_IGNORED, "only what is usable");
	r->activities++;
}

static inline void on_breach(void *owner, const struct phone_breach *breach)
{
	struct rig *r = owner;
	char code[16];

	snprintf(code, sizeof(code), "%u:", breach->code);
	append(r->breaches, code);
	append(r->breaches, breach->text);
}

static inline void on_over(void *owner, const struct vaic_end *end)
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

static inline void rig_init(struct rig *r)
{
	*r = (struct rig){ .now_ns = 1000 * MS, .speech = 0xff };
	vaic_options_default(&r->o);
	r->o.conversation_id = ID;
	r->o.bot_name = "support-line";
	r->o.prompt_ms = 0;
}

static inline void rig_open(struct rig *r)
{
	if (!r->s)
		r->s = vaic_session_new(&r->o, &events, r);
	assert_non_null(r->s);
	vaic_session_open(r->s, r->now_ns);
}

static inline void rig_free(struct rig *r)
{
	vaic_session_free(r->s);
}

/* Time passes; the session is ticked when it wants to be. */
static inline void wait_ms(struct rig *r, unsigned ms)
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

static inline void bot(struct rig *r, const char *text)
{
	vaic_session_read(r->s, text, strlen(text), false, r->now_ns);
}

/* A chunk of so many ms of 0xff in raw/mulaw: 8 bytes, 12 characters each. */
static inline void bot_chunk(struct rig *r, const char *id, unsigned ms)
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
static inline void rig_call(struct rig *r)
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

static inline void run_step(struct rig *r, const struct step *step,
			    const char *why)
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

static inline void run_scripts(const struct script *script, size_t n,
			       bool is_up)
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

/* --- What the bot may ask for --- */

static inline void full_duplex(struct vaic_options *o)
{
	o->settings.barge_in = true;
}

static inline void with_marks(struct vaic_options *o)
{
	o->settings.barge_in = true;
	o->marks = true;
}

#endif
