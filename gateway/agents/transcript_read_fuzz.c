/* Any text as what another transcript has written: what is taken of it is
 * written as it was read. */
#include "tools/testing/fuzz.h"

#include <string.h>

#include "gateway/agents/transcript.h"

#define ROOM (TRANSCRIPT_BYTES_MAX + TRANSCRIPT_TURNS_MAX * 16)

static char once[ROOM], twice[ROOM];

static size_t through(const char *text, char *out)
{
	struct transcript *t = transcript_new();

	FUZZ_CHECK(t);
	transcript_read(t, text);
	FUZZ_CHECK(transcript_turns(t) <= TRANSCRIPT_TURNS_MAX);
	size_t len = transcript_write(t, out, ROOM);
	transcript_free(t);
	return len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *text = malloc(size + 1);

	FUZZ_CHECK(text);
	memcpy(text, data, size);
	text[size] = '\0';
	size_t len = through((const char *)text, once);
	FUZZ_CHECK(len == through(once, twice));
	FUZZ_CHECK(strcmp(once, twice) == 0);
	free(text);
	return 0;
}
