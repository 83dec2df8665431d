/* Whatever arguments a model could write: what is taken keeps to the contract,
 * what is not is told as JSON. The first byte is which function. */
#include "tools/testing/fuzz.h"

#include <jansson.h>

#include "gateway/agents/tools.h"
#include "gateway/call/digits.h"
#include "gateway/ops/config.h"

static struct tools tools;
static struct config config;

static void open_once(void)
{
	if (tools.count)
		return;
	config.agent.tools = CONFIG_TOOL_END_CALL | CONFIG_TOOL_TRANSFER_CALL |
			     CONFIG_TOOL_SEND_DTMF | CONFIG_TOOL_SEND_METADATA |
			     CONFIG_TOOL_RECORD_CALL |
			     CONFIG_TOOL_COLLECT_DIGITS;
	config.transfer.target_count = 1;
	strcpy(config.transfer.targets[0].name, "sales");
	strcpy(config.transfer.targets[0].to, "tel:+33180000100");
	char why[256];
	FUZZ_CHECK(
		!tools_init(&tools, &config, &config.agent, why, sizeof(why)));
	FUZZ_CHECK(tools.count > 0);
}

static void check_reason(const char *reason)
{
	json_t *text = json_string(reason);

	FUZZ_CHECK(text != NULL); /* UTF-8 */
	for (; *reason; reason++)
		FUZZ_CHECK((unsigned char)*reason >= ' ' && *reason != 0x7f);
	json_decref(text);
}

static void check_collect(const struct call_collect_request *q)
{
	FUZZ_CHECK(q->name[0] && q->min >= 1 && q->min <= q->max);
	FUZZ_CHECK(q->max <= DIGITS_MAX && q->timeout_ms >= 1000);
	FUZZ_CHECK(!q->terminator || strchr("0123456789*#", q->terminator));
}

static void check_request(const struct call_request *r)
{
	size_t keys = strlen(r->digits);
	json_t *data;

	check_reason(r->reason);
	if (r->kind == CALL_REQUEST_COLLECT)
		check_collect(&r->collect);
	FUZZ_CHECK(!strcmp(r->target, r->kind == CALL_REQUEST_TRANSFER
					      ? "tel:+33180000100"
					      : ""));
	FUZZ_CHECK((r->kind == CALL_REQUEST_KEYS) == (keys > 0));
	FUZZ_CHECK(strspn(r->digits, "0123456789*#") == keys);
	FUZZ_CHECK((r->kind == CALL_REQUEST_METADATA) == (r->data != NULL));
	if (!r->data)
		return;
	FUZZ_CHECK(strlen(r->data) < CALL_DATA_MAX);
	data = json_loads(r->data, 0, NULL);
	FUZZ_CHECK(json_is_object(data));
	json_decref(data);
	free(r->data);
}

static void check_error(const char *error)
{
	json_t *told = json_loads(error, 0, NULL);

	FUZZ_CHECK(json_string_length(json_object_get(told, "error")) > 0);
	json_decref(told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct call_request r;
	char *error = malloc(TOOLS_ERROR_MIN);

	open_once();
	if (n) {
		char *arguments = fuzz_text(data + 1, n - 1);
		unsigned which = data[0] % (unsigned)(tools.count + 1);
		const char *name = which < tools.count
					   ? tools.offered[which].name
					   : arguments;
		int err = tools_read(&tools, name, arguments, &r, error,
				     TOOLS_ERROR_MIN);
		if (err)
			check_error(error);
		else
			check_request(&r);
		FUZZ_CHECK(which || !err); /* end_call always ends */
		free(arguments);
	}
	free(error);
	return 0;
}
