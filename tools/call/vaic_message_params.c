#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "tools/call/vaic_message_parts.h"

/* --- Types --- */

static bool is_truth(const json_t *v)
{
	return json_is_boolean(v);
}

static bool is_count(const json_t *v)
{
	return json_is_integer(v) && json_integer_value(v) >= 0 &&
	       json_integer_value(v) <= INT32_MAX;
}

static bool is_text(const json_t *v)
{
	return json_is_string(v);
}

static bool is_texts(const json_t *v)
{
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!json_is_string(json_array_get(v, i)))
			return false;
	return json_is_array(v);
}

/* SIP headers: [{"name", "value"}, …] */
static bool is_headers(const json_t *v)
{
	for (size_t i = 0; i < json_array_size(v); i++) {
		const json_t *h = json_array_get(v, i);

		if (!json_is_string(json_object_get(h, "name")) ||
		    !json_is_string(json_object_get(h, "value")))
			return false;
	}
	return json_is_array(v);
}

/* --- Setters --- */

static void set_barge_in(struct vaic_settings *s, const json_t *v)
{
	s->barge_in = json_is_true(v);
}

static void set_barge_in_on_dtmf(struct vaic_settings *s, const json_t *v)
{
	s->barge_in_on_dtmf = json_is_true(v);
}

static void set_min_words(struct vaic_settings *s, const json_t *v)
{
	s->barge_in_min_words = (unsigned)json_integer_value(v);
}

static void set_send_dtmf(struct vaic_settings *s, const json_t *v)
{
	s->send_dtmf = json_is_true(v);
}

static void set_notifications(struct vaic_settings *s, const json_t *v)
{
	s->transfer_notifications = json_is_true(v);
}

static void set_resume_recognition(struct vaic_settings *s, const json_t *v)
{
	s->resume_recognition_ms = (unsigned)json_integer_value(v);
}

static void set_events(struct vaic_settings *s, const json_t *v)
{
	static const struct {
		const char *name;
		unsigned gate;
	} gate[] = { { "noUserInput", VAIC_GATE_NO_USER_INPUT },
		     { "playFinished", VAIC_GATE_PLAY_FINISHED } };

	s->events = 0;
	for (size_t i = 0; i < json_array_size(v); i++)
		for (size_t g = 0; g < sizeof(gate) / sizeof(*gate); g++)
			if (strcmp(json_string_value(json_array_get(v, i)),
				   gate[g].name) == 0)
				s->events |= gate[g].gate;
}

/* The names of 4.4 and 4.5; those without a setter are only checked. */
static const struct {
	const char *name;
	bool (*is_right)(const json_t *v);
	const char *type;
	unsigned set;
	void (*apply)(struct vaic_settings *s, const json_t *v);
} param[] = {
	{ "bargeIn", is_truth, "a boolean", VAIC_SET_BARGE_IN, set_barge_in },
	{ "bargeInOnDTMF", is_truth, "a boolean", VAIC_SET_BARGE_IN_ON_DTMF,
	  set_barge_in_on_dtmf },
	{ "bargeInMinWordCount", is_count, "a count",
	  VAIC_SET_BARGE_IN_MIN_WORDS, set_min_words },
	{ "sendDTMF", is_truth, "a boolean", VAIC_SET_SEND_DTMF,
	  set_send_dtmf },
	{ "sendEventsToBot", is_texts, "an array of strings", VAIC_SET_EVENTS,
	  set_events },
	{ "transferNotifications", is_truth, "a boolean",
	  VAIC_SET_TRANSFER_NOTIFICATIONS, set_notifications },
	{ "resumeRecognitionTimeoutMS", is_count, "a count",
	  VAIC_SET_RESUME_RECOGNITION_MS, set_resume_recognition },
	{ "dtmfCollect", is_truth, "a boolean", 0, NULL },
	{ "dtmfCollectInterDigitTimeoutMS", is_count, "a count", 0, NULL },
	{ "dtmfCollectMaxDigits", is_count, "a count", 0, NULL },
	{ "dtmfCollectSubmitDigit", is_text, "a string", 0, NULL },
	{ "userNoInputTimeoutMS", is_count, "a count", 0, NULL },
	{ "userNoInputRetries", is_count, "a count", 0, NULL },
	{ "userNoInputGiveUpTimeoutMS", is_count, "a count", 0, NULL },
	{ "botNoInputTimeoutMS", is_count, "a count", 0, NULL },
	{ "botNoInputRetries", is_count, "a count", 0, NULL },
	{ "botNoInputGiveUpTimeoutMS", is_count, "a count", 0, NULL },
	{ "connectOnPrompt", is_truth, "a boolean", 0, NULL },
	{ "notifyParamChange", is_texts, "an array of strings", 0, NULL },
	{ "language", is_text, "a string", 0, NULL },
	{ "voiceName", is_text, "a string", 0, NULL },
	{ "hangupReason", is_text, "a string", 0, NULL },
	{ "hangupSipHeaders", is_headers, "an array of name and value", 0,
	  NULL },
	{ "transferTarget", is_text, "a string", 0, NULL },
	{ "handoverReason", is_text, "a string", 0, NULL },
	{ "transferReferredByURL", is_text, "a string", 0, NULL },
	{ "transferSipHeaders", is_headers, "an array of name and value", 0,
	  NULL },
	{ "playUrlUrl", is_text, "a string", 0, NULL },
	{ "playUrlMediaFormat", is_text, "a string", 0, NULL },
	{ "playUrlAltText", is_text, "a string", 0, NULL },
	{ "playUrlCaching", is_truth, "a boolean", 0, NULL },
	{ "expectAnotherBotMessage", is_truth, "a boolean", 0, NULL },
	{ "dtmfDigits", is_text, "a string", 0, NULL },
	{ "targetParticipant", is_text, "a string", 0, NULL },
};

#define PARAMS (sizeof(param) / sizeof(*param))

static void read_param(struct vaic_change *c, const char *name,
		       const json_t *value, const char *where,
		       const struct vaic_breaches *b)
{
	size_t i = 0;

	while (i < PARAMS && strcasecmp(param[i].name, name) != 0)
		i++;
	if (i == PARAMS)
		return;
	if (strcmp(param[i].name, name) != 0) {
		vaic_message_breach(b, VAIC_SHAPE, "%.40s: %.40s is spelled %s",
				    where, name, param[i].name);
	} else if (!param[i].is_right(value)) {
		vaic_message_breach(b, VAIC_SHAPE, "%.40s: %s is not %s", where,
				    name, param[i].type);
	} else if (param[i].apply) {
		c->set |= param[i].set;
		param[i].apply(&c->to, value);
	}
}

const json_t *vaic_message_params(struct vaic_change *c, const json_t *object,
				  const char *where, const char *name,
				  const struct vaic_breaches *b)
{
	json_t *params = json_object_get(object, name);
	const char *key;
	json_t *value;

	if (params && !json_is_object(params))
		vaic_message_breach(b, VAIC_SHAPE, "%.40s: %s is no object",
				    where, name);
	if (!json_is_object(params))
		return NULL;
	json_object_foreach(params, key, value)
		read_param(c, key, value, where, b);
	return params;
}
