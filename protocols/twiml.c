#include "protocols/twiml.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/utf8.h"

#define TWIML_MAX (64 * 1024) /* bytes; Twilio's error 11750 above it */

/* A document being appended; the first error sticks, and finish undoes it. */
struct writer {
	struct buffer *out;
	size_t before;
	int err;
};

static void put(struct writer *w, const char *text, size_t n)
{
	if (!w->err)
		w->err = buffer_append(w->out, text, n);
}

static void put_text(struct writer *w, const char *text)
{
	put(w, text, strlen(text));
}

/* XML 1.0, 2.2, 2.4 and 3.3.3: markup and the white space that attributes lose
 * are written as references; what XML cannot hold becomes U+FFFD. */
static void put_escaped(struct writer *w, const char *text)
{
	static const char special[] = "&<>\"\t\n\r";
	static const char *const reference[] = { "&amp;",  "&lt;", "&gt;",
						 "&quot;", "&#9;", "&#10;",
						 "&#13;" };

	for (size_t left = strlen(text); left > 0;) {
		const char *found = strchr(special, *text);
		size_t n = utf8_character((const uint8_t *)text, left);

		if (found)
			put_text(w, reference[found - special]);
		else if (n == 0 || (unsigned char)*text < ' ')
			put_text(w, "\xef\xbf\xbd");
		else
			put(w, text, n);
		n += n == 0;
		text += n;
		left -= n;
	}
}

/* name="value", or nothing when there is no value. */
static void put_attribute(struct writer *w, const char *name, const char *value)
{
	if (!value)
		return;
	put_text(w, " ");
	put_text(w, name);
	put_text(w, "=\"");
	put_escaped(w, value);
	put_text(w, "\"");
}

static void put_element(struct writer *w, const char *open, const char *text,
			const char *close)
{
	put_text(w, open);
	put_escaped(w, text);
	put_text(w, close);
}

static struct writer begin(struct buffer *out)
{
	struct writer w = { .out = out, .before = out->used };

	put_text(&w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>");
	return w;
}

static int finish(struct writer *w)
{
	put_text(w, "</Response>\n");
	if (!w->err && w->out->used - w->before > TWIML_MAX)
		w->err = -ENOBUFS;
	if (w->err)
		w->out->used = w->before;
	return w->err;
}

int twiml_connect_stream(struct buffer *out, const struct twiml_stream *s)
{
	struct writer w = begin(out);

	put_text(&w, "<Connect");
	put_attribute(&w, "action", s->action_url);
	put_text(&w, "><Stream");
	put_attribute(&w, "url", s->stream_url);
	put_attribute(&w, "statusCallback", s->status_url);
	put_text(&w, ">");
	for (size_t i = 0; i < s->parameters; i++) {
		put_text(&w, "<Parameter");
		put_attribute(&w, "name", s->parameter[i].name);
		put_attribute(&w, "value", s->parameter[i].value);
		put_text(&w, "/>");
	}
	put_text(&w, "</Stream></Connect>");
	return finish(&w);
}

int twiml_hangup(struct buffer *out)
{
	struct writer w = begin(out);

	put_text(&w, "<Hangup/>");
	return finish(&w);
}

int twiml_empty(struct buffer *out)
{
	struct writer w = begin(out);

	return finish(&w);
}

int twiml_reject(struct buffer *out, const char *reason)
{
	struct writer w = begin(out);

	put_text(&w, "<Reject");
	put_attribute(&w, "reason", reason);
	put_text(&w, "/>");
	return finish(&w);
}

int twiml_redirect(struct buffer *out, const char *url)
{
	struct writer w = begin(out);

	put_element(&w, "<Redirect method=\"POST\">", url, "</Redirect>");
	return finish(&w);
}

static void put_noun(struct writer *w, const char *noun, const char *url,
		     const char *text)
{
	put_text(w, "<");
	put_text(w, noun);
	put_attribute(w, "url", url);
	put_text(w, ">");
	put_escaped(w, text);
	put_text(w, "</");
	put_text(w, noun);
	put_text(w, ">");
}

static void put_party(struct writer *w, const char *uri, const char *url)
{
	if (!strncmp(uri, "sip:", 4) || !strncmp(uri, "sips:", 5))
		put_noun(w, "Sip", url, uri);
	else if (!strncmp(uri, "client:", 7))
		put_noun(w, "Client", url, uri + 7);
	else
		put_noun(w, "Number", url,
			 strncmp(uri, "tel:", 4) ? uri : uri + 4);
}

static void put_dial(struct writer *w, const char *dial)
{
	put_text(w, "<Dial answerOnBridge=\"true\">");
	put_party(w, dial, NULL);
	put_text(w, "</Dial>");
}

int twiml_dial(struct buffer *out, const struct twiml_dial *d)
{
	struct writer w = begin(out);
	char ring[16];

	snprintf(ring, sizeof(ring), "%u", d->ring_s);
	put_text(&w, "<Dial answerOnBridge=\"true\"");
	put_attribute(&w, "timeout", ring);
	put_attribute(&w, "action", d->action_url);
	put_text(&w, ">");
	put_party(&w, d->target, d->url);
	put_text(&w, "</Dial>");
	return finish(&w);
}

static void put_gather(struct writer *w, const struct twiml_gather *g)
{
	char timeout[16];

	snprintf(timeout, sizeof(timeout), "%u", g->timeout_s);
	put_text(w, "<Gather numDigits=\"1\"");
	put_attribute(w, "timeout", timeout);
	put_attribute(w, "action", g->action_url);
	put_text(w, "><Say");
	put_attribute(w, "language", g->language);
	put_element(w, ">", g->say, "</Say>");
	put_text(w, "</Gather>");
}

int twiml_gather(struct buffer *out, const struct twiml_gather *g)
{
	struct writer w = begin(out);

	for (unsigned i = 0; i < g->times; i++)
		put_gather(&w, g);
	put_text(&w, "<Hangup/>");
	return finish(&w);
}

int twiml_say_dial(struct buffer *out, const char *say, const char *dial)
{
	struct writer w = begin(out);

	if (say)
		put_element(&w, "<Say>", say, "</Say>");
	if (dial)
		put_dial(&w, dial);
	else
		put_text(&w, "<Hangup/>");
	return finish(&w);
}
