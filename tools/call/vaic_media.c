#include <stdio.h>
#include <string.h>

#include "tools/call/vaic_call_parts.h"

/* --- The session speaks --- */

static void on_send(void *owner, const char *text, size_t len)
{
	vaic_wire_send(owner, text, len);
}

static void on_close(void *owner, unsigned code)
{
	vaic_line_hang_up(owner, code);
}

static void on_started(void *owner)
{
	struct vaic_call *c = owner;

	c->call.result.start_ns = vaic_session_figures(c->session)->start_ns;
	c->has_streamed = true;
	vaic_native_begin(c, vaic_session_format(c->session));
	VAIC_CALL_NOTE(c, "session open, %s",
		       vaic_format_name(vaic_session_format(c->session)));
}

static void on_note(void *owner, const char *text)
{
	VAIC_CALL_NOTE((struct vaic_call *)owner, "%s", text);
}

static void on_transcript(void *owner, const char *text, bool is_final)
{
	if (is_final)
		VAIC_CALL_NOTE((struct vaic_call *)owner, "understood: %.80s",
			       text);
}

static void on_activity(void *owner, const struct vaic_activity *a)
{
	/* A transfer's target is a number: not told. */
	bool is_open = a->text && a->kind != VAIC_TRANSFER;

	VAIC_CALL_NOTE((struct vaic_call *)owner, "the bot: %.30s%s%.60s",
		       a->name, is_open ? " " : "", is_open ? a->text : "");
}

static void on_breach(void *owner, const struct phone_breach *b)
{
	static const char *const rule[] = {
		[0] = "2", /* VAIC_SHAPE */
		[VAIC_STREAMS - VAIC_SHAPE] = "8.2 (1)",
		[VAIC_REPLIES - VAIC_SHAPE] = "8.2 (2)",
		[VAIC_TOO_EARLY - VAIC_SHAPE] = "8.2 (3)",
		[VAIC_AFTER_END - VAIC_SHAPE] = "8.2 (4)",
		[VAIC_CLOSED - VAIC_SHAPE] = "8.2 (5)",
		[VAIC_NO_PROMPT - VAIC_SHAPE] = "8.2 (6)",
	};

	vaic_call_breach(owner, rule[b->code - VAIC_SHAPE], "%s", b->text);
}

static enum caller_outcome outcome_of(enum vaic_outcome o)
{
	switch (o) {
	case VAIC_OUTCOME_HUNG_UP:
		return CALLER_OUTCOME_HUNG_UP;
	case VAIC_OUTCOME_CALLER_HUNG_UP:
		return CALLER_OUTCOME_CALLER_HUNG_UP;
	case VAIC_OUTCOME_TRANSFERRED:
		return CALLER_OUTCOME_TRANSFERRED;
	case VAIC_OUTCOME_REFUSED:
		return CALLER_OUTCOME_REFUSED;
	default:
		return CALLER_OUTCOME_BROKEN;
	}
}

static void on_over(void *owner, const struct vaic_end *end)
{
	struct vaic_call *c = owner;
	enum caller_outcome outcome = outcome_of(end->outcome);

	if (outcome == CALLER_OUTCOME_HUNG_UP)
		caller_call_set(&c->call, CALLER_FIGURE_cut_ms,
				(double)end->unplayed / VAIC_PER_MS);
	caller_line_ends(&c->call.caller);
	vaic_call_over(c, outcome, "%s%s%s",
		       outcome == CALLER_OUTCOME_CALLER_HUNG_UP
			       ? "by the caller"
			       : vaic_outcome_name(end->outcome),
		       *end->why ? ": " : "", end->why);
	vaic_line_hang_up(c, 1000); /* whatever is still open, or opening */
}

/* --- What is heard --- */

static void on_heard(void *owner, const uint8_t *ulaw, size_t n, bool is_sound)
{
	struct vaic_call *c = owner;

	caller_hear(&c->call.caller, ulaw, n, is_sound);
}

static void on_native(void *owner, const struct vaic_play_stream *p,
		      uint64_t sample, const uint8_t *bytes, size_t n)
{
	struct vaic_call *c = owner;

	vaic_native_hear(c, p->format, sample, bytes, n);
}

static void on_said(void *owner, uint64_t sample, const uint8_t *bytes,
		    size_t n)
{
	vaic_native_say(owner, sample, bytes, n);
}

