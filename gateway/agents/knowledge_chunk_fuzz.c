/* Whatever an author writes: pieces keep to their bounds, and say nothing that
 * the text does not, in its order. */
#include "tools/testing/fuzz.h"

#include "gateway/agents/knowledge_chunk.h"
#include "protocols/utf8.h"

struct reading {
	const char *at; /* in the text: all before it was told or left out */
	const char *end;
};

static bool is_told_as_it_is(char byte)
{
	return (unsigned char)byte > ' ' && byte != 0x7f;
}

static int check(void *owner, const struct knowledge_chunk *c)
{
	struct reading *r = owner;
	size_t n = strlen(c->text), heading = strlen(c->heading);

	FUZZ_CHECK(n > 0 && n <= KNOWLEDGE_CHUNK_MAX);
	FUZZ_CHECK(heading < KNOWLEDGE_HEADING_MAX);
	FUZZ_CHECK(utf8_is_valid((const uint8_t *)c->text, n));
	FUZZ_CHECK(utf8_is_valid((const uint8_t *)c->heading, heading));
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK((unsigned char)c->text[i] >= ' ' ||
			   c->text[i] == '\n');
		if (!is_told_as_it_is(c->text[i]))
			continue;
		while (r->at < r->end && *r->at != c->text[i])
			r->at++;
		FUZZ_CHECK(r->at++ < r->end);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (!n || !utf8_is_valid(data + 1, n - 1))
		return 0;
	char *text = fuzz_text(data + 1, n - 1);
	struct reading r = { text, text + strlen(text) };

	FUZZ_CHECK(knowledge_chunk_each(data[0] & 1 ? "a.md" : "a.txt", text,
					strlen(text), check, &r) == 0);
	free(text);
	return 0;
}
