/* What the server finds wrong with a client's event, in the words of the API.
 *
 * Source: OpenAI Realtime, "Error event" and error catalogue. */
#ifndef TOOLS_MODEL_MODEL_ERROR_H
#define TOOLS_MODEL_MODEL_ERROR_H

#include <stdbool.h>

#include <jansson.h>

struct model_error {
	const char *type; /* "invalid_request_error" */
	const char *code;
	char param[192]; /* "" means null */
	char message[1024];
	bool hides_event_id; /* some errors do not name the client's event */
};

/* model_error_set: type becomes invalid_request_error; code is a literal;
 * param may be NULL. Returns false, so that a check can return it. */
bool model_error_set(struct model_error *e, const char *code, const char *param,
		     const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* model_error_object: the error object; event_id of the client's event or NULL.
 * New reference. */
json_t *model_error_object(const struct model_error *e, const char *event_id);

#endif
