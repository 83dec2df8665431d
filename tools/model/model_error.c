#include "tools/model/model_error.h"

#include <stdarg.h>
#include <stdio.h>

bool model_error_set(struct model_error *e, const char *code, const char *param,
		     const char *format, ...)
{
	va_list args;

	e->type = "invalid_request_error";
	e->code = code;
	e->hides_event_id = false;
	snprintf(e->param, sizeof(e->param), "%s", param ? param : "");
	va_start(args, format);
	vsnprintf(e->message, sizeof(e->message), format, args);
	va_end(args);
	return false;
}

static json_t *text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

json_t *model_error_object(const struct model_error *e, const char *event_id)
{
	if (e->hides_event_id)
		event_id = NULL;
	json_t *object = json_object();
	json_object_set_new(object, "type", json_string(e->type));
	json_object_set_new(object, "code", text_or_null(e->code));
	json_t *message = json_string(e->message);
	json_object_set_new(object, "message",
			    message ? message : json_string("Invalid value."));
	json_object_set_new(object, "param", text_or_null(e->param));
	json_object_set_new(object, "event_id", text_or_null(event_id));
	return object;
}
