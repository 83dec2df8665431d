/* Whatever a model asks: a search never fails, and finds no more than it was
 * asked for. The first byte says which index. */
#include "tools/testing/fuzz.h"

#include "gateway/agents/knowledge_index.h"
#include "protocols/utf8.h"

static struct knowledge_index *indexes[2];

static void open_once(void)
{
	static const char text[] =
		"# Opening hours\nMonday to Friday, eight to six.\n"
		"# \xc3\x96"
		"ffnungszeiten\nMontag bis Freitag, acht bis achtzehn Uhr.\n"
		"# \xe5\x96\xb6\xe6\xa5\xad\nand or not near AND OR NOT NEAR\n";
	struct knowledge_builder *b;

	for (int i = 0; i < 2 && !indexes[i]; i++) {
		FUZZ_CHECK(!knowledge_builder_open(&b, i == 0));
		FUZZ_CHECK(!knowledge_builder_add(b, "a.md", text,
						  sizeof(text) - 1));
		FUZZ_CHECK(!knowledge_builder_done(b, &indexes[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	json_t *results;

	open_once();
	if (!n || !utf8_is_valid(data + 1, n - 1))
		return 0;
	char *words = fuzz_text(data + 1, n - 1);
	FUZZ_CHECK(!knowledge_index_search(indexes[data[0] & 1], words, 2,
					   &results));
	FUZZ_CHECK(json_array_size(results) <= 2);
	json_decref(results);
	free(words);
	return 0;
}
