/* The block "audiocodes:" of a scenario. */
#include <errno.h>
#include <string.h>

#include "tools/call/caller_scenario_parts.h"

#define CHUNK_STEP_MS 20

#define REFUSE(r, ...) caller_scenario_error((r), 0, "audiocodes: " __VA_ARGS__)

static int read_formats(struct scenario_reader *r, struct vaic_options *to,
			const struct yaml_audiocodes *from)
{
	if (from->formats_count)
		to->offers = 0;
	for (unsigned i = 0; i < from->formats_count; i++) {
		enum vaic_format f = vaic_format_find(from->formats[i]);

		if (f == VAIC_FORMATS)
			return REFUSE(r, "formats: \"%.40s\" is no format",
				      from->formats[i]);
		to->offer[to->offers++] = f;
	}
	return 0;
}

static int read_events(struct scenario_reader *r, struct vaic_settings *to,
		       const struct yaml_audiocodes *from)
{
	static const struct {
		const char *name;
		enum vaic_gate gate;
	} known[] = {
		{ "noUserInput", VAIC_GATE_NO_USER_INPUT },
		{ "playFinished", VAIC_GATE_PLAY_FINISHED },
	};

	for (unsigned i = 0; i < from->send_events_count; i++) {
		unsigned bit = 0;

		for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++)
			if (strcmp(known[k].name, from->send_events[i]) == 0)
				bit = known[k].gate;
		if (!bit)
			return REFUSE(r,
				      "send_events: \"%.40s\" is not "
				      "noUserInput or playFinished",
				      from->send_events[i]);
		to->events |= bit;
	}
	return 0;
}

/* "name=value", taken apart where it stands. */
static int read_parameters(struct scenario_reader *r,
			   struct vaic_call_options *to,
			   const struct yaml_audiocodes *from)
{
	for (unsigned i = 0; i < from->parameters_count; i++) {
		char *name = from->parameters[i];
		char *equals = strchr(name, '=');

		if (!equals || equals == name)
			return REFUSE(r,
				      "parameters: \"%.40s\" is not "
				      "name=value",
				      name);
		*equals = 0;
		to->parameter[to->session.start.parameters++] =
			(struct phone_parameter){ name, equals + 1 };
	}
	to->session.start.parameter = to->parameter;
	return 0;
}

/* The index of text among n words; absent: 0; unknown: -1. */
static int choose(const char *text, const char *const *word, int n)
{
	for (int i = 0; text && i < n; i++)
		if (strcmp(word[i], text) == 0)
			return i;
	return text ? -1 : 0;
}

static int read_choices(struct scenario_reader *r, struct vaic_options *to,
			const struct yaml_audiocodes *from)
{
	static const char *const order[] = { "start_first", "stream_first" };
	static const char *const transfer[] = {
		[VAIC_TRANSFER_ANSWERED] = "answered",
		[VAIC_TRANSFER_NO_ANSWER] = "no-answer",
		[VAIC_TRANSFER_BUSY] = "busy",
		[VAIC_TRANSFER_DECLINED] = "declined",
		[VAIC_TRANSFER_ERROR] = "error",
	};
	int first = choose(from->order, order, 2);
	int status = choose(from->transfer, transfer, 5);

	if (first < 0)
		return REFUSE(r,
			      "order: \"%.40s\" is not start_first or "
			      "stream_first",
			      from->order);
	if (status < 0)
		return REFUSE(r,
			      "transfer: \"%.40s\" is not answered, "
			      "no-answer, busy, declined or error",
			      from->transfer);
	to->user_stream_first = first == 1;
	to->transfer = (enum vaic_transfer)status;
	return 0;
}

static int read_numbers(struct scenario_reader *r, struct vaic_options *to,
			const struct yaml_audiocodes *from)
{
	if (from->transfer_ms)
		to->transfer_ms = *from->transfer_ms;
	if (from->prompt_ms)
		to->prompt_ms = *from->prompt_ms;
	if (from->ahead_ms)
		to->ahead_ms = *from->ahead_ms;
	if (!from->chunk_ms)
		return 0;
	to->chunk_ms = *from->chunk_ms;
	if (to->chunk_ms >= CHUNK_STEP_MS &&
	    to->chunk_ms <= VAIC_CHUNK_MS_MAX &&
	    to->chunk_ms % CHUNK_STEP_MS == 0)
		return 0;
	return REFUSE(r, "chunk_ms: %u is not a multiple of %d up to %d",
		      to->chunk_ms, CHUNK_STEP_MS, VAIC_CHUNK_MS_MAX);
}

static void take_settings(struct vaic_options *to,
			  const struct yaml_audiocodes *from)
{
	to->settings.barge_in = from->barge_in;
	to->settings.barge_in_on_dtmf = from->barge_in_on_dtmf;
	to->settings.barge_in_min_words = from->barge_in_min_words;
	to->settings.send_dtmf = from->send_dtmf;
	to->settings.transfer_notifications = from->transfer_notifications;
	to->marks = from->marks;
	if (from->direct_stt)
		to->direct_stt = *from->direct_stt;
	if (from->direct_tts)
		to->direct_tts = *from->direct_tts;
}

static void take_texts(struct vaic_options *to,
		       const struct yaml_audiocodes *from)
{
	to->caller = to->start.caller = from->caller;
	to->start.callee = from->callee;
	to->start.outbound_target = from->outbound_target;
	to->participant = from->participant;
	to->language = to->start.locale = from->language;
}

int caller_scenario_audiocodes(struct scenario_reader *r,
			       const struct yaml_audiocodes *from)
{
	struct vaic_call_options *to = &r->scenario->audiocodes;

	r->scenario->has_audiocodes = true;
	take_settings(&to->session, from);
	take_texts(&to->session, from);
	if (read_formats(r, &to->session, from) ||
	    read_events(r, &to->session.settings, from) ||
	    read_choices(r, &to->session, from) ||
	    read_numbers(r, &to->session, from))
		return -EINVAL;
	return read_parameters(r, to, from);
}