static void on_arrival(void *owner, uint64_t begin, size_t n, uint64_t now_us)
{
	struct vaic_call *c = owner;
	unsigned streams = vaic_session_figures(c->session)->play_streams;

	if (streams != c->streams)
		caller_judge_stream_begins(&c->call.caller.judge);
	c->streams = streams;
	caller_arrive(&c->call.caller, begin, n, now_us);
	if (!c->resumed_ns)
		return;
	double ms = (double)now_us / 1e3 - (double)c->resumed_ns / 1e6;
	if (ms > c->resume_audio_ms)
		c->resume_audio_ms = ms;
	c->resumed_ns = 0;
}

static void on_clear(void *owner, uint64_t now, size_t dropped, uint64_t now_us)
{
	struct vaic_call *c = owner;

	caller_clear(&c->call.caller, now, dropped, now_us);
}

static void on_lost(void *owner, uint64_t dropped)
{
	struct vaic_call *c = owner;

	caller_line_breaks(&c->call.caller, dropped);
	c->owes_audio = dropped > 0;
}

/* --- What is said --- */

/* directSTT off: VAIC recognises what was said when it is over. */
static void put_in_words(struct vaic_call *c)
{
	const struct caller_clip *clip = c->call.caller.clip;

	if (!c->setup.direct_stt && c->clip && c->clip != clip)
		vaic_session_say(c->session, c->clip->name);
	c->clip = clip;
}

/* Keys that were pressed without a socket come when there is one. */
static void send_keys(struct vaic_call *c, uint64_t now)
{
	if (!c->keys[0] || now < c->key_due || c->dues ||
	    !vaic_session_is_up(c->session))
		return;
	if (vaic_call_has_fault(c, CALLER_FAULT_DTMF_COLLECTED))
		vaic_fault_send_keys(c);
	else
		for (const char *key = c->keys; *key; key++)
			vaic_session_press(c->session, *key);
	memset(c->keys, 0, sizeof(c->keys));
}

static void on_frame(void *owner, uint64_t now, uint64_t begin,
		     uint8_t frame[VAIC_FRAME])
{
	struct vaic_call *c = owner;

	if (!c->is_over)
		caller_act(&c->call.caller, now);
	caller_speak(&c->call.caller, begin, frame);
	put_in_words(c);
	c->frames++;
	c->unsent_ms += VAIC_FRAME_MS;
	/* Half duplex: once the session is up, nobody asked for it. */
	if (c->is_deaf && (vaic_session_settings(c->session)->barge_in ||
			   !vaic_session_is_up(c->session))) {
		c->dropped_ms += VAIC_FRAME_MS;
		c->deaf_ms += VAIC_FRAME_MS;
	}
	send_keys(c, now);
}

const struct vaic_session_events vaic_media_events = {
	.on_send = on_send,
	.on_close = on_close,
	.on_started = on_started,
	.on_heard = on_heard,
	.on_native = on_native,
	.on_said = on_said,
	.on_frame = on_frame,
	.on_arrival = on_arrival,
	.on_clear = on_clear,
	.on_lost = on_lost,
	.on_activity = on_activity,
	.on_transcript = on_transcript,
	.on_note = on_note,
	.on_breach = on_breach,
	.on_over = on_over,
};

/* --- What the script makes the phone do, from inside on_frame --- */

static void on_key(void *owner, char digit)
{
	struct vaic_call *c = owner;
	bool is_collected = vaic_call_has_fault(c, CALLER_FAULT_DTMF_COLLECTED);
	size_t n = strlen(c->keys);

	/* A fault that waits may be about to take the socket. */
	if (!is_collected && !c->dues && vaic_session_is_up(c->session)) {
		vaic_session_press(c->session, digit);
		return;
	}
	c->key_due = vaic_session_now(c->session);
	if (is_collected)
		c->key_due += VAIC_COLLECT_MS * VAIC_PER_MS;
	if (n < VAIC_DTMF_MAX)
		c->keys[n] = digit;
}

/* The session is at work now: what touches its socket waits for it. */
static void on_fault(void *owner, enum caller_fault fault, unsigned value)
{
	struct vaic_call *c = owner;

	if (c->dues < VAIC_FAULTS_DUE)
		c->due[c->dues++] = (struct vaic_due){ fault, value };
}

