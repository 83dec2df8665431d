#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/call/vaic_message_parts.h"

/* --- Shapes of text --- */

/* A pattern in which 'x' stands for a hex digit and '0' for a decimal one. */
static bool is_like(const char *text, const char *pattern)
{
	for (; *pattern; pattern++, text++) {
		unsigned char c = (unsigned char)*text;

		if (*pattern == 'x'   ? !isxdigit(c)
		    : *pattern == '0' ? !isdigit(c)
				      : c != (unsigned char)*pattern)
			return false;
	}
	return *text == 0;
}

static bool begins_with(const char *text, const char *const *prefix)
{
	for (; *prefix; prefix++)
		if (strncasecmp(text, *prefix, strlen(*prefix)) == 0 &&
		    text[strlen(*prefix)])
			return true;
	return false;
}

/* --- What each activity needs: false when VAIC ignores it --- */

typedef bool check_activity(struct vaic_activity *a, const json_t *params,
			    const struct vaic_breaches *b);

static bool check_transfer(struct vaic_activity *a, const json_t *params,
			   const struct vaic_breaches *b)
{
	static const char *const scheme[] = { "tel:", "sip:", NULL };

	(void)params;
	if (a->text && begins_with(a->text, scheme))
		return true;
	vaic_message_breach(b, VAIC_SHAPE, "%.40s: transferTarget is %s",
			    a->name,
			    a->text ? "neither tel: nor sip:" : "missing");
	return false;
}

static bool check_dtmf(struct vaic_activity *a, const json_t *params,
		       const struct vaic_breaches *b)
{
	size_t len = a->text ? strlen(a->text) : 0;

	(void)params;
	if (len > 0 && len <= VAIC_DTMF_MAX &&
	    strspn(a->text, "0123456789*#") == len)
		return true;
	vaic_message_breach(b, VAIC_SHAPE, "%.40s: dtmfDigits is %s", a->name,
			    a->text ? "not 1 to 20 of 0-9*#" : "missing");
	return false;
}

static bool check_play_url(struct vaic_activity *a, const json_t *params,
			   const struct vaic_breaches *b)
{
	static const char *const scheme[] = { "http://", "https://",
					      "data:", NULL };
	const char *format = json_string_value(
		json_object_get(params, "playUrlMediaFormat"));
	bool is_url = a->text && begins_with(a->text, scheme);
	bool is_format = format && vaic_format_find(format) < VAIC_FORMATS;

	if (!is_url)
		vaic_message_breach(b, VAIC_SHAPE,
				    "%.40s: playUrlUrl is no http, https or "
				    "data URL",
				    a->name);
	if (!is_format)
		vaic_message_breach(b, VAIC_SHAPE,
				    "%.40s: playUrlMediaFormat names no format",
				    a->name);
	return is_url && is_format;
}

static bool check_config(struct vaic_activity *a, const json_t *params,
			 const struct vaic_breaches *b)
{
	(void)params;
	if (json_object_size(json_object_get(a->body, "sessionParams")) > 0)
		return true;
	vaic_message_breach(b, VAIC_SHAPE, "%.40s: no sessionParams", a->name);
	return false;
}

static bool check_metadata(struct vaic_activity *a, const json_t *params,
			   const struct vaic_breaches *b)
{
	(void)params;
	if (json_is_object(json_object_get(a->body, "value")))
		return true;
	vaic_message_breach(b, VAIC_SHAPE, "%.40s: value is no object",
			    a->name);
	return false;
}

static bool check_target(struct vaic_activity *a, const json_t *params,
			 const struct vaic_breaches *b)
{
	(void)params;
	if (a->text && *a->text)
		return true;
	vaic_message_breach(b, VAIC_SHAPE, "%.40s: targetParticipant is %s",
			    a->name, a->text ? "empty" : "missing");
	return false;
}

