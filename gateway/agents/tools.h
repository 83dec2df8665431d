/* The functions a model may call: what it is offered, and what a call of one
 * means.
 *
 * Only what the configuration names is offered and taken: agent.tools, and
 * transfer_call only where there are transfer.targets.
 *
 *   end_call       {reason?}          also with arguments nobody can read
 *   transfer_call  {target, reason?, summary?}
 *                                     target: the name of a configured one; a
 *                                     warm one needs a summary,
 *                                     CALL_SUMMARY_MAX
 *   send_dtmf      {digits}           1 to CALL_DIGITS_MAX of 0-9 * #
 *   send_metadata  {data}             an object, CALL_DATA_MAX as text
 *   record_call    {action}           start, stop, pause or resume
 *   collect_digits {purpose, min?, max?, terminator?, timeout_ms?, masked?}
 *   save_form      {field: text, …}   form.h
 *   hand_off       {agent, reason}    where there are hand_offs; hand_off.h
 *
 * By kinds of their own:
 *
 *   search_knowledge  {query}         knowledge_tool.h
 *   ask_supervisor    {question}      supervisor.h */
#ifndef GATEWAY_AGENTS_TOOLS_H
#define GATEWAY_AGENTS_TOOLS_H

#include <jansson.h>
#include <stddef.h>

#include "gateway/call/call_port.h"
#include "gateway/call/call_request.h"
#include "gateway/ops/config.h"

struct config;
struct config_agent;
struct config_function;
struct config_transfer;
struct tool_kind;

/* Limits. */
#define TOOLS_MAX           32    /* offered; all there are fit */
#define TOOLS_ARGUMENTS_MAX 16384 /* bytes; longer ones are an error */
#define TOOLS_ERROR_MIN     256   /* room an error needs at least … */
#define TOOLS_ERROR_MAX     512   /* … and at most */

/* One that is offered. */
struct tool {
	const char *name;
	const char *description;      /* for the model */
	char *text;                   /* the same, where it is its own */
	char *parameters;             /* JSON Schema of an object, as text */
	json_t *schema;               /* the same, of one that has a kind */
	const struct tool_kind *kind; /* who does it (tool_run.h); NULL: the
					 call itself, as tools_read says */
	const struct config_function *function; /* of the HTTP kind */
	struct call_filler filler;              /* of one that has a kind */
};

struct tools {
	struct tool offered[TOOLS_MAX];
	size_t count;
	const struct config_transfer *transfer;
	uint8_t *soft; /* filler_sound.h; NULL: of tools_init_only */
};

/* tools_init: those of an agent, by its configuration, which must outlive it.
 * Reads the files it names.
 *
 * why  on failure: what is wrong, in words, with its key
 * Returns 0, -ENOMEM, -EINVAL (a schema or a URL that cannot be kept to), or
 * why a file could not be read; tools_free is valid after any. */
int tools_init(struct tools *t, const struct config *c,
	       const struct config_agent *a, char *why, size_t cap);
void tools_free(struct tools *t);

/* tools_init_only: the built-in function of that bit alone, whatever an agent
 * wants; likewise. */
int tools_init_only(struct tools *t, const struct config *c,
		    enum config_tool bit);

/* tools_find: NULL when it is not offered. */
const struct tool *tools_find(const struct tools *t, const char *name);

/* tools_arguments: those of a function that has a kind, from JSON text (""
 * means none). Returns an object that fits its schema, the caller's; or NULL
 * and an error as below. */
json_t *tools_arguments(const struct tool *tool, const char *arguments,
			char *error, size_t cap);

/* tools_read: a call of a function that has none.
 *
 * arguments  JSON text; "" means none
 * r          filled on 0. Texts are cut to their room between characters, and
 *            have no control characters; data (metadata, a summary) is the
 *            caller's, to be freed
 * error      otherwise: what the model is told, {"error":"…"}; cap at least
 *            TOOLS_ERROR_MIN
 * Returns 0; -ENOENT there is no such function; -EINVAL its arguments do not
 * fit. */
int tools_read(const struct tools *t, const char *name, const char *arguments,
	       struct call_request *r, char *error, size_t cap);

#endif
