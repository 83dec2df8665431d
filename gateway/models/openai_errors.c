#include "gateway/models/openai_errors.h"

#include <string.h>

static const struct {
	const char *code;
	bool is_fatal;
} errors[] = {
	{ "session_expired", true },
	{ "invalid_api_key", true },
	{ "missing_model", true },
	{ "invalid_model", true },
	{ "model_not_found", true },
	{ "beta_api_shape_disabled", true },
	{ "insufficient_quota", true },
	{ "credit_balance_exhausted", true },
	{ "account_deactivated", true },
	{ "billing_hard_limit_reached", true },
	{ "rate_limit_exceeded", false },
	{ "inference_rate_limit_exceeded", false },
	{ "server_error", false },
	{ "invalid_value", false },
	{ "invalid_type", false },
	{ "missing_required_parameter", false },
	{ "unknown_parameter", false },
	{ "conversation_already_has_active_response", false },
	{ "response_cancel_not_active", false },
	{ "item_truncate_invalid_item_id", false },
	{ "item_delete_invalid_item_id", false },
	{ "item_already_truncated", false },
	{ "input_audio_buffer_commit_empty", false },
	{ "none", false },
	{ "other", false },
};
#define NONE  (OPENAI_ERROR_CODES - 2)
#define OTHER (OPENAI_ERROR_CODES - 1)
_Static_assert(sizeof(errors) / sizeof(errors[0]) == OPENAI_ERROR_CODES,
	       "one for each");

unsigned openai_error_of(const char *code)
{
	unsigned i = 0;

	while (i < NONE && strcmp(errors[i].code, code) != 0)
		i++;
	return i == NONE && *code ? OTHER : i;
}

const char *openai_error_name(unsigned error)
{
	return errors[error].code;
}

bool openai_error_is_fatal(const char *code)
{
	return errors[openai_error_of(code)].is_fatal;
}
