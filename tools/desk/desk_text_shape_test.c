#include "tools/testing/check.h"

#include <stdbool.h>

#include "tools/desk/desk_text_shape.h"

#define CALL_ITEM                                                       \
	"{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\"," \
	"\"arguments\":\"{}\"}"
#define OUTPUT_ITEM \
	"{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"1\"}"
#define TOOL                                     \
	"{\"type\":\"function\",\"name\":\"f\"," \
	"\"parameters\":{\"type\":\"object\"}}"
#define CHAT_CALL                                                    \
	"{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{" \
	"\"id\":\"c\",\"type\":\"function\",\"function\":{"          \
	"\"name\":\"f\",\"arguments\":\"{}\"}}]}"

struct row {
	const char *body;
	bool is_ok;
};

static void check(const struct row *row, size_t n,
		  int (*shape)(const json_t *body, char *why, size_t cap))
{
	for (size_t i = 0; i < n; i++) {
		char why[256] = "";
		json_t *body = json_loads(row[i].body, 0, NULL);
		CHECK(body, row[i].body);
		CHECK_EQ(row[i].is_ok, shape(body, why, sizeof(why)) == 0,
			 row[i].body);
		CHECK_EQ(row[i].is_ok, why[0] == '\0', row[i].body);
		json_decref(body);
	}
}

static void responses(void **state)
{
	static const struct row row[] = {
		{ "{\"model\":\"m\",\"input\":\"hello\"}", true },
		{ "{\"model\":\"m\",\"input\":[{\"role\":\"user\","
		  "\"content\":\"hello\"}],\"instructions\":\"x\"}",
		  true },
		{ "{\"model\":\"m\",\"input\":[{\"type\":\"message\",\"role\":"
		  "\"assistant\",\"content\":[{\"type\":\"output_text\","
		  "\"text\":\"hi\"}]}]}",
		  true },
		{ "{\"model\":\"m\",\"input\":[" CALL_ITEM "," OUTPUT_ITEM
		  "],\"tools\":[" TOOL "]}",
		  true },
		{ "{\"model\":\"m\",\"input\":[" OUTPUT_ITEM "," CALL_ITEM "]}",
		  false },
		{ "{\"input\":\"hello\"}", false },
		{ "{\"model\":\"m\"}", false },
		{ "{\"model\":\"m\",\"messages\":[]}", false },
		{ "{\"model\":1,\"input\":\"hello\"}", false },
		{ "{\"model\":\"m\",\"input\":[]}", false },
		{ "{\"model\":\"m\",\"input\":\"x\",\"stream\":true}", false },
		{ "{\"model\":\"m\",\"input\":\"x\",\"max_tokens\":5}", false },
		{ "{\"model\":\"m\",\"input\":[{\"role\":\"tool\","
		  "\"content\":\"x\"}]}",
		  false },
		{ "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":"
		  "[{\"type\":\"text\",\"text\":\"x\"}]}]}",
		  false },
		{ "{\"model\":\"m\",\"input\":\"x\",\"tools\":[{\"type\":"
		  "\"function\",\"function\":{}}]}",
		  false },
	};

	(void)state;
	check(row, ARRAY_LEN(row), desk_text_shape_responses);
}

static void chat(void **state)
{
	static const struct row row[] = {
		{ "{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
		  "\"content\":\"hello\"}]}",
		  true },
		{ "{\"model\":\"m\",\"messages\":[" CHAT_CALL
		  ",{\"role\":\"tool\",\"tool_call_id\":\"c\","
		  "\"content\":\"1\"}],\"tools\":[{\"type\":\"function\","
		  "\"function\":{\"name\":\"f\",\"parameters\":{\"type\":"
		  "\"object\"}}}]}",
		  true },
		{ "{\"model\":\"m\",\"messages\":[{\"role\":\"tool\","
		  "\"tool_call_id\":\"c\",\"content\":\"1\"}]}",
		  false },
		{ "{\"model\":\"m\",\"messages\":[]}", false },
		{ "{\"model\":\"m\",\"input\":\"x\"}", false },
		{ "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}",
		  false },
		{ "{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
		  "\"content\":\"x\"}],\"tools\":[" TOOL "]}",
		  false },
	};

	(void)state;
	check(row, ARRAY_LEN(row), desk_text_shape_chat);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(responses),
		cmocka_unit_test(chat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
