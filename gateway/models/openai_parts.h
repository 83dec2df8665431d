/* What the parts of the OpenAI driver share; nobody else includes this. */
#ifndef GATEWAY_MODELS_OPENAI_PARTS_H
#define GATEWAY_MODELS_OPENAI_PARTS_H

#include "gateway/models/openai_session.h"

/* One message from the server. */
void openai_events_take(struct openai_session *s, char *text, size_t len,
			uint64_t now_ns);

/* What this session is asked to be. */
struct realtime_session openai_commands_session(const struct openai_session *s);

/* Send the session.update. */
void openai_commands_configure(struct openai_session *s);

/* The server said hello; it confirmed the configuration. */
void openai_session_configure(struct openai_session *s, uint64_t now_ns);
void openai_session_confirmed(struct openai_session *s, uint64_t now_ns);

/* The session is of no use any more: tell the call, close. */
void openai_session_fail(struct openai_session *s, const char *why,
			 uint64_t now_ns);

#endif
