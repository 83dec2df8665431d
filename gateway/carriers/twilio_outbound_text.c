#include "gateway/carriers/twilio_outbound_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/twilio_line.h"
#include "gateway/carriers/twilio_outbound.h"
#include "protocols/base64.h"
#include "protocols/twilio_message.h"
#include "protocols/utf8.h"

#define FIELDS   7
#define TEXT_MAX BASE64_ENCODED(TWILIO_OUTBOUND_TEXT_MAX)

_Static_assert(TEXT_MAX + TWILIO_OUTBOUND_TOKEN + TWILIO_OUTBOUND_AGENT + 96 <
		       TWILIO_OUTBOUND_LINE_MAX,
	       "all has room");

/* --- Writing --- */

static const char *or_none(const char *text)
{
	return text[0] ? text : "-";
}

size_t twilio_outbound_write(char out[TWILIO_OUTBOUND_LINE_MAX],
			     const struct twilio_outbound_news *n)
{
	const struct twilio_outbound_call *c = &n->call;
	bool has_text = c->len && !n->is_gone;
	int len = snprintf(out, TWILIO_OUTBOUND_LINE_MAX,
			   "p1 %s %s %s %" PRIu64 " %s %s",
			   n->is_gone ? "gone" : "placed", n->token,
			   or_none(n->call_sid), n->is_gone ? 0 : n->since_ns,
			   n->is_gone ? "-" : or_none(c->agent),
			   has_text ? "" : "-");

	if (has_text)
		len += (int)base64_encode(out + len, (const uint8_t *)c->text,
					  c->len);
	out[len] = '\0';
	return (size_t)len;
}

/* --- Reading --- */

/* Pairs of texts, each with its end. */
static bool is_pairs(const char *text, size_t len)
{
	size_t ends = 0;

	for (size_t i = 0; i < len; i++)
		ends += text[i] == '\0';
	return text[len - 1] == '\0' && ends % 2 == 0 &&
	       ends <= 2 * (size_t)TWILIO_OUTBOUND_VARIABLES &&
	       utf8_is_valid((const uint8_t *)text, len);
}

static int read_text(struct twilio_outbound_call *c, const char *word)
{
	size_t n = strlen(word);

	if (strcmp(word, "-") == 0)
		return 0;
	if (!n || n > TEXT_MAX)
		return -EBADMSG;
	uint8_t bytes[BASE64_DECODED_MAX(TEXT_MAX)];
	ssize_t len = base64_decode(bytes, word, n);
	if (len <= 0 || (size_t)len > sizeof(c->text) ||
	    !is_pairs((const char *)bytes, (size_t)len))
		return -EBADMSG;
	memcpy(c->text, bytes, (size_t)len);
	c->len = (size_t)len;
	return 0;
}

static int read_state(struct twilio_outbound_news *n, const char *word)
{
	n->is_gone = strcmp(word, "gone") == 0;
	return n->is_gone || strcmp(word, "placed") == 0 ? 0 : -EBADMSG;
}

static int read_names(struct twilio_outbound_news *n, const char *token,
		      const char *call_sid)
{
	if (strlen(token) != TWILIO_OUTBOUND_TOKEN - 1 ||
	    !twilio_line_is_of(token, TWILIO_LINE_HEX))
		return -EBADMSG;
	memcpy(n->token, token, TWILIO_OUTBOUND_TOKEN);
	if (strcmp(call_sid, "-") == 0)
		return 0;
	if (!twilio_sid_ok(call_sid, "CA"))
		return -EBADMSG;
	snprintf(n->call_sid, sizeof(n->call_sid), "%s", call_sid);
	return 0;
}

static int read_call(struct twilio_outbound_news *n, const char *since,
		     const char *agent, const char *text)
{
	if (strlen(since) > 19 || !twilio_line_is_of(since, TWILIO_LINE_DIGITS))
		return -EBADMSG;
	n->since_ns = strtoull(since, NULL, 10);
	if (n->since_ns > INT64_MAX || strlen(agent) >= sizeof(n->call.agent) ||
	    !twilio_line_is_of(agent, TWILIO_LINE_NAME))
		return -EBADMSG;
	if (strcmp(agent, "-") != 0)
		memcpy(n->call.agent, agent, strlen(agent) + 1);
	return read_text(&n->call, text);
}

int twilio_outbound_read(struct twilio_outbound_news *n, const char *text,
			 size_t len)
{
	char line[TWILIO_OUTBOUND_LINE_MAX];
	char *field[FIELDS], *rest = line;

	memset(n, 0, sizeof(*n));
	if (len >= sizeof(line) || memchr(text, '\0', len))
		return -EBADMSG;
	memcpy(line, text, len);
	line[len] = '\0';
	for (int i = 0; i < FIELDS; i++)
		if (!(field[i] = strsep(&rest, " ")))
			return -EBADMSG;
	if (strcmp(field[0], "p1") != 0 || read_state(n, field[1]) ||
	    read_names(n, field[2], field[3]))
		return -EBADMSG;
	return n->is_gone ? 0 : read_call(n, field[4], field[5], field[6]);
}
