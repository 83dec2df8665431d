#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gateway/net/ws.h"
#include "tools/call/phone_call_parts.h"
#include "tools/call/phone_stream.h"

#define NO_STREAM_TICK_MS 20

static void on_replay_closed(void *owner, const struct ws_end *e)
{
	struct phone_call *c = owner;

	caller_call_set(&c->call, CALLER_FIGURE_replay_status,
			e->was_open ? 101 : (double)e->http_status);
	c->replay = NULL;
	c->pending--;
	phone_call_settle(c);
}

static void on_replay_open(void *owner)
{
	struct phone_call *c = owner;

	phone_call_breach(c, 31920, "the media URL was accepted a second time");
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
		.lead = PHONE_STREAM_USER_AGENT,
		.extra = extra,
		.tls = c->call.options->tls,
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

/* A second stream goes on where the first has been on the call's clock. */
static void on_started(void *owner)
{
	struct phone_call *c = owner;
	uint64_t start_ns = phone_stream_figures(c->stream)->start_ns;

	if (!c->call.result.start_ns)
		c->call.result.start_ns = start_ns;
	c->offset = (start_ns - c->call.result.start_ns) * 8 / 1000000;
	c->has_streamed = true;
	while (c->call.caller.judge.at < c->offset)
		caller_hear(&c->call.caller, (const uint8_t *)"\xff", 1, false);
	PHONE_CALL_NOTE(c, "stream open");
	if (!c->starts_withheld)
		phone_request_report(c, "stream-started", NULL);
	/* Not sooner: the first to present the token is the one let in. */
	if (caller_call_has_fault(&c->call, CALLER_FAULT_REPLAY_TOKEN) &&
	    !c->replay)
		replay(c);
}

static void on_heard(void *owner, const uint8_t *ulaw, size_t n, bool is_sound)
{
	struct phone_call *c = owner;

	caller_hear(&c->call.caller, ulaw, n, is_sound);
}

static void on_frame(void *owner, uint64_t now, uint64_t begin,
		     uint8_t frame[PHONE_STREAM_FRAME])
{
	struct phone_call *c = owner;

	c->now = c->offset + now;
	if (!c->is_over)
		caller_act(&c->call.caller, c->now);
	caller_speak(&c->call.caller, c->offset + begin, frame);
}

static void on_arrival(void *owner, uint64_t begin, size_t n, uint64_t now_us)
{
	struct phone_call *c = owner;

	caller_arrive(&c->call.caller, c->offset + begin, n, now_us);
}

static void on_clear(void *owner, uint64_t now, size_t dropped, uint64_t now_us)
{
	struct phone_call *c = owner;

	caller_clear(&c->call.caller, c->offset + now, dropped, now_us);
}

static void on_breach(void *owner, const struct phone_breach *b)
{
	phone_call_note_breach(owner, b);
}

static void take_stream_figures(struct phone_call *c)
{
	const struct phone_stream_figures *f = phone_stream_figures(c->stream);

	if (f->opened_ns)
		caller_call_set(&c->call, CALLER_FIGURE_upgrade_ms,
				(double)(f->opened_ns - c->asked_ns) /
					PHONE_CALL_NS_PER_MS);
	caller_call_set(&c->call, CALLER_FIGURE_media, (double)f->media);
	caller_call_set(&c->call, CALLER_FIGURE_marks, (double)f->marks);
	caller_call_set(&c->call, CALLER_FIGURE_marks_flushed,
			(double)f->marks_flushed);
	caller_call_set(&c->call, CALLER_FIGURE_buffer_ms_max,
			f->buffer_ms_max);
	caller_call_set(&c->call, CALLER_FIGURE_frames, (double)f->frames);
	caller_call_set(&c->call, CALLER_FIGURE_schedule_late_ms,
			(double)f->late_ns_max / PHONE_CALL_NS_PER_MS);
	if (f->start_ns)
		caller_call_set(&c->call, CALLER_FIGURE_duration_ms,
				(double)phone_call_now_ms(c));
}

/* A call can have several streams: its figures tell of the one that the far end
 * ended or refused, and of an orderly one only without such. */
static void set_end(struct phone_call *c, enum caller_figure f, double value,
		    bool is_telling)
{
	if (is_telling || isnan(c->call.result.figures.value[f]))
		caller_call_set(&c->call, f, value);
}

/* What the stream's end means for the call, should nothing else follow. */
static void judge_stream_end(struct phone_call *c,
			     const struct phone_stream_end *e)
{
	c->stream_failed = e->twilio_code && e->twilio_code != 31921;
	c->stream_outcome = CALLER_OUTCOME_BROKEN;
	if (e->http_status)
		c->stream_outcome = CALLER_OUTCOME_REFUSED;
	else if (!e->close_code)
		c->stream_outcome = CALLER_OUTCOME_FAILED;
	snprintf(c->stream_how, sizeof(c->stream_how), "%s", e->why);
	set_end(c, CALLER_FIGURE_twilio_code, e->twilio_code,
		e->twilio_code != 0);
	if (e->http_status)
		set_end(c, CALLER_FIGURE_upgrade_status, e->http_status, true);
	if (e->close_code) {
		set_end(c, CALLER_FIGURE_upgrade_status, 101, false);
		set_end(c, CALLER_FIGURE_close_code, e->close_code,
			e->by_far_end);
	}
	if (e->by_far_end && e->was_started)
		caller_call_set(&c->call, CALLER_FIGURE_cut_ms,
				(double)e->unplayed / 8);
}

static void report_end(struct phone_call *c, const struct phone_stream_end *e)
{
	char error[360];

	if (c->stream_failed) {
		snprintf(error, sizeof(error), "Stream - %u - %s",
			 e->twilio_code, e->why);
		phone_request_report(c, "stream-error", error);
		return;
	}
	phone_request_report(c, "stream-stopped", NULL);
}

static void on_stream_ended(void *owner, const struct phone_stream_end *e)
{
	struct phone_call *c = owner;

	caller_line_ends(&c->call.caller);
	take_stream_figures(c);
	c->stream = NULL;
	judge_stream_end(c, e);
	report_end(c, e);
	if (!c->options->webhook_url && c->stream_failed && !e->close_code)
		c->call.result.could_not_connect = !e->http_status;
	if (!c->is_over) {
		PHONE_CALL_NOTE(c, "stream ended: %s", e->why);
		phone_verbs_go_on(c);
	}
	phone_call_settle(c);
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

/* The script lives on the stream's frames; a stream that never starts has
 * none. */
static void on_idle_tick(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;

	c->now = (uv_hrtime() - c->begun_ns) * 8 / 1000000;
	caller_act(&c->call.caller, c->now);
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

bool phone_media_open(struct phone_call *c)
{
	struct phone_parameter parameter[PHONE_TWIML_PARAMETERS_MAX];
	struct phone_stream_options o = {
		.url = c->stream_url,
		.auth_token = c->options->auth_token,
		.tls = c->call.options->tls,
		.parameter = parameter,
		.parameters = take_parameters(c->stream_noun, parameter),
		.faults = c->call.options->faults,
		.account_sid = c->options->account_sid,
		.call_sid = c->call.result.id,
		.stream_sid = c->stream_sid,
		.seed = caller_call_random(&c->call),
	};

	phone_call_make_sid(c, c->stream_sid, "MZ");
	snprintf(c->stream_name, sizeof(c->stream_name), "%s",
		 c->stream_noun ? phone_twiml_attribute(c->stream_noun, "name",
							c->stream_sid)
				: c->stream_sid);
	c->asked_ns = uv_hrtime();
	c->stream = phone_stream_open(c->loop, &o, &stream_events, c);
	if (!c->stream)
		return false;
	if (caller_call_has_fault(&c->call, CALLER_FAULT_NO_START))
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
		phone_call_breach(c, 31922, "<Stream url>: only wss works");
	if (!query)
		return;
	phone_call_breach(c, 31920,
			  "<Stream url>: a query string is not supported");
	*query = 0;
}

enum phone_progress phone_media_connect(struct phone_call *c)
{
	const struct phone_twiml_element *noun =
		phone_twiml_child(c->verb, "Stream");

	if (!noun)
		return PHONE_VERB_DONE;
	c->stream_noun = noun;
	c->starts_withheld = caller_call_has_fault(
		&c->call, CALLER_FAULT_OUT_OF_ORDER_CALLBACKS);
	if (phone_url_resolve(c->stream_url, sizeof(c->stream_url), c->url,
			      phone_twiml_attribute(noun, "url", ""), true) < 0)
		c->stream_url[0] = 0;
	check_stream_url(c);
	if (phone_media_open(c))
		return PHONE_VERB_WAITS;
	phone_call_breach(c, 31923, "<Stream url>: no WebSocket URL");
	return PHONE_VERB_DONE;
}
