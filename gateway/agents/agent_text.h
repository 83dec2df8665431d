/* All that an agent's model is told about itself, in one text: its
 * instructions, its language, its context files, and how this line works. */
#ifndef GATEWAY_AGENTS_AGENT_TEXT_H
#define GATEWAY_AGENTS_AGENT_TEXT_H

#include <stddef.h>

struct config_agent;

/* Limits, in bytes; more is refused. */
#define AGENT_TEXT_FILE_MAX 65536 /* of one file */
#define AGENT_TEXT_MAX      98304 /* of all of it */

/* agent_text_make: read the files that a names, whose paths are whole.
 *
 *     <instructions, or the file in their place>
 *
 *     # Context: opening_hours
 *
 *     <opening_hours.md>
 *     …
 *
 * out  on 0 from malloc, UTF-8
 * why  on failure: what was wrong, in words: "context: /srv/a.md: No such …"
 * Returns 0; -EILSEQ a file is no UTF-8 text; -EFBIG too large; -ENOMEM; or why
 * a file could not be read. */
int agent_text_make(char **out, const struct config_agent *a, char *why,
		    size_t cap);

/* agent_text_tokens: about how many tokens a model makes of n bytes of text: an
 * estimate, four bytes for one, as English has it; other languages take more.
 */
unsigned agent_text_tokens(size_t n);

#endif
