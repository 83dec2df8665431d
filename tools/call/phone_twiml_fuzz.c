/* TwiML: a document that is taken, written out again from what was read, reads
 * as the same document. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "tools/call/phone_twiml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_text(struct buffer *out, const char *text)
{
	for (; *text; text++)
		if (strchr("<>&\"'\t\r\n", *text))
			buffer_printf(out, "&#%d;", *text);
		else
			buffer_append(out, text, 1);
}

static void write_element(struct buffer *out,
			  const struct phone_twiml_element *e)
{
	buffer_printf(out, "<%s", e->name);
	for (const struct phone_twiml_attribute *a = e->attributes; a;
	     a = a->next) {
		buffer_printf(out, " %s=\"", a->name);
		write_text(out, a->value);
		buffer_append(out, "\"", 1);
	}
	buffer_append(out, ">", 1);
	write_text(out, e->text);
	for (const struct phone_twiml_element *c = e->child; c; c = c->next)
		write_element(out, c);
	buffer_printf(out, "</%s>", e->name);
}

static void compare(const struct phone_twiml_element *a,
		    const struct phone_twiml_element *b)
{
	for (; a && b; a = a->next, b = b->next) {
		const struct phone_twiml_attribute *x = a->attributes;
		const struct phone_twiml_attribute *y = b->attributes;

		assert(strcmp(a->name, b->name) == 0);
		assert(strcmp(a->text, b->text) == 0);
		for (; x && y; x = x->next, y = y->next)
			assert(strcmp(x->name, y->name) == 0 &&
			       strcmp(x->value, y->value) == 0);
		assert(!x && !y);
		compare(a->child, b->child);
	}
	assert(!a && !b);
}

static void check_again(const struct phone_twiml *doc)
{
	struct phone_twiml again;
	struct buffer out;

	buffer_init(&out, PHONE_TWIML_MAX);
	write_element(&out, doc->root);
	/* Escapes make it longer: what no longer fits proves nothing. */
	if (out.used < PHONE_TWIML_MAX - 1000) {
		assert(phone_twiml_read(&again, (char *)buffer_head(&out),
					out.used) == 0);
		compare(doc->root, again.root);
		assert(doc->warnings == again.warnings);
		phone_twiml_free(&again);
	}
	buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	struct phone_twiml doc;

	assert(text);
	memcpy(text, data, size);
	if (phone_twiml_read(&doc, text, size) == 0) {
		check_again(&doc);
		phone_twiml_free(&doc);
	} else {
		assert(doc.warnings == 1 && doc.warning[0].text[0]);
	}
	free(text);
	return 0;
}
