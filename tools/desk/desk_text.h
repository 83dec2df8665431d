/* A text model over HTTP, in both of the usual shapes:
 *
 *   POST /v1/responses          Responses
 *   POST /v1/chat/completions   Chat Completions
 *
 * Strict about what is asked: the key as a Bearer token, JSON of known members
 * and types, a function's output only behind its call. Answers are scripted, in
 * either shape the same. */
#ifndef TOOLS_DESK_DESK_TEXT_H
#define TOOLS_DESK_DESK_TEXT_H

#include <stdbool.h>

struct desk_reply;
struct desk_report;
struct desk_text;
struct http_message;

struct desk_texts {
	const struct desk_text *script; /* or NULL: there is none */
	struct desk_report *report;
	unsigned asked;
};

/* desk_texts_init: script and report are kept. */
void desk_texts_init(struct desk_texts *t, const struct desk_text *script,
		     struct desk_report *report);

/* desk_texts_take: returns whether the path is one of theirs; then the reply is
 * filled. */
bool desk_texts_take(struct desk_texts *t, const struct http_message *m,
		     struct desk_reply *reply);

/* desk_texts_end: were there as many requests as there should be? */
void desk_texts_end(struct desk_texts *t);

#endif
