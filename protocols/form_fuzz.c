/* parse(write(parse(x))) == parse(x), for fields that C strings can hold. */
#include "tools/testing/fuzz.h"

#include "protocols/buffer.h"
#include "protocols/form.h"

static int has_nul(const struct form_field *f)
{
	return strlen(f->name) != f->name_len ||
	       strlen(f->value) != f->value_len;
}

static void check_same(const struct form *a, const struct form *b)
{
	FUZZ_CHECK(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct form_field *x = &a->field[i], *y = &b->field[i];
		FUZZ_CHECK(x->name_len == y->name_len);
		FUZZ_CHECK(x->value_len == y->value_len);
		FUZZ_CHECK(!memcmp(x->name, y->name, x->name_len + 1));
		FUZZ_CHECK(!memcmp(x->value, y->value, x->value_len + 1));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct form form, again;
	struct buffer out;
	char *text = fuzz_text(data, n);
	int is_bad = form_parse(&form, text, n) != 0;

	buffer_init(&out, 1 << 20);
	for (size_t i = 0; i < form.count && !is_bad; i++) {
		const struct form_field *f = &form.field[i];
		is_bad = has_nul(f) || form_write(&out, f->name, f->value);
		FUZZ_CHECK(is_bad || form_value(&form, f->name) != NULL);
	}
	if (!is_bad && form.count) {
		char *written = fuzz_text(buffer_head(&out), out.used);
		FUZZ_CHECK(!form_parse(&again, written, out.used));
		check_same(&form, &again);
		free(written);
	}
	buffer_free(&out);
	free(text);
	return 0;
}