/* The names of 4.4, in their spelling. */
static const struct {
	const char *name;
	enum vaic_activity_kind kind;
	const char *text; /* the parameter that it is about */
	check_activity *check;
} event[] = {
	{ "hangup", VAIC_HANGUP, "hangupReason", NULL },
	{ "transfer", VAIC_TRANSFER, "transferTarget", check_transfer },
	{ "handover", VAIC_TRANSFER, "transferTarget", check_transfer },
	{ "config", VAIC_CONFIG, NULL, check_config },
	{ "playUrl", VAIC_PLAY_URL, "playUrlUrl", check_play_url },
	{ "abortPrompts", VAIC_ABORT_PROMPTS, NULL, NULL },
	{ "expectAnotherBotMessage", VAIC_EXPECT_ANOTHER, NULL, NULL },
	{ "sendDtmf", VAIC_SEND_DTMF, "dtmfDigits", check_dtmf },
	{ "sendMetaData", VAIC_SEND_METADATA, NULL, check_metadata },
	{ "startCallRecording", VAIC_START_RECORDING, NULL, NULL },
	{ "stopCallRecording", VAIC_STOP_RECORDING, NULL, NULL },
	{ "pauseCallRecording", VAIC_PAUSE_RECORDING, NULL, NULL },
	{ "resumeCallRecording", VAIC_RESUME_RECORDING, NULL, NULL },
	{ "startRecognition", VAIC_START_RECOGNITION, "targetParticipant",
	  check_target },
	{ "stopRecognition", VAIC_STOP_RECOGNITION, "targetParticipant",
	  check_target },
};

#define EVENTS (sizeof(event) / sizeof(*event))

static bool read_event(struct vaic_activity *a, const json_t *params,
		       const struct vaic_breaches *b)
{
	size_t i = 0;

	a->name = vaic_message_string(b, a->body, "an event", "name", true);
	if (!a->name)
		return false;
	while (i < EVENTS && strcasecmp(event[i].name, a->name) != 0)
		i++;
	if (i == EVENTS) {
		vaic_message_breach(b, VAIC_SHAPE, "unknown activity \"%.60s\"",
				    a->name);
		return false;
	}
	if (strcmp(event[i].name, a->name) != 0)
		vaic_message_breach(b, VAIC_SHAPE, "%.40s is spelled %s",
				    a->name, event[i].name);
	a->kind = event[i].kind;
	if (event[i].text)
		a->text = json_string_value(
			json_object_get(params, event[i].text));
	return !event[i].check || event[i].check(a, params, b);
}

/* --- The common shape (4.1) --- */

static void check_stamp(const struct vaic_activity *a,
			const struct vaic_breaches *b)
{
	const char *id =
		vaic_message_string(b, a->body, "an activity", "id", false);
	const char *time = vaic_message_string(b, a->body, "an activity",
					       "timestamp", false);

	if (id && !is_like(id, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"))
		vaic_message_breach(b, VAIC_SHAPE,
				    "an activity: id is no UUID");
	if (time && !is_like(time, "0000-00-00T00:00:00.000Z"))
		vaic_message_breach(b, VAIC_SHAPE,
				    "an activity: timestamp is not ISO 8601 "
				    "in UTC with ms");
	if (json_object_get(a->body, "delay"))
		vaic_message_breach(b, VAIC_SHAPE,
				    "an activity: delay is not to be sent");
}

static bool read_activity(struct vaic_activity *a,
			  const struct vaic_breaches *b)
{
	if (!json_is_object(a->body)) {
		vaic_message_breach(b, VAIC_SHAPE, "an activity is no object");
		return false;
	}
	const char *type =
		vaic_message_string(b, a->body, "an activity", "type", true);
	const char *name = json_string_value(json_object_get(a->body, "name"));
	const char *where = name ? name : "message";
	const json_t *params = vaic_message_params(&a->once, a->body, where,
						   "activityParams", b);

	vaic_message_params(&a->session, a->body, where, "sessionParams", b);
	check_stamp(a, b);
	if (!type)
		return false;
	if (strcmp(type, "event") == 0)
		return read_event(a, params, b);
	if (strcmp(type, "message") != 0) {
		vaic_message_breach(b, VAIC_SHAPE,
				    "an activity of unknown type \"%.40s\"",
				    type);
		return false;
	}
	a->kind = VAIC_TEXT;
	a->name = "message";
	a->text = vaic_message_string(b, a->body, a->name, "text", true);
	return a->text;
}

bool vaic_message_activities(struct vaic_event *e, const json_t *root,
			     const struct vaic_breaches *b)
{
	const json_t *all = json_object_get(root, "activities");
	size_t n = json_array_size(all);

	if (n == 0 || n > VAIC_ACTIVITIES_MAX) {
		vaic_message_breach(b, VAIC_SHAPE,
				    "activities is no array of 1 to %d",
				    VAIC_ACTIVITIES_MAX);
		return false;
	}
	e->activity = calloc(n, sizeof(*e->activity));
	if (!e->activity)
		return false;
	for (; e->activities < n; e->activities++) {
		struct vaic_activity *a = &e->activity[e->activities];

		a->name = "";
		a->body = json_array_get(all, e->activities);
		if (!read_activity(a, b)) {
			a->kind = VAIC_IGNORED;
			a->name = a->name ? a->name : "";
		}
	}
	return true;
}
