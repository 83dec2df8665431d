/* An agent: what a configuration says of who answers. One for all calls of a
 * worker; it keeps nothing of a call (agent_call.h does). */
#ifndef GATEWAY_AGENTS_AGENT_H
#define GATEWAY_AGENTS_AGENT_H

#include <stdbool.h>

#include "gateway/agents/prompt.h"
#include "gateway/agents/tools.h"
#include "gateway/call/keypad.h"

struct call_variables;
struct config;
struct config_agent;
struct knowledge;
struct knowledge_library;

/* What the model of one call is told; both from malloc, for agent_words_free.
 */
struct agent_words {
	char *instructions;
	char *greeting; /* NULL: it does not greet */
};

struct agent {
	unsigned index; /* in the book of agents */
	const struct config *config;
	const struct config_agent *wanted; /* what it says of this one */
	char *instructions;                /* agent_text.h; with places */
	struct agent_words words; /* where nothing is known of the call */
	struct prompt sound;      /* greeting_file; or none */
	struct prompt menu;       /* keypad_prompt; or none */
	struct keypad keypad;     /* of wanted and the configuration */
	bool has_places; /* in its texts: each call fills them (template.h) */
	struct tools tools;
	/* What only its supervisor may call: search_knowledge, if at all. */
	struct tools supervisor_tools;
	struct knowledge *knowledge; /* knowledge.h; NULL: of no files */
};

/* agent_init: the index-th agent of the configuration, which must outlive it;
 * reads the files that it names.
 *
 * why  on failure: what was wrong, in words
 * Returns 0 or a negative errno, as agent_text_make; agent_free is valid after
 * either. */
int agent_init(struct agent *a, const struct config *c, unsigned index,
	       char *why, size_t cap);
void agent_free(struct agent *a);

/* agent_learn: what its knowledge.files hold, out of the library, which must
 * outlive it. Returns 0; or a negative errno and why, as knowledge_open. */
int agent_learn(struct agent *a, struct knowledge_library *l, char *why,
		size_t cap);
/* agent_greets: the model is to say something first. */
bool agent_greets(const struct agent *a);

/* agent_words: by what is known of the call.
 * Returns 0, or -ENOMEM with nothing to free. */
int agent_words(struct agent_words *w, const struct agent *a,
		const struct call_variables *v);
void agent_words_free(struct agent_words *w);

#endif
