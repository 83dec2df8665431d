#include "gateway/carriers/audiocodes_requests.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "gateway/carriers/audiocodes_leg.h"
#include "gateway/carriers/audiocodes_wire.h"
#include "gateway/ops/timestamp.h"
#include "protocols/audiocodes_command.h"

/* --- Who and when --- */

struct stamp {
	char id[37];
	char timestamp[TIMESTAMP_LEN];
	struct audiocodes_stamp as;
};

/* UUID, version 4 (RFC 9562, 5.4). */
static void make_id(char out[37])
{
	uint8_t b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		abort(); /* it has entropy since the machine was started */
	b[6] = (uint8_t)(0x40 | (b[6] & 0x0f));
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
	snprintf(out, 37,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9],
		 b[10], b[11], b[12], b[13], b[14], b[15]);
}

static const struct audiocodes_stamp *make_stamp(struct stamp *s)
{
	make_id(s->id);
	timestamp_now(s->timestamp);
	s->as = (struct audiocodes_stamp){ s->id, s->timestamp };
	return &s->as;
}

/* --- The beginning --- */

static json_t *events_json(const struct audiocodes_settings *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->events; i++)
		json_array_append_new(list, json_string(s->event[i]));
	return list;
}

static json_t *session_params(const struct audiocodes_settings *s)
{
	json_t *params =
		json_pack("{s:b, s:b, s:o}", "bargeIn", s->barge_in, "sendDTMF",
			  s->takes_dtmf, "sendEventsToBot", events_json(s));

	if (s->no_input_ms)
		json_object_set_new(params, "userNoInputTimeoutMS",
				    json_integer((json_int_t)s->no_input_ms));
	return params;
}

static int configure(struct audiocodes_leg *leg, struct audiocodes_wire *w)
{
	json_t *params = session_params(leg->settings);
	struct stamp s;
	int err = params ? audiocodes_command_config(&w->out, make_stamp(&s),
						     params)
			 : -ENOMEM;

	json_decref(params);
	return audiocodes_wire_send(w, err);
}

void audiocodes_requests_begin(struct audiocodes_leg *leg)
{
	struct audiocodes_wire *w = audiocodes_leg_talks(leg);
	struct stamp s;

	if (!w)
		return;
	if (leg->settings->configures)
		configure(leg, w);
	if (leg->settings->records)
		audiocodes_wire_send(w, audiocodes_command_recording(
						&w->out, make_stamp(&s),
						AUDIOCODES_RECORDING_START));
	if (leg->is_assist)
		audiocodes_wire_send(w, audiocodes_command_start_recognition(
						&w->out, make_stamp(&s),
						leg->settings->participant));
}

/* --- The end --- */

static int hang_up(struct audiocodes_leg *leg, struct audiocodes_wire *w)
{
	const struct audiocodes_hangup hangup = {
		.reason = leg->reason[0] ? leg->reason : NULL,
		.header = leg->settings->hangup_header,
		.headers = leg->settings->hangup_headers,
	};
	struct stamp s;

	return audiocodes_wire_send(
		w, audiocodes_command_hangup(&w->out, make_stamp(&s), &hangup));
}

static int transfer(struct audiocodes_leg *leg, struct audiocodes_wire *w)
{
	const struct audiocodes_transfer_to to = {
		.target = leg->target,
		.reason = leg->reason[0] ? leg->reason : NULL,
		.notifies = leg->settings->notifies_transfers,
	};
	struct stamp s;

	return audiocodes_wire_send(
		w, audiocodes_command_transfer(&w->out, make_stamp(&s), &to));
}

int audiocodes_requests_leave(struct audiocodes_leg *leg)
{
	struct audiocodes_wire *w = audiocodes_leg_wire(leg);

	if (!w)
		return -EPIPE;
	return leg->pending == AUDIOCODES_TRANSFERS ? transfer(leg, w)
						    : hang_up(leg, w);
}

/* --- In between --- */

int audiocodes_requests_abort_prompts(struct audiocodes_leg *leg)
{
	struct audiocodes_wire *w = audiocodes_leg_wire(leg);
	struct stamp s;

	return !w ? -EPIPE
		  : audiocodes_wire_send(w, audiocodes_command_abort_prompts(
						    &w->out, make_stamp(&s)));
}

int audiocodes_requests_say(struct audiocodes_leg *leg, const char *text)
{
	struct audiocodes_wire *w = audiocodes_leg_wire(leg);
	struct stamp s;

	return !w ? -EPIPE
		  : audiocodes_wire_send(w, audiocodes_command_message(
						    &w->out, make_stamp(&s),
						    text));
}

_Static_assert(CALL_DIGITS_MAX <= AUDIOCODES_DTMF_MAX,
	       "what a model may ask for can be sent");

static int send_metadata(struct audiocodes_wire *w,
			 const struct audiocodes_stamp *stamp, const char *data)
{
	json_t *value = json_loads(data ? data : "", 0, NULL);
	int err = audiocodes_command_send_meta_data(&w->out, stamp, value);

	json_decref(value);
	return audiocodes_wire_send(w, err);
}

static int record(struct audiocodes_wire *w,
		  const struct audiocodes_stamp *stamp,
		  enum call_recording what)
{
	static const enum audiocodes_recording named[] = {
		[CALL_RECORDING_START] = AUDIOCODES_RECORDING_START,
		[CALL_RECORDING_STOP] = AUDIOCODES_RECORDING_STOP,
		[CALL_RECORDING_PAUSE] = AUDIOCODES_RECORDING_PAUSE,
		[CALL_RECORDING_RESUME] = AUDIOCODES_RECORDING_RESUME,
	};

	return audiocodes_wire_send(
		w, audiocodes_command_recording(&w->out, stamp, named[what]));
}

int audiocodes_requests_do(struct audiocodes_leg *leg,
			   const struct call_request *r)
{
	struct audiocodes_wire *w = audiocodes_leg_wire(leg);
	const struct audiocodes_stamp *stamp;
	struct stamp s;

	if (!w)
		return -EPIPE;
	stamp = make_stamp(&s);
	switch (r->kind) {
	case CALL_REQUEST_KEYS:
		return audiocodes_wire_send(
			w, audiocodes_command_send_dtmf(&w->out, stamp,
							r->digits));
	case CALL_REQUEST_METADATA:
		return send_metadata(w, stamp, r->data);
	case CALL_REQUEST_RECORDING:
		return record(w, stamp, r->recording);
	default:
		return -ENOTSUP;
	}
}
