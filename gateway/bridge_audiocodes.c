/* Calls from AudioCodes VoiceAI Connect: who may begin or resume one, and what
 * the configuration says of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/bridge.h"
#include "gateway/call_webhook.h"
#include "gateway/carriers/audiocodes_port.h"
#include "gateway/carriers/audiocodes_registry.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "gateway/exchange.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_route.h"
#include "gateway/settings.h"
#include "gateway/worker.h"

#define ENDING_SLACK_MS 1000 /* the leg keeps the time; the call only waits */

static struct audiocodes_registry *registry_of(struct worker *w)
{
	return &w->exchange->registry;
}

/* --- The leg --- */

static void on_handled(void *owner, uint64_t read_ns)
{
	struct bridge *b = owner;
	const struct bridge_audiocodes *a = &b->audiocodes;

	bridge_leg_handled(b, read_ns);
	if (a->leg.state != AUDIOCODES_OVER)
		audiocodes_registry_heard(
			registry_of(b->worker), a->entry,
			a->leg.socket ? a->leg.socket->heard_ns : 0);
}

static void on_ended(void *owner, enum audiocodes_leg_end how)
{
	static const char *const word[] = {
		[AUDIOCODES_LEG_BY_CARRIER] = "carrier",
		[AUDIOCODES_LEG_BY_US] = "us",
		[AUDIOCODES_LEG_REFUSED] = "refused",
		[AUDIOCODES_LEG_REPLACED] = "replaced",
		[AUDIOCODES_LEG_LOST] = "lost",
	};
	struct bridge *b = owner;

	call_webhook_forget(b->audiocodes.webhook);
	b->audiocodes.webhook = NULL;
	audiocodes_registry_leave(registry_of(b->worker), b->audiocodes.entry);
	metric_add(&b->worker->figures.failed,
		   b->call.end == CALL_END_MODEL_LOST);
	bridge_summarize(b, word[how]);
}

static void set_fallback(struct bridge *b);
static void set_call(const struct bridge *b, struct call_settings *s);

/* The model, once it is clear whose. */
static void join(struct bridge *b)
{
	struct call_settings settings;

	set_fallback(b);
	set_call(b, &settings);
	bridge_join(b, &settings);
}

static void on_webhook(void *owner, const struct call_webhook_answer *said)
{
	struct bridge *b = owner;
	const char *name;
	json_t *value;
	char text[32];

	b->audiocodes.webhook = NULL;
	json_object_foreach((json_t *)(uintptr_t)said->variables, name, value)
	{
		const char *told = call_webhook_text(value, text);
		if (told)
			(void)call_carrier_variable(&b->call, name, told);
	}
	if (said->agent)
		bridge_route(b, said->agent, NULL);
	else
		(void)bridge_audiocodes_decide(b, true);
	join(b);
}

static json_t *parameters_of(const struct call_variables *v)
{
	json_t *all = json_object();

	for (const char *name = NULL; (name = call_variables_next(v, name));)
		(void)json_object_set_new(
			all, name, json_string(call_variables_get(v, name)));
	return all;
}

static struct call_webhook *ask(struct bridge *b)
{
	const struct call_variables *v = &b->call.variables;
	const char *caller = call_variables_get(v, "caller");
	const char *callee = call_variables_get(v, "callee");
	const struct call_webhook_call call = {
		.carrier = "audiocodes",
		.id = b->audiocodes.leg.conversation,
		.caller = caller ? caller : "",
		.callee = callee ? callee : "",
		.bot = b->audiocodes.bot,
		.parameters = parameters_of(v),
	};

	return call_webhook_ask(b->worker, &call, &b->log, on_webhook, b);
}

/* All is known of the call that will be: who answers, if that was open. */
static void on_begin(void *owner)
{
	struct bridge *b = owner;

	if (!b->audiocodes.is_undecided)
		return;
	b->audiocodes.is_undecided = false;
	if (call_webhook_is_wanted(b->worker))
		b->audiocodes.webhook = ask(b);
	if (b->audiocodes.webhook)
		return;
	(void)bridge_audiocodes_decide(b, true);
	join(b);
}

