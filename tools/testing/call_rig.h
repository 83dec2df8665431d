/* A call to test with: the core between two recording ports, on a fake clock. A
 * port writes what it is told as words; a test lets things happen and compares
 * the words with what it expects:
 *
 *     up();
 *     greet();
 *     answer("r1", "i1", 9000);
 *     pass(2000);
 *     caller_speaks();
 *     expect("clear;truncate i1 2000;", "why");
 *
 * Include it in one file of a program. */
#ifndef TOOLS_TESTING_CALL_RIG_H
#define TOOLS_TESTING_CALL_RIG_H

#include "gateway/call/call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

#define MS               1000000ull
#define FRAME            160 /* 20 ms of mu-law */
#define LEAD_MS          200
#define MODEL_SILENCE_MS 5000
#define DELTA_MS(ms)     ((size_t)(ms)*48)

static struct audio_pool pool;
static struct call c;
static uint64_t now_ms;
static char told[8192];   /* what the ports were told, but audio */
static uint64_t appended; /* bytes to the model */
static uint64_t sent;     /* bytes to the carrier */
static bool echoes;       /* the carrier sends marks back */
static uint64_t busy_ms;  /* the carrier plays until then */
static unsigned per_ms;   /* bytes of what it plays */
static bool flushes;      /* a clear empties it */
static bool congested;    /* it takes nothing for now */
static int refuses;       /* requests, with this errno */
static struct {
	struct playout_mark mark;
	uint64_t due_ms;
} echo[256];
static unsigned echo_first, echo_last;
static uint8_t apology[1000 * 8];
static uint8_t pcm[60 * 48000];

/* "verb;", "verb subject;" or "verb subject number;" */
static inline void tell(const char *verb, const char *subject,
			const char *number)
{
	size_t at = strlen(told);

	snprintf(told + at, sizeof(told) - at, "%s%s%s%s%s;", verb,
		 subject[0] ? " " : "", subject, number[0] ? " " : "", number);
}

static inline void port_audio(void *leg, const uint8_t *bytes, size_t n)
{
	(void)leg;
	(void)bytes;
	sent += n;
	busy_ms = (busy_ms > now_ms ? busy_ms : now_ms) + n / per_ms;
}

static inline void port_mark(void *leg, const struct playout_mark *mark)
{
	(void)leg;
	echo[echo_last % 256].mark = *mark;
	echo[echo_last++ % 256].due_ms = busy_ms;
}

static inline bool port_clear(void *leg)
{
	(void)leg;
	tell("clear", "", "");
	busy_ms =
		now_ms; /* and the marks come back: nobody must believe them */
	for (unsigned i = echo_first; i < echo_last; i++)
		echo[i % 256].due_ms = now_ms;
	return true;
}

static inline void port_hang_up(void *leg, const char *reason)
{
	(void)leg;
	(void)reason;
	tell("hang_up", "", "");
}

static const struct call_carrier_port carrier = {
	.send_audio = port_audio,
	.send_mark = port_mark,
	.clear = port_clear,
	.hang_up = port_hang_up,
};

/* A carrier with everything, but marks. */
static inline bool port_cut(void *leg)
{
	(void)leg;
	tell("clear", "", "");
	if (flushes)
		busy_ms = now_ms;
	return flushes;
}

static inline bool port_congested(const void *leg)
{
	(void)leg;
	return congested;
}

static inline void port_end_speech(void *leg)
{
	(void)leg;
	tell("end_speech", "", "");
}

static inline void port_hear(void *leg, enum call_speech what, const char *text)
{
	static const char *const name[] = { "started", "stopped", "committed",
					    "hypothesis", "recognition" };
	(void)leg;
	tell(name[what], text, "");
}

static inline void port_say(void *leg, const char *text)
{
	(void)leg;
	tell("say", text, "");
}

static inline int port_request(void *leg, const struct call_request *r)
{
	static const char *const name[] = { "end", "transfer", "keys",
					    "metadata", "recording" };
	const char *subject[] = { r->reason, r->target, r->digits,
				  r->data ? r->data : "", "" };
	(void)leg;
	tell(name[r->kind], subject[r->kind], "");
	return refuses;
}

static inline void port_bye(void *leg, const char *reason)
{
	(void)leg;
	tell("hang_up", reason, "");
}

static const struct call_carrier_port full_carrier = {
	.send_audio = port_audio,
	.is_congested = port_congested,
	.end_speech = port_end_speech,
	.clear = port_cut,
	.hear = port_hear,
	.say = port_say,
	.request = port_request,
	.hang_up = port_bye,
};

static inline void port_append(void *session, const uint8_t *bytes, size_t n)
{
	(void)session;
	(void)bytes;
	appended += n;
}

