/* Whatever a model server could send: the event says what jansson reads in the
 * message, and every string is one. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/realtime_event.h"

static void demand(int claim)
{
	if (!claim)
		abort();
}

static void check_text(const json_t *document, const char *key,
		       const char *seen)
{
	const char *wanted = json_string_value(json_object_get(document, key));

	demand(!strcmp(wanted ? wanted : "", seen));
}

/* Numbers of any size and NUL in names pass the scanner, not jansson: then
 * there is nothing to compare with. */
static void check_audio(const struct realtime_event *ev, const json_t *document)
{
	const json_t *delta = json_object_get(document, "delta");
	size_t len = json_string_length(delta);
	uint8_t *audio = malloc(len + 1);
	ssize_t n;

	demand(!ev->document);
	if (document) {
		n = base64_decode(audio, json_string_value(delta), len);
		demand(n >= 0 && (size_t)n == ev->audio_len);
		demand(!memcmp(audio, ev->audio, ev->audio_len));
		check_text(document, "type", ev->name);
		check_text(document, "item_id", ev->item_id);
		check_text(document, "response_id", ev->response_id);
	}
	free(audio);
}

static void check_strings(const struct realtime_event *ev)
{
	const char *const text[] = {
		ev->name,           ev->item_id,       ev->response_id,
		ev->status_reason,  ev->purpose,       ev->error_type,
		ev->error_code,     ev->error_message, ev->error_param,
		ev->error_event_id, ev->item_type,     ev->function_name,
		ev->call_id,        ev->arguments,     ev->transcript,
		ev->session_id,
	};

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		demand(text[i] && strlen(text[i]) < SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	json_t *document =
		json_loadb((const char *)data, size, JSON_ALLOW_NUL, NULL);
	struct realtime_event ev;
	int err;

	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	err = realtime_event_parse(&ev, text, size);
	demand(err == 0 || err == -EBADMSG || err == -EPROTO);
	demand((err == -EBADMSG) <= !json_is_object(document));
	if (!err) {
		check_strings(&ev);
		if (ev.type == REALTIME_AUDIO_DELTA)
			check_audio(&ev, document);
		else
			demand(ev.document && json_is_object(document));
		realtime_event_release(&ev);
	}
	json_decref(document);
	free(text);
	return 0;
}
