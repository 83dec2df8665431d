#include "tools/call/phone_call_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/phone_stream.h"

bool phone_call_has_fault(const struct phone_call *c, enum phone_fault fault)
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
int64_t phone_call_now_ms(const struct phone_call *c)
{
	if (!c->result.start_ns)
		return 0;
	return (int64_t)((double)(uv_hrtime() - c->result.start_ns) /
			 PHONE_CALL_NS_PER_MS);
}

void phone_call_set(struct phone_call *c, enum caller_figure f, double value)
{
	c->result.figures.value[f] = value;
}

void phone_call_note_breach(struct phone_call *c, const struct phone_breach *b)
{
	if (c->result.breaches < PHONE_CALL_BREACHES_MAX)
		c->result.breach[c->result.breaches] =
			(struct phone_call_breach){ phone_call_now_ms(c), *b };
	if (c->result.breaches++ < PHONE_CALL_BREACHES_MAX)
		phone_timeline_add(&c->caller.timeline, phone_call_now_ms(c),
				   CALLER_MOMENT_BREACH, "%u %s", b->code,
				   b->text);
}

void phone_call_breach(struct phone_call *c, unsigned code, const char *format,
		       ...)
{
	struct phone_breach b = { .code = code };
	va_list args;

	va_start(args, format);
	vsnprintf(b.text, sizeof(b.text), format, args);
	va_end(args);
	phone_call_note_breach(c, &b);
}

#define PHONE_CALL_NOTE(c, ...)                                         \
	phone_timeline_add(&(c)->caller.timeline, phone_call_now_ms(c), \
			   CALLER_MOMENT_CALL, __VA_ARGS__)

/* --- Identity --- */

uint64_t phone_call_random(struct phone_call *c)
{
	/* splitmix64: any seed gives a good stream. */
	uint64_t z = c->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void phone_call_make_sid(struct phone_call *c, char out[PHONE_SID_LEN],
			 const char *prefix)
{
	uint64_t high = phone_call_random(c), low = phone_call_random(c);

	snprintf(out, PHONE_SID_LEN, "%s%016" PRIx64 "%016" PRIx64, prefix,
		 high, low);
}

/* --- The end --- */

static void finish_figures(struct phone_call *c)
{
	const struct caller *p = &c->caller;
	const struct caller_judge *j = &p->judge;

	phone_call_set(c, CALLER_FIGURE_breaches, (double)c->result.breaches);
	if (!c->has_streamed)
		return;
	phone_call_set(c, CALLER_FIGURE_heard_ms,
		       (double)p->ear.loud_samples / 8);
	phone_call_set(c, CALLER_FIGURE_utterances, p->ear.starts);
	phone_call_set(c, CALLER_FIGURE_gaps, j->gaps);
	phone_call_set(c, CALLER_FIGURE_gap_ms, (double)j->gap_samples / 8);
	phone_call_set(c, CALLER_FIGURE_gap_longest_ms,
		       (double)j->gap_longest_samples / 8);
	phone_call_set(c, CALLER_FIGURE_clicks, j->clicks);
	phone_call_set(c, CALLER_FIGURE_late_ms, (double)j->late_samples / 8);
	phone_call_set(c, CALLER_FIGURE_barge_ins, j->barge_ins);
	phone_call_set(c, CALLER_FIGURE_barge_ins_heeded, j->barge_ins_heeded);
	phone_call_set(c, CALLER_FIGURE_clears, j->clears);
	if (j->first_media_sample != CALLER_JUDGE_NONE)
		phone_call_set(c, CALLER_FIGURE_first_media_ms,
			       (double)j->first_media_sample / 8);
	if (p->has_first_sound)
		phone_call_set(c, CALLER_FIGURE_first_sound_ms,
			       (double)p->first_sound / 8);
	if (j->barge_ins_heeded)
		phone_call_set(c, CALLER_FIGURE_reaction_ms,
			       (double)j->reaction_longest_samples / 8);
	if (c->options->keeps_tracks)
		phone_call_set(c, CALLER_FIGURE_echo_snr_db,
			       caller_echo_snr(p->echo, p->echoes, &p->said,
					       &p->heard));
	if (p->answers)
		phone_call_set(c, CALLER_FIGURE_answer_ms,
			       (double)p->answer_longest / 8);
}

static void on_handle_closed(uv_handle_t *h)
{
	struct phone_call *c = h->data;

	if (--c->handles == 0)
		c->on_over(c->owner, c);
}

/* Over, and nothing is open any more? */
void phone_call_settle(struct phone_call *c)
{
	if (!c->is_over || c->stream || c->pending || c->handles != 2 ||
	    uv_is_closing((uv_handle_t *)&c->timer))
		return;
	finish_figures(c);
	uv_close((uv_handle_t *)&c->timer, on_handle_closed);
	uv_close((uv_handle_t *)&c->deadline, on_handle_closed);
}

void phone_call_over(struct phone_call *c, enum phone_outcome outcome,
		     const char *format, ...)
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
	PHONE_CALL_NOTE(c, "hangup: %s", c->result.how);
	if (c->stream)
		phone_stream_stop(c->stream);
	phone_call_settle(c);
}

void phone_call_end(struct phone_call *c)
{
	phone_call_over(c, PHONE_CALLER_HUNG_UP,
			"by the caller: the run was ended");
}

static void on_deadline(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;

	phone_call_over(c, PHONE_TIMED_OUT,
			"by the caller: the call took longer than %u s",
			c->options->timeout_ms / 1000);
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
	phone_call_over(owner, PHONE_CALLER_HUNG_UP, "by the caller");
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
	phone_call_make_sid(c, c->result.call_sid, "CA");
	caller_init(&c->caller, options->script, &phone, c,
		    options->keeps_tracks, phone_call_random(c));
	c->caller.timeline.on_event = options->on_event;
	c->caller.timeline.owner = options->owner;
	caller_figures_init(&c->result.figures);
	phone_call_set(c, CALLER_FIGURE_callbacks_failed, 0);
	uv_timer_init(loop, &c->timer);
	uv_timer_init(loop, &c->deadline);
	c->timer.data = c->deadline.data = c;
	c->handles = 2;
	uv_timer_start(&c->deadline, on_deadline, options->timeout_ms, 0);
	if (!options->stream_url) {
		phone_verbs_begin(c);
		return c;
	}
	snprintf(c->stream_url, sizeof(c->stream_url), "%s",
		 options->stream_url);
	if (!phone_media_open(c))
		phone_call_over(c, PHONE_FAILED, "no WebSocket URL: %.100s",
				c->stream_url);
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
