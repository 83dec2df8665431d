#include "tools/call/phone_call.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/net/ws.h"
#include "gateway/ops/phone.h"
#include "protocols/http.h"
#include "tools/call/phone_stream.h"
#include "tools/call/phone_twiml.h"
#include "tools/call/phone_url.h"
#include "tools/call/phone_webhook.h"

#define NS_PER_MS            1e6
#define FIELDS_MAX           24
#define SAY_MS_PER_CHARACTER 60 /* of <Say>: about 160 words a minute */
#define NO_STREAM_TICK_MS    20

struct phone_call {
	uv_loop_t *loop;
	uv_timer_t timer; /* the wait of a verb */
	uv_timer_t deadline;
	const struct phone_call_options *options;
	void (*on_over)(void *owner, struct phone_call *call);
	void *owner;
	struct caller caller;
	struct phone_stream *stream;
	struct ws *replay; /* the media URL, opened again */
	struct phone_twiml document;
	const struct phone_twiml_element *verb; /* being run, or next */
	const struct phone_twiml_element *stream_noun;
	char url[PHONE_URL_MAX]; /* of the document */
	char stream_url[PHONE_URL_MAX];
	char stream_sid[PHONE_SID_LEN];
	char stream_name[PHONE_TWIML_TEXT_MAX];
	const char *status; /* CallStatus */
	uint64_t random;
	uint64_t offset; /* samples: this stream's start on the
			    call's clock */
	uint64_t now;    /* samples on the call's clock */
	uint64_t begun_ns;
	uint64_t asked_ns; /* the request that is out */
	unsigned documents;
	unsigned pending; /* requests and sockets not yet done */
	unsigned handles;
	bool is_duplicated; /* the repeated webhook is out */
	bool is_over;       /* the outcome is known */
	bool has_streamed;
	bool has_dialled;
	char dialled[PHONE_MASKED_MAX];
	bool stream_failed; /* what its end means */
	enum phone_outcome stream_outcome;
	char stream_how[320];
	bool starts_withheld; /* stream-started comes last (fault) */
	struct phone_call_result result;
};

static bool has_fault(const struct phone_call *c, enum phone_fault fault)
{
	return phone_faults_has(c->options->faults, fault);
}

const char *phone_call_outcome_name(enum phone_outcome outcome)
{
	static const char *const name[PHONE_OUTCOMES] = {
		[PHONE_HUNG_UP] = "hung_up",
		[PHONE_CALLER_HUNG_UP] = "caller_hung_up",
		[PHONE_REJECTED] = "rejected",
		[PHONE_BUSY] = "busy",
		[PHONE_DIALLED] = "dialled",
		[PHONE_REFUSED] = "refused",
		[PHONE_BROKEN] = "broken",
		[PHONE_FAILED] = "failed",
		[PHONE_TIMED_OUT] = "timed_out",
	};

	return name[outcome];
}

/* --- Notes --- */

/* Before the stream starts, times are negative: counted back from it they are
 * not known yet, so they are told from the call's beginning as 0. */
static int64_t now_ms(const struct phone_call *c)
{
	if (!c->result.start_ns)
		return 0;
	return (int64_t)((double)(uv_hrtime() - c->result.start_ns) /
			 NS_PER_MS);
}

static void set(struct phone_call *c, enum caller_figure f, double value)
{
	c->result.figures.value[f] = value;
}

static void note_breach(struct phone_call *c, const struct phone_breach *b)
{
	if (c->result.breaches < PHONE_CALL_BREACHES_MAX)
		c->result.breach[c->result.breaches] =
			(struct phone_call_breach){ now_ms(c), *b };
	if (c->result.breaches++ < PHONE_CALL_BREACHES_MAX)
		caller_timeline_add(&c->caller.timeline, now_ms(c),
				    CALLER_MOMENT_BREACH, "%u %s", b->code,
				    b->text);
}

static __attribute__((format(printf, 3, 4))) void breach(struct phone_call *c,
							 unsigned code,
							 const char *format,
							 ...)
{
	struct phone_breach b = { .code = code };
	va_list args;

	va_start(args, format);
	vsnprintf(b.text, sizeof(b.text), format, args);
	va_end(args);
	note_breach(c, &b);
}

