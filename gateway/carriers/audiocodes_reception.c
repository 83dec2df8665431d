#include "gateway/carriers/audiocodes_reception.h"

#include <string.h>

#include "gateway/carriers/audiocodes_leg.h"
#include "gateway/carriers/audiocodes_messages.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "protocols/audiocodes_message.h"
#include "protocols/audiocodes_write.h"

#define NS_PER_MS 1000000ull

static void bind_leg(struct audiocodes_socket *s, struct audiocodes_leg *leg,
		     uint64_t now_ns)
{
	s->state = AUDIOCODES_SOCKET_BOUND;
	s->deadline_ns = 0;
	s->leg = leg;
	audiocodes_leg_attach(leg, s, now_ns);
	audiocodes_socket_ping(s, now_ns);
}

static void on_validate(struct audiocodes_socket *s, uint64_t now_ns)
{
	s->was_validated = true;
	s->deadline_ns = now_ns + AUDIOCODES_IDLE_MS * NS_PER_MS;
	audiocodes_wire_send(&s->wire, audiocodes_write_validated(
					       &s->wire.out, s->is_enabled));
}

static struct audiocodes_leg *find(struct audiocodes_socket *s,
				   const char *conversation)
{
	struct audiocodes_leg *leg =
		s->host->find(s->host->owner, s, conversation);

	return leg && leg->state != AUDIOCODES_OVER ? leg : NULL;
}

static bool goes_elsewhere(struct audiocodes_socket *s,
			   const char *conversation)
{
	const struct audiocodes_host *host = s->host;

	return host->pass_on && host->pass_on(host->owner, s, conversation);
}

static void on_initiate(struct audiocodes_socket *s,
			const struct audiocodes_event *ev, uint64_t now_ns)
{
	struct audiocodes_leg *leg = find(s, ev->conversation);
	const char *why = "the call cannot be set up";

	if (leg)
		audiocodes_leg_replace(leg, now_ns);
	else if (goes_elsewhere(s, ev->conversation))
		return;
	audiocodes_socket_name(s, ev->conversation);
	leg = s->host->on_initiate(s->host->owner, s, ev, &why);
	if (leg)
		bind_leg(s, leg, now_ns);
	else
		audiocodes_socket_refuse(s, why, now_ns);
}

static void on_resume(struct audiocodes_socket *s,
		      const struct audiocodes_event *ev, uint64_t now_ns)
{
	struct audiocodes_leg *leg = find(s, ev->conversation);

	if (!leg && goes_elsewhere(s, ev->conversation))
		return;
	audiocodes_socket_name(s, ev->conversation);
	if (leg)
		bind_leg(s, leg, now_ns);
	else
		audiocodes_socket_refuse(s, "conversation not found", now_ns);
}

/* A socket has one session. To be asked again for the one it has is odd, and
 * harms nobody. */
static void on_session_again(struct audiocodes_socket *s,
			     const struct audiocodes_event *ev, uint64_t now_ns)
{
	if (ev->type == AUDIOCODES_RESUME &&
	    !strcmp(ev->conversation, s->leg->conversation))
		audiocodes_wire_send(&s->wire, audiocodes_write_accepted(
						       &s->wire.out,
						       s->leg->caller_format));
	else
		audiocodes_leg_fail(s->leg, "a second session on this socket",
				    now_ns);
}

static void take_new(struct audiocodes_socket *s,
		     const struct audiocodes_event *ev, uint64_t now_ns)
{
	if (ev->type == AUDIOCODES_VALIDATE)
		on_validate(s, now_ns);
	else if (ev->type == AUDIOCODES_INITIATE)
		on_initiate(s, ev, now_ns);
	else if (ev->type == AUDIOCODES_RESUME)
		on_resume(s, ev, now_ns);
	else
		audiocodes_socket_ignore(s, "a message before the session");
}

static void take_bound(struct audiocodes_socket *s,
		       const struct audiocodes_event *ev, uint64_t now_ns)
{
	if (ev->type == AUDIOCODES_INITIATE || ev->type == AUDIOCODES_RESUME)
		on_session_again(s, ev, now_ns);
	else if (ev->type == AUDIOCODES_VALIDATE)
		audiocodes_socket_ignore(s, "connection.validate in a session");
	else if (ev->conversation[0] &&
		 strcmp(ev->conversation, s->leg->conversation) != 0)
		audiocodes_socket_ignore(s,
					 "a message of another conversation");
	else
		audiocodes_messages_take(s->leg, ev, now_ns);
}

void audiocodes_reception_take(struct audiocodes_socket *s,
			       const struct audiocodes_event *ev,
			       uint64_t now_ns)
{
	if (s->leg)
		take_bound(s, ev, now_ns);
	else
		take_new(s, ev, now_ns);
}
