#include <string.h>

#include "protocols/http.h"
#include "tools/model/model_handshake.h"
#include "tools/testing/check.h"

#define GOOD "/v1/realtime?model=gpt-realtime-2.1"

static void judges_requests(void **state)
{
	static const struct {
		const char *target, *bearer, *protocols, *beta;
		unsigned http, close;
		const char *code, *why;
	} row[] = {
		{ GOOD, "Bearer sk-1", NULL, NULL, 0, 0, NULL, "as it should" },
		{ GOOD, "bearer sk-1", NULL, NULL, 0, 0, NULL,
		  "the scheme in any case" },
		{ GOOD, "Bearer sk-2", NULL, NULL, 0, 3000, "invalid_api_key",
		  "another key" },
		{ GOOD, "Bearer sk-11", NULL, NULL, 0, 3000, "invalid_api_key",
		  "a longer key" },
		{ GOOD, NULL, NULL, NULL, 0, 3000, "invalid_api_key",
		  "no key" },
		{ GOOD, "Basic sk-1", NULL, NULL, 0, 3000, "invalid_api_key",
		  "no bearer" },
		{ GOOD, NULL, "realtime, openai-insecure-api-key.sk-1", NULL, 0,
		  0, NULL, "1.2: a browser's way" },
		{ "/v1/realtime", "Bearer sk-1", NULL, NULL, 0, 4000,
		  "missing_model", "row 3" },
		{ "/v1/realtime?model=", "Bearer sk-1", NULL, NULL, 0, 4000,
		  "missing_model", "row 3" },
		{ "/v1/realtime?model=gpt-5", "Bearer sk-1", NULL, NULL, 0,
		  4000, "invalid_model", "row 3" },
		{ "/v1/realtime?model=gpt-4o-realtime-preview", "Bearer sk-1",
		  NULL, NULL, 0, 4004, "model_not_found", "retired" },
		{ "/v1/realtime?model=gpt%2Drealtime%2D2.1", "Bearer sk-1",
		  NULL, NULL, 0, 0, NULL, "percent-encoded" },
		{ GOOD, "Bearer sk-1", NULL, "realtime=v1", 0, 4000,
		  "beta_api_shape_disabled", "row 4: the header" },
		{ GOOD, "Bearer sk-1", "realtime, openai-beta.realtime-v1",
		  NULL, 0, 4000, "beta_api_shape_disabled",
		  "row 4: the subprotocol" },
		{ "/v1/other?model=gpt-realtime-2.1", "Bearer sk-1", NULL, NULL,
		  404, 0, NULL, "another path" },
		{ "/v1/realtimes", "Bearer sk-1", NULL, NULL, 404, 0, NULL,
		  "another path" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct http_message request = { .target = row[i].target };
		const struct http_header all[] = {
			{ "authorization", row[i].bearer },
			{ "Sec-WebSocket-Protocol", row[i].protocols },
			{ "OpenAI-Beta", row[i].beta },
		};
		struct model_handshake h;

		for (size_t k = 0; k < ARRAY_LEN(all); k++)
			if (all[k].value)
				request.header[request.headers++] = all[k];
		model_handshake_judge(&h, &request, "sk-1");
		CHECK_EQ(row[i].http, h.http_status, row[i].why);
		CHECK_EQ(row[i].close, h.close_code, row[i].why);
		if (row[i].code)
			CHECK_STR(row[i].code, h.error.code, row[i].why);
	}
}

static void takes_any_key_when_none_is_set(void **state)
{
	struct http_message request = {
		.target = GOOD,
		.header = { { "Authorization", "Bearer whatever" } },
		.headers = 1,
	};
	struct model_handshake h;

	(void)state;
	model_handshake_judge(&h, &request, NULL);
	CHECK_EQ(0, h.close_code, "any key");
	request.header[0].value = "Bearer ";
	model_handshake_judge(&h, &request, NULL);
	CHECK_EQ(3000, h.close_code, "but not none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_requests),
		cmocka_unit_test(takes_any_key_when_none_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
