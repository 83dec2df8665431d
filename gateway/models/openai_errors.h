/* The errors a model's server tells, by code: their names for the figures, and
 * which of them leave nothing to hope for.
 *
 * Source: OpenAI Realtime reference, 3.6 (errors), and its sections on limits
 * and accounts. */
#ifndef GATEWAY_MODELS_OPENAI_ERRORS_H
#define GATEWAY_MODELS_OPENAI_ERRORS_H

#include <stdbool.h>

/* All that are named, "none" for an error without a code, and "other". */
#define OPENAI_ERROR_CODES 25

/* openai_error_of: its place among them. */
unsigned openai_error_of(const char *code);
const char *openai_error_name(unsigned error); /* below OPENAI_ERROR_CODES */

/* openai_error_is_fatal: after it the session, or the account, is of no use. */
bool openai_error_is_fatal(const char *code);

#endif
