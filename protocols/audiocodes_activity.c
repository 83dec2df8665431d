#include "protocols/audiocodes_activity.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "protocols/audiocodes_text.h"

typedef bool reader_fn(struct audiocodes_activity *a, json_t *object);

static bool read_nothing(struct audiocodes_activity *a, json_t *object)
{
	(void)a;
	(void)object;
	return true;
}

static bool read_dtmf(struct audiocodes_activity *a, json_t *object)
{
	char digits[24];

	if (json_is_integer(a->value)) {
		snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(a->value));
		json_object_set_new(object, "value", json_string(digits));
		a->value = json_object_get(object, "value");
	}
	a->digits = audiocodes_text(object, "value");
	return a->digits[0] &&
	       strnlen(a->digits, AUDIOCODES_DIGITS_MAX + 1) <=
		       AUDIOCODES_DIGITS_MAX &&
	       strspn(a->digits, "0123456789*#ABCDabcd") == strlen(a->digits);
}

static bool read_play_finished(struct audiocodes_activity *a, json_t *object)
{
	const char *const found[] = {
		audiocodes_text(object, "value"),
		audiocodes_text(a->value, "streamId"),
		audiocodes_text(a->parameters, "streamId"),
	};

	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		if (!a->stream_id[0])
			a->stream_id = found[i];
	return true;
}

static bool read_transfer_status(struct audiocodes_activity *a, json_t *object)
{
	const char *status = audiocodes_text(a->value, "status");

	(void)object;
	a->status =
		!strcasecmp(status, "answered") ? AUDIOCODES_TRANSFER_ANSWERED
		: !strcasecmp(status, "failed") ? AUDIOCODES_TRANSFER_FAILED
						: AUDIOCODES_TRANSFER_UNKNOWN;
	a->reason_code = audiocodes_text(a->value, "reasonCode");
	a->reason = audiocodes_text(a->value, "reason");
	return status[0] != '\0';
}

static bool read_dialout(struct audiocodes_activity *a, json_t *object)
{
	(void)object;
	if (json_is_object(a->value))
		a->parameters = a->value;
	return true;
}

static bool read_message(struct audiocodes_activity *a, json_t *object)
{
	a->text = audiocodes_text(object, "text");
	return a->text[0] != '\0';
}

static const struct {
	const char *name;
	enum audiocodes_activity_type type;
	reader_fn *read;
} event[] = {
	{ "start", AUDIOCODES_START, read_nothing },
	{ "DTMF", AUDIOCODES_DTMF, read_dtmf },
	{ "noUserInput", AUDIOCODES_NO_USER_INPUT, read_nothing },
	{ "playFinished", AUDIOCODES_PLAY_FINISHED, read_play_finished },
	{ "transferStatus", AUDIOCODES_TRANSFER_STATUS, read_transfer_status },
	{ "dialoutInitiated", AUDIOCODES_DIALOUT_INITIATED, read_dialout },
	{ NULL, AUDIOCODES_OTHER, read_nothing },
};

static void read_type(struct audiocodes_activity *a, json_t *object)
{
	const char *type = audiocodes_text(object, "type");
	reader_fn *read = read_nothing;
	size_t k = 0;

	a->type = AUDIOCODES_OTHER;
	if (!strcasecmp(type, "message")) {
		a->type = AUDIOCODES_MESSAGE;
		read = read_message;
	} else if (!strcasecmp(type, "event")) {
		while (event[k].name && strcasecmp(event[k].name, a->name) != 0)
			k++;
		a->type = event[k].type;
		read = event[k].read;
	}
	if (!read(a, object))
		a->type = AUDIOCODES_MALFORMED;
}

void audiocodes_activity_read(struct audiocodes_activity *a, json_t *value)
{
	json_t *parameters = json_object_get(value, "parameters");

	*a = (struct audiocodes_activity){
		.type = AUDIOCODES_MALFORMED,
		.id = audiocodes_text(value, "id"),
		.name = audiocodes_text(value, "name"),
		.language = audiocodes_text(value, "language"),
		.participant = audiocodes_text(value, "participant"),
		.value = json_object_get(value, "value"),
		.parameters = json_is_object(parameters) ? parameters : NULL,
		.text = "",
		.digits = "",
		.stream_id = "",
		.status = AUDIOCODES_TRANSFER_UNKNOWN,
		.reason_code = "",
		.reason = "",
	};
	if (!a->participant[0])
		a->participant = audiocodes_text(a->parameters, "participant");
	if (json_is_object(value))
		read_type(a, value);
}
