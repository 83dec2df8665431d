/* TwiML, the reader's side: an XML document into verbs, strictly.
 *
 * Reads the subset a gateway emits (Connect/Stream, Say, Play, Pause, Redirect,
 * Dial, Gather, Hangup, Reject) by expat and holds it to Twilio's schema. What
 * Twilio calls an error (12100) refuses the document; what it calls a warning
 * (12200) is reported and the document is run. */
#ifndef TOOLS_CALL_PHONE_TWIML_H
#define TOOLS_CALL_PHONE_TWIML_H

#include <stddef.h>

#define PHONE_TWIML_MAX 65536 /* bytes of a document: 11750 */
#define PHONE_TWIML_PARAMETER_MAX                  \
	500 /* name and value together, below this \
	     */
#define PHONE_TWIML_PARAMETERS_MAX 99
#define PHONE_TWIML_DEPTH_MAX      8
#define PHONE_TWIML_WARNINGS_MAX   8 /* kept; more are only counted */
#define PHONE_TWIML_TEXT_MAX       200

struct phone_twiml_attribute {
	char *name;
	char *value;
	struct phone_twiml_attribute *next;
};

/* An element; the document's children of <Response> are its verbs. */
struct phone_twiml_element {
	char *name;
	char *text; /* trimmed; "" without any */
	struct phone_twiml_attribute *attributes;
	struct phone_twiml_element *child;
	struct phone_twiml_element *next;
};

struct phone_twiml_warning {
	unsigned code; /* Twilio's */
	char text[PHONE_TWIML_TEXT_MAX];
};

struct phone_twiml {
	struct phone_twiml_element *root;
	struct phone_twiml_warning warning[PHONE_TWIML_WARNINGS_MAX];
	size_t warnings; /* all of them */
};

/* phone_twiml_read: take a document.
 *
 * Returns 0 and *doc, to be freed; or -EBADMSG with doc->warning[0] saying
 * what was wrong (11750 too long, 12100 not XML or not TwiML) and nothing to
 * free. */
int phone_twiml_read(struct phone_twiml *doc, const char *text, size_t len);
void phone_twiml_free(struct phone_twiml *doc);

/* phone_twiml_attribute: a value, or the fallback. */
const char *phone_twiml_attribute(const struct phone_twiml_element *e,
				  const char *name, const char *fallback);

/* phone_twiml_child: the first child of that name, or NULL. */
const struct phone_twiml_element *phone_twiml_child(
	const struct phone_twiml_element *e, const char *name);

#endif