static void on_hang_up(void *owner)
{
	struct vaic_call *c = owner;

	if (!c->hangs_up && !c->is_over)
		vaic_session_hang_up(c->session, c->now_ns);
	c->hangs_up = true;
}

const struct caller_phone vaic_media_phone = {
	.on_key = on_key,
	.on_fault = on_fault,
	.on_hang_up = on_hang_up,
};

/* --- The clock --- */

void vaic_media_away(struct vaic_call *c)
{
	/* What was said and has not filled a chunk goes with the socket, unless
	 * nobody was sent anything anyway. */
	if (!c->is_deaf && c->unsent_ms < c->setup.chunk_ms)
		c->dropped_ms += c->unsent_ms;
	if (c->has_streamed && c->unsent_ms <= c->setup.chunk_ms)
		c->is_deaf = true;
}

static void on_tick(uv_timer_t *timer)
{
	vaic_media_run(timer->data);
}

static void arm(struct vaic_call *c)
{
	uint64_t due_ns = vaic_session_due(c->session);
	uv_timer_t *timer = &c->timer[VAIC_TIMER_TICK];

	if (uv_is_closing((uv_handle_t *)timer))
		return;
	uv_timer_stop(timer);
	if (due_ns == UINT64_MAX)
		return;
	/* Round up: a timer that is early by a fraction would fire twice. */
	uint64_t due_ms =
		(due_ns + VAIC_CALL_NS_PER_MS - 1) / VAIC_CALL_NS_PER_MS;
	uint64_t now_ms = uv_now(c->loop);
	uv_timer_start(timer, on_tick, due_ms > now_ms ? due_ms - now_ms : 1,
		       0);
}

void vaic_media_run(struct vaic_call *c)
{
	vaic_session_tick(c->session, vaic_call_now(c, uv_hrtime()));
	if (vaic_session_is_up(c->session))
		c->away_ns = c->retry_ms = 0;
	for (size_t i = 0; i < c->dues; i++)
		vaic_fault_inject(c, c->due[i].fault, c->due[i].value);
	c->dues = 0;
	if (vaic_session_now(c->session) >= c->stalled_until)
		vaic_wire_release(c);
	if (c->link)
		vaic_link_flush(c->link);
	arm(c);
	vaic_call_settle(c);
}

/* --- The figures --- */

static void set(struct vaic_call *c, enum caller_figure f, double value)
{
	caller_call_set(&c->call, f, value);
}

void vaic_media_finish(struct vaic_call *c)
{
	const struct vaic_figures *f = vaic_session_figures(c->session);

	set(c, CALLER_FIGURE_media, (double)f->play_chunks);
	set(c, CALLER_FIGURE_marks, f->marks);
	set(c, CALLER_FIGURE_buffer_ms_max, f->ahead_ms_max);
	set(c, CALLER_FIGURE_frames, (double)f->frames);
	set(c, CALLER_FIGURE_schedule_late_ms,
	    (double)f->late_ns_max / VAIC_CALL_NS_PER_MS);
	set(c, CALLER_FIGURE_duration_ms, (double)vaic_call_now_ms(c));
	set(c, CALLER_FIGURE_accept_ms, f->accept_ms);
	if (f->is_answered)
		set(c, CALLER_FIGURE_answered_ms,
		    (double)f->answered / VAIC_PER_MS);
	set(c, CALLER_FIGURE_reply_ms, f->reply_ms_max);
	set(c, CALLER_FIGURE_ignored_chunks, (double)f->late_chunks);
	if (f->late_chunks)
		set(c, CALLER_FIGURE_last_chunk_ms, f->late_ms_max);
	set(c, CALLER_FIGURE_play_streams, f->play_streams);
	set(c, CALLER_FIGURE_aborts, f->aborts);
	set(c, CALLER_FIGURE_withheld_ms,
	    (double)f->withheld_ms - (double)c->deaf_ms);
	set(c, CALLER_FIGURE_dropped_ms, (double)c->dropped_ms);
	set(c, CALLER_FIGURE_drops, c->drops);
	set(c, CALLER_FIGURE_resumes, f->resumes);
	if (f->resumes)
		set(c, CALLER_FIGURE_resume_ms, f->resume_ms_max);
	if (c->resume_audio_ms > 0)
		set(c, CALLER_FIGURE_resume_audio_ms, c->resume_audio_ms);
}
