/* Whatever a text model's server answers: it is read within its bounds, and
 * what is said back can be sent. The first byte says which shape. */
#include "tools/testing/fuzz.h"

#include "gateway/agents/supervisor_talk.h"
#include "gateway/agents/supervisor_usage.h"
#include "gateway/ops/config.h"
#include "protocols/utf8.h"

static void check_text(const char *text, size_t max)
{
	size_t n = strlen(text);

	FUZZ_CHECK(n <= max);
	FUZZ_CHECK(utf8_is_valid((const uint8_t *)text, n));
}

/* Never what nobody could believe; and of text alone. */
static void check_usage(const struct price_usage *u)
{
	FUZZ_CHECK(u->tokens[PRICE_TEXT_IN] + u->tokens[PRICE_TEXT_IN_CACHED] <=
		   SUPERVISOR_TOKENS_MAX);
	FUZZ_CHECK(u->tokens[PRICE_TEXT_OUT] <= SUPERVISOR_TOKENS_MAX);
	FUZZ_CHECK(!u->tokens[PRICE_AUDIO_IN] && !u->audio_ms);
	FUZZ_CHECK(u->unsplit <= 1);
}

static void check(const struct supervisor_answer *a, json_t *request)
{
	check_text(a->text, SUPERVISOR_TEXT_MAX);
	check_text(a->why, SUPERVISOR_WHY_MAX - 1);
	FUZZ_CHECK(a->count <= SUPERVISOR_CALLS_MAX);
	check_usage(&a->usage);
	FUZZ_CHECK((a->said == SUPERVISOR_FAILS) == (a->why[0] != '\0'));
	if (a->said == SUPERVISOR_ANSWERS)
		FUZZ_CHECK(a->text[0]);
	if (a->said != SUPERVISOR_CALLS)
		return;
	FUZZ_CHECK(a->count > 0);
	for (unsigned i = 0; i < a->count; i++) {
		FUZZ_CHECK(a->call[i].id[0] && a->call[i].name[0]);
		FUZZ_CHECK(
			!supervisor_talk_output(request, a->call[i].id, "{}"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct config_agent_supervisor c = { .model = "m",
						    .instructions = "i" };
	static struct supervisor_answer a;

	if (!n)
		return 0;
	c.api = data[0] & 1 ? CONFIG_SUPERVISOR_CHAT
			    : CONFIG_SUPERVISOR_RESPONSES;
	char *body = fuzz_copy(data + 1, n - 1);
	json_t *request = supervisor_talk_begin(&c, "q", NULL, 0);
	supervisor_talk_read(&a, request, body, n - 1);
	check(&a, request);
	supervisor_answer_free(&a);
	char *text = json_dumps(request, JSON_COMPACT);
	FUZZ_CHECK(text != NULL);
	free(text);
	json_decref(request);
	free(body);
	return 0;
}