#define NOTE(c, ...)                                          \
	caller_timeline_add(&(c)->caller.timeline, now_ms(c), \
			    CALLER_MOMENT_CALL, __VA_ARGS__)

/* --- Identity --- */

static uint64_t next_random(struct phone_call *c)
{
	/* splitmix64: any seed gives a good stream. */
	uint64_t z = c->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void make_sid(struct phone_call *c, char out[PHONE_SID_LEN],
		     const char *prefix)
{
	uint64_t high = next_random(c), low = next_random(c);

	snprintf(out, PHONE_SID_LEN, "%s%016" PRIx64 "%016" PRIx64, prefix,
		 high, low);
}

/* --- The end --- */

static void finish_figures(struct phone_call *c)
{
	const struct caller *p = &c->caller;
	const struct caller_judge *j = &p->judge;

	set(c, CALLER_FIGURE_breaches, (double)c->result.breaches);
	if (!c->has_streamed)
		return;
	set(c, CALLER_FIGURE_heard_ms, (double)p->ear.loud_samples / 8);
	set(c, CALLER_FIGURE_utterances, p->ear.starts);
	set(c, CALLER_FIGURE_gaps, j->gaps);
	set(c, CALLER_FIGURE_gap_ms, (double)j->gap_samples / 8);
	set(c, CALLER_FIGURE_gap_longest_ms,
	    (double)j->gap_longest_samples / 8);
	set(c, CALLER_FIGURE_clicks, j->clicks);
	set(c, CALLER_FIGURE_late_ms, (double)j->late_samples / 8);
	set(c, CALLER_FIGURE_barge_ins, j->barge_ins);
	set(c, CALLER_FIGURE_barge_ins_heeded, j->barge_ins_heeded);
	set(c, CALLER_FIGURE_clears, j->clears);
	if (j->first_media_sample != CALLER_JUDGE_NONE)
		set(c, CALLER_FIGURE_first_media_ms,
		    (double)j->first_media_sample / 8);
	if (p->has_first_sound)
		set(c, CALLER_FIGURE_first_sound_ms,
		    (double)p->first_sound / 8);
	if (j->barge_ins_heeded)
		set(c, CALLER_FIGURE_reaction_ms,
		    (double)j->reaction_longest_samples / 8);
	if (p->answers)
		set(c, CALLER_FIGURE_answer_ms, (double)p->answer_longest / 8);
}

static void on_handle_closed(uv_handle_t *h)
{
	struct phone_call *c = h->data;

	if (--c->handles == 0)
		c->on_over(c->owner, c);
}

/* Over, and nothing is open any more? */
static void settle(struct phone_call *c)
{
	if (!c->is_over || c->stream || c->pending || c->handles != 2 ||
	    uv_is_closing((uv_handle_t *)&c->timer))
		return;
	finish_figures(c);
	uv_close((uv_handle_t *)&c->timer, on_handle_closed);
	uv_close((uv_handle_t *)&c->deadline, on_handle_closed);
}

static __attribute__((format(printf, 3, 4))) void end(
	struct phone_call *c, enum phone_outcome outcome, const char *format,
	...)
{
	va_list args;

	if (c->is_over)
		return;
	c->is_over = true;
	c->result.outcome = outcome;
	va_start(args, format);
	vsnprintf(c->result.how, sizeof(c->result.how), format, args);
	va_end(args);
	uv_timer_stop(&c->timer);
	uv_timer_stop(&c->deadline);
	caller_end(&c->caller, c->now,
		   outcome != PHONE_CALLER_HUNG_UP &&
			   outcome != PHONE_TIMED_OUT);
	NOTE(c, "hangup: %s", c->result.how);
	if (c->stream)
		phone_stream_stop(c->stream);
	settle(c);
}

void phone_call_end(struct phone_call *c)
{
	end(c, PHONE_CALLER_HUNG_UP, "by the caller: the run was ended");
}

static void on_deadline(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;

	end(c, PHONE_TIMED_OUT, "by the caller: the call took longer than %u s",
	    c->options->timeout_ms / 1000);
}

/* --- Requests --- */

struct fields {
	struct phone_field field[FIELDS_MAX];
	size_t count;
};

static void add(struct fields *f, const char *name, const char *value)
{
	if (f->count < FIELDS_MAX)
		f->field[f->count++] = (struct phone_field){ name, value };
}

static void add_call(const struct phone_call *c, struct fields *f)
{
	const struct phone_call_options *o = c->options;

	add(f, "AccountSid", o->account_sid);
	add(f, "ApiVersion", "2010-04-01");
	add(f, "CallSid", c->result.call_sid);
	add(f, "CallStatus", c->status);
	add(f, "Called", o->to);
	add(f, "Caller", o->from);
	add(f, "Direction", "inbound");
	add(f, "From", o->from);
	add(f, "FromCountry", "US");
	add(f, "FromCity", "");
	add(f, "StirVerstat", "TN-Validation-Passed-A");
	add(f, "To", o->to);
}

static int request(struct phone_call *c, const char *url, const char *method,
		   const struct fields *f, phone_webhook_done_fn *on_done)
{
	char token[PHONE_SID_LEN];
	struct phone_webhook w = {
		.url = url,
		.method = method,
		.field = f->field,
		.fields = f->count,
		.auth_token = c->options->auth_token,
		.idempotency_token = token,
		.tls = c->options->tls,
	};

	make_sid(c, token, "IT");
	if (has_fault(c, PHONE_FAULT_BAD_SIGNATURE))
		w.signing = PHONE_SIGNED_WRONGLY;
	if (has_fault(c, PHONE_FAULT_NO_SIGNATURE))
		w.signing = PHONE_UNSIGNED;
	int err = phone_webhook_send(c->loop, &w, on_done, c);
	if (!err)
		c->pending++;
	return err;
}

static void on_callback_answered(void *owner, int status, const char *why,
				 struct http_message *answer)
{
	struct phone_call *c = owner;

	(void)status;
	if (!answer || answer->status / 100 != 2) {
		c->result.figures.value[CALLER_FIGURE_callbacks_failed] += 1;
		breach(c, 15003, "status callback: %s%.0u",
		       answer ? "answered with status " : why,
		       answer ? answer->status : 0);
	}
	c->pending--;
	settle(c);
}

static void timestamp(char out[40])
{
	struct timespec now;
	struct tm utc;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	size_t n = strftime(out, 24, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(out + n, 40 - n, ".%09ldZ", now.tv_nsec);
}

/* Report an event of the stream, if the TwiML wants to know. */
static void report_stream(struct phone_call *c, const char *event,
			  const char *error)
{
	const struct phone_twiml_element *noun = c->stream_noun;
	const char *url =
		noun ? phone_twiml_attribute(noun, "statusCallback", "") : "";
	char now[40];
	struct fields f = { .count = 0 };

	if (!*url)
		return;
	timestamp(now);
	add(&f, "AccountSid", c->options->account_sid);
	add(&f, "CallSid", c->result.call_sid);
	add(&f, "StreamSid", c->stream_sid);
	add(&f, "StreamName", c->stream_name);
	add(&f, "StreamEvent", event);
	add(&f, "Timestamp", now);
	if (error)
		add(&f, "StreamError", error);
	if (request(c, url,
		    phone_twiml_attribute(noun, "statusCallbackMethod", "POST"),
		    &f, on_callback_answered) < 0)
		breach(c, 12200, "statusCallback is no absolute URL");
}

/* --- Documents --- */

static void run_verbs(struct phone_call *c);
static void on_document(void *owner, int status, const char *why,
			struct http_message *answer);

static void fetch_document(struct phone_call *c, const char *reference,
			   const char *method, const struct fields *f)
{
	char url[PHONE_URL_MAX];

	if (++c->documents > PHONE_CALL_DOCUMENTS_MAX) {
		breach(c, 12100, "more than %d documents in one call",
		       PHONE_CALL_DOCUMENTS_MAX);
		end(c, PHONE_FAILED, "TwiML goes round in circles");
		return;
	}
	if (phone_url_resolve(url, sizeof(url), c->url, reference, false) < 0)
		url[0] = 0;
	memcpy(c->url, url, sizeof(url));
	c->asked_ns = uv_hrtime();
	if (request(c, c->url, method, f, on_document) < 0)
		end(c, PHONE_FAILED, "no usable URL: \"%.100s\"", reference);
}

static void fetch_voice(struct phone_call *c)
{
	struct fields f = { .count = 0 };

	add_call(c, &f);
	c->url[0] = 0;
	fetch_document(c, c->options->webhook_url, "POST", &f);
}

static bool is_xml(const struct http_message *answer)
{
	const char *type = http_header_value(answer, "Content-Type");

	return type && (strncasecmp(type, "text/xml", 8) == 0 ||
			strncasecmp(type, "application/xml", 15) == 0);
}

static void take_document(struct phone_call *c,
			  const struct http_message *answer)
{
	phone_twiml_free(&c->document);
	c->verb = c->stream_noun = NULL;
	if (!is_xml(answer))
		breach(c, 12300, "Content-Type is not text/xml");
	int err =
		phone_twiml_read(&c->document, answer->body, answer->body_len);
	for (size_t i = 0;
	     i < c->document.warnings && i < PHONE_TWIML_WARNINGS_MAX; i++)
		breach(c, c->document.warning[i].code, "%s",
		       c->document.warning[i].text);
	if (err) {
		end(c, PHONE_FAILED, "the answer is no TwiML");
		return;
	}
	c->verb = c->document.root->child;
	c->status = "in-progress";
	run_verbs(c);
}

static void on_document(void *owner, int status, const char *why,
			struct http_message *answer)
{
	struct phone_call *c = owner;
	double took_ms = (double)(uv_hrtime() - c->asked_ns) / NS_PER_MS;

	(void)status;
	c->pending--;
	if (c->is_over) {
		settle(c);
		return;
	}
	if (c->documents == 1) {
		set(c, CALLER_FIGURE_webhook_ms, took_ms);
		if (answer)
			set(c, CALLER_FIGURE_http_status, answer->status);
	}
	if (!answer) {
		c->result.could_not_connect = c->documents == 1;
		end(c, PHONE_FAILED, "%.120s: %s", c->url, why);
	} else if (answer->status != 200) {
		end(c, PHONE_REFUSED, "webhook answered %u %s", answer->status,
		    http_reason(answer->status));
	} else if (has_fault(c, PHONE_FAULT_DUPLICATE_WEBHOOK) &&
		   !c->is_duplicated) {
		c->is_duplicated = true;
		fetch_voice(c);
	} else {
		take_document(c, answer);
	}
	settle(c);
}

/* --- Verbs --- */

enum progress { VERB_DONE, VERB_WAITS };

static void on_verb_waited(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;

	c->verb = c->verb->next;
	run_verbs(c);
}

static enum progress wait_ms(struct phone_call *c, uint64_t ms)
{
	uv_timer_start(&c->timer, on_verb_waited, ms, 0);
	return VERB_WAITS;
}

static enum progress run_say(struct phone_call *c)
{
	NOTE(c, "<Say> %.80s", c->verb->text);
	return wait_ms(c, strlen(c->verb->text) * SAY_MS_PER_CHARACTER);
}

static enum progress run_pause(struct phone_call *c)
{
	long length =
		strtol(phone_twiml_attribute(c->verb, "length", "1"), NULL, 10);

	if (length < 0 || length > 3600)
		length = 1;
	NOTE(c, "<Pause> %ld s", length);
	return wait_ms(c, (uint64_t)length * 1000);
}

static void on_played_file(void *owner, int status, const char *why,
			   struct http_message *answer)
{
	struct phone_call *c = owner;

	(void)status;
	if (!answer || answer->status != 200)
		breach(c, 11200, "<Play>: %s%.0u",
		       answer ? "answered with status " : why,
		       answer ? answer->status : 0);
	c->pending--;
	if (!c->is_over)
		on_verb_waited(&c->timer);
	settle(c);
}

static enum progress run_play(struct phone_call *c)
{
	const char *digits = phone_twiml_attribute(c->verb, "digits", "");
	char url[PHONE_URL_MAX];
	struct fields none = { .count = 0 };
	uint64_t ms = 0;

	for (const char *d = digits; *d; d++)
		ms += *d == 'W' ? 1000 : *d == 'w' ? 500 : 200;
	NOTE(c, "<Play> %.80s", *digits ? digits : c->verb->text);
	if (*digits)
		return wait_ms(c, ms);
	if (phone_url_resolve(url, sizeof(url), c->url, c->verb->text, false) ==
		    0 &&
	    request(c, url, "GET", &none, on_played_file) == 0)
		return VERB_WAITS;
	breach(c, 11200, "<Play>: no usable URL");
	return VERB_DONE;
}

static enum progress run_redirect(struct phone_call *c)
{
	struct fields f = { .count = 0 };
	char method[8];

	snprintf(method, sizeof(method), "%s",
		 phone_twiml_attribute(c->verb, "method", "POST"));
	add_call(c, &f);
	NOTE(c, "<Redirect> %.80s", c->verb->text);
	fetch_document(c, c->verb->text, method, &f);
	return VERB_WAITS;
}

static enum progress run_hangup(struct phone_call *c)
{
	end(c, PHONE_HUNG_UP, "by the far end: <Hangup/>");
	return VERB_WAITS;
}

static enum progress run_reject(struct phone_call *c)
{
	const char *reason =
		phone_twiml_attribute(c->verb, "reason", "rejected");
	bool is_busy = strcmp(reason, "busy") == 0;

	end(c, is_busy ? PHONE_BUSY : PHONE_REJECTED,
	    "by the far end: <Reject reason=\"%s\"/>",
	    is_busy ? "busy" : "rejected");
	return VERB_WAITS;
}

/* The number, client or address a Dial goes to, masked. */
static void dialled_party(const struct phone_twiml_element *dial, char *out,
			  size_t cap)
{
	const char *text = dial->child ? dial->child->text : dial->text;
	char masked[PHONE_MASKED_MAX];

	phone_mask(masked, text);
	snprintf(out, cap, "%s", masked);
}

static enum progress run_dial(struct phone_call *c)
{
	const char *action = phone_twiml_attribute(c->verb, "action", "");
	const char *status = c->options->dial_status;
	bool is_bridged = strcmp(status, "completed") == 0;
	char party[PHONE_MASKED_MAX], sid[PHONE_SID_LEN], method[8];
	struct fields f = { .count = 0 };

	dialled_party(c->verb, party, sizeof(party));
	NOTE(c, "dialled %s: %s", party, status);
	c->has_dialled = true;
	snprintf(c->dialled, sizeof(c->dialled), "%s", party);
	if (!*action)
		return VERB_DONE;
	snprintf(method, sizeof(method), "%s",
		 phone_twiml_attribute(c->verb, "method", "POST"));
	make_sid(c, sid, "CA");
	add_call(c, &f);
	add(&f, "DialCallStatus", status);
	add(&f, "DialCallSid", sid);
	add(&f, "DialBridged", is_bridged ? "true" : "false");
	if (is_bridged)
		add(&f, "DialCallDuration", "1");
	fetch_document(c, action, method, &f);
	return VERB_WAITS;
}

static enum progress run_connect(struct phone_call *c);

static enum progress run_start(struct phone_call *c)
{
	breach(c, 31924,
	       "<Start><Stream> only listens: a gateway needs "
	       "<Connect><Stream>");
	return VERB_DONE;
}

static const struct {
	const char *name;
	enum progress (*run)(struct phone_call *c);
} verb[] = {
	{ "Connect", run_connect },   { "Say", run_say },
	{ "Play", run_play },         { "Pause", run_pause },
	{ "Redirect", run_redirect }, { "Hangup", run_hangup },
	{ "Reject", run_reject },     { "Dial", run_dial },
	{ "Start", run_start },
};

static enum progress run_verb(struct phone_call *c)
{
	for (size_t i = 0; i < sizeof(verb) / sizeof(*verb); i++)
		if (strcmp(verb[i].name, c->verb->name) == 0)
			return verb[i].run(c);
	return VERB_DONE; /* warned of when the document was read */
}

/* The TwiML has come to its end: Twilio hangs up. */
static void end_of_document(struct phone_call *c)
{
	if (c->has_dialled)
		end(c, PHONE_DIALLED, "by the far end: dialled %s", c->dialled);
	else if (c->stream_failed)
		end(c, c->stream_outcome, "%s", c->stream_how);
	else if (c->has_streamed)
		end(c, PHONE_HUNG_UP, "by the far end: %s", c->stream_how);
	else
		end(c, PHONE_HUNG_UP, "by the far end: end of TwiML");
}

static void run_verbs(struct phone_call *c)
{
	while (c->verb && !c->is_over) {
		if (run_verb(c) == VERB_WAITS)
			return;
		c->verb = c->verb->next;
	}
	if (!c->is_over)
		end_of_document(c);
}

/* --- The stream --- */

/* A second stream goes on where the first has been on the call's clock. */
static void on_started(void *owner)
{
	struct phone_call *c = owner;
	uint64_t start_ns = phone_stream_figures(c->stream)->start_ns;

	if (!c->result.start_ns)
		c->result.start_ns = start_ns;
	c->offset = (start_ns - c->result.start_ns) * 8 / 1000000;
	c->has_streamed = true;
	while (c->caller.judge.at < c->offset)
		caller_hear(&c->caller, (const uint8_t *)"\xff", 1, false);
	NOTE(c, "stream open");
	if (!c->starts_withheld)
		report_stream(c, "stream-started", NULL);
}

static void on_heard(void *owner, const uint8_t *ulaw, size_t n, bool is_sound)
{
	struct phone_call *c = owner;

	caller_hear(&c->caller, ulaw, n, is_sound);
}

static void on_frame(void *owner, uint64_t now, uint64_t begin,
		     uint8_t frame[PHONE_STREAM_FRAME])
{
	struct phone_call *c = owner;

	c->now = c->offset + now;
	if (!c->is_over)
		caller_act(&c->caller, c->now);
	caller_speak(&c->caller, c->offset + begin, frame);
}

static void on_arrival(void *owner, uint64_t begin, size_t n, uint64_t now_us)
{
	struct phone_call *c = owner;

	caller_arrive(&c->caller, c->offset + begin, n, now_us);
}

static void on_clear(void *owner, uint64_t now, size_t dropped, uint64_t now_us)
{
	struct phone_call *c = owner;

	caller_clear(&c->caller, c->offset + now, dropped, now_us);
}

static void on_breach(void *owner, const struct phone_breach *b)
{
	note_breach(owner, b);
}

static void take_stream_figures(struct phone_call *c)
{
	const struct phone_stream_figures *f = phone_stream_figures(c->stream);

	if (f->opened_ns)
		set(c, CALLER_FIGURE_upgrade_ms,
		    (double)(f->opened_ns - c->asked_ns) / NS_PER_MS);
	set(c, CALLER_FIGURE_media, (double)f->media);
	set(c, CALLER_FIGURE_marks, (double)f->marks);
	set(c, CALLER_FIGURE_marks_flushed, (double)f->marks_flushed);
	set(c, CALLER_FIGURE_buffer_ms_max, f->buffer_ms_max);
	set(c, CALLER_FIGURE_frames, (double)f->frames);
	set(c, CALLER_FIGURE_schedule_late_ms,
	    (double)f->late_ns_max / NS_PER_MS);
	if (f->start_ns)
		set(c, CALLER_FIGURE_duration_ms, (double)now_ms(c));
}

/* What the stream's end means for the call, should nothing else follow. */
static void judge_stream_end(struct phone_call *c,
			     const struct phone_stream_end *e)
{
	c->stream_failed = e->twilio_code && e->twilio_code != 31921;
	c->stream_outcome = PHONE_BROKEN;
	if (e->http_status)
		c->stream_outcome = PHONE_REFUSED;
	else if (!e->close_code)
		c->stream_outcome = PHONE_FAILED;
	snprintf(c->stream_how, sizeof(c->stream_how), "%s", e->why);
	set(c, CALLER_FIGURE_twilio_code, e->twilio_code);
	set(c, CALLER_FIGURE_upgrade_status,
	    e->http_status  ? e->http_status
	    : e->close_code ? 101
			    : NAN);
	if (e->close_code)
		set(c, CALLER_FIGURE_close_code, e->close_code);
	if (e->by_far_end && e->was_started)
		set(c, CALLER_FIGURE_cut_ms, (double)e->unplayed / 8);
}

static void report_end(struct phone_call *c, const struct phone_stream_end *e)
{
	char error[360];

	if (c->stream_failed) {
		snprintf(error, sizeof(error), "Stream - %u - %s",
			 e->twilio_code, e->why);
		report_stream(c, "stream-error", error);
		return;
	}
	report_stream(c, "stream-stopped", NULL);
	if (c->starts_withheld)
		report_stream(c, "stream-started", NULL);
}

/* The caller is still there: TwiML goes on. */
static void go_on(struct phone_call *c)
{
	const char *action = "";
	struct fields f = { .count = 0 };
	char method[8];

	if (c->verb)
		action = phone_twiml_attribute(c->verb, "action", "");
	if (*action) {
		snprintf(method, sizeof(method), "%s",
			 phone_twiml_attribute(c->verb, "method", "POST"));
		add_call(c, &f);
		fetch_document(c, action, method, &f);
		return;
	}
	if (c->verb)
		c->verb = c->verb->next;
	run_verbs(c);
}

static void on_stream_ended(void *owner, const struct phone_stream_end *e)
{
	struct phone_call *c = owner;

	caller_line_ends(&c->caller);
	take_stream_figures(c);
	c->stream = NULL;
	judge_stream_end(c, e);
	report_end(c, e);
	if (!c->options->webhook_url && c->stream_failed && !e->close_code)
		c->result.could_not_connect = !e->http_status;
	if (!c->is_over) {
		NOTE(c, "stream ended: %s", e->why);
		go_on(c);
	}
	settle(c);
}

static const struct phone_stream_events stream_events = {
	.on_started = on_started,
	.on_heard = on_heard,
	.on_frame = on_frame,
	.on_arrival = on_arrival,
	.on_clear = on_clear,
	.on_breach = on_breach,
	.on_ended = on_stream_ended,
};

static void on_replay_closed(void *owner, const struct ws_end *e)
{
	struct phone_call *c = owner;

	set(c, CALLER_FIGURE_replay_status,
	    e->was_open ? 101 : (double)e->http_status);
	c->replay = NULL;
	c->pending--;
	settle(c);
}

static void on_replay_open(void *owner)
{
	struct phone_call *c = owner;

	breach(c, 31920, "the media URL was accepted a second time");
	ws_close(c->replay, 1000, "");
}

static void replay(struct phone_call *c)
{
	static const struct ws_events events = {
		.on_open = on_replay_open,
		.on_closed = on_replay_closed,
	};
	char extra[128] = "", signature[PHONE_SIGN_LEN], url[PHONE_URL_MAX];
	struct ws_target target = {
		.url = c->stream_url,
		.extra = extra,
		.tls = c->options->tls,
		.timeout_ms = PHONE_STREAM_CONNECT_MS,
		.message_max = 65536,
	};

	if (c->options->auth_token &&
	    phone_sign_url(url, sizeof(url), c->stream_url))
		snprintf(extra, sizeof(extra), "X-Twilio-Signature: %s\r\n",
			 phone_sign_request(signature, c->options->auth_token,
					    url, NULL, 0));
	c->replay = ws_connect(c->loop, &target, &events, c);
	if (c->replay)
		c->pending++;
}

/* The script lives on the stream's frames; a stream that never starts has
 * none. */
static void on_idle_tick(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;

	c->now = (uv_hrtime() - c->begun_ns) * 8 / 1000000;
	caller_act(&c->caller, c->now);
}

static size_t take_parameters(const struct phone_twiml_element *noun,
			      struct phone_parameter *out)
{
	size_t n = 0;

	for (const struct phone_twiml_element *p = noun ? noun->child : NULL;
	     p && n < PHONE_TWIML_PARAMETERS_MAX; p = p->next)
		if (strcmp(p->name, "Parameter") == 0)
			out[n++] = (struct phone_parameter){
				phone_twiml_attribute(p, "name", ""),
				phone_twiml_attribute(p, "value", ""),
			};
	return n;
}

static bool open_stream(struct phone_call *c)
{
	struct phone_parameter parameter[PHONE_TWIML_PARAMETERS_MAX];
	struct phone_stream_options o = {
		.url = c->stream_url,
		.auth_token = c->options->auth_token,
		.tls = c->options->tls,
		.parameter = parameter,
		.parameters = take_parameters(c->stream_noun, parameter),
		.faults = c->options->faults,
		.account_sid = c->options->account_sid,
		.call_sid = c->result.call_sid,
		.stream_sid = c->stream_sid,
		.seed = next_random(c),
	};

	make_sid(c, c->stream_sid, "MZ");
	snprintf(c->stream_name, sizeof(c->stream_name), "%s",
		 c->stream_noun ? phone_twiml_attribute(c->stream_noun, "name",
							c->stream_sid)
				: c->stream_sid);
	c->asked_ns = uv_hrtime();
	c->stream = phone_stream_open(c->loop, &o, &stream_events, c);
	if (!c->stream)
		return false;
	if (has_fault(c, PHONE_FAULT_REPLAY_TOKEN))
		replay(c);
	if (has_fault(c, PHONE_FAULT_NO_START))
		uv_timer_start(&c->timer, on_idle_tick, NO_STREAM_TICK_MS,
			       NO_STREAM_TICK_MS);
	return true;
}

/* The rules of 1.3 for url; plain ws only towards this very machine. */
static void check_stream_url(struct phone_call *c)
{
	char *query = strchr(c->stream_url, '?');

	if (strncmp(c->stream_url, "wss:", 4) != 0 &&
	    !phone_url_is_loopback(c->stream_url))
		breach(c, 31922, "<Stream url>: only wss works");
	if (!query)
		return;
	breach(c, 31920, "<Stream url>: a query string is not supported");
	*query = 0;
}

static enum progress run_connect(struct phone_call *c)
{
	const struct phone_twiml_element *noun =
		phone_twiml_child(c->verb, "Stream");

	if (!noun)
		return VERB_DONE;
	c->stream_noun = noun;
	c->starts_withheld = has_fault(c, PHONE_FAULT_OUT_OF_ORDER_CALLBACKS);
	if (phone_url_resolve(c->stream_url, sizeof(c->stream_url), c->url,
			      phone_twiml_attribute(noun, "url", ""), true) < 0)
		c->stream_url[0] = 0;
	check_stream_url(c);
	if (open_stream(c))
		return VERB_WAITS;
	breach(c, 31923, "<Stream url>: no WebSocket URL");
	return VERB_DONE;
}

/* --- What the script makes the phone do --- */

static void on_key(void *owner, char digit)
{
	struct phone_call *c = owner;

	if (c->stream)
		phone_stream_press(c->stream, digit);
}

static void on_fault(void *owner, enum phone_fault fault, unsigned value)
{
	struct phone_call *c = owner;

	if (c->stream)
		phone_stream_fault(c->stream, fault, value);
}

static void on_hang_up(void *owner)
{
	end(owner, PHONE_CALLER_HUNG_UP, "by the caller");
}

static const struct caller_phone phone = {
	.on_key = on_key,
	.on_fault = on_fault,
	.on_hang_up = on_hang_up,
};

/* --- Beginning --- */

struct phone_call *phone_call_begin(
	uv_loop_t *loop, const struct phone_call_options *options,
	unsigned index, void (*on_over)(void *owner, struct phone_call *call),
	void *owner)
{
	struct phone_call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->loop = loop;
	c->options = options;
	c->on_over = on_over;
	c->owner = owner;
	c->random = options->seed + index * UINT64_C(0xd1342543de82ef95);
	c->status = "ringing";
	c->begun_ns = uv_hrtime();
	make_sid(c, c->result.call_sid, "CA");
	caller_init(&c->caller, options->script, &phone, c,
		    options->keeps_tracks, next_random(c));
	c->caller.timeline.on_event = options->on_event;
	c->caller.timeline.owner = options->owner;
	caller_figures_init(&c->result.figures);
	set(c, CALLER_FIGURE_callbacks_failed, 0);
	uv_timer_init(loop, &c->timer);
	uv_timer_init(loop, &c->deadline);
	c->timer.data = c->deadline.data = c;
	c->handles = 2;
	uv_timer_start(&c->deadline, on_deadline, options->timeout_ms, 0);
	if (!options->stream_url) {
		fetch_voice(c);
		return c;
	}
	snprintf(c->stream_url, sizeof(c->stream_url), "%s",
		 options->stream_url);
	if (!open_stream(c))
		end(c, PHONE_FAILED, "no WebSocket URL: %.100s", c->stream_url);
	return c;
}

struct phone_call_result *phone_call_result(struct phone_call *call)
{
	return &call->result;
}

struct caller *phone_call_caller(struct phone_call *call)
{
	return &call->caller;
}

void phone_call_free(struct phone_call *call)
{
	phone_twiml_free(&call->document);
	caller_free(&call->caller);
	free(call);
}
