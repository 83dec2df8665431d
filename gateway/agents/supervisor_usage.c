#include "gateway/agents/supervisor_usage.h"

#include "gateway/records/price.h"

/* Returns whether it can be believed; else *n is 0. */
static bool read_count(const json_t *value, uint64_t *n)
{
	json_int_t count = json_integer_value(value);

	*n = 0;
	if (!json_is_integer(value) || count < 0 ||
	    count > SUPERVISOR_TOKENS_MAX)
		return false;
	*n = (uint64_t)count;
	return true;
}

/* Details may be absent, or null; and so may what was cached. */
static bool read_cached(const json_t *details, uint64_t *n)
{
	const json_t *cached = json_object_get(details, "cached_tokens");

	*n = 0;
	if (details && !json_is_null(details) && !json_is_object(details))
		return false;
	return !cached || json_is_null(cached) || read_count(cached, n);
}

void supervisor_usage_read(struct price_usage *u, const json_t *answer,
			   bool is_chat)
{
	static const struct {
		const char *in, *details, *out;
	} name[] = {
		{ "input_tokens", "input_tokens_details", "output_tokens" },
		{ "prompt_tokens", "prompt_tokens_details",
		  "completion_tokens" },
	};
	const json_t *usage = json_object_get(answer, "usage");
	uint64_t in, out, cached;
	bool is_sound =
		read_count(json_object_get(usage, name[is_chat].in), &in);

	is_sound &= read_count(json_object_get(usage, name[is_chat].out), &out);
	is_sound &= read_cached(json_object_get(usage, name[is_chat].details),
				&cached);
	if (cached > in) {
		is_sound = false;
		cached = 0;
	}
	*u = (struct price_usage){ .unsplit = is_sound ? 0 : 1 };
	u->tokens[PRICE_TEXT_IN] = in - cached;
	u->tokens[PRICE_TEXT_IN_CACHED] = cached;
	u->tokens[PRICE_TEXT_OUT] = out;
}