static const struct audiocodes_leg_owner leg_owner = {
	.on_begin = on_begin,
	.on_handled = on_handled,
	.on_ended = on_ended,
};

/* --- Beginning and finding conversations --- */

static bool is_of(const struct bridge *b, const struct audiocodes_socket *s,
		  const char *conversation)
{
	const struct bridge_audiocodes *a = &b->audiocodes;

	return b->leg == &a->leg.leg && a->leg.state != AUDIOCODES_OVER &&
	       strcmp(a->leg.conversation, conversation) == 0 &&
	       strcmp(a->bot, s->bot) == 0 &&
	       audiocodes_principal_equal(&a->principal, &s->principal);
}

/* It has a conversation: the desk need not count it any more, nor keep a line
 * for what it may have been about to begin. */
static void seat(struct worker *w, struct audiocodes_socket *s)
{
	worker_leave(w, &s->seat);
	if (s->place < 0)
		return;
	audiocodes_waiting_leave(&w->exchange->waiting, s->place);
	s->place = -1;
	w->unseated--;
	worker_tell_load(w);
}

static struct audiocodes_leg *on_find(void *owner, struct audiocodes_socket *s,
				      const char *conversation)
{
	struct worker *w = owner;

	for (struct bridge *b = w->bridges; b; b = b->next) {
		if (!is_of(b, s, conversation))
			continue;
		seat(w, s);
		return &b->audiocodes.leg;
	}
	return NULL;
}

static struct config_route_call failing(const struct bridge *b)
{
	return (struct config_route_call){ b->audiocodes.bot, b->route,
					   b->agent->wanted };
}

/* Whom a failed call is transferred to, as a URI. */
static void set_fallback(struct bridge *b)
{
	struct bridge_audiocodes *a = &b->audiocodes;
	const struct config_route_call call = failing(b);
	const char *dial = config_route_dial(b->settings->config, &call);
	const char *scheme = strchr(dial, ':') ? "" : "tel:";

	a->fallback[0] = '\0';
	if (dial[0])
		snprintf(a->fallback, sizeof(a->fallback), "%s%s", scheme,
			 dial);
}

static void set_call(const struct bridge *b, struct call_settings *s)
{
	const struct audiocodes_leg *leg = &b->audiocodes.leg;
	const struct config *c = b->settings->config;
	const struct config_audiocodes *a = &c->audiocodes;
	const struct config_route_call call = failing(b);

	bridge_settings(b, b->audiocodes.bot, s);
	s->caller_format = audiocodes_settings_audio(leg->caller_format);
	s->playout_format = audiocodes_settings_audio(leg->play_format);
	s->lead_ms = a->lead_ms ? a->lead_ms : PLAYOUT_QUEUE_S * 1000;
	s->has_marks = a->marks;
	s->can_detach = a->resume_s != 0;
	s->awaits_ready = true;
	s->must_answer = leg->expects_audio;
	s->answer_ms = a->answer_after_ms;
	s->ending_ms = a->resume_s * 1000 + AUDIOCODES_END_MS + ENDING_SLACK_MS;
	s->no_input_max = a->no_input_max;
	s->fallback = b->audiocodes.fallback[0] ? b->audiocodes.fallback : NULL;
	s->apology_text =
		leg->expects_audio ? NULL : config_route_say(c, &call);
	s->farewell_text = leg->expects_audio ? NULL : c->drain.say;
}

static struct bridge *find_replaced(const struct worker *w,
				    const char *conversation)
{
	for (struct bridge *b = w->bridges; b; b = b->next) {
		const struct audiocodes_leg *leg = &b->audiocodes.leg;
		if (b->leg == &leg->leg && leg->state == AUDIOCODES_OVER &&
		    leg->end == AUDIOCODES_LEG_REPLACED && b->seat.is_taken &&
		    strcmp(leg->conversation, conversation) == 0)
			return b;
	}
	return NULL;
}

static struct lines_seat take_over(struct lines_seat *from)
{
	struct lines_seat seat = *from;

	memset(from, 0, sizeof(*from));
	return seat;
}

/* The socket has a line since the upgrade, or came while there was none; who
 * calls may turn out only now. */