static inline void port_speak(void *session, enum speak what)
{
	static const char *const name[] = { "?",     "filler",   "again",
					    "note",  "tool",     "digits",
					    "words", "greeting", "goodbye" };
	(void)session;
	tell("speak", name[what], "");
}

static inline void port_say_words(void *session, const char *words)
{
	(void)session;
	tell("words", words, "");
}

static inline void port_cancel(void *session, const char *id)
{
	(void)session;
	tell("cancel", id, "");
}

static inline void port_truncate(void *session, const char *item,
				 unsigned content, unsigned ms)
{
	(void)session;
	CHECK_EQ(0, content, "the only content there is");
	char number[16];

	snprintf(number, sizeof(number), "%u", ms);
	tell("truncate", item, number);
}

static inline void port_forget(void *session, const char *item)
{
	(void)session;
	tell("forget", item, "");
}

static inline void port_digits(void *session, const char *digits)
{
	(void)session;
	tell("digits", digits, "");
}

static inline void port_text(void *session, const char *text)
{
	(void)session;
	tell("text", text, "");
}

static inline void port_note(void *session, const char *text)
{
	(void)session;
	tell("note", text, "");
}

static inline void port_output(void *session, const char *id,
			       const char *output)
{
	(void)session;
	(void)output;
	tell("output", id, "");
}

static inline void port_close(void *session)
{
	(void)session;
	tell("close", "", "");
}

static const struct call_model_port model = {
	.append = port_append,
	.speak = port_speak,
	.say = port_say_words,
	.cancel = port_cancel,
	.truncate = port_truncate,
	.forget_item = port_forget,
	.add_digits = port_digits,
	.add_text = port_text,
	.add_note = port_note,
	.tool_output = port_output,
	.close = port_close,
};

/* An agent with one tool, and nothing to tell of the call. */
static inline void port_tool(void *agent, const char *call_id, const char *name,
			     const char *arguments, struct call_tool *t)
{
	(void)agent;
	(void)call_id;
	(void)arguments;
	t->answer = "{\"error\":\"unknown\"}";
	t->request.kind = CALL_REQUEST_END;
	t->fate = strcmp(name, "end_call") == 0 ? CALL_TOOL_ASKS
						: CALL_TOOL_ANSWERED;
}

static inline size_t port_brief(void *agent, const struct call_variables *v,
				char *out, size_t cap)
{
	(void)agent;
	(void)v;
	(void)out;
	(void)cap;
	return 0;
}

static const struct call_agent_port agent = {
	.begin_tool = port_tool,
	.brief = port_brief,
};

static const struct call_ports ports = {
	.carrier = &carrier,
	.model = &model,
	.agent = &agent,
};

static const struct call_settings settings = {
	.caller_format = AUDIO_ULAW,
	.playout_format = AUDIO_ULAW,
	.model_format = AUDIO_PCM24,
	.lead_ms = LEAD_MS,
	.has_marks = true,
	.append_ms = 20,
	.ring_ms = 10000,
	.connect_ms = 15000,
	.ending_ms = 5000,
	.longest_ms = 3600000,
	.model_silence_ms = MODEL_SILENCE_MS,
	.digits_max = 32,
	.digits_gap_ms = 1500,
	.digits_terminator = '#',
	.greets = true,
	.apology = apology,
	.apology_len = sizeof(apology),
};

/* What a function asks for, by its name; the arguments are the request's text
 * as it is. Returns 0 or -ENOENT. */
static inline int rig_request(struct call_request *r, const char *name,
			      const char *arguments)
{
	static const char *const known[] = { "end", "transfer", "keys",
					     "metadata", "recording" };
	static char data[CALL_DATA_MAX];

	for (unsigned i = 0; i < ARRAY_LEN(known); i++) {
		if (strcmp(known[i], name) != 0)
			continue;
		r->kind = (enum call_request_kind)i;
		snprintf(r->reason, sizeof(r->reason), "%s", arguments);
		snprintf(r->target, sizeof(r->target), "%s", arguments);
		snprintf(r->digits, sizeof(r->digits), "%s", arguments);
		snprintf(data, sizeof(data), "%s", arguments);
		r->data = data;
		return 0;
	}
	return -ENOENT;
}

/* An agent with every tool, and "slow", which runs until the test answers. */
static struct call_filler filler; /* of "slow" */

static inline void port_any_tool(void *owner, const char *call_id,
				 const char *name, const char *arguments,
				 struct call_tool *t)
{
	(void)owner;
	(void)call_id;
	t->answer = "{\"error\":\"unknown\"}";
	t->filler = filler;
	if (strcmp(name, "slow") == 0)
		t->fate = CALL_TOOL_RUNS;
	else if (rig_request(&t->request, name, arguments) == 0)
		t->fate = CALL_TOOL_ASKS;
	else
		t->fate = CALL_TOOL_ANSWERED;
}

