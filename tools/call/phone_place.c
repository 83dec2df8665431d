#include "tools/call/phone_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/form.h"
#include "tools/call/phone_call_parts.h"

#define DIGITS "0123456789"

/* --- Shapes --- */

static bool is_number(const char *text)
{
	size_t n = text[0] == '+' ? strspn(text + 1, DIGITS) : 0;

	return n >= 7 && n <= 15 && !text[1 + n];
}

static bool is_url(const char *text)
{
	return (strncmp(text, "https://", 8) == 0 ||
		strncmp(text, "http://", 7) == 0) &&
	       strlen(text) < PHONE_URL_MAX;
}

static bool is_post(const char *text)
{
	return strcmp(text, "POST") == 0;
}

static bool is_event(const char *text)
{
	return strcmp(text, "initiated") == 0 || strcmp(text, "ringing") == 0 ||
	       strcmp(text, "answered") == 0 || strcmp(text, "completed") == 0;
}

static bool is_seconds(const char *text)
{
	size_t n = strspn(text, DIGITS);

	return n > 0 && n < 7 && !text[n] && text[0] != '0';
}

static bool is_detection(const char *text)
{
	return strcmp(text, "Enable") == 0 ||
	       strcmp(text, "DetectMessageEnd") == 0;
}

static const struct shape {
	const char *name;
	bool (*is_good)(const char *text);
	unsigned code;
	const char *why;
	bool is_needed;
	bool repeats;
} shapes[] = {
	{ "To", is_number, 21211, "To is no number", true, false },
	{ "From", is_number, 21210, "From is no number", true, false },
	{ "Url", is_url, 20001, "Url is no URL", true, false },
	{ "Method", is_post, 20001, "Method is not POST", false, false },
	{ "StatusCallback", is_url, 20001, "StatusCallback is no URL", false,
	  false },
	{ "StatusCallbackMethod", is_post, 20001,
	  "StatusCallbackMethod is not POST", false, false },
	{ "StatusCallbackEvent", is_event, 20001,
	  "StatusCallbackEvent is no event", false, true },
	{ "TimeLimit", is_seconds, 20001, "TimeLimit is no number", false,
	  false },
	{ "MachineDetection", is_detection, 20001,
	  "MachineDetection is neither Enable nor DetectMessageEnd", false,
	  false },
};

#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static const struct shape *shape_of(const char *name)
{
	for (size_t i = 0; i < SHAPES; i++)
		if (strcmp(shapes[i].name, name) == 0)
			return &shapes[i];
	return NULL;
}

static const char *fault_of(const struct form *f, const struct form_field *at,
			    unsigned *code)
{
	const struct shape *s = shape_of(at->name);

	*code = 20001;
	if (!s)
		return "a field that is not known here";
	if (!s->repeats && form_value(f, at->name) != at->value)
		return "a field is there twice";
	*code = s->code;
	return s->is_good(at->value) ? NULL : s->why;
}

static const char *check(const struct form *f, unsigned *code)
{
	const char *why = NULL;

	for (size_t i = 0; i < f->count && !why; i++)
		why = fault_of(f, &f->field[i], code);
	for (size_t i = 0; i < SHAPES && !why; i++) {
		if (!shapes[i].is_needed || form_value(f, shapes[i].name))
			continue;
		*code = shapes[i].code;
		why = shapes[i].why;
	}
	return why;
}

/* --- The call --- */

static void on_answered(uv_timer_t *timer)
{
	phone_verbs_begin(timer->data);
}

static void keep(char *out, size_t cap, const char *value)
{
	snprintf(out, cap, "%s", value ? value : "");
}

const char *phone_place(struct phone_call *c, const struct form *f,
			unsigned *code)
{
	const char *why = check(f, code);

	if (why)
		return why;
	keep(c->to, sizeof(c->to), form_value(f, "To"));
	keep(c->from, sizeof(c->from), form_value(f, "From"));
	keep(c->placed_url, sizeof(c->placed_url), form_value(f, "Url"));
	keep(c->callback, sizeof(c->callback), form_value(f, "StatusCallback"));
	keep(c->detection, sizeof(c->detection),
	     form_value(f, "MachineDetection"));
	c->is_placed = true;
	c->status = "in-progress"; /* once Url is asked */
	PHONE_CALL_NOTE(c, "placed by REST%s%s, TimeLimit %s",
			c->detection[0] ? ", MachineDetection " : "",
			c->detection,
			form_value(f, "TimeLimit") ? form_value(f, "TimeLimit")
						   : "none");
	PHONE_CALL_NOTE(c, "Url %s", c->placed_url);
	uv_timer_start(&c->timer, on_answered,
		       c->options->ring_ms ? c->options->ring_ms
					   : PHONE_PLACE_RING_MS,
		       0);
	return NULL;
}

bool phone_place_is_answer(const char *word)
{
	return strcmp(word, "human") == 0 || strcmp(word, "machine") == 0 ||
	       strcmp(word, "fax") == 0 || strcmp(word, "unknown") == 0;
}

const char *phone_place_answered_by(const struct phone_call *c)
{
	const char *who = c->options->answered_by;

	if (!c->is_placed || !c->detection[0])
		return NULL;
	if (strcmp(who, "machine") != 0)
		return who;
	return strcmp(c->detection, "Enable") == 0 ? "machine_start"
						   : "machine_end_beep";
}
