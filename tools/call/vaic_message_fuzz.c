/* What a bot may send: whatever the strict reader takes is what jansson reads
 * there, whatever it refuses was told in words, and nothing crashes it. */
#include "tools/testing/fuzz.h"

#include <jansson.h>

#include "protocols/base64.h"
#include "tools/call/vaic_message.h"

#define ID "0d1c6c1e-7a52-4f0b-9f0e-2b6b8f5f7a10"

static void on_breach(void *owner, const struct phone_breach *breach)
{
	FUZZ_CHECK(breach->text[0] && breach->code == VAIC_SHAPE);
	++*(unsigned *)owner;
}

static const char *member(const json_t *root, const char *name)
{
	return json_string_value(json_object_get(root, name));
}

static void check_chunk(const json_t *root, const struct vaic_event *e)
{
	char *again = malloc(BASE64_ENCODED(e->bytes) + 1);

	FUZZ_CHECK(again && e->bytes > 0);
	again[base64_encode(again, e->audio, e->bytes)] = 0;
	FUZZ_CHECK(strcmp(again, member(root, "audioChunk")) == 0);
	free(again);
}

static void check_activities(const json_t *root, const struct vaic_event *e,
			     unsigned breaches)
{
	const json_t *all = json_object_get(root, "activities");

	FUZZ_CHECK(e->activities == json_array_size(all));
	for (size_t i = 0; i < e->activities; i++) {
		const struct vaic_activity *a = &e->activity[i];

		FUZZ_CHECK(a->name && a->body);
		FUZZ_CHECK(a->kind != VAIC_IGNORED || breaches > 0);
		if (a->kind == VAIC_SEND_DTMF)
			FUZZ_CHECK(strlen(a->text) <= VAIC_DTMF_MAX);
	}
}

static void check_taken(const char *text, size_t n, const struct vaic_event *e,
			unsigned breaches)
{
	json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);

	FUZZ_CHECK(root && strcmp(member(root, "type"), e->type) == 0);
	if (e->kind == VAIC_PLAY_CHUNK)
		check_chunk(root, e);
	if (e->kind == VAIC_ACTIVITIES)
		check_activities(root, e, breaches);
	if (e->stream_id)
		FUZZ_CHECK(strcmp(member(root, "streamId"), e->stream_id) == 0);
	json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_copy(data, n);
	unsigned breaches = 0;
	const struct vaic_breaches b = { on_breach, &breaches };
	struct vaic_event e;

	if (vaic_message_read(&e, text, n, false, ID, &b))
		check_taken(text, n, &e, breaches);
	else
		FUZZ_CHECK(e.kind == VAIC_UNKNOWN && breaches > 0);
	vaic_message_free(&e);
	free(text);
	return 0;
}