static inline size_t port_tell(void *owner, const struct call_variables *v,
			       char *out, size_t cap)
{
	const char *caller = call_variables_get(v, "caller");

	(void)owner;
	return caller ? (size_t)snprintf(out, cap, "caller=%s", caller) : 0;
}

static inline bool port_hand_off(void *owner, const char *name)
{
	(void)owner;
	tell("hand_off", name, "");
	return strcmp(name, "same") != 0;
}

static inline const char *port_run_key(void *owner,
				       const struct keypad_entry *e)
{
	(void)owner;
	tell("run", e->text, e->arguments);
	return strcmp(e->text, "gone") == 0 ? "function: gone" : NULL;
}

static const struct call_agent_port full_agent = {
	.begin_tool = port_any_tool,
	.hand_off = port_hand_off,
	.run_key = port_run_key,
	.brief = port_tell,
};

static const struct call_ports full_ports = {
	.carrier = &full_carrier,
	.model = &model,
	.agent = &full_agent,
};

static inline void begin_call(const struct call_settings *s,
			      const struct call_ports *p)
{
	per_ms = audio_format_bytes_per_ms(s->playout_format);
	call_init(&c, s, &pool, p, now_ms * MS);
}

static inline int setup(void **state)
{
	(void)state;
	flushes = true;
	congested = false;
	refuses = 0;
	memset(&filler, 0, sizeof(filler));
	now_ms = 1000;
	told[0] = '\0';
	appended = sent = busy_ms = 0;
	echo_first = echo_last = 0;
	echoes = true;
	memset(apology, 0x30, sizeof(apology));
	memset(pcm, 0x11, sizeof(pcm));
	audio_pool_init(&pool, 4000000);
	begin_call(&settings, &ports);
	return 0;
}

/* A line that rings until it is answered, may be lost and come back, and takes
 * what the model makes. */
static inline struct call_settings full_settings(void)
{
	struct call_settings s = settings;

	s.caller_format = AUDIO_PCM24;
	s.playout_format = AUDIO_PCM24;
	s.lead_ms = 400;
	s.has_marks = false;
	s.can_detach = true;
	s.awaits_ready = true;
	s.must_answer = true;
	s.answer_ms = 300;
	s.ending_ms = 10000;
	s.no_input_max = 2;
	return s;
}

static inline int setup_full(void **state)
{
	setup(state);
	call_free(&c);
	struct call_settings full = full_settings();

	begin_call(&full, &full_ports);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	call_free(&c);
	CHECK_EQ(0, pool.in_use, "every block went back");
	audio_pool_free(&pool);
	return 0;
}

/* --- Words to write a call with --- */

static inline void expect(const char *what, const char *why)
{
	CHECK_STR(what, told, why);
	told[0] = '\0';
}

static inline uint64_t now(void)
{
	return now_ms * MS;
}

static inline void echo_marks(void)
{
	while (echoes && echo_first < echo_last &&
	       echo[echo_first % 256].due_ms <= now_ms) {
		const struct playout_mark *m = &echo[echo_first++ % 256].mark;
		call_carrier_mark(&c, m->generation, m->number, now());
	}
}

static inline void pass(unsigned ms)
{
	for (uint64_t end = now_ms + ms; now_ms < end; now_ms += 20) {
		echo_marks();
		call_tick(&c, now());
	}
	echo_marks();
}

static inline void frame(uint64_t timestamp_ms)
{
	uint8_t ulaw[FRAME];

	memset(ulaw, 0x40, sizeof(ulaw));
	call_caller_audio(&c, timestamp_ms, ulaw, sizeof(ulaw), now());
}

static inline void up(void)
{
	call_model_ready(&c, now());
	expect("speak greeting;", "the model greets first");
}

static inline void answer(const char *response, const char *item, unsigned ms)
{
	call_model_response(&c, response, false, now());
	call_model_audio(&c, response, item, 0, pcm, DELTA_MS(ms), now());
	call_model_response_done(&c, response, false, CALL_RESPONSE_DONE, "",
				 now());
}

static inline void greet(void)
{
	call_model_response(&c, "r0", true, now());
	call_model_audio(&c, "r0", "i0", 0, pcm, DELTA_MS(500), now());
	call_model_response_done(&c, "r0", true, CALL_RESPONSE_DONE, "", now());
	pass(800);
	expect("", "a greeting is just heard");
}

static inline void caller_speaks(void)
{
	call_model_speech(&c, true, now());
}

static inline void caller_is_silent(void)
{
	call_model_speech(&c, false, now());
}

#define CALL_RIG_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define CALL_RIG_FULL(f) \
	cmocka_unit_test_setup_teardown(f, setup_full, teardown)

#endif