static enum lines_refusal take_line(struct worker *w,
				    struct audiocodes_socket *s,
				    const struct audiocodes_event *ev,
				    struct lines_seat *seat)
{
	const char *caller = ev->caller ? ev->caller : "";

	if (!s->seat.is_taken)
		return worker_admit(w, s->bot, caller, seat);
	*seat = take_over(&s->seat);
	enum lines_refusal refusal =
		lines_add_source(&w->exchange->lines, seat, caller);
	if (refusal != LINES_FREE)
		worker_leave(w, seat);
	return refusal;
}

/* A call begun anew takes the seat of the one it replaced, which goes as soon
 * as its model has: for so long there may be one more, on each worker. */
static enum lines_refusal take_seat(struct worker *w,
				    struct audiocodes_socket *s,
				    const struct audiocodes_event *ev,
				    struct lines_seat *seat)
{
	enum lines_refusal refusal = take_line(w, s, ev, seat);
	struct bridge *replaced;

	if (refusal == LINES_FREE || !worker_admits(w) || w->replaced > 0 ||
	    !(replaced = find_replaced(w, ev->conversation)))
		return refusal;
	*seat = take_over(&replaced->seat);
	w->replaced++;
	return LINES_FREE;
}

static struct audiocodes_identity identity_of(const struct audiocodes_socket *s,
					      const char *conversation)
{
	return (struct audiocodes_identity){ conversation, s->bot,
					     &s->principal };
}

/* A bridge with its entry and its seat, or neither. */
static struct bridge *admit(struct worker *w, struct audiocodes_socket *s,
			    const struct audiocodes_event *ev, const char **why)
{
	const struct audiocodes_identity who = identity_of(s, ev->conversation);
	int entry = audiocodes_registry_enter(registry_of(w), &who, w->index,
					      uv_hrtime());
	struct lines_seat seat;
	struct bridge *b = NULL;

	if (entry < 0) {
		*why = entry == -EEXIST ? "the conversation has just begun"
					: "too many conversations";
		return NULL;
	}
	enum lines_refusal refusal = worker_takes_new(w)
					     ? take_seat(w, s, ev, &seat)
					     : LINES_STOPPING;
	*why = refusal == LINES_STOPPING ? "the service is about to restart"
					 : "no room for another call";
	if (refusal != LINES_FREE)
		log_event(&s->log, LOG_INFO, "rejected", "why",
			  lines_refusal_text(refusal), NULL);
	else if (!(b = bridge_new(w, ev->conversation)))
		worker_leave(w, &seat);
	if (b) {
		b->audiocodes.entry = entry;
		b->seat = seat;
	} else {
		audiocodes_registry_leave(registry_of(w), entry);
	}
	return b;
}

static void turn_away(struct worker *w, struct bridge *b)
{
	audiocodes_registry_leave(registry_of(w), b->audiocodes.entry);
	worker_leave(w, &b->seat);
	bridge_free(b);
}

static struct audiocodes_leg *on_initiate(void *owner,
					  struct audiocodes_socket *s,
					  const struct audiocodes_event *ev,
					  const char **why)
{
	struct worker *w = owner;
	struct call_settings settings;
	struct bridge *b = admit(w, s, ev, why);

	if (!b)
		return NULL;
	struct bridge_audiocodes *a = &b->audiocodes;
	b->leg = &a->leg.leg;
	b->carrier = WORKER_AUDIOCODES;
	snprintf(a->bot, sizeof(a->bot), "%s", s->bot);
	a->principal = s->principal;
	if (audiocodes_leg_open(&a->leg, &b->settings->audiocodes, &b->call,
				&b->log, &leg_owner, b, ev, why) != 0) {
		turn_away(w, b);
		return NULL;
	}
	bool is_decided = !call_webhook_is_wanted(w) &&
			  bridge_audiocodes_decide(b, false);
	set_fallback(b);
	set_call(b, &settings);
	if (is_decided)
		bridge_begin(b, &settings, &audiocodes_port);
	else
		bridge_begin_alone(b, &settings, &audiocodes_port);
	a->is_undecided = !is_decided;
	bridge_enlist(b);
	seat(w, s);
	return &a->leg;
}

/* --- From worker to worker --- */

