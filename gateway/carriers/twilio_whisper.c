#include "gateway/carriers/twilio_whisper.h"

#include <stdio.h>
#include <string.h>

#include "gateway/carriers/twilio_desk_parts.h"
#include "gateway/carriers/twilio_whispers.h"
#include "gateway/ops/config.h"
#include "protocols/buffer.h"
#include "protocols/form.h"
#include "protocols/http.h"
#include "protocols/twilio_signature.h"
#include "protocols/twiml.h"

#define WORDS_MAX (CONFIG_TEXT_MAX + CALL_SUMMARY_MAX)

static struct twilio_whisper_leg leg_of(const struct twilio_request *r,
					const struct form *form)
{
	return (struct twilio_whisper_leg){
		.target = r->message->target,
		.leg_sid = form_value(form, "CallSid"),
		.parent_sid = form_value(form, "ParentCallSid"),
		.now_ns = r->now_ns,
	};
}

static unsigned refuse(struct twilio_desk *d, const struct twilio_request *r,
		       struct buffer *out)
{
	return twilio_desk_refuse(d, r, out, 403,
				  "no such whisper, or another's");
}

/* The configured words, with the summary in its place, of which there is one.
 */
static void compose(const char *whisper, const char *summary,
		    char out[WORDS_MAX])
{
	const char *place = strstr(whisper, CONFIG_SUMMARY);
	int before = place ? (int)(place - whisper) : 0;

	snprintf(out, WORDS_MAX, "%.*s%s%s", before, whisper,
		 place ? summary : "",
		 place ? place + strlen(CONFIG_SUMMARY) : whisper);
}

/* The same token as the request has, on the path of the key. */
static int action_url(struct twilio_desk *d, const struct twilio_request *r,
		      char out[TWILIO_URL_MAX])
{
	char target[sizeof(TWILIO_PATH_KEY) + sizeof(TWILIO_WHISPER_QUERY) +
		    TWILIO_WHISPER_TOKEN];

	snprintf(target, sizeof(target), TWILIO_PATH_KEY "%s",
		 strchr(r->message->target, '?'));
	return twilio_desk_url(d, r, target, out, TWILIO_URL_MAX);
}

unsigned twilio_whisper_say(struct twilio_desk *d,
			    const struct twilio_request *r, struct buffer *out)
{
	const struct config_transfer *t = &d->config->transfer;
	char summary[CALL_SUMMARY_MAX], words[WORDS_MAX],
		action[TWILIO_URL_MAX];
	struct form form;
	unsigned status = twilio_desk_accept(d, r, &form, out);

	if (status != 200)
		return status;
	const struct twilio_whisper_leg leg = leg_of(r, &form);
	if (!d->whispers || twilio_whispers_hear(d->whispers, &leg, summary))
		return refuse(d, r, out);
	if (action_url(d, r, action) != 0)
		return twilio_desk_refuse(d, r, out, 400,
					  "no Host header and no public_url");
	compose(t->whisper, summary, words);
	const struct twiml_gather gather = {
		.say = words,
		.language = t->whisper_language[0] ? t->whisper_language : NULL,
		.timeout_s = t->accept_seconds,
		.times = TWILIO_WHISPER_TIMES,
		.action_url = action,
	};
	log_event(&d->log, LOG_INFO, "whispered", "call", leg.parent_sid, "leg",
		  leg.leg_sid, NULL);
	twiml_gather(out, &gather);
	return 200;
}

unsigned twilio_whisper_key(struct twilio_desk *d,
			    const struct twilio_request *r, struct buffer *out)
{
	struct form form;
	unsigned status = twilio_desk_accept(d, r, &form, out);

	if (status != 200)
		return status;
	const struct twilio_whisper_leg leg = leg_of(r, &form);
	const char *digits = form_value(&form, "Digits");
	bool accepts = digits && strcmp(digits, TWILIO_WHISPER_KEY) == 0;
	if (!d->whispers || twilio_whispers_answer(d->whispers, &leg, accepts))
		return refuse(d, r, out);
	log_event(&d->log, LOG_INFO, accepts ? "accepted" : "declined", "call",
		  leg.parent_sid, "leg", leg.leg_sid, NULL);
	if (accepts)
		twiml_empty(out);
	else
		twiml_hangup(out);
	return 200;
}
