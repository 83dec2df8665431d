/* What the parts of the OpenAI driver share; nobody else includes this. */
#ifndef GATEWAY_MODELS_OPENAI_PARTS_H
#define GATEWAY_MODELS_OPENAI_PARTS_H

#include "gateway/models/openai_session.h"

struct ws_end;

/* One message from the server. */
void openai_events_take(struct openai_session *s, char *text, size_t len,
			uint64_t now_ns);

/* What this session is asked to be. */
struct realtime_session openai_commands_session(const struct openai_session *s);

/* Send the session.update. */
void openai_commands_configure(struct openai_session *s);

/* What its model is told about itself. */
const char *openai_commands_instructions(const struct openai_session *s);

/* An update of a session that is configured: sent now, or behind the one that
 * is under way. Then: it was confirmed, or refused. */
void openai_session_update(struct openai_session *s);
void openai_session_updated(struct openai_session *s);

/* The server said hello; it confirmed the configuration. */
void openai_session_configure(struct openai_session *s, uint64_t now_ns);
void openai_session_confirmed(struct openai_session *s, uint64_t now_ns);

/* Whether a connection that ended so is worth another attempt. */
bool openai_passing(const struct ws_end *end);

/* Out of the list it is in, if it is. */
void openai_session_unlink(struct openai_session *s);

/* A session that stands gets its call, and the call's log; its owner is set.
 * Nothing is sent and nobody told. Then, from the loop: the call is told; does
 * nothing when the session was lost meanwhile, or the call has closed it. */
void openai_session_give(struct openai_session *s, struct call *call,
			 const struct log *log);
void openai_session_begin(struct openai_session *s, uint64_t now_ns);

/* The session is of no use any more: tell the call, or who waits for it, and
 * close. */
void openai_session_fail(struct openai_session *s, const char *why,
			 uint64_t now_ns);

#endif
