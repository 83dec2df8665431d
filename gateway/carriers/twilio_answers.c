#include "gateway/carriers/twilio_answers.h"

#include <stddef.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_route.h"
#include "protocols/twiml.h"

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

void twilio_answer_overload(const struct config *c, struct buffer *out)
{
	const struct config_overload *o = &c->overload;

	switch (o->then) {
	case CONFIG_OVERLOAD_SAY:
		twiml_say_dial(out, o->say, NULL);
		break;
	case CONFIG_OVERLOAD_DIAL:
		twiml_say_dial(out, or_null(o->say), o->dial);
		break;
	case CONFIG_OVERLOAD_REDIRECT:
		twiml_redirect(out, o->url);
		break;
	default:
		twiml_reject(out, "busy");
	}
}

bool twilio_answer_machine(const struct config *c, const char *by,
			   struct buffer *out)
{
	const struct config_outbound *o = &c->outbound;
	bool is_fax = strcmp(by, "fax") == 0;

	if (o->machine != CONFIG_MACHINE_HANGUP &&
	    o->machine != CONFIG_MACHINE_MESSAGE)
		return false;
	if (!is_fax && strncmp(by, "machine_", 8) != 0)
		return false;
	if (o->machine == CONFIG_MACHINE_HANGUP || is_fax)
		twiml_hangup(out);
	else
		twiml_say_dial(out, o->message, NULL);
	return true;
}

void twilio_answer_failure(const struct config *c,
			   const struct config_route_call *call, bool speaks,
			   struct buffer *out)
{
	const char *say = config_route_say(c, call);
	const char *dial = config_route_dial(c, call);

	twiml_say_dial(out, speaks ? or_null(say) : NULL, or_null(dial));
}
