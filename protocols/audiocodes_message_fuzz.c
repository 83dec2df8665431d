/* Whatever VoiceAI Connect could send: the event says what jansson reads in the
 * message, and its strings and audio survive being written into a message of
 * ours. */
#include <errno.h>
#include <jansson.h>

#include "protocols/audiocodes_command.h"
#include "protocols/audiocodes_message.h"
#include "protocols/audiocodes_write.h"
#include "protocols/base64.h"
#include "protocols/buffer.h"
#include "tools/testing/fuzz.h"

#define OUT_MAX (8u << 20)

/* What one writer wrote, read back; out is empty again. */
static json_t *reread(struct buffer *out)
{
	json_t *message = json_loadb((const char *)buffer_head(out), out->used,
				     JSON_REJECT_DUPLICATES, NULL);

	FUZZ_CHECK(json_is_object(message));
	out->used = 0;
	return message;
}

static void check_text(const json_t *object, const char *name, const char *text)
{
	const json_t *value = json_object_get(object, name);

	if (text[0])
		FUZZ_CHECK(json_is_string(value) &&
			   !strcmp(text, json_string_value(value)));
}

/* Numbers of any size and NUL in names pass the scanner, not jansson: then
 * there is nothing to compare with. */
static void check_chunk(const struct audiocodes_event *ev,
			const json_t *document, struct buffer *out)
{
	const json_t *chunk = json_object_get(document, "audioChunk");
	size_t len = json_string_length(chunk);
	uint8_t *audio = malloc(len + 1);
	json_t *message;

	if (document) {
		ssize_t n = base64_decode(audio, json_string_value(chunk), len);
		FUZZ_CHECK(n >= 0 && (size_t)n == ev->audio_len);
		FUZZ_CHECK(!n || !memcmp(audio, ev->audio, ev->audio_len));
	}
	free(audio);
	if (ev->audio_len == 0)
		return;
	FUZZ_CHECK(!audiocodes_write_play_chunk(out, ev->participant, ev->audio,
						ev->audio_len));
	message = reread(out);
	check_text(message, "streamId", ev->participant);
	FUZZ_CHECK(json_string_length(json_object_get(message, "audioChunk")) ==
		   BASE64_ENCODED(ev->audio_len));
	json_decref(message);
}

static void check_common(const struct audiocodes_event *ev,
			 const json_t *document, struct buffer *out)
{
	json_t *message;

	FUZZ_CHECK(strlen(ev->conversation) < AUDIOCODES_ID_MAX);
	FUZZ_CHECK(strlen(ev->participant) < AUDIOCODES_NAME_MAX);
	FUZZ_CHECK(strlen(ev->name) < sizeof(ev->name));
	if (document)
		check_text(document, "conversationId", ev->conversation);
	FUZZ_CHECK(!audiocodes_write_user_started(out, ev->participant));
	message = reread(out);
	check_text(message, "participant", ev->participant);
	json_decref(message);
	FUZZ_CHECK(!audiocodes_write_error(out, ev->reason));
	message = reread(out);
	check_text(message, "reason", ev->reason);
	json_decref(message);
}

static void check_activity(const struct audiocodes_activity *a,
			   struct buffer *out)
{
	const struct audiocodes_stamp stamp = { a->id, a->language };
	json_t *message, *first;

	FUZZ_CHECK(a->type <= AUDIOCODES_MALFORMED);
	if (a->type == AUDIOCODES_DTMF)
		FUZZ_CHECK(a->digits[0] &&
			   strspn(a->digits, "0123456789*#ABCDabcd") ==
				   strlen(a->digits));
	FUZZ_CHECK(!audiocodes_command_message(out, &stamp, a->text));
	message = reread(out);
	first = json_array_get(json_object_get(message, "activities"), 0);
	check_text(first, "id", a->id);
	check_text(first, "timestamp", a->language);
	check_text(first, "text", a->text);
	json_decref(message);
	if (!a->parameters)
		return;
	FUZZ_CHECK(!audiocodes_command_config(out, &stamp, a->parameters));
	message = reread(out);
	first = json_array_get(json_object_get(message, "activities"), 0);
	FUZZ_CHECK(json_object_size(json_object_get(first, "sessionParams")) ==
		   json_object_size(a->parameters));
	json_decref(message);
}

static void check_event(const struct audiocodes_event *ev,
			const json_t *document, struct buffer *out)
{
	check_common(ev, document, out);
	if (ev->type == AUDIOCODES_USER_CHUNK)
		check_chunk(ev, document, out);
	if (ev->type == AUDIOCODES_INITIATE || ev->type == AUDIOCODES_RESUME)
		FUZZ_CHECK(ev->conversation[0] &&
			   ev->offer.count <= AUDIOCODES_FORMATS);
	FUZZ_CHECK(ev->activities <= AUDIOCODES_ACTIVITIES_MAX);
	for (size_t i = 0; i < ev->activities; i++)
		check_activity(&ev->activity[i], out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_text(data, n);
	json_t *document =
		json_loadb((const char *)data, n, JSON_ALLOW_NUL, NULL);
	static struct audiocodes_event ev;
	struct buffer out;
	int err;

	buffer_init(&out, OUT_MAX);
	err = audiocodes_message_parse(&ev, text, n);
	FUZZ_CHECK(err == 0 || err == -EBADMSG || err == -EPROTO ||
		   err == -E2BIG);
	if (err == -EBADMSG)
		FUZZ_CHECK(!json_is_string(json_object_get(document, "type")));
	if (!err) {
		check_event(&ev, document, &out);
		audiocodes_event_release(&ev);
	}
	buffer_free(&out);
	json_decref(document);
	free(text);
	return 0;
}
