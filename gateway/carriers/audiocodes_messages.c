#include "gateway/carriers/audiocodes_messages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call/call.h"
#include "gateway/carriers/audiocodes_activities.h"
#include "gateway/carriers/audiocodes_leg.h"
#include "gateway/carriers/audiocodes_wire.h"
#include "protocols/audiocodes_message.h"
#include "protocols/audiocodes_write.h"

/* An unnamed stream is the only one. */
static bool is_bridged(const struct audiocodes_leg *leg,
		       const struct audiocodes_event *ev)
{
	return !ev->participant[0] ||
	       !strcmp(ev->participant, leg->settings->participant);
}

static void on_user_start(struct audiocodes_leg *leg,
			  const struct audiocodes_event *ev)
{
	struct audiocodes_wire *w = audiocodes_leg_wire(leg);

	if (w)
		audiocodes_wire_send(w, audiocodes_write_user_started(
						&w->out, ev->participant));
	if (!is_bridged(leg, ev))
		return;
	memcpy(leg->bridged, ev->participant, sizeof(leg->bridged));
	audiocodes_user_start(&leg->user);
}

static void on_user_stop(struct audiocodes_leg *leg,
			 const struct audiocodes_event *ev)
{
	struct audiocodes_wire *w = audiocodes_leg_wire(leg);

	if (w)
		audiocodes_wire_send(w, audiocodes_write_user_stopped(
						&w->out, ev->participant));
	if (is_bridged(leg, ev))
		audiocodes_user_stop(&leg->user, leg->now_ns);
}

static void on_user_chunk(struct audiocodes_leg *leg,
			  const struct audiocodes_event *ev)
{
	int err = -EPIPE;

	leg->leg.total.media_in++;
	if (is_bridged(leg, ev))
		err = audiocodes_user_chunk(&leg->user, ev->audio,
					    ev->audio_len, leg->now_ns);
	leg->leg.total.dropped += err != 0;
	if (err == -EPROTO)
		audiocodes_leg_bad(leg, "a WAV header of no use");
}

/* "g<generation>.n<number>", ours only. */
static void on_mark_reached(struct audiocodes_leg *leg,
			    const struct audiocodes_event *ev)
{
	unsigned generation, number;

	if (sscanf(ev->mark, "g%u.n%u", &generation, &number) == 2)
		call_carrier_mark(leg->call, generation, number, leg->now_ns);
	else
		audiocodes_leg_ignore(leg, "a mark that is not ours", ev->mark);
}

static void on_session_end(struct audiocodes_leg *leg,
			   const struct audiocodes_event *ev)
{
	enum call_end why = CALL_END_CARRIER;
	struct log_line l;

	log_begin(&l, &leg->log, LOG_INFO, "session_end");
	log_text(&l, "code", ev->reason_code);
	log_words(&l, "why", ev->reason);
	log_end(&l);
	if (!strcmp(ev->reason_code, "client-disconnected"))
		why = CALL_END_CALLER;
	else if (!strcmp(ev->reason_code, "transferred"))
		why = CALL_END_TRANSFERRED;
	audiocodes_leg_end(leg, why);
}

static void on_unknown(struct audiocodes_leg *leg,
		       const struct audiocodes_event *ev)
{
	audiocodes_leg_ignore(leg, "a message of no known type", ev->name);
}

void audiocodes_messages_take(struct audiocodes_leg *leg,
			      const struct audiocodes_event *ev,
			      uint64_t now_ns)
{
	static void (*const on[AUDIOCODES_TYPES])(
		struct audiocodes_leg * leg,
		const struct audiocodes_event *ev) = {
		[AUDIOCODES_END] = on_session_end,
		[AUDIOCODES_USER_START] = on_user_start,
		[AUDIOCODES_USER_CHUNK] = on_user_chunk,
		[AUDIOCODES_USER_STOP] = on_user_stop,
		[AUDIOCODES_ACTIVITIES] = audiocodes_activities_take,
		[AUDIOCODES_MARK_REACHED] = on_mark_reached,
		[AUDIOCODES_UNKNOWN] = on_unknown,
	};

	leg->now_ns = now_ns;
	if (leg->state != AUDIOCODES_OVER && on[ev->type])
		on[ev->type](leg, ev);
}
