#include "gateway/carriers/twilio_whisper_text.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "gateway/carriers/twilio_whispers.h"
#include "protocols/twilio_message.h"

#define PREFIX "w1 "
#define HEX    "0123456789abcdef"

_Static_assert(6 * CALL_SUMMARY_MAX + 512 < TWILIO_WHISPER_LINE_MAX,
	       "all has room, every character escaped");

static const char *const end_name[] = {
	[TWILIO_WHISPER_NONE] = "", /* not told */
	[TWILIO_WHISPER_UNHEARD] = "unheard",
	[TWILIO_WHISPER_HEARD] = "heard",
	[TWILIO_WHISPER_ACCEPTED] = "accepted",
	[TWILIO_WHISPER_DECLINED] = "declined",
};

/* --- Writing --- */

static json_t *object_of(const struct twilio_whisper_news *n)
{
	if (n->is_gone)
		return json_pack("{s:s, s:b}", "call", n->call_sid, "gone", 1);
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "call", n->call_sid,
			 "token", n->token, "leg", n->leg_sid, "end",
			 end_name[n->end], "since", (json_int_t)n->since_ns,
			 "words", n->words);
}

size_t twilio_whisper_write(char out[TWILIO_WHISPER_LINE_MAX],
			    const struct twilio_whisper_news *n)
{
	const size_t before = sizeof(PREFIX) - 1;
	const size_t room = TWILIO_WHISPER_LINE_MAX - 1 - before;
	json_t *object = object_of(n);

	if (!object)
		return 0;
	memcpy(out, PREFIX, before);
	size_t len = json_dumpb(object, out + before, room, JSON_COMPACT);
	json_decref(object);
	if (!len || len > room)
		return 0;
	out[before + len] = '\0';
	return before + len;
}

/* --- Reading --- */

static int read_end(struct twilio_whisper_news *n, const char *name)
{
	for (unsigned i = TWILIO_WHISPER_UNHEARD;
	     i < sizeof(end_name) / sizeof(end_name[0]); i++) {
		if (strcmp(name, end_name[i]) != 0)
			continue;
		n->end = (enum twilio_whisper_end)i;
		return 0;
	}
	return -EBADMSG;
}

static int read_rest(struct twilio_whisper_news *n, json_t *object)
{
	const char *token, *leg, *end, *words;
	json_int_t since;

	if (json_unpack(object, "{s:s, s:s, s:s, s:I, s:s}", "token", &token,
			"leg", &leg, "end", &end, "since", &since, "words",
			&words) != 0)
		return -EBADMSG;
	if (strlen(token) != TWILIO_WHISPER_TOKEN - 1 ||
	    token[strspn(token, HEX)] || since < 0 ||
	    (leg[0] && !twilio_sid_ok(leg, "CA")) ||
	    strlen(words) >= sizeof(n->words))
		return -EBADMSG;
	memcpy(n->token, token, sizeof(n->token));
	snprintf(n->leg_sid, sizeof(n->leg_sid), "%s", leg);
	snprintf(n->words, sizeof(n->words), "%s", words);
	n->since_ns = (uint64_t)since;
	return read_end(n, end);
}

static int read_object(struct twilio_whisper_news *n, json_t *object)
{
	const char *call;
	int gone = 0;

	if (json_unpack(object, "{s:s, s?b}", "call", &call, "gone", &gone) ||
	    !twilio_sid_ok(call, "CA"))
		return -EBADMSG;
	snprintf(n->call_sid, sizeof(n->call_sid), "%s", call);
	n->is_gone = gone;
	return n->is_gone ? 0 : read_rest(n, object);
}

int twilio_whisper_read(struct twilio_whisper_news *n, const char *text,
			size_t len)
{
	const size_t before = sizeof(PREFIX) - 1;

	memset(n, 0, sizeof(*n));
	if (len < before || memcmp(text, PREFIX, before) != 0)
		return -EBADMSG;
	json_t *object = json_loadb(text + before, len - before,
				    JSON_REJECT_DUPLICATES, NULL);
	int err = object ? read_object(n, object) : -EBADMSG;
	json_decref(object);
	return err;
}
