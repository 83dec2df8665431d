#include "gateway/carriers/twilio_ticket_text.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/twilio_line.h"
#include "gateway/carriers/twilio_tickets.h"
#include "protocols/twilio_message.h"

static const char *const fate_name[] = {
	[TWILIO_INVITED] = "invited",
	[TWILIO_STREAMING] = "streaming",
	[TWILIO_ENDED] = "ended",
	[TWILIO_FAILED] = "failed",
	[TWILIO_CALLER_GONE] = "caller_gone",
	[TWILIO_CUT] = "cut",
};

/* Only who is invited has something to show. */
static const char *secret_of(const struct twilio_ticket *k)
{
	return k->fate == TWILIO_INVITED && k->secret[0] ? k->secret : "-";
}

size_t twilio_ticket_write(char out[TWILIO_TICKET_TEXT_MAX],
			   const struct twilio_ticket *k)
{
	return (size_t)snprintf(out, TWILIO_TICKET_TEXT_MAX,
				"v1 %s %s %s %u %" PRIu64 " %d %s %" PRIx64,
				secret_of(k), k->call_sid, fate_name[k->fate],
				k->streams, k->since_ns, k->is_asked,
				k->agent[0] ? k->agent : "-", k->route);
}

static int read_fate(struct twilio_ticket *k, const char *word)
{
	for (size_t i = 0; i < sizeof(fate_name) / sizeof(fate_name[0]); i++) {
		if (strcmp(word, fate_name[i]) != 0)
			continue;
		k->fate = (enum twilio_fate)i;
		return 0;
	}
	return -EBADMSG;
}

static int read_secret(struct twilio_ticket *k, const char *word)
{
	if (strcmp(word, "-") == 0)
		return 0;
	if (strlen(word) != TWILIO_TICKET_LEN - 1 ||
	    !twilio_line_is_of(word, TWILIO_LINE_HEX))
		return -EBADMSG;
	memcpy(k->secret, word, TWILIO_TICKET_LEN);
	return 0;
}

/* Digits only, and no more than max. */
static int read_number(uint64_t *out, const char *word, uint64_t max)
{
	if (strlen(word) > 19 || !twilio_line_is_of(word, TWILIO_LINE_DIGITS))
		return -EBADMSG;
	*out = strtoull(word, NULL, 10);
	return *out > max ? -EBADMSG : 0;
}

static int read_fields(struct twilio_ticket *k, char *const field[7])
{
	uint64_t streams, asked;

	if (strcmp(field[0], "v1") != 0 || read_secret(k, field[1]) ||
	    !twilio_sid_ok(field[2], "CA") || read_fate(k, field[3]) ||
	    read_number(&streams, field[4], TWILIO_STREAMS_MAX) ||
	    read_number(&k->since_ns, field[5], INT64_MAX) ||
	    read_number(&asked, field[6], 1) || streams == 0)
		return -EBADMSG;
	if (k->fate != TWILIO_INVITED && k->secret[0])
		return -EBADMSG; /* it would be good twice */
	snprintf(k->call_sid, sizeof(k->call_sid), "%s", field[2]);
	k->streams = (unsigned)streams;
	k->is_asked = asked == 1;
	k->is_taken = true;
	return 0;
}

/* Older versions do not tell it; what is odd is left out. */
static void read_agent(struct twilio_ticket *k, char *rest)
{
	const char *agent = strsep(&rest, " ");
	const char *route = strsep(&rest, " ");

	if (!agent || !route || strcmp(agent, "-") == 0 ||
	    strlen(agent) >= sizeof(k->agent) ||
	    !twilio_line_is_of(agent, TWILIO_LINE_NAME) || strlen(route) > 16 ||
	    !twilio_line_is_of(route, TWILIO_LINE_HEX))
		return;
	memcpy(k->agent, agent, strlen(agent) + 1);
	k->route = strtoull(route, NULL, 16);
}

int twilio_ticket_read(struct twilio_ticket *k, const char *text, size_t len)
{
	char line[TWILIO_TICKET_TEXT_MAX];
	char *field[7], *rest = line;

	memset(k, 0, sizeof(*k));
	if (len >= sizeof(line) || memchr(text, '\0', len))
		return -EBADMSG;
	memcpy(line, text, len);
	line[len] = '\0';
	for (int i = 0; i < 7; i++)
		if (!(field[i] = strsep(&rest, " ")))
			return -EBADMSG;
	int err = read_fields(k, field);
	if (!err)
		read_agent(k, rest);
	return err;
}
