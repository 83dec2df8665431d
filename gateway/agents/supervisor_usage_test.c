#include "gateway/agents/supervisor_usage.h"

#include <stdio.h>
#include <string.h>

#include "gateway/records/price.h"
#include "tools/testing/check.h"

static void expect(const char *answer, bool is_chat,
		   const struct price_usage *want, const char *why)
{
	json_t *document = answer ? json_loads(answer, 0, NULL) : NULL;
	struct price_usage u;

	memset(&u, 0xff, sizeof(u));
	CHECK(!answer || document, answer);
	supervisor_usage_read(&u, document, is_chat);
	for (unsigned k = 0; k < PRICE_KINDS; k++)
		CHECK_EQ(want->tokens[k], u.tokens[k], why);
	CHECK_EQ(want->unsplit, u.unsplit, why);
	CHECK_EQ(0, u.audio_ms, why);
	json_decref(document);
}

/* IN, CACHED, OUT stand for the names that a shape has. */
static char *named(char out[512], const char *usage, bool is_chat)
{
	static const char *const name[][3] = {
		{ "IN", "input_tokens", "prompt_tokens" },
		{ "OUT", "output_tokens", "completion_tokens" },
	};
	char *at = out;

	while (*usage) {
		unsigned i = 0;
		while (i < 2 && strncmp(usage, name[i][0], strlen(name[i][0])))
			i++;
		if (i == 2) {
			*at++ = *usage++;
			continue;
		}
		usage += strlen(name[i][0]);
		at += sprintf(at, "%s", name[i][is_chat ? 2 : 1]);
	}
	*at = '\0';
	return out;
}

static void what_is_billed(void **state)
{
	static const struct {
		const char *answer;
		struct price_usage usage; /* text: in, cached, out */
		const char *why;
	} row[] = {
		{ "{\"usage\":{\"IN\":36,\"IN_details\":{\"cached_tokens\":12},"
		  "\"OUT\":87,\"OUT_details\":{\"reasoning_tokens\":64},"
		  "\"total_tokens\":123}}",
		  { .tokens = { 24, 12, 87 } },
		  "as the reference has it" },
		{ "{\"usage\":{\"IN\":36,\"OUT\":87}}",
		  { .tokens = { 36, 0, 87 } },
		  "no details: nothing was cached" },
		{ "{\"usage\":{\"IN\":36,\"IN_details\":null,\"OUT\":87}}",
		  { .tokens = { 36, 0, 87 } },
		  "null are none" },
		{ "{\"usage\":{\"IN\":36,\"IN_details\":{\"cached_tokens\":"
		  "null},\"OUT\":87}}",
		  { .tokens = { 36, 0, 87 } },
		  "likewise" },
		{ "{\"usage\":{\"IN\":36,\"IN_details\":{\"cached_tokens\":36},"
		  "\"OUT\":0}}",
		  { .tokens = { 0, 36, 0 } },
		  "all of it was cached, nothing said" },
		{ "{\"usage\":{\"IN\":100000000,\"OUT\":100000000}}",
		  { .tokens = { 100000000, 0, 100000000 } },
		  "the most that is believed" },
		{ "{\"usage\":{\"IN\":100000001,\"OUT\":7}}",
		  { .tokens = { 0, 0, 7 }, .unsplit = 1 },
		  "one more" },
		{ "{\"usage\":{\"IN\":-1,\"OUT\":7}}",
		  { .tokens = { 0, 0, 7 }, .unsplit = 1 },
		  "less than none" },
		{ "{\"usage\":{\"IN\":36,\"OUT\":-9223372036854775808}}",
		  { .tokens = { 36 }, .unsplit = 1 },
		  "far less" },
		{ "{\"usage\":{\"IN\":9223372036854775807,\"OUT\":7}}",
		  { .tokens = { 0, 0, 7 }, .unsplit = 1 },
		  "far more" },
		{ "{\"usage\":{\"IN\":36.5,\"OUT\":7}}",
		  { .tokens = { 0, 0, 7 }, .unsplit = 1 },
		  "half a token" },
		{ "{\"usage\":{\"IN\":1e3,\"OUT\":7}}",
		  { .tokens = { 0, 0, 7 }, .unsplit = 1 },
		  "no integer of JSON's" },
		{ "{\"usage\":{\"IN\":\"36\",\"OUT\":true}}",
		  { .unsplit = 1 },
		  "texts and truths" },
		{ "{\"usage\":{\"IN\":36}}",
		  { .tokens = { 36 }, .unsplit = 1 },
		  "half of it" },
		{ "{\"usage\":{\"IN\":36,\"IN_details\":{\"cached_tokens\":37},"
		  "\"OUT\":7}}",
		  { .tokens = { 36, 0, 7 }, .unsplit = 1 },
		  "more cached than there was: at the full price" },
		{ "{\"usage\":{\"IN\":36,\"IN_details\":{\"cached_tokens\":-1},"
		  "\"OUT\":7}}",
		  { .tokens = { 36, 0, 7 }, .unsplit = 1 },
		  "less than none was cached" },
		{ "{\"usage\":{\"IN\":36,\"IN_details\":[12],\"OUT\":7}}",
		  { .tokens = { 36, 0, 7 }, .unsplit = 1 },
		  "details that are none" },
		{ "{\"usage\":{}}", { .unsplit = 1 }, "nothing in it" },
		{ "{\"usage\":null}", { .unsplit = 1 }, "none" },
		{ "{\"usage\":[1]}", { .unsplit = 1 }, "a list" },
		{ "{}", { .unsplit = 1 }, "not told" },
		{ "[]", { .unsplit = 1 }, "no object" },
		{ NULL, { .unsplit = 1 }, "no JSON" },
	};
	char answer[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		for (int is_chat = 0; is_chat < 2; is_chat++)
			expect(row[i].answer
				       ? named(answer, row[i].answer, is_chat)
				       : NULL,
			       is_chat, &row[i].usage, row[i].why);
}

static void of_the_other_shape(void **state)
{
	static const struct price_usage unknown = { .unsplit = 1 };

	(void)state;
	expect("{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}",
	       false, &unknown, "chat, where responses were asked for");
	expect("{\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}", true,
	       &unknown, "and the other way round");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_billed),
		cmocka_unit_test(of_the_other_shape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
