/* One Realtime session as the server sees it: client events and time in,
 * server events out. No socket, no clock: the shell (model_server) brings
 * bytes and the time, a test brings its own.
 *
 * Source: OpenAI Realtime over WebSocket, fidelity list (section 6). */
#ifndef TOOLS_MODEL_MODEL_SESSION_H
#define TOOLS_MODEL_MODEL_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/model/model_random.h"
#include "tools/model/model_report.h"
#include "tools/model/model_scenario.h"
#include "tools/model/model_voice.h"

#define MODEL_PAST_ITEMS 1024 /* ids of ended sessions that are remembered */

/* What the sessions of one server share. */
struct model_world {
	struct model_scenario scenario;
	struct model_voice *voice;
	struct model_report report;
	struct model_random random;
	FILE *trace;       /* JSON lines, or NULL */
	bool is_reasoning; /* the profile's models take reasoning keys */
	unsigned connections;
	char past_item[MODEL_PAST_ITEMS][MODEL_ID_LEN];
	unsigned past_items;
};

/* Where a session's output goes. */
struct model_session_out {
	void (*send)(void *owner, const char *text, size_t len);
	void (*send_binary)(void *owner, const void *bytes, size_t len);
	void (*ping)(void *owner, const uint8_t payload[4]);
	void (*close)(void *owner, unsigned code, const char *reason);
	void (*reset)(void *owner);
	void (*set_reading)(void *owner, bool is_reading);
};

struct model_session;

/* model_session_new: the 101 has been sent. number counts connections from 1.
 * NULL when out of memory. */
struct model_session *model_session_new(struct model_world *world,
					unsigned number, const char *model,
					const struct model_session_out *out,
					void *owner, uint64_t now_us);

/* What arrives. */
void model_session_text(struct model_session *s, const char *text, size_t len,
			uint64_t now_us);
void model_session_binary(struct model_session *s, uint64_t now_us);
void model_session_pong(struct model_session *s, uint64_t now_us);

/* model_session_due: when to run next, or MODEL_NEVER.
 * model_session_run: do what is due. */
uint64_t model_session_due(const struct model_session *s);
void model_session_run(struct model_session *s, uint64_t now_us);

/* model_session_end: the connection is gone; draws the balance. by_peer: the
 * client ended it, with this close code. */
void model_session_end(struct model_session *s, bool by_peer, unsigned code,
		       uint64_t now_us);
void model_session_free(struct model_session *s);

const char *model_session_id(const struct model_session *s);

#endif