/* Who holds the conversation talks to it. */
static bool on_pass_on(void *owner, struct audiocodes_socket *s,
		       const char *conversation)
{
	struct worker *w = owner;
	const struct audiocodes_identity who = identity_of(s, conversation);
	int holder = audiocodes_registry_find(registry_of(w), &who);

	if (holder < 0 || (unsigned)holder == w->index)
		return false;
	s->destination = (unsigned)holder;
	if (audiocodes_socket_leave(s) != 0)
		audiocodes_socket_refuse(
			s,
			"the conversation is on another thread, which "
			"cannot be reached",
			uv_hrtime());
	return true;
}

static void on_left(void *owner, struct audiocodes_socket *s)
{
	struct worker *w = owner;
	const struct inbox_item item = { .fd = -1, .socket = s };

	w->unseated--;
	worker_leave(w, &s->seat); /* it comes back for its call */
	log_event(&s->log, LOG_DEBUG, "moves", NULL);
	if (inbox_put(&w->exchange->worker[s->destination]->inbox, &item))
		bridge_audiocodes_arrive(
			w, s, "the conversation cannot be joined now");
	else
		worker_socket_gone(w);
}

void bridge_audiocodes_arrive(struct worker *w, struct audiocodes_socket *s,
			      const char *refusal)
{
	w->unseated++;
	audiocodes_socket_arrive(s, &w->audiocodes_host, w->loop, refusal);
}

static void on_gone(void *owner, struct audiocodes_socket *s)
{
	struct worker *w = owner;

	seat(w, s);
	worker_socket_gone(w);
}

void bridge_audiocodes_host(struct worker *w, struct audiocodes_host *host)
{
	*host = (struct audiocodes_host){
		.find = on_find,
		.on_initiate = on_initiate,
		.pass_on = on_pass_on,
		.on_left = on_left,
		.on_gone = on_gone,
		.owner = w,
		.metronome = &w->metronome,
		.log = &w->log,
	};
}

/* --- What the operator has chosen --- */

static unsigned take_formats(enum audiocodes_format_id *out,
			     const char (*name)[CONFIG_AUDIO_FORMAT_MAX],
			     unsigned n)
{
	unsigned known = 0;

	for (unsigned i = 0; i < n; i++) {
		enum audiocodes_format_id id = audiocodes_format_named(name[i]);
		if (id < AUDIOCODES_FORMATS)
			out[known++] = id;
	}
	return known;
}

_Static_assert(CONFIG_EVENTS_MAX <= AUDIOCODES_EVENTS_MAX &&
		       CONFIG_HEADERS_MAX <= AUDIOCODES_HEADERS_MAX &&
		       CONFIG_FORMATS_MAX <= AUDIOCODES_FORMATS &&
		       CONFIG_WORD_MAX <= AUDIOCODES_BOT_MAX,
	       "what may be configured fits");

void bridge_audiocodes_settings(const struct config *c,
				struct audiocodes_settings *s)
{
	const struct config_audiocodes *a = &c->audiocodes;

	*s = (struct audiocodes_settings){
		.configures = a->configure,
		.barge_in = a->barge_in,
		.takes_dtmf = a->dtmf,
		.events = a->event_count,
		.no_input_ms = a->no_input_ms,
		.abort_prompts = a->abort_prompts,
		.resume_ms = a->resume_s * 1000,
		.greets_outbound = a->outbound_greeting,
		.notifies_transfers = a->transfer_notifications,
		.records = a->record_calls,
		.participant = a->participant,
		.hangup_headers = a->hangup_header_count,
	};
	for (unsigned i = 0; i < a->event_count; i++)
		s->event[i] = a->events[i];
	for (unsigned i = 0; i < a->hangup_header_count; i++)
		s->hangup_header[i] = (struct audiocodes_header){
			.name = a->hangup_headers[i].name,
			.value = a->hangup_headers[i].value,
		};
	s->caller_formats = take_formats(s->caller_format, a->caller_formats,
					 a->caller_format_count);
	s->play_formats = take_formats(s->play_format, a->play_formats,
				       a->play_format_count);
	audiocodes_settings_prefer(s, c->agent.format == CONFIG_FORMAT_PCMU);
}
