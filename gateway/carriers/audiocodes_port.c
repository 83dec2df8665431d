#include "gateway/carriers/audiocodes_port.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/carriers/audiocodes_leg.h"
#include "gateway/carriers/audiocodes_requests.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "gateway/carriers/audiocodes_wire.h"
#include "gateway/net/ws.h"
#include "protocols/audiocodes_write.h"

static void send_audio(void *port, const uint8_t *bytes, size_t n)
{
	struct audiocodes_leg *leg = port;
	struct audiocodes_wire *w = audiocodes_leg_talks(leg);

	if (!w)
		return;
	leg->leg.total.media_out++;
	audiocodes_player_play(&leg->player, w, bytes, n, leg->now_ns);
}

static bool is_congested(const void *port)
{
	const struct audiocodes_leg *leg = port;
	const struct audiocodes_socket *s = leg->socket;

	return s && s->wire.ws && ws_waiting(s->wire.ws) > LEG_WAITING_MAX;
}

static void send_mark(void *port, const struct playout_mark *mark)
{
	struct audiocodes_leg *leg = port;
	struct audiocodes_wire *w = audiocodes_leg_talks(leg);
	char name[32];

	snprintf(name, sizeof(name), "g%u.n%u", mark->generation, mark->number);
	if (w)
		audiocodes_player_mark(&leg->player, w, name);
}

static void end_speech(void *port)
{
	struct audiocodes_leg *leg = port;
	struct audiocodes_wire *w = audiocodes_leg_talks(leg);

	if (w)
		audiocodes_player_stop(&leg->player, w);
}

/* Without barge-in the carrier plays on, unless it is made to stop (3.5). */
static bool clear(void *port)
{
	struct audiocodes_leg *leg = port;
	struct audiocodes_wire *w = audiocodes_leg_talks(leg);
	bool is_dropped =
		leg->settings->barge_in || leg->settings->abort_prompts;

	leg->leg.total.clears++;
	if (!w)
		return true;
	if (is_dropped)
		audiocodes_player_cut(&leg->player, w);
	else
		audiocodes_player_stop(&leg->player, w);
	if (leg->settings->abort_prompts)
		audiocodes_requests_abort_prompts(leg);
	return is_dropped;
}

static int write_speech(struct buffer *out, enum call_speech what,
			const char *text, const char *participant)
{
	switch (what) {
	case CALL_SPEECH_STARTED:
		return audiocodes_write_speech_started(out, participant);
	case CALL_SPEECH_STOPPED:
		return audiocodes_write_speech_stopped(out, participant);
	case CALL_SPEECH_COMMITTED:
		return audiocodes_write_speech_committed(out, participant);
	case CALL_SPEECH_HYPOTHESIS:
		return audiocodes_write_hypothesis(out, text, participant);
	default:
		return audiocodes_write_recognition(out, text, 1, participant);
	}
}

static void hear(void *port, enum call_speech what, const char *text)
{
	struct audiocodes_leg *leg = port;
	struct audiocodes_wire *w = audiocodes_leg_talks(leg);

	if (w)
		audiocodes_wire_send(w, write_speech(&w->out, what, text,
						     leg->bridged));
}

static void say(void *port, const char *text)
{
	struct audiocodes_leg *leg = port;

	if (audiocodes_leg_talks(leg))
		audiocodes_requests_say(leg, text);
}

static int request(void *port, const struct call_request *r)
{
	struct audiocodes_leg *leg = port;

	if (!audiocodes_leg_talks(leg))
		return -ENOTSUP;
	if (r->kind != CALL_REQUEST_TRANSFER)
		return audiocodes_requests_do(leg, r);
	if (strncmp(r->target, "client:", 7) == 0)
		return -ENOTSUP; /* it is Twilio's */
	audiocodes_leg_leave(leg, AUDIOCODES_TRANSFERS, r->target,
			     r->data ? r->data : r->reason);
	return 0;
}

static void hang_up(void *port, const char *reason)
{
	struct audiocodes_leg *leg = port;

	end_speech(leg);
	audiocodes_leg_leave(leg, AUDIOCODES_HANGS_UP, "",
			     reason ? reason : "");
}

const struct call_carrier_port audiocodes_port = {
	.send_audio = send_audio,
	.is_congested = is_congested,
	.send_mark = send_mark,
	.end_speech = end_speech,
	.clear = clear,
	.hear = hear,
	.say = say,
	.request = request,
	.hang_up = hang_up,
};
