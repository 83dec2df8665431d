#include "tools/call/phone_call_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/phone_rest.h"
#include "tools/call/phone_stream.h"

/* --- Notes --- */

/* Before the stream starts, times are negative: counted back from it they are
 * not known yet, so they are told from the call's beginning as 0. */
int64_t phone_call_now_ms(const struct phone_call *c)
{
	if (!c->call.result.start_ns)
		return 0;
	return (int64_t)((double)(uv_hrtime() - c->call.result.start_ns) /
			 PHONE_CALL_NS_PER_MS);
}

void phone_call_note_breach(struct phone_call *c, const struct phone_breach *b)
{
	char code[CALLER_CALL_BREACH_CODE_MAX];

	snprintf(code, sizeof(code), "%u", b->code);
	caller_call_breach(&c->call, phone_call_now_ms(c), code, b->text);
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

/* --- Identity --- */

void phone_call_make_sid(struct phone_call *c, char out[PHONE_SID_LEN],
			 const char *prefix)
{
	uint64_t high = caller_call_random(&c->call),
		 low = caller_call_random(&c->call);

	snprintf(out, PHONE_SID_LEN, "%s%016" PRIx64 "%016" PRIx64, prefix,
		 high, low);
}

/* --- The end --- */

static void on_handle_closed(uv_handle_t *h)
{
	struct phone_call *c = h->data;

	if (--c->handles == 0)
		c->call.on_over(c->call.owner, &c->call);
}

/* Over, and nothing is open any more? */
void phone_call_settle(struct phone_call *c)
{
	if (!c->is_over || c->stream || c->pending || c->handles != 2 ||
	    uv_is_closing((uv_handle_t *)&c->timer))
		return;
	phone_rest_remove(c->options->rest, c);
	caller_call_finish(&c->call, c->has_streamed);
	uv_close((uv_handle_t *)&c->timer, on_handle_closed);
	uv_close((uv_handle_t *)&c->deadline, on_handle_closed);
}

void phone_call_over(struct phone_call *c, enum caller_outcome outcome,
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
	uv_timer_stop(&c->timer);
	uv_timer_stop(&c->deadline);
	caller_end(&c->call.caller, c->now,
		   outcome != CALLER_OUTCOME_CALLER_HUNG_UP &&
			   outcome != CALLER_OUTCOME_TIMED_OUT);
	PHONE_CALL_NOTE(c, "hangup: %s", c->call.result.how);
	if (c->stream)
		phone_stream_stop(c->stream);
	phone_request_report_end(c);
	phone_call_settle(c);
}

static void end(struct caller_call *call)
{
	phone_call_over((struct phone_call *)call,
			CALLER_OUTCOME_CALLER_HUNG_UP,
			"by the caller: the run was ended");
}

static void on_deadline(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;

	phone_call_over(c, CALLER_OUTCOME_TIMED_OUT,
			"by the caller: the call took longer than %u s",
			c->call.options->timeout_ms / 1000);
}

/* --- What the script makes the phone do --- */

static void on_key(void *owner, char digit)
{
	struct phone_call *c = owner;

	if (c->stream)
		phone_stream_press(c->stream, digit);
}

static void on_fault(void *owner, enum caller_fault fault, unsigned value)
{
	struct phone_call *c = owner;

	if (c->stream)
		phone_stream_fault(c->stream, fault, value);
}

static void on_hang_up(void *owner)
{
	phone_call_over(owner, CALLER_OUTCOME_CALLER_HUNG_UP, "by the caller");
}

static const struct caller_phone phone = {
	.on_key = on_key,
	.on_fault = on_fault,
	.on_hang_up = on_hang_up,
};

/* --- Beginning --- */

static void start_handles(struct phone_call *c)
{
	uv_timer_init(c->loop, &c->timer);
	uv_timer_init(c->loop, &c->deadline);
	c->timer.data = c->deadline.data = c;
	c->handles = 2;
	uv_timer_start(&c->deadline, on_deadline, c->call.options->timeout_ms,
		       0);
}

static struct caller_call *begin(uv_loop_t *loop,
				 const struct caller_call_options *options,
				 unsigned index, caller_call_over_fn *on_over,
				 void *owner)
{
	struct phone_call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->loop = loop;
	c->options = options->carrier;
	c->status = "ringing";
	c->begun_ns = uv_hrtime();
	caller_call_init(&c->call, options, index, on_over, owner, &phone, c);
	phone_call_make_sid(c, c->call.result.id, "CA");
	caller_call_set(&c->call, CALLER_FIGURE_callbacks_failed, 0);
	start_handles(c);
	phone_rest_add(c->options->rest, c);
	if (c->options->is_outbound)
		return &c->call; /* until it is placed */
	if (!c->options->stream_url) {
		phone_verbs_begin(c);
		return &c->call;
	}
	snprintf(c->stream_url, sizeof(c->stream_url), "%s",
		 c->options->stream_url);
	if (!phone_media_open(c))
		phone_call_over(c, CALLER_OUTCOME_FAILED,
				"no WebSocket URL: %.100s", c->stream_url);
	return &c->call;
}

static void release(struct caller_call *call)
{
	struct phone_call *c = (struct phone_call *)call;

	phone_twiml_free(&c->document);
	phone_twiml_free(&c->leg.document);
	if (c->is_replaced)
		phone_twiml_free(&c->replacement);
	caller_call_clear(call);
	free(c);
}

const struct caller_call_kind phone_call_kind = {
	.carrier = CALLER_CARRIER_TWILIO,
	.id_name = "call_sid",
	.begin = begin,
	.end = end,
	.free = release,
};
