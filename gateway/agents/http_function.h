/* A function that is an HTTP request to somebody else's server, as the
 * configuration's agent.functions has it.
 *
 * What the model is told:
 *
 *   2xx, JSON              the body as it is
 *   2xx, other text        {"text": "…"}
 *   2xx, no body           {"status": "done"}
 *   2xx, says JSON, is not an error that says so
 *   not UTF-8, or a NUL    an error that says so
 *   more than answer_max   an error that says how much may be
 *   3xx                    an error: a redirect, which is not followed
 *   other                  an error with the status and its meaning, and as
 *                          much as HTTP_FUNCTION_QUOTE_MAX of the body
 *   no answer in time      an error with the time
 *   no connection, TLS …   an error with the reason
 *
 * A failed connection, 429 and 5xx are tried again, `retries` times, within
 * timeout_ms: after what Retry-After says, else HTTP_FUNCTION_RETRY_MS,
 * doubling. One that would come too late is not made. All tries have one
 * Idempotency-Key; the signature is each one's own.
 *
 * A run that is due earlier (tool_run.h) has that much less time.
 *
 * Bounded: HTTP_FUNCTIONS_MAX under way on a worker, one more is an error. */
#ifndef GATEWAY_AGENTS_HTTP_FUNCTION_H
#define GATEWAY_AGENTS_HTTP_FUNCTION_H

#define HTTP_FUNCTIONS_MAX       2048
#define HTTP_FUNCTION_TIMEOUT_MS 10000 /* where the configuration says 0 */
#define HTTP_FUNCTION_RETRY_MS   100
#define HTTP_FUNCTION_QUOTE_MAX  200 /* bytes of an error's body */

/* The run's tool has a config_function. */
extern const struct tool_kind http_function_kind;

#endif
