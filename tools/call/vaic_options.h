/* What a run tells all its calls over VoiceAI Connect: where the bot is, and
 * how VAIC is set up. Behind the carrier pointer of struct
 * caller_call_options. */
#ifndef TOOLS_CALL_VAIC_OPTIONS_H
#define TOOLS_CALL_VAIC_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/call/vaic_session.h"

#define VAIC_CALL_HEADERS_MAX    8
#define VAIC_CALL_PARAMETERS_MAX 64

/* Texts are borrowed and outlive the calls. */
struct vaic_call_options {
	/* Of the bot: ws, wss, http or https; http(s) is mapped to ws(s) for
	 * the socket, and back for the check (AudioCodes reference, 1.1). */
	const char *url;
	const char *token; /* NULL: no Authorization header */
	const char *header[VAIC_CALL_HEADERS_MAX]; /* "Name: value" */
	size_t headers;
	bool is_http_check; /* no socket: GET, and judge the answer (1.5) */
	/* Of every call; conversation_id, unix_ms, seed and the faults are the
	 * call's own. start.parameter points to parameter. */
	struct vaic_options session;
	struct phone_parameter parameter[VAIC_CALL_PARAMETERS_MAX];
};

#endif
