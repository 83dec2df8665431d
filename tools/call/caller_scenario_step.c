#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/caller_scenario_parts.h"
#include "tools/call/caller_speech.h"

#define DIGITS "0123456789ABCD*#"

struct step_reader {
	struct scenario_reader *r;
	const struct yaml_step *from;
	struct caller_step *to;
	size_t index;
};

#define REFUSE(s, ...)                                                        \
	caller_scenario_error((s)->r,                                         \
			      caller_scenario_error_line((s)->r, (s)->index), \
			      __VA_ARGS__)

static int load_clip(struct step_reader *s, const char *name)
{
	struct caller_scenario *scenario = s->r->scenario;
	struct caller_clip *clip = &scenario->clip[scenario->clips];
	int err = caller_speech_load(clip, name, s->r->folder);

	if (err)
		return REFUSE(s,
			      "say: %.80s: %s (bundled: caller-question, "
			      "caller-interrupts, caller-thanks)",
			      name, strerror(-err));
	scenario->clips++;
	s->to->clip = clip;
	return 0;
}

static int read_say(struct step_reader *s)
{
	s->to->kind = CALLER_SAY;
	return load_clip(s, s->from->say);
}

static int read_press(struct step_reader *s)
{
	const char *digits = s->from->press;

	s->to->kind = CALLER_PRESS;
	if (!*digits || digits[strspn(digits, DIGITS)])
		return REFUSE(s, "press: \"%.40s\": only %s", digits, DIGITS);
	if (strlen(digits) >= sizeof(s->to->digits))
		return REFUSE(s, "press: more than %d digits",
			      CALLER_SCRIPT_DIGITS_MAX - 1);
	strcpy(s->to->digits, digits);
	return 0;
}

static int read_wait(struct step_reader *s)
{
	static const struct {
		const char *name;
		enum caller_step_kind kind;
	} what[] = {
		{ "heard_start", CALLER_WAIT_START },
		{ "heard_end", CALLER_WAIT_END },
		{ "silence", CALLER_WAIT_SILENCE },
		{ "hangup", CALLER_WAIT_HANGUP },
	};
	const char *text = s->from->wait;

	s->to->kind = CALLER_WAIT_MS;
	s->to->ms = (unsigned)strtoul(text, NULL, 10);
	if (*text && !text[strspn(text, "0123456789")])
		return 0;
	s->to->ms = s->from->value ? *s->from->value : CALLER_SCRIPT_QUIET_MS;
	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		s->to->kind = what[i].kind;
		if (strcmp(what[i].name, text) == 0)
			return 0;
	}
	return REFUSE(s,
		      "wait: \"%.40s\" is not heard_start, heard_end, "
		      "silence, hangup or milliseconds",
		      text);
}

static int read_interrupt(struct step_reader *s)
{
	s->to->kind = CALLER_INTERRUPT;
	s->to->ms = s->from->interrupt->after_ms;
	s->to->within_ms = s->from->interrupt->within_ms;
	return load_clip(s, s->from->interrupt->say);
}

static int read_inject(struct step_reader *s)
{
	enum caller_fault fault = caller_fault_find(s->from->inject);

	if (fault == CALLER_FAULT_NONE)
		return REFUSE(s, "inject: no fault \"%.40s\"", s->from->inject);
	s->r->scenario->line[s->index] =
		caller_scenario_error_line(s->r, s->index);
	s->to->kind = CALLER_INJECT;
	s->to->fault = fault;
	s->to->value = s->from->value ? *s->from->value
				      : caller_fault_kind(fault)->value;
	if (caller_fault_kind(fault)->when == CALLER_FAULT_SETUP)
		caller_faults_add(&s->r->scenario->faults, fault, s->to->value);
	return 0;
}

static int read_kind(struct step_reader *s)
{
	const struct yaml_step *from = s->from;
	int kinds = !!from->say + !!from->press + !!from->wait +
		    !!from->interrupt + !!from->inject + from->hangup;

	if (kinds != 1)
		return REFUSE(s, "a step is one of say, press, wait, "
				 "interrupt, hangup, inject");
	if (from->say)
		return read_say(s);
	if (from->press)
		return read_press(s);
	if (from->wait)
		return read_wait(s);
	if (from->interrupt)
		return read_interrupt(s);
	if (from->inject)
		return read_inject(s);
	s->to->kind = CALLER_HANG_UP;
	return 0;
}

int caller_scenario_step(struct scenario_reader *r,
			 const struct yaml_step *from, size_t index)
{
	struct caller_step *to = &r->scenario->script.step[index];
	struct step_reader s = { r, from, to, index };

	to->timeout_ms =
		from->timeout_ms ? from->timeout_ms : CALLER_SCRIPT_TIMEOUT_MS;
	if (from->label && snprintf(to->label, sizeof(to->label), "%s",
				    from->label) >= (int)sizeof(to->label))
		return REFUSE(&s, "label: longer than %d characters",
			      CALLER_SCRIPT_LABEL_MAX - 1);
	return read_kind(&s);
}
