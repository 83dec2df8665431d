#include "gateway/carriers/twilio_whisper_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/carriers/twilio_line.h"
#include "gateway/carriers/twilio_whispers.h"
#include "protocols/twilio_message.h"

#define KIND "w1"

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
	return twilio_line_write(out, TWILIO_WHISPER_LINE_MAX, KIND,
				 object_of(n));
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
	    !twilio_line_is_of(token, TWILIO_LINE_HEX) || since < 0 ||
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
	json_t *object = twilio_line_read(KIND, text, len);

	memset(n, 0, sizeof(*n));
	int err = object ? read_object(n, object) : -EBADMSG;
	json_decref(object);
	return err;
}
