/* Twilio's TwiML schema, the part a gateway uses: what may stand where.
 * Breaches are warnings (12200): the document is run all the same. */
#ifndef TOOLS_CALL_PHONE_TWIML_SCHEMA_H
#define TOOLS_CALL_PHONE_TWIML_SCHEMA_H

#include "tools/call/phone_twiml.h"

void phone_twiml_warn(struct phone_twiml *doc, unsigned code,
		      const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* phone_twiml_check_element: its place and its attributes. parent is "" for the
 * root. */
void phone_twiml_check_element(struct phone_twiml *doc, const char *parent,
			       const struct phone_twiml_element *e);

/* phone_twiml_check_document: what the rules for elements cannot say. */
void phone_twiml_check_document(struct phone_twiml *doc);

#endif
