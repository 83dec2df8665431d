#include "tools/call/phone_twiml_schema.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Twilio's schema, the part a gateway uses: where an element may stand, what
 * attributes it takes (between spaces), which one it must have. */
struct rule {
	const char *parent;
	const char *name;
	const char *attributes;
	const char *required;
};

static const struct rule schema[] = {
	{ "", "Response", " ", NULL },
	{ "Response", "Connect", " action method ", NULL },
	{ "Connect", "Stream",
	  " url name track statusCallback statusCallbackMethod connectorName ",
	  "url" },
	{ "Stream", "Parameter", " name value ", "name" },
	{ "Response", "Start", " action method ", NULL },
	{ "Start", "Stream",
	  " url name track statusCallback statusCallbackMethod connectorName ",
	  "url" },
	{ "Response", "Say", " voice language loop ", NULL },
	{ "Response", "Gather",
	  " action method numDigits timeout finishOnKey input language "
	  "actionOnEmptyResult ",
	  NULL },
	{ "Gather", "Say", " voice language loop ", NULL },
	{ "Gather", "Play", " digits loop ", NULL },
	{ "Gather", "Pause", " length ", NULL },
	{ "Response", "Play", " digits loop ", NULL },
	{ "Response", "Pause", " length ", NULL },
	{ "Response", "Redirect", " method ", NULL },
	{ "Response", "Hangup", " ", NULL },
	{ "Response", "Reject", " reason ", NULL },
	{ "Response", "Dial",
	  " action method timeout timeLimit callerId hangupOnStar "
	  "answerOnBridge record recordingStatusCallback "
	  "recordingStatusCallbackMethod recordingStatusCallbackEvent "
	  "recordingTrack trim ringTone sequential referUrl referMethod events ",
	  NULL },
	{ "Dial", "Number",
	  " sendDigits url method statusCallback statusCallbackEvent "
	  "statusCallbackMethod byoc machineDetection ",
	  NULL },
	{ "Dial", "Sip",
	  " username password url method statusCallback statusCallbackEvent "
	  "statusCallbackMethod ",
	  NULL },
	{ "Dial", "Client",
	  " url method statusCallback statusCallbackEvent "
	  "statusCallbackMethod ",
	  NULL },
	{ "Dial", "Conference", NULL, NULL },
	{ "Dial", "Queue", NULL, NULL },
};

/* Attributes with a fixed set of values (between bars). */
static const struct {
	const char *element;
	const char *attribute;
	const char *values;
} choice[] = {
	{ NULL, "method", "|POST|GET|" },
	{ NULL, "statusCallbackMethod", "|POST|GET|" },
	{ "Stream", "track", "|inbound_track|outbound_track|both_tracks|" },
	{ "Reject", "reason", "|rejected|busy|" },
};

void phone_twiml_warn(struct phone_twiml *doc, unsigned code,
		      const char *format, ...)
{
	if (doc->warnings < PHONE_TWIML_WARNINGS_MAX) {
		struct phone_twiml_warning *w = &doc->warning[doc->warnings];
		va_list args;

		va_start(args, format);
		w->code = code;
		vsnprintf(w->text, sizeof(w->text), format, args);
		va_end(args);
	}
	doc->warnings++;
}

static const struct rule *rule_for(const char *parent, const char *name)
{
	for (size_t i = 0; i < sizeof(schema) / sizeof(*schema); i++)
		if (strcmp(schema[i].parent, parent) == 0 &&
		    strcmp(schema[i].name, name) == 0)
			return &schema[i];
	return NULL;
}

/* Whether word stands in list between two separators. */
static bool is_listed(const char *list, char separator, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = strchr(list, separator); at && at[1];
	     at = strchr(at + 1, separator))
		if (strncmp(at + 1, word, n) == 0 && at[1 + n] == separator)
			return true;
	return false;
}

static void check_choice(struct phone_twiml *doc, const char *element,
			 const struct phone_twiml_attribute *a)
{
	for (size_t i = 0; i < sizeof(choice) / sizeof(*choice); i++) {
		if (strcmp(choice[i].attribute, a->name) != 0)
			continue;
		if (choice[i].element &&
		    strcmp(choice[i].element, element) != 0)
			continue;
		if (!is_listed(choice[i].values, '|', a->value))
			phone_twiml_warn(doc, 12200,
					 "<%s %s=\"%.40s\">: must be one of %s",
					 element, a->name, a->value,
					 choice[i].values);
	}
}

static void check_attributes(struct phone_twiml *doc, const struct rule *rule,
			     const struct phone_twiml_element *e)
{
	for (const struct phone_twiml_attribute *a = e->attributes; a;
	     a = a->next) {
		if (rule->attributes &&
		    !is_listed(rule->attributes, ' ', a->name))
			phone_twiml_warn(doc, 12200,
					 "<%s> has no attribute \"%.40s\"",
					 e->name, a->name);
		check_choice(doc, e->name, a);
	}
	if (rule->required && !*phone_twiml_attribute(e, rule->required, ""))
		phone_twiml_warn(doc, 12200, "<%s> needs the attribute \"%s\"",
				 e->name, rule->required);
}

void phone_twiml_check_element(struct phone_twiml *doc, const char *parent,
			       const struct phone_twiml_element *e)
{
	const struct rule *rule = rule_for(parent, e->name);

	if (rule)
		check_attributes(doc, rule, e);
	else
		phone_twiml_warn(doc, 12200, "<%.40s> may not stand in <%.40s>",
				 e->name, parent);
}

static void check_parameters(struct phone_twiml *doc,
			     const struct phone_twiml_element *stream)
{
	size_t count = 0;

	for (const struct phone_twiml_element *p = stream->child; p;
	     p = p->next) {
		size_t len = strlen(phone_twiml_attribute(p, "name", "")) +
			     strlen(phone_twiml_attribute(p, "value", ""));

		count++;
		if (len >= PHONE_TWIML_PARAMETER_MAX)
			phone_twiml_warn(
				doc, 12200,
				"<Parameter> %zu is %zu characters long, must "
				"stay under %d",
				count, len, PHONE_TWIML_PARAMETER_MAX);
	}
	if (count > PHONE_TWIML_PARAMETERS_MAX)
		phone_twiml_warn(doc, 12200, "%zu <Parameter>s, at most %d",
				 count, PHONE_TWIML_PARAMETERS_MAX);
}

/* What the element rules cannot say. */
void phone_twiml_check_document(struct phone_twiml *doc)
{
	const struct phone_twiml_element *first = doc->root->child;

	for (const struct phone_twiml_element *verb = first; verb;
	     verb = verb->next) {
		if (strcmp(verb->name, "Reject") == 0 && verb != first)
			phone_twiml_warn(doc, 12200,
					 "<Reject> must be the first verb");
		if (strcmp(verb->name, "Connect") != 0)
			continue;
		if (!verb->child || verb->child->next)
			phone_twiml_warn(doc, 12200,
					 "<Connect> takes exactly one noun");
		else
			check_parameters(doc, verb->child);
	}
}
