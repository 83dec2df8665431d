#include <stdio.h>
#include <time.h>

#include "protocols/http.h"
#include "tools/call/phone_call_parts.h"
#include "tools/call/phone_place.h"

void phone_request_add(struct phone_fields *f, const char *name,
		       const char *value)
{
	if (f->count < PHONE_CALL_FIELDS_MAX)
		f->field[f->count++] = (struct phone_field){ name, value };
}

void phone_request_add_call(const struct phone_call *c, struct phone_fields *f)
{
	const struct phone_call_options *o = c->options;
	const char *from = c->is_placed ? c->from : o->from;
	const char *to = c->is_placed ? c->to : o->to;
	const char *by = c->documents ? NULL : phone_place_answered_by(c);

	phone_request_add(f, "AccountSid", o->account_sid);
	phone_request_add(f, "ApiVersion", "2010-04-01");
	phone_request_add(f, "CallSid", c->call.result.id);
	phone_request_add(f, "CallStatus", c->status);
	phone_request_add(f, "Called", to);
	phone_request_add(f, "Caller", from);
	phone_request_add(f, "Direction",
			  c->is_placed ? "outbound-api" : "inbound");
	phone_request_add(f, "From", from);
	phone_request_add(f, "FromCountry", "US");
	phone_request_add(f, "FromCity", "");
	phone_request_add(f, "StirVerstat", "TN-Validation-Passed-A");
	phone_request_add(f, "To", to);
	if (!by)
		return;
	phone_request_add(f, "AnsweredBy", by);
	phone_request_add(f, "MachineDetectionDuration", "2300");
}

int phone_request_send(struct phone_call *c, const char *url,
		       const char *method, const struct phone_fields *f,
		       phone_webhook_done_fn *on_done)
{
	char token[PHONE_SID_LEN];
	struct phone_webhook w = {
		.url = url,
		.method = method,
		.field = f->field,
		.fields = f->count,
		.auth_token = c->options->auth_token,
		.idempotency_token = token,
		.tls = c->call.options->tls,
	};

	phone_call_make_sid(c, token, "IT");
	if (caller_call_has_fault(&c->call, CALLER_FAULT_BAD_SIGNATURE))
		w.signing = PHONE_SIGNED_WRONGLY;
	if (caller_call_has_fault(&c->call, CALLER_FAULT_NO_SIGNATURE))
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
		c->call.result.figures.value[CALLER_FIGURE_callbacks_failed] +=
			1;
		phone_call_breach(c, 15003, "status callback: %s%.0u",
				  answer ? "answered with status " : why,
				  answer ? answer->status : 0);
	}
	c->pending--;
	/* stream-stopped is answered: only now the other may follow. */
	if (c->starts_withheld && !c->stream) {
		c->starts_withheld = false;
		phone_request_report(c, "stream-started", NULL);
	}
	phone_call_settle(c);
}

void phone_request_report_end(struct phone_call *c)
{
	struct phone_fields f = { .count = 0 };

	if (!c->is_placed || !c->callback[0])
		return;
	c->status = "completed";
	phone_request_add_call(c, &f);
	phone_request_add(&f, "CallDuration", "1");
	phone_request_add(&f, "CallbackSource", "call-progress-events");
	phone_request_add(&f, "SequenceNumber", "0");
	if (phone_request_send(c, c->callback, "POST", &f,
			       on_callback_answered) < 0)
		phone_call_breach(c, 12200, "StatusCallback is no URL");
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

void phone_request_report(struct phone_call *c, const char *event,
			  const char *error)
{
	const struct phone_twiml_element *noun = c->stream_noun;
	const char *url =
		noun ? phone_twiml_attribute(noun, "statusCallback", "") : "";
	char now[40];
	struct phone_fields f = { .count = 0 };

	if (!*url)
		return;
	timestamp(now);
	phone_request_add(&f, "AccountSid", c->options->account_sid);
	phone_request_add(&f, "CallSid", c->call.result.id);
	phone_request_add(&f, "StreamSid", c->stream_sid);
	phone_request_add(&f, "StreamName", c->stream_name);
	phone_request_add(&f, "StreamEvent", event);
	phone_request_add(&f, "Timestamp", now);
	if (error)
		phone_request_add(&f, "StreamError", error);
	if (phone_request_send(
		    c, url,
		    phone_twiml_attribute(noun, "statusCallbackMethod", "POST"),
		    &f, on_callback_answered) < 0)
		phone_call_breach(c, 12200,
				  "statusCallback is no absolute URL");
}
