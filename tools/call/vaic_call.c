#include "tools/call/vaic_call.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/call/vaic_call_parts.h"

uint64_t vaic_call_now(struct vaic_call *c, uint64_t at_ns)
{
	/* A message may have been read before the frame that was sent while it
	 * waited to be handled. */
	if (at_ns > c->now_ns)
		c->now_ns = at_ns;
	return c->now_ns;
}

int64_t vaic_call_now_ms(const struct vaic_call *c)
{
	if (!c->call.result.start_ns)
		return 0;
	return (int64_t)((uv_hrtime() - c->call.result.start_ns) /
			 VAIC_CALL_NS_PER_MS);
}

bool vaic_call_has_fault(const struct vaic_call *c, enum caller_fault fault)
{
	return caller_call_has_fault(&c->call, fault);
}

void vaic_call_breach(struct vaic_call *c, const char *rule, const char *format,
		      ...)
{
	char text[CALLER_CALL_BREACH_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	caller_call_breach(&c->call, vaic_call_now_ms(c), rule, text);
}

/* --- Identity --- */

void vaic_call_write_uuid(char out[37], uint64_t high, uint64_t low)
{
	snprintf(out, 37,
		 "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-%04" PRIx64
		 "-%012" PRIx64,
		 high >> 32, high >> 16 & 0xffff, high & 0xfff,
		 0x8000 | (low >> 48 & 0x3fff), low & 0xffffffffffff);
}

/* What the wall clock shows when the monotonic one is 0. */
static uint64_t unix_ms_at_zero(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 -
	       uv_hrtime() / VAIC_CALL_NS_PER_MS;
}

/* --- The end --- */

static void on_handle_closed(uv_handle_t *h)
{
	struct vaic_call *c = h->data;

	if (--c->handles == 0)
		c->call.on_over(c->call.owner, &c->call);
}

void vaic_call_settle(struct vaic_call *c)
{
	if (!c->is_over || c->links || c->check || c->handles != VAIC_TIMERS ||
	    uv_is_closing((uv_handle_t *)&c->timer[0]))
		return;
	if (c->has_streamed)
		vaic_media_finish(c);
	caller_call_finish(&c->call, c->has_streamed);
	for (size_t i = 0; i < VAIC_TIMERS; i++)
		uv_close((uv_handle_t *)&c->timer[i], on_handle_closed);
}

/* The bot has had its time to close. */
static void on_overdue(uv_timer_t *timer)
{
	vaic_line_hang_up(timer->data, 1000);
}

void vaic_call_over(struct vaic_call *c, enum caller_outcome outcome,
		    const char *format, ...)
{
	va_list args;

	if (c->is_over)
		return;
	c->is_over = true;
	c->call.result.outcome = outcome;
	va_start(args, format);
	vsnprintf(c->call.result.how, sizeof(c->call.result.how), format, args);
	va_end(args);
	uv_timer_stop(&c->timer[VAIC_TIMER_RETRY]);
	uv_timer_stop(&c->timer[VAIC_TIMER_PING]);
	uv_timer_start(&c->timer[VAIC_TIMER_DEADLINE], on_overdue,
		       2 * VAIC_CLOSE_MS, 0);
	if (c->session)
		caller_end(&c->call.caller, vaic_session_now(c->session),
			   outcome != CALLER_OUTCOME_CALLER_HUNG_UP &&
				   outcome != CALLER_OUTCOME_TIMED_OUT);
	VAIC_CALL_NOTE(c, "%s: %s", c->session ? "hangup" : "checked",
		       c->call.result.how);
	vaic_call_settle(c);
}

/* The caller's side ends it, whatever state it is in. */
static void end_now(struct vaic_call *c)
{
	uint64_t now = vaic_call_now(c, uv_hrtime());

	if (c->check) {
		vaic_check_cancel(c->check);
		return;
	}
	if (vaic_session_is_up(c->session)) {
		vaic_session_hang_up(c->session, now);
		vaic_media_run(c);
		return;
	}
	vaic_session_give_up(c->session, "the caller has gone", now);
	vaic_line_hang_up(c, 1000);
	vaic_call_settle(c);
}

static void end(struct caller_call *call)
{
	struct vaic_call *c = (struct vaic_call *)call;

	if (c->is_over)
		return;
	vaic_call_over(c, CALLER_OUTCOME_CALLER_HUNG_UP,
		       "by the caller: the run was ended");
	end_now(c);
}

static void on_deadline(uv_timer_t *timer)
{
	struct vaic_call *c = timer->data;

	vaic_call_over(c, CALLER_OUTCOME_TIMED_OUT,
		       "by the caller: the call took longer than %u s",
		       c->call.options->timeout_ms / 1000);
	end_now(c);
}

/* --- The checks --- */

static void on_check_note(void *owner, const char *text)
{
	VAIC_CALL_NOTE((struct vaic_call *)owner, "%s", text);
}

static void on_check_breach(void *owner, const char *code, const char *text)
{
	vaic_call_breach(owner, code, "%s", text);
}

static enum caller_outcome outcome_of_check(const struct vaic_call *c,
					    const struct vaic_check_end *e)
{
	if (!e->has_answer)
		return CALLER_OUTCOME_FAILED;
	if (e->is_refused)
		return CALLER_OUTCOME_REFUSED;
	return c->call.result.breaches ? CALLER_OUTCOME_BROKEN
				       : CALLER_OUTCOME_CHECKED;
}

static void on_check_over(void *owner, const struct vaic_check_end *e)
{
	struct vaic_call *c = owner;
	enum caller_figure status = c->options->is_http_check
					    ? CALLER_FIGURE_http_status
					    : CALLER_FIGURE_upgrade_status;

	c->check = NULL;
	c->call.result.could_not_connect = !e->has_answer;
	if (e->http_status)
		caller_call_set(&c->call, status, e->http_status);
	vaic_call_over(c, outcome_of_check(c, e), "%s", e->how);
	vaic_call_settle(c);
}

static void check(struct vaic_call *c)
{
	static const struct vaic_check_events events = {
		.on_note = on_check_note,
		.on_breach = on_check_breach,
		.on_over = on_check_over,
	};

	c->check = vaic_check_begin(c->loop, &c->endpoint,
				    c->options->is_http_check, &events, c);
	if (!c->check)
		vaic_call_over(c, CALLER_OUTCOME_FAILED,
			       "no URL of a bot: %.100s", c->endpoint.url);
}

/* --- The beginning --- */

static bool prepare(struct vaic_call *c)
{
	uint64_t high = caller_call_random(&c->call),
		 low = caller_call_random(&c->call);

	vaic_call_write_uuid(c->call.result.id, high, low);
	c->endpoint = (struct vaic_endpoint){
		.url = c->options->url,
		.token = c->options->token,
		.header = c->options->header,
		.headers = c->options->headers,
		.tls = c->call.options->tls,
	};
	c->setup = c->options->session;
	c->setup.conversation_id = c->call.result.id;
	c->setup.unix_ms = unix_ms_at_zero();
	c->setup.seed = caller_call_random(&c->call);
	vaic_fault_set_up(c);
	if (c->options->is_http_check || c->setup.mode == VAIC_VALIDATE)
		return true;
	c->session = vaic_session_new(&c->setup, &vaic_media_events, c);
	return c->session != NULL;
}

static void open_timers(struct vaic_call *c)
{
	for (size_t i = 0; i < VAIC_TIMERS; i++) {
		uv_timer_init(c->loop, &c->timer[i]);
		c->timer[i].data = c;
	}
	c->handles = VAIC_TIMERS;
	uv_timer_start(&c->timer[VAIC_TIMER_DEADLINE], on_deadline,
		       c->call.options->timeout_ms, 0);
}

static void release(struct caller_call *call)
{
	struct vaic_call *c = (struct vaic_call *)call;

	if (c->session)
		vaic_session_free(c->session);
	buffer_free(&c->text);
	buffer_free(&c->keys_text);
	buffer_free(&c->initiate);
	buffer_free(&c->held);
	caller_call_clear(call);
	free(c);
}

static struct caller_call *begin(struct uv_loop_s *loop,
				 const struct caller_call_options *options,
				 unsigned index, caller_call_over_fn *on_over,
				 void *owner)
{
	struct vaic_call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->loop = loop;
	c->options = options->carrier;
	c->chunk_bytes = SIZE_MAX; /* none yet */
	buffer_init(&c->text, VAIC_WIRE_MAX);
	buffer_init(&c->keys_text, VAIC_WIRE_MAX);
	buffer_init(&c->initiate, VAIC_WIRE_MAX);
	buffer_init(&c->held, VAIC_WIRE_MAX);
	caller_call_init(&c->call, options, index, on_over, owner,
			 &vaic_media_phone, c);
	if (!prepare(c)) {
		release(&c->call);
		return NULL;
	}
	open_timers(c);
	if (c->session)
		vaic_line_dial(c);
	else
		check(c);
	return &c->call;
}

const struct caller_call_kind vaic_call_kind = {
	.carrier = CALLER_CARRIER_AUDIOCODES,
	.id_name = "conversation_id",
	.begin = begin,
	.end = end,
	.free = release,
};
