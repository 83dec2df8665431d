#include "gateway/carriers/audiocodes_activities.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call/call.h"
#include "gateway/carriers/audiocodes_leg.h"
#include "protocols/audiocodes_message.h"
#include "protocols/audiocodes_text.h"
#include "protocols/utf8.h"

/* --- start: what is known about the call --- */

static void tell_variable(struct audiocodes_leg *leg, const char *name,
			  const char *value)
{
	int err = call_carrier_variable(leg->call, name, value);

	if (err && err != -EEXIST)
		audiocodes_leg_ignore(leg, "a variable too long or too many",
				      name);
}

/* Text as it is; everything else as the JSON it came in. */
static void set_variable(struct audiocodes_leg *leg, const char *name,
			 const json_t *value)
{
	char *text;

	if (json_is_string(value)) {
		tell_variable(leg, name, json_string_value(value));
		return;
	}
	text = json_is_null(value)
		       ? NULL
		       : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (text)
		tell_variable(leg, name, text);
	free(text);
}

static void set_variables(struct audiocodes_leg *leg, json_t *parameters)
{
	const char *name;
	json_t *value;

	json_object_foreach(parameters, name, value)
	{
		set_variable(leg, name, value);
	}
}

static void add_participants(struct audiocodes_leg *leg, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		struct call_participant p;

		utf8_copy(p.name, sizeof(p.name),
			  audiocodes_text(one, "participant"));
		utf8_copy(p.user, sizeof(p.user),
			  audiocodes_text(one, "uriUser"));
		utf8_copy(p.host, sizeof(p.host),
			  audiocodes_text(one, "uriHost"));
		utf8_copy(p.display_name, sizeof(p.display_name),
			  audiocodes_text(one, "displayName"));
		if (p.name[0] && call_carrier_participant(leg->call, &p) == 0)
			leg->is_assist = true;
	}
}

static bool is_said(const json_t *parameters, const char *name)
{
	const json_t *value = json_object_get(parameters, name);

	return value && !json_is_null(value);
}

static void learn(struct audiocodes_leg *leg,
		  const struct audiocodes_activity *a)
{
	set_variables(leg, a->parameters);
	if (a->language[0])
		call_carrier_variable(leg->call, "language", a->language);
	add_participants(leg, json_object_get(a->parameters, "participants"));
	if (is_said(a->parameters, "outboundTarget") ||
	    is_said(a->parameters, "dialoutMetadata"))
		leg->is_outbound = true;
}

static void on_start(struct audiocodes_leg *leg,
		     const struct audiocodes_activity *a)
{
	struct log_line l;

	learn(leg, a);
	if (leg->has_begun) {
		audiocodes_leg_ignore(leg, "a start behind the beginning", "");
		return;
	}
	log_begin(&l, &leg->log, LOG_INFO, "start");
	log_phone(&l, "to", audiocodes_text(a->parameters, "callee"));
	log_end(&l);
	audiocodes_leg_begin(leg);
}

static void on_dialout(struct audiocodes_leg *leg,
		       const struct audiocodes_activity *a)
{
	leg->is_outbound = true;
	learn(leg, a);
}

/* --- What happens in it --- */

static void on_dtmf(struct audiocodes_leg *leg,
		    const struct audiocodes_activity *a)
{
	for (const char *key = a->digits; *key; key++)
		call_caller_digit(leg->call, (char)toupper(*key), leg->now_ns);
}

static void on_no_user_input(struct audiocodes_leg *leg,
			     const struct audiocodes_activity *a)
{
	(void)a;
	call_caller_silent(leg->call, leg->now_ns);
}

static void on_play_finished(struct audiocodes_leg *leg,
			     const struct audiocodes_activity *a)
{
	if (audiocodes_player_finished(&leg->player, a->stream_id))
		call_carrier_played(leg->call, leg->now_ns);
}

static void on_transfer_status(struct audiocodes_leg *leg,
			       const struct audiocodes_activity *a)
{
	struct log_line l;

	log_begin(&l, &leg->log, LOG_INFO, "transfer_status");
	log_text(&l, "status",
		 a->status == AUDIOCODES_TRANSFER_FAILED     ? "failed"
		 : a->status == AUDIOCODES_TRANSFER_ANSWERED ? "answered"
							     : "unknown");
	log_text(&l, "code", a->reason_code);
	log_words(&l, "why", a->reason);
	log_end(&l);
	if (a->status == AUDIOCODES_TRANSFER_FAILED)
		audiocodes_leg_transfer_failed(
			leg, a->reason_code[0] ? a->reason_code : a->reason);
}

/* Of several people one is bridged, in text as in sound. */
static void on_message(struct audiocodes_leg *leg,
		       const struct audiocodes_activity *a)
{
	if (a->participant[0] &&
	    strcmp(a->participant, leg->settings->participant) != 0)
		leg->leg.total.ignored++;
	else
		call_caller_text(leg->call, a->text, leg->now_ns);
}

static void on_other(struct audiocodes_leg *leg,
		     const struct audiocodes_activity *a)
{
	audiocodes_leg_ignore(leg, "an activity of no use", a->name);
}

static void on_malformed(struct audiocodes_leg *leg,
			 const struct audiocodes_activity *a)
{
	(void)a;
	audiocodes_leg_bad(leg, "an activity of impossible shape");
}

void audiocodes_activities_take(struct audiocodes_leg *leg,
				const struct audiocodes_event *ev)
{
	static void (*const on[])(struct audiocodes_leg * leg,
				  const struct audiocodes_activity *a) = {
		[AUDIOCODES_START] = on_start,
		[AUDIOCODES_DTMF] = on_dtmf,
		[AUDIOCODES_NO_USER_INPUT] = on_no_user_input,
		[AUDIOCODES_PLAY_FINISHED] = on_play_finished,
		[AUDIOCODES_TRANSFER_STATUS] = on_transfer_status,
		[AUDIOCODES_DIALOUT_INITIATED] = on_dialout,
		[AUDIOCODES_MESSAGE] = on_message,
		[AUDIOCODES_OTHER] = on_other,
		[AUDIOCODES_MALFORMED] = on_malformed,
	};

	for (size_t i = 0; i < ev->activities; i++) {
		const struct audiocodes_activity *a = &ev->activity[i];
		if (leg->state == AUDIOCODES_OVER)
			return;
		if (audiocodes_seen_before(&leg->seen, a->id))
			leg->leg.total.repeated++;
		else
			on[a->type](leg, a);
	}
}
