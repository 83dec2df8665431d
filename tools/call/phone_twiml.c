#include "tools/call/phone_twiml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "tools/call/phone_twiml_schema.h"

struct reader {
	XML_Parser parser;
	struct phone_twiml *doc;
	struct phone_twiml_element *open[PHONE_TWIML_DEPTH_MAX];
	size_t depth;
	bool is_refused; /* warning[0] says why */
};

static __attribute__((format(printf, 2, 3))) void refuse(struct reader *r,
							 const char *format,
							 ...)
{
	char text[PHONE_TWIML_TEXT_MAX];
	va_list args;

	if (r->is_refused)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->is_refused = true;
	r->doc->warnings = 0;
	phone_twiml_warn(r->doc, 12100, "line %lu: %s",
			 XML_GetCurrentLineNumber(r->parser), text);
	XML_StopParser(r->parser, XML_FALSE);
}

static void element_free(struct phone_twiml_element *e)
{
	while (e) {
		struct phone_twiml_element *next = e->next;

		while (e->attributes) {
			struct phone_twiml_attribute *a = e->attributes;

			e->attributes = a->next;
			free(a->name);
			free(a->value);
			free(a);
		}
		element_free(e->child);
		free(e->name);
		free(e->text);
		free(e);
		e = next;
	}
}

static bool element_take_attributes(struct phone_twiml_element *e,
				    const XML_Char **pair)
{
	struct phone_twiml_attribute **end = &e->attributes;

	for (; *pair; pair += 2) {
		struct phone_twiml_attribute *a = calloc(1, sizeof(*a));

		if (!a)
			return false;
		*end = a;
		end = &a->next;
		a->name = strdup(pair[0]);
		a->value = strdup(pair[1]);
		if (!a->name || !a->value)
			return false;
	}
	return true;
}

static struct phone_twiml_element *element_new(const XML_Char *name,
					       const XML_Char **attributes)
{
	struct phone_twiml_element *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->name = strdup(name);
	e->text = strdup("");
	if (e->name && e->text && element_take_attributes(e, attributes))
		return e;
	element_free(e);
	return NULL;
}

static void check_element(struct reader *r, const char *parent,
			  const struct phone_twiml_element *e)
{
	if (!*parent && strcmp(e->name, "Response") != 0)
		refuse(r, "the root element is <%.40s>, not <Response>",
		       e->name);
	else
		phone_twiml_check_element(r->doc, parent, e);
}

static void append_child(struct phone_twiml_element *parent,
			 struct phone_twiml_element *e)
{
	struct phone_twiml_element **end = &parent->child;

	while (*end)
		end = &(*end)->next;
	*end = e;
}

static void on_start(void *user, const XML_Char *name, const XML_Char **pairs)
{
	struct reader *r = user;

	if (r->depth == PHONE_TWIML_DEPTH_MAX) {
		refuse(r, "elements nested deeper than %d",
		       PHONE_TWIML_DEPTH_MAX);
		return;
	}
	struct phone_twiml_element *e = element_new(name, pairs);
	if (!e) {
		refuse(r, "out of memory");
		return;
	}
	const char *parent = "";
	if (r->depth) {
		parent = r->open[r->depth - 1]->name;
		append_child(r->open[r->depth - 1], e);
	} else {
		r->doc->root = e;
	}
	r->open[r->depth++] = e;
	check_element(r, parent, e);
}

static void trim(char *text)
{
	static const char space[] = " \t\r\n";
	size_t lead = strspn(text, space);
	size_t len = strlen(text + lead);

	while (len && strchr(space, text[lead + len - 1]))
		len--;
	memmove(text, text + lead, len);
	text[len] = 0;
}

static void on_end(void *user, const XML_Char *name)
{
	struct reader *r = user;

	(void)name;
	if (r->is_refused)
		return;
	trim(r->open[--r->depth]->text);
}

static void on_text(void *user, const XML_Char *text, int len)
{
	struct reader *r = user;

	if (!r->depth || r->is_refused)
		return;
	struct phone_twiml_element *e = r->open[r->depth - 1];
	size_t had = strlen(e->text);
	char *grown = realloc(e->text, had + (size_t)len + 1);
	if (!grown) {
		refuse(r, "out of memory");
		return;
	}
	memcpy(grown + had, text, (size_t)len);
	grown[had + (size_t)len] = 0;
	e->text = grown;
}

static void on_doctype(void *user, const XML_Char *name, const XML_Char *system,
		       const XML_Char *public, int has_subset)
{
	(void)name, (void)system, (void)public, (void)has_subset;
	refuse(user, "a document type declaration is not allowed");
}

static XML_Parser parser_new(struct reader *r)
{
	XML_Parser parser = XML_ParserCreate(NULL);

	if (!parser)
		return NULL;
	XML_SetUserData(parser, r);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	return parser;
}

int phone_twiml_read(struct phone_twiml *doc, const char *text, size_t len)
{
	struct reader r = { .doc = doc };

	memset(doc, 0, sizeof(*doc));
	if (len > PHONE_TWIML_MAX) {
		phone_twiml_warn(doc, 11750,
				 "the document has %zu bytes, at most %d", len,
				 PHONE_TWIML_MAX);
		return -EBADMSG;
	}
	r.parser = parser_new(&r);
	if (!r.parser)
		return -ENOMEM;
	if (XML_Parse(r.parser, text, (int)len, 1) != XML_STATUS_OK)
		refuse(&r, "%s", XML_ErrorString(XML_GetErrorCode(r.parser)));
	XML_ParserFree(r.parser);
	if (r.is_refused) {
		element_free(doc->root);
		doc->root = NULL;
		return -EBADMSG;
	}
	phone_twiml_check_document(doc);
	return 0;
}

void phone_twiml_free(struct phone_twiml *doc)
{
	element_free(doc->root);
	doc->root = NULL;
}

const char *phone_twiml_attribute(const struct phone_twiml_element *e,
				  const char *name, const char *fallback)
{
	for (const struct phone_twiml_attribute *a = e->attributes; a;
	     a = a->next)
		if (strcmp(a->name, name) == 0)
			return a->value;
	return fallback;
}

const struct phone_twiml_element *phone_twiml_child(
	const struct phone_twiml_element *e, const char *name)
{
	for (const struct phone_twiml_element *c = e->child; c; c = c->next)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
