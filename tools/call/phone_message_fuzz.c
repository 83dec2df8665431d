/* What a gateway may send: whatever the strict reader takes must be exactly one
 * of the three shapes, by jansson's reading, and nothing else may crash it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "protocols/base64.h"
#include "tools/call/phone_message.h"

#define SID "MZ00112233445566778899aabbccddeeff"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_media(json_t *root, const struct phone_message *m)
{
	const char *payload = json_string_value(
		json_object_get(json_object_get(root, "media"), "payload"));
	char *again = malloc(BASE64_ENCODED(m->bytes) + 1);

	assert(again && payload);
	again[base64_encode(again, m->ulaw, m->bytes)] = 0;
	assert(strcmp(again, payload) == 0);
	free(again);
}

static void check_taken(const char *text, size_t size,
			const struct phone_message *m)
{
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);

	assert(root);
	assert(strcmp(json_string_value(json_object_get(root, "streamSid")),
		      SID) == 0);
	assert(json_object_size(root) == (m->kind == PHONE_CLEAR ? 2 : 3));
	if (m->kind == PHONE_MEDIA)
		check_media(root, m);
	if (m->kind == PHONE_MARK)
		assert(strcmp(m->name, json_string_value(json_object_get(
					       json_object_get(root, "mark"),
					       "name"))) == 0);
	json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	struct phone_message m;
	struct phone_breach b;

	assert(text);
	memcpy(text, data, size);
	if (phone_message_read(&m, text, size, SID, &b) == 0) {
		check_taken(text, size, &m);
		phone_message_free(&m);
	} else {
		assert(b.code == PHONE_INVALID && b.text[0]);
	}
	free(text);
	return 0;
}
