#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/url.h"
#include "tools/call/phone_sign.h"
#include "tools/call/phone_stream_parts.h"

#define MESSAGE_MAX (1u << 20) /* bytes of one message to Twilio */
#define OUT_MAX     (2u << 20) /* bytes of one message of ours */
#define EXTRA_MAX   512

int phone_stream_write_start(struct phone_stream *s)
{
	struct phone_start start = {
		.encoding = "audio/x-mulaw",
		.sample_rate = 8000,
		.parameter = s->parameter,
		.parameters = s->parameters,
		.has_outbound_track =
			phone_stream_has_fault(s, CALLER_FAULT_OUTBOUND_TRACK),
	};

	if (phone_stream_has_fault(s, CALLER_FAULT_WRONG_ACCOUNT))
		start.account_sid = "ACffffffffffffffffffffffffffffffff";
	if (phone_stream_has_fault(s, CALLER_FAULT_BAD_FORMAT)) {
		start.encoding = "audio/x-l16";
		start.sample_rate = 16000;
	}
	return phone_message_start(&s->text, &s->sender, &start);
}

/* wss://host/path becomes wss://host:443/path. */
static void add_default_port(char *url, size_t cap)
{
	struct url parts;
	char port[8];

	if (url_parse(&parts, url) < 0 || parts.has_port)
		return;
	char *path = strchr(strstr(url, "://") + 3, '/');
	if (!path)
		return;
	size_t tail = strlen(path) + 1;
	int n = snprintf(port, sizeof(port), ":%u", parts.port);
	if ((size_t)(path - url) + (size_t)n + tail > cap)
		return;
	memmove(path + n, path, tail);
	memcpy(path, port, (size_t)n);
}

/* The URL the signature is made over: exact, or as a fault wants it. */
static void url_to_sign(const struct phone_stream *s, const char *url,
			char *out, size_t cap)
{
	if (!phone_sign_url(out, cap, url))
		out[0] = 0;
	if (phone_stream_has_fault(s, CALLER_FAULT_TRAILING_SLASH_SIGNATURE) &&
	    strlen(out) + 1 < cap)
		strcat(out, "/");
	if (phone_stream_has_fault(s, CALLER_FAULT_PORT_SIGNATURE))
		add_default_port(out, cap);
}

static void write_headers(const struct phone_stream *s,
			  const struct phone_stream_options *o,
			  char out[EXTRA_MAX])
{
	char url[URL_TARGET_MAX + URL_HOST_MAX + 16];
	char signature[PHONE_SIGN_LEN];

	out[0] = 0;
	if (!o->auth_token ||
	    phone_stream_has_fault(s, CALLER_FAULT_NO_UPGRADE_SIGNATURE))
		return;
	url_to_sign(s, o->url, url, sizeof(url));
	phone_sign_request(signature, o->auth_token, url, NULL, 0);
	if (phone_stream_has_fault(s, CALLER_FAULT_BAD_UPGRADE_SIGNATURE))
		signature[0] = signature[0] == 'A' ? 'B' : 'A';
	snprintf(out, EXTRA_MAX, "X-Twilio-Signature: %s\r\n", signature);
}

static bool take_parameters(struct phone_stream *s,
			    const struct phone_stream_options *o)
{
	static const char filler[] =
		"a value as long as Twilio allows, to make start long: "
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
		"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno";
	size_t want = phone_stream_has_fault(s, CALLER_FAULT_99_PARAMETERS)
			      ? PHONE_STREAM_FILLERS
			      : 0;

	if (want < o->parameters)
		want = o->parameters;
	s->parameter = calloc(want + 1, sizeof(*s->parameter));
	if (!s->parameter)
		return false;
	if (o->parameters)
		memcpy(s->parameter, o->parameter,
		       o->parameters * sizeof(*s->parameter));
	for (size_t i = o->parameters; i < want; i++) {
		snprintf(s->filler[i], sizeof(s->filler[i]), "filler%zu", i);
		s->parameter[i] =
			(struct phone_parameter){ s->filler[i], filler };
	}
	s->parameters = want;
	return true;
}

static void take_identity(struct phone_stream *s,
			  const struct phone_stream_options *o)
{
	struct phone_sender *sender = &s->sender;

	snprintf(sender->account_sid, PHONE_SID_LEN, "%s", o->account_sid);
	snprintf(sender->call_sid, PHONE_SID_LEN, "%s",
		 phone_stream_has_fault(s, CALLER_FAULT_WRONG_CALL)
			 ? "CAffffffffffffffffffffffffffffffff"
			 : o->call_sid);
	snprintf(sender->stream_sid, PHONE_SID_LEN, "%s", o->stream_sid);
	sender->adds_unknown_fields =
		phone_stream_has_fault(s, CALLER_FAULT_UNKNOWN_FIELDS);
}

struct phone_stream *phone_stream_open(uv_loop_t *loop,
				       const struct phone_stream_options *o,
				       const struct phone_stream_events *events,
				       void *owner)
{
	struct phone_stream *s = calloc(1, sizeof(*s));
	char headers[EXTRA_MAX];

	if (!s)
		return NULL;
	s->loop = loop;
	s->events = events;
	s->owner = owner;
	s->faults = o->faults;
	s->random = o->seed | 1;
	s->first_ms = PHONE_STREAM_FIRST_MIN_MS +
		      (unsigned)(phone_stream_random(s) %
				 (PHONE_STREAM_FIRST_MAX_MS -
				  PHONE_STREAM_FIRST_MIN_MS + 1));
	phone_playout_init(&s->playout);
	buffer_init(&s->text, OUT_MAX);
	buffer_init(&s->drip, OUT_MAX);
	take_identity(s, o);
	write_headers(s, o, headers);
	struct ws_target target = {
		.url = o->url,
		.lead = PHONE_STREAM_USER_AGENT,
		.extra = headers,
		.tls = o->tls,
		.timeout_ms = PHONE_STREAM_CONNECT_MS,
		.message_max = MESSAGE_MAX,
	};
	if (take_parameters(s, o))
		s->ws = ws_connect(loop, &target, &phone_stream_ws_events, s);
	if (!s->ws) {
		free(s->parameter);
		free(s);
		return NULL;
	}
	uv_timer_init(loop, &s->timer);
	s->timer.data = s;
	return s;
}
