/* What the server makes of an upgrade request: granted, refused by HTTP, or
 * granted and then told why not, as the real service does.
 *
 * Source: OpenAI Realtime, "URL", "Headers", "What can go wrong" (1.1 - 1.6).
 */
#ifndef TOOLS_MODEL_MODEL_HANDSHAKE_H
#define TOOLS_MODEL_MODEL_HANDSHAKE_H

#include <stdbool.h>

#include "tools/model/model_error.h"

struct http_message;

struct model_handshake {
	unsigned http_status; /* 0: upgrade; else refuse with this */
	unsigned close_code;  /* 0: a session; else error, then this close */
	struct model_error error;
	char model[64];
	bool takes_realtime; /* answer with subprotocol "realtime" */
	bool is_beta;
};

/* model_handshake_judge: request is an upgrade to any path.
 * key  the one accepted; NULL: any that is not empty */
void model_handshake_judge(struct model_handshake *h,
			   const struct http_message *request, const char *key);

#endif
