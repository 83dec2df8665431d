/* The server around the sessions: listener, upgrade, sockets, timers. */
#ifndef TOOLS_MODEL_MODEL_SERVER_H
#define TOOLS_MODEL_MODEL_SERVER_H

#include <uv.h>

#include "tools/model/model_session.h"

struct model_server;
struct tls_context;

#define MODEL_SESSIONS_MAX 1024 /* more: 503 */

/* model_server_open: listen. world, tls and key must outlive the server.
 * Returns 0 and *out, or a negative errno. */
int model_server_open(struct model_server **out, uv_loop_t *loop,
		      const char *host, unsigned port, struct tls_context *tls,
		      const char *key, struct model_world *world);
unsigned model_server_port(const struct model_server *s);

/* model_server_close: end every session with 1001 and stop; on_closed comes
 * when all is gone. */
void model_server_close(struct model_server *s, void (*on_closed)(void *owner),
			void *owner);

#endif
